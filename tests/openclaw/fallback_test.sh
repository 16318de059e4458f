#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fallback models against real OpenClaw gateways: a run that meets a held lock with each of its models is one incident.
#
#   tests/openclaw/fallback_test.sh [VERSION...]      default: 2026.3.13 2026.4.24
#
# Such a run is tried with each model, 10 s each; of the last attempt 2026.4.24 tells no decision. A process that is not
# OpenClaw holds the main session, so VERSION must be one before 2026.5.12. The CLI runs a turn itself after the gateway
# has failed: a run more, in the file log alone.
#
# BINARY names the exporter (default: build/dev). LAB_ROOT keeps the installed versions (see lab/lab.sh). Needs npm,
# python3 and curl; takes 5 minutes per version.
# Runs: alone: the lab has one gateway of a version, and one model server
# shellcheck disable=SC2317  # functions are called by name
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/e2e.sh
. "$here/../e2e/e2e.sh"
need npm python3 curl

lab=$here/lab/lab.sh
# shellcheck disable=SC2034  # read by e2e.sh
INTERVAL=1s
export PYTHONDONTWRITEBYTECODE=1
fallbacks=2
turns=2
version=

stop_lab() {
  [ -z "$version" ] || "$lab" stop "$version"
  "$lab" stop-model
}
on_exit+=(stop_lab)

# Whether it succeeds is OpenClaw's affair here.
run_turn() { # MESSAGE
  "$lab" turn "$version" "$1" >> "$work/turns.log" 2>&1 || true
}

runs_in() { # PATTERN
  "$here/fallback_runs_in_log.py" "$work/start" "$1"
}

refused_turns() { # of the gateway
  tail --bytes "+$(($1 + 1))" "$console" | grep --count '\[ws\] ⇄ res ✗ agent .*session file locked' || true
}

# shellcheck source=tests/openclaw/named_exporters.sh
. "$here/named_exporters.sh"

# And not one more a while later.
expect_incidents() { # READER COUNT
  use_reader "$1"
  expect_metric "$1: $2 timeouts" "$2" openclaw_lock_timeouts_total gateway=lab
  wait_rounds lab 5
  check_equal "$1: they stay $2" "$2" "$(metric openclaw_lock_timeouts_total gateway=lab)"
  expect_metric "$1: all are of the main agent's session" "$2" \
    openclaw_lock_timeouts_total gateway=lab agent=main kind=session
}

test_version() {
  local name i main_session console_start runs attempts
  printf '# %s\n' "$version"
  "$lab" setup "$version" "$fallbacks" > "$work/setup.log" 2>&1 || { cat "$work/setup.log"; exit 1; }
  state=$("$lab" state "$version")
  console=$("$lab" console "$version")
  file_log="$("$lab" file-logs "$version")/openclaw-*.log"
  rm -f "$state"/agents/main/sessions/*.lock # of an earlier run that was interrupted
  touch "$console"
  # While no OpenClaw runs, so that they all know where they begin.
  start_reader file_log "--openclaw.log=lab=$file_log"
  start_reader console "--openclaw.log=lab=$console"
  start_reader both "--openclaw.log=lab=$file_log" "--openclaw.log=lab=$console"
  "$here/incidents_in_log.py" sizes "$file_log" "$console" > "$work/start"
  console_start=$(stat --format %s "$console")
  "$lab" start-model
  "$lab" start-gateway "$version"
  run_turn "warm delay=0.2"
  check_equal "a free session: no run fails" "0 0" "$(runs_in "$file_log")"

  main_session=$("$lab" main-session "$version")
  "$lab" fake-lock "$version" live "$main_session" > "$work/fake"
  # A cold gateway may miss the handshake, and the CLI runs the turn without it.
  for ((i = 1; i <= 3 * turns && $(refused_turns "$console_start") < turns; i++)); do run_turn "blocked $i delay=0.2"; done
  "$lab" rm-fake-lock "$version" "$main_session"
  "$lab" stop "$version"

  read -r runs attempts < <(runs_in "$file_log")
  printf '#   the file log has %s runs that failed, by %s attempts\n' "$runs" "$attempts"
  check_equal "the gateway has refused $turns turns" "$turns" "$(refused_turns "$console_start")"
  check "there are as many runs at least" test "$runs" -ge "$turns"
  check_equal "each was tried with all models" $((runs * (fallbacks + 1))) "$attempts"
  expect_incidents console "$turns"
  expect_incidents file_log "$runs"
  expect_incidents both "$runs"
  for name in file_log console both; do
    use_reader "$name"
    stop_exporter
    check_equal "$name: the exporter ends with status 0" 0 "$exporter_status"
  done
}

[ "$#" -gt 0 ] || set -- 2026.3.13 2026.4.24
for version in "$@"; do
  test_version
done
finish
