#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What comes and goes while the exporter runs: state directories, agents, gateways, events, locks by the thousand; and how
# the exporter itself starts and ends.
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need cc curl pgrep promtool python3
build_actor
chmod 755 "$work"

new_state() { # NAME
  state=$work/$1/.openclaw
  locks=$(made_session_dir "$state")
}

acquired() { # GATEWAY
  metric openclaw_lock_acquired_total "gateway=$1"
}

# ---- directories that come and go

appearing() {
  local i
  state=$work/appearing/.openclaw
  start_exporter --openclaw.state-dir="late=$state"
  expect_metric 'a state directory that is missing: not up' 0 openclaw_lock_source_up gateway=late source=locks
  expect_metric_above 'it is counted as missing' 0 openclaw_lock_source_problems_total gateway=late source=locks \
    problem=missing
  check_equal 'it has no gauges' '' "$(metric openclaw_lock_files gateway=late kind=session)"
  check_equal 'one log line says so' 1 "$(grep --count 'source=locks .*problem=missing' "$exporter_log")"
  mkdir -p "$state"
  expect_metric 'an empty state directory: up' 1 openclaw_lock_source_up gateway=late source=locks
  locks=$(made_session_dir "$state")
  expect_metric 'an agent without locks: zeros' 0 openclaw_lock_files gateway=late agent=main kind=session
  start_holder "$locks/a.jsonl.lock"
  expect_holders 'its first lock' late alive
  end_holder "$holder_pid"
  expect_metric 'its first acquisition is counted' 1 openclaw_lock_acquired_total gateway=late agent=main kind=session
  expect_metric 'its first release is counted' 1 openclaw_lock_released_total gateway=late agent=main outcome=released

  # A lock in a directory that was made a moment ago. A hold that ends before the exporter has looked is nobody's to see.
  for i in $(seq 20); do
    locks=$(made_session_dir "$state" "agent$i")
    start_holder "$locks/a.jsonl.lock"
    wait_for "$PATIENCE" metric_is 1 openclaw_lock_files gateway=late "agent=agent$i" kind=session holder=alive ||
      not_ok "the lock of agent$i is seen"
    end_holder "$holder_pid"
  done
  expect_metric 'no acquisition by 20 new agents is lost' 21 openclaw_lock_acquired_total gateway=late
  expect_metric 'nor a release' 21 openclaw_lock_released_total gateway=late outcome=released
  expect_metric 'each hold is observed' 21 openclaw_lock_hold_seconds_count gateway=late
  check_equal 'the directories are followed by inotify' 1 "$(metric openclaw_lock_watch_info gateway=late mode=inotify)"

  # The same directory anew.
  locks=$state/agents/agent1/sessions
  start_holder "$locks/b.jsonl.lock"
  expect_holders 'a lock' late alive
  rm -rf "$locks"
  expect_holders 'its directory is removed' late ''
  kill_holder "$holder_pid"
  mkdir "$locks"
  start_holder "$locks/c.jsonl.lock"
  expect_holders 'a lock in the directory that replaces it' late alive
  end_holder "$holder_pid"
  wait_rounds late 2
  "$actor" cycles 10 1000 1000 "$locks/d.jsonl.lock" > "$work/ignored"
  expect_metric 'it is followed again' 13 openclaw_lock_acquired_total gateway=late agent=agent1

  mv "$state" "$state.away"
  expect_metric 'the state directory is moved away: not up' 0 openclaw_lock_source_up gateway=late source=locks
  check_equal 'no gauges' '' "$(metric openclaw_lock_files gateway=late kind=session)"
  mv "$state.away" "$state"
  expect_metric 'it is back: up' 1 openclaw_lock_source_up gateway=late source=locks
  start_holder "$locks/e.jsonl.lock"
  expect_holders 'and watched' late alive
  end_holder "$holder_pid"
  expect_holders 'to the end' late ''
  stop_exporter
}

