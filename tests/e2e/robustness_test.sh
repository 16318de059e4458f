#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a host may run out of, for a while: threads, descriptors, inotify. The exporter goes on, says so, and is as before when
# there is enough again. And state directories that come and go leave nothing behind.
#
#   NIGHTLY=1: 1,000 of them, a minute each, instead of 50 that end as soon as they are seen.
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/support/fleet.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/fleet.sh"

need_root
need cc curl nsenter pgrep prlimit python3 setpriv unshare
make_fleet_place

# A user without any other process.
other_user=(setpriv --reuid 64321 --regid 64321 --clear-groups)
# Problems that come back each round show within these.
ROUNDS=10

chmod 755 "$work" "$place"
mkdir "$place/bin"
cp "$BINARY" "$place/bin/openclaw-lock-exporter"
chmod -R a+rX "$place/bin"
BINARY=$place/bin/openclaw-lock-exporter

# Of the readers of locks: a gateway without a log has problems of its own.
problems() { metric openclaw_lock_source_problems_total source=locks; }

reload() {
  curl --noproxy '*' --silent --max-time "$PATIENCE" --output /dev/null --write-out '%{http_code}' --request POST "$url/-/reload"
}

check_end() { # TEXT
  stop_exporter
  check_equal "$1: a clean end" 0 "$exporter_status"
}

# One gateway, or with GLOB those of the fleet, too.
write_config() { # [GLOB]
  printf 'gateways:\n  - name: first\n    state_dir: %s\n' "$place/first/.openclaw" > "$place/config.yml"
  [ -z "${1:-}" ] || printf '  - name: "g{1}"\n    state_dir: %s\n    logs: ["%s"]\n' "$1" \
    "$place/fleet/g{1}/logs/openclaw-*.log" >> "$place/config.yml"
}

# ---- a limit of what runs plus one, and then a hundred gateways more

# The first has no log.
all_watched() { all_up 101 locks && all_up 100 logs; }

threads_run_out() {
  local threads
  write_config
  exporter_prefix=("${other_user[@]}")
  start_exporter --config.file="$place/config.yml"
  expect_metric 'threads: the first gateway is watched' 1 openclaw_lock_source_up gateway=first source=locks
  threads=$(threads_of_exporter)
  "${other_user[@]}" prlimit --pid "$exporter_pid" --nproc="$((threads + 1)):"
  write_config "$place/fleet/g*/.openclaw"
  check_equal "threads: $threads and one more may run; a reload is accepted" 200 "$(reload)"
  check 'threads: a hundred gateways more are watched' wait_for "$((PATIENCE * 3))" all_watched
  wait_rounds first "$ROUNDS" || true
  check 'threads: the first one is watched on' wait_rounds first 2
  check 'threads: all of them are' all_watched
  check 'threads: it looks for gateways on' discovery_goes_on
  "${other_user[@]}" prlimit --pid "$exporter_pid" --nproc="$((threads + 1000)):"
  check 'threads: enough again: all are watched' wait_for "$((PATIENCE * 3))" all_watched
  check_end threads
  exporter_prefix=()
}

discovery_time() { metric openclaw_lock_discovery_last_success_timestamp_seconds; }
discovery_is_newer() { # THAN
  [ "$(discovery_time)" != "$1" ]
}
discovery_goes_on() {
  wait_for "$PATIENCE" discovery_is_newer "$(discovery_time)"
}

# ---- not one descriptor more, for a second

# Lines of the log that tell of it.
told_of_descriptors() { grep --count 'Too many open files' "$exporter_log" || true; }
tells_more_of_descriptors() { # THAN
  [ "$(told_of_descriptors)" -gt "$1" ]
}
highest_descriptor() {
  find "/proc/$exporter_pid/fd" -mindepth 1 -printf '%f\n' | sort -n | tail -n 1
}
is_full_or_done() { # LIMIT
  [ "$(highest_descriptor)" -ge $(($1 - 1)) ] || all_up 101 locks
}

