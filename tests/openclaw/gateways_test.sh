#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The gateway metrics against real OpenClaw gateways: how many there are, what keeps their sessions, and who writes.
#
#   tests/openclaw/gateways_test.sh [VERSION...]      default: 2026.3.13 2026.4.24 2026.5.22 2026.6.35 2026.8.2 2026.9.6
#
# Runs: alone: the lab has one gateway of a version, and one model server
#
# BINARY names the exporter (default: build/dev). LAB_ROOT keeps the installed versions (see lab/lab.sh). Needs root,
# npm, python3 and curl; takes 2 to 5 minutes per version.
# shellcheck disable=SC2317  # functions are called by name
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/e2e.sh
. "$here/../e2e/e2e.sh"
need npm python3 curl
need_root

lab=$here/lab/lab.sh
# shellcheck disable=SC2034  # read by e2e.sh
INTERVAL=1s
two_samples=3 # seconds: two intervals, and a moment for the scrape
export PYTHONDONTWRITEBYTECODE=1
version=
words=0

stop_lab() {
  [ -z "$version" ] || "$lab" stop "$version"
  "$lab" stop-model
}
on_exit+=(stop_lab)

is_before() { # VERSION
  [ "$version" != "$1" ] && [ "$(printf '%s\n' "$1" "$version" | sort --version-sort | head -n 1)" = "$version" ]
}

run_turn() { # COMMAND MESSAGE [SESSION]
  "$lab" "$1" "$version" "${@:2}" >> "$work/turns.log" 2>&1
}

instances() { metric openclaw_lock_gateway_instances gateway=lab; }

expect_instances() { # TEXT COUNT
  expect_metric "$1: $2" "$2" openclaw_lock_gateway_instances gateway=lab
}

expect_mismatch() { # TEXT 0|1
  expect_metric "$1: mismatch $2" "$2" openclaw_lock_gateway_lock_mismatch gateway=lab
}

# Looks at each round until the process has ended, and five rounds at least.
expect_instances_while() { # TEXT PID COUNT...
  local rounds=0 seen='' now
  while [ "$rounds" -lt 5 ] || ! has_ended "$2"; do
    wait_rounds lab 1 || break
    now=$(instances)
    [[ " ${*:3} " = *" $now "* ]] || seen+=" '$now'"
    rounds=$((rounds + 1))
  done
  check_equal "$1: never another count than ${*:3}" '' "$seen"
}

# From the moment a gateway is there, however long its start takes.
expect_second_soon() { # TEXT
  check "$1: 2 within two samples" wait_for "$two_samples" metric_is 2 openclaw_lock_gateway_instances gateway=lab
}

# ---- scenarios

one_gateway() {
  local pid children
  expect_instances "one gateway" 1
  expect_mismatch "one gateway" 0
  check "one gateway: its singleton locks are held" wait_for "$PATIENCE" \
    metric_above 0 openclaw_lock_files gateway=lab kind=gateway holder=alive
  expect_metric "and none is left over" 0 openclaw_lock_files gateway=lab kind=gateway holder=dead
  pid=$("$lab" pid "$version")
  mapfile -t children < <(pgrep --parent "$pid" || true)
  printf '#   started as pid %s (%s), which has %s children\n' "$pid" "$(cat "/proc/$pid/comm")" "${#children[@]}"
}

turns_are_none() {
  words=$((words + 1))
  word=word${words}at$(date +%s%N)
  run_turn turn "held delay=0.2 until=$word" &
  children+=("$!")
  "$lab" wait-asked "$word"
  "$lab" release "$word"
  expect_instances_while "a turn of the CLI" "$!" 1
}

# From 2026.8.1 on a gateway keeps embedded agents away, so it works alone then.
embedded_agent() { # COUNT
  words=$((words + 1))
  word=word${words}at$(date +%s%N)
  run_turn embedded-turn "held delay=0.2 until=$word" "beside-$version" &
  children+=("$!")
  "$lab" wait-asked "$word"
  wait_rounds lab 3
  expect_instances "while an embedded agent works" "$1"
  "$lab" release "$word"
  expect_instances_while "the end of an embedded agent" "$!" "$1"
}

