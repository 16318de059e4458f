# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#49321 #5092 #5148 #3092: a message is dropped, the only trace is the channel handler's error.
S=$HOME/.openclaw
L=/tmp/openclaw/openclaw-$(date +%F).log
mkdir -p "$S/agents/main/sessions"
mkdir -m 700 /tmp/openclaw
: > "$L"
serve --openclaw.state-dir="main=$S" --openclaw.log="main=$L"
for _ in 1 2; do
  record 5 ERROR gateway/channels/telegram \
    "handler failed: Error: timeout waiting for session store lock: $S/agents/main/sessions/sessions.json" >> "$L"
  sleep 1.2 # as far apart as two messages are
done
metrics | show 'timeouts_total|log_events_total.*lock_timeout|log_lines_total'
