#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The lock metrics against real OpenClaw gateways: what the exporter says must be what OpenClaw did.
#
#   tests/openclaw/locks_test.sh [VERSION...]      default: 2026.4.24 2026.5.22
#
# Runs: alone: the lab has one gateway of a version, and one model server
#
# BINARY names the exporter (default: build/dev). LAB_ROOT keeps the installed versions (see lab/lab.sh). Needs npm,
# python3 and curl; takes 5 to 15 minutes per version.
# shellcheck disable=SC2317  # functions are called by name
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/e2e.sh
. "$here/../e2e/e2e.sh"
need npm python3 curl

lab=$here/lab/lab.sh
# shellcheck disable=SC2034  # read by e2e.sh
INTERVAL=1s
# shellcheck disable=SC2034  # read by e2e.sh
PATIENCE=30
export PYTHONDONTWRITEBYTECODE=1
dead_within=2 # seconds: one interval, and as much again for a busy machine
turn_within=900
version=

stop_lab() {
  [ -z "$version" ] || "$lab" stop "$version"
  "$lab" stop-model
}
on_exit+=(stop_lab)

# ---- OpenClaw

turn() { # MESSAGE [SESSION]
  "$lab" turn "$version" "$@" >> "$work/turns.log" 2>&1
}

# Runs a function beside the test; check_end waits for it.
start_beside() { # FUNCTION [ARGUMENT...]
  "$@" &
  beside=$!
  children+=("$beside")
}

check_end() { # TEXT PID
  if wait "$2"; then ok "$1"; else not_ok "$1" "$(tail -n 20 "$work/turns.log")"; fi
}

no_lock_left() { ! compgen -G "$sessions/*.lock" > /dev/null; }

a_session_lock_is_there() { compgen -G "$sessions/*.jsonl.lock" > /dev/null; }

check_no_lock_left() {
  check "no lock is left" wait_for 60 no_lock_left
}

# ---- what the exporter must say

lock_counters() {
  python3 "$here/lock_counters.py" "$@"
}

record_has_begun() { [ -s "$work/events.log" ]; }

# From here on the log holds every event, and growth of the counters is measured from now.
begin_record() {
  check_no_lock_left
  rm -f "$work/events.log"
  background python3 "$here/record_lock_events.py" "$sessions" "$work/events.log"
  recorder=$job
  wait_for "$PATIENCE" record_has_begun
  lock_counters now "$url/metrics" > "$work/before.json"
  check "OpenClaw is idle" test "$(wc -l < "$work/events.log")" -eq 1
}

end_record() { # TEXT
  check_no_lock_left
  check "$1: the counters and hold times are those of the inotify log" \
    lock_counters agree "$url/metrics" "$work/before.json" "$work/events.log" "$PATIENCE"
  printf '#   in the log: %s\n' "$(python3 "$here/holds_in_log.py" "$work/events.log")"
  kill "$recorder"
}

released() { # OUTCOME
  metric openclaw_lock_released_total gateway=lab agent=main kind=session "outcome=$1"
}

# One more session lock than BEFORE ended in that way.
expect_one_more() { # TEXT OUTCOME BEFORE
  expect_metric "$1" $(($3 + 1)) openclaw_lock_released_total gateway=lab agent=main kind=session "outcome=$2"
}

# ---- scenarios

killed_holder() {
  local before seen
  begin_record
  "$lab" hold-turn "$version" 300 "$main_session" > "$work/held"
  expect_holders "an embedded turn holds its lock" lab alive
  before=$(released abandoned)
  "$lab" kill-holder "$version" > "$work/killed"
  wait_for "$PATIENCE" metric_is 1 openclaw_lock_files gateway=lab agent=main kind=session holder=dead || true
  seen=$(date +%s.%N)
  check "the holder is killed: dead within one sample interval" \
    awk -v seen="$seen" -v killed="$(cat "$work/killed")" -v limit="$dead_within" \
    'BEGIN { printf "#   after %.2f s\n", seen - killed; exit !(seen - killed <= limit) }'
  expect_holders "and only dead" lab dead
  expect_one_more "the lock counts as abandoned" abandoned "$before"
  check "the next turn works" turn "after the kill delay=0.2"
  expect_holders "the next turn removed the dead lock" lab ''
  end_record "a killed holder and the turn after it"
}

