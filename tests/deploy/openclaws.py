# SPDX-License-Identifier: Apache-2.0
"""OpenClaws as deployments run them, with nothing but the kernel, and exporters that are asked for metrics. Used by the
tests of deploy/; the folder that they work in comes first on their command line, and maybe a control group.
"""

import fcntl
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CONTAINER = os.path.join(HERE, "container.sh")
INCIDENT = os.path.join(HERE, "../fixtures/captures/2026.4.24/16-two-gateways/filelog.new")  # two timeouts
PATIENCE = float(os.environ.get("PATIENCE", "60"))
OWNER = 1000
STATE = "/home/node/.openclaw"
DAY_LOG = "openclaw-2026-11-21.log"
AS_OWNER = ["setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups"]
AS_STRANGER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
CLEAN_ENVIRONMENT = {"PATH": os.environ["PATH"]}

place = sys.argv[1]
started = []
# Python would end at once, and leave behind what it has started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def start(command, **options):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)
    started.append(process)
    return process


def await_that(what, condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise SystemExit(f"not ok - {what}")
        time.sleep(0.05)


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def innermost(pid):
    while children := children_of(pid):
        pid = children[-1]
    return pid


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def strangers():
    """OpenClaws on this machine that are not ours: the exporter sees them too, or may not judge them."""
    ours = {process.pid for process in started}
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        line = command_line(pid)
        if not re.search(r"(^|[/ ])openclaw(-gateway|\.mjs|/dist/\S*)?( |$)", line) or "lock-exporter" in line:
            continue
        try:
            if os.getsid(int(pid)) not in ours:
                found.append(line[:100])
        except ProcessLookupError:
            pass
    return found


class Namespace:
    """The first process of a PID namespace or of a mount namespace that others join."""

    def __init__(self, unshare, prepare=":"):
        self.job = start(["unshare", *unshare, "sh", "-euc", f'{prepare}; exec "$0" init', f"{place}/bin/actor"])
        await_that("a namespace is made", lambda: command_line(innermost(self.job.pid)).endswith("actor init"))
        self.pid = innermost(self.job.pid)


class OpenClaw:
    """A gateway, a turn that holds a lock, and a log."""

    def __init__(self, name, prefix_of, tmp, home, state=None):
        self.name = name
        self.home = f"{place}/{name}"
        self.state = state or f"{self.home}/.openclaw"
        os.makedirs(f"{self.state}/agents/main/sessions", exist_ok=True)
        os.makedirs(f"{self.home}/tmp")
        for directory, _, _ in os.walk(self.home):
            os.chown(directory, OWNER, OWNER)
        os.chmod(self.state, 0o700)
        self.inner_state = f"{home or self.home}/.openclaw"
        prefix, bin_directory = prefix_of(self)
        script = (f'mkdir -m 700 -p {tmp}/openclaw && printf \'{{"0":"ready","_meta":{{"logLevelId":3}}}}\\n\' '
                  f'> {tmp}/openclaw/{DAY_LOG} && HOME={home or self.home} exec -a openclaw-gateway '
                  f'{bin_directory}/openclaw-gateway')
        self.job = start([*prefix, "bash", "-c", script], env=CLEAN_ENVIRONMENT)
        await_that(f"gateway {name} runs", lambda: command_line(innermost(self.job.pid)) == "openclaw-gateway")
        self.gateway = innermost(self.job.pid)
        self.log = f"/proc/{self.gateway}/root{tmp}/openclaw/{DAY_LOG}"
        enter = ["nsenter", f"--target={self.gateway}", "--pid", "--mount", *AS_OWNER]
        lock = f"{self.inner_state}/agents/main/sessions/a.jsonl.lock"
        self.holder_job = start([*enter, f"{bin_directory}/actor", "hold", lock], stdout=subprocess.PIPE)
        if not self.holder_job.stdout.readline().startswith(b"held"):
            raise SystemExit(f"not ok - {name} gets a lock")
        self.holder = innermost(self.holder_job.pid)

    def fail(self):
        """The turn is killed, and two others fail for its lock."""
        os.kill(self.holder, signal.SIGKILL)
        with open(INCIDENT, encoding="utf-8") as file:
            lines = re.sub(r"/[^ ]*/agents/", f"{self.inner_state}/agents/", file.read())
        try:
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(lines)
        except OSError as error:
            raise SystemExit(f"not ok - the log of {self.name}: {error}; its gateway is '{command_line(self.gateway)}'")


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        up_and_running = 0x1 | 0x40
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", up_and_running))  # SIOCSIFFLAGS


def tidy_up():
    for process in reversed(started):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()


def on_host(namespace):
    return lambda openclaw: (["nsenter", f"--target={namespace.pid}", "--mount", *AS_OWNER], f"{place}/bin")


def in_container(pid="own", group=None, tmp_volume=False):
    """As OpenClaw's official image runs; its /tmp is the container's own, or a volume."""
    def prefix_of(openclaw):
        tmp = ["--bind", f"{openclaw.home}/tmp:/tmp"] if tmp_volume else ["--tmpfs", "/tmp"]
        return ([CONTAINER, "--pid", str(pid), *(["--group", group] if group else []), "--user", f"{OWNER}:{OWNER}",
                 "--bind", f"{openclaw.state}:{STATE}", *tmp, "--bind", f"{place}/bin:/app:ro", "--"], "/app")
    return prefix_of


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Exporter:
    """One that runs; what it told last is in samples."""

    def __init__(self, what, command):
        self.what = what
        self.log = f"{place}/exporter-{len(started)}.log"
        with open(self.log, "wb") as log:
            self.job = start(command, env=CLEAN_ENVIRONMENT, stderr=log)
        self.url = ""
        self.samples = []

    def find_url(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            text = log.read()
        found = re.search(r" msg=listening url=(http://\S+)/metrics", text)
        self.url = found.group(1) if found else ""
        if not found and self.job.poll() is not None:
            raise SystemExit(f"not ok - {self.what}: the exporter ended:\n{text}")
        return self.url

    def scrape(self):
        with OPENER.open(f"{self.url}/metrics", timeout=PATIENCE) as answer:
            text = answer.read().decode()
        self.samples = []
        for line in text.splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if match:
                labels = dict(re.findall(r'(\w+)="([^"]*)"', match.group(2) or ""))
                self.samples.append((match.group(1), labels, float(match.group(3))))

    def is_ready(self):
        try:
            with OPENER.open(f"{self.url}/-/ready", timeout=PATIENCE):
                return True
        except urllib.error.URLError:
            return False

    def sum(self, name, **wanted):
        values = [value for found, labels, value in self.samples
                  if found == name and all(labels.get(key) == text for key, text in wanted.items())]
        return sum(values) if values else None

    def pass_rounds(self, count):
        """Waits for whole rounds; where no reader succeeds, for about as long."""
        for _ in range(count):
            self.scrape()
            before = self.sum("openclaw_lock_source_last_success_timestamp_seconds", source="processes")
            deadline = time.monotonic() + 0.5
            while time.monotonic() < deadline:
                self.scrape()
                now = self.sum("openclaw_lock_source_last_success_timestamp_seconds", source="processes")
                if before is not None and now != before:
                    break
                time.sleep(0.02)
