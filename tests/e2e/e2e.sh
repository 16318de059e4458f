# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by the end-to-end tests: starts the built exporter as users run it, asks it for metrics, and tidies up.
#
#   BINARY=build/release/openclaw-lock-exporter tests/e2e/NAME_test.sh
#
# Prints a line "ok - ..." or "not ok - ..." for each thing that is tested. Exit status 0: all of them are ok, 77: this
# machine cannot run the test, else failed.
set -euo pipefail

e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BINARY=${BINARY:-$e2e/../../build/dev/openclaw-lock-exporter}
# Seconds until something that is waited for is taken to hang. No test compares with it: what must be quick is timed
# without what else the machine does, see start_stopwatch.
PATIENCE=${PATIENCE:-60}
# How many times as slow as usual the binary may be: sanitizers take their time.
SLOWDOWN=${SLOWDOWN:-1}
# Of the exporters that are started here; a round that finds nothing new follows after this.
INTERVAL=100ms

# Not below TMPDIR: the namespaces of some tests hide /home.
work=$(mktemp -d /tmp/lock-exporter-e2e.XXXXXX)
actor=$work/actor
failures=0
children=() # process ids of what was started in the background
mounts=()

exporter_prefix=() # what to run the exporter through, such as nsenter
exporter_job=''
exporter_pid=''
exporter_log=''
url=''

# ---- results

ok() { # TEXT
  printf 'ok - %s\n' "$1"
}

not_ok() { # TEXT [DETAIL]
  printf 'not ok - %s\n' "$1"
  [ -z "${2:-}" ] || printf '    %s\n' "${2//$'\n'/$'\n    '}"
  failures=$((failures + 1))
}

check() { # TEXT COMMAND...
  local text=$1
  shift
  if "$@"; then ok "$text"; else not_ok "$text" "failed: $*"; fi
}

check_equal() { # TEXT EXPECTED ACTUAL
  if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected '$2', got '$3'"; fi
}

skip() { # REASON
  printf 'skipped: %s\n' "$1"
  exit 77
}

# The last line of every test.
finish() {
  if [ "$failures" -gt 0 ]; then
    printf '%s failed\n' "$failures"
    exit 1
  fi
  printf 'all passed\n'
  exit 0
}

# ---- set-up and tidying up

need_root() {
  [ "$(id -u)" -eq 0 ] || skip 'needs root'
}

need() { # COMMAND...
  local command
  for command in "$@"; do
    command -v "$command" > /dev/null || skip "needs $command"
  done
}

build_actor() {
  cc -O1 -Wall -Wextra -pthread -o "$actor" "$e2e/actor.c"
}

# The process itself and everything below it, deepest last.
family_of() { # PID
  local child
  printf '%s\n' "$1"
  for child in $(pgrep --parent "$1" || true); do family_of "$child"; done
}

kill_family() { # PID
  local pids
  mapfile -t pids < <(family_of "$1")
  kill -KILL "${pids[@]}" 2> /dev/null || true
  kill -CONT "${pids[@]}" 2> /dev/null || true
  wait_for "$PATIENCE" has_ended "$1" || true
}

