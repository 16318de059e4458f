# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# roborhythms.com/openclaw-background-tasks, ryanconsulting.ai, openclaw#29927: pm2 as supervisor. In fork mode pm2 6 runs
# its own ProcessContainerFork.js, which sets the title `node SCRIPT` and hands the arguments over in the environment: the
# command line is one string without `gateway`.
S=$HOME/.openclaw
mkdir -p "$S/agents/main/sessions"
echo '{}' > "$S/openclaw.json"
pm_id=0 name=openclaw PM2_HOME=/tmp/pm2 pm_exec_path=/tmp/lib/openclaw/dist/index.js \
  fake 'node /tmp/lib/openclaw/dist/index.js' /tmp/field-pm2/node_modules/pm2/lib/ProcessContainerFork.js
gateway_lock /tmp/openclaw-0 "$S/openclaw.json" "$GWPID"
echo "comm: $(cat "/proc/$GWPID/comm")"
echo "cmdline: $(tr '\0' '|' < "/proc/$GWPID/cmdline")"
once | show 'gateway_instances.gateway="openclaw"|mismatch.gateway="openclaw"'
