#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The kernel's queue of inotify events runs over: counted, and the locks are right all the same.
# Runs: alone: for a moment it changes the limit for the whole machine
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need cc curl
build_actor
chmod 755 "$work"

restore_queue() {
  echo "$queued_events" > "$limit"
}

limit=/proc/sys/fs/inotify/max_queued_events
[ -w "$limit" ] || skip "cannot write $limit"
state=$work/overflow/.openclaw
locks=$(made_session_dir "$state")
queued_events=$(cat "$limit")
on_exit+=(restore_queue)
echo 64 > "$limit"
start_exporter --openclaw.state-dir="overflow=$state"
restore_queue
expect_metric 'followed by inotify' 1 openclaw_lock_watch_info gateway=overflow mode=inotify
kill -STOP "$exporter_pid"
"$actor" cycles 200 0 0 "$locks/a.jsonl.lock" > "$work/ignored"
start_holder "$locks/b.jsonl.lock"
make_lock "$locks/c.jsonl.lock" 4194305 1
make_lock "$locks/d.jsonl.lock" 4194305 1
kill -CONT "$exporter_pid"
expect_metric_above 'a queue that ran over is counted' 0 openclaw_lock_watch_lost_total gateway=overflow
expect_holders 'the locks are right all the same' overflow 'alive dead dead'
kill_holder "$holder_pid"
expect_holders 'and followed on' overflow 'dead dead dead'
find "$locks" -name '*.jsonl.lock' -delete
expect_holders 'until they are gone' overflow ''
before=$(metric openclaw_lock_acquired_total gateway=overflow)
"$actor" cycles 10 20000 10000 "$locks/a.jsonl.lock" > "$work/ignored"
expect_metric 'later holds are counted again' $((before + 10)) openclaw_lock_acquired_total gateway=overflow
stop_exporter
finish
