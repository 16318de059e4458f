# SPDX-License-Identifier: Apache-2.0
"""Compares what log_writer says it has written with metrics of the exporter.

    log_counts.py EXPECTED_JSON METRICS

Prints each difference, one a line; exit status 1 where there is one.
"""

import json
import re
import sys

SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def read_samples(path):
    samples = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = SAMPLE.match(line)
            if found:
                name, labels, value = found.groups()
                samples[name, frozenset(LABEL.findall(labels or ""))] = float(value)
    return samples


def main(expected_path, metrics_path):
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    samples = read_samples(metrics_path)
    wanted = {}

    def want(name, value, **labels):
        wanted["openclaw_lock_" + name, frozenset({"gateway": "main", **labels}.items())] = value

    for (name, labels) in samples:
        # What is not expected by name must be zero.
        if name in ("openclaw_lock_timeouts_total", "openclaw_lock_log_events_total"):
            wanted[name, labels] = 0
    for incident in expected["incidents"]:
        want("timeouts_total", incident["count"], agent=incident["agent"], kind=incident["kind"])
    for event, count in expected["events"].items():
        want("log_events_total", count, event=event)
    matched = sum(expected["events"].values())
    want("log_lines_total", matched, outcome="matched")
    want("log_lines_total", expected["lines"] - matched, outcome="ignored")
    want("log_lines_total", 0, outcome="unparsed")
    want("log_lines_total", 0, outcome="oversized")
    want("log_bytes_total", expected["bytes"])
    want("log_unread_bytes", 0)

    differences = 0
    for (name, labels), value in sorted(wanted.items(), key=str):
        # What never happened may have no series.
        seen = samples.get((name, labels), 0)
        if seen != value:
            differences += 1
            print(f"{name}{dict(labels)}: {seen} where {value} were written")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
