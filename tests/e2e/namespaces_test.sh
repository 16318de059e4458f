#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Verdicts on holders across PID, mount, user and time namespaces and with little sight of /proc: right where they can be
# proven, unknown where not, and never dead or recycled while the holder lives.
#
#   SOAK_SECONDS=10   how long the random arrangements at the end go on
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need_root
need cc curl nsenter pgrep setpriv unshare
can_unshare --pid --fork --mount --mount-proc || skip 'cannot make PID and mount namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
[ "$(stat --file-system --format=%T "$work")" != nfs ] || skip '/tmp is on NFS'
build_actor
chmod 755 "$work"

SOAK_SECONDS=${SOAK_SECONDS:-10}
INNER=/home/node/.openclaw
INNER_LOCKS=$INNER/agents/main/sessions

# Sets state and locks: a new state directory and the session directory in it.
new_state() { # NAME
  state=$work/$1/.openclaw
  locks=$(made_session_dir "$state")
}

ticks_of() { # PID
  sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

# Clock ticks since boot.
ticks_have_passed() { # TICKS
  awk -v ticks="$1" '{ exit !($1 * 100 > ticks) }' /proc/uptime
}

# A process that is about as young as a lock may have written it, whatever the lock says: the boot time is known to within
# a second. Waits until the holder is older than that.
age_lock() {
  wait_for "$PATIENCE" ticks_have_passed $(($(ticks_of "$holder_pid") + 350))
}

# ---- seen from the host

outside() {
  new_state outside
  start_exporter --openclaw.state-dir="outside=$state"

  new_namespace "$state"
  enter_namespace "$namespace_pid"
  holder_prefix=("${inside[@]}")
  start_holder "$INNER_LOCKS/a.jsonl.lock"
  expect_holders 'a holder in a container is alive' outside alive
  age_lock
  check 'its pid is another one outside' [ "$holder_pid" != "$holder_inner_pid" ]
  kill_holder
  expect_holders 'it is dead after SIGKILL, while the container runs on' outside dead
  background "${inside[@]}" "$actor" as "$holder_inner_pid" "$actor" idle
  expect_holders 'recycled once another process of the container has its pid' outside recycled
  clear_locks outside "$locks"

  start_holder "$INNER_LOCKS/b.jsonl.lock"
  expect_holders 'the next holder is alive' outside alive
  end_holder "$holder_pid"
  expect_holders 'and gone after a release' outside ''

  start_holder "$INNER_LOCKS/c.jsonl.lock"
  expect_holders 'a holder in a container is alive again' outside alive
  kill -KILL "$namespace_pid"
  wait_for "$PATIENCE" has_ended "$holder_pid"
  expect_holders 'dead after the end of the whole container' outside dead
  clear_locks outside "$locks"

  # The next container has the same pids.
  find_free_pid
  new_namespace "$state"
  enter_namespace "$namespace_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/d.jsonl.lock"
  age_lock
  kill -KILL "$namespace_pid"
  wait_for "$PATIENCE" has_ended "$holder_pid"
  new_namespace "$state"
  enter_namespace "$namespace_pid"
  background "${inside[@]}" "$actor" as "$pid" "$actor" idle
  expect_holders 'recycled when a restarted container gave the pid to another process' outside recycled
  kill -KILL "$namespace_pid"
  holder_prefix=()
  clear_locks outside "$locks"
}

host_holders() {
  start_holder "$locks/plain.jsonl.lock"
  expect_holders 'a holder on the host is alive' outside alive
  age_lock
  kill_holder
  expect_holders 'dead after SIGKILL' outside dead
  background "$actor" as "$holder_inner_pid" "$actor" idle
  expect_holders 'recycled when its pid is used again' outside recycled
  kill_family "$job"
  clear_locks outside "$locks"

  start_holder "$locks/zombie.jsonl.lock" --fork
  expect_holders 'a forked holder is alive' outside alive
  kill -KILL "$holder_pid"
  expect_holders 'dead as a zombie' outside dead
  check 'it is a zombie' grep --quiet '^State:.Z' "/proc/$holder_pid/status"
  kill_family "$holder_job"
  clear_locks outside "$locks"

  start_holder "$locks/leaderless.jsonl.lock" --leader-exits
  check 'its main thread has exited' wait_for "$PATIENCE" grep --quiet '^State:.Z' "/proc/$holder_pid/status"
  expect_holders 'a holder whose other thread lives is alive' outside alive
  kill_holder
  expect_holders 'dead after SIGKILL of all its threads' outside dead
  clear_locks outside "$locks"

  start_holder "$locks/old.jsonl.lock" --no-starttime
  expect_holders 'alive without starttime' outside alive
  kill_holder
  expect_holders 'dead without starttime' outside dead
  clear_locks outside "$locks"

  background "$actor" idle
  make_lock "$locks/older.jsonl.lock" "$job" '' "$(date --utc --date='1 hour ago' +%Y-%m-%dT%H:%M:%S.000Z)"
  touch --date='1 hour ago' "$locks/older.jsonl.lock"
  expect_holders 'recycled without starttime: the process is younger than the lock' outside recycled
  kill_family "$job"
  clear_locks outside "$locks"

  background "$actor" idle
  make_lock "$locks/wrong.jsonl.lock" "$job" 12345
  expect_holders 'recycled: the process has another start time' outside recycled
  kill_family "$job"
  clear_locks outside "$locks"

  background setpriv --reuid 65534 --regid 65534 --clear-groups "$actor" idle
  make_lock "$locks/other_user.jsonl.lock" "$job" "$(ticks_of "$job")"
  expect_holders 'a holder of another user is alive' outside alive
  kill_family "$job"
  clear_locks outside "$locks"
}

# A time namespace shifts the start times that its processes read of themselves.
time_namespaces() {
  local offset
  if ! can_unshare --time --boottime 1000; then
    printf 'skipped: no time namespaces here\n'
    return
  fi
  for offset in 1000000 -100; do
    new_namespace "$state" --time --boottime "$offset"
    enter_namespace "$namespace_pid" --time
    holder_prefix=("${inside[@]}")
    start_holder "$INNER_LOCKS/time.jsonl.lock"
    expect_holders "alive in a time namespace shifted by $offset s" outside alive
    kill_holder
    expect_holders "dead in a time namespace shifted by $offset s, having been seen alive" outside dead
    kill -KILL "$namespace_pid"
    holder_prefix=()
    clear_locks outside "$locks"
  done
}

user_namespaces() {
  if ! can_unshare --user --map-root-user --pid --fork --mount --mount-proc; then
    printf 'skipped: no user namespaces here\n'
    return
  fi
  new_namespace "$state" --user --map-root-user
  enter_namespace "$namespace_pid" --user --preserve-credentials
  holder_prefix=("${inside[@]}")
  start_holder "$INNER_LOCKS/user.jsonl.lock"
  expect_holders 'alive in a user namespace' outside alive
  kill_holder
  expect_holders 'dead in a user namespace' outside dead
  kill -KILL "$namespace_pid"
  holder_prefix=()
  clear_locks outside "$locks"
}

# A directory tree that "actor" can be run in.
make_root() { # DIRECTORY
  local library
  mkdir -p "$1/proc" "$1/bin"
  cp "$actor" "$1/bin/actor"
  while read -r library; do
    mkdir -p "$1$(dirname "$library")"
    cp --dereference "$library" "$1$library"
  done < <(ldd "$actor" | grep --only-matching '/[^ ]*')
}

# Writers that know the directory in a way that their table of mounts does not show.
odd_views() {
  local jail=$work/jail image=$work/image
  local overlay_locks=.openclaw/agents/main/sessions
  local foreign_job
  make_root "$jail"
  mkdir -p "$jail/$overlay_locks" "$image/upper/$overlay_locks" "$image/work" "$image/merged"
  make_root "$image/lower"
  new_state odd
  start_exporter --openclaw.state-dir="odd=$state" --openclaw.state-dir="jail=$jail/.openclaw" \
    --openclaw.state-dir="upper=$image/upper/.openclaw"

  # A chrooted process is shown only what is mounted below its root, and here that is /proc alone.
  # shellcheck disable=SC2016
  background unshare --mount sh -euc '
    mount -t proc proc "$1/proc"
    exec chroot "$1" /bin/actor hold "/$2/a.jsonl.lock"' sh "$jail" "$overlay_locks" > "$work/jailed"
  check 'a writer runs in a chroot' wait_for "$PATIENCE" grep --quiet '^held' "$work/jailed"
  expect_never_gone 'a holder in a chroot is not dead' jail
  kill_family "$job"
  expect_holders 'dead in a chroot' jail dead
  rm "$jail/$overlay_locks/a.jsonl.lock"
  # shellcheck disable=SC2016
  background unshare --mount sh -euc '
    mount -t proc proc "$1/proc"
    exec chroot "$1" /bin/actor hold --no-starttime "/$2/b.jsonl.lock"' sh "$jail" "$overlay_locks" > "$work/jailed"
  check 'a writer runs in a chroot' wait_for "$PATIENCE" grep --quiet '^held' "$work/jailed"
  expect_never_gone 'a holder in a chroot is not dead (no starttime)' jail
  kill_family "$job"

  # The state directory is not on a volume: the container sees it through an overlay, the host below upperdir.
  # shellcheck disable=SC2016
  background unshare --mount --pid --fork --kill-child sh -euc '
    mount -t overlay -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" overlay "$1/merged"
    mount -t proc proc "$1/merged/proc"
    exec chroot "$1/merged" /bin/actor hold "/$2/a.jsonl.lock"' sh "$image" "$overlay_locks" \
    > "$work/overlaid" 2> "$work/overlay.log"
  if wait_for 3 grep --quiet '^held' "$work/overlaid"; then
    check 'the lock lies in the upper directory' [ -f "$image/upper/$overlay_locks/a.jsonl.lock" ]
    expect_never_gone 'a holder that sees the directory through an overlay is not dead' upper
  else
    printf 'skipped: no overlay here: %s\n' "$(cat "$work/overlay.log")"
  fi
  kill_family "$job"

  # The writer has the /proc of the parent namespace: its own entry there has another number.
  # shellcheck disable=SC2016
  background unshare --pid --fork --kill-child sh -euc 'exec "$1" as 77 "$1" hold "$2"' sh "$actor" \
    "$locks/foreign_proc.jsonl.lock" > "$work/foreign" 2> "$work/unshare.log"
  check 'a writer runs with the /proc of the parent namespace' wait_for "$PATIENCE" grep --quiet '^held' "$work/foreign"
  expect_holders 'alive with the /proc of the parent namespace' odd alive
  kill_family "$job"
  clear_locks odd "$locks"

  # OpenClaw reads /proc/PID/stat with the pid that it knows, which is another process there.
  background "$actor" idle
  local stranger=$job ticks
  ticks=$(ticks_of "$stranger")
  wait_for "$PATIENCE" ticks_have_passed "$((ticks + 10))"
  # shellcheck disable=SC2016
  background unshare --pid --fork --kill-child sh -euc 'exec "$1" as "$3" "$1" hold "--stat=/proc/$3/stat" "$2"' sh \
    "$actor" "$locks/wrong_proc.jsonl.lock" "$stranger" > "$work/foreign" 2> "$work/unshare.log"
  foreign_job=$job
  check 'a writer writes the start time of a stranger' wait_for "$PATIENCE" grep --quiet '^held' "$work/foreign"
  expect_never_gone 'a holder that wrote the start time of a stranger is not dead' odd
  kill_family "$stranger"
  expect_never_gone 'nor when the stranger has ended' odd
  kill_family "$foreign_job"
  clear_locks odd "$locks"
  stop_exporter
}

# ---- two namespaces

two_directories() {
  local first second first_pid second_pid
  new_state first
  first=$state
  local first_locks=$locks
  new_state second
  second=$state
  local second_locks=$locks
  start_exporter --openclaw.state-dir="first=$first" --openclaw.state-dir="second=$second"
  new_namespace "$first"
  first_pid=$namespace_pid
  new_namespace "$second"
  second_pid=$namespace_pid
  find_free_pid
  enter_namespace "$first_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/x.jsonl.lock"
  local first_holder=$holder_pid
  enter_namespace "$second_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/x.jsonl.lock"
  check_equal 'two containers, the same pid' "$pid" "$holder_inner_pid"
  expect_holders 'both are alive: first' first alive
  expect_holders 'both are alive: second' second alive
  kill_holder "$first_holder"
  expect_holders 'one is killed' first dead
  expect_holders 'the other one lives on' second alive
  clear_locks first "$first_locks"

  # The same without starttime: only the directory tells them apart.
  kill_holder
  clear_locks second "$second_locks"
  find_free_pid
  enter_namespace "$first_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/y.jsonl.lock" --no-starttime
  first_holder=$holder_pid
  enter_namespace "$second_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/y.jsonl.lock" --no-starttime
  expect_holders 'both are alive without starttime: first' first alive
  expect_holders 'both are alive without starttime: second' second alive
  kill_holder "$first_holder"
  expect_holders 'one is killed, without starttime' first dead
  expect_holders 'the other one lives on, without starttime' second alive
  kill -KILL "$first_pid" "$second_pid"
  holder_prefix=()
  stop_exporter
}

# Without a root of their own, each of the two namespaces sees both directories.
two_plain_namespaces() {
  local jobs=() first_holder name
  find_free_pid
  rm -f "$work"/*/.openclaw/agents/main/sessions/*
  start_exporter --openclaw.state-dir="first=$work/first/.openclaw" --openclaw.state-dir="second=$work/second/.openclaw"
  for name in first second; do
    # shellcheck disable=SC2016
    background unshare --pid --fork --mount --mount-proc --kill-child sh -euc '
      mount -t tmpfs none /home
      mkdir -p /home/node/.openclaw
      mount --bind "$1" /home/node/.openclaw
      exec "$2" init' sh "$work/$name/.openclaw" "$actor" 2> "$work/unshare.log"
    check 'a plain namespace' wait_for "$PATIENCE" runs_init "$job"
    jobs+=("$job")
    enter_namespace "$(innermost "$job")"
    holder_prefix=("${inside[@]}" "$actor" as "$pid")
    start_holder "$INNER_LOCKS/z.jsonl.lock"
    [ "$name" != first ] || first_holder=$holder_pid
  done
  expect_holders 'both are alive in plain namespaces: first' first alive
  expect_holders 'both are alive in plain namespaces: second' second alive
  kill_holder "$first_holder"
  expect_holders 'one is killed; the other one'\''s process did not get its pid' first dead
  expect_holders 'the other one lives on in a plain namespace' second alive
  for job in "${jobs[@]}"; do kill_family "$job"; done
  holder_prefix=()
  stop_exporter
}

# compose: the gateway and openclaw-cli have one directory and a PID namespace each.
shared_directory() {
  new_state shared
  start_exporter --openclaw.state-dir="shared=$state"
  local first_pid second_pid
  new_namespace "$state"
  first_pid=$namespace_pid
  new_namespace "$state"
  second_pid=$namespace_pid
  find_free_pid
  enter_namespace "$first_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/one.jsonl.lock"
  local first_holder=$holder_pid
  enter_namespace "$second_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/two.jsonl.lock"
  expect_holders 'two containers hold locks in one directory with one pid' shared 'alive alive'
  kill_holder "$first_holder"
  expect_holders 'one of them is killed' shared 'alive dead'
  kill_holder
  expect_holders 'both are killed' shared 'dead dead'
  clear_locks shared "$locks"

  # Without starttime the other container's process may be the holder, for all that can be known.
  find_free_pid
  enter_namespace "$first_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/three.jsonl.lock" --no-starttime
  expect_holders 'alive without starttime in one of two containers' shared alive
  kill_holder
  expect_holders 'dead without starttime in one of two containers' shared dead
  kill -KILL "$first_pid" "$second_pid"
  holder_prefix=()
  stop_exporter
}

# ---- the exporter in a namespace

inside_namespaces() {
  new_state inside
  local writer_pid exporter_namespace
  new_namespace "$state"
  writer_pid=$namespace_pid
  new_namespace "$state"
  exporter_namespace=$namespace_pid

  enter_namespace "$exporter_namespace"
  local sibling=("${inside[@]}")
  exporter_prefix=("${inside[@]}")
  start_exporter --openclaw.state-dir="inside=$INNER"
  find_free_pid
  enter_namespace "$writer_pid"
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/a.jsonl.lock"
  expect_holders 'unknown from a sibling namespace' inside unknown
  expect_metric_above 'the source says why' 0 openclaw_lock_source_problems_total gateway=inside source=processes \
    problem=namespace
  background "${sibling[@]}" "$actor" as "$pid" "$actor" idle
  expect_holders 'still unknown when a process here has that pid' inside unknown
  kill_family "$job"
  kill_holder
  expect_holders 'the death is not known either' inside unknown
  clear_locks inside "$locks"

  # Without starttime, an older process of that pid in the exporter's namespace is easily taken for the holder; its end
  # proves nothing.
  find_free_pid
  background "${sibling[@]}" "$actor" as "$pid" "$actor" idle
  local stranger
  wait_for "$PATIENCE" namespace_has "$exporter_namespace" "$pid"
  stranger=$(innermost "$job")
  holder_prefix=("${inside[@]}" "$actor" as "$pid")
  start_holder "$INNER_LOCKS/b.jsonl.lock" --no-starttime
  wait_rounds inside 3
  kill_holder "$stranger"
  expect_never_gone 'a stranger with that pid ended, the holder in a sibling namespace did not (no starttime)' inside
  kill_holder
  clear_locks inside "$locks"
  stop_exporter

  # As a sidecar that shares the namespace.
  enter_namespace "$writer_pid"
  exporter_prefix=("${inside[@]}")
  holder_prefix=("${inside[@]}")
  start_exporter --openclaw.state-dir="inside=$INNER"
  start_holder "$INNER_LOCKS/c.jsonl.lock"
  expect_holders 'alive from within the same namespace' inside alive
  kill_holder
  expect_holders 'dead from within, having been seen alive' inside dead
  background "${inside[@]}" "$actor" as "$holder_inner_pid" "$actor" idle
  wait_rounds inside 2
  check 'gone when the pid is used again' holder_is_gone inside
  kill_family "$job"
  clear_locks inside "$locks"
  make_lock "$locks/never.jsonl.lock" 31999 123
  expect_holders 'unknown from within, never having been seen alive' inside unknown
  clear_locks inside "$locks"
  stop_exporter

  # In a container with the host's /proc.
  # shellcheck disable=SC2016
  background unshare --mount --pid --fork --kill-child sh -euc '
    mkdir -p "$1/hostproc"
    mount --bind /proc "$1/hostproc"
    mount -t proc proc /proc
    exec "$2" init' sh "$work" "$actor" 2> "$work/unshare.log"
  check 'a container with the host'\''s /proc' wait_for "$PATIENCE" runs_init "$job"
  exporter_namespace=$(innermost "$job")
  enter_namespace "$exporter_namespace"
  exporter_prefix=("${inside[@]}")
  start_exporter --openclaw.state-dir="inside=$state" --path.procfs="$work/hostproc"
  start_holder "$INNER_LOCKS/d.jsonl.lock"
  expect_holders 'alive by the host'\''s /proc' inside alive
  kill_holder
  expect_holders 'dead by the host'\''s /proc' inside dead
  clear_locks inside "$locks"
  make_lock "$locks/never.jsonl.lock" 31999 123
  expect_holders 'dead by the host'\''s /proc, never having been seen alive' inside dead
  clear_locks inside "$locks"
  stop_exporter

  # The exporter has the pid in its container that the gateway had in its own.
  find_free_pid
  # shellcheck disable=SC2016
  exporter_prefix=(unshare --mount --pid --fork --kill-child sh -euc '
    mount --bind /proc "$0/hostproc"
    mount -t proc proc /proc
    exec "$0/actor" as "$@"' "$work" "$pid")
  start_exporter --openclaw.state-dir="inside=$state" --path.procfs="$work/hostproc"
  make_lock "$locks/self_old.jsonl.lock" "$pid" ''
  make_lock "$locks/self_new.jsonl.lock" "$pid" 123
  wait_rounds inside 2
  check_equal 'the exporter does not take itself for a holder (alive)' 0 \
    "$(metric openclaw_lock_files gateway=inside kind=session holder=alive)"
  check_equal 'the exporter does not take itself for the holder'\''s successor' 0 \
    "$(metric openclaw_lock_files gateway=inside kind=session holder=recycled)"
  clear_locks inside "$locks"
  stop_exporter

  # In a time namespace of its own.
  if can_unshare --time --boottime 1000; then
    exporter_prefix=(unshare --time --boottime 500000)
    start_exporter --openclaw.state-dir="inside=$state"
    start_holder "$INNER_LOCKS/e.jsonl.lock"
    expect_holders 'alive from a shifted time namespace' inside alive
    kill_holder
    expect_holders 'dead from a shifted time namespace' inside dead
    clear_locks inside "$locks"
    stop_exporter
  fi
  kill -KILL "$writer_pid" "$exporter_namespace"
  exporter_prefix=()
  holder_prefix=()
}

holder_is_gone() { # GATEWAY
  [[ $(scrape | holders_in "$1") =~ ^(dead|recycled)$ ]]
}

namespace_has() { # INIT_PID PID
  nsenter --target "$1" --pid --mount kill -0 "$2" 2> /dev/null
}

# ---- little sight of /proc

NOBODY=(setpriv --reuid 65534 --regid 65534 --clear-groups)

hidden_processes() {
  local hide
  for hide in 1 2; do
    new_state "hidden$hide"
    # shellcheck disable=SC2016
    exporter_prefix=(unshare --mount sh -euc
      "mount -t proc -o hidepid=$hide proc /proc; exec \"\$@\"" sh "${NOBODY[@]}")
    start_exporter --openclaw.state-dir="hidden=$state"
    start_holder "$locks/a.jsonl.lock"
    expect_holders "unknown under hidepid=$hide" hidden unknown
    expect_metric_above "hidepid=$hide: the source says why" 0 openclaw_lock_source_problems_total gateway=hidden \
      source=processes problem=denied
    kill_holder
    expect_holders "the death is not known under hidepid=$hide" hidden unknown
    clear_locks hidden "$locks"
    holder_prefix=("${NOBODY[@]}")
    chmod 777 "$locks"
    start_holder "$locks/own.jsonl.lock"
    expect_never_gone "a holder of the same user under hidepid=$hide" hidden
    holder_prefix=()
    kill_holder
    stop_exporter
  done
  exporter_prefix=()
}

unprivileged() {
  new_state unprivileged
  exporter_prefix=("${NOBODY[@]}")
  start_exporter --openclaw.state-dir="unprivileged=$state"
  start_holder "$locks/a.jsonl.lock"
  expect_holders 'alive, seen by another user' unprivileged alive
  kill_holder
  expect_holders 'dead, seen by another user' unprivileged dead
  clear_locks unprivileged "$locks"
  new_namespace "$state"
  enter_namespace "$namespace_pid"
  holder_prefix=("${inside[@]}")
  start_holder "$INNER_LOCKS/b.jsonl.lock"
  expect_holders 'alive in a container, seen by another user' unprivileged alive
  kill_holder
  expect_holders 'dead in a container, seen by another user' unprivileged dead
  kill -KILL "$namespace_pid"
  holder_prefix=()
  stop_exporter
  exporter_prefix=()
}

# ---- at random

# Several holders at a time, in random places and ways; each lives for a while and releases its lock. Not one of them may
# ever be called dead or recycled.
soak() {
  new_state soak
  start_exporter --openclaw.state-dir="soak=$state"
  local namespaces=() ends=$((SECONDS + SOAK_SECONDS)) i seen started=0 seen_alive=0 worst=''
  new_namespace "$state"
  namespaces+=("$namespace_pid")
  new_namespace "$state"
  namespaces+=("$namespace_pid")
  if can_unshare --time --boottime 1000; then
    new_namespace "$state" --time --boottime "$((RANDOM * 100))"
    namespaces+=("$namespace_pid")
  fi
  local prefix path options lives=()
  while [ "$SECONDS" -lt "$ends" ]; do
    if [ "${#lives[@]}" -lt 6 ]; then
      prefix=()
      path=$locks
      options=()
      i=$((RANDOM % (${#namespaces[@]} + 1)))
      if [ "$i" -lt "${#namespaces[@]}" ]; then
        enter_namespace "${namespaces[i]}"
        [ "$i" -lt 2 ] || inside+=(--time)
        prefix=("${inside[@]}")
        path=$INNER_LOCKS
        # The pids of the containers collide with each other and with those of the host.
        [ $((RANDOM % 2)) -eq 0 ] || prefix+=("$actor" as $((RANDOM % 40 + 400)))
      fi
      case $((RANDOM % 4)) in
        0) options=(--no-starttime) ;;
        1) options=(--leader-exits) ;;
        2) options=(--fork) ;;
      esac
      started=$((started + 1))
      background "${prefix[@]}" "$actor" hold "${options[@]}" "$path/soak$started.jsonl.lock" > /dev/null 2>&1
      lives+=("$job")
    fi
    seen=$(scrape | holders_in soak)
    [[ ! $seen =~ dead|recycled ]] || worst=$seen
    [[ ! $seen =~ alive ]] || seen_alive=$((seen_alive + 1))
    if [ "${#lives[@]}" -ge 4 ] && [ $((RANDOM % 3)) -eq 0 ]; then
      i=$((RANDOM % ${#lives[@]}))
      local life
      life=$(innermost "${lives[i]}")
      kill -TERM "$life" 2> /dev/null || true
      # A holder that was forked is not waited for by its parent, so that it would be there as a zombie.
      wait_for 1 has_let_go "$life" || true
      kill_family "${lives[i]}"
      unset 'lives[i]'
      lives=("${lives[@]}")
    fi
  done
  check_equal "$started holders at random for $SOAK_SECONDS s: none was called dead while it lived" '' "$worst"
  check 'they were seen alive' [ "$seen_alive" -gt 0 ]
  local dead_before
  dead_before=$(metric openclaw_lock_released_total gateway=soak outcome=abandoned)
  check_equal 'and none was counted as abandoned' 0 "$dead_before"
  stop_exporter
}

has_let_go() { # PID
  [ -z "$(find "/proc/$1/fd" -lname '*.jsonl.lock' 2> /dev/null)" ]
}

outside
host_holders
time_namespaces
user_namespaces
stop_exporter
odd_views
two_directories
two_plain_namespaces
shared_directory
inside_namespaces
hidden_processes
unprivileged
soak
finish
