#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the exporter makes of directories and lock files that it cannot read, that are broken, malicious or many: no crash,
# no hang, no wrong verdict, bounded memory, one log line each.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need_root
need cc curl pgrep promtool python3 setpriv
build_actor
chmod 755 "$work"

MARKER=PLANTED-SECRET

# Sets state and locks.
new_state() { # NAME
  state=$work/$1/.openclaw
  locks=$(made_session_dir "$state")
}

problems() { # GATEWAY PROBLEM
  metric openclaw_lock_source_problems_total "gateway=$1" source=locks "problem=$2"
}

check_output() { # TEXT
  local complaints
  scrape > "$work/metrics"
  complaints=$(promtool check metrics < "$work/metrics" 2>&1) || true
  check_equal "$1: promtool has nothing to say" '' "$complaints"
  check "$1: the metrics are UTF-8" iconv --from-code=UTF-8 --to-code=UTF-8 --output=/dev/null "$work/metrics"
  check_equal "$1: no name of a lock in the metrics" '' "$(grep --text "$MARKER" "$work/metrics" || true)"
  check_equal "$1: no name of a lock in the log" '' "$(grep --text --extended-regexp "$MARKER|jsonl" "$exporter_log" || true)"
}

check_runs() { # TEXT
  check "$1: the exporter runs on" kill -0 "$exporter_pid"
}

# ---- what may not be read

denied() {
  local sealed lines
  new_state denied
  sealed=$(made_session_dir "$state" sealed)
  made_session_dir "$state" open > "$work/ignored"
  make_lock "$sealed/$MARKER.jsonl.lock" 1
  chmod 700 "$sealed"
  make_lock "$locks/$MARKER.jsonl.lock" 1
  chmod 600 "$locks/$MARKER.jsonl.lock"
  make_lock "$state/agents/open/sessions/a.jsonl.lock" "$$" "$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)"
  exporter_prefix=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  start_exporter --openclaw.state-dir="denied=$state" --log.level=debug
  expect_metric 'a lock that may not be read is unknown' 1 openclaw_lock_files gateway=denied agent=main holder=unknown \
    kind=session
  expect_metric_above 'it counts as a problem' 1 openclaw_lock_source_problems_total gateway=denied source=locks \
    problem=denied
  expect_metric 'an agent whose directory may not be read has no gauges' '' openclaw_lock_files gateway=denied agent=sealed
  expect_metric 'the others have' 1 openclaw_lock_files gateway=denied agent=open holder=alive
  expect_metric 'the round did not succeed' 0 openclaw_lock_source_up gateway=denied source=locks
  wait_problems 20
  lines=$(grep --count 'source=locks .*problem=denied' "$exporter_log")
  check_equal 'a log line for each of the two, not each round' 2 "$lines"
  chmod 644 "$locks/$MARKER.jsonl.lock"
  chmod 755 "$sealed"
  expect_metric 'when they may be read, the round succeeds' 1 openclaw_lock_source_up gateway=denied source=locks
  expect_metric 'and all are there' 3 openclaw_lock_files gateway=denied kind=session
  wait_rounds denied 5
  check_equal 'still the two lines' 2 "$(grep --count 'level=warn.*source=locks .*problem=denied' "$exporter_log")"
  check_output 'not readable'
  stop_exporter

  # The state directory itself.
  chmod 700 "$state"
  start_exporter --openclaw.state-dir="denied=$state"
  expect_metric 'a state directory that may not be read: not up' 0 openclaw_lock_source_up gateway=denied source=locks
  check_equal 'a state directory that may not be read: no gauges' '' "$(metric openclaw_lock_files gateway=denied)"
  wait_problems 10
  check_equal 'a state directory that may not be read: one line' 1 "$(grep --count 'source=locks .*problem=denied' "$exporter_log")"
  stop_exporter
  exporter_prefix=()
}

# Waits until that many more denials were counted: rounds that fail have no time of success to wait for.
wait_problems() { # COUNT
  wait_for "$PATIENCE" metric_above "$(($(problems denied denied) + $1))" openclaw_lock_source_problems_total \
    gateway=denied source=locks problem=denied
}

