#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The runbooks: their form, and each of their commands, run as printed on a made-up host: state directories with locks
# (alive, overdue, dead, recycled), two gateways, another one with databases, one of many in containers, and a running
# exporter. systemctl, journalctl, docker, kubectl, openclaw, sudo and crontab are stand-ins that refuse what the real
# ones would refuse (fake_command.py).
#
# A block is run in each arrangement that its variables stand for: home, many (STATE, CONTAINER), profile (UNIT), system
# (--user), docker, kubernetes (RUN), sqlite. The value of such a variable is what a reader is told to change. Besides
# these are replaced: the port of the exporter if it is taken here; the ports of Prometheus, Alertmanager and the
# gateway; the directory of OpenClaw's logs; and an empty value before "# fill in".
# Runs: among gateways
# shellcheck disable=SC2317  # functions are called by name
# shellcheck disable=SC2030,SC2031  # each block has a subshell with variables of its own
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

need cc curl findmnt pgrep ps python3 setpriv ss tar

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
many=$work/host/opt/openclaw-multi/data/oc7/config
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
  if ! wait_for "$PATIENCE" find_url || ! wait_for "$PATIENCE" is_ready; then
    not_ok 'the exporter starts' "$(cat "$exporter_log")"
    finish
  fi
  exporter_port=${url##*:}
}

start_gateway() { # NAME VARIABLE=VALUE; sets job
  cp "$actor" "$work/openclaw-gateway$1"
  # shellcheck disable=SC2016  # expanded by the inner shell
  background env -i "$2" bash -c 'exec -a openclaw-gateway "$0"' "$work/openclaw-gateway$1"
}

