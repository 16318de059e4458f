#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the tests need (Debian 12 or 13) and runs them.
#
#   tests/run.sh [STAGE...]        default: build alerts dashboards e2e deploy asan tsan fuzz
#
#   build          the exporter and what tests of it need built by g++, a folder's sources as one as in the release,
#                  warnings are errors; rules of the code; the sandbox's tests
#   asan           unit and golden tests built by clang++, under the address and undefined-behaviour sanitizers
#   tsan           those of them that start threads built by g++, under the thread sanitizer
#   dev, clang     unit and golden tests without a sanitizer, each source by itself, built by g++ and by clang++
#   alerts         rules, Alertmanager example, each command of the runbooks: tests/alerts/*_test.sh
#   dashboards     against a Prometheus with history of each class of incident: tests/dashboards/*_test.py
#   fuzz           every fuzz target on its corpus and FUZZ_RUNS (10000) inputs made of it, or for FUZZ_SECONDS
#   e2e            the built exporter as users run it: tests/e2e/*_test.sh
#   deploy         what deploy/ has, run without Docker and Kubernetes: tests/deploy/*_test.sh
#   e2e-asan, e2e-tsan   the same with the exporter that preset asan or tsan builds, and a tenth of the log records
#   packages       the .deb and the container image, built and run: tests/packages/*_test.sh (a quarter of an hour; needs root)
#   bench          what fleets of gateways cost, beside node_exporter: tests/bench/README.md (a quarter of an hour; needs root)
#   openclaw       against real OpenClaw gateways: tests/openclaw/*_test.sh (needs npm; downloads about 3 GB)
#
# The last line is "N passed, M failed, K skipped": test cases of C++, and scripts; the exit status is 0 when nothing
# failed. A script that cannot run on this machine exits with 77 and is counted as skipped. Output of each stage is kept
# in build/logs. tests/README.md says what runs where; tests/nightly.sh runs what takes long.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/debian_packages.sh
. "$root/deploy/debian_packages.sh"
# shellcheck source=deploy/civetweb_source.sh
. "$root/deploy/civetweb_source.sh"
cd "$root"

# Without dev and clang: the others compile everything by both compilers, and run each test once at least; these two
# compile each source by itself, nightly.
DEFAULT_STAGES=(build alerts dashboards e2e deploy asan tsan fuzz)

# What the tests need besides the build. libclang-rt-dev holds the sanitizer and fuzzer run times of clang.
TEST_PACKAGES=(
  doctest-dev clang git libclang-rt-dev
  ca-certificates curl fio fuse3 iproute2 jq jsonnet libfuse3-dev procps python3 python3-jsonschema sysstat util-linux
  bsdextrautils docker-compose dpkg-dev man-db mandoc openssl python3-yaml zsh
)

# What stage packages needs besides.
PACKAGES_PACKAGES=(buildah debootstrap)

FUZZ_RUNS=${FUZZ_RUNS:-10000}
FUZZ_SECONDS=${FUZZ_SECONDS:-}
SCRIPT_SECONDS=${SCRIPT_SECONDS:-1800} # a script that takes longer hangs

logs=$root/build/logs
queue=$logs/queue # of the scripts that are to run, a file a lane
queued=0
passed=0
failed=0
skipped=0

# Seconds of a processor that our children have used, without those that they left behind.
used_seconds() {
  awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%d\n", ($14 + $15) / ticks }' "/proc/$$/stat"
}

run_timed() { # NAME COMMAND
  local began=$SECONDS used
  used=$(used_seconds)
  "$2"
  printf '== %s took %s s, %s s of a processor\n' "$1" $((SECONDS - began)) $(($(used_seconds) - used))
}

