#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A healthy fleet (healthy.py) fires nothing: six gateways for a day, scraped each minute; NIGHTLY=1: twelve for a week, each
# 15, 30, 60 and 120 s (three quarters of an hour of a processor in all).
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need promtool python3

fires_nothing() { # STEP HOURS GATEWAYS [--hurt]
  "$alerting/healthy.py" "$1" "$2" "$3" "$repository/alerts/openclaw-lock.rules.yaml" "${@:4}" > "$work/healthy.yaml" &&
    promtool test rules "$work/healthy.yaml" > "$work/healthy.log" 2>&1
}

names_who_is_hurt() {
  ! fires_nothing 60 2 2 --hurt && grep --quiet 'got: .*"OpenClawLockTimeouts", gateway="g1"' "$work/healthy.log"
}

if [ -n "${NIGHTLY:-}" ]; then
  hours=168 gateways=12 steps=${STEPS:-15 30 60 120}
else
  hours=24 gateways=6 steps=60
fi
for step in $steps; do
  if fires_nothing "$step" "$hours" "$gateways"; then
    ok "$gateways gateways for $hours h, scraped each $step s"
  else
    not_ok "$gateways gateways for $hours h, scraped each $step s" "$(cut --characters=1-3000 "$work/healthy.log")"
  fi
done
check 'one that is hurt is found' names_who_is_hurt
finish
