#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Alertmanager example is valid, and each alert goes to its receiver.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need amtool jq python3

example=$repository/alerts/alertmanager.example.yml

goes_to() { # RECEIVER LABEL=VALUE...
  amtool config routes test --config.file="$example" --verify.receivers="$1" "${@:2}" > "$work/routes" 2>&1
}

goes_elsewhere() { # RECEIVER LABEL=VALUE...
  ! goes_to "$@"
}

check 'amtool accepts the example' amtool check-config "$example"
while read -r name severity; do
  case $name/$severity in
    OpenClawLockWatchdog/*) receiver=dead-mans-switch ;;
    */critical) receiver=page ;;
    */warning) receiver=ticket ;;
    *) receiver='null' ;;
  esac
  check "$name, $severity: $receiver" goes_to "$receiver" "alertname=$name" "severity=$severity" component=openclaw \
    job=openclaw-locks instance=host:10069 gateway=main
done < <(alert_severities)
check 'a page is not a ticket' goes_elsewhere ticket alertname=OpenClawLockTimeouts severity=critical component=openclaw
check 'an alert of ours without a severity: null' goes_to 'null' alertname=OpenClawLockNew component=openclaw
check 'an alert of others: null' goes_to 'null' alertname=NodeDown severity=critical
finish
