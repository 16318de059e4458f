# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Kilo-Org/cloud#1188, vignesh07/clawdbot-railway-template#33: CLAWDBOT_STATE_DIR=/data/.clawdbot, read up to 2026.3.13.
S=/tmp/vol/.clawdbot
mkdir -p "$S/agents/main/sessions" "$HOME/.openclaw/agents/main/sessions"
echo '{}' > "$S/openclaw.json"
echo '{}' > "$HOME/.openclaw/openclaw.json"
CLAWDBOT_STATE_DIR=$S fake openclaw-gateway /tmp/lib/openclaw/dist/index.js gateway
gateway_lock /tmp/openclaw-0 "$S/openclaw.json" "$GWPID"
fake openclaw-gateway /tmp/lib/openclaw/dist/index.js gateway
gateway_lock /tmp/openclaw-0 "$HOME/.openclaw/openclaw.json" "$GWPID"
once --openclaw.state-dir="old=$S" --openclaw.state-dir="home=$HOME/.openclaw" | show 'gateway_instances|mismatch'
