#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The two blocks of the runbooks that move a lock, as printed: wherever anything about its holder is not known the lock
# must stay, the same file at the same place; else it is moved, and the block says where it is.
# Runs: among gateways
# shellcheck disable=SC2119,SC2317  # functions are called by name, and some without what they may take
set -euo pipefail
alerts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$alerts/../.." && pwd)
# shellcheck source=tests/e2e/e2e.sh
. "$alerts/../e2e/e2e.sh"

need cc pgrep ps python3 setpriv
need_root
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'needs the initial PID namespace'

mkdir -p "$work/blocks" "$work/fakes" "$work/bin" "$work/host/home" "$work/host/logs"
chmod 755 "$work"
python3 "$alerts/runbook_pages.py" blocks "$root" "$work/blocks"
block_of() { # EFFECT
  echo "$work/blocks/$(awk -F '\t' -v effect="$1" '$5 == effect { print $1 }' "$work/blocks/index").sh"
}
host_block=$(block_of lock_removed)
pod_block=$(block_of kubernetes_lock_removed)
state=$work/host/home/.openclaw
sessions=$(made_session_dir "$state")
lock=$sessions/a.jsonl.lock
removed=$state/agents/main/removed-locks
for name in kubectl sudo; do ln -s "$alerts/fake_command.py" "$work/bin/$name"; done
chmod 777 "$work/fakes"
build_actor

LONG_AGO=2026-11-20T03:00:00.000Z
find_free_pid
gone=$pid # no process has it

# ---- running a block

settings=() # for the stand-ins
through=()  # what to run the block through
run_block() { # BLOCK [LOCK]
  sed -e "s|^LOCK='' # fill in$|LOCK='${2:-}' # fill in|" -e "s|^STATE=.*|STATE=$state|" "$1" > "$work/run.sh"
  "${through[@]}" env -i PATH="$work/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME="$work/host/home" \
    FAKE_STATE="$work/fakes" FAKE_HOST="$work/host" "${settings[@]}" timeout 60 sh "$work/run.sh" \
    > "$work/out" 2>&1 < /dev/null || true
}
on_host() { run_block "$host_block" "${1-$lock}"; }
inside_lock=/home/node/.openclaw/agents/main/sessions/a.jsonl.lock
# shellcheck disable=SC2120  # called through refuses and moves
in_pod() { run_block "$pod_block" "${1:-$inside_lock}"; }

dead_lock() { # [PID] [STARTTIME] [CREATED_AT]
  rm -f "$lock"
  make_lock "$lock" "${1:-$gone}" "${2-12345}" "${3:-$LONG_AGO}"
  touch --date="${3:-$LONG_AGO}" "$lock"
}

picture() { stat -c '%d:%i %s %Y' "$lock" 2> /dev/null && cksum < "$lock"; }

# It must stay, for this reason.
refuses() { # TEXT REASON COMMAND...
  local before
  before=$(picture || true)
  "${@:3}"
  if [ "$(picture || true)" = "$before" ] && grep --quiet -e "left alone: .*$2" "$work/out"; then
    ok "$1: $(tail -n 1 "$work/out")"
  else
    not_ok "$1" "$(cat "$work/out")"
  fi
}

moves() { # TEXT COMMAND...
  local before
  rm -rf "$removed"
  before=$(cksum < "$lock")
  "${@:2}"
  if [ ! -e "$lock" ] && [ "$(cat "$removed"/a.jsonl.lock.* | cksum)" = "$before" ] &&
    grep --quiet 'moved to .*/removed-locks/a.jsonl.lock.2' "$work/out"; then
    ok "$1"
  else
    not_ok "$1" "$(cat "$work/out")"
  fi
}

# A command in front of the real one, to change something in between.
stand_in() { # DIRECTORY NAME SCRIPT
  mkdir -p "$1"
  printf '#!/bin/sh\n%s\nexec /usr/bin/%s "$@"\n' "$3" "$2" > "$1/$2"
  chmod 755 "$1/$2"
}

# The block says of a live holder that it lives, and leaves it alone.
holder_lives() { # TEXT [OPTION OF actor hold...]
  rm -f "$lock"
  start_holder "$lock" --age=4000000 "${@:2}"
  touch --date='1 hour ago' "$lock"
  refuses "$1" 'its holder runs as process' on_host
  kill_holder
}

# ---- on a host

