#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The units are what systemd understands, and leave an intruder little: an exposure of 2.5 at most, with each of the
# drop-ins, too.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"

need systemd-analyze
units=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../deploy/systemd" && pwd)
unit=openclaw-lock-exporter.service
root=$work/root/etc/systemd/system

said_of() { # COMMAND...
  "$@" 2>&1 || printf 'status %s\n' "$?"
}

verified() { # FILE [OPTION...]
  # The package brings the program and its manual page.
  sed "s|^ExecStart=/usr/bin/openclaw-lock-exporter|ExecStart=$BINARY|" "$1" > "$work/$unit"
  said_of systemd-analyze "${@:2}" verify --man=no "$work/$unit" | grep --fixed-strings "$unit" || true
}

exposure() {
  systemd-analyze security --no-pager --offline=yes --root="$work/root" --threshold=25 "$unit"
}

is_exposed_little() { # TEXT
  local said status=0
  said=$(exposure 2>&1) || status=$?
  if [ "$status" -eq 0 ]; then
    ok "$1: $(grep --only-matching 'Overall.*[0-9]' <<< "$said")"
  else
    not_ok "$1: an exposure of 2.5 at most" "$(grep -E 'Overall|✗' <<< "$said")"
  fi
}

check_equal 'the system unit is understood' '' "$(verified "$units/$unit")"
check_equal 'the user unit is understood' '' "$(verified "$units/openclaw-lock-exporter.user.service" --user)"
printf '[Service]\nExecStart=/bin/true\nNoSuchKey=1\n' > "$work/wrong.service"
check 'what is wrong would be found' [ -n "$(verified "$work/wrong.service")" ]

if ! systemd-analyze security --help | grep --quiet -e --offline; then
  printf 'skipped: exposure: this systemd cannot tell without running\n'
  finish
fi
mkdir -p "$root/$unit.d"
cp "$units/$unit" "$root/$unit"
is_exposed_little 'the system unit'
for drop_in in "$units/$unit.d"/*.conf.example; do
  name=$(basename "$drop_in" .example)
  cp "$drop_in" "$root/$unit.d/$name"
  check_equal "$name is understood" '' "$(cp -r "$root/$unit.d" "$work/" && verified "$units/$unit")"
  is_exposed_little "with $name"
  rm -r "$root/$unit.d/$name" "$work/$unit.d"
done
printf '[Service]\nProtectSystem=no\nNoNewPrivileges=no\nSystemCallFilter=\nCapabilityBoundingSet=~\n' > "$root/$unit.d/open.conf"
if exposure > "$work/ignored" 2>&1; then not_ok 'an open unit would be found'; else ok 'an open unit would be found'; fi
finish
