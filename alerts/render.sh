#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes the rules and dashboards from their jsonnet sources (Debian package jsonnet).
#
#   alerts/render.sh                            writes them into the repository
#   alerts/render.sh --check                    fails where that would change a file that is checked in
#   alerts/render.sh --into DIRECTORY [DIVISOR] writes them below DIRECTORY, every duration divided by DIVISOR
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

usage() {
  sed -n '/^#   alerts\/render.sh/,/^[^#]/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

render() { # DIRECTORY DIVISOR; prints the names of the files
  mkdir -p "$1/alerts" "$1/dashboards"
  jsonnet --multi "$1" --string --tla-code timeDivisor="$2" "$root/alerts/render.libsonnet"
  # jsonnet itself writes JSON; its library would take 20 s for it.
  jsonnet --multi "$1/dashboards" --exec "(import '$root/alerts/mixin.libsonnet').grafanaDashboards"
}

check() {
  local file status=0
  rendered=$(mktemp -d)
  trap 'rm -rf "$rendered"' EXIT
  render "$rendered" 1 > /dev/null
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
  '') render "$root" 1 ;;
  --check)
    [ "$#" -eq 1 ] || usage
    check
    ;;
  --into)
    if [ "$#" -lt 2 ] || [ "$#" -gt 3 ]; then usage; fi
    render "$2" "${3:-1}"
    ;;
  *) usage ;;
esac