held_gateway_turn() {
  begin_record
  start_beside turn "held by the gateway delay=20"
  check "a gateway turn begins" wait_for "$turn_within" a_session_lock_is_there
  expect_holders "it holds its lock" lab alive
  check_end "it ends well" "$beside"
  expect_holders "its lock is gone" lab ''
  end_record "a held gateway turn"
}

gateway_turns() {
  local n
  for n in 1 2 3; do
    turn "gateway turn $n delay=2"
  done
}

embedded_turns() {
  local n
  for n in 1 2 3; do
    "$lab" embedded-turn "$version" "embedded turn $n delay=2" "embedded-$n" >> "$work/turns.log" 2>&1
  done
}

turns_at_the_same_time() {
  local gateway_turns
  begin_record
  start_beside gateway_turns
  gateway_turns=$beside
  start_beside embedded_turns
  check_end "three gateway turns end well" "$gateway_turns"
  check_end "three embedded turns at the same time end well" "$beside"
  end_record "six turns, two at a time"
}

# The gateway of these versions does not take the embedded agent for OpenClaw, and replaces its lock.
stolen_lock() {
  local before
  begin_record
  before=$(released stolen)
  "$lab" hold-turn "$version" 40 "$main_session" > "$work/held"
  check "a turn of the gateway beside a held one works" turn "second writer delay=20"
  expect_one_more "the lock counts as stolen" stolen "$before"
  "$lab" wait-holder "$version"
  end_record "a stolen lock, and the end of its holder"
}

steals_from_embedded() { # VERSION: 2026.5.12 to 2026.7.35
  [ "$(printf '%s\n' 2026.5.12 "$1" 2026.7.35 | sort --version-sort | sed -n 2p)" = "$1" ]
}

written_by_hand() { # KIND HOLDER
  "$lab" fake-lock "$version" "$1" by-hand > "$work/fake"
  expect_holders "a lock written by hand, $1: $2" lab "$2"
  "$lab" rm-fake-lock "$version" by-hand
  check "it is removed" wait_for "$PATIENCE" holders_are lab ''
}

all_written_by_hand() {
  written_by_hand live alive
  written_by_hand live-starttime alive
  written_by_hand empty unknown
  written_by_hand garbage unknown
  written_by_hand partial unknown
  if [ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ]; then # the initial one
    written_by_hand live-closed recycled # a holder keeps its lock open
    written_by_hand live-wrong-starttime recycled
    written_by_hand dead dead
  else # the writer may live where we cannot see it
    written_by_hand live-closed unknown
    written_by_hand live-wrong-starttime unknown
    written_by_hand dead unknown
  fi
}

test_version() {
  local state
  printf '# %s\n' "$version"
  "$lab" setup "$version" > "$work/setup.log" 2>&1 || { cat "$work/setup.log"; exit 1; }
  state=$("$lab" state "$version")
  sessions=$state/agents/main/sessions
  rm -f "$sessions"/*.lock # of an earlier run that was interrupted
  "$lab" start-model
  "$lab" start-gateway "$version"
  check "a first turn works" turn "warm delay=0.2"
  main_session=$("$lab" main-session "$version")
  start_exporter "--openclaw.state-dir=lab=$state"
  expect_metric "the directory is watched by inotify" 1 openclaw_lock_watch_info gateway=lab mode=inotify

  killed_holder
  held_gateway_turn
  turns_at_the_same_time
  if steals_from_embedded "$version"; then stolen_lock; fi
  all_written_by_hand

  expect_metric "no event was lost" '' openclaw_lock_watch_lost_total gateway=lab
  expect_metric "the locks could always be read" 1 openclaw_lock_source_up gateway=lab source=locks
  stop_exporter
  check_equal "the exporter ends with status 0" 0 "$exporter_status"
  "$lab" stop "$version"
}

[ "$#" -gt 0 ] || set -- 2026.4.24 2026.5.22
for version in "$@"; do
  test_version
done
finish
