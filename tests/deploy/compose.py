#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests deploy/compose: what docker-compose makes of its files is checked, and then run without Docker, each service
with its command, user, mounts and capabilities. Called by compose_test.sh in a network namespace of its own.

Not run: Grafana, which Debian does not have; its provisioning is checked against its dashboards.
"""

import copy
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

import yaml
from openclaws import (CONTAINER, OPENER, PATIENCE, Exporter, OpenClaw, await_that, in_container, loopback_up,
                       place, start)
from prometheus_api import PrometheusApi
from verdicts import check, check_soon, run_test

ROOT, BINARY = sys.argv[2:4]
COMPOSE = f"{ROOT}/deploy/compose"
NOBODY = "65534:65534"
# Debian 13 has it as a plugin of the docker command only, which runs without that.
DOCKER_COMPOSE = shutil.which("docker-compose") or "/usr/libexec/docker/cli-plugins/docker-compose"
# What the images say and the files do not: program and user.
IMAGES = {"ghcr.io/openclaw-lock-exporter/openclaw-lock-exporter": ("openclaw-lock-exporter", NOBODY),
          "prom/prometheus": ("prometheus", NOBODY), "prom/alertmanager": ("alertmanager", NOBODY),
          "grafana/grafana": ("grafana", "472:0")}
# What is run here as compose would, or changes nothing that is seen.
KNOWN_KEYS = {"build", "cap_drop", "command", "environment", "healthcheck", "image", "logging", "pid", "ports", "read_only",
              "restart", "security_opt", "tmpfs", "user", "volumes"}
PATIENCE_OF_PROMETHEUS = PATIENCE + 40
PROMETHEUS = PrometheusApi("http://127.0.0.1:9090")


def compose(file, environment, text=None):
    """What docker-compose makes of a file; None where it refuses it."""
    path = f"{COMPOSE}/{file}"
    done = subprocess.run([DOCKER_COMPOSE, "--project-directory", COMPOSE, "--file", "-" if text else path, "config"],
                          input=text, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True,
                          check=False)
    return yaml.safe_load(done.stdout) if done.returncode == 0 else None


def mounts_of(service):
    """Source, target and mode of what is bound; of a named volume the source is its name."""
    for volume in service.get("volumes", []):
        if isinstance(volume, dict):  # newer versions
            yield volume["source"], volume["target"], "ro" if volume.get("read_only") else "rw"
        else:
            source, target, *mode = volume.rsplit(":", 2) if volume.count(":") > 1 else volume.split(":")
            yield source, target, mode[0] if mode else "rw"


def has_own_health_check(service):
    """Of the image that is built here."""
    build = service.get("build")
    if not build or not os.path.isfile(f"{build['context']}/{build['dockerfile']}"):
        return False
    with open(f"{build['context']}/{build['dockerfile']}", encoding="utf-8") as file:
        return bool(re.search(r"^HEALTHCHECK .*CMD", file.read(), re.MULTILINE))


def faults_of(stack, given):
    """What is wrong with the services; sources of `given` are the user's own."""
    faults = []
    for name, service in stack["services"].items():
        def fault(text, name=name):
            faults.append(f"{name}: {text}")
        image, _, tag = service["image"].partition(":")
        if image not in IMAGES:
            fault(f"image {image} is not known")
        if not re.fullmatch(r"v?\d+\.\d+\.\d+", tag):
            fault(f"image tag '{tag}' is no version")
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            fault("has capabilities")
        if service.get("read_only") is not True:
            fault("its root can be written to")
        if service.get("security_opt") != ["no-new-privileges:true"]:
            fault("may gain privileges")
        if service.get("privileged") or service.get("network_mode") == "host":
            fault("is privileged")
        if "healthcheck" not in service and not has_own_health_check(service):
            fault("has no health check")
        for port in service.get("ports", []):
            address = port.get("host_ip", "") if isinstance(port, dict) else port
            if not address.startswith("127.0.0.1"):
                fault(f"port {port} is open to others")
        for source, target, mode in mounts_of(service):
            if not source.startswith("/"):
                if source.removeprefix("compose_") not in {key.removeprefix("compose_") for key in stack.get("volumes") or {}}:
                    fault(f"volume {source} is not declared")
                continue
            if mode != "ro":
                fault(f"{target} can be written to")
            if source not in given and not os.path.exists(source):
                fault(f"{source} is not in the repository")
            if os.path.isdir(source) and source not in given and not glob.glob(f"{source}/**/*.y*ml", recursive=True):
                fault(f"{source} has nothing in it")
        build = service.get("build")
        if build and not os.path.isfile(f"{build['context']}/{build['dockerfile']}"):
            fault(f"{build['dockerfile']} is not in the repository")
        unknown = set(service) - KNOWN_KEYS
        if unknown - {"networks", "entrypoint", "depends_on"}:
            fault(f"keys that this test does not know: {sorted(unknown)}")
    return faults


