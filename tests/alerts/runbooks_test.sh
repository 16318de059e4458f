#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The runbooks: their form, and each of their commands, run as printed on a made-up host: a state directory with locks
# (alive, overdue, dead, recycled), two gateways, another one with databases, and a running exporter. systemctl,
# journalctl, docker, kubectl, openclaw and sudo are stand-ins that refuse what the real ones would refuse.
#
# Four things in a command are replaced: the port of the exporter if it is taken here; the ports of Prometheus,
# Alertmanager and the gateway; the directory of OpenClaw's logs; and an empty value before "# fill in".
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
alerts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$alerts/../.." && pwd)
BINARY=${BINARY:-$root/build/dev/openclaw-lock-exporter}
# Containers that others run here must not see the made-up host: the exporter would have to take them into account.
if [ "${1:-}" != --unshared ] && unshare --mount true 2> /dev/null; then
  exec unshare --mount --propagation private bash "$0" --unshared
fi
# shellcheck source=tests/e2e/e2e.sh
. "$alerts/../e2e/e2e.sh"

need cc curl findmnt pgrep ps python3 ss tar

# ---- the pages, without running anything

if ! python3 "$alerts/runbook_pages.py" check "$root" > "$work/pages"; then
  failures=$(grep -c '^not ok' "$work/pages") || failures=1
fi
cat "$work/pages"

if command -v promtool > /dev/null; then
  python3 "$alerts/runbook_pages.py" queries "$root" > "$work/queries.yaml"
  if promtool check rules "$work/queries.yaml" > "$work/promtool" 2>&1; then
    ok "Prometheus understands every query: $(tail -n 1 "$work/promtool")"
  else
    not_ok 'Prometheus understands every query' "$(cat "$work/promtool")"
  fi
fi

# ---- the made-up host

bin=$work/bin
home=$work/host/home
sqlite_home=$work/host/sqlite
logs=$work/host/logs
state=$home/.openclaw
sessions=$state/agents/main/sessions
log=$logs/openclaw-$(date +%F).log
config=$work/host/exporter.yml
exporter_port=10069
declare -A fill=()

# Keeps databases open, and a write transaction in the last of them.
WRITER='
import signal, sqlite3, sys
databases = [sqlite3.connect(path, isolation_level=None) for path in sys.argv[1:]]
for database in databases:
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t(x)")
databases[-1].execute("BEGIN IMMEDIATE")
print("held", flush=True)
signal.pause()
'

make_commands() {
  local name
  mkdir -p "$bin"
  for name in systemctl journalctl docker kubectl openclaw node sudo crontab; do
    ln -s "$alerts/fake_command.py" "$bin/$name"
  done
  ln -s "$(realpath "$BINARY")" "$bin/openclaw-lock-exporter"
}

find_ports() {
  read -r prometheus_port alertmanager_port gateway_port < "$work/ports"
}

write_config() { # KEY OF THE GATEWAYS
  cat > "$config" << END
$1:
  - {name: openclaw, state_dir: "$state", logs: ["$logs/openclaw-*.log"]}
  - {name: sqlite, state_dir: "$sqlite_home/.openclaw"}
  - {name: gone, state_dir: "$work/host/gone"}
END
}

