# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#42875 (2026.3.2): the gateway goes on writing to the file of the day it started; a command opens today's.
S=$HOME/.openclaw
Y=/tmp/openclaw/openclaw-$(date --date yesterday +%F).log
T=/tmp/openclaw/openclaw-$(date +%F).log
mkdir -p "$S/agents/main/sessions"
mkdir -m 700 /tmp/openclaw
record 3 INFO gateway old > "$Y"
touch --date '20 hours ago' "$Y"
record 3 INFO gateway command > "$T"
serve
failed_run 'record 5 ERROR' session:agent:main:main \
  "Error: session file locked (timeout 10000ms): pid=9 $S/agents/main/sessions/s1.jsonl.lock" >> "$Y"
metrics | show 'timeouts_total.agent="main".*"openclaw".*kind="session"}'
