#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a fleet of gateways costs the exporter: see README.md beside this file."""

import argparse
import ctypes
import gzip
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
OTHER_PROCESSES = 150
GATEWAY_THREADS = 12
ATTEMPTS = 10
BURSTS = 10
LONGEST_SCRAPING = 120
SOURCES = ("locks", "processes", "logs")
# What Prometheus sends.
SCRAPE_HEADERS = {
    "Accept": "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "Accept-Encoding": "gzip",
}
LIBC = ctypes.CDLL(None, use_errno=True)
KIB, MIB = 1024, 1024 * 1024

# Figures with a target: key, what it is, unit, target, fleets that it is asked of (None: all), format.
FIGURES = [
    ("threads", "threads at most", "", 12, None, "{:.0f}"),
    ("idle_memory", "anonymous memory, idle", "MiB", 3, (1, 1), "{:.2f}"),
    ("scraped_memory", "anonymous memory after the scrapes", "MiB", 3, (1, 1), "{:.2f}"),
    ("idle_share", "CPU at the default interval", "% of a core", 0.05, (1, 1), "{:.3f}"),
    ("memory_each", "anonymous memory each, idle", "KiB", 48, (2, None), "{:.1f}"),
    ("scraped_memory_each", "anonymous memory each, after the scrapes", "KiB", 48, (2, None), "{:.1f}"),
    ("idle_share", "CPU at the default interval", "% of a core", 5, (1000, None), "{:.2f}"),
    ("growth", "CPU against that of 100 gateways, for 10 times as many", "times", 12, (1000, None), "{:.1f}"),
    ("first_round", "first complete round", "s", 5, (1000, None), "{:.2f}"),
    ("scrape_cpu", "CPU of a scrape, gzip included", "ms", 60, (1000, None), "{:.2f}"),
    ("scrape_cpu", "CPU of a scrape, gzip included", "ms", 5, (100, 100), "{:.2f}"),
]
# A real gateway does things; % of a core.
REAL_GATEWAY_SHARE = 0.1
DERIVED = ("memory_each", "scraped_memory_each", "growth")
# Without a target in these fleets, told all the same.
TOLD = [
    ("idle_memory", "anonymous memory, idle", "MiB", "{:.2f}"),
    ("scraped_memory", "anonymous memory after the scrapes", "MiB", "{:.2f}"),
    ("idle_share", "CPU at the default interval", "% of a core", "{:.3f}"),
    ("first_round", "first complete round", "s", "{:.2f}"),
    ("scrape_cpu", "CPU of a scrape, gzip included", "ms", "{:.2f}"),
    ("scrape_size", "size of a scrape, as sent", "KiB", "{:.1f}"),
    ("series", "series", "", "{:.0f}"),
    ("scrapes", "scrapes", "", "{:.0f}"),
    ("stop", "from SIGTERM to the end", "s", "{:.2f}"),
]


