# SPDX-License-Identifier: Apache-2.0
"""Fills a Prometheus with the history of incidents, and with what the real rules make of it.

The recorded series come from promtool, which evaluates only what it finds in the blocks: rules that read other rules'
series need a pass of their own. It leaves out alerts, so ALERTS is worked out here from the same rules.
"""

import contextlib
import functools
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from exporter_families import ROOT
from history import CLASSES, write_history

# Each class has its own day, so that one Prometheus holds them all and no window reaches into another.
FIRST_END = 1767225600
DAY = 86400
ENDS = {name: FIRST_END + number * DAY for number, name in enumerate([*CLASSES, "thousand"])}
HELD = {"down"}
PATIENCE = float(os.environ.get("PATIENCE", "60"))
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


@functools.cache
def mixin(field):
    return json.loads(run("jsonnet", "-e", f"(import '{ROOT}/alerts/mixin.libsonnet').{field}"))


def rule_groups():
    rules, alerts = mixin("prometheusRules"), mixin("prometheusAlerts")
    return rules["groups"] + alerts["groups"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """A Prometheus that scrapes nothing and serves what lies in a folder."""

    def __init__(self, data):
        self.data = pathlib.Path(data)

    def __enter__(self):
        self.data.mkdir(parents=True, exist_ok=True)
        configuration = self.data / "prometheus.yml"
        configuration.write_text("{}\n")
        self.url = f"http://127.0.0.1:{free_port()}"
        with open(self.data / "prometheus.log", "w") as log:
            self.process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={configuration}",
                    f"--storage.tsdb.path={self.data}",
                    f"--web.listen-address={self.url.removeprefix('http://')}",
                    "--storage.tsdb.retention.time=100y",
                    "--web.cors.origin=http://127\\.0\\.0\\.1:.*",
                    "--query.lookback-delta=5m",
                    "--log.level=warn",
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                if OPENER.open(f"{self.url}/-/ready", timeout=5).status == 200:
                    return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError("Prometheus did not start:\n" + (self.data / "prometheus.log").read_text())
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def processor_seconds(self):
        """What it has used until now: no other load of the machine is in it."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def api(self, path, **parameters):
        body = urllib.parse.urlencode(parameters).encode()
        try:
            answer = json.load(OPENER.open(f"{self.url}/api/v1/{path}", data=body, timeout=120))
        except urllib.error.HTTPError as error:
            answer = json.load(error)
        if answer["status"] != "success":
            raise ValueError(answer["error"])
        return answer["data"]

    def query(self, expression, at):
        return self.api("query", query=expression, time=at)["result"]

    def query_range(self, expression, start, end, step):
        return self.api("query_range", query=expression, start=start, end=end, step=step)["result"]


def add_blocks(data, text_file):
    run("promtool", "tsdb", "create-blocks-from", "openmetrics", text_file, data)


def add_history(data, incident_class, hours, step):
    with tempfile.NamedTemporaryFile("w", suffix=".om") as text:
        write_history(incident_class, ENDS[incident_class], hours, step, text)
        text.flush()
        add_blocks(data, text.name)


def passes(groups):
    """The recording rules in the order in which they can be evaluated: a list of passes, each a list of groups. What a
    series was a moment before is not there yet: a rule that keeps itself up does not do so in this history."""
    depth = {}
    rules = [rule for group in groups for rule in group["rules"] if "record" in rule]
    reads = {}
    for rule in rules:
        read = set(re.findall(r"\b[a-z_]+:[a-z0-9_]+:[a-z0-9_]+\b", rule["expr"]))
        reads.setdefault(rule["record"], set()).update(read - {rule["record"]})

    def depth_of(record, above=()):
        if record in above:
            raise ValueError(f"{record} reads itself")
        if record not in depth:
            depth[record] = 1 + max((depth_of(read, (*above, record)) for read in reads.get(record, ())), default=0)
        return depth[record]

    for rule in rules:
        depth_of(rule["record"])
    result = []
    for level in sorted(set(depth.values())):
        of_level = []
        for group in groups:
            chosen = [rule for rule in group["rules"] if "record" in rule and depth[rule["record"]] == level]
            if chosen:
                of_level.append({**group, "rules": chosen})
        if of_level:
            result.append(of_level)
    return result


def seconds(text):
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"(\d+)(ms|s|m|h|d)", text or "0s"))


def alert_labels(rule, labels):
    named = {name: value for name, value in labels.items() if name != "__name__"}
    for name, text in rule.get("labels", {}).items():
        named[name] = re.sub(r"\{\{ *\$labels\.(\w+) *\}\}", lambda match: labels.get(match[1], ""), text)
        if "{{" in named[name]:
            raise ValueError(f"{rule['alert']}: label {name} is a template that cannot be filled in here")
    return {**named, "alertname": rule["alert"]}


def states(rule, times, active_at):
    """Pending and firing, as Prometheus decides them: time -> state."""
    since = last_active = None
    firing = False
    for at in times:
        if at in active_at:
            since, last_active = (at if since is None else since), at
            firing = firing or at - since >= seconds(rule.get("for"))
        elif not (firing and at - last_active < seconds(rule.get("keep_firing_for"))):
            since, firing = None, False
        if since is not None:
            yield at, ("firing" if firing else "pending"), since


def alert_series(server, groups, start, end, alerts_reach=None):
    """ALERTS of these rules; what they read of ALERTS itself, of which none may be there yet, reaches back that far."""
    series = {}
    for group in groups:
        step = int(seconds(group.get("interval", "30s")))
        times = range(start, end + 1, step)
        for rule in group["rules"]:
            if "alert" not in rule:
                continue
            expression = rule["expr"]
            if alerts_reach:
                expression = re.sub(r"(\bALERTS\{[^}]*\})\[\w+\]", rf"\1[{alerts_reach}]", expression)
            # What differs by its name alone is one alert.
            active = {}
            for result in server.query_range(expression, start, end, step):
                labels = alert_labels(rule, result["metric"])
                text = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
                active.setdefault(text, set()).update(int(at) for at, _ in result["values"])
            for text, active_at in active.items():
                for at, state, since in states(rule, times, active_at):
                    series.setdefault(f'ALERTS{{{text},alertstate="{state}"}}', {})[at] = 1
                    series.setdefault(f"ALERTS_FOR_STATE{{{text}}}", {})[at] = since
    return series


def add_alerts(data, series):
    with tempfile.NamedTemporaryFile("w", suffix=".om") as text:
        for family in ("ALERTS", "ALERTS_FOR_STATE"):
            text.write(f"# TYPE {family} gauge\n")
            for name, samples in series.items():
                if name.startswith(family + "{"):
                    text.writelines(f"{name} {value} {at}\n" for at, value in sorted(samples.items()))
        text.write("# EOF\n")
        text.flush()
        add_blocks(data, text.name)


def add_rules(data, classes, hours, groups):
    for of_pass in passes(groups):
        with Prometheus(data) as server, tempfile.NamedTemporaryFile("w", suffix=".yml") as rules:
            json.dump({"groups": of_pass}, rules)
            rules.flush()
            for name in classes:
                run(
                    "promtool", "tsdb", "create-blocks-from", "rules",
                    f"--start={ENDS[name] - int(hours * 3600)}", f"--end={ENDS[name]}",
                    f"--url={server.url}", f"--output-dir={data}", rules.name,
                )  # fmt: skip
    # Where an exporter dies, pages are held: they read what they were before.
    held = [name for name in classes if name in HELD]
    for of_pass, alerts_reach in ((classes, None), (held, "6h")):
        if not of_pass:
            continue
        with Prometheus(data) as server:
            series = {}
            for name in of_pass:
                end = ENDS[name]
                found = alert_series(server, groups, end - int(hours * 3600), end - 30, alerts_reach)
                for key, samples in found.items():
                    series.setdefault(key, {}).update(samples)
        add_alerts(data, series)


def fill(data, classes, hours, step):
    """Makes the folder anew: history, recorded series and alerts of these classes."""
    shutil.rmtree(data, ignore_errors=True)
    for name in classes:
        add_history(data, name, hours, step)
    add_rules(data, classes, hours, rule_groups())
