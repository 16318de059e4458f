# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#45765, builderz-labs/mission-control#508: OPENCLAW_HOME=/root/.openclaw makes /root/.openclaw/.openclaw.
H=$HOME/.openclaw
S=$H/.openclaw
mkdir -p "$S/agents/main/sessions"
echo '{}' > "$S/openclaw.json"
OPENCLAW_HOME=$H fake openclaw-gateway /tmp/lib/openclaw/dist/index.js gateway
gateway_lock /tmp/openclaw-0 "$S/openclaw.json" "$GWPID"
session_lock "$S/agents/main/sessions/s1.jsonl.lock" "$GWPID" 5
once | show 'gateway_instances|lock_files.*main.*alive.*session"'
