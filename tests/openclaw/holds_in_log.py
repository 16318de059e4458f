#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Derives acquisitions and finished holds from the log of record_lock_events.py.

usage: holds_in_log.py LOG

Prints one JSON object: for each kind (session, session_store) the numbers of "acquired", "released", "abandoned",
"stolen" and "open" locks, "seconds", the sum of all finished holds, and "late", by how many seconds after the kernel's
time stamp a CREATE was read at most: hold times cannot be known better. Fails when the log cannot be judged.

The life of a lock begins with CREATE. How it ends:

  released    CLOSE_WRITE, then DELETE: the holder closed the file and removed it. Also DELETE, then CLOSE_WRITE with no
              new CREATE between: the same in the other order. The hold ends at DELETE.
  abandoned   CLOSE_WRITE and no DELETE: the holder is gone, its file is left. The hold ends at CLOSE_WRITE; whoever
              removes the file later ends nothing.
  stolen      DELETE without CLOSE_WRITE, then CREATE: somebody replaced the lock of a living holder. The hold ends at
              DELETE. The robbed holder still has the file open, and its CLOSE_WRITE, which comes under the same
              name at any later time, is not one of the new lock.
"""
import json
import sys

# Between close and unlink of a release lie microseconds of work. A dead holder's file may be removed by the next
# turn, seconds later; this tells the two apart.
RELEASE_SECONDS = 1.0

KINDS = ("session", "session_store")
OUTCOMES = ("released", "abandoned", "stolen")


def kind_of(name):
    if name == "sessions.json.lock":
        return "session_store"
    return "session" if name.endswith(".jsonl.lock") else None


def lateness(events):
    return max((event["time"] - event["written"] for event in events if event["event"] == "CREATE" and "pid" in event),
               default=0.0)


class Life:
    """One lock file: from its CREATE to its DELETE, and what was closed before and after that."""

    def __init__(self, created):
        self.created = created
        self.closed = []
        self.deleted = None
        self.closed_after = 0


def lives_of(events):
    lives = []
    for event in events:
        what = event["event"]
        if what == "CREATE":
            lives.append(Life(event["time"]))
        elif not lives or what == "MODIFY":
            continue
        elif what == "CLOSE_WRITE" and lives[-1].deleted is None:
            lives[-1].closed.append(event["time"])
        elif what == "CLOSE_WRITE":
            lives[-1].closed_after += 1
        elif what == "DELETE" and lives[-1].deleted is None:
            lives[-1].deleted = event["time"]
        else:
            sys.exit(f"cannot judge {event}")
    return lives


def judge(lives):
    """Yields (outcome, seconds) for each life in turn."""
    robbed = 0  # holders that lost their lock and have not closed it yet
    for index, life in enumerate(lives):
        closes = len(life.closed)
        replaced = index + 1 < len(lives)
        if life.deleted is not None and closes and life.deleted - life.closed[-1] <= RELEASE_SECONDS:
            robbed -= min(robbed, closes - 1)
            yield "released", life.deleted - life.created
        elif closes > robbed:
            robbed = 0
            yield "abandoned", life.closed[-1] - life.created
        elif life.deleted is None:
            robbed -= closes
            yield "open", 0.0
        else:
            robbed -= closes
            if life.closed_after > robbed:
                robbed = 0
                yield "released", life.deleted - life.created
                continue
            if not replaced:
                sys.exit("a lock was removed while its holder lived, and not replaced")
            robbed += 1
            yield "stolen", life.deleted - life.created
        robbed -= min(robbed, life.closed_after)


def holds_in_log(path):
    with open(path, encoding="utf-8") as log:
        events = [json.loads(line) for line in log if line.endswith("\n")]
    if any(event["event"] == "OVERFLOW" for event in events):
        sys.exit("the log has lost events")
    counts = {kind: dict.fromkeys(("acquired", *OUTCOMES, "open"), 0) | {"seconds": 0.0, "late": 0.0} for kind in KINDS}
    names = {event["name"] for event in events if "name" in event}
    for name in sorted(names):
        kind = kind_of(name)
        if kind is None:
            continue
        of_name = [event for event in events if event.get("name") == name]
        lives = lives_of(of_name)
        counts[kind]["late"] = max(counts[kind]["late"], lateness(of_name))
        counts[kind]["acquired"] += len(lives)
        for outcome, seconds in judge(lives):
            counts[kind][outcome] += 1
            counts[kind]["seconds"] += seconds
    return counts


if __name__ == "__main__":
    print(json.dumps(holds_in_log(sys.argv[1])))