count() { # PASSED FAILED SKIPPED
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

# A package whose server would start is unpacked below build/ instead, where its COMMANDS are not installed already; with
# EXTRA, a package that only newer releases have.
unpack_server() { # PACKAGE EXTRA COMMAND...
  local name=$1 extra=$2 tools=$root/build/tools/$1 found
  shift 2
  found=$(command -v "$@" | wc -l) || true
  [ "$found" -lt $# ] || return 0
  if [ ! -x "$tools/usr/bin/$1" ]; then
    rm -rf "$tools"
    mkdir -p "$tools/download"
    (
      cd "$tools/download"
      # Container images come without package lists.
      [ -n "$(apt-cache search --names-only "^$name\$")" ] || as_root apt-get -q update
      apt-get -q download "$name"
      [ -z "$(apt-cache search --names-only "^$extra\$")" ] || apt-get -q download "$extra"
    ) >&2 || die "apt-get download $name failed"
    find "$tools/download" -name '*.deb' -exec dpkg-deb --extract '{}' "$tools" ';'
  fi
  PATH=$tools/usr/bin:$PATH
  export PATH
}

# Prometheus and promtool check our output, Alertmanager and amtool our alerts. Debian 13 has promtool in a package of
# its own.
provide_servers() {
  unpack_server prometheus promtool promtool prometheus
  unpack_server prometheus-alertmanager amtool amtool prometheus-alertmanager
}

# Renders the Kubernetes manifests. Debian 12 has none, but that of Debian 13 runs there.
KUSTOMIZE=kustomize_5.6.0+ds-1+b2_amd64.deb
KUSTOMIZE_SHA256=552bbe5563b522685b10f75a9a226bfbee9778fc313b205d595fdbb7e9c70e33

provide_kustomize() {
  local tools=$root/build/tools/kustomize
  ! command -v kustomize > /dev/null || return 0
  if [ -n "$(apt-cache search --names-only '^kustomize$')" ]; then
    install_packages kustomize
    return
  fi
  [ "$(dpkg --print-architecture)" = amd64 ] || return 0
  if [ ! -x "$tools/usr/bin/kustomize" ]; then
    mkdir -p "$tools"
    download_from_mirror "pool/main/k/kustomize/$KUSTOMIZE" "$KUSTOMIZE_SHA256" "$tools/$KUSTOMIZE" || return 0
    dpkg-deb --extract "$tools/$KUSTOMIZE" "$tools"
  fi
  PATH=$tools/usr/bin:$PATH
  export PATH
}

# Sanitizers of older compilers fail at random under a wide address space randomisation.
without_aslr() {
  if setarch --addr-no-randomize true 2> /dev/null; then
    setarch --addr-no-randomize "$@"
  else
    "$@"
  fi
}

# Prints "PASSED FAILED SKIPPED" of what ctest ran: cases where it tells of them by a line of tests/run_part.sh, else
# tests. Prints nothing where none was run.
count_cases() { # FILE THAT CTEST WROTE, ITS OUTPUT
  awk '
    FNR == NR && /^[0-9]+\/[0-9]+ Test: / { test = $3 }
    FNR == NR && /^cases: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { cases[test] = $2 " " $4 " " $6 }
    FNR != NR && /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
      sub(/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: /, "")
      ok = /Passed/
      if (/\*\*\*Skipped/) ++skipped
      else if (!($1 in cases)) { passed += ok; failed += !ok }
      else {
        split(cases[$1], figures, " ")
        passed += figures[1]
        failed += ok || figures[2] > 0 ? figures[2] : 1
        skipped += figures[3]
      }
      ++tests
    }
    END { if (tests) print passed + 0, failed + 0, skipped + 0 }' "$1" "$2"
}

# Configures, builds and tests a workflow of CMakePresets.json, and counts what ctest ran.
preset_stage() { # WORKFLOW [FOLDER OF ITS BUILD]
  local workflow=$1 log=$logs/$1.log results=$root/build/${2:-$1}/Testing/Temporary/LastTest.log status=0 good bad left_out
  rm -f "$results"
  CTEST_PARALLEL_LEVEL=${CTEST_PARALLEL_LEVEL:-$(nproc)} without_aslr cmake --workflow --preset "$workflow" 2>&1 |
    tee "$log" || status=$?
  [ ! -e "$results" ] || read -r good bad left_out < <(count_cases "$results" "$log") || true
  if [ -z "${good:-}" ]; then
    printf 'FAIL %s: no tests were run (status %s)\n' "$workflow" "$status"
    count 0 1 0
    return
  fi
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  printf '%s: %s passed, %s failed, %s skipped\n' "$workflow" "$good" "$bad" "$left_out"
  count "$good" "$bad" "$left_out"
}

# Runs one fuzz target, and leaves its exit status in $logs/fuzz/NAME.status.
fuzz_one() { # BINARY
  local name seeds status=0
  name=$(basename "$1")
  mkdir -p "$root/build/fuzz/corpus/$name" "$root/build/fuzz/findings"
  # It reads its whole corpus first. What takes very long is cut short without failing.
  local amount=("-runs=$FUZZ_RUNS" -max_total_time=60)
  [ -z "$FUZZ_SECONDS" ] || amount=("-max_total_time=$FUZZ_SECONDS")
  local arguments=(
    "${amount[@]}" -timeout=60 -rss_limit_mb=2048 -print_final_stats=1
    "-artifact_prefix=$root/build/fuzz/findings/$name-" "$root/build/fuzz/corpus/$name"
  )
  for seeds in "$root/tests/fuzz/corpus/$name" "$root/tests/fuzz/corpus/${name#fuzz_}"; do
    [ ! -d "$seeds" ] || arguments+=("$seeds")
  done
  without_aslr "$1" "${arguments[@]}" > "$logs/fuzz/$name.log" 2>&1 < /dev/null || status=$?
  printf '%s\n' "$status" > "$logs/fuzz/$name.status"
}

fuzz_stage() {
  local binary name status targets=() at_once
  at_once=$(nproc)
  # Stage asan has built them.
  if ! { cmake --preset asan && cmake --build --preset asan; } > "$logs/fuzz.log" 2>&1; then
    tail -n 40 "$logs/fuzz.log"
    printf 'FAIL fuzz: the build failed\n'
    count 0 1 0
    return
  fi
  for binary in build/asan/tests/fuzz_*; do
    if [ -f "$binary" ] && [ -x "$binary" ]; then targets+=("$binary"); fi
  done
  if [ "${#targets[@]}" -eq 0 ]; then
    printf 'FAIL fuzz: no fuzz target was built\n'
    count 0 1 0
    return
  fi
  rm -rf "$logs/fuzz"
  mkdir -p "$logs/fuzz"
  printf '%s fuzz targets, %s each, %s at a time\n' "${#targets[@]}" \
    "$([ -n "$FUZZ_SECONDS" ] && printf '%s s' "$FUZZ_SECONDS" || printf '%s runs' "$FUZZ_RUNS")" "$at_once"
  for binary in "${targets[@]}"; do
    while [ "$(jobs -pr | wc -l)" -ge "$at_once" ]; do wait -n || true; done
    fuzz_one "$binary" &
  done
  wait
  for binary in "${targets[@]}"; do
    name=$(basename "$binary")
    status=$(cat "$logs/fuzz/$name.status" 2> /dev/null) || status=none
    if [ "$status" = 0 ]; then
      printf 'pass %s (%s runs)\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$logs/fuzz/$name.log")"
      count 1 0 0
    else
      tail -n 40 "$logs/fuzz/$name.log"
      printf 'FAIL %s (status %s; input in build/fuzz/findings)\n' "$name" "$status"
      count 0 1 0
    fi
  done
}

# Runs one test script and prints one line, and what it wrote where it failed; 77 means that the machine cannot run it.
run_script() { # STAGE SCRIPT
  local stage=$1 script=$2 name language log status=0 start=$SECONDS spent TIMEFORMAT='%U %S'
  name=$(basename "${script%.*}")
  language=bash
  [ "${script##*.}" != py ] || language=python3
  log=$logs/$stage/$name.log
  spent=$({ time timeout --kill-after=30 "$SCRIPT_SECONDS" "$language" "$script" > "$log" 2>&1 < /dev/null; } 2>&1) || status=$?
  spent="$((SECONDS - start)) s, $(awk '{ printf "%.0f", $1 + $2 }' <<< "$spent") s of a processor"
  {
    flock 9
    case $status in
      0) printf 'pass %s/%s (%s)\n' "$stage" "$name" "$spent" ;;
      77) printf 'skip %s/%s: %s\n' "$stage" "$name" "$(tail -n 1 "$log")" ;;
      *)
        sed "s/^/  $name: /" "$log"
        [ "$status" -ne 124 ] || printf '  %s: stopped after %s s\n' "$name" "$SCRIPT_SECONDS"
        printf 'FAIL %s/%s (status %s, %s)\n' "$stage" "$name" "$status" "$spent"
        ;;
    esac
    printf '%s\n' "$status" >> "$queue/statuses"
  } 9>> "$queue/lock"
}

