# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Martian-Engineering/lossless-claw#350, 2026.8.1 on: two profiles on one host, each with a file of its own in /tmp/openclaw.
A=$HOME/.openclaw
B=$HOME/.openclaw-vesper
FA=/tmp/openclaw/openclaw-$(date +%F).log
FB=/tmp/openclaw/openclaw-vesper-$(date +%F).log
mkdir -p "$A/state" "$B/state" "$A/tmp/openclaw-0" "$B/tmp/openclaw-0"
mkdir -m 700 /tmp/openclaw
: > "$FA"
: > "$FB"
serve
python3 - "$B" "$(iso_now)" >> "$FB" << 'PYTHON'
import json, sys

def record(subsystem, level_id, level, meta, message):
    binding = json.dumps({"subsystem": subsystem}, separators=(",", ":"))
    fields = {"0": binding, "1": meta, "2": message} if meta else {"0": binding, "1": message}
    fields["_meta"] = {"name": binding, "date": sys.argv[2] + "Z", "logLevelId": level_id, "logLevelName": level}
    fields["time"] = sys.argv[2] + "+00:00"
    fields["message"] = message
    print(json.dumps(fields, separators=(",", ":")))

record("sqlite/transaction", 4, "WARN", {
    "busyTimeoutMs": 5000, "database": sys.argv[1] + "/agents/main/agent/openclaw-agent.sqlite", "elapsedMs": 5010,
    "failureKind": "lock-contention", "operation": "agent.write", "pid": 1, "sqlitePrimaryCode": 5, "step": "begin",
}, "SQLite transaction lock wait failed")
record("diagnostic", 4, "WARN", None, "liveness warning: reasons=event_loop_delay interval=30s eventLoopDelayP99Ms=5011")
record("gateway", 5, "ERROR", None, "request handler failed: Error: database is locked: code=ERR_SQLITE_ERROR")
PYTHON
metrics | show 'timeouts_total.*main.*sqlite|log_events_total.*(liveness|database_locked|wait_failed).*gateway="openclaw'
