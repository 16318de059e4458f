#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Disk wait on the real machine: over a run of fio, wait divided by operations is what iostat says, within 5 %. The probe
# that can be asked for leaves no file.
# shellcheck disable=SC2317  # functions are called by name
# Runs: alone: iostat sees the whole disk
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need curl fio iostat jq findmnt python3
state=$work/state
mkdir -p "$state"
device=$(findmnt --noheadings --output SOURCE --target "$state")
[ -b "$device" ] || skip "$state lies on no block device ($device)"
disk=$(basename "$(readlink --canonicalize "$device")")
[ -d "/sys/block/$disk" ] || skip "$device is no whole disk, and iostat would sum up others"

figures() {
  local operation
  for operation in read write flush; do
    printf '%s %s %s\n' "$operation" "$(metric openclaw_lock_disk_operations_total gateway=main "operation=$operation")" \
      "$(metric openclaw_lock_disk_wait_seconds_total gateway=main "operation=$operation")"
  done
}

# iostat tells 0.00 for what it has not seen.
agrees() {
  figures > "$work/after"
  python3 - "$work/before" "$work/after" "$work/iostat.json" > "$work/compared" << 'PYTHON'
import json, sys

def figures(path):
    return {name: (float(count), float(wait)) for name, count, wait in map(str.split, open(path))}

before, after = figures(sys.argv[1]), figures(sys.argv[2])
disk = json.load(open(sys.argv[3]))["sysstat"]["hosts"][0]["statistics"][-1]["disk"][0]
agree = True
for operation in "read", "write", "flush":
    count = after[operation][0] - before[operation][0]
    wait = after[operation][1] - before[operation][1]
    ours = 1000 * wait / count if count else 0
    theirs = disk[operation[0] + "_await"]
    fits = abs(ours - theirs) <= 0.05 * theirs + 0.005  # it rounds to 0.01 ms
    agree = agree and fits and (operation == "flush" or count > 100)
    print(f"{operation}: {count:.0f} operations, {ours:.3f} ms each, iostat {theirs:.2f} ms")
sys.exit(not agree)
PYTHON
}

start_exporter "--openclaw.state-dir=main=$state" --no-collector.locks --no-collector.processes --no-collector.logs
expect_metric_above 'the disk below the state directory is found' 0 openclaw_lock_disk_operations_total gateway=main \
  operation=write
expect_metric 'it is no network file system' 1 openclaw_lock_filesystem_info gateway=main network=false

figures > "$work/before"
iostat -x -y -o JSON "$disk" 8 1 > "$work/iostat.json" &
iostat=$!
children+=("$iostat")
check 'fio runs' fio --name=load "--directory=$state" --rw=randrw --bs=512k --size=64M --direct=1 --fsync=16 --ioengine=libaio --iodepth=16 \
  --time_based --runtime=5 --output="$work/fio.log"
check 'iostat runs' wait "$iostat"
if wait_for "$PATIENCE" agrees; then
  ok "wait / operations agrees with iostat: $(paste --serial --delimiters=';' "$work/compared")"
else
  not_ok 'wait / operations agrees with iostat' "$(cat "$work/compared")"
fi
expect_metric 'nothing is written without being asked' '' openclaw_lock_disk_probe_seconds_count gateway=main
stop_exporter
check_equal 'the exporter ends with status 0' 0 "$exporter_status"

# ---- the probe

start_exporter "--openclaw.state-dir=main=$state" --disk-probe.enabled --disk-probe.interval=1s
expect_metric_above 'a probe is repeated' 1 openclaw_lock_disk_probe_seconds_count gateway=main
expect_metric_above 'a synced write takes time' 0 openclaw_lock_disk_probe_seconds_sum gateway=main
check_equal 'no other file is left or seen' load.0.0 "$(ls --almost-all "$state")"
expect_metric 'the disk is well' 1 openclaw_lock_source_up gateway=main source=disk
stop_exporter
finish
