#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes every inotify event of a directory's lock files to a log, independently of the exporter.

usage: record_lock_events.py DIRECTORY LOG

One JSON object per line: "time" (seconds since the epoch, when the event was read), "event" (CREATE, MODIFY,
CLOSE_WRITE, DELETE, MOVED_FROM, MOVED_TO), "name", and, where the file could be read at that moment, "pid" (of its
content) and "written" (its mtime, by the kernel's clock: tells how late a CREATE was read). {"event": "OVERFLOW"} says that the kernel dropped events: the log is then worthless. Its first line is
{"event": "READY"}. Ends at SIGTERM.
"""
import ctypes
import json
import os
import re
import select
import signal
import struct
import sys
import time

EVENTS = {2: "MODIFY", 8: "CLOSE_WRITE", 64: "MOVED_FROM", 128: "MOVED_TO", 256: "CREATE", 512: "DELETE"}
OVERFLOW = 0x4000
HEADER = struct.Struct("iIII")  # wd, mask, cookie, length of the name


def facts_of(path):
    try:
        with open(path, "rb") as lock:
            found = re.search(rb'"pid": *([0-9]+)', lock.read(4096))
            facts = {"written": os.fstat(lock.fileno()).st_mtime}
    except OSError:
        return {}
    return facts | {"pid": int(found.group(1))} if found else facts


def events_in(buffer):
    offset = 0
    while offset < len(buffer):
        _, mask, _, length = HEADER.unpack_from(buffer, offset)
        offset += HEADER.size
        yield mask, os.fsdecode(buffer[offset:offset + length].rstrip(b"\0"))
        offset += length


def main():
    directory, log_path = sys.argv[1:3]
    libc = ctypes.CDLL(None, use_errno=True)
    inotify = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if inotify < 0 or libc.inotify_add_watch(inotify, os.fsencode(directory), sum(EVENTS)) < 0:
        sys.exit(f"inotify: {os.strerror(ctypes.get_errno())}")
    try:
        # The time of an event is when we read it: let nothing delay that.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    except OSError:
        pass
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with open(log_path, "w", encoding="utf-8") as log:
        def write(entry):
            log.write(json.dumps(entry) + "\n")

        write({"event": "READY", "time": time.time()})
        log.flush()
        while True:
            select.select([inotify], [], [])
            buffer = os.read(inotify, 1 << 20)
            now = time.time()
            for mask, name in events_in(buffer):
                if mask & OVERFLOW:
                    write({"event": "OVERFLOW", "time": now})
                if not name.endswith(".lock"):
                    continue
                write({"time": now, "event": EVENTS[mask & sum(EVENTS)], "name": name}
                      | facts_of(os.path.join(directory, name)))
            log.flush()


main()
