#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where logs come from, and what is told when they do not: files, standard input, containers, usual places; two logs of
# one gateway; forgeries; logs that are not there; stored positions that cannot be used.
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need curl jq python3
captures=$e2e/../fixtures/captures/2026.4.24
incident=$captures/16-two-gateways # two timeouts in the file log, the first of them also on the console
mkdir -p "$work/state"
state=--openclaw.state-dir=main=$work/state
others_off=(--no-collector.locks --no-collector.processes)

expect_timeouts() { # TEXT COUNT [LABEL=VALUE...]
  expect_metric "$1" "$2" openclaw_lock_timeouts_total "${@:3}"
}

# Console text as Docker keeps it: warnings and errors on stderr.
as_docker() {
  jq --raw-input --compact-output \
    '{log: (. + "\n"), stream: (if test("lane task error") then "stderr" else "stdout" end), time: .[0:29]}' "$1"
}

container() { # ID STATE_DIR
  mkdir -p "$work/docker/$1"
  printf '{"ID":"%s","MountPoints":{"/home/node/.openclaw":{"Source":"%s","Destination":"/home/node/.openclaw","Type":"bind"}}}' \
    "$1" "$2" > "$work/docker/$1/config.v2.json"
  : > "$work/docker/$1/$1-json.log"
}

# ---- two logs of one gateway

mkdir "$work/logs"
: > "$work/logs/console"
start_exporter "$state" "${others_off[@]}" "--openclaw.log=main=$work/logs/openclaw-*.log" "--openclaw.log=main=$work/logs/console"
cp "$incident/console.new" "$work/logs/new" && cat "$work/logs/new" >> "$work/logs/console"
expect_timeouts 'the console alone tells of one timeout' 1
cp "$incident/filelog.new" "$work/logs/openclaw-2026-11-21.log"
expect_timeouts 'with the file log it is two, and not three' 2 agent=main kind=session
expect_metric 'both waits are observed' 2 openclaw_lock_wait_seconds_count kind=session
cat "$captures/14-reply-text-in-log/filelog.new" >> "$work/logs/openclaw-2026-11-21.log"
expect_metric_above 'a reply that quotes the error is read' 3 openclaw_lock_log_lines_total outcome=ignored
expect_timeouts 'and is no timeout' 2
check 'the first timeout is told, without path and pid' grep --quiet \
  'msg="lock timeouts have begun" gateway=main agent=main kind=session at=2026-11-20T23:40:31.[0-9]*Z wait_ms=10000$' "$exporter_log"
stop_exporter

# ---- standard input

mkfifo "$work/input"
# The shell gives a background process no standard input of its own.
# shellcheck disable=SC2016
exporter_prefix=(sh -c 'input=$1; shift; exec "$@" < "$input" 9>&-' with_input "$work/input")
exec 9<> "$work/input"
start_exporter "$state" "${others_off[@]}" --openclaw.log=main=-
exporter_prefix=()
cat "$incident/filelog.new" >&9
expect_timeouts 'standard input is read' 2
expect_metric 'and is one log' 1 openclaw_lock_log_files
exec 9>&-
expect_metric 'its end is told' 0 openclaw_lock_source_up source=logs
check 'in a line' grep --quiet 'problem=missing where="standard input"' "$exporter_log"
stop_exporter

piped_once() { # COMMAND...; leaves what --once prints of it in $work/piped
  "$@" | "$BINARY" --once "$state" "${others_off[@]}" --openclaw.log=main=- > "$work/piped" 2> "$work/piped.log"
}
slow_producer() { sleep 0.3 && cat "$incident/filelog.new"; }
large_producer() { # the incident behind 20 MB
  head --bytes 20000000 /dev/zero | tr '\0' x | sed 's/.\{200\}/{"0":"&","_meta":{"logLevelId":3,"date":"2026-11-20T23:00:00.000Z"}}\n/g'
  printf '\n'
  cat "$incident/filelog.new"
}
strange_producer() { for _ in 1 2 3 4 5 6 7 8; do printf 'neither this nor that\n'; done; }
piped_once slow_producer
check_equal '--once waits for a producer that begins late' 2 "$(sum_of openclaw_lock_timeouts_total < "$work/piped")"
piped_once large_producer
check_equal 'and for the end' 2 "$(sum_of openclaw_lock_timeouts_total < "$work/piped")"
piped_once strange_producer
check_equal 'what nobody understands is a problem' 1 \
  "$(sum_of openclaw_lock_source_problems_total source=logs problem=unrecognised < "$work/piped")"

# ---- containers

mkdir -p "$work/multi/oc1/config" "$work/multi/oc2/config"
container c0ffee "$work/multi/oc1/config"
container decade "$work/multi/oc2/config"
cat > "$work/many.yml" <<END
gateways:
  - name: "oc{1}"
    state_dir: $work/multi/oc*/config
    logs: ["$work/docker/*/*-json.log"]
