#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2317  # functions are called by name
# Reports from the field, rebuilt: see field/README.md.
#
#   tests/e2e/field_test.sh [NUMBER...]
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

# Known to fail, and why.
declare -A later=()

need_root
need cc curl gzip promtool python3 setpriv unshare
can_unshare --mount || skip 'cannot make mount namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
! pgrep --full '^openclaw-gateway' > /dev/null || skip 'a gateway runs on this machine'

# Not below /tmp, which each case has to itself.
place=$(mktemp -d /var/tmp/lock-exporter-field.XXXXXX)
on_exit+=(remove_place)
remove_place() { rm -rf "$place"; }
chmod 755 "$place"
mkdir "$place/bin"
cp "$BINARY" "$place/bin/openclaw-lock-exporter"
cc -O1 -Wall -Wextra -o "$place/bin/node" "$e2e/field/node.c"
cp -r "$e2e/field" "$e2e/../../alerts" "$place"

run_case() { # NAME
  # shellcheck disable=SC2016  # expanded by the inner shell
  env -u OPENCLAW_STATE_DIR PATH="$place/bin:$PATH" OC="$place/bin/openclaw-lock-exporter" CASE="$place/field/$1" \
    FIELD="$place/field" PROJECT="$place" HOME=/tmp/home PATIENCE="$PATIENCE" \
    timeout "$((180 * SLOWDOWN))" unshare --mount --propagation private bash -c '
      mount -t tmpfs none /tmp
      mkdir -p "$HOME"
      cd "$CASE"
      . "$FIELD/lib.sh"
      . ./case.sh' > "$place/got" 2> "$place/errors"
}

# What is wrong with "$place/got"; nothing where it is right.
complaints() { # NAME
  local line
  while IFS= read -r line; do
    case $line in
      '' | \#*) ;;
      !*) ! grep --quiet --fixed-strings -- "${line#!}" "$place/got" || printf 'unwanted: %s\n' "${line#!}" ;;
      *) grep --quiet --line-regexp --fixed-strings -- "$line" "$place/got" || printf 'missing: %s\n' "$line" ;;
    esac
  done < "$e2e/field/$1/expected.txt"
}

try_case() { # NAME
  local name=$1 wrong reason=${later[${1%%-*}]:-}
  run_case "$name" || true
  wrong=$(complaints "$name")
  if [ -n "$reason" ]; then
    if [ -n "$wrong" ]; then
      printf '# %s fails as expected: %s\n' "$name" "$reason"
    else
      not_ok "$name holds now: take it out of the list of failing ones"
    fi
  elif [ -z "$wrong" ]; then
    ok "$name"
  else
    not_ok "$name" "$wrong
$(tail -n 20 "$place/got" "$place/errors")"
  fi
}

[ "$#" -gt 0 ] || set -- ''
for number in "$@"; do
  for folder in "$e2e/field/$number"*/; do
    [ -f "$folder/case.sh" ] || skip "no such case: $number"
    try_case "$(basename "$folder")"
  done
done
finish
