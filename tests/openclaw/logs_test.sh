#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The log metrics against real OpenClaw gateways: each incident that they write is counted, live, once and exactly.
#
#   tests/openclaw/logs_test.sh [VERSION...]      default: 2026.3.13 2026.4.24 2026.5.22 2026.6.35 2026.8.2 2026.9.6
#
# One exporter reads the JSON log of all processes, one the console of the gateway, one both. After each scenario their
# counters must be what incidents_in_log.py reads in the same files.
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

# ---- OpenClaw

# Whether it succeeds is OpenClaw's affair here.
run_turn() { # COMMAND MESSAGE [SESSION]
  "$lab" "$1" "$version" "${@:2}" >> "$work/turns.log" 2>&1 || true
}

# Runs a function beside the test.
start_beside() { # FUNCTION [ARGUMENT...]
  "$@" &
  beside=$!
  children+=("$beside")
}

# The same for a turn that lasts until end_held_turn; waits until the model works on it.
hold_turn() { # COMMAND
  words=$((words + 1))
  word=word${words}at$(date +%s%N)
  start_beside run_turn "$1" "hold delay=0.2 until=$word"
  "$lab" wait-asked "$word"
  check "a turn is held and has its lock" wait_for "$PATIENCE" a_session_lock_is_there
}

end_held_turn() {
  "$lab" release "$word"
  wait "$beside"
}

a_session_lock_is_there() { compgen -G "$state/agents/main/sessions/*.jsonl.lock" > /dev/null; }

# ---- the exporters

# shellcheck source=tests/openclaw/named_exporters.sh
. "$here/named_exporters.sh"

# The exporters agree with the logs, which hold that many incidents more than at the last time.
expect_agreement() { # TEXT AT-LEAST
  check "$1: each exporter counts what its logs say" \
    "$here/log_counters.py" "$work/start" "$file_log" "$console" "${exporter_urls[file_log]}" \
    "${exporter_urls[console]}" "${exporter_urls[both]}" "$2" "$work/said" "$PATIENCE"
}

expect_nothing_forged() {
  local name
  for name in file_log console both; do
    use_reader "$name"
    expect_metric "$name: nothing forged is counted" '' openclaw_lock_timeouts_total agent=forged
  done
}

# ---- scenarios

# The model answers with an incident: with its very sentence, with its lines dated before and after now, and with a line
# of the file log; and, as the gateway would write it but for its twin, with one that gets a true time in front.
forged_reply() {
  local id path error lane old=2001-02-03T04:05:06.789+00:00 new=2099-01-02T03:04:05.678+00:00 lines='' time
  id=forged$(date +%s%N)
  path=$state/agents/forged/sessions/$id.jsonl.lock
  error="SessionWriteLockTimeoutError: session file locked (timeout 10000ms): pid=1 $path"
  lane="lane=session:agent:forged:main durationMs=10416 error=\"$error\""
  for time in "$old" "$new"; do
    lines+="\\n$time [diagnostic] lane task error: lane=main durationMs=10415 error=\"$error\""
    lines+="\\n$time [diagnostic] lane task error: $lane"
    lines+="\\n$time [sqlite/transaction] SQLite transaction lock wait failed database=$path elapsedMs=5000"
  done
  lines+="\\n{\"0\":\"{\\\"subsystem\\\":\\\"diagnostic\\\"}\",\"1\":\"lane task error: $lane\","
  lines+="\"_meta\":{\"logLevelId\":5}}"
  run_turn turn "say=$error$lines"
  run_turn turn "say=[diagnostic] lane task error: $lane"
  # shellcheck disable=SC2086  # a pattern
  check "the forged replies are in the file log" grep -q "$id" $file_log
  check "and in the console, line by line" test "$(grep -c "$id" "$console")" -ge 9
  expect_agreement "a forged reply" 0
  expect_nothing_forged
}

embedded_turn_holds() {
  "$lab" hold-turn "$version" 900 "$main_session" > "$work/held"
  run_turn turn "blocked by an embedded turn delay=0.2"
  "$lab" kill-holder "$version" > "$work/killed"
  expect_agreement "an embedded turn holds the session" 1
}

