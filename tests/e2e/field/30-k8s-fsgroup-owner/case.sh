# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# OpenClaw's Kubernetes manifests (fsGroup: 1000, runAsUser: 1000, a volume mounted at /home/node/.openclaw, emptyDir /tmp):
# the volume's root belongs to root:1000, mode 2770; the gateway and its log to uid 1000. NVIDIA/NemoClaw#2145: .openclaw
# belongs to root, the gateway runs as another user. "flag" and "node-owned" are the controls.
S=/tmp/pvc/.openclaw
L=/tmp/openclaw/openclaw-$(date +%F).log
mkdir -p "$S/agents/main/sessions" /tmp/openclaw /tmp/lib/openclaw
chown -R 1000:1000 "$S/agents"
chown 0:1000 "$S"
chmod 2770 "$S"
: > "$L"
: > /tmp/lib/openclaw/openclaw.mjs
chown -R 1000:1000 /tmp/openclaw
chmod 700 /tmp/openclaw
chmod 755 /tmp /tmp/pvc
mkdir -m 777 /tmp/open
# shellcheck disable=SC2093
setpriv --reuid 1000 --regid 1000 --clear-groups env PLAY_TITLE=openclaw-gateway PLAY_READY=/tmp/open/ready HOME=/tmp/pvc \
  node /tmp/lib/openclaw/openclaw.mjs gateway > /dev/null 2>&1 &
PIDS+=("$!")
eventually test -e /tmp/open/ready

try() { # NAME FLAG...
  local name=$1
  shift
  serve --openclaw.state-dir="main=$S" "$@"
  failed_run 'record 5 ERROR' session:agent:main:main \
    "SessionWriteLockTimeoutError: session file locked (timeout 60000ms): pid=7 $S/agents/main/sessions/s1.jsonl.lock" >> "$L"
  metrics | show 'gateway_instances.gateway="main"|log_files.*"main"|timeouts_total.agent="main".*"session"}' | sed "s/^/$name: /"
  stop
}

try root-owned
try flag --openclaw.log=main=/tmp/openclaw/openclaw-*.log
chown 1000:1000 "$S"
try node-owned
