# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#49796 #50785 #100026: the sessions of an agent lie elsewhere by a link; OpenClaw writes the real path of the lock.
S=$HOME/.openclaw
B=/tmp/mnt/big/oc-sessions
L=/tmp/openclaw/openclaw-$(date +%F).log
mkdir -p "$S/agents/main" "$B"
mkdir -m 700 /tmp/openclaw
ln -s "$B" "$S/agents/main/sessions"
bystander
session_lock "$B/s1.jsonl.lock" "$P" 20
: > "$L"
serve
failed_run 'record 5 ERROR' session:agent:main:main \
  "SessionWriteLockTimeoutError: session file locked (timeout 60000ms): pid=$P $B/s1.jsonl.lock" >> "$L"
metrics | show 'timeouts_total.*main.*session"|lock_files.*alive.*session"|log_files|log_events_total.*lock_timeout'
