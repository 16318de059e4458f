# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#128032 (7.1-2), #87537 (5.12): every run of the session fails with a *stale* error for hours; no timeout is ever
# written.
S=$HOME/.openclaw
F=/tmp/f.log
mkdir -p "$S/agents/dalao/sessions"
: > "$F"
serve --openclaw.state-dir="main=$S" --openclaw.log="main=$F"
{
  for i in 1 2 3 4; do
    failed_run 'record 5 ERROR' session:agent:dalao:main \
      "SessionWriteLockStaleError: session file lock stale (orphan-self-pid): pid=22144 alive=true ageMs=$((i * 81000)) $S/agents/dalao/sessions/d$i.jsonl.lock"
  done
  failed_run 'record 5 ERROR' session:agent:dalao:subagent:1 \
    "Error: file lock stale for $S/agents/dalao/sessions/e.jsonl: code=file_lock_stale"
} >> "$F"
metrics | show 'timeouts_total.*dalao.*session"|log_events_total.*stale'
if grep -q lock_stale "$PROJECT/alerts/openclaw-lock.rules.yaml"; then
  echo 'an alert looks at lock_stale'
else
  echo 'no alert looks at lock_stale'
fi
