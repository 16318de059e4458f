# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#155927 (2026.9.5): a restart loop, each start ends with "database is locked"; #134341: a maintenance lease.
S=$HOME/.openclaw
F=/tmp/f.log
mkdir -p "$S/state"
: > "$S/state/openclaw.sqlite"
: > "$F"
serve --openclaw.state-dir="main=$S" --openclaw.log="main=$F"
{
  for _ in 1 2 3; do
    record 3 INFO gateway 'starting...'
    record 5 ERROR '' 'Gateway failed to start: database is locked'
  done
  record 5 ERROR '' 'Gateway failed to start: Agent database maintenance is in progress; retry after openclaw doctor --fix completes.'
  record 5 ERROR '' 'Gateway failed to start: failed to acquire gateway lock at /home/node/.openclaw/tmp/openclaw-1000/gateway.state.lock | openat2 beneath root: Function not implemented (os error 38) | ENOSYS'
} >> "$F"
metrics | show 'log_events_total.*(refused|database_locked|already)'