def provisioning_faults(stack):
    """Of Grafana, as it finds its files in the container."""
    service = stack["services"]["grafana"]
    inside = {target: source for source, target, _ in mounts_of(service)}
    base = inside["/etc/grafana/provisioning"]
    faults = []
    with open(f"{base}/datasources/prometheus.yaml", encoding="utf-8") as file:
        sources = yaml.safe_load(file)["datasources"]
    url = urllib.parse.urlsplit(sources[0]["url"])
    if sources[0]["type"] != "prometheus" or url.hostname not in stack["services"] or not sources[0].get("isDefault"):
        faults.append("the data source is not the stack's Prometheus")
    with open(f"{base}/dashboards/openclaw.yaml", encoding="utf-8") as file:
        folder = yaml.safe_load(file)["providers"][0]["options"]["path"]
    names = {os.path.basename(target) for target in inside if target.startswith(folder + "/")}
    committed = {os.path.basename(path) for path in glob.glob(f"{ROOT}/dashboards/*.json")}
    if names != committed or not committed:
        faults.append(f"provisioned are {sorted(names)}, there are {sorted(committed)}")
    uids = set()
    for name in names:
        with open(inside[f"{folder}/{name}"], encoding="utf-8") as file:
            dashboard = json.load(file)
        uids.add(dashboard["uid"])
        if dashboard.get("id") is not None:
            faults.append(f"{name} has an id, and cannot be provisioned")
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "datasource" and variable["query"] != sources[0]["type"]:
                faults.append(f"{name} wants a data source of type {variable['query']}")
        if "__inputs" in dashboard:
            faults.append(f"{name} asks for inputs, which provisioning does not give")
    if len(uids) != len(names):
        faults.append("two dashboards have one uid")
    home = service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    if home not in inside:
        faults.append(f"the home dashboard {home} is not mounted")
    return faults


