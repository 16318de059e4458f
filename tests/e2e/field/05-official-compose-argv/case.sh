# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#6635, jdhill777/openclaw-unraid#8, superlinear-space/openclaw-cloud-native: WORKDIR /app, command
# ["node","dist/index.js","gateway","run","--bind","lan","--port","18789"]; HOME=/home/node in the container, the state dir
# bind-mounted from a host path that nobody gave to the exporter; the file log in the container's own /tmp.
# Control: the same container with `node openclaw.mjs gateway`.
mkdir -p "$HOME/.openclaw" /tmp/srv/oc/config/agents/main/sessions /tmp/ctr/app/dist
: > /tmp/ctr/app/dist/index.js
: > /tmp/ctr/app/openclaw.mjs

run() { # NAME ENTRY
  local log error gateway
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount bash -c '
    mount --bind /tmp/ctr/app /mnt
    mount --bind /tmp/srv/oc/config /media
    mount -t tmpfs none /home
    mkdir -p /home/node/.openclaw /app
    mount --move /media /home/node/.openclaw
    mount --move /mnt /app
    mount -t tmpfs none /tmp
    mkdir -m 700 /tmp/openclaw
    : > /tmp/openclaw/openclaw-2026-11-20.log
    cd /app
    exec env HOME=/home/node TERM=xterm-256color OPENCLAW_GATEWAY_BIND=lan PLAY_READY=/tmp/ready \
      node "$1" gateway run --bind lan --port 18789 --allow-unconfigured' bash "$2" &
  gateway=$!
  PIDS+=("$gateway")
  eventually test -e "/proc/$gateway/root/tmp/ready"
  session_lock /tmp/srv/oc/config/agents/main/sessions/s1.jsonl.lock "$gateway" 3
  serve
  log=/proc/$gateway/root/tmp/openclaw/openclaw-2026-11-20.log
  error="SessionWriteLockTimeoutError: session file locked (timeout 60000ms): pid=$gateway"
  failed_run 'record 5 ERROR' session:agent:main:main \
    "$error /home/node/.openclaw/agents/main/sessions/s1.jsonl.lock" >> "$log"
  metrics > /tmp/m
  echo "$1 lock: $(show 'lock_files.*main.*gateway="node-openclaw".*holder="alive".*kind="session"' /tmp/m)"
  echo "$1 instances: $(show 'gateway_instances.gateway="node-openclaw"' /tmp/m)"
  echo "$1 timeouts: $(show 'timeouts_total.*main.*gateway="node-openclaw".*session"' /tmp/m)"
  stop
  kill -KILL "$gateway"
  wait "$gateway" 2> /dev/null
}

[ -d /app ] || made_app=1
mkdir -p /app
run control openclaw.mjs
run compose dist/index.js
[ -z "${made_app:-}" ] || rmdir /app