# ---- one broken lock at a time

# Puts standard input into a lock that is older than the grace for half-written ones.
put_lock() {
  cat > "$work/new_lock"
  touch --date='1 minute ago' "$work/new_lock"
  mv "$work/new_lock" "$locks/$MARKER.jsonl.lock"
}

expect_unknown() { # TEXT [PROBLEM], the lock on standard input
  local before=0
  [ -z "${2:-}" ] || before=$(problems bad "$2")
  put_lock
  expect_holders "$1: unknown" bad unknown
  [ -z "${2:-}" ] || expect_metric_above "$1: counted as $2" "$before" openclaw_lock_source_problems_total gateway=bad \
    source=locks "problem=$2"
  clear_locks bad "$locks"
}

# Not regular files: never opened, never counted as locks.
expect_none() { # TEXT COMMAND...
  local before path=$locks/$MARKER.jsonl.lock
  before=$(problems bad malformed)
  "${@:2}" "$path"
  expect_metric_above "$1: counted as malformed" "$before" openclaw_lock_source_problems_total gateway=bad source=locks \
    problem=malformed
  expect_holders "$1: no lock" bad ''
  rm -rf "$path"
}

broken_locks() {
  local created
  new_state bad
  start_exporter --openclaw.state-dir="bad=$state" --log.level=debug
  created=$(date --utc +%Y-%m-%dT%H:%M:%S.000Z)

  : > "$locks/$MARKER.jsonl.lock"
  local before
  before=$(problems bad malformed)
  expect_holders 'an empty lock is unknown' bad unknown
  check_equal 'a fresh empty one is not malformed' "$before" "$(problems bad malformed)"
  touch --date='6 seconds ago' "$locks/$MARKER.jsonl.lock"
  expect_metric_above 'an old empty one is' "$before" openclaw_lock_source_problems_total gateway=bad source=locks \
    problem=malformed
  clear_locks bad "$locks"

  expect_unknown 'half-written' malformed <<< '{ "pid": 12'
  head -c 1000 /dev/urandom > "$work/random"
  expect_unknown 'random bytes' malformed < "$work/random"
  expect_unknown 'an array' malformed <<< '[1, 2, 3]'
  expect_unknown 'NUL bytes' malformed < <(head -c 100 /dev/zero)
  expect_unknown 'NUL bytes behind the object' malformed < <(printf '{"pid": %s}' $$ && head -c 10 /dev/zero)
  expect_unknown 'deep nesting' malformed < <(printf '[%.0s' $(seq 4000))
  expect_unknown 'deep nesting of a field' malformed < <(printf '{"pid": 1, "x": ' && printf '{"a":%.0s' $(seq 500))
  expect_unknown '8 KiB' too_big < <(printf '{"pid": 1, "x": "%8192s"}' '')
  expect_unknown 'no field' <<< '{}'
  expect_unknown 'wrong types' <<< '{"pid": "1", "createdAt": 5, "starttime": "x", "maxHoldMs": []}'
  local pid
  for pid in 0 -1 2147483648 9223372036854775807 9223372036854775808 18446744073709551617 1e308 1.5 null '"1"' '[1]'; do
    expect_unknown "pid $pid" <<< "{\"pid\": $pid, \"createdAt\": \"$created\"}"
  done

  before=$(problems bad too_big)
  truncate --size=1G "$work/new_lock"
  mv "$work/new_lock" "$locks/$MARKER.jsonl.lock"
  expect_holders '1 GiB sparse: unknown' bad unknown
  expect_metric_above '1 GiB sparse: counted as too_big' "$before" openclaw_lock_source_problems_total gateway=bad \
    source=locks problem=too_big
  clear_locks bad "$locks"

  expect_none 'a FIFO' mkfifo
  expect_none 'a directory' mkdir
  expect_none 'a link to itself' ln --symbolic "$MARKER.jsonl.lock"
  make_lock "$locks/target" "$$"
  expect_none 'a link to a lock' ln --symbolic target
  expect_none 'a device' make_device
  expect_none 'a socket' python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])'
  check_runs 'broken locks'
  check_peak_memory 'broken locks' 64
  check_output 'broken locks'
}

