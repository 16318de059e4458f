#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Logs that are written at full speed and rotated in every way, while the exporter is killed and started again: all is
# counted, once, and no figure that was scraped goes back.
#
# LOG_RECORDS: how many records of the file log (1000000); of the other two a tenth. LOG_SEED: of the writer (1).
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need curl python3
LOG_RECORDS=${LOG_RECORDS:-1000000}
LOG_SEED=${LOG_SEED:-1}
WRITER=${WRITER:-$e2e/../../build/dev/tests/log_writer}
[ -x "$WRITER" ] || skip 'needs log_writer, which preset dev builds'
PATIENCE=60
RANDOM=$LOG_SEED
export PYTHONDONTWRITEBYTECODE=1

start_reader() {
  start_exporter "--openclaw.state-dir=main=$work/state" "--openclaw.log=main=$source" \
    --no-collector.locks --no-collector.processes "--storage.path=$positions"
}

timeouts() {
  metric openclaw_lock_timeouts_total gateway=main
}

# Kills it at a random moment, and sees that it goes on from what it showed.
kill_and_restart() {
  local before after
  sleep "0.$((RANDOM % 9 + 1))" # a random point of the writer's run, not a wait
  before=$(timeouts)
  kill -KILL "$exporter_pid"
  wait "$exporter_job" 2> /dev/null || true
  start_reader
  after=$(timeouts)
  [ "${after%.*}" -ge "${before%.*}" ] || not_ok 'no figure goes back' "$before timeouts, after the restart $after"
  kills=$((kills + 1))
}

has_finished() {
  jq --exit-status .finished "$logs/expected.json" > /dev/null 2>&1
}

agrees() {
  scrape > "$work/metrics" && python3 "$e2e/log_counts.py" "$logs/expected.json" "$work/metrics" > "$work/differences"
}

soak() { # STYLE RECORDS PATTERN MODES [BYTES]
  local style=$1 records=$2 modes=$4 bytes=${5:-8000000}
  logs=$work/$style/logs
  positions=$work/$style/positions
  source=$logs/$3
  kills=0
  mkdir -p "$logs" "$work/state"
  start_reader
  # All pieces are kept: what is deleted before anybody has read it is lost to everybody.
  background "$WRITER" "$logs" "--records=$records" "--seed=$LOG_SEED" "--rotate-bytes=$bytes" --keep=1000 \
    "--style=$style" "--modes=$modes"
  # Until it is all read, which takes the longer the more often it is killed.
  while ! has_finished || [ "$kills" -lt 12 ]; do
    if has_ended "$job" && ! has_finished; then break; fi
    kill_and_restart
  done
  check "$style: the writer ends well" has_finished
  if wait_for "$PATIENCE" agrees; then
    ok "$style: $records records, $(jq --compact-output .rotations "$logs/expected.json"), $kills kills: all is counted once"
  else
    not_ok "$style: all is counted once" "$(cat "$work/differences"; cat "$exporter_log")"
  fi
  stop_exporter
  rm -rf "${work:?}/$style"
}

need jq
soak file_log "$LOG_RECORDS" 'openclaw-*.log' numbered,rename,copytruncate,daily
soak docker "$((LOG_RECORDS / 10))" '*-json.log' numbered,rename,copytruncate
soak console "$((LOG_RECORDS / 10))" gateway.log numbered,rename,copytruncate
# Truncated every few milliseconds, again and again while it is read and while its directory is listed.
soak docker "$((LOG_RECORDS / 10))" '*-json.log' copytruncate 700000
finish