configured() {
  local i
  for i in 1 2; do
    made_session_dir "$work/multi/oc$i/config" > "$work/ignored"
    mkdir -p "$work/extra/oc$i/a" "$work/extra/oc$i/b"
  done
  new_state custom
  mkdir -p "$work/store/agents/worker/sessions" "$work/flat"
  cat > "$work/config.yml" << YAML
gateways:
  - name: "oc{1}"
    state_dir: $work/multi/oc*/config
    session_dirs: ["$work/extra/oc{1}/*"]
  - name: custom
    state_dir: $state
    session_dirs: ["$work/store/agents/*/sessions", "$work/flat"]
YAML
  check_equal 'the configuration is valid, and what its pattern matches' \
    "configuration is valid
$work/multi/oc*/config: matches 2 directories now" \
    "$("$BINARY" --config.check --config.file="$work/config.yml")"
  start_exporter --config.file="$work/config.yml"
  start_holder "$work/multi/oc2/config/agents/main/sessions/a.jsonl.lock"
  expect_holders 'oc2 has a lock' oc2 alive
  expect_holders 'oc1 has none' oc1 ''
  start_holder "$work/extra/oc1/b/b.jsonl.lock"
  expect_holders 'oc1 has one in its extra directory' oc1 alive
  expect_holders 'which is not that of oc2' oc2 alive
  made_session_dir "$work/multi/oc3/config" > "$work/ignored"
  start_holder "$work/multi/oc3/config/agents/main/sessions/c.jsonl.lock"
  expect_holders 'oc3 comes while it runs' oc3 alive
  start_holder "$work/store/agents/worker/sessions/d.jsonl.lock"
  expect_metric 'a custom store names its agents' 1 openclaw_lock_files gateway=custom agent=worker kind=session
  start_holder "$work/flat/e.jsonl.lock"
  expect_metric 'a flat one has none' 1 openclaw_lock_files gateway=custom agent= kind=session
  mkdir -p "$work/store/agents/later/sessions"
  start_holder "$work/store/agents/later/sessions/f.jsonl.lock"
  expect_metric 'a later match of the glob' 1 openclaw_lock_files gateway=custom agent=later kind=session
  stop_exporter
}

# ---- what a gateway's own configuration names

expect_problem() { # TEXT SOURCE PROBLEM REASON
  case $2 in
    discovery) expect_metric_above "$1" 0 openclaw_lock_discovery_problems_total "problem=$3" ;;
    *) expect_metric_above "$1" 0 openclaw_lock_source_problems_total gateway=named "source=$2" "problem=$3" ;;
  esac
  check "$1: the log says why" wait_for "$PATIENCE" grep --quiet "source=$2 .*problem=$3 .*reason=\".*$4" "$exporter_log"
}

# A look that begins at once, where a change would be seen within a minute.
write_config() { # TEXT
  printf '%s\n' "$1" > "$state/openclaw.json"
  kill -HUP "$exporter_pid"
}