on_exit=() # names of functions
tidy_up() {
  local status=$? name i
  trap - EXIT INT TERM
  set +e
  exec 2> /dev/null # the shell would tell of each process that is killed
  for name in "${on_exit[@]}"; do "$name"; done
  for ((i = ${#children[@]} - 1; i >= 0; i--)); do kill_family "${children[i]}"; done
  for ((i = ${#mounts[@]} - 1; i >= 0; i--)); do umount --lazy "${mounts[i]}" 2> /dev/null; done
  rm -rf "$work"
  exit "$status"
}
trap tidy_up EXIT
trap 'exit 130' INT TERM

# Runs COMMAND every 50 ms until it succeeds; fails after SECONDS.
wait_for() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1 + 1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# Microseconds since the machine's start in which a task waited for a processor, a disk or memory, or another virtual
# machine had our processors; sets waited_us. Nothing is known without /proc/pressure: 0.
read_waiting() {
  local resource kind total stolen
  waited_us=0
  for resource in cpu io memory; do
    [ -r "/proc/pressure/$resource" ] || continue
    # A kernel may have it and not want it to be read.
    while read -r kind _ _ _ total; do
      [ "$kind" != some ] || waited_us=$((waited_us + ${total#total=}))
    done < <(cat "/proc/pressure/$resource" 2> /dev/null)
  done
  read -r _ _ _ _ _ _ _ _ stolen _ < /proc/stat
  waited_us=$((waited_us + stolen * 1000000 / clock_ticks / processors))
}
clock_ticks=$(getconf CLK_TCK)
processors=$(nproc)

# Begins to measure how long something takes.
start_stopwatch() {
  read_waiting
  stopwatch_waited_us=$waited_us
  stopwatch_us=${EPOCHREALTIME/[!0-9]/}
}

# Sets took_ms, the milliseconds since then, and quiet_ms, those of them in which nothing on this machine had to wait: on
# a quiet one they are the same, and where others keep it busy nobody knows who was slow.
stop_stopwatch() {
  local us=$((${EPOCHREALTIME/[!0-9]/} - stopwatch_us)) waited
  read_waiting
  waited=$((waited_us - stopwatch_waited_us))
  took_ms=$((us / 1000))
  quiet_ms=$((us > waited ? (us - waited) / 1000 : 0))
}

# Of the last stop_stopwatch.
check_quick() { # TEXT MILLISECONDS
  check "$1: $took_ms ms, $quiet_ms of them while nothing had to wait, at most $2" [ "$quiet_ms" -le "$2" ]
}

# The process at the end of a chain of wrappers (nsenter, setpriv, actor as).
innermost() { # PID
  family_of "$1" | tail -n 1
}

# Starts COMMAND in the background and sets job. The shell says nothing of its end.
background() { # COMMAND...
  "$@" &
  job=$!
  children+=("$job")
  disown "$job"
}

# ---- the exporter

is_ready() {
  [ "$(curl --noproxy '*' --silent --max-time "$PATIENCE" --output /dev/null --write-out '%{http_code}' "$url/-/ready")" = 200 ]
}

find_url() {
  url=$(sed -n 's|.* msg=listening url=\(https\{0,1\}://[^ ]*\)/metrics$|\1|p' "$exporter_log")
  [ -n "$url" ]
}

has_ended() { # PID
  ! kill -0 "$1" 2> /dev/null
}

# Starts it on LISTEN or on a free port, through "${exporter_prefix[@]}"; sets url, exporter_pid, exporter_log.
launch_exporter() { # FLAG...
  exporter_log=$(mktemp "$work/exporter.XXXXXX.log")
  mkdir -p "$work/empty_home"
  env -u OPENCLAW_STATE_DIR HOME="$work/empty_home" "${exporter_prefix[@]}" "$BINARY" \
    --web.listen-address="${LISTEN:-127.0.0.1:0}" --sample.interval="$INTERVAL" "$@" 2> "$exporter_log" &
  exporter_job=$!
  children+=("$exporter_job")
  if ! wait_for "$PATIENCE" find_url; then
    not_ok 'the exporter starts' "$(cat "$exporter_log")"
    finish
  fi
  exporter_pid=$(innermost "$exporter_job")
}

# The same, and waits until it is ready.
start_exporter() { # FLAG...
  launch_exporter "$@"
  if ! wait_for "$PATIENCE" is_ready; then
    not_ok 'the exporter becomes ready' "$(cat "$exporter_log")"
    finish
  fi
}

# Ends it by SIGTERM; sets exporter_status, and took_ms and quiet_ms of check_quick.
stop_exporter() {
  start_stopwatch
  kill -TERM "$exporter_pid" 2> /dev/null || true
  # shellcheck disable=SC2034  # read by tests
  exporter_status=0
  # shellcheck disable=SC2034
  wait "$exporter_job" || exporter_status=$?
  stop_stopwatch
  [ "$exporter_status" -eq 0 ] || tail -n 100 "$exporter_log" | sed 's/^/#   /'
  children=("${children[@]/$exporter_job/}")
  local pid kept=()
  for pid in "${children[@]}"; do [ -z "$pid" ] || kept+=("$pid"); done
  children=("${kept[@]}")
}

# Its own memory at most until now; a sanitizer multiplies it.
check_peak_memory() { # TEXT MIB
  local peak limit=$2
  ! grep --quiet --binary-files=text '__[at]san_init' "$BINARY" || limit=$(($2 * 8))
  peak=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$exporter_pid/status")
  check "$1: $((peak >> 10)) MiB were resident, at most $limit" [ "$peak" -le $((limit << 10)) ]
}

scrape() {
  curl --noproxy '*' --silent --fail --max-time "$PATIENCE" "$url/metrics"
}

# Sum of the samples of NAME that have all the labels, from standard input; empty where there is none.
sum_of() { # NAME [LABEL=VALUE...]
  awk -v name="$1" -v wanted="$(shift; printf '%s\n' "$@")" '
    BEGIN { count = split(wanted, labels, "\n") }
    index($0, name) == 1 && substr($0, length(name) + 1, 1) ~ /[{ ]/ {
      for (i = 1; i <= count; ++i) {
        if (labels[i] == "") continue
        eq = index(labels[i], "=")
        pair = substr(labels[i], 1, eq) "\"" substr(labels[i], eq + 1) "\""
        if (!index($0, "{" pair) && !index($0, "," pair)) next
      }
      sum += $NF; found = 1
    }
    END { if (found) printf "%.12g\n", sum }'
}

metric() { # NAME [LABEL=VALUE...]
  scrape | sum_of "$@"
}

metric_is() { # VALUE NAME [LABEL=VALUE...]
  [ "$(metric "${@:2}")" = "$1" ]
}

metric_above() { # VALUE NAME [LABEL=VALUE...]
  local value
  value=$(metric "${@:2}")
  [ -n "$value" ] && awk -v a="$value" -v b="$1" 'BEGIN { exit !(a > b) }'
}

# Waits until it has the value; VALUE '' means absent.
expect_metric() { # TEXT VALUE NAME [LABEL=VALUE...]
  if wait_for "$PATIENCE" metric_is "${@:2}"; then
    ok "$1"
  else
    not_ok "$1" "expected '$2', got '$(metric "${@:3}")': ${*:3}"
  fi
}

expect_metric_above() { # TEXT VALUE NAME [LABEL=VALUE...]
  if wait_for "$PATIENCE" metric_above "${@:2}"; then
    ok "$1"
  else
    not_ok "$1" "expected more than '$2', got '$(metric "${@:3}")': ${*:3}"
  fi
}

# ---- holders

# The verdicts on the session locks of a gateway, such as "alive alive dead"; "absent" without samples.
holders_in() { # GATEWAY, metrics on standard input
  awk -v gateway="gateway=\"$1\"" '
    index($0, "openclaw_lock_files{") == 1 && index($0, gateway) && index($0, "kind=\"session\"") {
      match($0, /holder="[a-z]*"/)
      count[substr($0, RSTART + 8, RLENGTH - 9)] += $NF
      found = 1
    }
    END {
      if (!found) { print "absent"; exit }
      split("alive dead recycled unknown", order, " ")
      for (i = 1; i <= 4; ++i)
        for (n = 0; n < count[order[i]]; ++n) { printf "%s%s", space, order[i]; space = " " }
      print ""
    }'
}

last_success() { # GATEWAY
  metric openclaw_lock_source_last_success_timestamp_seconds "gateway=$1" source=locks
}

round_is_newer() { # GATEWAY THAN
  [ "$(last_success "$1")" != "$2" ]
}

# Waits for whole rounds of the lock reader.
wait_rounds() { # GATEWAY COUNT
  local i before
  for ((i = 0; i < $2; i++)); do
    before=$(last_success "$1")
    wait_for "$PATIENCE" round_is_newer "$1" "$before" || return 1
  done
}

# Waits until the verdicts are as expected, and sees that they stay so for two rounds. Where holders are expected but no
# death, none may be seen on the way.
expect_holders() { # TEXT GATEWAY VERDICTS
  local text=$1 gateway=$2 expected=$3 seen='' deadline=$((SECONDS + PATIENCE + 1)) since='' rounds=0 now
  while [ "$SECONDS" -lt "$deadline" ]; do
    if ! scrape > "$work/scrape"; then
      seen='no answer'
      sleep 0.05
      continue
    fi
    seen=$(holders_in "$gateway" < "$work/scrape")
    if [[ -n $expected && ! $expected =~ dead|recycled && $seen =~ dead|recycled ]]; then
      not_ok "$text" "a live holder was called '$seen'"
      return 0
    fi
    now=$(sum_of openclaw_lock_source_last_success_timestamp_seconds "gateway=$gateway" source=locks < "$work/scrape")
    if [ "$seen" != "$expected" ]; then
      rounds=0
    elif [ "$now" != "$since" ]; then
      rounds=$((rounds + 1))
    fi
    since=$now
    if [ "$rounds" -ge 3 ]; then
      ok "$text"
      return 0
    fi
    sleep 0.05
  done
  not_ok "$text" "expected '$expected', got '$seen'
$(sum_problems "$gateway")
$(tail -n 5 "$exporter_log")"
}

# No particular verdict is wanted, but none of death, in five rounds.
expect_never_gone() { # TEXT GATEWAY
  local text=$1 gateway=$2 seen i
  # The round under way may have looked before the lock was there.
  wait_rounds "$gateway" 1 || true
  for ((i = 0; i < 5; i++)); do
    wait_rounds "$gateway" 1 || true
    seen=$(scrape | holders_in "$gateway")
    if [[ $seen =~ dead|recycled || ! $seen =~ alive|unknown ]]; then
      not_ok "$text" "holders are '$seen'"
      return 0
    fi
  done
  ok "$text ($seen)"
}

sum_problems() { # GATEWAY
  grep "^openclaw_lock_source_problems_total{gateway=\"$1\"" "$work/scrape" | grep -v ' 0$' || true
}

made_session_dir() { # STATE_DIR [AGENT]; prints the session directory
  local dir=$1/agents/${2:-main}/sessions
  mkdir -p "$dir"
  printf '%s\n' "$dir"
}

# A writer runs through "${holder_prefix[@]}" and holds LOCK (its own path of it). Sets holder_pid (as seen from here),
# holder_inner_pid (as it sees itself) and holder_job.
holder_prefix=()
start_holder() { # LOCK [OPTION OF actor hold...]
  local output
  output=$(mktemp "$work/holder.XXXXXX")
  background "${holder_prefix[@]}" "$actor" hold "${@:2}" "$1" > "$output"
  holder_job=$job
  if ! wait_for "$PATIENCE" grep --quiet '^held' "$output"; then
    not_ok "a writer gets $1"
    finish
  fi
  # shellcheck disable=SC2034  # read by tests
  holder_inner_pid=$(sed -n 's/^held //p' "$output")
  holder_pid=$(innermost "$holder_job")
}

# Kills it as the kernel does when memory runs out: the lock stays.
kill_holder() { # [PID]
  kill -KILL "${1:-$holder_pid}"
  wait_for "$PATIENCE" has_ended "${1:-$holder_pid}"
}

# As a gateway's end by systemd: it releases its lock.
end_holder() { # [PID]
  kill -TERM "${1:-$holder_pid}"
  wait_for "$PATIENCE" has_ended "${1:-$holder_pid}"
}

# Empties a session directory, and waits until its locks are seen to be gone.
clear_locks() { # GATEWAY DIRECTORY
  find "$2" -name '*.jsonl.lock' -delete
  wait_for "$PATIENCE" holders_are "$1" ''
}

holders_are() { # GATEWAY VERDICTS
  [ "$(scrape | holders_in "$1")" = "$2" ]
}

# A lock as OpenClaw writes it, with a process that need not exist. An empty STARTTIME leaves the field out.
make_lock() { # LOCK PID [STARTTIME] [CREATED_AT]
  {
    printf '{\n  "pid": %s,\n  "createdAt": "%s"' "$2" "${4:-$(date --utc +%Y-%m-%dT%H:%M:%S.%3NZ)}"
    [ -z "${3:-}" ] || printf ',\n  "starttime": %s' "$3"
    printf '\n}\n'
  } > "$1"
}

# ---- PID namespaces

# A PID namespace with its own /proc, and STATE_DIR at /home/node/.openclaw as in the official container; like a container
# it sees nothing else of what the test made. Sets namespace_pid, its first process.
new_namespace() { # STATE_DIR [OPTION OF unshare...]
  # shellcheck disable=SC2016  # expanded by the inner shell
  background unshare --pid --fork --mount --mount-proc --kill-child "${@:2}" sh -euc '
    mount -t tmpfs none /home
    mkdir -p /home/node/.openclaw
    mount --bind "$1" /home/node/.openclaw
    cp "$2/actor" /home/actor
    mount -t tmpfs none "$2"
    cp /home/actor "$2/actor"
    exec "$2/actor" init' sh "$1" "$work" 2> "$work/unshare.log"
  if ! wait_for "$PATIENCE" runs_init "$job"; then
    not_ok 'a PID namespace is made' "$(cat "$work/unshare.log")"
    finish
  fi
  # shellcheck disable=SC2034  # read by tests
  namespace_pid=$(innermost "$job")
}

runs_init() { # JOB
  local pid
  pid=$(innermost "$1")
  [ "$({ tr '\0' ' ' < "/proc/$pid/cmdline"; } 2> /dev/null)" = "$actor init " ]
}

# A pid that no process or thread has here, so that a process of another namespace can have it alone. Sets pid.
find_free_pid() {
  pid=${pid:-20000}
  until pid=$((pid + 1)) && ! kill -0 "$pid" 2> /dev/null; do :; done
}

# Sets inside: what runs a command in that namespace.
enter_namespace() { # PID [OPTION OF nsenter...]
  # shellcheck disable=SC2034  # read by tests
  inside=(nsenter --target "$1" --pid --mount "${@:2}")
}

can_unshare() { # OPTION...
  unshare "$@" true 2> /dev/null
}
