#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What alerts/README.md says to set on import does what it says.
# shellcheck disable=SC2016,SC2317  # the README's commands expand them; functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need jq jsonnet promtool

readme=$repository/alerts/README.md
checked_in=$repository/alerts/openclaw-lock.rules.yaml

# ---- links

sed -n '/^runbooks=/,/^```/p' "$readme" | grep --invert-match '^```' |
  sed "s|/etc/prometheus|$work|" > "$work/import.sh"
import() {
  (cd "$repository/alerts" && bash -euo pipefail "$work/import.sh")
}
check 'the import step runs as printed' import
check 'and makes valid rules' promtool check rules "$work/openclaw-lock.rules.yaml"
links=$(grep --extended-regexp '^ *(runbook|dashboard)_url: ' "$work/openclaw-lock.rules.yaml")
check_equal 'each link goes where it says' '' "$(grep --extended-regexp --invert-match \
  -e 'runbook_url: "https://git.example.org/.*/alerts/runbooks/OpenClawLock[A-Za-z]*\.md"' \
  -e 'dashboard_url: "https://grafana.example.org/d/' <<< "$links" || true)"
check_equal 'all of them do' "$(grep --count '_url: ' "$checked_in")" "$(wc -l <<< "$links")"
check_equal 'nothing else is changed' '' "$(diff <(grep --invert-match '_url: ' "$checked_in") \
  <(grep --invert-match '_url: ' "$work/openclaw-lock.rules.yaml") || true)"

# ---- knobs

# Turned as the README has it: the only value of that name in its table.
turned() { # KNOB
  grep --only-matching --extended-regexp "\`$1: [0-9.]+\`" "$readme" | tr --delete '\`'
}

# Prints the alerts that page, "ALERT COUNT" a line, of the series in $work/series.yaml at 80 min.
pages_with() { # [SETTING]
  local rules=$checked_in
  if [ -n "${1:-}" ]; then
    rules=$work/rules.json
    jsonnet --exec '
      local mixin = (import "'"$repository"'/alerts/mixin.libsonnet") + { _config+:: { '"$1"' } };
      { groups: mixin.prometheusRules.groups + mixin.prometheusAlerts.groups }' > "$rules"
  fi
  {
    printf 'rule_files: [%s]\nevaluation_interval: 1m\ntests:\n  - interval: 30s\n    input_series:\n' "$rules"
    cat "$work/series.yaml"
    # What is expected is never there, so that promtool tells what is.
    cat << 'YAML'
    promql_expr_test:
      - eval_time: 80m
        expr: count by (alertname) (ALERTS{severity="critical",alertstate="firing"})
        exp_samples: [{labels: '{alertname="none"}', value: 1}]
YAML
  } > "$work/knob.yaml"
  promtool test rules "$work/knob.yaml" 2>&1 | python3 -c '
import re, sys
got = re.search("got:(.*)", sys.stdin.read())
for alert, count in re.findall(r"OpenClawLock(\w+)\"} (\S+?),? ", got[1] + " ") if got else [("broken", 1)]:
    print(alert, int(float(count)))'
}

series() { # NAME LABELS VALUES
  printf "      - {series: 'openclaw_lock_%s{job=\"j\",instance=\"a\",%s}', values: '%s'}\n" "$@" >> "$work/series.yaml"
}
begin() {
  : > "$work/series.yaml"
}

# One who writes each ten minutes, and no turn is well, from 30 min on.
begin
series timeouts_total 'gateway="g",agent="main",kind="session"' '0x59 1x19 2x19 3x19 4x19 5x19 6x19'
series acquired_total 'gateway="g",agent="main",kind="session"' '60x180'
check_equal 'one failure each ten minutes pages nobody' '' "$(pages_with)"
check_equal 'with timeoutsUnbrokenCount turned it does' 'Timeouts 1' "$(pages_with "$(turned timeoutsUnbrokenCount)")"

begin
for i in {1..12}; do series timeouts_total "gateway=\"g$i\",agent=\"main\",kind=\"session\"" '0x119 1+1x60'; done
check_equal 'twelve gateways at once are one page besides' 'ManyGatewaysHurt 1
Timeouts 12' "$(pages_with)"
check_equal 'with manyGateways turned they are a page each' 'Timeouts 12' "$(pages_with "$(turned manyGateways)")"

begin
series turns_total 'gateway="g",outcome="ok"' '0+10x180'
for i in {1..8}; do
  series timeouts_total "gateway=\"g\",agent=\"a$i\",kind=\"sqlite\"" "0x$((80 + 5 * i)) 1x39 2x39 3x39"
done
check_equal '2 % of the turns, spread over agents, page nobody' '' "$(pages_with)"
check_equal 'with timeoutsGatewayRatio turned they do' 'Timeouts 1' "$(pages_with "$(turned timeoutsGatewayRatio)")"
finish
