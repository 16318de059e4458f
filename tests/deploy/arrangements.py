#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs OpenClaws and exporters in each arrangement of deploy/README.md and makes the rows of its table from what was
run and from what each exporter sees. Called by arrangements_test.sh.

The cells of what is seen are awaited as the README has them, and must then stay for two rounds of the exporter.
"""

import concurrent.futures
import sys
import time

from openclaws import (AS_OWNER, AS_STRANGER, CONTAINER, OWNER, PATIENCE, STATE, Exporter, Namespace, OpenClaw, await_that,
                       in_container, on_host, place, strangers, tidy_up)

HEADER = ["Deployment", "Mounts, read-only", "User", "Rights", "Locks", "Holders", "Gateways", "Logs", "Disk latency",
          "Gateway's own wait"]
SKIPPED = 77
BOTH = ["dac_read_search", "sys_ptrace"]
group, readme = sys.argv[2:4]


class Deployment(Exporter):
    """An exporter beside some OpenClaws."""

    def __init__(self, label, mounts, user, rights, openclaws, prefix, *flags):
        self.cells = [label, mounts, user, rights]
        self.openclaws = openclaws
        binary = "/exporter" if prefix[0] == CONTAINER else f"{place}/bin/openclaw-lock-exporter"
        super().__init__(label, [*prefix, binary, "--web.listen-address=127.0.0.1:0", "--sample.interval=250ms", *flags])
        self.before = ""

    def holders(self):
        words = [holder for holder in ("alive", "dead", "recycled", "unknown")
                 if self.sum("openclaw_lock_files", kind="session", holder=holder)]
        return ", ".join(words) or "no"

    def row(self):
        count = len(self.openclaws)
        after = self.holders()

        def yes(condition):
            return "yes" if condition else "no"

        waits = [word for word, name in (("blocked", "openclaw_lock_gateway_blocked_seconds_total"),
                                         ("pressure", "openclaw_lock_gateway_disk_stalled_seconds_total"))
                 if self.sum(name) is not None]
        return [*self.cells,
                yes(self.sum("openclaw_lock_files", kind="session") == count),
                after if after == self.before else f"{self.before}, then {after}",
                yes(self.sum("openclaw_lock_gateway_instances") == count),
                yes(self.sum("openclaw_lock_timeouts_total", kind="session") == 2 * count),
                yes(self.sum("openclaw_lock_disk_operations_total") is not None),
                ", ".join(waits) or "no"]

    def settle(self, wanted, seen):
        """Looks until what is seen is what is wanted, and for two more rounds; returns what was seen last."""
        deadline = time.monotonic() + PATIENCE
        self.pass_rounds(3)
        looks = 0
        while looks < 3:
            found = seen()
            looks = looks + 1 if wanted is None or agree(wanted, found) else 0
            if time.monotonic() > deadline:
                break
            self.pass_rounds(1)
        return found


def agree(wanted, found):
    """Another OpenClaw on this machine may keep gateways from being counted, and is seen by a DaemonSet: then these cells
    say nothing."""
    if wanted == found or isinstance(wanted, str):
        return wanted == found
    counts = HEADER.index("Gateways")
    finds_all = wanted[1] == "-" and "hostPID" in wanted[3]
    return (finds_all or wanted[:counts] + wanted[counts + 1:] == found[:counts] + found[counts + 1:]) and bool(strangers())


def exporter_in_container(*options):
    return [CONTAINER, "--group", f"{group}/exporter", "--bind", f"{place}/bin/openclaw-lock-exporter:/exporter:ro",
            *options, "--"]


def with_capabilities(*names):
    listed = ",".join(f"+{name}" for name in names)
    return [f"--inh-caps={listed}", f"--ambient-caps={listed}"]


def as_root_with(*names):
    return [option for name in names for option in ("--cap", name)]


def arrangements():
    """Makes all OpenClaws, then yields the deployments in the order of the table."""
    host = Namespace(["--mount"], f'mkdir -m 1777 "{place}/host_tmp"; mount --bind "{place}/host_tmp" /tmp')
    pod = Namespace(["--pid", "--fork", "--kill-child", "--mount-proc"])
    plain_pod = Namespace(["--pid", "--fork", "--kill-child", "--mount-proc"])
    local = OpenClaw("local", on_host(host), "/tmp", None)
    compose = OpenClaw("compose", in_container(group=f"{group}/openclaw"), "/tmp", "/home/node")
    others = [OpenClaw(f"oc{i}", in_container(group=f"{group}/openclaw"), "/tmp", "/home/node") for i in (1, 2)]
    in_pod = OpenClaw("pod", in_container(pod.pid, f"{group}/openclaw", tmp_volume=True), "/tmp", "/home/node")
    in_plain_pod = OpenClaw("plain_pod", in_container(plain_pod.pid, f"{group}/openclaw", tmp_volume=True), "/tmp", "/home/node")
    enter_host = ["nsenter", f"--target={host.pid}", "--mount"]
    caps = "CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE"
    named = f"--openclaw.state-dir=openclaw={STATE}"

    def bind(openclaw, target=STATE):
        return ["--bind", f"{openclaw.state}:{target}:ro"]

    yield Deployment("systemd user unit, or a system unit with OpenClaw's `User=`", "-", "OpenClaw's", "none", [local],
                     [*enter_host, *AS_OWNER], f"--openclaw.state-dir={local.state}")
    yield Deployment("systemd system unit with a user of its own", "-", "its own", "none", [local],
                     [*enter_host, *AS_STRANGER], f"--openclaw.state-dir={local.state}")
    yield Deployment("the same with the drop-in for other users' state", "-", "its own", caps, [local],
                     [*enter_host, *AS_STRANGER, *with_capabilities(*BOTH)], f"--openclaw.state-dir={local.state}")
    yield Deployment("container, as in `compose/compose.yaml`", "state directory", "OpenClaw's", "`pid: host`", [compose],
                     exporter_in_container("--pid", "host", "--user", f"{OWNER}:{OWNER}", *bind(compose)), named)
    yield Deployment("the same with `cgroup: host`", "state directory", "OpenClaw's", "`pid: host`", [compose],
                     exporter_in_container("--pid", "host", "--cgroup", "host", "--user", f"{OWNER}:{OWNER}", *bind(compose)), named)
    yield Deployment("container, many instances: `compose/many.compose.yaml`", "the directory above all state directories",
                     "OpenClaw's", "`pid: host`", others,
                     exporter_in_container("--pid", "host", "--user", f"{OWNER}:{OWNER}",
                                           *bind(others[0], "/srv/oc1"), *bind(others[1], "/srv/oc2")),
                     "--openclaw.state-dir=/srv/oc*")
    yield Deployment("container with another user", "state directory", "65534", "`pid: host`", [compose],
                     exporter_in_container("--pid", "host", *bind(compose)), named)
    yield Deployment("container for OpenClaws of several users", "state directory", "0",
                     f"`pid: host`, of all capabilities only {caps}", [compose],
                     exporter_in_container("--pid", "host", "--user", "0:0", *as_root_with(*BOTH), *bind(compose)), named)
    yield Deployment("container in the PID namespace of the gateway's", "state directory", "OpenClaw's",
                     "`pid: service:openclaw-gateway`", [compose],
                     exporter_in_container("--pid", str(compose.gateway), "--user", f"{OWNER}:{OWNER}", *bind(compose)), named)
    yield Deployment("container on its own", "state directory", "OpenClaw's", "none", [compose],
                     exporter_in_container("--user", f"{OWNER}:{OWNER}", *bind(compose)), named)
    yield Deployment("Kubernetes sidecar, as in `kubernetes/base`", "state volume, `/tmp`", "OpenClaw's",
                     "`shareProcessNamespace`", [in_pod],
                     exporter_in_container("--pid", str(pod.pid), "--user", f"{OWNER}:{OWNER}", *bind(in_pod),
                                           "--bind", f"{in_pod.home}/tmp:/tmp:ro"), named)
    yield Deployment("the same without `shareProcessNamespace`", "state volume, `/tmp`", "OpenClaw's", "none", [in_plain_pod],
                     exporter_in_container("--user", f"{OWNER}:{OWNER}", *bind(in_plain_pod),
                                           "--bind", f"{in_plain_pod.home}/tmp:/tmp:ro"), named)
    everyone = [local, compose, *others, in_pod, in_plain_pod]
    yield Deployment("Kubernetes DaemonSet, as in `kubernetes/overlays/daemonset`", "-", "OpenClaw's", "`hostPID`", everyone,
                     exporter_in_container("--pid", "host", "--user", f"{OWNER}:{OWNER}"))
    yield Deployment("the same for OpenClaws of several users", "-", "0", f"`hostPID`, of all capabilities only {caps}",
                     everyone, exporter_in_container("--pid", "host", "--user", "0:0", *as_root_with(*BOTH)))


def rows_of(text):
    """Of the table with our header."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in text.splitlines() if line.startswith("|")]
    starts = [i for i, row in enumerate(rows) if row == HEADER]
    if not starts:
        return []
    table = []
    for row in rows[starts[0] + 2:]:
        if len(row) != len(HEADER):
            break
        table.append(row)
    return table