named_by_the_gateway() {
  local incident=$e2e/../fixtures/captures/2026.4.24/16-two-gateways/filelog.new home gateway_job command_job
  new_state named
  home=$work/named
  mkdir -p "$work/bin" "$home/store/worker" "$home/conf"
  cp "$actor" "$work/bin/openclaw"
  cp "$actor" "$work/bin/openclaw-gateway"
  cat > "$state/openclaw.json" << 'JSON5'
// as people write it
{
  $include: "./places.json5",
  logging: { level: 'info', file: "${E2E_LOGS}/gateway.log", }, /* a trailing comma */
}
JSON5
  printf "{session: {store: '~/store/{agentId}/sessions.json'}, logging: {file: '/nowhere'}}" > "$state/places.json5"
  start_exporter --openclaw.state-dir="named=$state"
  # A command of the same state directory has another environment.
  background env -i "OPENCLAW_STATE_DIR=$state" HOME=/ E2E_LOGS=/nowhere "$work/bin/openclaw" idle
  command_job=$job
  # shellcheck disable=SC2016  # expanded by the inner shell
  background env -i "OPENCLAW_STATE_DIR=$state" "HOME=$home" "E2E_LOGS=$home/logs" bash -c \
    'exec -a openclaw-gateway "$1"' bash "$work/bin/openclaw-gateway"
  gateway_job=$job
  start_holder "$home/store/worker/a.jsonl.lock"
  expect_metric 'the session store that a gateway names is watched' 1 openclaw_lock_files gateway=named agent=worker \
    kind=session
  mkdir "$home/logs"
  sed "s|/[^ ]*/agents/main/sessions/|$home/store/worker/|g" "$incident" > "$home/logs/gateway.log"
  expect_metric 'and its log is read' 2 openclaw_lock_timeouts_total gateway=named kind=session
  mv "$home/logs/gateway.log" "$home/logs/gateway.1.log"
  sed 's/2026-11-20/2026-11-21/g' "$home/logs/gateway.1.log" > "$home/logs/gateway.log"
  expect_metric 'through its rotation' 4 openclaw_lock_timeouts_total gateway=named kind=session
  check_equal 'all is well' '1 1' \
    "$(metric openclaw_lock_source_up gateway=named source=locks) $(metric openclaw_lock_source_up gateway=named source=logs)"

  write_config '{logging: {file: "/var/log/x.log"'
  expect_problem 'a configuration that cannot be read is a problem' discovery malformed 'line 2: expected a comma or }'
  expect_metric 'and no end: what was known holds' 1 openclaw_lock_files gateway=named agent=worker kind=session
  write_config "{\$include: '/etc/passwd'}"
  expect_problem 'an include that leads elsewhere' discovery denied 'leads out of the configuration'
  mkfifo "$state/fifo"
  write_config "{\$include: 'fifo'}"
  expect_problem 'an include that would block' discovery denied 'is no regular file'
  write_config "{logging: {file: '$state/agents/main/sessions/a.jsonl'}}"
  expect_problem 'a transcript as a log' discovery denied 'lies among sessions'
  ln -s /etc/hostname "$home/logs/link.log"
  write_config "{logging: {file: '$home/logs/link.log'}}"
  expect_problem 'a link as a log' logs denied 'is a symbolic link'
  expect_metric 'a store that is no longer named is not watched' '' openclaw_lock_files gateway=named agent=worker \
    kind=session
  if [ "$(id -u)" -eq 0 ]; then
    mkdir -p "$work/theirs/worker"
    touch "$work/theirs/their.log"
    chown -R 12345 "$work/theirs"
    write_config "{logging: {file: '$work/theirs/their.log'}, session: {store: '$work/theirs/{agentId}/s.json'}}"
    expect_problem "another user's log" logs denied 'is of another user'
    expect_problem "another user's sessions" locks denied 'is of another user'
  fi
  write_config '{}'
  expect_metric 'all is well again' 1 openclaw_lock_source_up gateway=named source=locks
  end_holder "$holder_pid"
  kill_family "$gateway_job"
  kill_family "$command_job"
  stop_exporter
}

# ---- gateways found by themselves

# The label of the gateway of a state directory, from the log: the machine may have other gateways.
label_of() { # STATE_DIR
  sed -n "s|.*msg=\"watching a gateway\" gateway=\([^ ]*\) state_dir=$1\$|\1|p" "$exporter_log"
}

is_watched() { # STATE_DIR
  local label
  label=$(label_of "$1")
  [ -n "$label" ] && metric_is 1 openclaw_lock_source_up source=locks "gateway=$label"
}

