#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A session directory whose file system hangs costs its own gateway's freshness and nothing else: /metrics answers at
# once, the other gateway is watched on, SIGTERM ends the exporter.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need_root
need cc curl pgrep pkg-config fusermount3
pkg-config --exists fuse3 || skip 'needs libfuse3-dev'
[ -c /dev/fuse ] || skip 'needs /dev/fuse'
build_actor
# shellcheck disable=SC2046  # several words
cc -O1 -Wall -Wextra -o "$work/passthrough_fuse" "$e2e/passthrough_fuse.c" $(pkg-config --cflags --libs fuse3)

SCRAPES=20
LONGEST_MS=$((100 * SLOWDOWN))

behind=$work/behind # what the file system shows
hung=$work/hung     # where it shows it
mkdir -p "$hung"

is_mounted() {
  mountpoint --quiet "$hung"
}

mount_fuse() {
  background "$work/passthrough_fuse" "$behind" "$hung" 2> "$work/fuse.log"
  fuse_pid=$job
  wait_for "$PATIENCE" is_mounted || skip "cannot mount a FUSE file system: $(cat "$work/fuse.log")"
  mounts+=("$hung")
}

# The lock reader's next question then waits for ever.
freeze() {
  freeze_unseen
  expect_metric 'the reader of the hung gateway is shown as down' 0 openclaw_lock_source_up gateway=a source=locks
}

freeze_unseen() {
  kill -USR1 "$fuse_pid"
  wait_for "$PATIENCE" is_stopped
}

is_stopped() {
  # Not asked, it does not see the wish before its next question.
  kill -USR1 "$fuse_pid"
  grep --quiet '^State:.T' "/proc/$fuse_pid/status"
}

thaw() {
  kill -CONT "$fuse_pid"
}

# Each is answered at all, which one that waited for what hangs would not be, and at once.
check_scrape_times() { # TEXT
  local i slowest_ms=0 answered=0
  for ((i = 0; i < SCRAPES; i++)); do
    start_stopwatch
    ! curl --noproxy '*' --silent --fail --output /dev/null --max-time "$PATIENCE" "$url/metrics" || answered=$((answered + 1))
    stop_stopwatch
    [ "$quiet_ms" -le "$slowest_ms" ] || slowest_ms=$quiet_ms
  done
  check_equal "$1: scrapes are answered" "$SCRAPES" "$answered"
  check "$1: the slowest of $SCRAPES scrapes took $slowest_ms ms while nothing had to wait, at most $LONGEST_MS" \
    [ "$slowest_ms" -le "$LONGEST_MS" ]
}

timeouts_of() { # GATEWAY
  metric openclaw_lock_source_problems_total "gateway=$1" source=locks problem=timeout
}

check_hang_and_recovery() {
  local name=$1 acquired timeouts
  holder_prefix=()
  start_holder "$behind/agents/main/sessions/a.jsonl.lock"
  expect_metric "$name: the lock of a is seen" 1 openclaw_lock_files gateway=a agent=main kind=session
  acquired=$(metric openclaw_lock_acquired_total gateway=a)
  timeouts=$(timeouts_of a)
  check_equal "$name: no timeout so far" '' "$timeouts"
  check_scrape_times "$name: before"

  freeze
  check_scrape_times "$name: while it hangs"
  check_equal "$name: one timeout is counted" 1 "$(timeouts_of a)"
  check_equal "$name: the gauges of a are absent" '' "$(metric openclaw_lock_files gateway=a kind=session)"
  check_equal "$name: so is the age" '' "$(metric openclaw_lock_oldest_age_seconds gateway=a kind=session)"
  check_equal "$name: its counters remain" "$acquired" "$(metric openclaw_lock_acquired_total gateway=a)"
  check_equal "$name: b is up" 1 "$(metric openclaw_lock_source_up gateway=b source=locks)"
  check_equal "$name: the process reader is up" 1 "$(metric openclaw_lock_source_up gateway=b source=processes)"
  start_holder "$b_locks/b.jsonl.lock"
  expect_holders "$name: a new lock of b is seen, with its holder" b alive
  kill_holder "$holder_pid"
  expect_holders "$name: and its holder's death" b dead
  clear_locks b "$b_locks"
  check_equal "$name: the exporter is ready" 200 \
    "$(curl --noproxy '*' --silent --output /dev/null --write-out '%{http_code}' "$url/-/ready")"
  check_equal "$name: still one timeout is counted" 1 "$(timeouts_of a)"

  thaw
  expect_metric "$name: it recovers" 1 openclaw_lock_source_up gateway=a source=locks
  expect_metric "$name: its gauges are back" 1 openclaw_lock_files gateway=a agent=main kind=session
  check_equal "$name: one timeout was counted" 1 "$(timeouts_of a)"
}

