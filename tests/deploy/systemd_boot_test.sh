#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The units under a running systemd, booted for this test in namespaces of its own: start, status, reload, watchdog,
# stop, the drop-in for other users' state directories, and the user unit.
# shellcheck disable=SC2016,SC2317  # expanded by awk; functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
units=$(cd "$here/../../deploy/systemd" && pwd)
unit=openclaw-lock-exporter.service
need_root
need cc curl ip setpriv unshare nsenter
[ -x /lib/systemd/systemd ] || skip 'needs systemd installed'
! grep --quiet --binary-files=text '__[at]san_init' "$BINARY" ||
  skip 'a sanitizer wants more memory and system calls than the units allow'
build_actor

# Its control groups are made below one of our own, to be removed with it.
groups=()
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
  [ -f "$hierarchy/cgroup.procs" ] || continue
  own=$(awk -F : -v v2="$([ -f "$hierarchy/cgroup.controllers" ] && echo 0 || echo name=systemd)" \
    '$1 == v2 || $2 == v2 { print $3 }' /proc/self/cgroup)
  group=$hierarchy${own%/}/lock-exporter-boot.$$
  mkdir "$group" 2> /dev/null || skip "cannot make a control group in $hierarchy"
  groups+=("$group")
done
[ "${#groups[@]}" -gt 0 ] || skip 'no control groups here'
remove_groups() {
  local group
  for group in "${groups[@]}"; do
    [ ! -e "$group/cgroup.kill" ] || echo 1 > "$group/cgroup.kill"
    wait_for "$PATIENCE" has_removed "$group"
  done
}
has_removed() { # GROUP
  find "$1" -depth -type d -exec rmdir {} + 2> /dev/null
  [ ! -d "$1" ]
}
on_exit+=(end_systemd remove_groups)

boot() {
  local group
  for group in "${groups[@]}"; do echo "$BASHPID" > "$group/cgroup.procs"; done
  exec unshare --pid --fork --mount --uts --ipc --net --cgroup --kill-child \
    bash "$here/systemd_boot.sh" "$work/boot" "$BINARY" "$units" "$actor"
}
mkdir "$work/boot"
background boot > "$work/boot.log" 2>&1
systemd_job=$job
end_systemd() {
  kill -KILL "$systemd_job"
  wait_for "$PATIENCE" has_ended "$systemd_job"
}

systemd_pid=''
is_booted() {
  systemd_pid=$(pgrep --parent "$systemd_job" | head -n 1)
  [ -n "$systemd_pid" ] && [ "$(cat "/proc/$systemd_pid/comm" 2> /dev/null)" = systemd ] &&
    nsenter --target "$systemd_pid" --all systemctl is-active --quiet boot.target 2> /dev/null
}
wait_for "$PATIENCE" is_booted || skip "no systemd can be booted here: $(tail -n 1 "$work/boot.log")"
inside=(nsenter --target "$systemd_pid" --all)
ok "systemd runs: $("${inside[@]}" systemctl --version | head -n 1)"

property() { # NAME
  "${inside[@]}" systemctl show --property="$1" --value "$unit"
}

property_is() { # NAME VALUE
  [ "$(property "$1")" = "$2" ]
}

started() { # TEXT
  if "${inside[@]}" systemctl restart "$unit" 2> "$work/systemctl.log"; then
    ok "$1"
  else
    not_ok "$1" "$(cat "$work/systemctl.log"; "${inside[@]}" journalctl --quiet --no-pager --lines=20 --unit="$unit")"
  fi
  exporter_pid=''
}

# e2e.sh asks for metrics through this.
scrape() {
  "${inside[@]}" curl --silent --fail --max-time 10 http://127.0.0.1:10069/metrics
}

is_there() { # NAME [LABEL=VALUE...]
  [ -n "$(metric "$@")" ]
}

install_drop_in() { # NAME, text on standard input
  "${inside[@]}" sh -c "mkdir -p /etc/systemd/system/$unit.d && cat > /etc/systemd/system/$unit.d/$1.conf && systemctl daemon-reload"
}

# ---- the system unit

started 'the system unit starts: it says that it is ready'
check_equal 'it is active' active "$(property ActiveState)"
check 'its status is told' grep --quiet '^watching [0-9]* gateway' <<< "$(property StatusText)"
check_equal 'it scrapes' 1 "$(metric openclaw_lock_exporter_build_info)"
journal() {
  "${inside[@]}" journalctl --quiet --no-pager --output=cat --unit="$unit"
}
check 'it confines itself as far as this kernel can' \
  grep --quiet 'msg=confined seccomp=yes landlock=[1-9no]* capabilities=none' <<< "$(journal)"
check_equal 'nothing is refused that it needs' '' "$(journal | grep 'level=\(error\|warn\)' || true)"
check_equal 'log positions have a directory of its own' '700 990' \
  "$("${inside[@]}" stat --format='%a %u' /var/lib/openclaw-lock-exporter)"