discovered() {
  local home=$work/empty_home gateway_job
  mkdir -p "$work/bin"
  cp "$actor" "$work/bin/openclaw"
  state=$work/process/.openclaw-e2e-process
  locks=$(made_session_dir "$state")
  start_exporter
  background env -i "OPENCLAW_STATE_DIR=$state" "$work/bin/openclaw" idle
  gateway_job=$job
  check 'a gateway is found by the environment of its process' wait_for "$PATIENCE" is_watched "$state"
  check_equal 'it is named after its directory' openclaw-e2e-process "$(label_of "$state")"
  start_holder "$locks/a.jsonl.lock"
  expect_holders 'and its lock' openclaw-e2e-process alive
  kill_family "$gateway_job"
  wait_rounds openclaw-e2e-process 3
  expect_holders 'it stays when the process has ended' openclaw-e2e-process alive
  end_holder "$holder_pid"
  made_session_dir "$home/.openclaw" > "$work/ignored"
  made_session_dir "$home/.openclaw-e2e-rescue" > "$work/ignored"
  check 'the default directory in the home directory is found' wait_for "$PATIENCE" is_watched "$home/.openclaw"
  check 'a profile in the home directory is found' wait_for "$PATIENCE" is_watched "$home/.openclaw-e2e-rescue"
  check_equal 'no two gateways have one name' '' \
    "$(sed -n 's/.*msg="watching a gateway" gateway=\([^ ]*\) .*/\1/p' "$exporter_log" | sort | uniq -d)"

  if [ "$(id -u)" -eq 0 ] && can_unshare --pid --fork --mount --mount-proc; then
    in_containers
  else
    printf 'skipped: gateways in containers: needs root and PID namespaces\n'
  fi
  stop_exporter
  rm -rf "$home"
}

# One whose state directory has a path here, and one where it lies in the container alone.
in_containers() {
  new_state container
  new_namespace "$state"
  enter_namespace "$namespace_pid"
  "${inside[@]}" cp "$actor" /home/openclaw
  background "${inside[@]}" env -i OPENCLAW_STATE_DIR=/home/node/.openclaw /home/openclaw idle
  check 'a gateway in a container is found by its path here' wait_for "$PATIENCE" is_watched "$state"
  "${inside[@]}" mkdir -p /home/hermit/.openclaw-e2e-hermit/agents/main/sessions
  background "${inside[@]}" env -i OPENCLAW_STATE_DIR=/home/hermit/.openclaw-e2e-hermit /home/openclaw idle
  expect_metric 'a state directory that only the container has is found' 1 openclaw_lock_source_up source=locks \
    gateway=openclaw-e2e-hermit
  holder_prefix=("${inside[@]}")
  start_holder /home/hermit/.openclaw-e2e-hermit/agents/main/sessions/a.jsonl.lock
  expect_metric 'and the lock in it' 1 openclaw_lock_files kind=session gateway=openclaw-e2e-hermit
  expect_never_gone 'its holder is not dead' openclaw-e2e-hermit
  holder_prefix=()
  kill -KILL "$namespace_pid"
  expect_metric 'it is gone with the container' '' openclaw_lock_source_up source=locks gateway=openclaw-e2e-hermit
  check 'the other one is not' is_watched "$state"
}

# ---- events

