#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real Alertmanager with our example: one incident of a gateway is one page, and what makes a ticket silences no page.
# shellcheck disable=SC2016,SC2317  # jq has variables too; functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need curl jq python3
find_alertmanager
PATIENCE=60
start_webhook
start_alertmanager 4

# Alerts as lines "GATEWAY NAME SEVERITY [AGENT [INSTANCE]]"; a gateway of - has none. Posts them all at once.
post() {
  jq --raw-input --slurp --compact-output '
    split("\n") | map(select(. != "") | split(" ") | {labels: (
      {alertname: .[1], severity: .[2], component: "openclaw", job: "openclaw-locks", instance: (.[4] // "host:10069")}
      + (if .[0] == "-" then {} else {gateway: .[0]} end)
      + (if (.[3] // "-") == "-" then {} else {agent: .[3]} end))})' > "$work/alerts.json"
  curl --noproxy '*' --silent --show-error --fail --max-time 20 --header 'Content-Type: application/json' \
    --data-binary "@$work/alerts.json" "$alertmanager_url/api/v2/alerts"
}

# Lines "GATEWAY NAME SEVERITY" of the alerts in that state.
in_state() { # active|suppressed
  curl --noproxy '*' --silent --fail --max-time 20 "$alertmanager_url/api/v2/alerts" |
    jq --raw-output --arg state "$1" '
      .[] | select(.status.state == $state) | .labels | "\(.gateway // "-") \(.alertname) \(.severity)"' | sort
}

are_all_known() { # COUNT
  [ "$(curl --noproxy '*' --silent --fail --max-time 20 "$alertmanager_url/api/v2/alerts" |
    jq '[.[] | select(.status.state != "unprocessed")] | length')" -eq "$1" ]
}

posted=0
post_all() { # LINES
  printf '%s\n' "$1" | post
  posted=$((posted + $(printf '%s\n' "$1" | wc -l)))
  check "$posted alerts are known" wait_for "$PATIENCE" are_all_known "$posted"
}

has_notification() { # RECEIVER GATEWAY
  [ -n "$(notifications "$1" 'select(.groupLabels.gateway == $gateway) | .status' --arg gateway "$2")" ]
}

alerts=$(alert_severities)
seen_elsewhere='^OpenClawLock(Blind|LogSuppressed|ExporterDown|ConfigReloadFailed)$'
pages=$(awk '$2 == "critical" { print $1 }' <<< "$alerts")
tickets=$(awk '$2 == "warning" { print $1 }' <<< "$alerts")
tickets_of_gateways=$(grep --extended-regexp --invert-match "$seen_elsewhere" <<< "$tickets")

# ---- one incident, all of whose causes show
post_all 'hurt OpenClawLockTimeouts critical main
hurt OpenClawLockTimeouts critical work
hurt OpenClawLockDuplicateGateways critical
hurt OpenClawLockHolderDead critical
hurt OpenClawLockHolderDead warning
hurt OpenClawLockOverdue warning main
hurt OpenClawLockDiskWait warning
other OpenClawLockTimeouts critical main
calm OpenClawLockOverdue warning main'
check_equal 'the causes and other gateways stay' 'calm OpenClawLockOverdue warning
hurt OpenClawLockDuplicateGateways critical
hurt OpenClawLockHolderDead critical
other OpenClawLockTimeouts critical' "$(in_state active)"
check_equal 'the symptom and the tickets are suppressed' 'hurt OpenClawLockDiskWait warning
hurt OpenClawLockHolderDead warning
hurt OpenClawLockOverdue warning
hurt OpenClawLockTimeouts critical
hurt OpenClawLockTimeouts critical' "$(in_state suppressed)"

# ---- each ticket beside each page, a gateway of an exporter a pair
pairs=$(for page in $pages; do for ticket in $tickets; do
  pair=$page/$ticket
  printf '%s %s critical - %s\n%s %s warning - %s\n' "$pair" "$page" "$pair" "$pair" "$ticket" "$pair"
done; done)
post_all "$pairs"
check_equal 'a ticket silences no page' '' "$(in_state suppressed | grep '/.* critical$' || true)"
check_equal 'a page silences the tickets of its gateway' \
  "$(($(wc -w <<< "$pages") * $(wc -w <<< "$tickets_of_gateways")))" "$(in_state suppressed | grep --count '/.* warning$')"
check_equal 'but none that says what cannot be seen' '' "$(in_state suppressed | awk '$2 ~ pattern' pattern="$seen_elsewhere")"

# ---- many gateways, and the same instance in another cluster
post_all '- OpenClawLockManyGatewaysHurt critical - many:10069
one OpenClawLockTimeouts critical main many:10069
two OpenClawLockHolderDead critical main many:10069
two OpenClawLockDuplicateGateways critical - many:10069
three OpenClawLockTimeouts critical main elsewhere:10069'
check_equal 'what many share pages once' 'one OpenClawLockTimeouts critical
two OpenClawLockHolderDead critical' "$(in_state suppressed | grep --extended-regexp '^(one|two|three) ')"

# ---- an exporter that is down
post_all '- OpenClawLockExporterDown warning - down:10069
stale OpenClawLockOverdue warning main down:10069
stale OpenClawLockTimeouts critical main down:10069
fresh OpenClawLockOverdue warning main up:10069'
check_equal 'an exporter that is down silences its tickets alone' 'stale OpenClawLockOverdue warning' \
  "$(in_state suppressed | grep --extended-regexp '^(-|stale|fresh) ')"

# ---- the same name on two hosts
post_all 'twin OpenClawLockDuplicateGateways critical - one:10069
twin OpenClawLockTimeouts critical main one:10069
twin OpenClawLockTimeouts critical main two:10069'
check_equal 'a gateway of the same name elsewhere still pages' 1 \
  "$(in_state active | grep --count '^twin OpenClawLockTimeouts')"

# ---- the silence for a planned restart, as the README has it
post_all 'main OpenClawLockOverdue warning main 127.0.0.1:10069
main OpenClawLockTimeouts critical main 127.0.0.1:10069
main OpenClawLockBlind warning - elsewhere:10069'
sed -n '/^amtool silence add/,/[^\\]$/p' "$repository/alerts/README.md" |
  sed "s|http://localhost:9093|$alertmanager_url|" > "$work/silence.sh"
check 'the silence for a restart is accepted' env USER=test bash "$work/silence.sh"
is_silenced() {
  curl --noproxy '*' --silent --fail --max-time 20 "$alertmanager_url/api/v2/alerts" | jq --exit-status \
    '[.[] | select(.labels.gateway == "main" and (.status.silencedBy | length > 0)) | .labels.alertname]
      == ["OpenClawLockOverdue"]' > "$work/ignored"
}
check 'it silences the tickets of that gateway alone' wait_for "$PATIENCE" is_silenced

# ---- what is received
check 'the other gateway pages' wait_for "$PATIENCE" has_notification page other
check 'the hurt one pages' wait_for "$PATIENCE" has_notification page hurt
check_equal 'one incident is one page, which names the causes' \
  'OpenClawLockDuplicateGateways OpenClawLockHolderDead' "$(notifications page \
    'select(.groupLabels.gateway == "hurt") | [.alerts[].labels.alertname] | sort | join(" ")')"
finish