make_device() { # PATH
  mknod "$1" c 1 5 # /dev/zero
}

# ---- odd but right

odd_locks() {
  local ticks
  ticks=$(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f20)
  make_lock "$locks/$MARKER-1.jsonl.lock" $$ "$ticks" 2999-01-01T00:00:00.000Z
  expect_holders 'createdAt in the future: alive' bad alive
  expect_metric 'its age is that of the file' 1 openclaw_lock_files gateway=bad holder=alive kind=session
  check 'and not negative' metric_above -0.001 openclaw_lock_oldest_age_seconds gateway=bad holder=alive
  check 'nor large' metric_below 30 openclaw_lock_oldest_age_seconds gateway=bad holder=alive
  clear_locks bad "$locks"

  printf '{"pid":%s,"createdAt":"yesterday","starttime":%s}' $$ "$ticks" > "$locks/$MARKER-2.jsonl.lock"
  expect_holders 'createdAt that is no date: alive' bad alive
  clear_locks bad "$locks"

  printf '{"starttime": %s, "extra": {"a": [1]}, "createdAt": "2020-01-01T00:00:00.000Z", "pid": %s}\n%s\n' \
    "$ticks" $$ $'\t\t \t' > "$locks/$MARKER-3.jsonl.lock"
  expect_holders 'other order, other fields, blanks behind: alive' bad alive
  expect_metric 'overdue since 2020' 1 openclaw_lock_overdue_files gateway=bad agent=main
  clear_locks bad "$locks"

  # Names that are near to those of locks.
  local name
  for name in .jsonl.lock .hidden.jsonl.lock a.jsonl.lock.tmp a.jsonl.lock~ a.jsonl.lock.reclaim a.json.lock \
    .usage-cost-cache.json.lock a.jsonl A.JSONL.LOCK; do
    make_lock "$locks/$name" 1
  done
  printf '{"pid":%s,"startedAt":%s}' $$ "$(date +%s%3N)" > "$locks/sessions.json.lock"
  expect_metric 'a store lock of old that names a shell is no lock of it' 1 openclaw_lock_files gateway=bad \
    kind=session_store holder=unknown
  check_equal 'other names are no locks' 1 "$(metric openclaw_lock_files gateway=bad)"
  find "$locks" -mindepth 1 -delete

  # Names.
  local odd=$state/agents/$'not\xffutf8'/sessions quoted=$state/agents/$'a"b\\c\nd {e="f"}'/sessions
  mkdir -p "$odd" "$quoted" "$state/agents/Agent ü 漢/sessions"
  make_lock "$odd/$MARKER-"$'\xfe.jsonl.lock' $$ "$ticks"
  make_lock "$quoted/$MARKER-"$'\n".jsonl.lock' $$ "$ticks"
  make_lock "$state/agents/Agent ü 漢/sessions/$(printf "$MARKER%0230d" 0).jsonl.lock" $$ "$ticks"
  ln --symbolic main "$state/agents/link-to-main"
  : > "$state/agents/file"
  expect_holders 'names that are not UTF-8, quoted or long: alive' bad 'alive alive alive'
  check_equal 'a link to an agent is the same agent' '' "$(metric openclaw_lock_files gateway=bad agent=link-to-main)"
  check_equal 'UTF-8 is kept' 1 "$(metric openclaw_lock_files gateway=bad kind=session "agent=Agent ü 漢")"
  check_output 'odd names'
  ln --symbolic loop "$state/agents/loop"
  expect_metric_above 'a link loop among the agents is counted' "$(problems bad malformed)" \
    openclaw_lock_source_problems_total gateway=bad source=locks problem=malformed
  check_equal 'the agents beside it are read' 3 "$(metric openclaw_lock_files gateway=bad kind=session holder=alive)"
  check_runs 'odd names'
  stop_exporter
  check_equal 'odd names: a clean end' 0 "$exporter_status"
}

metric_below() { # VALUE NAME [LABEL=VALUE...]
  local value
  value=$(metric "${@:2}")
  [ -n "$value" ] && awk -v a="$value" -v b="$1" 'BEGIN { exit !(a < b) }'
}

# ---- many