def end_with_parent():
    """Of a child: killed when its parent ends, however that comes."""
    PR_SET_PDEATHSIG = 1
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def cpu_seconds(pid):
    """Run time of all threads of a process since its start, those that have ended included, in nanosecond steps: the
    kernel's sum of what schedstat shows of each (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def anonymous_bytes(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Anonymous:\s+(\d+) kB", text, re.M).group(1)) * KIB


def thread_count(pid):
    return int(re.search(r"^Threads:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M).group(1))


class Fleet:
    """Gateways below `place`, each with a home of its own."""

    def __init__(self, place, program, count, hold_every_ms, transcripts):
        self.place = place
        self.count = count
        lines = [self.make_home(number, transcripts) for number in range(count)]
        self.process = subprocess.Popen(
            [program, str(count), str(OTHER_PROCESSES), str(GATEWAY_THREADS), str(hold_every_ms)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=end_with_parent)
        self.process.stdin.write("".join(lines))
        self.process.stdin.close()
        if self.process.stdout.readline() != "ready\n":
            raise SystemExit("the gateways did not start")

    def make_home(self, number, transcripts):
        home = self.place / "homes" / f"user{number:04}"
        state = home / ".openclaw"
        sessions = state / "agents/main/sessions"
        sessions.mkdir(parents=True)
        index = {}
        for session in range(transcripts):
            name = f"{number:08x}-0000-4000-8000-{session:012x}"
            (sessions / f"{name}.jsonl").write_text('{"type":"session"}\n' * 20)
            index[f"agent:main:{session}"] = {"sessionId": name, "updatedAt": 1795880000000}
        (sessions / "sessions.json").write_text(json.dumps(index))
        config = state / "openclaw.json"
        config.write_text('{"meta":{"lastTouchedVersion":"2026.7.1"}}\n')
        logs = home / "logs"
        logs.mkdir()
        (logs / "openclaw-2026-11-28.log").write_text(log_record("listening on ws://127.0.0.1:18789") * 20)
        # OpenClaw's os.tmpdir() is /tmp here.
        locks = Path(f"/tmp/openclaw-{os.getuid()}")
        locks.mkdir(exist_ok=True, mode=0o700)
        lock = locks / f"gateway.{hashlib.sha256(str(config).encode()).hexdigest()[:8]}.lock"
        return f"{home} {state} {lock} {config}\n"

    def stop(self):
        self.process.kill()
        self.process.wait()


def log_record(message):
    return json.dumps({
        "0": '{"subsystem":"gateway"}', "1": message,
        "_meta": {"runtime": "node", "name": '{"subsystem":"gateway"}', "parentNames": ["openclaw"],
                  "date": "2026-11-28T16:00:00.000Z", "logLevelId": 3, "logLevelName": "INFO"},
        "time": "2026-11-28T16:00:00.000+00:00", "message": message}, separators=(",", ":")) + "\n"


class Exporter:
    """The exporter, or another one to compare with, and how it is asked."""

    def __init__(self, command, log, port=None, environment=None):
        self.began = time.monotonic()
        self.log = log
        with open(log, "wb") as sink:
            self.process = subprocess.Popen(command, stdout=sink, stderr=sink, env=environment,
                                            preexec_fn=end_with_parent)
        self.pid = self.process.pid
        self.port = port or self.find_port()
        self.connection = None

    def find_port(self):
        while self.process.poll() is None:
            found = re.search(rb"msg=listening url=http://127\.0\.0\.1:(\d+)/", Path(self.log).read_bytes())
            if found:
                return int(found.group(1))
            time.sleep(0.005)
        raise SystemExit(f"the exporter has ended: {Path(self.log).read_text()}")

    def get(self, path, headers=None):
        """Status and body as sent; asked again where the connection was closed, as a busy exporter may do."""
        for attempt in range(ATTEMPTS):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
                self.connection.request("GET", path, headers=headers or {})
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.monotonic() - began


def up_gateways(text):
    """How many gateways each source is up for."""
    counts = dict.fromkeys(SOURCES, 0)
    for line in text.splitlines():
        found = re.match(r'openclaw_lock_source_up\{gateway="[^"]*",source="([a-z]+)"\} 1$', line)
        if found and found.group(1) in counts:
            counts[found.group(1)] += 1
    return counts


def wait_for_round(exporter, count, deadline):
    """Seconds from the start until every gateway has had a round of each reader; None where that takes too long."""
    while time.monotonic() < deadline:
        try:
            if exporter.get("/-/ready")[0] == 200:
                counts = up_gateways(exporter.get("/metrics")[1].decode())
                if min(counts.values()) >= count:
                    return time.monotonic() - exporter.began
        except (OSError, http.client.HTTPException):
            exporter.connection = None
        time.sleep(0.1)
    return None


def watch(processes, seconds):
    """CPU share of each process over a time, in percent of a core, and the most threads that it had."""
    before = {name: cpu_seconds(pid) for name, pid in processes.items()}
    threads = {name: 0 for name in processes}
    began = time.monotonic()
    while (left := began + seconds - time.monotonic()) > 0:
        for name, pid in processes.items():
            threads[name] = max(threads[name], thread_count(pid))
        time.sleep(min(left, 1))
    span = time.monotonic() - began
    return {name: ((cpu_seconds(pid) - before[name]) / span * 100, threads[name]) for name, pid in processes.items()}


def time_scrapes(exporter, count):
    """CPU of one scrape in ms, the last body as sent, and how many scrapes it was, fewer where they take too long. What goes
    on besides is watched in turns with the scrapes, as long as they take, and left out; None where that is more."""
    spent, done, body = 0, 0, b""
    deadline = time.monotonic() + LONGEST_SCRAPING
    while done < count and time.monotonic() < deadline:
        before, began = cpu_seconds(exporter.pid), time.monotonic()
        for _ in range(min(max(count // BURSTS, 1), count - done)):
            status, body = exporter.get("/metrics", SCRAPE_HEADERS)
            if status != 200:
                raise SystemExit(f"a scrape was answered with {status}")
            done += 1
            if time.monotonic() > deadline:
                break
        after, span = cpu_seconds(exporter.pid), time.monotonic() - began
        time.sleep(span)
        idle = (cpu_seconds(exporter.pid) - after) / (time.monotonic() - began - span)
        spent += after - before - idle * span
    return spent / done * 1000 if spent > 0 else None, body, done


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_node_exporter(place, program):
    port = free_port()
    node = Exporter([program, f"--web.listen-address=127.0.0.1:{port}"], place / "node_exporter.log", port)
    deadline = time.monotonic() + 10
    while True:
        try:
            node.get("/")
            return node
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def start_exporter(options, place, count):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(place / "nobody")}
    command = [str(place / "exporter"), "--web.listen-address=127.0.0.1:0", f"--storage.path={place / 'storage'}"]
    (place / "nobody").mkdir()
    if options.layout == "configured":
        (place / "config.yml").write_text(
            f"gateways:\n  - name: \"g{{1}}\"\n    state_dir: {place}/homes/user*/.openclaw\n"
            f"    logs: [\"{place}/homes/user{{1}}/logs/openclaw-*.log\"]\n")
        command.append(f"--config.file={place / 'config.yml'}")
    elif options.layout == "discovered":
        log = Path("/tmp/openclaw")
        log.mkdir(mode=0o700)
        (log / "openclaw-2026-11-28.log").write_text(log_record("listening on ws://127.0.0.1:18789") * 20 * count)
    return Exporter(command + options.flags, place / "exporter.log", environment=environment)


def measure(options, place, count):
    print(f"# {count} gateways", file=sys.stderr)
    figures = {"gateways": count}
    made = 0 if options.layout == "running" else count
    fleet = Fleet(place, place / "fleet_gateways", made, options.hold_every_ms, options.transcripts)
    node = None
    try:
        exporter = start_exporter(options, place, count)
        figures["first_round"] = wait_for_round(exporter, count, exporter.began + options.patience)
        if figures["first_round"] is None:
            up = up_gateways(exporter.get("/metrics")[1].decode())
            print(f"# no complete round within {options.patience:.0f} s: {up}", file=sys.stderr)
        exporter.connection = None
        if count == 1 and options.node_exporter:
            node = start_node_exporter(place, options.node_exporter)
        time.sleep(options.settle)
        processes = {"exporter": exporter.pid} | ({"node": node.pid} if node else {})
        shares = watch(processes, options.seconds)
        figures["idle_share"], figures["threads"] = shares["exporter"]
        figures["idle_memory"] = anonymous_bytes(exporter.pid) / MIB
        scrapes = options.scrapes if count == 1 else max(20, min(options.scrapes, 10000 // count))
        figures["scrape_cpu"], body, figures["scrapes"] = time_scrapes(exporter, scrapes)
        figures["scraped_memory"] = anonymous_bytes(exporter.pid) / MIB
        figures["scrape_size"] = len(body) / KIB
        text = gzip.decompress(body).decode() if body.startswith(b"\x1f\x8b") else body.decode()
        figures["series"] = sum(1 for line in text.splitlines() if line and not line.startswith("#"))
        if node:
            figures["node_share"], figures["node_threads"] = shares["node"]
            figures["node_idle_memory"] = anonymous_bytes(node.pid) / MIB
            figures["node_scrape_cpu"], _, figures["node_scrapes"] = time_scrapes(node, min(scrapes, 200))
            figures["node_scraped_memory"] = anonymous_bytes(node.pid) / MIB
            node.stop()
        figures["stop"] = exporter.stop()
    finally:
        fleet.stop()
    return figures


def add_derived(runs):
    by_count = {run["gateways"]: run for run in runs}
    one, hundred = by_count.get(1), by_count.get(100)
    for run in runs:
        if one and run is not one:
            for key in ("idle_memory", "scraped_memory"):
                run[key.removeprefix("idle_") + "_each"] = (run[key] - one[key]) * KIB / (run["gateways"] - 1)
        if hundred and run["gateways"] == 1000 and hundred["idle_share"] > 0:
            run["growth"] = run["idle_share"] / hundred["idle_share"]


def is_asked(fleets, count):
    return fleets is None or (fleets[0] <= count and (fleets[1] is None or count <= fleets[1]))


def shown(pattern, value):
    return "-" if value is None else pattern.format(value)


def rows_of(run, before, layout):
    """Cells of each figure of a fleet, and whether it is within its target (None: it has none)."""
    count, rows, told = run["gateways"], [], set()
    old = next((other for other in before if other["gateways"] == count), {})
    for key, text, unit, target, fleets, pattern in FIGURES:
        if layout == "running" and key == "idle_share":
            target = REAL_GATEWAY_SHARE
        if not is_asked(fleets, count) or (key in DERIVED and key not in run):
            continue
        told.add(key)
        value = run.get(key)
        ratio = None if value is None else value / target
        rows.append(([text, unit, shown(pattern, old.get(key)), shown(pattern, value), f"{target}",
                      shown("{:.2f}", ratio)], ratio is not None and ratio <= 1))
    for key, text, unit, pattern in TOLD:
        if key not in told and key in run:
            rows.append(([text, unit, shown(pattern, old.get(key)), shown(pattern, run[key]), "", ""], None))
    return rows


def print_table(runs, before, layout):
    """True where every figure is within its target."""
    fine = True
    print("| gateways | figure | unit | before | now | target | now / target | |")
    print("|---:|---|---|---:|---:|---:|---:|---|")
    for run in runs:
        for cells, passed in rows_of(run, before, layout):
            verdict = {None: "", True: "pass", False: "**fail**"}[passed]
            fine = fine and passed is not False
            print(f"| {run['gateways']} | " + " | ".join(cells) + f" | {verdict} |")
    for run in runs:
        if "node_share" in run:
            print(f"\nnode_exporter in the run of one gateway: {run['node_share']:.3f} % of a core and "
                  f"{run['node_idle_memory']:.2f} MiB idle, {run['node_scraped_memory']:.2f} MiB after "
                  f"{run['node_scrapes']} scrapes of {shown('{:.2f}', run['node_scrape_cpu'])} ms of CPU.")
    return fine


def enter_private_tmp(place):
    """A mount namespace whose /tmp is empty and the benchmark's own: OpenClaw keeps locks and logs there."""
    CLONE_NEWNS = 0x00020000
    if LIBC.unshare(CLONE_NEWNS) != 0:
        raise SystemExit("needs root: cannot make a mount namespace")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    (place / "tmp").mkdir(mode=0o1777)
    subprocess.run(["mount", "--bind", place / "tmp", "/tmp"], check=True)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True, type=Path, help="the exporter, of a release build")
    parser.add_argument("--gateways", default="1,100,300,1000", help="sizes of the fleets, in turn (%(default)s)")
    parser.add_argument("--layout", choices=("discovered", "configured", "running"), default="discovered",
                        help="found by their processes with one log for all; by a glob in a configuration file with a log "
                        "each; or none are made and those that run here are found (%(default)s)")
    parser.add_argument("--seconds", type=float, default=120, help="how long CPU is watched (%(default)s)")
    parser.add_argument("--settle", type=float, default=75, help="seconds between the first round and that; processes younger "
                        "than a minute are read each round, and a host that is idle has few (%(default)s)")
    parser.add_argument("--scrapes", type=int, default=1000, help="scrapes of the smallest fleet (%(default)s)")
    parser.add_argument("--patience", type=float, default=180, help="seconds that the first round may take (%(default)s)")
    parser.add_argument("--hold-every-ms", type=int, default=0, help="each gateway takes a session lock so often; 0: never")
    parser.add_argument("--transcripts", type=int, default=20, help="session files of a gateway (%(default)s)")
    parser.add_argument("--flag", dest="flags", action="append", default=[], help="a flag more for the exporter")
    parser.add_argument("--node-exporter", type=Path, help="compare with this node_exporter in the run of one gateway")
    parser.add_argument("--save", type=Path, help="write the figures there, as JSON")
    parser.add_argument("--before", type=Path, help="figures of --save to print beside")
    parser.add_argument("--keep-logs", type=Path, help="copy the exporter's log lines there")
    parser.add_argument("--check", action="store_true", help="exit status 1 where a figure misses its target")
    return parser.parse_args()