def markdown(row):
    return "| " + " | ".join(row) + " |"


def run():
    only_print = "--print" in sys.argv
    with open(readme, encoding="utf-8") as file:
        wanted = {row[0]: row for row in rows_of(file.read())}
    deployments = list(arrangements())
    for deployment in deployments:
        await_that(f"{deployment.cells[0]}: the exporter starts", deployment.find_url)
        await_that(f"{deployment.cells[0]}: it becomes ready", deployment.is_ready)
    def see_the_living(deployment):
        row = wanted.get(deployment.cells[0])
        expected = row[5].split(", then ")[0] if row and not only_print else None
        deployment.before = deployment.settle(expected, deployment.holders)

    def see_the_dead(deployment):
        return deployment.settle(None if only_print else wanted.get(deployment.cells[0]), deployment.row)

    with concurrent.futures.ThreadPoolExecutor(len(deployments)) as pool:
        list(pool.map(see_the_living, deployments))
    for openclaw in {openclaw.name: openclaw for deployment in deployments for openclaw in deployment.openclaws}.values():
        openclaw.fail()
    if only_print:
        time.sleep(3)
    with concurrent.futures.ThreadPoolExecutor(len(deployments)) as pool:
        all_seen = list(pool.map(see_the_dead, deployments))
    differences = only_counts = 0
    for deployment, seen in zip(deployments, all_seen):
        row = wanted.pop(deployment.cells[0], None)
        if only_print:
            print(markdown(seen))
            with open(deployment.log, encoding="utf-8", errors="replace") as log:
                print("".join(f"    {line}" for line in log.readlines() if "problem=" in line))
        elif seen == row:
            print(f"ok - {markdown(seen)}")
        else:
            differences += 1
            only_counts += bool(row) and agree(row, seen)
            print(f"not ok - {deployment.cells[0]}\n    the README says {markdown(row or [])}\n    it is            {markdown(seen)}")
            with open(deployment.log, encoding="utf-8", errors="replace") as log:
                print("".join(f"    {line}" for line in log.readlines()[-12:]))
    for label in [] if only_print else wanted:
        differences += 1
        print(f"not ok - {label}: the README has a row that is not run")
    if differences == only_counts > 0:
        print("skipped: another OpenClaw runs here, and keeps gateways from being counted; all else is as the README has it")
        return SKIPPED
    return differences


failed = 1
try:
    failed = run()
finally:
    tidy_up()
sys.exit(failed if failed in (0, SKIPPED) else 1)
