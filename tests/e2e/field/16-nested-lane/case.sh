# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#98415 (sessions_send): lane=nested:agent:adam:main on the console of a service.
S=$HOME/.openclaw
C=/tmp/c.log
mkdir -p "$S/agents/adam/sessions"
console gateway ready > "$C"
serve --openclaw.state-dir="main=$S" --openclaw.log="main=$C"
E="SessionWriteLockTimeoutError: session file locked (timeout 60000ms): pid=77 alive=true ageMs=88123 $S/agents/adam/sessions/a.jsonl.lock"
{
  console diagnostic "lane task error: lane=nested:agent:adam:main durationMs=60119 error=\"$E\""
  console diagnostic "lane task error: lane=session:agent:adam:main durationMs=60125 error=\"$E\""
} >> "$C"
metrics | show 'timeouts_total.*adam.*session"|wait_seconds_(sum|count).*session"'