# Takes the first line out of the first of the files that has one; status 1: none has.
take_line() { # FILE...
  local file line
  for file in "$@"; do
    {
      flock 9
      line=$(head -n 1 "$file")
      sed -i 1d "$file"
    } 9>> "$file.lock"
    [ -z "$line" ] || { printf '%s\n' "$line" && return 0; }
  done
  return 1
}

run_lane() { # FILE...
  local line
  while line=$(take_line "$@"); do run_script "${line%% *}" "${line#* }"; done
}

# Adds test scripts to those that run_queue runs. One that has a line "# Runs: ..." has its reason: `alone`, no other
# beside it: it loads the machine or measures; `among gateways`, no other such beside it: it looks for gateways among all
# processes.
queue_scripts() { # STAGE SCRIPT...
  local stage=$1 script lane
  shift
  mkdir -p "$logs/$stage" "$queue"
  for script in "$@"; do
    lane=others
    ! grep --quiet '^# Runs: alone' "$script" || lane=alone
    ! grep --quiet '^# Runs: among gateways' "$script" || lane=gateways
    printf '%s %s\n' "$stage" "$script" >> "$queue/$lane"
    queued=$((queued + 1))
  done
}

# Most scripts wait more than they work: three at a time keep two processors busy.
run_queue() {
  local status
  # A third of what log_rotation_test.sh writes by itself.
  local -x LOG_RECORDS=${LOG_RECORDS:-300000}
  [ "$queued" -gt 0 ] || return 0
  touch "$queue/gateways" "$queue/others" "$queue/alone" "$queue/statuses"
  run_lane "$queue/gateways" "$queue/others" &
  run_lane "$queue/others" &
  run_lane "$queue/others" &
  wait
  run_lane "$queue/alone"
  while read -r status; do
    case $status in
      0) count 1 0 0 ;;
      77) count 0 0 1 ;;
      *) count 0 1 0 ;;
    esac
  done < "$queue/statuses"
  [ "$(wc -l < "$queue/statuses")" -eq "$queued" ] || {
    printf 'FAIL scripts: not every one was run\n'
    count 0 1 0
  }
  rm -rf "$queue"
  queued=0
}

