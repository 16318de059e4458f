#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what real OpenClaw gateways have written, to tell what the exporter must count. Shares no code with it.

usage: incidents_in_log.py sizes FILE...          prints the sizes of the files as JSON: a START
       incidents_in_log.py file-log START FILE    prints what the JSON log says behind START, and its lines
       incidents_in_log.py console START FILE     the same for a plain file with a gateway's stdout and stderr

FILE may hold * and ?. An incident is one run, or one request that became none, that failed by a lock:

  - `lane task error: lane=session:...` of the subsystem diagnostic whose error is that of a lock, or that a database is
    locked: a run. (With fallback models it would be one attempt of a run: fallback_runs_in_log.py.)
  - `request handler failed: ...` of the subsystem gateway with such an error: a request.

A `SQLite transaction lock wait failed` is a wait and no incident: the work may go on, as that of tasks/registry does
(2026.8.2). Where it does not, one of the two lines follows at once, and the wait's database is the agent's.

In a console the model's replies stand between the gateway's lines, verbatim. This lab forges only lines that are dated
long before (OLD) or after (NEW) the run, and first lines of replies, which have no twin: the gateway writes an incident
for the lane `main` first and then for the session's, with the same error.
"""
import collections
import datetime
import glob
import json
import os
import re
import sys

TWIN_SECONDS = 2
AT_ONCE = 1  # seconds
OLD, NEW = "2020", "2090"  # no line of the gateway is dated before or after these years
LOCK_ERROR = re.compile(r"(?:[A-Za-z]+: )*session file locked \(timeout (?P<wait>\d+)ms\): "
                        r"(?:pid=\d+|(?:owner=)?unknown).*?(?P<path>/.*?\.lock)")
DATABASE_LOCKED = re.compile(r"(?:[A-Za-z]+: )*database is locked")
REQUEST_FAILED = "request handler failed: "
LANE_ERROR = re.compile(r'lane task error: lane=(?P<lane>\S+) durationMs=\d+ error="(?P<error>.*)"')
CONSOLE_LINE = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d) \[(?P<subsystem>[\w./-]+)\] (?P<text>.*)")

Line = collections.namedtuple("Line", "time subsystem level text fields")
Incident = collections.namedtuple("Incident", "time agent kind wait what")
Wait = collections.namedtuple("Wait", "time elapsed")


def seconds(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00")).timestamp()


def new_lines(start, pattern):
    for path in sorted(glob.glob(pattern)):
        with open(path, "rb") as log:
            log.seek(start.get(path, 0))
            for line in log:
                if line.endswith(b"\n"):
                    yield line.decode()


def file_log_line(line):
    record = json.loads(line)
    meta = record["_meta"]
    arguments = [record[key] for key in sorted(key for key in record if key.isdigit())]
    subsystem = ""
    if meta["name"].startswith("{"):
        subsystem = json.loads(arguments.pop(0)).get("subsystem", "")
    fields = {}
    for argument in arguments:
        if isinstance(argument, dict):
            fields.update(argument)
    text = next((argument for argument in arguments if isinstance(argument, str)), "")
    return Line(seconds(meta["date"]), subsystem, meta["logLevelName"], text, fields)


def console_line(line):
    found = CONSOLE_LINE.fullmatch(line.rstrip("\n"))
    if not found or not OLD <= found["time"] < NEW:
        return None
    fields = dict(re.findall(r"(\w+)=(\S+)", found["text"]))
    # The console shortens the names of groups, and has no levels.
    subsystem = "gateway/ws" if found["subsystem"] == "ws" else found["subsystem"]
    return Line(seconds(found["time"]), subsystem, "ERROR", found["text"], fields)


def meaning_of_error(error):
    if LOCK_ERROR.match(error):
        return "lock_timeout"
    if DATABASE_LOCKED.match(error):
        return "database_locked"
    if re.match(r"(?:[A-Za-z]+: )*session file lock stale \(", error):
        return "lock_stale"
    if re.match(r"(?:[A-Za-z]+: )*session file changed while embedded prompt lock was released", error):
        return "session_takeover"
    if re.match(r'(?:[A-Za-z]+: )*Session "[^"]*" changed while starting work', error):
        return "session_conflict"
    return None


def event_of(line):
    text, is_error = line.text, line.level in ("ERROR", "FATAL")
    is_warning = is_error or line.level == "WARN"
    if line.subsystem == "sqlite/transaction" and is_warning:
        for start, event in (("SQLite transaction lock wait failed", "sqlite_lock_wait_failed"),
                             ("slow SQLite transaction lock wait", "sqlite_slow_lock_wait"),
                             ("slow SQLite transaction hold", "sqlite_slow_hold")):
            if text.startswith(start):
                return event
    elif line.subsystem == "session-sqlite" and is_warning:
        if text.startswith("SQLite session write failed"):
            error = line.fields.get("error", "")
            return meaning_of_error(error.get("errstr", "") if isinstance(error, dict) else str(error))
    elif line.subsystem == "diagnostic" and is_warning:
        if text.startswith("liveness warning: "):
            return "liveness_warning"
        if re.match(r"(stuck|stalled|long-running) session: ", text):
            return "stuck_session"
        found = LANE_ERROR.match(text)
        return meaning_of_error(found["error"]) if found and is_error else None
    elif line.subsystem == "gateway/ws" and text.startswith("⇄ res ✗ "):
        return meaning_of_error(text.partition(" errorMessage=")[2])
    elif line.subsystem == "gateway" and is_error and text.startswith(REQUEST_FAILED):
        return meaning_of_error(text.removeprefix(REQUEST_FAILED))
    elif line.subsystem == "gateway" and is_warning and text.startswith("removed stale session lock: "):
        return "lock_removed_stale"
    elif line.subsystem == "" and is_error:
        if re.match(r"Gateway agent failed; falling back to embedded: |EMBEDDED FALLBACK: Gateway agent ", text):
            return "embedded_fallback"
        return meaning_of_error(text.removeprefix("Embedded agent failed before reply: "))
    return None


def agent_of(path):
    return path.split("/agents/")[1].split("/")[0] if "/agents/" in path else ""


def wait_of(line):
    """How long a SQLite transaction waited, where the line tells; the console does from 2026.9.6 on."""
    if event_of(line) not in ("sqlite_lock_wait_failed", "sqlite_slow_lock_wait") or "elapsedMs" not in line.fields:
        return None
    return Wait(line.time, int(line.fields["elapsedMs"]))


def agent_of_wait(before, time):
    """The agent whose database was waited for in vain just before."""
    for line in reversed(before):
        if time - line.time > AT_ONCE:
            break
        if event_of(line) == "sqlite_lock_wait_failed":
            return agent_of(str(line.fields.get("database", "")))
    return ""


def incident_of(line, before):
    if line.level != "ERROR":
        return None
    lane, error = "", ""
    found = LANE_ERROR.match(line.text) if line.subsystem == "diagnostic" else None
    if found and found["lane"].startswith("session:"):
        lane, error = found["lane"], found["error"]
    elif line.subsystem == "gateway" and line.text.startswith(REQUEST_FAILED):
        error = line.text.removeprefix(REQUEST_FAILED)
    lock = LOCK_ERROR.match(error)
    if lock:
        kind = "session_store" if "/sessions.json" in lock["path"] else "session"
        return Incident(line.time, agent_of(lock["path"]), kind, int(lock["wait"]), lane + lock[0])
    if DATABASE_LOCKED.match(error):
        agent = lane.split(":")[2] if lane.startswith("session:agent:") else agent_of_wait(before, line.time)
        return Incident(line.time, agent, "sqlite", None, lane + error)
    return None


def has_twin(line, before):
    """True unless a session's lane has failed without the lane `main` just before it."""
    found = LANE_ERROR.match(line.text)
    if line.subsystem != "diagnostic" or not found or not found["lane"].startswith("session:"):
        return True
    for other in before:
        twin = LANE_ERROR.match(other.text)
        if other.subsystem == "diagnostic" and twin and not twin["lane"].startswith("session:") and \
                twin["error"] == found["error"] and 0 <= line.time - other.time <= TWIN_SECONDS:
            return True
    return False


