#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the rules and dashboards from their jsonnet sources (Debian packages jsonnet and jq).
#
#   alerts/render.sh                            writes them into the repository
#   alerts/render.sh --check                    fails where that would change a file that is checked in
#   alerts/render.sh --rules FILE [DIVISOR]     writes the rules alone, every duration divided by DIVISOR
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  sed -n '/^#   alerts\/render.sh/,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

render_rules() { # FILE [DIVISOR]
  local mixin="((import '$root/alerts/mixin.libsonnet') + { _config+:: { timeDivisor: ${2:-1} } })"
  # jsonnet itself writes JSON; its library would take 20 s for YAML.
  jsonnet --exec "{ groups: $mixin.prometheusRules.groups + $mixin.prometheusAlerts.groups }" |
    jq --raw-output --from-file "$root/alerts/rules_yaml.jq" > "$1"
}

render() { # DIRECTORY; prints the names of the files
  mkdir -p "$1/alerts" "$1/dashboards"
  render_rules "$1/alerts/openclaw-lock.rules.yaml"
  printf '%s\n' "$1/alerts/openclaw-lock.rules.yaml"
  jsonnet --multi "$1/dashboards" --exec "(import '$root/alerts/mixin.libsonnet').grafanaDashboards"
}

check() {
  local file status=0
  rendered=$(mktemp -d)
  trap 'rm -rf "$rendered"' EXIT
  render "$rendered" > /dev/null
  # Both ways: what is rendered is checked in, and nothing else is.
  while IFS= read -r file; do
    diff -u "$root/$file" "$rendered/$file" || status=1
  done < <(
    { cd "$rendered" && find . -type f && cd "$root" && find . -path './alerts/*.rules.yaml' -o -path './dashboards/*.json'; } |
      sed 's|^\./||' | sort --unique
  )
  [ "$status" -eq 0 ] || printf 'run alerts/render.sh\n' >&2
  return "$status"
}

case ${1:-} in
  '') render "$root" ;;
  --check)
    [ "$#" -eq 1 ] || usage
    check
    ;;
  --rules)
    if [ "$#" -lt 2 ] || [ "$#" -gt 3 ]; then usage; fi
    render_rules "$2" "${3:-1}"
    ;;
  *) usage ;;
esac
