# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# netease-youdao/LobsterAI#2436: killed in the middle of writing, an empty gateway lock poisons each start for 30 s. C: the
# place of 2026.8.1 on, A: that of before.
S=$HOME/.openclaw
A=$HOME/a
mkdir -p "$S/state" "$S/tmp/openclaw-0" "$A/agents/main/sessions" /tmp/openclaw-0
: > "$S/state/openclaw.sqlite"
echo '{}' > "$A/openclaw.json"
hash=$(printf %s "$A/openclaw.json" | sha256sum | cut -c 1-8)
for lock in "$S/tmp/openclaw-0/gateway.state.lock" "/tmp/openclaw-0/gateway.$hash.lock"; do
  : > "$lock"
  touch --date '-25 seconds' "$lock"
done
once --openclaw.state-dir="c=$S" | show 'lock_files.*kind="gateway".*|problems_total.*malformed.*[1-9]$' | sed 's/^/C: /'
once --openclaw.state-dir="a=$A" | show 'lock_files.*kind="gateway".*|problems_total.*malformed.* [1-9]' | sed 's/^/A: /'
