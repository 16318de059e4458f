#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes what is made from alerts/: the PrometheusRule of Kubernetes, and the Alertmanager configuration of the compose
# stack, which has the routes of alerts/alertmanager.example.yml and no secrets.
#
#   deploy/render.sh [--check]      --check: change nothing, fail where something would change
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
rules=$root/alerts/openclaw-lock.rules.yaml
routes=$root/alerts/alertmanager.example.yml

prometheus_rule() {
  cat << 'END'
# SPDX-License-Identifier: Apache-2.0
# Written by deploy/render.sh from alerts/openclaw-lock.rules.yaml: change that.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: openclaw-lock
spec:
END
  sed --expression '/^#/d' --expression 's/^./  &/' "$rules"
}

alertmanager() {
  cat << 'END'
# SPDX-License-Identifier: Apache-2.0
# Written by deploy/render.sh from alerts/alertmanager.example.yml, without its receivers: alerts show at
# http://127.0.0.1:9093 and go nowhere. Your own copy with receivers can be mounted in its place.
END
  sed --expression '/^#/d' --expression '/^receivers:/,$d' "$routes"
  printf 'receivers:\n'
  sed --silent '/^receivers:/,$ s/^  - name: .*$/&/p' "$routes"
}

changed=0
put() { # FILE, content on standard input
  local content
  content=$(cat)
  if [ "$check" = no ]; then
    mkdir -p "$(dirname "$1")"
    printf '%s\n' "$content" > "$1"
  elif ! diff --unified "$1" - <<< "$content"; then
    printf 'error: %s is not what deploy/render.sh writes\n' "${1#"$root"/}" >&2
    changed=1
  fi
}

case ${1:-} in
  '') check=no ;;
  --check) check=yes ;;
  *)
    printf 'usage: deploy/render.sh [--check]\n' >&2
    exit 2
    ;;
esac
prometheus_rule | put "$root/deploy/kubernetes/monitoring/prometheus-rule.yaml"
alertmanager | put "$root/deploy/compose/alertmanager/alertmanager.yml"
exit "$changed"