check_end() { # NAME
  stop_exporter
  check_equal "$1: SIGTERM ends it with status 0" 0 "$exporter_status"
  check_quick "$1: SIGTERM ends it" 5000
}

b_state=$work/b/.openclaw
b_locks=$(made_session_dir "$b_state")
a_locks=$(made_session_dir "$behind")
mount_fuse

# ---- the whole state directory hangs
start_exporter --openclaw.state-dir="a=$hung" --openclaw.state-dir="b=$b_state"
check_equal 'FUSE is watched by polling' 1 "$(metric openclaw_lock_watch_info gateway=a mode=poll)"
check_equal 'the other one by inotify' 1 "$(metric openclaw_lock_watch_info gateway=b mode=inotify)"
check_hang_and_recovery 'state dir'
freeze
check_end 'state dir'
thaw
rm -f "$a_locks"/*

# ---- an extra session directory hangs
a_state=$work/a/.openclaw
made_session_dir "$a_state" > "$work/ignored"
cat > "$work/config.yml" << YAML
gateways:
  - name: a
    state_dir: $a_state
    session_dirs: [$hung/agents/main/sessions]
  - name: b
    state_dir: $b_state
YAML
start_exporter --config.file="$work/config.yml"
check_hang_and_recovery 'session dir'
freeze
check_end 'session dir'

# ---- it hangs already when the exporter starts
launch_exporter --config.file="$work/config.yml"
check_scrape_times 'hung at start'
check 'hung at start: ready for want of an answer' wait_for "$PATIENCE" is_ready
expect_metric 'hung at start: a is down' 0 openclaw_lock_source_up gateway=a source=locks
expect_metric 'hung at start: b is up' 1 openclaw_lock_source_up gateway=b source=locks
check_equal 'hung at start: a has no gauges' '' "$(metric openclaw_lock_files gateway=a kind=session)"
expect_metric_above 'hung at start: timeouts are counted' 0 openclaw_lock_source_problems_total gateway=a source=locks \
  problem=timeout
check_end 'hung at start'

# ---- --once does not wait for ever
status=0
timeout 20 "$BINARY" --once --config.file="$work/config.yml" > "$work/once" 2> "$work/once.log" || status=$?
check_equal 'once: ends with status 0' 0 "$status"
check_equal 'once: a is down' 0 "$(sum_of openclaw_lock_source_up gateway=a source=locks < "$work/once")"
check_equal 'once: b is up' 1 "$(sum_of openclaw_lock_source_up gateway=b source=locks < "$work/once")"
thaw

# ---- the configuration itself hangs while it is read again
cat > "$behind/config.yml" << YAML
gateways:
  - name: b
    state_dir: $b_state
YAML
reload() {
  status=$(curl --noproxy '*' --silent --max-time "$PATIENCE" --request POST --output "$work/answer" \
    --write-out '%{http_code}' "$url/-/reload")
}

answers_with() { # CONTENT_SECURITY_POLICY
  curl --noproxy '*' --silent --max-time "$PATIENCE" --head "$url/-/healthy" |
    grep --quiet "^Content-Security-Policy: $1"
}

write_web() { # FILE CONTENT_SECURITY_POLICY
  printf 'http_server_config: {headers: {Content-Security-Policy: "%s"}}\n' "$2" > "$1.new"
  mv "$1.new" "$1"
}

logged() { # PATTERN
  grep --quiet "$1" "$exporter_log"
}

write_web "$work/web.yml" one
start_exporter --config.file="$hung/config.yml" --web.config.file="$work/web.yml"
freeze_unseen
kill -HUP "$exporter_pid"
check_scrape_times 'hung configuration'
check 'hung configuration: SIGHUP: told in the log' wait_for "$PATIENCE" \
  logged 'the configuration was not reloaded.*does not answer within'
for i in 1 2; do
  reload
  check_equal "hung configuration: reload $i: status" 500 "$status"
  check "hung configuration: reload $i: the file is named" \
    grep --quiet "^not reloaded: $hung/config.yml: does not answer within 10 s$" "$work/answer"
done
expect_metric 'hung configuration: told in the metrics' 0 openclaw_lock_config_last_reload_successful
write_web "$work/web.yml" two
check 'hung configuration: the web configuration is renewed meanwhile' wait_for "$PATIENCE" answers_with two
thaw
reload
check_equal 'hung configuration: it answers again: reload' 200 "$status"
expect_metric 'hung configuration: it answers again: metrics' 1 openclaw_lock_config_last_reload_successful
freeze_unseen
kill -HUP "$exporter_pid"
check_end 'hung configuration'
thaw

# ---- the web configuration hangs
write_web "$behind/web.yml" one
start_exporter --openclaw.state-dir="b=$b_state" --web.config.file="$hung/web.yml"
freeze_unseen
check_scrape_times 'hung web configuration'
expect_metric 'hung web configuration: told in the metrics' 0 openclaw_lock_config_last_reload_successful
check 'hung web configuration: told once in the log' \
  [ "$(grep --count 'nobody knows whether the web configuration has changed.*does not answer' "$exporter_log")" = 1 ]
check 'hung web configuration: what was in force is' answers_with one
reload
check_equal 'hung web configuration: reload: status' 500 "$status"
write_web "$behind/web.yml" two
thaw
check 'hung web configuration: it is renewed when it answers' wait_for "$PATIENCE" answers_with two
reload
check_equal 'hung web configuration: it answers again: reload' 200 "$status"
expect_metric 'hung web configuration: it answers again: metrics' 1 openclaw_lock_config_last_reload_successful
freeze_unseen
check_end 'hung web configuration'

# ---- what a start reads or writes hangs
# Sets status; 124: it hung.
run() { # FLAG...
  status=0
  timeout "$PATIENCE" "$BINARY" "$@" > "$work/stdout" 2> "$work/stderr" || status=$?
}

gives_up() { # TEXT PATH FLAG...
  run "${@:3}"
  check_equal "hung at start: $1: status" 1 "$status"
  check_equal "hung at start: $1: told" "openclaw-lock-exporter: $2: does not answer within 10 s" \
    "$(grep 'does not answer' "$work/stderr")"
}

gives_up 'configuration' "$hung/config.yml" --web.listen-address=127.0.0.1:0 --config.file="$hung/config.yml"
gives_up 'configuration, check' "$hung/config.yml" --config.check --config.file="$hung/config.yml"
gives_up 'configuration, once' "$hung/config.yml" --once --config.file="$hung/config.yml"
gives_up 'web configuration' "$hung/web.yml" --config.check --web.config.file="$hung/web.yml"
gives_up 'positions, once' "$hung/positions" --once --openclaw.state-dir="b=$b_state" --storage.path="$hung/positions"
gives_up 'text file, once' "$hung/b.prom" --once --openclaw.state-dir="b=$b_state" --textfile.path="$hung/b.prom"

"$BINARY" --web.listen-address=127.0.0.1:0 --config.file="$hung/config.yml" 2> "$work/stderr" &
job=$!
children+=("$job")
hangs_in_start() {
  [ "$(find "/proc/$job/task" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
}
wait_for "$PATIENCE" hangs_in_start || true
kill -HUP "$job"
kill -TERM "$job"
status=0
wait "$job" || status=$?
check_equal 'hung at start: SIGTERM ends it with status 0' 0 "$status"
thaw

# ---- the text file hangs while it is written
start_exporter --openclaw.state-dir="b=$b_state" --textfile.path="$hung/b.prom"
check 'hung text file: it is written' wait_for "$PATIENCE" [ -f "$behind/b.prom" ]
freeze_unseen
check_scrape_times 'hung text file'
check 'hung text file: told' wait_for "$PATIENCE" logged 'cannot write the text file.*does not answer'
rm -f "$behind/b.prom"
thaw
check 'hung text file: it is written again' wait_for "$PATIENCE" [ -f "$behind/b.prom" ]
freeze_unseen
check_end 'hung text file'
thaw

# ---- what is found without a configuration
cp -r "$b_state" "$work/empty_home/.openclaw"
exporter_prefix=(env "OPENCLAW_STATE_DIR=$hung")
freeze_unseen
launch_exporter
check_scrape_times 'discovery'
check 'discovery: ready for want of an answer' wait_for "$PATIENCE" is_ready
expect_metric 'discovery: the gateway in the home directory is watched' 1 openclaw_lock_source_up gateway=openclaw \
  source=locks
check_end 'discovery'
thaw
rm -rf "$work/empty_home/.openclaw"
exporter_prefix=()

# ---- the server dies: the directory answers with an error
start_exporter --openclaw.state-dir="a=$hung" --openclaw.state-dir="b=$b_state"
expect_metric 'a is up' 1 openclaw_lock_source_up gateway=a source=locks
kill -KILL "$fuse_pid"
expect_metric 'a is down when the server is gone' 0 openclaw_lock_source_up gateway=a source=locks
expect_metric_above 'an I/O problem is counted' 0 openclaw_lock_source_problems_total gateway=a source=locks problem=io
expect_metric 'the state directory cannot be opened: no gauges' '' openclaw_lock_files gateway=a
wait_rounds b 10
lines=$(grep 'gateway=a problem=io' "$exporter_log" | sed 's/^ts=[^ ]* //')
check_equal 'log lines say so once, not each round' "$(sort -u <<< "$lines")" "$(sort <<< "$lines")"
check_end 'server gone'
finish