many_agents() {
  local i
  new_state agents
  for i in $(seq 100); do
    mkdir -p "$state/agents/agent$i/sessions"
    make_lock "$state/agents/agent$i/sessions/a.jsonl.lock" 4194305 1
  done
  rmdir "$locks" "$state/agents/main"
  start_exporter --openclaw.state-dir="agents=$state"
  expect_metric '100 agents: all locks are counted' 100 openclaw_lock_files gateway=agents kind=session
  scrape > "$work/metrics"
  check_equal '64 of them have a label, and _other' 65 \
    "$(grep '^openclaw_lock_files{.*holder="dead".*kind="session"' "$work/metrics" | sort -u | wc -l)"
  check_equal '_other has the rest' 36 "$(sum_of openclaw_lock_files agent=_other kind=session < "$work/metrics")"
  mkdir -p "$state/agents/late/sessions"
  make_lock "$state/agents/late/sessions/a.jsonl.lock" 4194305 1
  expect_metric 'a late one joins them' 37 openclaw_lock_files gateway=agents agent=_other kind=session
  check_output '100 agents'
  stop_exporter
}

many_files() {
  local live ticks many few
  new_state many
  background "$actor" idle
  live=$job
  ticks=$(sed 's/.*) //' "/proc/$live/stat" | cut -d' ' -f20)
  python3 - "$locks" "$live" "$ticks" << 'PYTHON'
import os, sys, time
directory, live, ticks = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
at = os.open(directory, os.O_RDONLY)
for i in range(100000):
    os.close(os.open(f"{i:08x}-0000-4000-8000-{i:012x}.jsonl", os.O_CREAT | os.O_WRONLY, 0o644, dir_fd=at))
for i in range(10000):
    pid = live if i % 2 else 4194305
    with open(f"{directory}/{i:08x}-0000-4000-8000-{i:012x}.jsonl.lock", "w", encoding="utf-8") as lock:
        lock.write(f'{{\n  "pid": {pid},\n  "createdAt": "{now}",\n  "starttime": {ticks}\n}}\n')
PYTHON
  start_stopwatch
  INTERVAL=5s start_exporter --openclaw.state-dir="many=$state"
  stop_stopwatch
  check_quick '100,000 sessions and 10,000 locks: ready' $((10000 * SLOWDOWN))
  check_equal '5,000 are alive' 5000 "$(metric openclaw_lock_files gateway=many kind=session holder=alive)"
  check_equal '5,000 are dead' 5000 "$(metric openclaw_lock_files gateway=many kind=session holder=dead)"
  start_stopwatch
  curl --noproxy '*' --silent --output /dev/null "$url/metrics"
  stop_stopwatch
  check_quick '100,000 sessions and 10,000 locks: a scrape' $((1000 * SLOWDOWN))
  many=$(ticks_of_rounds 3)
  check_peak_memory '100,000 sessions and 10,000 locks' 64
  find "$locks" -name '*[1-9a-f].jsonl.lock' -delete
  expect_metric 'a sixteenth of them is left' 625 openclaw_lock_files gateway=many kind=session
  few=$(ticks_of_rounds 3)
  # Sixteen times the locks, and the same sessions.
  check "10,000 locks cost $((many * 10 / 3)) ms a round, 625 cost $((few * 10 / 3)) ms: at most 20 times as much" \
    [ "$many" -le $((few * 20)) ]
  find "$locks" -name '*.jsonl.lock' -delete
  expect_metric 'all gone when they are deleted' 0 openclaw_lock_files gateway=many kind=session
  check_peak_memory 'after 10,000 deletions' 64
  check_output 'many files'
  stop_exporter
  check_equal 'many files: a clean end' 0 "$exporter_status"
}

cpu_ticks() {
  sed 's/.*) //' "/proc/$exporter_pid/stat" | awk '{ print $12 + $13 }'
}

# CPU of some rounds, in hundredths of a second.
ticks_of_rounds() { # ROUNDS
  local before
  before=$(cpu_ticks)
  wait_rounds many "$1"
  echo $(($(cpu_ticks) - before))
}

denied
broken_locks
odd_locks
many_agents
many_files
finish
