# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#119016, #86119: node hosts and orphaned wrappers of them use the same state dir; none is a gateway.
S=$HOME/.openclaw
I=/tmp/lib/openclaw/dist/index.js
mkdir -p "$S/state"
: > "$S/state/openclaw.sqlite"
for _ in 1 2 3; do fake openclaw-node "$I" node run; done
fake - /tmp/lib/openclaw/dist/process/spawn-broker/worker.js
fake - "$I" gateway status --deep
once | show 'gateway_instances.gateway="openclaw"'
fake - "$I" gateway --port 18789
once | show 'gateway_instances.gateway="openclaw"'
