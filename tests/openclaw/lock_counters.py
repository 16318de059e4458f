#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the exporter's counters of lock life with what OpenClaw did.

usage: lock_counters.py now URL
           prints the counters as JSON
       lock_counters.py agree URL BEFORE LOG SECONDS
           waits until they have grown, since BEFORE (what `now` printed then), by exactly what LOG (of
           record_lock_events.py) holds; where they have not after SECONDS, prints each difference, with status 1
"""
import json
import re
import sys
import time
import urllib.request

from holds_in_log import KINDS, OUTCOMES, holds_in_log

SAMPLE = re.compile(r'openclaw_lock_(\w+)\{(.*)\} (\S+)$')
SECONDS_PER_HOLD = 0.005  # two observers may read one event this far apart


def counters(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as response:
        lines = response.read().decode().splitlines()
    result = {kind: {"acquired": 0.0, "holds": 0.0, "seconds": 0.0} | dict.fromkeys(OUTCOMES, 0.0) for kind in KINDS}
    names = {"acquired_total": "acquired", "hold_seconds_count": "holds", "hold_seconds_sum": "seconds"}
    for line in lines:
        found = SAMPLE.match(line)
        if not found:
            continue
        labels = dict(re.findall(r'(\w+)="([^"]*)"', found[2]))
        what = labels.get("outcome") if found[1] == "released_total" else names.get(found[1])
        if what and labels["gateway"] == "lab" and labels["agent"] == "main" and labels["kind"] in KINDS:
            result[labels["kind"]][what] += float(found[3])
    return result


def differences(before, after, log):
    for kind, expected in holds_in_log(log).items():
        expected["holds"] = sum(expected[outcome] for outcome in OUTCOMES)
        for what in ("acquired", *OUTCOMES, "holds", "seconds"):
            seen = after[kind][what] - before[kind][what]
            allowed = SECONDS_PER_HOLD * expected["holds"] if what == "seconds" else 0
            if abs(seen - expected[what]) > allowed:
                yield f"{kind} {what}: the exporter counts {seen:g}, the log {expected[what]:g}"


def main():
    command, url, *arguments = sys.argv[1:]
    if command == "now":
        print(json.dumps(counters(url)))
        return
    before_path, log, seconds = arguments
    with open(before_path, encoding="utf-8") as file:
        before = json.load(file)
    end = time.monotonic() + float(seconds)
    while True:
        found = list(differences(before, counters(url), log))
        if not found:
            return
        if time.monotonic() > end:
            sys.exit("\n".join(found))
        time.sleep(0.1)


main()
