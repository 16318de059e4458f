#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Histories on both sides of each threshold (histories.py), scraped each 15 s; NIGHTLY=1: each 30, 60 and 120 s, too.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need promtool python3

rules=$repository/alerts/openclaw-lock.rules.yaml

holds() { # STEP RULES
  "$alerting/histories.py" "$1" "$2" > "$work/$1.yaml" 2> "$work/$1.count" &&
    promtool test rules "$work/$1.yaml" > "$work/$1.log" 2>&1
}

holds_not() { # STEP RULES
  ! holds "$@" && grep --quiet 'instance=.*two_gateways_for_20_min' "$work/$1.log"
}

for step in 15 ${NIGHTLY:+30 60 120}; do
  if holds "$step" "$rules"; then
    ok "scraped each $step s: $(cat "$work/$step.count") hold"
  else
    # What was asked, and what came.
    not_ok "scraped each $step s" "$(cut --characters=1-300 "$work/$step.log" | tail -n +2 | head -n 60)"
  fi
done
# Rules that never page for two gateways must be found out.
sed '/alert: "OpenClawLockDuplicateGateways"/,/labels:/s/ > 1$/ > 2/' "$rules" > "$work/broken.yaml"
check 'a threshold that is off by one does not hold' holds_not 120 "$work/broken.yaml"
finish
