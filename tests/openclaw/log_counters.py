#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what exporters have counted with what OpenClaw has written, as incidents_in_log.py reads it.

usage: log_counters.py START FILE-LOG CONSOLE URL-FILE-LOG URL-CONSOLE URL-BOTH AT-LEAST BEFORE SECONDS

The exporter at URL-FILE-LOG reads FILE-LOG, the one at URL-CONSOLE reads CONSOLE, the one at URL-BOTH reads both, all
since the files had the sizes that START names (incidents_in_log.py sizes). Waits until each of them has counted
exactly what is there, and FILE-LOG holds AT-LEAST incidents ("0": exactly none) more than BEFORE says, a file that
receives what the logs say now; prints what they say. After SECONDS it prints each difference instead, with status 1.
"""
import json
import os
import re
import sys
import time
import urllib.request

from incidents_in_log import both_stories, console_story, file_log_story

SAMPLE = re.compile(r"openclaw_lock_(timeouts_total|log_events_total|log_lines_total|wait_seconds_count)\{(.*)\} (\S+)$")
# Of openclaw_lock_log_events_total; a command line that did not start a gateway, and what this lab cannot provoke, is
# not read by incidents_in_log.py.
NOT_READ = {"gateway_already_running", "gateway_refused", "lock_force_released", "all_models_failed", "log_suppressed"}


def counted(url):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url + "/metrics", timeout=10) as response:
        text = response.read().decode()
    result = {"timeouts": {}, "events": {}, "waits": {}, "lines": 0, "unparsed": 0}
    for line in text.splitlines():
        found = SAMPLE.match(line)
        if not found:
            continue
        labels = dict(re.findall(r'(\w+)="([^"]*)"', found[2]))
        value = int(float(found[3]))
        if found[1] == "log_lines_total":
            result["lines"] += value
            if labels["outcome"] == "unparsed":
                result["unparsed"] = value
        elif value and found[1] == "timeouts_total":
            result["timeouts"][f"{labels['agent']}/{labels['kind']}"] = value
        elif value and found[1] == "wait_seconds_count":
            result["waits"][labels["kind"]] = value
        elif value and labels["event"] not in NOT_READ:
            result["events"][labels["event"]] = value
    return result


def stories(start, file_log, console):
    one, other = file_log_story(start, file_log), console_story(start, console)
    return {"file log": one, "console": other, "both": both_stories(one, other)}


def differences(read, urls):
    for (name, story), url in zip(read.items(), urls):
        seen, expected = counted(url), {**story.expected(), "unparsed": 0}
        for what, value in expected.items():
            if seen[what] != value:
                yield f"{name}, {what}: the exporter counts {seen[what]}, there are {value}"


def incidents(said):
    return sum(said["timeouts"].values())


def growth(before, said):
    old = before.get("timeouts", {})
    return {key: value - old.get(key, 0) for key, value in said["timeouts"].items() if value > old.get(key, 0)}


def main():
    start_path, file_log, console, *urls, at_least, before_path, patience = sys.argv[1:]
    with open(start_path, encoding="utf-8") as file:
        start = json.load(file)
    before = {}
    if os.path.exists(before_path):
        with open(before_path, encoding="utf-8") as file:
            before = json.load(file)
    end = time.monotonic() + float(patience)
    while True:
        read = stories(start, file_log, console)
        said = {name: story.expected() for name, story in read.items()}
        found = list(differences(read, urls))
        more = incidents(said["file log"]) - incidents(before.get("file log", {"timeouts": {}}))
        if more < int(at_least) or (more > 0 and at_least == "0"):
            found.append(f"the file log has {more} more incidents, expected {at_least}")
        if not found:
            break
        if time.monotonic() > end:
            sys.exit("\n".join(found))
        time.sleep(0.2)
    for name in said:
        print(f"#   {name}: {growth(before.get(name, {}), said[name])} more; in all {said[name]}")
    with open(before_path, "w", encoding="utf-8") as file:
        json.dump(said, file)


main()