def main():
    options = parse_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    before = json.loads(options.before.read_text()) if options.before else []
    for name in ("save", "keep_logs"):
        if getattr(options, name):
            setattr(options, name, getattr(options, name).resolve())
    work = Path(tempfile.mkdtemp(prefix="fleet_benchmark.", dir="/var/tmp"))
    saved = os.open(options.save, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644) if options.save else None
    runs = []
    try:
        shutil.copy(options.binary, work / "exporter")
        subprocess.run(["cc", "-O1", "-static", "-pthread", "-o", work / "fleet_gateways", HERE / "fleet_gateways.c"],
                       check=True)
        if options.node_exporter:
            shutil.copy(options.node_exporter, work / "node_exporter")
            options.node_exporter = work / "node_exporter"
        for count in map(int, options.gateways.split(",")):
            run = run_apart(options, work, count)
            if run:
                runs.append(run)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    add_derived(runs)
    if saved is not None:
        os.write(saved, json.dumps(runs, indent=1).encode())
        os.close(saved)
    fine = print_table(runs, before, options.layout) and len(runs) == len(options.gateways.split(","))
    return 1 if options.check and not fine else 0


def run_apart(options, work, count):
    """The figures of a fleet, taken by a process of its own, whose mount namespace goes with it; None where it failed."""
    place = work / f"fleet-{count}"
    place.mkdir()
    for name in ("exporter", "fleet_gateways"):
        os.link(work / name, place / name)
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            end_with_parent()
            if options.layout != "running":
                enter_private_tmp(place)
            os.write(send, json.dumps(measure(options, place, count)).encode())
            os._exit(0)
        except BaseException as error:  # a fork must not run its parent's clean-up
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            os._exit(1)
    os.close(send)
    with os.fdopen(receive) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    if options.keep_logs:
        shutil.copy(place / "exporter.log", options.keep_logs / f"exporter-{count}.log")
    if status != 0:
        print(f"# no figures of {count} gateways", file=sys.stderr)
        return None
    shutil.rmtree(place, ignore_errors=True)
    return json.loads(text)


if __name__ == "__main__":
    sys.exit(main())