second_on_another_port() {
  "$lab" start-second "$version"
  expect_second_soon "a second gateway on another port"
  "$lab" stop-second "$version"
  expect_instances "the second has ended" 1
  # It had taken the lock over, and removes it.
  expect_mismatch "the survivor has no lock" 1
}

multi() {
  "$lab" start-multi "$version"
  expect_second_soon "a second one that is allowed (OPENCLAW_ALLOW_MULTI_GATEWAY)"
  "$lab" stop-second "$version"
  expect_instances "it has ended" 1
}

refused() {
  local pid
  "$lab" refuse-second "$version" &
  pid=$!
  children+=("$pid")
  # It is one until it has noticed the first, 5 to 20 s.
  expect_instances_while "a second gateway that is refused" "$pid" 1 2
  expect_instances "it has ended" 1
}

store_of_old() {
  expect_metric "its sessions are in files" 1 openclaw_lock_store_info gateway=lab store=jsonl
}

held() { metric openclaw_lock_sqlite_writer_held_seconds gateway=lab database=agent; }

store_of_sqlite() {
  local began now
  expect_metric "its sessions are in SQLite" 1 openclaw_lock_store_info gateway=lab store=sqlite
  mkdir -p "$state/agents/main/sessions"
  printf '{"pid":1,"createdAt":"2026-01-01T00:00:00.000Z"}' > "$state/agents/main/sessions/old.jsonl.lock"
  expect_metric "an old lock file is litter" 1 openclaw_lock_leftover_files gateway=lab
  check_equal "and no lock" 0 "$(scrape | sum_of openclaw_lock_files gateway=lab kind=session)"
  rm "$state/agents/main/sessions/old.jsonl.lock"

  expect_metric "nobody writes" 0 openclaw_lock_sqlite_writer_held_seconds gateway=lab database=agent
  "$lab" hold-db "$version"
  began=$SECONDS
  expect_metric_above "a transaction is held" 0 openclaw_lock_sqlite_writer_held_seconds gateway=lab database=agent
  while [ $((SECONDS - began)) -lt 30 ]; do wait_rounds lab 1; done
  now=$(held)
  printf '#   after %s s: %s s\n' $((SECONDS - began)) "$now"
  check "after 30 s its figure is 27 to 32 s" test "${now%.*}" -ge 27 -a "${now%.*}" -le 32
  "$lab" release-db "$version"
  expect_metric "it is released" 0 openclaw_lock_sqlite_writer_held_seconds gateway=lab database=agent
}

started_by_index() {
  local pid
  "$lab" stop "$version"
  expect_instances "it has ended" 0
  if ! is_before 2026.8.1; then embedded_agent 0; fi
  "$lab" start-by-index "$version"
  pid=$("$lab" pid "$version")
  printf '#   comm %s, argv %s\n' "$(cat "/proc/$pid/comm")" "$(tr '\0' ' ' < "/proc/$pid/cmdline")"
  expect_instances "started as node dist/index.js gateway" 1
}

test_version() {
  printf '# %s\n' "$version"
  "$lab" setup "$version" > "$work/setup.log" 2>&1 || { cat "$work/setup.log"; exit 1; }
  state=$("$lab" state "$version")
  "$lab" start-model
  start_exporter "--openclaw.state-dir=lab=$state"
  expect_instances "no gateway yet" 0
  "$lab" start-gateway "$version"
  check "a first turn works" run_turn turn "warm delay=0.2"

  one_gateway
  turns_are_none
  if is_before 2026.8.1; then
    embedded_agent 1
    store_of_old
    second_on_another_port
    multi
  else
    store_of_sqlite
    refused
  fi
  started_by_index

  stop_exporter
  check_equal "the exporter ends with status 0" 0 "$exporter_status"
  "$lab" stop "$version"
}

[ "$#" -gt 0 ] || set -- 2026.3.13 2026.4.24 2026.5.22 2026.6.35 2026.8.2 2026.9.6
for version in "$@"; do
  test_version
done
finish