start_watching() {
  ss --no-header --listening --tcp --numeric "sport = :$exporter_port" > "$work/taken"
  [ ! -s "$work/taken" ] || exporter_port=0
  exporter_log=$work/exporter.log
  background env -u OPENCLAW_STATE_DIR HOME="$work/empty" "$bin/openclaw-lock-exporter" "--config.file=$config" \
    --web.listen-address="127.0.0.1:$exporter_port" --sample.interval="$INTERVAL" 2> "$exporter_log"
  exporter_pid=$job
  if ! wait_for "$PATIENCE" find_url || ! wait_for "$PATIENCE" is_ready; then
    not_ok 'the exporter starts' "$(cat "$exporter_log")"
    finish
  fi
  exporter_port=${url##*:}
}

start_gateway() { # NAME; sets job
  cp "$actor" "$work/openclaw-gateway$1"
  # shellcheck disable=SC2016  # expanded by the inner shell
  background env -i HOME="$home" bash -c 'exec -a openclaw-gateway "$0"' "$work/openclaw-gateway$1"
}

log_record() { # SUBSYSTEM LEVEL MESSAGE
  local name="{\\\"subsystem\\\":\\\"$1\\\"}" text=${3//\"/\\\"} now
  now=$(date --utc +%FT%T.000)
  printf '{"0":"%s","1":"%s","_meta":{"runtime":"node","name":"%s","parentNames":["openclaw"],"date":"%sZ",' \
    "$name" "$text" "$name" "$now"
  printf '"logLevelId":5,"logLevelName":"%s"},"time":"%s+00:00"}\n' "$2" "$now"
}

fail_turns() {
  local now error
  error='SessionWriteLockTimeoutError: session file locked (timeout 10000ms): pid=4711 /home/node/a.jsonl.lock'
  log_record diagnostic ERROR "lane task error: lane=session:agent:main:main durationMs=10040 error=\"$error\""
  now=$(date --utc +%FT%T.000)
  printf '{"time":"%sZ","level":"warn","subsystem":"logging","message":"%s"}\n' "$now" \
    "log file size cap reached; suppressing writes file=$log maxFileBytes=524288000"
  printf '{"0":"Gateway agent failed; falling back to embedded: %s",' "$error"
  printf '"_meta":{"runtime":"node","name":"openclaw","date":"%sZ","logLevelId":5,"logLevelName":"ERROR"},' "$now"
  printf '"time":"%s+00:00"}\n' "$now"
  log_record sqlite/transaction WARN 'SQLite transaction lock wait failed'
}

make_host() {
  mkdir "$work/host"
  mount -t tmpfs -o mode=755 none "$work/host"
  mounts+=("$work/host")
  made_session_dir "$state" > /dev/null
  made_session_dir "$state" work > /dev/null
  mkdir -p "$logs" "$work/empty" "$state/workspace" "$sqlite_home/.openclaw/state" "$work/state"
  printf '{"meta":{"lastTouchedVersion":"2026.4.24"}}\n' > "$state/openclaw.json"
  printf '{}\n' > "$sessions/sessions.json"
  for name in alive dead recycled; do printf '{"type":"message"}\n' > "$sessions/$name.jsonl"; done
  : > "$log"
  write_config gateways
  make_databases
  start_watching
  start_gateway 1
  gateway_pid=$job
  start_gateway 2
  start_holder "$sessions/alive.jsonl.lock"
  start_holder "$state/agents/work/sessions/overdue.jsonl.lock" --age=400000 --max-hold=1000
  start_holder "$sessions/dead.jsonl.lock"
  wait_for "$PATIENCE" holders_are openclaw 'alive alive alive'
  kill_holder "$holder_pid"
  make_lock "$sessions/recycled.jsonl.lock" "$gateway_pid" 12345
  fail_turns >> "$log"
}

# Databases with a writer, and the lock of the gateway of 2026.9.6 that tells the era.
make_databases() {
  local dir=$sqlite_home/.openclaw
  mkdir -p "$dir/agents/main/agent" "$dir/tmp/openclaw-$(id -u)"
  printf '{"pid": 1, "ownerId": "2f1c", "createdAt": "%s", "stateDir": "%s", "port": 18789}\n' \
    "$(date --utc +%FT%T.000Z)" "$dir" > "$dir/tmp/openclaw-$(id -u)/gateway.state.lock"
  background python3 -c "$WRITER" "$dir/state/openclaw.sqlite" "$dir/agents/main/agent/openclaw-agent.sqlite" \
    > "$work/databases"
  wait_for "$PATIENCE" grep --quiet held "$work/databases" || not_ok 'the databases are made'
}

host_is_as_meant() {
  scrape > "$work/scrape" || return 1
  [ "$(holders_in openclaw < "$work/scrape")" = 'alive alive dead recycled' ] &&
    [ "$(sum_of openclaw_lock_gateway_instances gateway=openclaw < "$work/scrape")" = 2 ] &&
    [ "$(sum_of openclaw_lock_overdue_files gateway=openclaw < "$work/scrape")" = 1 ] &&
    [ "$(sum_of openclaw_lock_timeouts_total gateway=openclaw < "$work/scrape")" -ge 1 ] &&
    [ "$(sum_of openclaw_lock_log_events_total gateway=openclaw event=log_suppressed < "$work/scrape")" = 1 ] &&
    grep --quiet '^openclaw_lock_store_info{gateway="sqlite",store="sqlite"' "$work/scrape" &&
    [ -n "$(sum_of openclaw_lock_sqlite_writer_held_seconds gateway=sqlite database=agent < "$work/scrape")" ]
}

# ---- running a block

# What of the host must not change: names, sizes, times, contents of small files.
picture() { # DIRECTORY...
  find "$@" -printf '%p %y %s %T@ %i\n' | sort
  find "$@" -type f -exec sha256sum {} + | sort
}

# Runs $work/blocks/NUMBER.sh with HOME and the values of fill. Sets status; output is in $work/out and $work/err.
run_block() { # NUMBER HOME LOGS
  local script=$work/run.sh key values=()
  for key in "${!fill[@]}"; do values+=(-e "s|^$key= # fill in$|$key='${fill[$key]}' # fill in|"); done
  sed -E -e "s|^LOGS=/tmp/openclaw\$|LOGS=$3|" -e "s|10069|$exporter_port|g" \
    -e "s|127\.0\.0\.1:9090|127.0.0.1:$prometheus_port|" \
    -e "s|127\.0\.0\.1:9093|127.0.0.1:$alertmanager_port|" -e "s|127\.0\.0\.1:18789|127.0.0.1:$gateway_port|" \
    "${values[@]}" "$work/blocks/$1.sh" > "$script"
  rm -rf "$work/state"
  mkdir "$work/state"
  status=0
  (cd "$2" && exec timeout 60 env -i PATH="$bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME="$2" LANG=C.UTF-8 \
    FAKE_STATE="$work/state" sh "$script") > "$work/out" 2> "$work/err" < /dev/null || status=$?
}

# What is wrong with what the block did; nothing: all is well.
fault_of() { # PATTERN...
  local pattern
  [ "$status" -eq 0 ] || printf 'exit status %s\n' "$status"
  [ -s "$work/out" ] || printf 'it printed nothing\n'
  for pattern in "$@"; do
    grep --quiet --extended-regexp -e "$pattern" "$work/out" || printf 'no "%s" in its output\n' "$pattern"
  done
  [ ! -s "$work/err" ] || printf 'on standard error: %s\n' "$(head -n 5 "$work/err")"
}

verdict() { # TEXT FAULT
  if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2
$(head -n 20 "$work/out")"; fi
}

wants_a_value() { # NUMBER
  grep --quiet ' # fill in$' "$work/blocks/$1.sh"
}

read_only_block() { # NUMBER TEXT HOME PATTERN...
  local fault
  run_block "$1" "$3" "$logs"
  fault=$(fault_of "${@:4}")
  picture "$work/host" > "$work/after"
  # The exporter's own configuration, databases in use and logs stay as they are, too.
  cmp --silent "$work/untouched" "$work/after" || fault+="
it changed something: $(diff "$work/untouched" "$work/after" | head -n 5 || true)"
  mv "$work/after" "$work/untouched"
  verdict "$2" "$fault"
}

copy_host() {
  rm -rf "$work/copy"
  cp -a "$work/host" "$work/copy"
}

changing_block() { # NUMBER TEXT EFFECT HOME PATTERN...
  local fault
  copy_host
  if ! declare -F "effect_$3" > /dev/null; then
    not_ok "$2" "there is no test of '$3'"
    return
  fi
  ! declare -F "before_$3" > /dev/null || "before_$3"
  if wants_a_value "$1"; then
    unfilled "$1" "$2"
  fi
  run_block "$1" "$work/copy/$4" "$work/copy/logs"
  fault=$(fault_of "${@:5}")
  "effect_$3" "$1" || fault+="
it did not do what it should ($3)"
  verdict "$2" "$fault"
}

# Pasted by somebody who did not read: nothing may happen.
unfilled() { # NUMBER TEXT
  local -A kept=()
  local key
  for key in "${!fill[@]}"; do kept[$key]=${fill[$key]}; done
  fill=()
  picture "$work/copy" > "$work/before"
  run_block "$1" "$work/copy/home" "$work/copy/logs"
  picture "$work/copy" > "$work/after"
  for key in "${!kept[@]}"; do fill[$key]=${kept[$key]}; done
  check "$2: without a value it does nothing" cmp --silent "$work/before" "$work/after"
}

# ---- what the blocks that change something must have done

is_state() { # NAME CONTENT
  [ "$(cat "$work/state/$1" 2> /dev/null)" = "$2" ]
}
called() { # TIMES COMMAND LINE
  [ "$(grep --count --line-regexp --extended-regexp -e "$2" "$work/state/calls")" = "$1" ]
}
archive_has_sessions() { # ARCHIVE
  [ "$(tar -tzf "$1" | grep -c -E 'agents/main/sessions/(alive|dead|recycled)\.jsonl$')" = 3 ]
}

effect_evidence() {
  grep --quiet '"starttime"' "$work/copy/home"/openclaw-evidence-*/locks.txt &&
    grep --quiet '^openclaw_lock_files' "$work/copy/home"/openclaw-evidence-*/metrics.prom &&
    [ "$(stat -c %a "$work/copy/home"/openclaw-evidence-*)" = 700 ]
}
effect_user_unit_stopped() { is_state user.openclaw-gateway.service inactive; }
effect_user_unit_started() { is_state user.openclaw-gateway.service active; }
effect_system_unit_stopped() { is_state system.openclaw-gateway.service inactive; }
effect_system_unit_started() { is_state system.openclaw-gateway.service active; }
effect_system_unit_disabled() {
  is_state system.openclaw-gateway.service inactive && is_state system.openclaw-gateway.service.file disabled
}
effect_container_stopped() { is_state container 'exited (0)'; }
effect_container_started() { is_state container running; }
effect_scaled_to_0() { is_state replicas 0; }
effect_scaled_to_1() { is_state replicas 1; }
effect_exporter_restarted() { is_state system.openclaw-lock-exporter.service active; }

# Unpacked it is what was there, but for the workspace.
effect_backup() {
  mkdir "$work/copy/unpacked"
  tar -C "$work/copy/unpacked" -xzf "$work/copy/home"/openclaw-backup-*/openclaw-state.tar.gz
  rm -r "$work/copy/home/.openclaw/workspace"
  diff --recursive "$work/copy/home/.openclaw" "$work/copy/unpacked" > /dev/null &&
    archive_has_sessions "$work/copy/home"/openclaw-backup-*/openclaw-state.tar.gz
}
effect_live_copy() { archive_has_sessions "$work/copy/home"/openclaw-backup-*/openclaw-agents.tar.gz; }
effect_kubernetes_copy() { archive_has_sessions "$work/copy/home"/openclaw-backup-*/openclaw-agents.tar.gz; }
archive_has_database() { # ARCHIVE
  [ "$(tar -tzf "$1" | grep -c 'agents/main/agent/openclaw-agent\.sqlite$')" = 1 ]
}
effect_openclaw_backup() { archive_has_database "$work/copy/sqlite"/openclaw-backup-*/*-openclaw-backup.tar.gz; }
effect_kubernetes_backup() { archive_has_database "$work/copy/sqlite"/openclaw-backup-*/openclaw-backup.tar.gz; }

locks_of_copy() {
  find "$work/copy/home/.openclaw/agents" -name '*.lock' -printf '%f\n' | sort | paste --serial --delimiters=' '
}
before_lock_removed() { fill[LOCK]=$work/copy/home/.openclaw/agents/main/sessions/dead.jsonl.lock; }
# The dead one is gone; then the same with the others.
effect_lock_removed() { # NUMBER
  local name
  [ "$(locks_of_copy)" = 'alive.jsonl.lock overdue.jsonl.lock recycled.jsonl.lock' ] &&
    [ -e "$work/copy/home/openclaw-removed-locks/dead.jsonl.lock" ] || return 1
  cp "$work/out" "$work/out.kept"
  for name in main/sessions/alive work/sessions/overdue; do
    fill[LOCK]=$work/copy/home/.openclaw/agents/$name.jsonl.lock
    run_block "$1" "$work/copy/home" "$work/copy/logs"
    grep --quiet '^left alone: its holder runs' "$work/out" || return 1
  done
  # Its holder cannot be seen, but somebody has it open.
  fill[LOCK]=$work/copy/home/.openclaw/agents/main/sessions/recycled.jsonl.lock
  exec {open}< "${fill[LOCK]}"
  run_block "$1" "$work/copy/home" "$work/copy/logs"
  exec {open}<&-
  grep --quiet '^left alone: a process has it open' "$work/out" || return 1
  [ "$(locks_of_copy)" = 'alive.jsonl.lock overdue.jsonl.lock recycled.jsonl.lock' ] || return 1
  run_block "$1" "$work/copy/home" "$work/copy/logs"
  [ "$(locks_of_copy)" = 'alive.jsonl.lock overdue.jsonl.lock' ] || return 1
  # As OpenClaw before 2026.3.2 wrote it: by a process that is older than the lock, and by one that is younger.
  fill[LOCK]=$work/copy/home/.openclaw/agents/main/sessions/old.jsonl.lock
  make_lock "${fill[LOCK]}" "$gateway_pid"
  run_block "$1" "$work/copy/home" "$work/copy/logs"
  grep --quiet "^left alone: process $gateway_pid may be its holder" "$work/out" && [ -e "${fill[LOCK]}" ] || return 1
  touch --date='1 day ago' "${fill[LOCK]}"
  run_block "$1" "$work/copy/home" "$work/copy/logs"
  [ ! -e "${fill[LOCK]}" ] || return 1
  fill=([PID]=$gateway_pid)
  cp "$work/out.kept" "$work/out"
}

before_second_gateway_ended() {
  start_gateway 3
  third_pid=$job
  fill[PID]=$third_pid
}
effect_second_gateway_ended() {
  fill[PID]=$gateway_pid
  has_ended "$third_pid" && ! has_ended "$gateway_pid"
}

effect_prompts() {
  called 10 'openclaw agent --agent main .*--timeout 120 --message Test [1-5]: .*' &&
    called 5 'openclaw agent --agent main --session-id runbook-test-[1-5] .*' &&
    ! grep --quiet deliver "$work/state/calls"
}
effect_fallback() { called 1 'openclaw infer model run --model fake/fallback --prompt .*'; }
effect_log_moved() {
  local name=${log##*/}
  [ ! -e "$work/copy/logs/$name" ] && cmp --silent "$log" "$work/copy/home/openclaw-old-logs/$name"
}
before_reloaded() { write_config gateways; }
effect_reloaded() { metric_is 1 openclaw_lock_config_last_reload_successful; }
effect_test_alert() { grep --quiet --line-regexp 'accepted 200' "$work/out"; }

# ---- the test

make_commands
# Commands that the text names, too.
mkdir -p "$work/state"
python3 "$alerts/runbook_pages.py" commands "$root" | sort -u > "$work/commands"
while read -r line; do
  mapfile -t words < <(python3 -c 'import shlex, sys; print(*shlex.split(sys.argv[1]), sep="\n")' "$line")
  check "it exists: $line" env FAKE_STATE="$work/state" FAKE_CHECK_ONLY=1 "$bin/${words[0]}" "${words[@]:1}"
done < "$work/commands"

# From here on it takes what the exporter needs to prove a death, and to tell whose gateway a process is.
if [ "$(readlink /proc/self/ns/pid)" != 'pid:[4026531836]' ] || [ "$(id -u)" -ne 0 ]; then
  [ "$failures" -eq 0 ] || finish
  skip 'needs root and the initial PID namespace'
fi
build_actor
background python3 "$alerts/fake_monitoring.py" > "$work/ports"
wait_for "$PATIENCE" find_ports || not_ok 'Prometheus and Alertmanager are played'
make_host
if ! wait_for "$PATIENCE" host_is_as_meant; then
  not_ok 'the exporter sees the made-up host' "$(grep '^openclaw_lock_' "$work/scrape" | grep -v ' 0$')
$(tail -n 5 "$exporter_log")"
  finish
fi
ok 'the exporter sees the made-up host'
write_config gatewayz
curl --noproxy '*' --silent --output "$work/ignored" --request POST "$url/-/reload"
expect_metric 'it refuses a wrong configuration' 0 openclaw_lock_config_last_reload_successful
fill[PID]=$gateway_pid

mkdir "$work/blocks"
picture "$work/host" > "$work/untouched"
python3 "$alerts/runbook_pages.py" blocks "$root" "$work/blocks"
for changes in no yes; do # first all that only read
  while IFS=$'\t' read -r -a field; do
    text="${field[1]}, line ${field[2]}"
    patterns=("${field[@]:5}")
    place=home
    [ "${field[3]}" != sqlite ] || place=sqlite
    if [ "${field[4]}" = - ] && [ "$changes" = no ]; then
      read_only_block "${field[0]}" "$text" "$work/host/$place" "${patterns[@]}"
    elif [ "${field[4]}" != - ] && [ "$changes" = yes ]; then
      changing_block "${field[0]}" "$text (${field[4]})" "${field[4]}" "$place" "${patterns[@]}"
    fi
  done < "$work/blocks/index"
done

# The proof, with a holder in a container: another pid there, the same start time.
containers() {
  local number output
  number=$(awk -F '\t' '$2 == "OpenClawLockHolderDead" && $6 ~ /DEAD/ { print $1 }' "$work/blocks/index")
  new_namespace "$state"
  enter_namespace "$namespace_pid"
  holder_prefix=("${inside[@]}")
  start_holder /home/node/.openclaw/agents/main/sessions/inside.jsonl.lock
  run_block "$number" "$home" "$logs"
  output=$(grep '/inside.jsonl.lock$' "$work/out")
  check "a holder in a container lives: $output" \
    grep --quiet "^ALIVE as process $holder_pid pid=$holder_inner_pid .* open=1 " <<< "$output"
  kill_holder "$holder_pid"
  run_block "$number" "$home" "$logs"
  output=$(grep '/inside.jsonl.lock$' "$work/out")
  check "it was killed: $output" grep --quiet --extended-regexp '^(DEAD|RECYCLED) .* open=0 ' <<< "$output"
}
if can_unshare --pid --fork --mount --mount-proc; then
  containers
else
  printf '# not tested in a container: no right to make one\n'
fi

check 'all blocks were run' [ "$(grep -c . "$work/blocks/index")" -ge 60 ]
finish