cycles() {
  local writers=() i
  new_state cycles
  start_exporter --openclaw.state-dir="cycles=$state"
  check_equal 'followed by inotify' 1 "$(metric openclaw_lock_watch_info gateway=cycles mode=inotify)"
  start_stopwatch
  "$actor" cycles 2000 500 100 "$locks/a.jsonl.lock" > "$work/ignored"
  expect_metric '2,000 quick holds: acquired' 2000 openclaw_lock_acquired_total gateway=cycles kind=session
  expect_metric '2,000 quick holds: released' 2000 openclaw_lock_released_total gateway=cycles outcome=released
  expect_metric '2,000 quick holds: held' 2000 openclaw_lock_hold_seconds_count gateway=cycles
  stop_stopwatch
  # Events have no times: a reader that is late, as on a busy machine, sees a hold shorter than it was.
  check "they took 1 s together, and no longer than until all were seen ($took_ms ms)" \
    metric_between "$((SLOWDOWN == 1 && quiet_ms > took_ms * 9 / 10))" "$((took_ms / 1000 + 1))" \
    openclaw_lock_hold_seconds_sum gateway=cycles
  check_equal 'none was abandoned or stolen' '0 0' \
    "$(metric openclaw_lock_released_total outcome=abandoned) $(metric openclaw_lock_released_total outcome=stolen)"

  for i in 1 2 3 4; do
    "$actor" cycles 500 0 0 "$locks/b$i.jsonl.lock" > "$work/ignored" &
    writers+=("$!")
  done
  wait "${writers[@]}"
  expect_metric '4 x 500 at once, as fast as can be: acquired' 4000 openclaw_lock_acquired_total gateway=cycles
  expect_metric '4 x 500 at once, as fast as can be: released' 4000 openclaw_lock_released_total outcome=released
  expect_metric '4 x 500 at once, as fast as can be: held' 4000 openclaw_lock_hold_seconds_count gateway=cycles
  check_equal 'no event was lost' '' "$(metric openclaw_lock_watch_lost_total gateway=cycles)"

  # The ends of holds.
  start_holder "$locks/c.jsonl.lock"
  local first=$holder_pid
  kill_holder "$first"
  expect_metric 'killed: abandoned' 1 openclaw_lock_released_total gateway=cycles outcome=abandoned
  clear_locks cycles "$locks"
  start_holder "$locks/d.jsonl.lock"
  first=$holder_pid
  expect_holders 'held' cycles alive
  rm "$locks/d.jsonl.lock"
  start_holder "$locks/d.jsonl.lock"
  expect_metric 'replaced while the holder lived: stolen' 1 openclaw_lock_released_total gateway=cycles outcome=stolen
  kill_holder "$first"
  end_holder "$holder_pid"
  expect_metric 'the thief released it' 4001 openclaw_lock_released_total gateway=cycles outcome=released
  expect_metric 'all acquisitions were counted' 4003 openclaw_lock_acquired_total gateway=cycles
  wait_rounds cycles 3
  check_equal 'every acquisition has one end' 4003 "$(metric openclaw_lock_released_total gateway=cycles)"
  check_equal 'and every hold one length' 4003 "$(metric openclaw_lock_hold_seconds_count gateway=cycles)"
  stop_exporter

  # Locks that were there before.
  make_lock "$locks/before.jsonl.lock" 4194305 1
  start_exporter --openclaw.state-dir="cycles=$state"
  expect_holders 'a dead lock from before' cycles dead
  check_equal 'was not acquired under our eyes' 0 "$(acquired cycles)"
  check_equal 'nor abandoned' '' "$(metric openclaw_lock_released_total outcome=abandoned)"
  stop_exporter
}

metric_between() { # LOW HIGH NAME [LABEL=VALUE...]
  awk -v low="$1" -v high="$2" -v value="$(metric "${@:3}")" 'BEGIN { exit !(value >= low && value <= high) }'
}

# User namespaces have limits of their own, so that nobody else is disturbed.
no_inotify() {
  local limit
  for limit in max_inotify_instances max_inotify_watches; do
    # shellcheck disable=SC2016
    if ! unshare --user --map-root-user sh -c 'echo 0 > "/proc/sys/user/$1"' sh "$limit" 2> /dev/null; then
      printf 'skipped: no inotify: no user namespaces here\n'
      return
    fi
    new_state "${limit#max_inotify_}"
    # shellcheck disable=SC2016
    exporter_prefix=(unshare --user --map-root-user sh -euc 'echo 0 > "/proc/sys/user/$0"; exec "$@"' "$limit")
    start_exporter --openclaw.state-dir="poll=$state"
    expect_metric "$limit=0: polling" 1 openclaw_lock_watch_info gateway=poll mode=poll
    check_equal "$limit=0: and no inotify" '' "$(metric openclaw_lock_watch_info gateway=poll mode=inotify)"
    start_holder "$locks/a.jsonl.lock"
    expect_holders "$limit=0: alive" poll alive
    end_holder "$holder_pid"
    expect_holders "$limit=0: released" poll ''
    expect_metric "$limit=0: acquired" 1 openclaw_lock_acquired_total gateway=poll
    expect_metric "$limit=0: ended" 1 openclaw_lock_released_total gateway=poll outcome=released
    start_holder "$locks/b.jsonl.lock"
    expect_holders "$limit=0: alive again" poll alive
    kill_holder "$holder_pid"
    expect_holders "$limit=0: dead" poll dead
    expect_metric "$limit=0: abandoned" 1 openclaw_lock_released_total gateway=poll outcome=abandoned
    made_session_dir "$state" later > "$work/ignored"
    make_lock "$state/agents/later/sessions/c.jsonl.lock" 4194305 1
    expect_metric "$limit=0: a new agent" 1 openclaw_lock_files gateway=poll agent=later holder=dead
    expect_metric "$limit=0: the reader is up" 1 openclaw_lock_source_up gateway=poll source=locks
    check_equal "$limit=0: one log line says why" 1 "$(grep --count 'level=warn.*inotify' "$exporter_log")"
    stop_exporter
  done
  exporter_prefix=()
}