# Builds the ci preset (a no-op after stage build), and another if it is named, and queues the scripts of a folder, which
# run its binary.
script_stage() { # STAGE FOLDER [PRESET]
  local stage=$1 folder=$2 built=${3:-ci} preset scripts
  for preset in ci "$built"; do
    if ! { cmake --preset "$preset" && cmake --build --preset "$preset"; } > "$logs/$stage.log" 2>&1; then
      tail -n 40 "$logs/$stage.log"
      printf 'FAIL %s: the build failed\n' "$stage"
      count 0 1 0
      return
    fi
  done
  scripts=("$root/tests/$folder"/*_test.sh)
  if [ ! -e "${scripts[0]}" ]; then
    printf 'FAIL %s: there are no scripts\n' "$stage"
    count 0 1 0
    return
  fi
  export BINARY=$root/build/$built/openclaw-lock-exporter WRITER=$root/build/ci/tests/log_writer
  queue_scripts "$stage" "${scripts[@]}"
}

run_script_stage() { # STAGE FOLDER [PRESET]
  script_stage "$@"
  run_queue
}

# Sanitizers make it several times slower. Readers that hang are left behind when it ends: no leak.
sanitized_e2e() { # PRESET
  PATIENCE=300 SLOWDOWN=10 LOG_RECORDS=${LOG_RECORDS:-100000} SCRIPT_SECONDS=7200 \
    TSAN_OPTIONS="report_thread_leaks=0 suppressions=$root/tests/tsan.supp ${TSAN_OPTIONS:-}" \
    run_script_stage "e2e-$1" e2e "$1"
}

build() { preset_stage ci; }
dev() { preset_stage dev; }
asan() { preset_stage asan; }
tsan() { preset_stage tsan; }
clang() { preset_stage clang; }
fuzz() { fuzz_stage; }
alerts() { script_stage alerts alerts; }
dashboards() { queue_scripts dashboards "$root"/tests/dashboards/*_test.py; }
e2e() { script_stage e2e e2e; }
deploy() { script_stage deploy deploy; }
e2e-asan() { sanitized_e2e asan; }
e2e-tsan() { sanitized_e2e tsan; }
packages() {
  install_packages "${PACKAGES_PACKAGES[@]}"
  queue_scripts packages "$root"/tests/packages/*_test.sh
  SCRIPT_SECONDS=7200 run_queue
}
bench() {
  unpack_server prometheus-node-exporter none prometheus-node-exporter
  cmake --workflow --preset release
  if python3 "$root/tests/bench/fleet_benchmark.py" --binary "$root/build/release/openclaw-lock-exporter" \
    --node-exporter "$(command -v prometheus-node-exporter)"; then count 1 0 0; else count 0 1 0; fi
}
openclaw() { SCRIPT_SECONDS=7200 run_script_stage openclaw openclaw; }

[ "$#" -gt 0 ] || set -- "${DEFAULT_STAGES[@]}"
for stage in "$@"; do
  case $stage in
    build | dev | alerts | dashboards | asan | tsan | clang | fuzz | e2e | deploy | e2e-asan | e2e-tsan | packages | bench | openclaw) ;;
    *) die "unknown stage '$stage' (build dev alerts dashboards asan tsan clang fuzz e2e deploy e2e-asan e2e-tsan packages bench openclaw)" ;;
  esac
done

install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
# systemd-journal-remote writes the journals that are read (the package starts nothing).
install_packages_of_systemd "${BUILD_PACKAGES_OF_SYSTEMD[@]}" systemd-journal-remote
rm -rf "$queue"
mkdir -p "$logs"
provide_civetweb "$root" "$root/build/civetweb" || die "civetweb's source is not to be had"
provide_servers
provide_kustomize

# Scripts of stages that follow each other, and need the same binary, are one queue.
for stage in "$@"; do
  case $stage in
    alerts | dashboards | e2e | deploy) ;;
    *) [ "$queued" -eq 0 ] || run_timed scripts run_queue ;;
  esac
  printf '\n== %s\n' "$stage"
  run_timed "$stage" "$stage"
done
[ "$queued" -eq 0 ] || run_timed scripts run_queue

printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