before=$(property MainPID)
check 'it reloads' "${inside[@]}" systemctl reload "$unit"
check_equal 'and is the same process' "$before" "$(property MainPID)"
check 'and is active' wait_for "$PATIENCE" property_is ActiveState active

# ---- the watchdog

printf '[Service]\nWatchdogSec=2s\nTimeoutAbortSec=2s\nRestartSec=100ms\n' | install_drop_in watchdog
started 'with a short watchdog it starts'
survives() {
  local last pid
  last=$(property WatchdogTimestampMonotonic)
  pid=$(property MainPID)
  fed() { [ "$(property WatchdogTimestampMonotonic)" -gt $((last + 4000000)) ]; }
  wait_for "$PATIENCE" fed && [ "$(property MainPID)" = "$pid" ]
}
check 'it lives on' survives
"${inside[@]}" kill -STOP "$(property MainPID)"
check 'one that hangs is ended and started anew' wait_for "$PATIENCE" property_is NRestarts 1
check 'and is active again' wait_for "$PATIENCE" property_is ActiveState active
printf '' | install_drop_in watchdog

# ---- another user's state directory

as_alice=("${inside[@]}" setpriv --reuid 1000 --regid 1000 --clear-groups env HOME=/home/alice XDG_RUNTIME_DIR=/run/alice)
locks=/home/alice/.openclaw/agents/main/sessions
# systemd empties /tmp as it boots.
"${as_alice[@]}" sh -c 'umask 077 && mkdir /tmp/openclaw && printf "%s\n" "{\"0\":\"ready\",\"_meta\":{\"logLevelId\":3}}" > /tmp/openclaw/openclaw-2026-11-21.log'
background "${as_alice[@]}" OPENCLAW_STATE_DIR=/home/alice/.openclaw bash -c 'exec -a openclaw-gateway /home/openclaw-gateway'
background "${as_alice[@]}" /home/openclaw-gateway hold "$locks/a.jsonl.lock" > "$work/holder.log"
check 'a writer has a lock' wait_for "$PATIENCE" grep --quiet '^held' "$work/holder.log"
arguments() { # TEXT
  printf 'ARGS="%s"\n' "$1" | "${inside[@]}" sh -c 'cat > /etc/default/openclaw-lock-exporter'
}
arguments '--sample.interval=100ms --openclaw.state-dir=alice=/home/alice/.openclaw --openclaw.log=/tmp/openclaw/*.log'
started 'without rights it starts'
expect_metric 'it sees no locks' 0 openclaw_lock_source_up gateway=alice source=locks
drop_in=$units/$unit.d/read-other-users.conf.example
sed 's|^BindReadOnlyPaths=-/home/bob.*||' "$drop_in" | install_drop_in read-other-users
started 'with the drop-in it starts'
expect_metric 'it sees the lock, and that its holder lives' 1 openclaw_lock_files gateway=alice kind=session holder=alive
# In a PID namespace of its own it does not count gateways, but finds those whose environment it may read.
check 'what the gateway waits for' wait_for "$PATIENCE" is_there openclaw_lock_gateway_blocked_seconds_total gateway=alice
expect_metric 'the log' 1 openclaw_lock_log_files gateway=alice
expect_metric 'by inotify' 1 openclaw_lock_watch_info gateway=alice mode=inotify
pid=$(property MainPID)
check_equal 'with two capabilities' '0000000000080004' "$("${inside[@]}" awk '$1 == "CapEff:" { print $2 }' "/proc/$pid/status")"
check_equal 'of what else there is, it sees nothing' '.openclaw' "$("${inside[@]}" nsenter --target "$pid" --mount sh -c 'ls -A /home /home/alice /srv /opt' | grep -v ':$' | grep -v '^alice$' | sort --unique | paste --serial --delimiters=' ' | tr -d '\n' | sed 's/^ *//')"

"${inside[@]}" systemctl stop "$unit"
check_equal 'it stops' 'inactive success' "$(property ActiveState) $(property Result)"

# ---- the user unit

check "the user's manager runs" "${inside[@]}" systemctl start alice.service
# An answer to the wrong address would be the system unit's.
mapfile -t user_unit < <(printf '%s\n' "${as_alice[@]}" systemctl --user)
unit_of_user() {
  "${user_unit[@]}" "$@" "$unit" 2> "$work/systemctl.log"
}
if unit_of_user start; then ok 'the user unit starts'; else not_ok 'the user unit starts' "$(cat "$work/systemctl.log"; "${inside[@]}" journalctl --quiet --no-pager --lines=20)"; fi
check 'its status is told' grep --quiet '^watching 1 gateway' <<< "$(unit_of_user show --property=StatusText --value)"
expect_metric 'it finds the state directory by itself, and sees the lock' 1 openclaw_lock_files kind=session holder=alive
check 'and what the gateway waits for' wait_for "$PATIENCE" is_there openclaw_lock_gateway_blocked_seconds_total
expect_metric 'and the log' 1 openclaw_lock_log_files
check 'it stops' unit_of_user stop
check_equal 'cleanly' success "$(unit_of_user show --property=Result --value)"
finish
