#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What takes too long for each change: some hours on two cores. Needs root, and what tests/run.sh needs.
#
#   tests/nightly.sh [PART...]     default: units fuzz sanitized soak packages alerts
#
#   units      unit tests without a sanitizer by both compilers; each case alone, and all in a random order
#   fuzz       every fuzz target for FUZZ_SECONDS (300)
#   sanitized  the exporter that preset asan and preset tsan build, as users run it
#   soak       log rotations and holders in namespaces at random for SOAK_SECONDS (300), with seeds of their own each
#              time; a thousand state directories that live for a minute
#   packages   the .deb and the container image, built and run
#   alerts     a healthy fleet for a week and histories of incidents, scraped each 15, 30, 60 and 120 s; the tests of the
#              alerts with the Prometheus, Alertmanager and vmalert of Debian sid
#
# What takes longer still is run by hand: tests/README.md names it. The last line is "N passed, M failed, K skipped"; the
# exit status is 0 when nothing failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
FUZZ_SECONDS=${FUZZ_SECONDS:-300}
SOAK_SECONDS=${SOAK_SECONDS:-300}
SEED=${SEED:-$((RANDOM * 32768 + RANDOM))}

log=$root/build/logs/nightly
passed=0
failed=0
skipped=0
mkdir -p "$log"

# Counts what ends with "[...: ]N passed, M failed, K skipped".
run_counted() { # NAME COMMAND...
  local name=$1 status=0 line
  shift
  "$@" 2>&1 < /dev/null | tee "$log/$name.log" || status=$?
  line=$(tail -n 1 "$log/$name.log")
  if [[ $line =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    skipped=$((skipped + BASH_REMATCH[3]))
    if [ "$status" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ]; then return; fi
  fi
  printf 'FAIL %s (status %s)\n' "$name" "$status"
  failed=$((failed + 1))
}

run_stages() { # STAGE...
  run_counted "$(IFS=-; printf '%s' "$*")" "$root/tests/run.sh" "$@"
}

# What passes in company only, or alone only, depends on what another case left behind.
each_case_alone() {
  local tests number total good=0 bad=0
  for tests in unit_tests threaded_tests; do
    total=$("$root/build/dev/tests/$tests" --count |
      sed -n 's/^\[doctest\] unskipped test cases passing the current filters: //p')
    for ((number = 1; number <= ${total:-0}; number++)); do
      if "$root/build/dev/tests/$tests" --first="$number" --last="$number" > "$log/alone.output" 2>&1; then
        good=$((good + 1))
      else
        bad=$((bad + 1))
        cat "$log/alone.output"
      fi
    done
  done
  printf '%s passed, %s failed, 0 skipped\n' "$good" "$bad"
  [ "$bad" -eq 0 ] && [ "$good" -gt 0 ]
}

units() {
  run_stages dev clang
  run_counted alone each_case_alone
  local tests round
  for round in 1 2 3; do
    for tests in unit_tests threaded_tests; do
      printf 'order: %s with seed %s\n' "$tests" $((SEED + round))
      run_counted "order-$tests-$round" "$root/tests/run_part.sh" "$root/build/dev/tests/$tests" 1 1 \
        --order-by=rand "--rand-seed=$((SEED + round))"
    done
  done
}

fuzz() { FUZZ_SECONDS=$FUZZ_SECONDS run_stages fuzz; }
sanitized() { run_stages e2e-asan e2e-tsan; }
packages() { run_stages packages; }
alerts() {
  # Where tests/run.sh unpacks them.
  local tools=$root/build/tools
  local PATH=$tools/prometheus/usr/bin:$tools/prometheus-alertmanager/usr/bin:$PATH
  NIGHTLY=1 run_counted histories one_script "$root/tests/alerts/histories_test.sh"
  NIGHTLY=1 run_counted healthy one_script "$root/tests/alerts/healthy_test.sh"
  run_counted newest "$root/tests/alerts/newest_servers.sh"
}

one_script() { # SCRIPT
  local status=0
  bash "$1" || status=$?
  case $status in
    0) printf '1 passed, 0 failed, 0 skipped\n' ;;
    77) printf '0 passed, 0 failed, 1 skipped\n' ;;
    *)
      printf '0 passed, 1 failed, 0 skipped\n'
      return 1
      ;;
  esac
}

soak() {
  local began=$SECONDS round=0
  cmake --preset dev > "$log/build.log" && cmake --build --preset dev >> "$log/build.log"
  while [ "$round" -eq 0 ] || [ $((SECONDS - began)) -lt "$SOAK_SECONDS" ]; do
    round=$((round + 1))
    printf 'soak: log rotations with seed %s\n' $((SEED + round))
    LOG_SEED=$((SEED + round)) run_counted "rotations-$round" one_script "$root/tests/e2e/log_rotation_test.sh"
  done
  SOAK_SECONDS=$SOAK_SECONDS run_counted namespaces one_script "$root/tests/e2e/namespaces_test.sh"
  NIGHTLY=1 run_counted robustness one_script "$root/tests/e2e/robustness_test.sh"
}

[ "$#" -gt 0 ] || set -- units fuzz sanitized soak packages alerts
for part in "$@"; do
  case $part in
    units | fuzz | sanitized | soak | packages | alerts) ;;
    *)
      printf "error: unknown part '%s' (units fuzz sanitized soak packages alerts)\n" "$part" >&2
      exit 2
      ;;
  esac
done
for part in "$@"; do
  printf '\n== %s\n' "$part"
  "$part"
done

printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