dead_lock
moves 'a dead holder' on_host
check 'the directory of moved locks is private' [ "$(stat -c %a "$removed")" = 700 ]
dead_lock $$ 12345
moves 'a recycled pid' on_host
dead_lock
printf '{"pid":%s,"createdAt":"%s","starttime":5,"maxHoldMs":1020000}\n' "$gone" "$LONG_AGO" > "$lock"
touch --date="$LONG_AGO" "$lock"
moves 'a dead holder, its lock in one line' on_host

holder_lives 'a live holder'
holder_prefix=(unshare --pid --fork --kill-child)
holder_lives 'a live holder in a PID namespace of its own'
holder_prefix=(setpriv --reuid=65534 --clear-groups)
chmod 777 "$sessions"
holder_lives 'a live holder of another user'
chmod 755 "$sessions"
holder_prefix=()
holder_lives 'a holder whose main thread ended' --leader-exits

in_own_namespace() { through=(unshare --pid --fork --mount-proc --kill-child) && on_host && through=(); }
with_hidepid() {
  # shellcheck disable=SC2016  # expanded by the inner shell
  through=(unshare --mount sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' sh "$@")
  on_host
  through=()
}
other_user=(setpriv --reuid=65534 --clear-groups)
as_other_user() { through=("${other_user[@]}") && on_host && through=(); }
dead_lock
refuses 'in a container' 'not root on the host' in_own_namespace
refuses 'another user' 'not root on the host' as_other_user
refuses 'another user, and processes are hidden' 'not root on the host' with_hidepid "${other_user[@]}"
without_rights=(setpriv --bounding-set=-all --inh-caps=-all)
refuses 'root without the right to see all' 'not root on the host' with_hidepid "${without_rights[@]}"
start_holder "$sessions/b.jsonl.lock" --age=4000000
cp "$sessions/b.jsonl.lock" "$lock"
touch --date='1 hour ago' "$lock"
refuses 'a live holder, and processes are hidden from others' 'its holder runs' with_hidepid
end_holder
dead_lock
moves 'a dead holder, and processes are hidden from others' with_hidepid

dead_lock "$gone" ''
refuses 'no start time, and nobody has the pid' 'no start time' on_host
start_holder "$sessions/b.jsonl.lock" --no-starttime --age=4000000
cp "$sessions/b.jsonl.lock" "$lock"
refuses 'no start time, and its holder lives' 'no start time' on_host
end_holder
dead_lock "$gone" 12345 "$(date --utc +%FT%T.000Z)"
refuses 'just made' 'younger\|it is .* s old' on_host
dead_lock "$gone" 12345 "$(date --utc --date='1 day' +%FT%T.000Z)"
refuses 'made in the future' 's old' on_host
dead_lock
touch "$lock"
refuses 'made long ago by what it says, and written now' 's old' on_host
dead_lock "$gone" 12345 "$(date --utc --date='10 minutes ago' +%FT%T.000Z)"
sed -i 's/12345/12345,\n  "maxHoldMs": 1020000/' "$lock"
touch --date='10 minutes ago' "$lock"
refuses 'older than 300 s, but not than its own limit' 'for 1020 s' on_host
for content in '' '{' '{"pid": 0x10, "starttime": 1}' '{"pid": "12", "starttime": 1}' \
  '{"pid": 12.5, "starttime": 1}' '{"pid": 4, "starttime": 5}' \
  '{"pid": 4, "starttime": 5, "createdAt": "yesterday"}' \
  '{"pid": 4, "pid": 5, "starttime": 5, "createdAt": "2026-11-20T03:00:00.000Z"}'; do
  rm -f "$lock"
  printf '%s' "$content" > "$lock"
  touch --date="$LONG_AGO" "$lock"
  refuses "its content is '$content'" 'not a file\|no pid\|not known' on_host
done
dead_lock
mv "$lock" "$work/elsewhere"
ln -s "$work/elsewhere" "$lock"
refuses 'a symbolic link' 'not a file' on_host
rm "$lock"

dead_lock
exec {open}< "$lock"
refuses 'a process has it open' 'has it open' on_host
exec {open}<&-

gateway() { # TEXT VARIABLE [COMMAND...]
  cp "$actor" "$work/openclaw-gateway"
  # shellcheck disable=SC2016  # expanded by the inner shell
  background env -i "$2" "${@:3}" bash -c 'exec -a openclaw-gateway "$0"' "$work/openclaw-gateway"
  wait_for "$PATIENCE" pgrep --full --exact openclaw-gateway > /dev/null
  refuses "$1" 'OpenClaw' on_host
  kill_family "$job"
}
gateway 'a gateway runs' "HOME=$work/host/home"
gateway 'a gateway runs, its directory is named' "OPENCLAW_STATE_DIR=$state"
gateway 'a gateway runs of nobody knows what' "HOME=/nonexistent"
gateway 'a gateway runs in a PID namespace of its own' "HOME=$work/host/home" unshare --pid --fork --kill-child
for words in '/app/dist/index.js gateway' '/usr/lib/node_modules/openclaw/openclaw.mjs agent'; do
  read -r -a arguments <<< "$words"
  background env -i HOME="$work/host/home" python3 -c 'import signal; signal.pause()' "${arguments[@]}"
  wait_for "$PATIENCE" pgrep --full "signal.pause.*${arguments[0]}" > /dev/null
  refuses "OpenClaw runs as $words" 'OpenClaw runs' on_host
  kill_family "$job"
done
mkdir -p "$work/host/other/.openclaw"
cp "$actor" "$work/openclaw-gateway"
# shellcheck disable=SC2016  # expanded by the inner shell
background env -i HOME="$work/host/other" bash -c 'exec -a openclaw-gateway "$0"' "$work/openclaw-gateway"
moves 'a gateway runs, on another directory' on_host
kill_family "$job"
dead_lock
cp "$actor" "$work/smbd"
background "$work/smbd" idle
refuses 'the host serves files to others' 'smbd runs' on_host
kill_family "$job"

new_namespace "$state"
enter_namespace "$namespace_pid"
holder_prefix=("${inside[@]}")
rm -f "$lock"
start_holder /home/node/.openclaw/agents/main/sessions/a.jsonl.lock --age=4000000
touch --date='1 hour ago' "$lock"
refuses 'a live holder in a container' 'its holder runs' on_host
pod_look=$(awk -F '\t' '$5 == "-" && $6 ~ /DEAD/ { print $1 }' "$work/blocks/index")
settings=(FAKE_NAMESPACE="$namespace_pid")
run_block "$work/blocks/$pod_look.sh"
check "Kubernetes' look: it lives" grep --quiet '^ALIVE .*/a.jsonl.lock' "$work/out"
kill_holder
run_block "$work/blocks/$pod_look.sh"
check "Kubernetes' look: it was killed" grep --quiet '^DEAD here .*/a.jsonl.lock' "$work/out"
rm -f "$lock"
start_holder /home/node/.openclaw/agents/main/sessions/a.jsonl.lock --no-starttime
run_block "$work/blocks/$pod_look.sh"
check "Kubernetes' look: it lives, and has no start time" grep --quiet '^UNKNOWN .*/a.jsonl.lock' "$work/out"
kill_holder
settings=()
holder_prefix=()
kill_family "$namespace_pid"

dead_lock
settings=(PATH="$work/between:/usr/sbin:/usr/bin:/sbin:/bin")
stand_in "$work/between" find "printf '{\"pid\": $$}' > '$lock.new' && mv '$lock.new' '$lock'"
on_host
check 'another took it in between' grep --quiet 'left alone: it has changed' "$work/out"
check_equal 'and it is still there' "{\"pid\": $$}" "$(cat "$lock")"
rm -r "$work/between"
dead_lock
stand_in "$work/between" find "touch '$lock'"
on_host
check 'it was written in between' grep --quiet 'left alone: it has changed' "$work/out"
rm -r "$work/between"
dead_lock
# shellcheck disable=SC2016  # expanded by the stand-in
stand_in "$work/between" mv "if [ ! -e '$work/once' ]; then
  : > '$work/once'
  printf '{\"pid\": $$}' > '$lock.new' && /usr/bin/mv '$lock.new' '$lock'
fi"
on_host
check 'another took it while it was moved' grep --quiet 'left alone: it changed while' "$work/out"
check_equal 'and it is there again' "{\"pid\": $$}" "$(cat "$lock")"
rm -r "$work/between"
dead_lock
# shellcheck disable=SC2016  # expanded by the stand-in
stand_in "$work/between" stat '[ "$1" != -f ] || { echo nfs; exit; }'
refuses 'a network file system' 'is on nfs' on_host
# shellcheck disable=SC2016  # expanded by the stand-in
stand_in "$work/between" timeout 'case $3 in -f) exit 124 ;; esac'
refuses 'a mount that does not answer' 'does not answer' on_host
# shellcheck disable=SC2016  # expanded by the stand-in
stand_in "$work/between" timeout 'case $2 in find) exit 124 ;; esac'
rm "$work/between/stat"
refuses 'a search of open files that does not end' 'not known whether' on_host
rm -r "$work/between"
settings=()

# shellcheck disable=SC2016  # expanded by the inner shell
mount_read_only='mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
read_only() { through=(unshare --mount sh -c "$mount_read_only" sh "$state") && on_host && through=(); }
rm -rf "$removed"
refuses 'a read-only file system' 'cannot be made' read_only
mkdir "$removed"
refuses 'a read-only file system with the directory there' 'cannot be made\|cannot be moved' read_only
rm -r "$removed"

small=$work/small
mkdir "$small"
mount -t tmpfs -o mode=755,nr_inodes=6 none "$small"
mounts+=("$small")
state_before=$state lock_before=$lock
state=$small/.openclaw
sessions=$(made_session_dir "$state")
lock=$sessions/a.jsonl.lock
dead_lock
refuses 'no space' 'cannot be made' on_host
state=$state_before lock=$lock_before sessions=${lock_before%/*}

dead_lock
refuses 'a lock of another state directory' 'no such lock below' on_host "$small/.openclaw${lock#"$state"}"
refuses 'a lock that is not there' 'no such lock below' on_host "$sessions/none.jsonl.lock"
on_host ''
check 'with nothing filled in it moves nothing' [ -e "$lock" ]

# ---- in Kubernetes

alone=(FAKE_REPLICAS=0 FAKE_VOLUME_POD=yes)
settings=("${alone[@]}")
moves 'Kubernetes: a dead holder' in_pod
dead_lock
refuses_in_pod() { # TEXT REASON SETTING...
  settings=("${alone[@]}" "${@:3}")
  refuses "Kubernetes: $1" "$2" in_pod
  settings=("${alone[@]}")
}
refuses_in_pod 'the gateway runs' 'openclaw-6d5f' FAKE_REPLICAS=1
refuses_in_pod 'another pod has the volume' report-2 'FAKE_OTHER_PODS=report-2 Running openclaw-home-pvc'
refuses_in_pod 'a pod that is to start has the volume' report-2 'FAKE_OTHER_PODS=report-2 Pending openclaw-home-pvc'
refuses_in_pod 'pods may not be listed' 'nobody' FAKE_API=forbidden
refuses_in_pod 'there is no pod with the volume' 'nobody' FAKE_VOLUME_POD=
refuses_in_pod 'the volume is read-only' 'cannot be made\|cannot be moved' FAKE_READ_ONLY=yes
dead_lock "$gone" ''
refuses_in_pod 'no start time' 'no start time'
dead_lock "$gone" 12345 "$(date --utc +%FT%T.000Z)"
refuses_in_pod 'just made' 'younger'
dead_lock
touch "$lock"
refuses_in_pod 'written now' 'younger'
rm "$lock"
: > "$lock"
refuses_in_pod 'empty' 'not a file'
rm -r "$removed"
dead_lock
refuses_in_pod 'the volume is read-only, and the directory is to be made' 'cannot be made' FAKE_READ_ONLY=yes
# shellcheck disable=SC2016  # expanded by the stand-in
stand_in "$work/fakes/tmp/bin" stat '[ "$1" != -f ] || { echo nfs; exit; }'
refuses_in_pod 'a network file system' 'is on nfs'
rm "$work/fakes/tmp/bin/stat"
stand_in "$work/fakes/tmp/bin" mkdir "touch '$inside_lock'"
in_pod
check 'Kubernetes: it was written in between' grep --quiet 'left alone: it has changed' "$work/out"
rm "$work/fakes/tmp/bin/mkdir"
dead_lock
settings=("${alone[@]}")
refuses 'Kubernetes: a lock that is not there' 'no such lock' in_pod "$inside_lock.none"
run_block "$pod_block"
check 'Kubernetes: with nothing filled in it only lists' grep --quiet --line-regexp "$inside_lock" "$work/out"
check 'and moves nothing' [ -e "$lock" ]
finish