# As of 2026.4.26 on: the text stands in it twice. FIELDS stand before the message.
log_record() { # SUBSYSTEM LEVEL MESSAGE [TIME [FIELDS]]
  local name="{\\\"subsystem\\\":\\\"$1\\\"}" text=${3//\"/\\\"} now fields='"1"'
  [ -z "${5:-}" ] || fields="\"1\":{$5},\"2\""
  now=${4:-$(date --utc +%FT%T.000)}
  printf '{"0":"%s",%s:"%s","_meta":{"runtime":"node","name":"%s","parentNames":["openclaw"],"date":"%sZ",' \
    "$name" "$fields" "$text" "$name" "$now"
  printf '"logLevelId":5,"logLevelName":"%s"},"time":"%s+00:00","hostname":"host","message":"%s"}\n' "$2" "$now" "$text"
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
  log_record sqlite/transaction WARN 'SQLite transaction lock wait failed' '' '"elapsedMs":5003,"operation":"session.append"'
  error='SessionWriteLockStaleError: session file lock stale (orphan-self-pid): pid=4711 /home/node/a.jsonl.lock'
  log_record diagnostic ERROR "lane task error: lane=session:agent:main:main durationMs=40 error=\"$error\""
}

# A day before, in a file that was rotated and packed since: the first failure is there, and is another session's.
fail_first() {
  local error='SessionWriteLockTimeoutError: session file locked (timeout 10000ms): pid=4711 /home/node/b.jsonl.lock'
  log_record diagnostic ERROR "lane task error: lane=session:agent:main:first durationMs=10040 error=\"$error\"" \
    2026-11-29T03:00:00.000
}

# Locks that are alive and recycled, and one whose holder, dead_pid, is to be killed.
make_locks() { # SESSION DIRECTORY
  start_holder "$1/alive.jsonl.lock"
  make_lock "$1/recycled.jsonl.lock" "$gateway_pid" 12345
  start_holder "$1/dead.jsonl.lock"
  dead_pid=$holder_pid
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
  start_gateway 1 "HOME=$home"
  gateway_pid=$job
  start_gateway 2 "HOME=$home"
  start_gateway 7 "OPENCLAW_STATE_DIR=$many"
  made_session_dir "$many" > /dev/null
  mkdir -p "${many/oc7/oc8}"
  cp "$sessions"/*.json* "$many/agents/main/sessions"
  make_locks "$many/agents/main/sessions"
  kill_holder "$dead_pid"
  start_holder "$many/agents/main/sessions/overdue.jsonl.lock" --age=400000 --max-hold=1000
  start_holder "$state/agents/work/sessions/overdue.jsonl.lock" --age=400000 --max-hold=1000
  make_locks "$sessions"
  wait_for "$PATIENCE" holders_are openclaw 'alive alive alive recycled'
  kill_holder "$dead_pid"
  fail_first | gzip > "$logs/openclaw-2026-11-29.1.log.gz"
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

# What of a block's text is replaced in an arrangement, as a reader is told to.
replacements() { # ARRANGEMENT HOST
  case $1 in
    many)
      printf '%s\n' "s|^STATE=~/[.]openclaw$|STATE=$2/opt/openclaw-multi/data/oc7/config|" \
        's|^CONTAINER=openclaw-openclaw-gateway-1$|CONTAINER=openclaw-openclaw-gateway-7-1|'
      ;;
    system) printf '%s\n' 's/(systemctl|journalctl) --user/sudo \1/' ;;
    profile) printf '%s\n' 's|^UNIT=openclaw-gateway.service$|UNIT=openclaw-gateway-work.service|' ;;
    docker) printf '%s\n' "s|^RUN='openclaw'$|RUN='docker exec openclaw-openclaw-gateway-1 node dist/index.js'|" ;;
    kubernetes)
      printf '%s\n' \
        "s|^RUN='openclaw'$|RUN='kubectl -n openclaw exec deploy/openclaw -c gateway -- node /app/dist/index.js'|"
      ;;
  esac
}

# The arrangements that a block is for, by the variables that it begins with.
arrangements() { # NUMBER PLACE
  local text
  text=$'\n'$(< "$work/blocks/$1.sh")
  if [ "$2" = sqlite ]; then
    echo sqlite
    return
  fi
  echo home
  [[ $text != *$'\n'STATE=~/.openclaw$'\n'* && $text != *$'\n'CONTAINER=* ]] || echo many
  [[ $text != *$'\n'UNIT=openclaw-gateway* ]] || echo profile
  [[ $text != *ctl\ --user* ]] || echo system
  [[ $text != *$'\n'RUN=* ]] || printf '%s\n' docker kubernetes
}

# Runs block NUMBER on HOST. Sets status; output is in $job_dir/out and $job_dir/err, what the stand-ins did in $fakes.
run_block() { # NUMBER ARRANGEMENT HOST
  local script=$job_dir/run.sh key place=home expressions
  mapfile -t expressions < <(replacements "$2" "$3")
  expressions+=("s|^LOGS=/tmp/openclaw\$|LOGS=$3/logs|" "s|10069|$exporter_port|g"
    "s|127\.0\.0\.1:9090|127.0.0.1:$prometheus_port|" "s|127\.0\.0\.1:9093|127.0.0.1:$alertmanager_port|"
    "s|127\.0\.0\.1:18789|127.0.0.1:$gateway_port|")
  for key in "${!fill[@]}"; do
    expressions+=("s|^$key='' # fill in$|$key='${fill[$key]}' # fill in|")
  done
  sed -E "${expressions[@]/#/-e}" "$work/blocks/$1.sh" > "$script"
  case $2 in many | sqlite) place=$2 ;; esac
  local user_home=$3/home
  [ "$2" != sqlite ] || user_home=$3/sqlite
  rm -rf "$fakes"
  mkdir "$fakes"
  status=0
  (cd "$user_home" && exec timeout 100 env -i PATH="$bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME="$user_home" \
    LANG=C.UTF-8 FAKE_STATE="$fakes" FAKE_HOST="$3" FAKE_PLACE="$place" "${fake_settings[@]}" sh "$script") \
    > "$job_dir/out" 2> "$job_dir/err" < /dev/null || status=$?
}

# What is wrong with what the block did; nothing: all is well.
fault_of() { # PATTERN...
  local pattern
  [ "$status" -eq 0 ] || printf 'exit status %s\n' "$status"
  [ -s "$job_dir/out" ] || printf 'it printed nothing\n'
  for pattern in "$@"; do
    grep --quiet --extended-regexp -e "$pattern" "$job_dir/out" || printf 'no "%s" in its output\n' "$pattern"
  done
  [ ! -s "$job_dir/err" ] || printf 'on standard error: %s\n' "$(head -n 5 "$job_dir/err")"
}

verdict() { # TEXT FAULT
  if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2
$(head -n 20 "$job_dir/out")"; fi
}

wants_a_value() { # NUMBER
  grep --quiet ' # fill in$' "$work/blocks/$1.sh"
}

# On a busy machine a sample of the exporter may be absent for a moment.
read_only_block() { # NUMBER TEXT ARRANGEMENT EFFECT PATTERN...
  local fault deadline=$((SECONDS + 20))
  ! declare -F "before_$4" > /dev/null || "before_$4"
  while run_block "$1" "$3" "$work/host" && fault=$(fault_of "${@:5}") && [ -n "$fault" ]; do
    if [ "$SECONDS" -ge "$deadline" ] || ! grep --quiet '^METRICS=' "$work/blocks/$1.sh"; then break; fi
  done
  verdict "$2, in $3" "$fault"
}

changing_block() { # NUMBER TEXT ARRANGEMENT EFFECT PATTERN...
  local fault text="$2, in $3 ($4)"
  cp -a "$work/host" "$copy"
  if ! declare -F "effect_$4" > /dev/null; then
    not_ok "$text" "there is no test of '$4'"
    return
  fi
  user_home=$copy/home state_dir=$copy/home/.openclaw
  case $3 in
    many) state_dir=$copy/opt/openclaw-multi/data/oc7/config ;;
    sqlite) user_home=$copy/sqlite ;;
  esac
  ! declare -F "before_$4" > /dev/null || "before_$4"
  if wants_a_value "$1"; then
    unfilled "$1" "$text" "$3"
  fi
  run_block "$1" "$3" "$copy"
  fault=$(fault_of "${@:5}")
  "effect_$4" "$3" || fault+="
it did not do what it should ($4)"
  verdict "$text" "$fault"
}

# Pasted by somebody who did not read: nothing may happen.
unfilled() { # NUMBER TEXT ARRANGEMENT
  local -A kept=()
  local key
  for key in "${!fill[@]}"; do kept[$key]=${fill[$key]}; done
  fill=()
  picture "$copy" > "$job_dir/before"
  run_block "$1" "$3" "$copy"
  picture "$copy" > "$job_dir/after"
  for key in "${!kept[@]}"; do fill[$key]=${kept[$key]}; done
  check "$2: without a value it does nothing" cmp --silent "$job_dir/before" "$job_dir/after"
}

# Runs COMMAND for each block and arrangement, AT_ONCE of them side by side, and prints what they say in order.
AT_ONCE=${AT_ONCE:-6}
each_block() { # READS|CHANGES COMMAND
  local field wanted=$1 arrangement number=0 jobs=() dir
  while IFS=$'\t' read -r -a field; do
    # With nothing filled in, these only look; runbook_removal_test.sh fills in.
    case $wanted,${field[4]} in
      reads,- | reads,*lock_removed) ;;
      reads,* | changes,- | changes,*lock_removed) continue ;;
    esac
    for arrangement in $(arrangements "${field[0]}" "${field[3]}"); do
      number=$((number + 1))
      dir=$work/jobs/$wanted.$number
      mkdir -p "$dir"
      while [ "$(jobs -pr | wc -l)" -ge "$AT_ONCE" ]; do wait -n || true; done
      (
        trap - EXIT INT TERM
        job_dir=$dir copy=$dir/copy fakes=$dir/fakes failures=0
        "$2" "${field[0]}" "${field[1]}, line ${field[2]}" "$arrangement" "${field[4]}" "${field[@]:5}" \
          > "$dir/says" 2>&1
        rm -rf "$copy"
      ) &
      jobs+=("$dir")
    done
  done < "$work/blocks/index"
  wait
  for dir in "${jobs[@]}"; do
    cat "$dir/says"
    failures=$((failures + $(grep -c '^not ok' "$dir/says" || true)))
    runs=$((runs + 1))
  done
}

# ---- what the blocks that change something must have done; $1 is the arrangement

is_state() { # NAME CONTENT
  [ "$(cat "$fakes/$1" 2> /dev/null)" = "$2" ]
}
called() { # TIMES COMMAND LINE
  [ "$(grep --count --line-regexp --extended-regexp -e "$2" "$fakes/calls")" = "$1" ]
}
archive_has_sessions() { # ARCHIVE
  [ "$(tar -tzf "$1" | grep -c -E 'main/sessions/(alive|dead|recycled)\.jsonl$')" = 3 ]
}
archive_has_database() { # ARCHIVE
  [ "$(tar -tzf "$1" | grep -c 'agents/main/agent/openclaw-agent\.sqlite$')" = 1 ]
}
has_first_failure() { # COMMAND...
  [ "$("$@" | grep -c 'agent:main:first\|03:00:00')" -ge 1 ]
}
manager_of() { # ARRANGEMENT
  if [ "$1" = system ]; then echo system; else echo user; fi
}
unit_of() { # ARRANGEMENT
  if [ "$1" = profile ]; then echo openclaw-gateway-work.service; else echo openclaw-gateway.service; fi
}
container_of() { # ARRANGEMENT
  if [ "$1" = many ]; then echo openclaw-openclaw-gateway-7-1; else echo openclaw-openclaw-gateway-1; fi
}

effect_evidence() {
  local evidence
  evidence=$(echo "$user_home"/openclaw-evidence-*)
  grep --quiet '"starttime"' "$evidence/locks.txt" && grep --quiet '^openclaw_lock_files' "$evidence/metrics.prom" &&
    tar -xzf "$evidence/log.tar.gz" -C "$job_dir" ./openclaw-2026-11-29.1.log.gz &&
    has_first_failure zcat "$job_dir/openclaw-2026-11-29.1.log.gz" && has_first_failure cat "$evidence/journal.txt" &&
    [ "$(stat -c %a "$evidence")" = 700 ]
}
effect_docker_evidence() {
  local evidence
  evidence=$(echo "$user_home"/openclaw-evidence-*-docker)
  has_first_failure cat "$evidence/console.txt" && has_first_failure zcat "$evidence/log/openclaw-2026-11-29.1.log.gz"
}
effect_kubernetes_evidence() {
  local evidence
  evidence=$(echo "$user_home"/openclaw-evidence-*-kubernetes)
  has_first_failure cat "$evidence/console.txt" && grep --quiet '"starttime"' "$evidence/locks.txt" &&
    tar -xzf "$evidence/log.tar.gz" -C "$job_dir" openclaw/openclaw-2026-11-29.1.log.gz &&
    has_first_failure zcat "$job_dir/openclaw/openclaw-2026-11-29.1.log.gz"
}
effect_jobs_paused() { grep --quiet --line-regexp '5 4 .*' "$fakes/crontab"; }
paused_crontab='# paused: 0 * * * * openclaw agent --agent main --message report\n5 4 * * * /usr/bin/true'
before_jobs_resumed() { fake_settings=("FAKE_CRONTAB=$paused_crontab"); }
effect_jobs_resumed() {
  grep --quiet --line-regexp '0 [*].*openclaw agent .*' "$fakes/crontab" && [ "$(wc -l < "$fakes/crontab")" = 2 ]
}
effect_cronjob_resumed() { ! grep --quiet patch "$fakes/calls"; }
effect_user_unit_stopped() { is_state "$(manager_of "$1").$(unit_of "$1")" inactive; }
effect_user_unit_started() { is_state "$(manager_of "$1").$(unit_of "$1")" active; }
effect_system_unit_stopped() { is_state "system.$(unit_of "$1")" inactive; }
effect_system_unit_started() { is_state "system.$(unit_of "$1")" active; }
effect_system_unit_disabled() {
  is_state "system.$(unit_of "$1")" inactive && is_state "system.$(unit_of "$1").file" disabled
}
effect_container_stopped() { is_state "container.$(container_of "$1")" exited; }
effect_container_started() { is_state "container.$(container_of "$1")" running; }
effect_many_stopped() {
  is_state container.openclaw-openclaw-gateway-7-1 exited && is_state container.openclaw-openclaw-gateway-8-1 exited
}
effect_many_started() {
  is_state container.openclaw-openclaw-gateway-7-1 running && is_state container.openclaw-openclaw-gateway-8-1 running
}
effect_scaled_to_0() { is_state replicas 0; }
effect_scaled_to_1() { is_state replicas 1 && is_state volume-pod ''; }
effect_volume_pod() { is_state volume-pod yes; }
effect_exporter_restarted() { is_state system.openclaw-lock-exporter.service active; }

# Unpacked it is what was there, but for the workspace.
is_whole() { # ARCHIVE
  mkdir "$copy/unpacked"
  tar -C "$copy/unpacked" -xzf "$1"
  rm -rf "$state_dir/workspace"
  diff --recursive "$state_dir" "$copy/unpacked" > /dev/null && archive_has_sessions "$1"
}
effect_backup() { is_whole "$user_home"/openclaw-backup-*/openclaw-state.tar.gz; }
before_kubernetes_backup() { fake_settings=(FAKE_VOLUME_POD=yes); }
effect_kubernetes_backup() { is_whole "$user_home"/openclaw-backup-*/openclaw-state.tar.gz; }
effect_live_copy() { archive_has_sessions "$user_home"/openclaw-backup-*/openclaw-agents.tar.gz; }
effect_kubernetes_live_copy() { archive_has_sessions "$user_home"/openclaw-backup-*/openclaw-agents.tar.gz; }
effect_openclaw_backup() { archive_has_database "$user_home"/openclaw-backup-*/*-openclaw-backup.tar.gz; }
effect_docker_live_backup() { archive_has_database "$user_home"/openclaw-backup-*/openclaw-backup.tar.gz; }
effect_kubernetes_live_backup() { archive_has_database "$user_home"/openclaw-backup-*/openclaw-backup.tar.gz; }

before_kubernetes_lock_removed() { fake_settings=(FAKE_VOLUME_POD=yes FAKE_REPLICAS=0); }

before_second_gateway_ended() {
  start_gateway "3$BASHPID" "HOME=$home"
  third_pid=$job
  fill[PID]=$third_pid
}
effect_second_gateway_ended() { has_ended "$third_pid" && ! has_ended "$gateway_pid"; }

effect_prompts() {
  called 10 '.*agent --agent main .*--timeout 120 --message Test [1-5]: .*' &&
    called 5 '.*agent --agent main --session-id runbook-test-[1-5] .*' && ! grep --quiet deliver "$fakes/calls"
}
effect_fallback() { called 1 '.*infer model run --model fake/fallback --prompt .*'; }
effect_log_moved() {
  local name=${log##*/}
  [ ! -e "$copy/logs/$name" ] && cmp --silent "$log" "$user_home/openclaw-old-logs/$name"
}
before_reloaded() { write_config gateways; }
effect_reloaded() { metric_is 1 openclaw_lock_config_last_reload_successful; }
effect_test_alert() { grep --quiet --line-regexp 'accepted 200' "$job_dir/out"; }

# ---- the test

make_commands
mkdir -p "$work/state"
# The options of the stand-ins are those of the real ones, where these are installed.
known=''
while read -r command subcommand option; do
  command -v "$command" > /dev/null || continue
  [ "$option" ] || { option=$subcommand subcommand=''; }
  if [ "$known" != "$command $subcommand" ]; then
    known="$command $subcommand"
    # shellcheck disable=SC2086  # several words
    help=$({ "$command" ${subcommand/_/ } --help; [ "$command" != kubectl ] || kubectl options; } 2>&1) || help=''
  fi
  [ -z "$help" ] || grep --quiet -E -e "(^|[ ,])$option([ =,[]|\$)" <<< "$help" || echo "$command $subcommand $option"
done < <(python3 "$alerts/fake_command.py" options |
  sed -E 's/^(\S+) (\S+) (\S+) (-\S+)$/\1 \2_\3 \4/; /^(docker compose|crontab)/d') > "$work/unknown"
check_equal 'the stand-ins know no option that the real ones do not' '' "$(cat "$work/unknown")"

# Commands that the text names, too.
python3 "$alerts/runbook_pages.py" commands "$root" | sort -u > "$work/commands"
check_equal "each of the $(wc -l < "$work/commands") commands that the text names exists" '' \
  "$(FAKE_CHECK_ONLY=1 python3 "$alerts/fake_command.py" refused < "$work/commands" 2>&1)"
# They do refuse: a test of the stand-ins.
cat > "$work/wrong" << 'END'
docker compose stop --timeout 330 openclaw-gateway
docker logs --since yesterday openclaw-openclaw-gateway-1
docker stop --timeout 330 openclaw-openclaw-gateway-1
docker stop -t 330 openclaw-gateway
docker exec -T openclaw-openclaw-gateway-1 ls
docker ps --all --format {{.Nmaes}}
docker inspect --format {{.State.Oomkilled}} openclaw-openclaw-gateway-1
kubectl get pods
kubectl -n openclaw logs deploy/openclaw --since 1d
kubectl -n openclaw logs deploy/openclaw --timestamp
kubectl -n openclaw scale deployment/openclaw --replicas=none
kubectl -n openclaw get pods -c gateway
kubectl -n openclaw exec openclaw-volume -- ls
kubectl -n openclaw exec deploy/openclaw -- ls
systemctl --user stop openclaw.service
systemctl stop openclaw-gateway.service
journalctl --unit openclaw-gateway.service --since yesterday
openclaw agent --deliver
END
FAKE_STATE=$work/state FAKE_HOST=$work python3 "$alerts/fake_command.py" refused < "$work/wrong" \
  > "$work/refused" 2> "$work/ignored"
check_equal 'a stand-in refuses what the real one would' "$(cat "$work/wrong")" "$(cat "$work/refused")"

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
fake_settings=()
runs=0

mkdir "$work/blocks"
picture "$work/host" > "$work/untouched"
python3 "$alerts/runbook_pages.py" blocks "$root" "$work/blocks"
each_block reads read_only_block
picture "$work/host" > "$work/after"
# The exporter's own configuration, databases in use and logs stay as they are, too.
check_equal 'blocks that only read change nothing' '' "$(diff "$work/untouched" "$work/after" | head -n 5 || true)"
each_block changes changing_block

# A full disk and a dead mount, played by stand-ins: nothing is written then, and each block ends and says so.
stands_in_the_way() { # TEXT PATTERN EFFECT...
  local effect
  for effect in "${@:3}"; do
    job_dir=$work/jobs/$effect copy=$work/jobs/$effect/copy fakes=$work/jobs/$effect/fakes fake_settings=()
    rm -rf "$job_dir"
    mkdir -p "$job_dir"
    cp -a "$work/host" "$copy"
    ! declare -F "before_$effect" > /dev/null || "before_$effect"
    run_block "$(awk -F '\t' -v effect="$effect" '$5 == effect { print $1 }' "$work/blocks/index")" home "$copy"
    check "$1, $effect: it says so" grep --quiet -e "$2" "$job_dir/out"
    check_equal "$1, $effect: no archive is begun" '' "$(find "$copy/home" -name 'openclaw-*.tar.gz')"
    rm -rf "$copy"
  done
}
cat > "$bin/df" << 'END'
#!/bin/sh
echo 'Filesystem 1024-blocks Used Available Capacity Mounted'
echo '/dev/vda 9 9 0 100% /'
END
chmod +x "$bin/df"
stands_in_the_way 'the disk is full' 'no room' backup live_copy kubernetes_backup kubernetes_live_copy
rm "$bin/df"
cat > "$bin/timeout" << 'END'
#!/bin/sh
case $2 in find | du | df | findmnt | stat) exit 124 ;; esac
exec /usr/bin/timeout "$@"
END
chmod +x "$bin/timeout"
stands_in_the_way 'the mount is dead' 'not backed up' backup live_copy
run_block "$(awk -F '\t' '$6 ~ /FSTYPE/ { print $1 }' "$work/blocks/index")" home "$work/host"
check_equal 'the mount is dead: the page of the disk says so' 3 "$(grep -c 'does not answer$' "$job_dir/out")"
rm "$bin/timeout"

check 'all blocks were run' [ "$(grep -c . "$work/blocks/index")" -ge 70 ]
printf '# %s blocks, run %s times\n' "$(grep -c . "$work/blocks/index")" "$runs"
finish
