#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One hung mount among 300 gateways, for the locks of one, the logs of another, discovery and a glob that crosses it; there
# before the exporter starts, and later: everything else stays fresh, a reload takes effect, one thread is lost.
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/support/fleet.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/fleet.sh"

need_root
need cc curl pgrep pkg-config fusermount3 python3 unshare
pkg-config --exists fuse3 || skip 'needs libfuse3-dev'
[ -c /dev/fuse ] || skip 'needs /dev/fuse'
can_unshare --mount || skip 'cannot make mount namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
make_fleet_place
# shellcheck disable=SC2046  # several words
cc -O1 -Wall -Wextra -o "$work/passthrough_fuse" "$e2e/passthrough_fuse.c" $(pkg-config --cflags --libs fuse3)

GATEWAYS=${GATEWAYS:-$((SLOWDOWN > 1 ? 60 : 300))}
INTERVAL_SECONDS=$((SLOWDOWN > 1 ? 5 : 2))
# shellcheck disable=SC2034  # read by launch_exporter
INTERVAL=${INTERVAL_SECONDS}s
START_PATIENCE=$((PATIENCE * 2))
ROUNDS=4 # watched once it hangs
# Where all else stands still although it hangs nowhere, a test need not wait long.
STAND_STILL=$((INTERVAL_SECONDS * 10))

behind=$place/behind # what the file system shows
hung=$place/hung     # where it shows it
mkdir -p "$hung" "$behind/.openclaw/agents/main/sessions" "$behind/logs" "$behind/tmp/openclaw"
chmod 1777 "$behind/tmp"
chmod 700 "$behind/tmp/openclaw"
printf '2026-11-28T16:00:00.000+00:00 [gateway] ready\n' |
  tee "$behind/logs/openclaw-2026-11-28.log" > "$behind/tmp/openclaw/openclaw-2026-11-28.log"

is_mounted() { mountpoint --quiet "$hung"; }

mount_fuse() {
  background "$work/passthrough_fuse" "$behind" "$hung" 2> "$work/fuse.log"
  fuse_pid=$job
  wait_for "$PATIENCE" is_mounted || skip "cannot mount a FUSE file system: $(cat "$work/fuse.log")"
  mounts+=("$hung")
  # The kernel learns that nothing is flushed there. To ask that in the end, of a file that is still open, would make whoever
  # ends unkillable.
  cat "$hung/logs/openclaw-2026-11-28.log" > /dev/null
}

is_stopped() {
  # Not asked, it does not see the wish before its next question.
  kill -USR1 "$fuse_pid"
  grep --quiet '^State:.T' "/proc/$fuse_pid/status"
}

freeze() { wait_for "$PATIENCE" is_stopped || not_ok 'the file system hangs'; }
thaw() { kill -CONT "$fuse_pid"; }

