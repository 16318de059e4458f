#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Incidents (incidents.py) before an HA pair of Prometheus servers with our rules and a real Alertmanager with our
# example: one incident is one page, nothing is silenced that is no consequence of it, and it resolves once, when it is
# over. Time runs 30 times as fast, in the rules and in the example.
#
# Runs: alone: scrapes that come late are incidents of their own
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need curl jq jsonnet prometheus python3
find_alertmanager
DIVISOR=30

start_replica() { # NAME; sets replica_job
  cat > "$work/prometheus.yml" << YAML
global: {scrape_interval: 500ms, scrape_timeout: 500ms, external_labels: {replica: $1}}
rule_files: ["$work/divided.rules.yaml"]
alerting:
  alertmanagers: [{static_configs: [{targets: ["${alertmanager_url#http://}"]}]}]
  alert_relabel_configs: [{action: labeldrop, regex: replica}]
scrape_configs:
$("$alerting/incidents.py" targets "$incidents_port")
YAML
  mkdir -p "$work/$1"
  cp "$work/prometheus.yml" "$work/$1/prometheus.yml"
  prometheus_url=http://127.0.0.1:$(free_port)
  background prometheus --config.file="$work/$1/prometheus.yml" --storage.tsdb.path="$work/$1/tsdb" \
    --web.listen-address="${prometheus_url#http://}" --rules.alert.resend-delay=5s 2> "$work/$1/prometheus.log"
  replica_job=$job
  wait_for "$PATIENCE" server_is_ready "$prometheus_url" ||
    not_ok "replica $1 starts" "$(tail "$work/$1/prometheus.log")"
}

now_is_past() { # SECONDS
  [ "$(curl --noproxy '*' --silent --max-time 5 "http://127.0.0.1:$incidents_port/now")" -ge "$1" ]
}

"$repository/alerts/render.sh" --rules "$work/divided.rules.yaml" "$DIVISOR"
start_webhook
start_alertmanager "$DIVISOR"
background "$alerting/incidents.py" serve "$DIVISOR" > "$work/incidents.port"
wait_for "$PATIENCE" has_lines "$work/incidents.port"
incidents_port=$(cat "$work/incidents.port")
start_replica a
start_replica b
# One of the pair is lost in the middle of all that.
wait_for 60 now_is_past 700
kill_family "$replica_job"
end=$("$alerting/incidents.py" end)
check 'time goes by' wait_for 120 now_is_past "$end"
[ -z "${KEEP:-}" ] || cp "$webhooks" "$KEEP"

"$alerting/incidents.py" judge "$webhooks" > "$work/judged"
while IFS=$'\t' read -r name expected received; do
  check_equal "$name" "$expected" "$received"
done < <(sed 's/\t\t/\tnothing\t/; s/\t$/\tnothing/' "$work/judged")
check 'there were incidents' [ "$(wc -l < "$work/judged")" -gt 25 ]
check_equal 'no evaluation failed' '' "$(grep 'Evaluating rule failed' "$work"/?/prometheus.log | head -n 3 || true)"
finish