def quickened(source):
    """The configuration and the rules of Prometheus with shorter intervals, so that the test need not take minutes."""
    if not re.search(r"/(prometheus|openclaw-lock\.rules)\.ya?ml$", source) or not os.path.isfile(source):
        return source
    with open(source, encoding="utf-8") as file:
        text = re.sub(r"(interval): \d+s$", r"\1: 1s", file.read(), flags=re.MULTILINE)
    copied = f"{place}/quick-{os.path.basename(source)}"
    with open(copied, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(copied, 0o644)
    return copied


def command_of(name, service, services, volumes):
    """What runs the service as its container would be run."""
    program, user = IMAGES[service["image"].partition(":")[0]]
    user = service.get("user", user)
    options = ["--pid", service.get("pid", "own"), "--user", user]
    for capability in service.get("cap_add", []):
        options += ["--cap", capability.lower()]
    for host in services:
        options += ["--host", host]
    for target in service.get("tmpfs", []):
        options += ["--tmpfs", target]
    for source, target, mode in mounts_of(service):
        if not source.startswith("/"):
            source = f"{volumes}/{source}"
            os.makedirs(source, exist_ok=True)
            os.chown(source, *map(int, user.split(":")))
        options += ["--bind", f"{quickened(source)}:{target}{':ro' if mode == 'ro' else ''}"]
    if not service.get("read_only"):
        options += ["--writable"]
    where = BINARY if program == "openclaw-lock-exporter" else path_of(program)
    # Debian's Alertmanager has its templates in a file, which is beside it where the package is only unpacked.
    share = os.path.join(os.path.dirname(where), "../share")
    if os.path.isdir(f"{share}/prometheus/alertmanager"):
        options += ["--bind", f"{os.path.realpath(share)}:/usr/share:ro"]
    return [CONTAINER, *options, "--bind", f"{where}:/bin.{name}:ro", "--", f"/bin.{name}", *service["command"]]


def path_of(program):
    for name in (program, f"prometheus-{program}"):  # Debian's name of Alertmanager
        for directory in os.environ["PATH"].split(":"):
            if os.access(f"{directory}/{name}", os.X_OK):
                return f"{directory}/{name}"
    raise SystemExit(f"not ok - {program} is not installed")


def run_stack(stack, openclaw):
    services = {name: service for name, service in stack["services"].items() if name != "grafana"}
    # An alert that fires before the Alertmanager is found is sent again, after a minute if nothing else is said.
    services["prometheus"]["command"].append("--rules.alert.resend-delay=1s")
    logs = {}
    for name, service in services.items():
        logs[name] = f"{place}/{name}.log"
        with open(logs[name], "wb") as log:
            start(command_of(name, service, list(services), f"{place}/volumes"), env={"PATH": os.environ["PATH"]},
                  stdout=log, stderr=log)

    def text_of(name):
        with open(logs[name], encoding="utf-8", errors="replace") as log:
            return log.read()[-2000:]

    def awaited(text, condition):
        check_soon(text, condition, PATIENCE_OF_PROMETHEUS,
                   lambda: "\n".join(f"== {name}\n{text_of(name)}" for name in services))

    def all_up():
        data = PROMETHEUS.get("targets")
        targets = data["activeTargets"] if data else []
        return len(targets) == 2 and all(target["health"] == "up" for target in targets)

    awaited("Prometheus scrapes the exporter and itself by the names of the services", all_up)
    with open(f"{ROOT}/alerts/openclaw-lock.rules.yaml", encoding="utf-8") as file:
        wanted = sum(len(group["rules"]) for group in yaml.safe_load(file)["groups"])

    def loaded():
        data = PROMETHEUS.get("rules")
        rules = [rule for group in data["groups"] for rule in group["rules"]] if data else []
        return len(rules) == wanted and all(rule["health"] != "err" for rule in rules)

    awaited(f"all {wanted} rules are loaded, and none fails", loaded)
    awaited("it knows the Alertmanager",
            lambda: len((PROMETHEUS.get("alertmanagers") or {"activeAlertmanagers": []})
                        ["activeAlertmanagers"]) == 1)
    awaited("the lock that a turn holds is seen as held by a living process",
            lambda: PROMETHEUS.query('openclaw_lock_files{job="openclaw-locks",kind="session",holder="alive"} == 1'))
    openclaw.fail()
    awaited("the turn is killed, and its lock is held by a dead process",
            lambda: PROMETHEUS.query('openclaw_lock_files{job="openclaw-locks",kind="session",holder="dead"} == 1'))
    awaited("two timeouts are read in the log inside the gateway's container",
            lambda: PROMETHEUS.query('sum(openclaw_lock_timeouts_total{job="openclaw-locks"}) == 2'))
    awaited("a recorded series is evaluated",
            lambda: PROMETHEUS.query('job:openclaw_lock_gateways:count{job="openclaw-locks"}'))

    def arrived():
        try:
            with OPENER.open("http://127.0.0.1:9093/api/v2/alerts", timeout=PATIENCE) as answer:
                return any(alert["labels"]["alertname"] == "OpenClawLockWatchdog" for alert in json.loads(answer.read()))
        except (OSError, ValueError):
            return False

    awaited("an alert arrives at the Alertmanager", arrived)


def main():
    loopback_up()
    openclaw = OpenClaw("openclaw", in_container(), "/tmp", "/home/node")
    one = {"OPENCLAW_CONFIG_DIR": openclaw.state}
    many = {"OPENCLAW_MULTI_DIR": f"{place}/multi"}

    stacks = {}
    for file, environment in (("compose.yaml", one), ("many.compose.yaml", many)):
        stacks[file] = compose(file, environment)
        check(f"docker-compose takes {file}", stacks[file] is not None)
        faults = faults_of(stacks[file], set(environment.values()))
        check(f"{file}: hardened, pinned, on loopback, and all that is mounted is there", not faults, "; ".join(faults))
        with open(f"{COMPOSE}/{file}", encoding="utf-8") as text:
            broken = text.read().replace("    pid: host", "    pidd: host")
        check(f"{file}: an unknown key is refused", compose(file, environment, broken) is None)
    check("without a state directory compose.yaml is refused", compose("compose.yaml", {}) is None)
    stack = stacks["compose.yaml"]

    # The checks can fail.
    for text, service, key, value in (
            ("a file that is not there", "prometheus", "volumes", [f"{ROOT}/alerts/none.yaml:/none.yaml:ro"]),
            ("a port for all", "grafana", "ports", ["3000:3000"]),
            ("an image without a version", "grafana", "image", "grafana/grafana:latest"),
            ("a capability", "exporter", "cap_add", ["SYS_ADMIN"]),
            ("a state directory that can be written to", "exporter", "volumes", [f"{openclaw.state}:/home/node/.openclaw:rw"])):
        changed = copy.deepcopy(stack)
        changed["services"][service][key] = value
        check(f"{text} is found", faults_of(changed, set(one.values())))
    faults = provisioning_faults(stack)
    check("Grafana's data source and dashboards fit together", not faults, "; ".join(faults))
    changed = copy.deepcopy(stack)
    changed["services"]["grafana"]["volumes"].pop(1)
    check("a dashboard that is not mounted is found", provisioning_faults(changed))

    for text, name, command in (
            ("promtool checks the stack's configuration and its rules", "prometheus",
             ["promtool", "check", "config", "/etc/prometheus/prometheus.yml"]),
            ("amtool checks that of the Alertmanager", "alertmanager", ["amtool", "check-config", "/etc/alertmanager/alertmanager.yml"])):
        run = [option.replace(f"{place}/quick-prometheus.yml", f"{COMPOSE}/prometheus/prometheus.yml")
               .replace(f"{place}/quick-openclaw", f"{ROOT}/alerts/openclaw")
               for option in command_of(name, stack["services"][name], [], f"{place}/check")]
        run = [*run[:run.index("--")], "--bind", f"{path_of(command[0])}:/tool:ro", "--", "/tool", *command[1:]]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        check(text, done.returncode == 0 and "FAILED" not in done.stdout, done.stdout + done.stderr)

    run_stack(stack, openclaw)
    run_many(stacks["many.compose.yaml"], many["OPENCLAW_MULTI_DIR"])


def run_many(stack, directory):
    service = stack["services"]["exporter"]
    service["command"] = [flag.replace("0.0.0.0:10069", "127.0.0.1:0") for flag in service["command"]]
    os.makedirs(directory)
    exporter = Exporter("many", command_of("exporter", service, [], f"{place}/volumes"))
    await_that("many.compose.yaml: the exporter starts", exporter.find_url)
    await_that("many.compose.yaml: it becomes ready", exporter.is_ready)

    def gateways():
        exporter.scrape()
        return sorted(labels["gateway"] for name, labels, value in exporter.samples
                      if name == "openclaw_lock_files" and labels["holder"] == "alive" and value == 1)

    check("many.compose.yaml: no instance, no gateway", gateways() == [])
    for number in (1, 2):
        os.makedirs(f"{directory}/oc{number}/config/agents/main/sessions")
    for parent, _, _ in os.walk(directory):
        os.chown(parent, 1000, 1000)
    made = [OpenClaw(f"oc{number}", in_container(), "/tmp", "/home/node", f"{directory}/oc{number}/config") for number in (1, 2)]
    await_that("many.compose.yaml: instances that are made later are found", lambda: gateways() == ["oc1", "oc2"],
               PATIENCE_OF_PROMETHEUS)
    check("many.compose.yaml: two instances that are made later are found and named", True)
    made[1].fail()
    await_that("many.compose.yaml: the one whose holder dies is told", lambda: gateways() == ["oc1"], PATIENCE_OF_PROMETHEUS)
    check("many.compose.yaml: the one whose holder dies is told from the other", True)


run_test(main)
