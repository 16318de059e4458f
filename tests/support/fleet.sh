# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests with many gateways, after tests/e2e/e2e.sh.

: "${work:?is set by tests/e2e/e2e.sh}"
# shellcheck disable=SC2154  # exporter_pid is set by launch_exporter

# Sets place, not below /tmp: gateways may get a /tmp of their own.
make_fleet_place() {
  place=$(mktemp -d /var/tmp/lock-exporter-fleet.XXXXXX)
  on_exit+=(remove_fleet_place)
  cc -O1 -Wall -Wextra -pthread -o "$place/fleet_gateways" "$(dirname "${BASH_SOURCE[0]}")/../bench/fleet_gateways.c"
}

remove_fleet_place() { rm -rf "$place"; }

# Makes the state directories $place/fleet/gNNNN/.openclaw, each with a transcript and a log beside it, and what
# fleet_gateways reads of them in $place/fleet.list.
make_fleet() { # COUNT [FIRST]
  python3 - "$place" "$1" "${2:-0}" << 'PYTHON'
import hashlib, os, sys
place, count, first = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.makedirs(f"{place}/tmp/openclaw-{os.getuid()}", mode=0o700, exist_ok=True)
with open(f"{place}/fleet.list", "w") as fleet:
    for number in range(first, first + count):
        home = f"{place}/fleet/g{number:04}"
        state = f"{home}/.openclaw"
        os.makedirs(f"{state}/agents/main/sessions")
        os.makedirs(f"{home}/logs")
        for path, text in ((f"{state}/agents/main/sessions/s.jsonl", "{}\n"), (f"{state}/openclaw.json", "{}\n"),
                           (f"{home}/logs/openclaw-2026-11-28.log", "2026-11-28T16:00:00.000+00:00 [gateway] ready\n")):
            with open(path, "w") as file:
                file.write(text)
        name = hashlib.sha256(f"{state}/openclaw.json".encode()).hexdigest()[:8]
        fleet.write(f"{home} {state} {place}/tmp/openclaw-{os.getuid()}/gateway.{name}.lock {state}/openclaw.json\n")
PYTHON
}

# A process of THREADS threads for each of a list's gateways. Sets job.
start_fleet() { # LIST [THREADS] [COMMAND THAT RUNS IT...]
  local list=$1 threads=${2:-1} output
  output=$(mktemp "$work/fleet.XXXXXX")
  # shellcheck disable=SC2016  # expanded by the inner shell
  background "${@:3}" bash -c 'exec "$1" "$(wc -l < "$2")" 0 "$3" 0 < "$2"' bash "$place/fleet_gateways" "$list" "$threads" \
    > "$output"
  if ! wait_for "$((PATIENCE * 6))" grep --quiet '^ready' "$output"; then
    not_ok 'the gateways start'
    finish
  fi
}

threads_of_exporter() { sed -n 's/^Threads:[[:space:]]*//p' "/proc/$exporter_pid/status"; }

descriptors_of_exporter() { find "/proc/$exporter_pid/fd" -mindepth 1 2> /dev/null | wc -l; }

# How many gateways have SOURCE up.
up_gateways() { # SOURCE
  scrape | grep --count "^openclaw_lock_source_up{gateway=\"[^\"]*\",source=\"$1\"} 1\$" || true
}

all_up() { # COUNT SOURCE...
  local source
  for source in "${@:2}"; do [ "$(up_gateways "$source")" -ge "$1" ] || return 1; done
}
