#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# "Read only" as a promise of the kernel: each thread of the running exporter is confined, and an intruder in any of its
# parts cannot change a state directory or run anything.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need cc curl
state=$work/state
locks=$(made_session_dir "$state")
make_lock "$locks/a.jsonl.lock" 4194305 1
printf '{"0":"ready","_meta":{"logLevelId":3}}\n' > "$state/gateway.log"
mkdir "$work/storage" "$work/textfile" "$work/sockets"
chmod 755 "$work"
cc -O1 -Wall -Wextra -o "$work/intruder" "$e2e/intruder.c" -ldl
cc -O1 -Wall -Wextra -shared -fPIC -o "$work/intruder.so" "$e2e/intruder.c" -ldl
sanitized=no
! grep --quiet --binary-files=text '__[at]san_init' "$BINARY" || sanitized=yes
thread_sanitized=no
! grep --quiet --binary-files=text '__tsan_init' "$BINARY" || thread_sanitized=yes

flags=("--openclaw.state-dir=main=$state" "--openclaw.log=main=$state/gateway.log"
  "--storage.path=$work/storage" "--textfile.path=$work/textfile/openclaw.prom")

fingerprint() {
  (cd "$state" && find . -exec stat --format='%n %f %u %g %s %Y %Z' {} + | sort && cat "$locks/a.jsonl.lock")
}
before=$(fingerprint)

# Values of a field of all its threads, each once. ThreadSanitizer has one of its own, older than all that the exporter
# does.
of_threads() { # FIELD
  local status files=()
  for status in "/proc/$exporter_pid"/task/*/status; do
    grep --quiet '^NoNewPrivs:.0$' "$status" && [ "$thread_sanitized" = yes ] || files+=("$status")
  done
  cat "${files[@]}" 2> /dev/null | awk -v field="$1:" '$1 == field { print $2 }' | sort --unique |
    paste --serial --delimiters=' '
}

# ---- what the kernel says of each thread

check_threads() { # TEXT CAPABILITIES
  check_equal "$1: no new privileges" 1 "$(of_threads NoNewPrivs)"
  check_equal "$1: a filter of system calls" 2 "$(of_threads Seccomp)"
  check_equal "$1: capabilities" "$2" "$(of_threads CapPrm) $(of_threads CapEff)"
  check_equal "$1: no others to be had" '0000000000000000 0000000000000000 0000000000000000' \
    "$(of_threads CapInh) $(of_threads CapBnd) $(of_threads CapAmb)"
}

start_exporter "${flags[@]}"
none=0000000000000000
own=$none
[ "$(id -u)" -ne 0 ] || own=0000000000080004
[ "$(id -u)" -ne 0 ] || check_threads "as $(id -un)" "$own $own"
check_equal 'one line tells how it is confined' 1 "$(grep --count 'msg=confined seccomp=yes' "$exporter_log")"
expect_metric 'it works: locks' 1 openclaw_lock_files gateway=main kind=session holder=dead
expect_metric 'it works: logs' 1 openclaw_lock_log_files gateway=main
check 'it works: the text file' wait_for "$PATIENCE" [ -s "$work/textfile/openclaw.prom" ]
check 'it works: positions are kept' wait_for "$PATIENCE" test -s "$work/storage/positions"
stop_exporter
check_equal 'it ends with status 0' 0 "$exporter_status"
check_equal 'readers are refused no call that they make' '' "$(grep 'msg="a system call was refused' "$exporter_log" || true)"

if [ "$(id -u)" -eq 0 ] && command -v setpriv > /dev/null; then
  cp "$BINARY" "$work/exporter"
  chown -R 65534 "$work/storage" "$work/textfile"
  built=$BINARY
  BINARY=$work/exporter
  exporter_prefix=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  start_exporter "${flags[@]}"
  check_equal 'another user: no capability' "$none $none" "$(of_threads CapPrm) $(of_threads CapEff)"
  check_equal 'another user: a filter of system calls' '1 2' "$(of_threads NoNewPrivs) $(of_threads Seccomp)"
  [ "$sanitized" = yes ] ||
    check_equal 'another user: its memory is closed to that user' 0 "$(stat --format=%u "/proc/$exporter_pid/environ")"
  stop_exporter
  check_equal 'another user: it ends with status 0' 0 "$exporter_status"
  exporter_prefix=()
  # Root without its rights over files of others can still write there.
  BINARY=$built
  start_exporter "${flags[@]}"
  check_equal 'root: one thread more that may write to the directories of another user' \
    '0000000000080004 0000000000080006' "$(of_threads CapEff)"
  rm "$work/textfile/openclaw.prom"
  check 'root: which it does' wait_for "$PATIENCE" [ -s "$work/textfile/openclaw.prom" ]
  stop_exporter
  chown -R 0 "$work/storage" "$work/textfile"
fi

# ---- an intruder in each of its parts

deeds='unlink rename write create mkdir link symlink truncate chmod chown xattr exec fork ptrace signal udp connect'
refused() { # PART
  local deed
  for deed in $deeds; do
    grep --quiet --line-regexp "intruder $1 $deed refused" "$exporter_log" ||
      printf '%s ' "$(grep --only-matching "intruder $1 $deed .*" "$exporter_log" || printf '%s untried' "$deed")"
  done
}

has_tried() { # PART
  grep --quiet "intruder $1 connect" "$exporter_log"
}

more_flags=()
intrude() { # TEXT PART...
  local text=$1 part
  shift
  if [[ $* = *writer* ]]; then start_exporter "${flags[@]}"; else start_exporter "${flags[@]:0:2}" "${more_flags[@]}"; fi
  for part in "$@"; do
    wait_for "$PATIENCE" has_tried "$part" || true
    check_equal "$text: an intruder in the $part part is refused all" '' "$(refused "$part")"
  done
  stop_exporter
  check_equal "$text: what readers are not known to need is told once" 1 "$(grep --count 'call=symlink number=' "$exporter_log")"
}

# A listener for the connection that must not be made.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
if [ "$sanitized" = yes ]; then
  printf 'skipped: an intruder: a sanitizer wants to be loaded first\n'
else
  printf '%s\n' '{"0":"more","_meta":{"logLevelId":3}}' >> "$state/gateway.log"
  before=$(fingerprint)
  exporter_prefix=(env "LD_PRELOAD=$work/intruder.so" "INTRUDER_STATE=$state" "INTRUDER_PORT=$port")
  intrude 'here' first reader writer server
  # It may make and remove one, there; the network is Landlock's to refuse since its fourth version.
  if grep --quiet 'msg=confined seccomp=yes landlock=\([4-9]\|[1-9][0-9]\) ' "$exporter_log"; then
    more_flags=("--web.listen-address=unix:$work/sockets/socket")
    intrude 'with a unix socket' server
    check_equal 'with a unix socket: it is gone at the end' '' "$(find "$work/sockets" -type s)"
    more_flags=()
  fi
  exporter_prefix=("$work/intruder" env "LD_PRELOAD=$work/intruder.so" "INTRUDER_STATE=$state" "INTRUDER_PORT=$port")
  # A writer is then confined to writing, but not to its directories; without one nothing can be changed.
  intrude 'without Landlock' first reader server
  check 'without Landlock: the log says so' grep --quiet 'msg=confined seccomp=yes landlock=no .*missing=.*landlock' "$exporter_log"
fi
check_equal 'the state directory is as it was' "$before" "$(fingerprint)"
finish
