#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real Prometheus evaluates the rules for many gateways (GATEWAYS, 200) with five agents each: only the one that is
# hurt pages. Durations are divided by 15, so that windows of 10 min hold 20 scrapes of 2 s. What an evaluation took is
# told; on a machine that is known, LONGEST=SECONDS holds it to that (10: a third of the 30 s between two).
# shellcheck disable=SC2016,SC2317  # awk has fields too; functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need curl jq jsonnet prometheus python3
gateways=${GATEWAYS:-200}

"$repository/alerts/render.sh" --rules "$work/divided.rules.yaml" 15
background "$alerting/fleet.py" "$gateways" > "$work/fleet.port"
wait_for "$PATIENCE" has_lines "$work/fleet.port"
start_prometheus "$work/divided.rules.yaml" 2s "127.0.0.1:$(cat "$work/fleet.port")"

hurt='count by (gateway, agent, alertname) (ALERTS{alertname!="OpenClawLockWatchdog",alertstate="firing"})'
check 'the gateway that is hurt pages' wait_for 60 has_answer "$hurt"
check_equal 'and no other one' '{"agent":"a3","alertname":"OpenClawLockTimeouts","gateway":"g7"} 1' "$(query "$hurt")"
known='count by (job) (gateway:openclaw_lock_source_up:min == 1)'
wait_for 30 has_answer "$known == $gateways" || true
check_equal 'all are known' "{\"job\":\"openclaw-locks\"} $gateways" "$(query "$known")"
# Another group than the page's counts it, at its own moment of the interval.
count='sum by (job) (instance:openclaw_lock_gateways_hurt:count)'
wait_for 30 has_answer "$count" || true
check_equal 'one of them is hurt' '{"job":"openclaw-locks"} 1' "$(query "$count")"
curl --noproxy '*' --silent --max-time 10 "$prometheus_url/metrics" |
  awk '$1 ~ /^prometheus_rule_group_last_duration_seconds/ { sub(/.*;/, "", $1); sub(/".*/, "", $1); print $1, $2 }' > "$work/durations"
sed 's/^/#   /' "$work/durations"
check "all groups are evaluated${LONGEST:+, in less than $LONGEST s}" \
  awk -v longest="${LONGEST:-inf}" '{ sum += $2 } END { exit !(NR == 8 && (longest == "inf" || sum < longest)) }' "$work/durations"
check_equal 'no evaluation failed' '' "$(grep 'Evaluating rule failed' "$work/prometheus.log" | head -n 3 || true)"
finish
