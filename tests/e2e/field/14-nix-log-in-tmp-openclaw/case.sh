# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw/nix-openclaw (home manager): stdout goes to /tmp/openclaw/openclaw-gateway.log, beside the file log, and the usual
# glob takes both.
S=$HOME/.openclaw
F=/tmp/openclaw/openclaw-$(date +%F).log
C=/tmp/openclaw/openclaw-gateway.log
mkdir -p "$S/agents/main/sessions"
mkdir -m 700 /tmp/openclaw
: > "$F"
console gateway 'listening on ws://127.0.0.1:18789' > "$C"
serve
E="Error: session file locked (timeout 10000ms): pid=999 $S/agents/main/sessions/s1.jsonl.lock"
A="lane task error: lane=main durationMs=10011 error=\"$E\""
B="lane task error: lane=session:agent:main:telegram:group:-100:topic:7 durationMs=10013 error=\"$E\""
for line in "$A" "$B"; do
  record 5 ERROR diagnostic "$line" >> "$F"
  console diagnostic "$line" >> "$C"
done
metrics | show 'timeouts_total.*main.*"openclaw".*session"|log_files.*"openclaw"'
