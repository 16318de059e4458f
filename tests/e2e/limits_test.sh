#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Resource limits that are too low: either it starts and serves, or it ends with status 1 and one line that names the limit.
# One that is reached while it runs is told, costs what it must, and no more once it is raised.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need_root
need curl pgrep prlimit setpriv
! grep --quiet --binary-files=text '__[at]san_init' "$BINARY" || skip 'a sanitizer has its own wishes'

chmod 755 "$work"
mkdir -p "$work/empty_home" "$work/bin"
cp "$BINARY" "$work/bin/openclaw-lock-exporter"
BINARY=$work/bin/openclaw-lock-exporter
chmod -R a+rX "$work"
state=$work/a/.openclaw
locks=$(made_session_dir "$state")
# A user without any other process.
other_user=(setpriv --reuid 64322 --regid 64322 --clear-groups)

has_ended_or_serves() { find_url || has_ended "$exporter_pid"; }

# Serves and ends, or ends with a line about LIMIT; sets outcome.
try() { # LIMIT COMMAND...
  local limit=$1 status=0
  exporter_log=$work/limited.log
  : > "$exporter_log"
  HOME=$work/empty_home "${@:2}" "$BINARY" --web.listen-address=127.0.0.1:0 --openclaw.state-dir="a=$state" \
    2> "$exporter_log" &
  exporter_job=$! exporter_pid=$!
  children+=("$exporter_job")
  wait_for "$PATIENCE" has_ended_or_serves || true
  if find_url; then
    outcome=serves
    scrape > "$work/scrape" || outcome='does not answer'
    kill -TERM "$exporter_pid" 2> /dev/null || outcome='ended by itself'
  fi
  wait "$exporter_job" || status=$?
  [ "${outcome:-}" != serves ] || [ "$status" -ne 0 ] || return 0
  if [ "$status" -eq 1 ] && tail -n 1 "$exporter_log" | grep --quiet "$limit is [0-9]*: ulimit"; then
    outcome=told
  elif [ "$status" -eq 127 ] && grep --quiet 'error while loading shared libraries' "$exporter_log"; then
    outcome='not loaded'
  else
    outcome="${outcome:-} status $status: $(tail -n 3 "$exporter_log")"
  fi
}

# The last of the values is enough.
expect_limits() { # LIMIT VALUES...
  local limit=$1 value told=0 odd='' options
  case $limit in
    RLIMIT_NOFILE) options=(prlimit --nofile=) ;;
    RLIMIT_NPROC) options=("${other_user[@]}" prlimit --nproc=) ;;
    RLIMIT_AS) options=(prlimit --as=) ;;
  esac
  for value in "${@:2}"; do
    outcome=''
    try "$limit" "${options[@]:0:${#options[@]}-1}" "${options[-1]}$value:$value"
    case $outcome in
      told) told=$((told + 1)) ;;
      serves | 'not loaded') ;;
      *) odd+="$value: $outcome"$'\n' ;;
    esac
  done
  check_equal "$limit: told, or enough" '' "$odd"
  check "$limit: some are too low" [ "$told" -gt 0 ]
  check_equal "$limit: enough in the end" serves "$outcome"
}

mebibytes() { local one; for one; do printf '%s ' $((one << 20)); done; }

expect_limits RLIMIT_NOFILE 3 4 5 6 7 8 10 12 14 16 18 20 22 24 26 28 30 35 40 64
expect_limits RLIMIT_NPROC 1 2 3 4 5 6 7 8 9 10 12 20
# shellcheck disable=SC2046  # several words
expect_limits RLIMIT_AS $(mebibytes 10 20 25 30 32 34 36 38 40 42 44 46 48 50 55 60 70 80 100 200)

# ---- no file may grow

logged() { # PATTERN
  grep --quiet "$1" "$exporter_log"
}

start_stopped_writing() { # Its log goes through a pipe: it is a file, too.
  exporter_log=$work/fsize.log
  mkfifo "$work/log.pipe"
  background cat "$work/log.pipe" > "$exporter_log"
  HOME=$work/empty_home prlimit --fsize=0: "$BINARY" --web.listen-address=127.0.0.1:0 --sample.interval="$INTERVAL" \
    --openclaw.state-dir="a=$state" --openclaw.log="$work/a.log" --storage.path="$work/storage" \
    --textfile.path="$work/text/a.prom" 2> "$work/log.pipe" &
  exporter_job=$! exporter_pid=$!
  children+=("$exporter_job")
  wait_for "$PATIENCE" find_url || not_ok 'it starts'
}

log_line() { # TEXT
  printf '{"0":"{\\"subsystem\\":\\"x\\"}","1":"%s","_meta":{"logLevelName":"INFO","date":"%s"},"time":"%s"}\n' "$1" \
    "$(date --utc +%Y-%m-%dT%H:%M:%S.%3NZ)" "$(date --utc +%Y-%m-%dT%H:%M:%S.%3NZ)" >> "$work/a.log"
}

has_positions() { [ -s "$work/storage/positions" ]; }

mkdir "$work/text"
: > "$work/a.log"
start_stopped_writing
log_line one
check 'RLIMIT_FSIZE: the text file: told' wait_for "$PATIENCE" \
  logged 'cannot write the text file.*File too large (RLIMIT_FSIZE is 0: ulimit -f, LimitFSIZE=)'
check 'RLIMIT_FSIZE: positions: told' wait_for "$PATIENCE" logged 'source=logs.*File too large (RLIMIT_FSIZE is 0'
make_lock "$locks/a.jsonl.lock" 4194305 1
expect_metric 'RLIMIT_FSIZE: it goes on' 1 openclaw_lock_files gateway=a kind=session
check 'RLIMIT_FSIZE: nothing was written' [ ! -s "$work/text/a.prom" ]
prlimit --pid "$exporter_pid" --fsize=unlimited:
check 'RLIMIT_FSIZE, raised: the text file is written' wait_for "$PATIENCE" [ -s "$work/text/a.prom" ]
log_line two
check 'RLIMIT_FSIZE, raised: positions are written' wait_for "$PATIENCE" has_positions
check 'RLIMIT_FSIZE, raised: told' wait_for "$PATIENCE" logged 'the text file is written again'
stop_exporter
check_equal 'RLIMIT_FSIZE: a clean end' 0 "$exporter_status"
finish