only_first_is_watched() { [ "$(up_gateways locks)" = 1 ]; }

descriptors_run_out() {
  local limit told few
  write_config
  start_exporter --config.file="$place/config.yml"
  expect_metric 'descriptors: the first gateway is watched' 1 openclaw_lock_source_up gateway=first source=locks
  limit=$(prlimit --pid "$exporter_pid" --nofile --noheadings --output HARD)
  # A reload and rounds while there is none at all.
  prlimit --pid "$exporter_pid" --nofile=3:
  kill -HUP "$exporter_pid"
  check 'descriptors: the lack is told' wait_for "$PATIENCE" tells_more_of_descriptors 0
  prlimit --pid "$exporter_pid" --nofile="$limit:"
  expect_metric 'descriptors: the first gateway is up again' 1 openclaw_lock_source_up gateway=first source=locks
  check 'descriptors: it looks for gateways on' discovery_goes_on

  # Enough to take a hundred gateways in, too few to watch them.
  few=$(($(highest_descriptor) + 12))
  prlimit --pid "$exporter_pid" --nofile="$few:"
  told=$(told_of_descriptors)
  write_config "$place/fleet/g*/.openclaw"
  check_equal 'descriptors: few: a reload is accepted' 200 "$(reload)"
  wait_for "$PATIENCE" is_full_or_done "$few" || true
  wait_for 1 tells_more_of_descriptors "$told" || true
  prlimit --pid "$exporter_pid" --nofile="$limit:"
  check 'descriptors: enough again: the reload takes effect' wait_for "$((PATIENCE * 3))" all_up 101 locks
  made_session_dir "$place/fleet/g9999/.openclaw" > /dev/null
  check 'descriptors: one that comes later is found' wait_for "$PATIENCE" all_up 102 locks
  write_config
  check_equal 'descriptors: another reload is accepted' 200 "$(reload)"
  check 'descriptors: and takes effect' wait_for "$PATIENCE" only_first_is_watched
  rm -rf "$place/fleet/g9999"
  check_end descriptors
}

# ---- no inotify for a while

# The limit is of a user namespace that the exporter is started in.
limit_inotify() { # instances|watches COUNT
  # shellcheck disable=SC2016  # expanded by the inner shell
  nsenter --user --target "$exporter_pid" sh -c 'echo "$2" > "/proc/sys/user/max_inotify_$1"' sh "$1" "$2"
}

# Sets before: problems counted until now.
check_no_more_problems() { # TEXT
  local before
  before=$(problems)
  wait_rounds first "$ROUNDS" || true
  check_equal "$1: no problem each round" "$before" "$(problems)"
}

inotify_runs_out() { # instances|watches
  local what=$1 plenty
  if ! unshare --user --map-root-user sh -c 'echo 1 > /proc/sys/user/max_inotify_watches' 2> /dev/null; then
    printf '# no user namespaces: nothing limits inotify here\n'
    return
  fi
  plenty=$(cat "/proc/sys/user/max_inotify_$what")
  write_config
  # shellcheck disable=SC2016  # expanded by the inner shell
  exporter_prefix=(unshare --user --map-root-user sh -c 'echo 0 > "/proc/sys/user/max_inotify_$0" && exec "$@"' "$what")
  start_exporter --config.file="$place/config.yml"
  expect_metric "inotify $what: none: it polls" 1 openclaw_lock_watch_info gateway=first mode=poll
  expect_metric "inotify $what: and reads" 1 openclaw_lock_source_up gateway=first source=locks
  check_no_more_problems "inotify $what"
  limit_inotify "$what" "$plenty"
  expect_metric "inotify $what: free again: it returns to inotify" 1 openclaw_lock_watch_info gateway=first mode=inotify
  check_no_more_problems "inotify $what, free again"

  # Some for one, none for the next.
  limit_inotify "$what" "$(held_of_inotify "$what")"
  write_config "$place/fleet/g*/.openclaw"
  check_equal "inotify $what: no more: a reload is accepted" 200 "$(reload)"
  check "inotify $what: no more: all are read" wait_for "$((PATIENCE * 3))" all_up 101 locks
  expect_metric "inotify $what: no more: the first keeps its watch" 1 openclaw_lock_watch_info gateway=first mode=inotify
  check_no_more_problems "inotify $what, no more"
  limit_inotify "$what" "$plenty"
  check "inotify $what: enough again: all are watched by inotify" wait_for "$((PATIENCE * 3))" watched_by_inotify 101
  check_end "inotify $what"
  exporter_prefix=()
}