# The newest success of a reader in a scrape less the oldest one of what must stay fresh, and whose that is. `missing` where a
# reader has no time of success, or fewer gateways than expected are there.
staleness() { # COUNT SOURCE...; metrics on standard input
  awk -v count="$1" -v sources=" ${*:2} " '
    function label(name) {
      match($0, name "=\"[^\"]*\"")
      return substr($0, RSTART + length(name) + 2, RLENGTH - length(name) - 3)
    }
    /^openclaw_lock_source_last_success_timestamp_seconds\{/ {
      gateway = label("gateway"); source = label("source")
      if (index(sources, " " source " ") == 0) next
      if ($NF > newest) newest = $NF
      if (gateway ~ /hung|far/ && !(gateway ~ /loghung/ && source != "logs")) next
      ++seen[source]
      if (oldest == "" || $NF < oldest) { oldest = $NF; whose = gateway "/" source }
    }
    END {
      split(sources, wanted, " ")
      for (i in wanted)
        if (seen[wanted[i]] < count) { print "missing", wanted[i] ":" seen[wanted[i]] + 0; exit }
      printf "%.1f %s\n", newest - oldest, whose
    }'
}

# Scrapes until one gateway of no interest has had ROUNDS rounds. Sets worst, and worst_of.
watch_freshness() { # ROUNDS COUNT SOURCE...
  local rounds=0 before='' now age whose deadline=$((SECONDS + STAND_STILL))
  worst=0
  worst_of=none
  while [ "$rounds" -le "$1" ]; do
    if ! scrape > "$work/scrape"; then
      worst=missing worst_of=answer
      return 0
    fi
    read -r age whose < <(staleness "${@:2}" < "$work/scrape")
    if [ "$age" = missing ] || awk -v a="$age" -v b="$worst" 'BEGIN { exit !(a > b) }'; then
      worst=$age worst_of=$whose
    fi
    [ "$worst" != missing ] || return 0
    now=$(grep 'last_success.*g0001.*"locks"' "$work/scrape" || true)
    if [ "$now" != "$before" ]; then
      rounds=$((rounds + 1))
      before=$now
      deadline=$((SECONDS + STAND_STILL))
    elif [ "$SECONDS" -ge "$deadline" ]; then
      worst=stands worst_of=g0001
      return 0
    fi
    sleep 0.2
  done
}

is_fresh() { # COUNT SOURCE...
  local age whose
  read -r age whose < <(scrape | staleness "$@")
  [ "$age" != missing ] && awk -v a="$age" -v b="$((2 * INTERVAL_SECONDS))" 'BEGIN { exit !(a <= b) }'
}

# Sets usual, how fresh all is while nothing hangs; a busy machine makes it late.
usual=0
learn_usual() { # COUNT SOURCE...
  watch_freshness "$ROUNDS" "$@"
  [[ $worst != [0-9]* ]] || usual=$worst
}

# Within two intervals, or twice what is usual here.
check_fresh() { # TEXT COUNT SOURCE...
  local fine=0 limit
  watch_freshness "$ROUNDS" "${@:2}"
  limit=$(awk -v a="$((2 * INTERVAL_SECONDS))" -v b="$usual" 'BEGIN { print (a > 2 * b ? a : 2 * b) }')
  [[ $worst == [0-9]* ]] && awk -v a="$worst" -v b="$limit" 'BEGIN { exit !(a <= b) }' || fine=1
  check "$1: everything else is fresh within $limit s (worst $worst s, $worst_of; before $usual s)" [ "$fine" -eq 0 ]
}

check_threads() { # TEXT
  local threads
  threads=$(threads_of_exporter)
  check "$1: $threads threads, $threads_before and at most one more" [ "$threads" -le $((threads_before + 1)) ]
}

tells_what_hangs() {
  [[ $(curl --noproxy '*' --silent --max-time "$PATIENCE" "$url/-/ready") == *$'\n''hangs: fuse'* ]] &&
    [ "$(metric openclaw_lock_hanging_reads)" -gt 0 ]
}

check_told() { # TEXT
  check "$1: /-/ready and a metric say what hangs" wait_for "$PATIENCE" tells_what_hangs
  check_equal "$1: and it is ready" 200 \
    "$(curl --noproxy '*' --silent --max-time "$PATIENCE" --output /dev/null --write-out '%{http_code}' "$url/-/ready")"
}

check_end() { # TEXT
  stop_exporter
  check_equal "$1: SIGTERM ends it with status 0" 0 "$exporter_status"
  check_quick "$1: SIGTERM ends it" 5000
}

write_config() { # [NAME OF ONE MORE]
  cat > "$work/config.yml" << YAML
gateways:
  - name: "g{1}"
    state_dir: $place/fleet/g*/.openclaw
    logs: ["$place/fleet/g{1}/logs/openclaw-*.log"]
  - name: hung
    state_dir: $hung/.openclaw
    logs: ["$hung/logs/openclaw-*.log"]
  - name: loghung
    state_dir: $place/local/.openclaw
    logs: ["$hung/logs/openclaw-*.log"]
  - name: "cross-{1}"
    state_dir: $place/cross/*/.openclaw
    logs: ["$place/fleet/g0000/logs/openclaw-*.log"]
YAML
  [ -z "${1:-}" ] || cat >> "$work/config.yml" << YAML
  - name: $1
    state_dir: $place/added/.openclaw
    logs: ["$place/fleet/g0001/logs/openclaw-*.log"]
YAML
}

start_slowly() { # FLAG...
  launch_exporter "$@"
  wait_for "$START_PATIENCE" is_ready || not_ok 'the exporter becomes ready'
}

# ---- configured: for its locks, its logs and a glob that crosses it

check_reload() { # TEXT
  write_config added
  check_equal "$1: a reload is accepted" 200 \
    "$(curl --noproxy '*' --silent --max-time "$PATIENCE" --output /dev/null --write-out '%{http_code}' --request POST "$url/-/reload")"
  expect_metric "$1: a reload takes effect: one more gateway" 1 openclaw_lock_source_up gateway=added source=locks
}

configured() {
  # All that shall stay fresh: the fleet, loghung (but its logs), cross-near.
  local fresh=$((GATEWAYS + 2)) threads_before
  mkdir -p "$place/cross/far" "$place/cross/near" "$place/added"
  made_session_dir "$place/local/.openclaw" > /dev/null
  made_session_dir "$place/cross/near/.openclaw" > /dev/null
  made_session_dir "$place/added/.openclaw" > /dev/null
  mount --bind "$hung" "$place/cross/far"
  mounts+=("$place/cross/far")

  write_config
  start_slowly --config.file="$work/config.yml"
  check 'configured: all gateways are watched' wait_for "$START_PATIENCE" all_up "$((GATEWAYS + 3))" locks processes
  check 'configured: all are fresh before' wait_for "$START_PATIENCE" is_fresh "$fresh" locks processes
  learn_usual "$fresh" locks processes
  threads_before=$(threads_of_exporter)
  freeze
  check_fresh 'configured, hangs later' "$fresh" locks processes
  expect_metric 'configured, hangs later: its locks are down' 0 openclaw_lock_source_up gateway=hung source=locks
  check_told 'configured, hangs later'
  check_threads 'configured, hangs later'
  check_reload 'configured, hangs later'
  check_fresh 'configured, after the reload' "$fresh" locks processes
  thaw
  expect_metric 'configured: it recovers' 1 openclaw_lock_source_up gateway=hung source=locks
  freeze
  check_end 'configured, hangs again'

  write_config
  start_slowly --config.file="$work/config.yml"
  check 'configured, hung before: all others are watched' \
    wait_for "$START_PATIENCE" all_up "$((GATEWAYS + 2))" locks processes
  check_fresh 'configured, hung before' "$fresh" locks processes
  check_told 'configured, hung before'
  check_threads 'configured, hung before'
  check_reload 'configured, hung before'
  check_end 'configured, hung before'
  thaw
}

# ---- discovered: for a process whose state directory lies there, and one whose /tmp does

discovered() {
  local hash threads_before
  start_fleet "$place/fleet.list"
  hash=$(printf %s "$hung/.openclaw/openclaw.json" | sha256sum | cut -c 1-8)
  printf '%s %s %s %s\n' "$place" "$hung/.openclaw" "$place/tmp/openclaw-0/gateway.$hash.lock" \
    "$hung/.openclaw/openclaw.json" > "$place/hung.list"
  start_fleet "$place/hung.list"
  made_session_dir "$place/loghung/.openclaw" > /dev/null
  printf '%s %s %s %s\n' "$place" "$place/loghung/.openclaw" "$place/tmp/openclaw-0/gateway.00000000.lock" \
    "$place/loghung/.openclaw/openclaw.json" > "$place/loghung.list"
  # shellcheck disable=SC2016  # expanded by the inner shell
  start_fleet "$place/loghung.list" 1 unshare --mount bash -c 'mount --bind "$0" /tmp; exec "$@"' "$hung/tmp"

  start_slowly
  check 'discovered: all gateways are watched' wait_for "$START_PATIENCE" all_up "$((GATEWAYS + 2))" locks processes
  check 'discovered: all are fresh before' wait_for "$START_PATIENCE" is_fresh "$GATEWAYS" locks processes
  learn_usual "$GATEWAYS" locks processes
  threads_before=$(threads_of_exporter)
  freeze
  check_fresh 'discovered, hangs later' "$GATEWAYS" locks processes
  check_told 'discovered, hangs later'
  check_threads 'discovered, hangs later'
  check_discovery 'discovered, hangs later' 1
  thaw
  check 'discovered: all recover' wait_for "$START_PATIENCE" all_up "$((GATEWAYS + 3))" locks processes
  freeze
  check_end 'discovered, hangs again'

  start_slowly
  check 'discovered, hung before: all others are watched' \
    wait_for "$START_PATIENCE" all_up "$((GATEWAYS + 1))" locks processes
  check_fresh 'discovered, hung before' "$GATEWAYS" locks processes
  check_told 'discovered, hung before'
  check_threads 'discovered, hung before'
  check_discovery 'discovered, hung before' 2
  check_end 'discovered, hung before'
  thaw
}

# A gateway that starts now is found.
check_discovery() { # TEXT NUMBER
  local list=$place/fleet.list name
  name=$(printf 'g%04d' $((GATEWAYS + $2)))
  make_fleet 1 $((GATEWAYS + $2))
  start_fleet "$list"
  check "$1: a gateway that starts now is found" wait_for "$((PATIENCE + 5 * INTERVAL_SECONDS))" is_watched "$name"
}

is_watched() { # PART OF NAME
  scrape | grep "^openclaw_lock_source_up{gateway=\"[^\"]*$1[^\"]*\",source=\"locks\"} 1\$" > /dev/null
}

make_fleet "$GATEWAYS"
mount_fuse
for part in ${PARTS:-configured discovered}; do "$part"; done
finish
