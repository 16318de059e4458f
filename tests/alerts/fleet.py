#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An exporter of many gateways with five agents each, all of them well but one.

   fleet.py GATEWAYS     prints its port; of gateway 7 the agent a3 has an incident a second, from the first scrape on
"""
import http.server
import sys
import time

import exposition

HURT = ("g7", "a3", "session")
TIMEOUT_KINDS = ("session", "session_store", "sqlite")
HOLDERS = ("alive", "dead", "recycled", "unknown")
SOURCES = ("locks", "logs", "processes", "disk")
EVENTS = ("database_locked", "sqlite_lock_wait_failed", "sqlite_slow_lock_wait", "log_suppressed", "embedded_fallback")


def lines_of(gateway):
    """Lines of one gateway; what it counts stands still, which costs Prometheus as much as if it grew."""
    def line(name, value, **labels):
        text = ",".join(f'{key}="{value}"' for key, value in {"gateway": gateway, **labels}.items())
        return f"openclaw_lock_{name}{{{text}}} {value}"

    for agent in (f"a{i}" for i in range(5)):
        yield line("acquired_total", 9000, agent=agent, kind="session")
        for kind in TIMEOUT_KINDS:
            if (gateway, agent, kind) != HURT:
                yield line("timeouts_total", 3, agent=agent, kind=kind)
        yield line("overdue_files", 0, agent=agent)
        for holder in HOLDERS:
            yield line("files", int(holder == "alive"), agent=agent, kind="session", holder=holder)
    for source in SOURCES:
        yield line("source_up", 1, source=source)
    yield line("gateway_instances", 1)
    yield line("gateway_start_time_seconds", 1000000000)
    yield line("store_info", 1, store="jsonl", version="2026.4.24")
    yield line("log_bytes_total", 9000)
    yield line("log_files", 1)
    for event in EVENTS:
        yield line("log_events_total", 0, event=event)
    for operation in ("read", "write", "flush"):
        yield line("disk_wait_seconds_total", 9, operation=operation)
        yield line("disk_operations_total", 9000, operation=operation)
    for severity in ("some", "full"):
        yield line("gateway_disk_stalled_seconds_total", 9, severity=severity)
    yield line("gateway_blocked_seconds_total", 9)


BODY = "".join(f"{line}\n" for i in range(int(sys.argv[1])) for line in lines_of(f"g{i}"))


class Handler(exposition.Handler):
    began = None

    def do_GET(self):
        Handler.began = Handler.began or time.time()
        incidents = int(time.time() - Handler.began)
        hurt = 'openclaw_lock_timeouts_total{gateway="%s",agent="%s",kind="%s"} %d\n' % (*HURT, incidents)
        self.answer(200, BODY + hurt)


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