class Story:
    """What one log says."""

    def __init__(self, lines, total):
        found = [(line, event_of(line)) for line in lines]
        self.events = collections.Counter(event for _, event in found if event)
        self.incidents = [incident for i, line in enumerate(lines)
                          if (incident := incident_of(line, lines[max(0, i - 64):i]))]
        self.sqlite_waits = [wait for wait in map(wait_of, lines) if wait]
        self.lines = total

    def expected(self):
        waits = collections.Counter(incident.kind for incident in self.incidents if incident.wait is not None)
        waits["sqlite"] += len(self.sqlite_waits)
        return {"events": dict(self.events), "lines": self.lines, "waits": {kind: n for kind, n in waits.items() if n},
                "timeouts": dict(collections.Counter(f"{one.agent}/{one.kind}" for one in self.incidents))}


def file_log_story(start, pattern):
    lines = [file_log_line(line) for line in new_lines(start, pattern)]
    return Story(lines, len(lines))


def console_story(start, pattern):
    texts = list(new_lines(start, pattern))
    lines = [line for line in map(console_line, texts) if line]
    lines = [line for i, line in enumerate(lines) if has_twin(line, lines[max(0, i - 16):i])]
    return Story(lines, len(texts))


def both_stories(file_log, console):
    """Each line counts; an incident or wait that is in both counts once."""
    both = Story([], file_log.lines + console.lines)
    both.events = file_log.events + console.events
    both.incidents = merged(file_log.incidents, console.incidents, lambda one: (one.kind, one.wait, one.what))
    both.sqlite_waits = merged(file_log.sqlite_waits, console.sqlite_waits, lambda one: one.elapsed)
    return both


def merged(file_log, console, identity):
    """All of the first, and those of the second without a match in it."""
    unmatched, result = list(file_log), list(file_log)
    for one in console:
        same = [other for other in unmatched
                if identity(other) == identity(one) and abs(other.time - one.time) <= TWIN_SECONDS]
        if same:
            unmatched.remove(same[0])
        else:
            result.append(one)
    return result


def sizes(patterns):
    return {path: os.path.getsize(path) for pattern in patterns for path in glob.glob(pattern)}


def main():
    command, *arguments = sys.argv[1:]
    if command == "sizes":
        print(json.dumps(sizes(arguments)))
        return
    with open(arguments[0], encoding="utf-8") as file:
        start = json.load(file)
    story = {"file-log": file_log_story, "console": console_story}[command](start, arguments[1])
    print(json.dumps(story.expected()))


if __name__ == "__main__":
    main()