END
start_exporter "--config.file=$work/many.yml" "${others_off[@]}"
as_docker "$incident/console.new" > "$work/docker/new" && cat "$work/docker/new" >> "$work/docker/decade/decade-json.log"
expect_timeouts "a container's log counts at the gateway whose directory it has" 1 gateway=oc2
expect_timeouts 'and at no other' 0 gateway=oc1
stop_exporter

# ---- usual places

host=$work/host
mkdir -p "$host/data/.openclaw" "$host/tmp/openclaw"
: > "$host/tmp/openclaw/openclaw-2026-11-20.log"
start_exporter "${others_off[@]}" "--path.rootfs=$host"
sed "s|/[^ ]*/agents/|/data/.openclaw/agents/|g" "$incident/filelog.new" > "$work/own.log"
cat "$work/own.log" "$incident/filelog.new" >> "$host/tmp/openclaw/openclaw-2026-11-20.log"
expect_timeouts 'a discovered gateway has its log in the usual place, and shares it with others' 2
stop_exporter

# ---- nothing to read

start_exporter "$state" "${others_off[@]}" "--openclaw.log=main=$work/none/*.log"
expect_metric 'a log that is not there is no success' 0 openclaw_lock_source_up source=logs
expect_metric_above 'and a problem' 0 openclaw_lock_source_problems_total source=logs problem=missing
check_equal 'told once' 1 "$(grep -c 'problem=missing' "$exporter_log")"
mkdir "$work/none"
cp "$incident/filelog.new" "$work/none/late.log"
expect_timeouts 'when it comes it is read from its start' 2
expect_metric 'and all is well' 1 openclaw_lock_source_up source=logs
stop_exporter

# ---- one line without an end

start_exporter "$state" "${others_off[@]}" "--openclaw.log=main=$work/logs/huge.log"
head --bytes=1G /dev/zero | tr '\0' x > "$work/logs/huge.new"
mv "$work/logs/huge.new" "$work/logs/huge.log"
PATIENCE=60
expect_metric 'a line of 1 GiB without an end counts as oversized' 1 openclaw_lock_log_lines_total outcome=oversized
expect_metric 'and is read past' 0 openclaw_lock_log_unread_bytes
{ printf '\n'; cat "$incident/filelog.new"; } >> "$work/logs/huge.log"
expect_timeouts 'what comes behind it counts' 2
check_peak_memory 'a line without an end' 32
rm "$work/logs/huge.log"
stop_exporter

# ---- a log that only one gateway reads, of two

mkdir -p "$work/two/a" "$work/two/b"
: > "$work/two/a.log"
: > "$work/two/b.log"
start_exporter "--openclaw.state-dir=a=$work/two/a" "--openclaw.state-dir=b=$work/two/b" "${others_off[@]}" \
  "--openclaw.log=a=$work/two/a.log" "--openclaw.log=b=$work/two/b.log"
sed -E "s|(pid=[0-9]+ )[^ ]*/agents/|\1$work/two/b/agents/|g" "$incident/filelog.new" >> "$work/two/a.log"
check 'the record names a lock of the other' grep --quiet "$work/two/b/agents" "$work/two/a.log"
expect_timeouts 'what one log tells of the other gateway counts there' 2 gateway=b kind=session
check_equal 'and not here' 0 "$(metric openclaw_lock_timeouts_total gateway=a kind=session)"
stop_exporter

# ---- stored positions

store=("$state" "${others_off[@]}" "--openclaw.log=main=$work/none/*.log" "--storage.path=$work/positions")
start_exporter "${store[@]}"
cp "$work/none/late.log" "$work/none/copy.log"
sed 's/2026-11-20/2026-11-21/g' "$incident/filelog.new" > "$work/none/later.log"
expect_timeouts 'what is new is counted, a copy is not' 2
status=0
"$BINARY" --web.listen-address=127.0.0.1:0 "${store[@]}" 2> "$work/second" || status=$?
check_equal 'a second exporter on the same positions ends with status 1' 1 "$status"
check_equal 'and one error' 1 "$(grep -c level=error "$work/second")"
check 'that says why' grep --quiet 'another exporter keeps its log positions there' "$work/second"
stop_exporter
start_exporter "${store[@]}"
expect_timeouts 'it is still counted after a restart' 2
stop_exporter
# A crash leaves half a line at most.
printf x >> "$work/positions/positions"
start_exporter "${store[@]}"
expect_timeouts 'half a line at the end harms nothing' 2
stop_exporter
sed -i 's/[0-9]/x/g' "$work/positions/positions"
start_exporter "${store[@]}"
expect_timeouts 'with damaged positions counting begins anew, at the end' 0
check_equal 'and that is said once' 1 "$(grep -c 'cannot go on from the stored log positions' "$exporter_log")"
stop_exporter

finish
