#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tells the runs of one JSON log that failed by a session's lock, where OpenClaw has fallback models. Shares no code
with the exporter.

usage: fallback_runs_in_log.py START FILE      START and FILE as in incidents_in_log.py

Prints "RUNS ATTEMPTS": how many runs, and how many attempts they have made, one with each model. Each attempt is a
`lane task error: lane=session:...`. A record `model_fallback_decision` follows it, which names the run, the number of the
attempt and how many there are; an embedded run has its session's id as its runId, so the same runId is another run when
its attempts begin anew. An attempt without such a record was not tried again: the last one of a run whose next attempt was
due (2026.4.24), or a run of its own.
"""
import json
import sys

from incidents_in_log import LANE_ERROR, LOCK_ERROR, file_log_line, new_lines

DECISION_SECONDS = 2


def names_lock(text):
    return bool(LOCK_ERROR.match(str(text)))


def is_attempt(line):
    found = LANE_ERROR.match(line.text) if line.subsystem == "diagnostic" else None
    return bool(found) and found["lane"].startswith("session:") and names_lock(found["error"])


def is_decision(line):
    return line.fields.get("event") == "model_fallback_decision" and names_lock(line.fields.get("errorPreview"))


def count(lines):
    runs = attempts = 0
    undecided = []  # times of attempts
    last_attempt = {}  # of each runId
    due = []  # (run, time of the decision) whose next attempt is not decided on yet
    for line in lines:
        if is_attempt(line):
            attempts += 1
            undecided.append(line.time)
        elif is_decision(line):
            decided = [time for time in undecided if 0 <= line.time - time <= DECISION_SECONDS]
            if not decided:
                sys.exit(f"no attempt is decided on: {line}")
            undecided.remove(decided[-1])
            run, attempt = line.fields["runId"], line.fields["attempt"]
            before = [one for one in due if one[0] == run]
            if attempt > 1 and before:
                due.remove(before[-1])
            if attempt < line.fields.get("total", attempt):
                due.append((run, line.time))
            if attempt <= last_attempt.get(run, attempt):
                runs += 1
            last_attempt[run] = attempt
    for time in undecided:
        goes_on = [one for one in due if one[1] < time]
        if goes_on:
            due.remove(goes_on[-1])
        else:
            runs += 1
    return runs, attempts


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        start = json.load(file)
    lines = [file_log_line(line) for line in new_lines(start, sys.argv[2])]
    print(*count(sorted(lines, key=lambda line: line.time)))


main()
