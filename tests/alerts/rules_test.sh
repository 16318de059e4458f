#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The rendered rules are those of the sources, are valid, and do what they are for.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need jq jsonnet promtool python3

cd "$repository"

# The longest, beside the others.
run_promtool() { # FILE
  local status=0
  promtool test rules "$1" > "$work/$(basename "$1").log" 2>&1 || status=$?
  printf '%s\n' "$status" > "$work/$(basename "$1").status"
}
running=()
for tests in tests/alerts/*.yaml; do
  run_promtool "$tests" &
  running+=("$!")
done
check 'what is checked in is what the sources render' alerts/render.sh --check
check 'promtool accepts the rules' promtool check rules alerts/openclaw-lock.rules.yaml
for divisor in 7 20; do
  alerts/render.sh --rules "$work/by$divisor.rules.yaml" "$divisor"
  check "and with every duration divided by $divisor" promtool check rules "$work/by$divisor.rules.yaml"
  check_equal 'the knob changes durations and nothing else' '' "$(
    diff alerts/openclaw-lock.rules.yaml "$work/by$divisor.rules.yaml" |
      grep '^[<>]' | sed --regexp-extended 's/^[<>] //; s/\b[0-9.]+(ms|s|m|h|d)\b/DURATION/g; s/([<*] )[0-9.]+$/\1DURATION/' |
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
    grep --only-matching --extended-regexp '\b((agent|gateway|instance|job):)?(openclaw_lock_[a-z0-9_:]+|up|ALERTS)\b(\{[^}]*\})?' |
    grep --invert-match --fixed-strings 'cluster="eu"' || true
)"

groups=$(rule_groups)
check_equal 'no group has more than 20 rules' '' "$(
  printf '%s\n' "$groups" | jq --raw-output '.[] | select(.rules | length > 20) | .name')"
expressions=$(printf '%s\n' "$groups" | jq --raw-output '.[].rules[].expr'; cat dashboards/*.json)
check_equal 'each recorded series is used here, but those for others' '' "$(
  printf '%s\n' "$groups" | jq --raw-output '.[].rules[].record // empty | select(startswith("job:") | not)' |
    sort --unique | while read -r name; do grep --quiet --fixed-strings "$name" <<< "$expressions" || printf '%s\n' "$name"; done)"

mixin=$(jsonnet --exec 'local mixin = import "alerts/mixin.libsonnet"; mixin { shape: std.objectFieldsAll(mixin) }')
check_equal 'the mixin has the usual shape' '_config grafanaDashboards prometheusAlerts prometheusRules' \
  "$(printf '%s\n' "$mixin" | jq --raw-output '.shape | join(" ")')"
alerts=$(printf '%s\n' "$groups" | jq '[.[].rules[] | select(.alert)]')
check_equal 'each alert has its labels and annotations' '' "$(printf '%s\n' "$alerts" | jq --raw-output '
  .[] | select((
    (.alert | test("^OpenClawLock[A-Z]")) and .labels.component == "openclaw" and
    (.labels.severity | IN("critical", "warning", "none")) and
    (.annotations.summary | test("^[A-Z][^{]*\\.$")) and
    (.annotations.description | length >= 80) and
    (.alert as $name | .annotations.runbook_url | endswith("/alerts/runbooks/" + $name + ".md")) and
    (.annotations.dashboard_url | test("/d/openclaw-lock-(overview|gateway|exporter)"))) | not) | .alert' 2>&1)"
check_equal 'each alert of a gateway names it' '' "$(printf '%s\n' "$alerts" | jq --raw-output '
  .[] | select(.annotations.dashboard_url | contains("openclaw-lock-gateway?"))
  | select(.annotations.description | contains("$labels.gateway") | not) | .alert')"

for alert in $(printf '%s\n' "$alerts" | jq --raw-output '.[].alert' | sort --unique); do
  check "$alert has a runbook" test -s "alerts/runbooks/$alert.md"
  check "$alert: a test sees it fire and resolve" grep --quiet --extended-regexp \
    "name: $alert .*(resolves|fires always)" tests/alerts/*.yaml
done

wait "${running[@]}" || true
for tests in tests/alerts/*.yaml; do
  name=$(basename "$tests")
  check_equal "promtool test rules $name ($(grep --count '^  - name:' "$tests") tests)" 0 "$(cat "$work/$name.status")"
  [ "$(cat "$work/$name.status")" = 0 ] || sed 's/^/    /' "$work/$name.log"
done
# Trap 5 is the exporter's: who answers EPERM is alive, a zombie is dead. Rules see the verdict only.
for trap in 1 2 3 4 6 7 8 9 10 11 12 13 14 15; do
  check "trap $trap has a test" grep --quiet "name: .*trap $trap:" tests/alerts/*.yaml
done
finish
