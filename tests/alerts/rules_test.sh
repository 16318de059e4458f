#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The rendered rules are those of the sources, are valid, and do what they are for.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need jq jsonnet promtool

cd "$repository"
check 'what is checked in is what the sources render' alerts/render.sh --check
check 'promtool accepts the rules' promtool check rules alerts/openclaw-lock.rules.yaml
for divisor in 7 20; do
  alerts/render.sh --into "$work/by$divisor" "$divisor" > "$work/rendered"
  check "and with every duration divided by $divisor" promtool check rules "$work/by$divisor/alerts/openclaw-lock.rules.yaml"
  check_equal 'the knob changes durations and nothing else' '' "$(
    diff alerts/openclaw-lock.rules.yaml "$work/by$divisor/alerts/openclaw-lock.rules.yaml" |
      grep '^[<>]' | sed --regexp-extended 's/^[<>] //; s/\b[0-9.]+(ms|s|m|h|d)\b/DURATION/g; s/(< )[0-9.]+$/\1DURATION/' |
      sort | uniq --count | awk '$1 % 2'
  )"
done

# As an importer of the mixin sets it.
selected=$(jsonnet --exec '
  local mixin = (import "alerts/mixin.libsonnet") + { _config+:: { selector: "cluster=\"eu\"" } };
  { groups: mixin.prometheusRules.groups + mixin.prometheusAlerts.groups }')
printf '%s\n' "$selected" > "$work/selected.json"
check 'a selector makes valid rules' promtool check rules "$work/selected.json"
# shellcheck disable=SC2016
check_equal 'a selector is in every selector' '' "$(
  printf '%s\n' "$selected" | jq --raw-output '.groups[].rules[].expr' |
    grep --only-matching --extended-regexp '\b((agent|gateway|job):)?(openclaw_lock_[a-z0-9_:]+|up)\b(\{[^}]*\})?' |
    grep --invert-match --fixed-strings 'cluster="eu"' || true
)"

mixin=$(jsonnet --exec 'local mixin = import "alerts/mixin.libsonnet"; mixin { shape: std.objectFieldsAll(mixin) }')
check_equal 'the mixin has the usual shape' '_config grafanaDashboards prometheusAlerts prometheusRules' \
  "$(printf '%s\n' "$mixin" | jq --raw-output '.shape | join(" ")')"
alerts=$(jsonnet --exec '(import "alerts/mixin.libsonnet").prometheusAlerts.groups[0].rules')
check_equal 'each alert has labels and annotations' '' "$(printf '%s\n' "$alerts" | jq --raw-output '
  .[] | select(
    (.alert | test("^OpenClawLock[A-Z]") | not) or .labels.component != "openclaw" or
    (.labels.severity | IN("critical", "warning", "none") | not) or
    (.annotations.summary | test("^[A-Z].*\\.$") | not) or (.annotations.summary | contains("{{")) or
    (.annotations.description | length < 80) or
    (.annotations.runbook_url | endswith("/alerts/runbooks/" + .alert + ".md") | not) and true or
    (.annotations.dashboard_url | test("/d/openclaw-lock-(overview|gateway|exporter)") | not)) | .alert')"
check_equal 'each alert of a gateway names it' '' "$(printf '%s\n' "$alerts" | jq --raw-output '
  .[] | select(.annotations.dashboard_url | contains("openclaw-lock-gateway?"))
  | select(.annotations.description | contains("$labels.gateway") | not) | .alert')"

for tests in tests/alerts/*.yaml; do
  if output=$(promtool test rules "$tests" 2>&1); then
    ok "promtool test rules $tests ($(grep --count '^  - name:' "$tests") tests)"
  else
    not_ok "promtool test rules $tests" "$output"
  fi
done
# Trap 5 is the exporter's: who answers EPERM is alive, a zombie is dead. Rules see the verdict only.
for trap in 1 2 3 4 6 7 8 9 10 11 12 13 14 15; do
  check "trap $trap has a test" grep --quiet "name: .*trap $trap:" tests/alerts/*.yaml
done
for alert in $(printf '%s\n' "$alerts" | jq --raw-output '.[].alert' | sort --unique); do
  check "$alert: a test sees it fire" grep --quiet "name: $alert.* fires" tests/alerts/*.yaml
done
finish