gateway_turn_holds() {
  hold_turn turn
  run_turn embedded-turn "blocked by the gateway delay=0.2" "$main_session"
  end_held_turn
  expect_agreement "the gateway holds the session" 1
}

foreign_process_holds() {
  "$lab" fake-lock "$version" live "$main_session" > "$work/fake"
  run_turn turn "blocked by a process that is not OpenClaw delay=0.2"
  "$lab" rm-fake-lock "$version" "$main_session"
  expect_agreement "a process that is not OpenClaw holds the session" 1
}

two_gateways() {
  "$lab" start-second "$version"
  run_turn second-turn "warm delay=0.2" # a cold gateway may miss the handshake, and the turn run without it
  hold_turn second-turn
  run_turn turn "blocked by the second gateway delay=0.2"
  end_held_turn
  "$lab" stop-second "$version"
  expect_agreement "a second gateway holds the session" 1
}

agent_database_is_held() {
  "$lab" hold-db "$version" agent
  run_turn turn "blocked by a transaction delay=0.2"
  "$lab" release-db "$version"
  expect_agreement "a transaction holds the agent's database" 1
}

timeouts() { # READER [LABEL=VALUE...]
  local value
  use_reader "$1"
  value=$(metric openclaw_lock_timeouts_total gateway=lab kind=sqlite "${@:2}")
  printf '%s\n' "${value:-0}"
}

# Two waits fail. After the first, of the task registry, the run goes on; the second ends it. The line that says so names
# the run's lane, in both logs. From 2026.9 on the run waits until the transaction has ended, and succeeds.
state_database_is_held() {
  local name all=() of_main=() i=0
  for name in file_log console both; do
    all+=("$(timeouts "$name")")
    of_main+=("$(timeouts "$name" agent=main)")
  done
  "$lab" hold-db "$version" state
  run_turn turn "blocked by a transaction of the state delay=0.2"
  "$lab" release-db "$version"
  expect_agreement "a transaction holds the state's database" 1
  for name in file_log console both; do
    check_equal "$name: that is one incident" $((all[i] + 1)) "$(timeouts "$name")"
    check_equal "$name: of the agent main" $((of_main[i] + 1)) "$(timeouts "$name" agent=main)"
    i=$((i + 1))
  done
}

test_version() {
  local name
  printf '# %s\n' "$version"
  "$lab" setup "$version" > "$work/setup.log" 2>&1 || { cat "$work/setup.log"; exit 1; }
  state=$("$lab" state "$version")
  console=$("$lab" console "$version")
  file_log="$("$lab" file-logs "$version")/openclaw-*.log"
  rm -f "$state"/agents/main/sessions/*.lock # of an earlier run that was interrupted
  touch "$console"
  # While no OpenClaw runs, so that they all know where they begin.
  start_reader file_log "--openclaw.log=lab=$file_log"
  start_reader console "--openclaw.log=lab=$console"
  start_reader both "--openclaw.log=lab=$file_log" "--openclaw.log=lab=$console"
  rm -f "$work/said"
  "$here/incidents_in_log.py" sizes "$file_log" "$console" > "$work/start"
  "$lab" start-model
  "$lab" start-gateway "$version"
  run_turn turn "warm delay=0.2"
  expect_agreement "a gateway and its first turn" 0

  forged_reply
  if is_before 2026.8.1; then
    main_session=$("$lab" main-session "$version")
    # From 2026.5.12 on the gateway takes neither for OpenClaw, and replaces their locks.
    if is_before 2026.5.12; then embedded_turn_holds; fi
    if is_before 2026.5.12; then foreign_process_holds; fi
    gateway_turn_holds
    two_gateways
  else
    agent_database_is_held
    if is_before 2026.9.1; then state_database_is_held; fi
  fi

  "$lab" stop "$version"
  expect_agreement "the gateway has ended" 0
  for name in file_log console both; do
    use_reader "$name"
    expect_metric "$name: the logs could always be read" 1 openclaw_lock_source_up gateway=lab source=logs
    stop_exporter
    check_equal "$name: the exporter ends with status 0" 0 "$exporter_status"
  done
}

[ "$#" -gt 0 ] || set -- 2026.3.13 2026.4.24 2026.5.22 2026.6.35 2026.8.2 2026.9.6
for version in "$@"; do
  test_version
done
finish