# ---- after the upgrade to 2026.8.1, which has no lock files

leftovers() {
  local i
  new_state leftovers
  for i in 1 2 3; do
    make_lock "$locks/$i.jsonl.lock" 4194305 1
  done
  start_exporter --openclaw.state-dir="era=$state"
  expect_holders 'before the upgrade: locks' era 'dead dead dead'
  expect_metric 'before the upgrade: no litter' 0 openclaw_lock_leftover_files gateway=era
  mkdir -p "$state/tmp/openclaw-0"
  make_lock "$state/tmp/openclaw-0/gateway.state.lock" $$
  expect_metric 'after the upgrade: litter' 3 openclaw_lock_leftover_files gateway=era
  expect_metric 'and no locks' 0 openclaw_lock_files gateway=era kind=session
  check_equal 'nor an age' '' "$(metric openclaw_lock_oldest_age_seconds gateway=era kind=session)"
  touch --date=2020-01-01T00:00:00Z "$state/tmp/openclaw-0/gateway.state.lock"
  expect_holders 'a state lock that is older than the locks: locks again' era 'dead dead dead'
  stop_exporter
}

# ---- the exporter's own start and end

# Reads the file as fast as it can, and prints what was wrong with it.
READER='
import sys, time
path, seconds = sys.argv[1], float(sys.argv[2])
ends = time.monotonic() + seconds
reads = 0
while time.monotonic() < ends:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    reads += 1
    if not text.endswith("\n") or "openclaw_lock_exporter_build_info{" not in text or "openclaw_lock_files{" not in text:
        print("partial", len(text))
        break
print("read" if reads > 100 else "too few reads")
'

