#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs one part of the cases of a doctest executable in one process.
#
#   tests/run_part.sh EXECUTABLE PART PARTS [OPTION OF doctest...]
#
# The last line is "cases: N passed, M failed, K skipped", of the cases that this part had to run: those that a crash
# kept from running have failed. Cases that skip themselves on this machine are counted by the first part.
set -euo pipefail

executable=$1 part=$2 parts=$3
shift 3

total=$("$executable" --count "$@" |
  sed -n 's/^\[doctest\] unskipped test cases passing the current filters: //p')
if [ -z "$total" ] || [ "$total" -lt "$parts" ]; then
  printf 'cases: 0 passed, 1 failed, 0 skipped\n'
  exit 1
fi
first=$((total * (part - 1) / parts + 1))
last=$((total * part / parts))

output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
"$executable" --first="$first" --last="$last" "$@" 2>&1 | tee "$output" || status=$?
read -r passed skipped < <(sed -n 's/^cases: \([0-9]*\) passed, [0-9]* failed, \([0-9]*\) skipped$/\1 \2/p' "$output" |
  tail -n 1) || { passed=0 skipped=0; }
[ "$part" -eq 1 ] || skipped=0
failed=$((last - first + 1 - passed))
# Such as a leak that is found after the last case.
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
printf 'cases: %s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
