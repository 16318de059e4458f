#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Gateways in containers, each counted where it belongs, and a gateway that its control group slows down at the disk.
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need_root
need cc curl findmnt nsenter pgrep python3 unshare
can_unshare --pid --fork --mount --mount-proc || skip 'cannot make PID and mount namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
build_actor
chmod 755 "$work"

INNER=/home/node/.openclaw

new_state() { # NAME
  state=$work/$1/.openclaw
  made_session_dir "$state" > /dev/null
}

# What the process table shows of OpenClaw's own gateway up to 2026.4.24 and of 2026.9.6.
start_gateway_inside() { # PID OF THE CONTAINER'S INIT
  enter_namespace "$1"
  # shellcheck disable=SC2016  # expanded by the inner shell
  background "${inside[@]}" env "OPENCLAW_STATE_DIR=$INNER" bash -c \
    'cp /home/actor "/home/openclaw-gateway$1" && exec -a openclaw-gateway "/home/openclaw-gateway$1"' bash "$2"
}

expect_instances() { # TEXT GATEWAY COUNT
  expect_metric "$1: $3 on $2" "$3" openclaw_lock_gateway_instances "gateway=$2"
}

# ---- containers

containers() {
  local a b first
  new_state a
  a=$state
  new_state b
  b=$state
  start_exporter "--openclaw.state-dir=a=$a" "--openclaw.state-dir=b=$b"
  expect_instances 'no gateway' a 0

  new_namespace "$a"
  first=$namespace_pid
  start_gateway_inside "$first" 1
  expect_instances 'a container with the first directory' a 1
  new_namespace "$b"
  start_gateway_inside "$namespace_pid" 1
  expect_instances 'another with the second one at the same path' b 1
  expect_instances 'another with the second one at the same path' a 1
  kill -KILL "$namespace_pid"
  expect_instances 'it has ended' b 0

  new_namespace "$a"
  start_gateway_inside "$namespace_pid" 1
  expect_instances 'a second container with the first directory' a 2
  wait_rounds a 3
  expect_instances 'and it stays so' a 2
  kill -KILL "$namespace_pid"
  expect_instances 'it has ended' a 1
  check_equal 'it has been the same gateway all the time' 1 "$(metric openclaw_lock_gateway_lock_mismatch gateway=a)"
  stop_exporter
  check_equal 'containers: a clean end' 0 "$exporter_status"
}

# ---- a control group that slows down

# Sets device, and groups: where a process is slowed down to a MiB a second, and where its io pressure is told.
make_slow_groups() {
  local v1=/sys/fs/cgroup/blkio v2
  v2=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) || return 1
  device=$(lsblk --noheadings --nodeps --output MAJ:MIN "$(findmnt --noheadings --output SOURCE --target "$work")") || return 1
  device=${device// /}
  groups=("$v2/lock-exporter-e2e.$$")
  mkdir "${groups[0]}" || return 1
  [ -r "${groups[0]}/io.pressure" ] || return 1
  if [ -w "${groups[0]}/io.max" ]; then
    printf '%s wbps=1048576\n' "$device" > "${groups[0]}/io.max"
  elif [ -d "$v1" ]; then
    groups+=("$v1/lock-exporter-e2e.$$")
    mkdir "${groups[1]}"
    printf '%s 1048576\n' "$device" > "${groups[1]}/blkio.throttle.write_bps_device" || return 1
  else
    return 1
  fi
}

remove_slow_groups() {
  rmdir "${groups[@]}" 2> /dev/null || true
}

blocked_seconds() { metric openclaw_lock_gateway_blocked_seconds_total gateway=slow; }
stalled_seconds() { metric openclaw_lock_gateway_disk_stalled_seconds_total gateway=slow severity=some; }

# Prints for how many seconds the main thread of PID was blocked at the disk, when it is ended.
LOOKS='
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
path, blocked, before = "/proc/%s/stat" % sys.argv[1], 0, time.monotonic()
try:
    while True:
        print(round(blocked, 2), flush=True)
        time.sleep(0.02)
        now = time.monotonic()
        with open(path) as file:
            if file.read().rpartition(")")[2].split()[0] == "D":
                blocked += now - before
        before = now
except OSError:
    pass
'

slow_group() {
  local blocked stalled seen
  groups=()
  on_exit+=(remove_slow_groups)
  if ! make_slow_groups 2> "$work/groups.log"; then
    printf '# no control group limits writes here: %s\n' "$(tail -n 1 "$work/groups.log")"
    return
  fi
  new_state slow
  start_exporter "--openclaw.state-dir=slow=$state"
  cp "$(command -v dd)" "$work/openclaw-writer"
  # shellcheck disable=SC2016  # expanded by the inner shell
  background env "OPENCLAW_STATE_DIR=$state" bash -c '
    for group in "${@:3}"; do echo $$ > "$group/cgroup.procs"; done
    exec -a openclaw-writer "$1" if=/dev/zero "of=$2/written" bs=256k count=1000000 oflag=direct' \
    bash "$work/openclaw-writer" "$state" "${groups[@]}" 2> /dev/null
  writer=$(innermost "$job")
  expect_metric_above 'the process is seen at the disk' 0 openclaw_lock_gateway_blocked_seconds_total gateway=slow
  expect_metric_above 'and the pressure of its group' 0 openclaw_lock_gateway_disk_stalled_seconds_total gateway=slow \
    severity=some
  # A look beside it tells how long it was really blocked, on a busy machine too.
  background python3 -c "$LOOKS" "$writer" > "$work/looks"
  wait_for "$PATIENCE" test -s "$work/looks"
  blocked=$(blocked_seconds)
  stalled=$(stalled_seconds)
  wait_rounds slow 30
  blocked=$(awk -v a="$blocked" -v b="$(blocked_seconds)" 'BEGIN { print b - a }')
  stalled=$(awk -v a="$stalled" -v b="$(stalled_seconds)" 'BEGIN { print b - a }')
  kill -TERM "$job"
  wait_for "$PATIENCE" has_ended "$job"
  seen=$(tail -n 1 "$work/looks")
  is_most_of_it() { # SECONDS
    awk -v told="$1" -v seen="$seen" 'BEGIN { exit !(told >= 0.7 * seen && seen > 0) }'
  }
  check "a slow group: a thread was blocked for $blocked of $seen s" is_most_of_it "$blocked"
  check "a slow group: the group's io pressure was $stalled of $seen s" is_most_of_it "$stalled"
  kill -KILL "$writer"
  wait_for "$PATIENCE" has_ended "$writer"
  stop_exporter
  check_equal 'a slow group: a clean end' 0 "$exporter_status"
}

containers
slow_group
finish
