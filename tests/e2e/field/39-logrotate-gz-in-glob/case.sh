# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# kumina/postfix_exporter#78: logrotate hourly, compress, delaycompress; the glob is gateway.log*.
S=$HOME/.openclaw
L=/tmp/l/gateway.log
mkdir -p "$S/agents/main/sessions" /tmp/l
console gateway ready > "$L"
serve --openclaw.state-dir="main=$S" --openclaw.log='main=/tmp/l/gateway.log*'
failed_run console session:agent:main:main \
  "Error: session file locked (timeout 10000ms): pid=9 $S/agents/main/sessions/s1.jsonl.lock" >> "$L"
rounds 3
mv "$L" "$L.1"
console gateway 'new file' > "$L"
rounds 3
for i in $(seq 300); do console gateway "tick $i $RANDOM$RANDOM$RANDOM"; done >> "$L.1"
gzip -c "$L.1" > "$L.2.gz"
mv "$L" "$L.1"
console gateway 'newer file' > "$L"
metrics | show 'timeouts_total.agent="main".*"session"|lines_total|log_files|problems_total.*"logs".* [1-9]'