watched_by_inotify() { # COUNT
  [ "$(scrape | grep --count '^openclaw_lock_watch_info{.*mode="inotify"} 1$')" -ge "$1" ]
}

watches_of_exporter() { cat "/proc/$exporter_pid/fdinfo/"* 2> /dev/null | grep --count '^inotify wd:' || true; }

held_of_inotify() { # instances|watches
  if [ "$1" = watches ]; then
    watches_of_exporter
  else
    find "/proc/$exporter_pid/fd" -lname 'anon_inode:inotify' | wc -l
  fi
}

# ---- state directories that come and go

series_count() { scrape | grep --count --invert-match '^#'; }

knows_fleet() { scrape | grep --quiet 'gateway="[^"]*g[0-9]\{4\}'; }
forgot_fleet() { ! knows_fleet; }

# What a batch must leave as it was: threads, descriptors, watches, series.
holdings() {
  printf '%s threads, %s descriptors, %s watches, %s series' "$(threads_of_exporter)" "$(descriptors_of_exporter)" \
    "$(watches_of_exporter)" "$(series_count)"
}

holds_again() { # HOLDINGS
  [ "$(holdings)" = "$1" ]
}

one_batch() { # COUNT FIRST LIFE_SECONDS
  local until=$((SECONDS + $3))
  rm -rf "$place/fleet"
  make_fleet "$1" "$2"
  start_fleet "$place/fleet.list"
  wait_for "$((PATIENCE * 3))" all_up "$(($1 + 1))" locks || return 1
  while [ "$SECONDS" -lt "$until" ]; do sleep 1; done
  kill_family "$job"
  rm -rf "$place/fleet" "$place/tmp"
}

state_dirs_come_and_go() {
  local batch=10 batches=5 life=0 i before
  if [ -n "${NIGHTLY:-}" ]; then batch=100 batches=10 life=60; fi
  rm -rf "$work/empty_home/.openclaw"
  mkdir -p "$work/empty_home"
  cp -r "$place/first/.openclaw" "$work/empty_home/.openclaw"
  start_exporter
  expect_metric 'state directories: that of the home is watched' 1 openclaw_lock_gateways origin=discovered
  # What the first of them makes it keep for good is no leak.
  one_batch "$batch" 0 0 || not_ok 'state directories: the first ones are seen'
  check 'state directories: the first ones are forgotten' wait_for "$((PATIENCE * 3))" forgot_fleet
  wait_rounds openclaw 5 || true
  before=$(holdings)
  for ((i = 1; i <= batches; i++)); do
    one_batch "$batch" $((i * batch)) "$life" || not_ok "state directories: batch $i is seen"
  done
  check "state directories: $((batch * batches)) of them are forgotten" wait_for "$((PATIENCE * 3))" forgot_fleet
  if wait_for "$PATIENCE" holds_again "$before"; then
    ok "state directories: nothing is left behind: $before"
  else
    not_ok 'state directories: nothing is left behind' "before: $before
after:  $(holdings)"
  fi
  check_end 'state directories'
  rm -rf "$work/empty_home/.openclaw"
}

made_session_dir "$place/first/.openclaw" > /dev/null
make_fleet 100
chmod -R a+rX "$place"
threads_run_out
descriptors_run_out
inotify_runs_out instances
inotify_runs_out watches
state_dirs_come_and_go
finish