files_and_exit_codes() {
  local status port
  new_state once
  make_lock "$locks/a.jsonl.lock" 4194305 1

  run --once --openclaw.state-dir="once=$state"
  check_equal 'once: status' 0 "$status"
  check_equal 'once: one complete sample' dead "$(holders_in once < "$work/stdout")"
  check_equal 'once: promtool has nothing to say' '' "$(promtool check metrics < "$work/stdout" 2>&1 || true)"
  run --once --openclaw.state-dir="once=$state" --textfile.path="$work/once.prom"
  check_equal 'once to a file: status' 0 "$status"
  check_equal 'once to a file: nothing on standard output' '' "$(cat "$work/stdout")"
  check_equal 'once to a file: complete' dead "$(holders_in once < "$work/once.prom")"
  run --once --openclaw.state-dir="once=$state" --textfile.path="$work/missing/once.prom"
  check_equal 'once to a missing directory: status' 1 "$status"
  if [ -c /dev/full ]; then
    status=0
    "$BINARY" --once --openclaw.state-dir="once=$state" > /dev/full 2> "$work/stderr" || status=$?
    check_equal 'once to a full disk: status' 1 "$status"
  fi

  mkdir -p "$work/textfile"
  start_exporter --openclaw.state-dir="once=$state" --textfile.path="$work/textfile/openclaw.prom"
  wait_for "$PATIENCE" holds_locks "$work/textfile/openclaw.prom"
  check_equal 'the text file is never seen half-written' read \
    "$(python3 -c "$READER" "$work/textfile/openclaw.prom" 3)"
  check_equal 'it is for everyone to read' 644 "$(stat --format=%a "$work/textfile/openclaw.prom")"
  check_equal 'promtool has nothing to say of it' '' "$(promtool check metrics < "$work/textfile/openclaw.prom" 2>&1)"

  port=${url##*:}
  run --web.listen-address="127.0.0.1:$port" --openclaw.state-dir="once=$state"
  check_equal 'port in use: status' 1 "$status"
  check 'port in use: the log names it' grep --quiet "$port" "$work/stderr"
  stop_exporter
  check_equal 'SIGTERM: status' 0 "$exporter_status"
  check_quick 'SIGTERM' 5000
  check_equal 'no temporary file is left' openclaw.prom "$(ls -A "$work/textfile")"
  start_exporter --openclaw.state-dir="once=$state"
  kill -INT "$exporter_pid"
  wait_for "$PATIENCE" has_ended "$exporter_pid" || true
  stop_exporter
  check_equal 'SIGINT: status' 0 "$exporter_status"

  run --no-such-flag
  check_equal 'unknown flag: status' 2 "$status"
  check 'unknown flag: named' grep --quiet -e --no-such-flag "$work/stderr"
  check_equal 'unknown flag: in one line' 1 "$(wc -l < "$work/stderr")"
  run --sample.interval=soon
  check_equal 'bad value: status' 2 "$status"
  check_equal 'bad value: in one line' 1 "$(wc -l < "$work/stderr")"
  run --config.file="$work/no_such.yml"
  check_equal 'missing configuration: status' 2 "$status"
  printf 'gateways:\n  - name: a\n    state_dir: %s\n    colour: red\n' "$state" > "$work/bad.yml"
  run --config.file="$work/bad.yml"
  check_equal 'unknown key: status' 2 "$status"
  check 'unknown key: file, line and key are named' grep --quiet 'bad\.yml:4.*colour' "$work/stderr"
  check_equal 'unknown key: in one line' 1 "$(wc -l < "$work/stderr")"
  run --config.check --config.file="$work/bad.yml"
  check_equal 'the check finds it too' 2 "$status"
  ln -s "$state" "$work/second_name"
  run --config.check --openclaw.state-dir="a=$state" --openclaw.state-dir="b=$work/second_name"
  check_equal 'one directory under two names: status' 2 "$status"
  check_equal 'one directory under two names: both in one line' \
    "openclaw-lock-exporter: $work/second_name: one directory under two names, gateway \"a\" ($state) and gateway \"b\" ($work/second_name): it is watched once" \
    "$(cat "$work/stderr")"
  mkdir -p "$work/many" && (cd "$work/many" && seq 1003 | xargs mkdir)
  run --config.check --openclaw.state-dir="$work/many/*"
  check_equal 'a pattern that matches more than can be watched: status' 2 "$status"
  check 'a pattern that matches more than can be watched: told' grep --quiet 'more than 1000 directories' "$work/stderr"
  { echo gateways: && printf -- "- state_dir: $work/many/%s\n" $(seq 1003); } > "$work/many.yml"
  run --config.check --config.file="$work/many.yml"
  check_equal 'more entries than can be watched: status' 2 "$status"
  check_equal 'more entries than can be watched: how many more' \
    'openclaw-lock-exporter: gateways: at most 1000 are watched; 3 more are left out' "$(cat "$work/stderr")"
  run --version
  check_equal 'version: status' 0 "$status"
  check 'version: on standard output' grep --quiet 'openclaw-lock-exporter' "$work/stdout"
  run --help
  check_equal 'help: status' 0 "$status"
}

# Sets status; leaves stdout and stderr in files.
run() { # FLAG...
  status=0
  mkdir -p "$work/empty_home"
  HOME=$work/empty_home timeout 20 "$BINARY" "$@" > "$work/stdout" 2> "$work/stderr" || status=$?
}

holds_locks() { # FILE
  grep --quiet '^openclaw_lock_files{' "$1" 2> /dev/null
}

appearing
configured
named_by_the_gateway
discovered
cycles
no_inotify
leftovers
files_and_exit_codes
finish
