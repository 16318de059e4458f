#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The configuration is read again by SIGHUP and by POST or PUT to /-/reload: what is new appears, what was taken out
# vanishes, the rest goes on as if nothing had been. A bad file changes nothing and says why.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need cc curl pgrep python3
build_actor
config=$work/config.yml

# Sets status; leaves the answer in $work/answer.
post() { # METHOD [CURL_OPTION...]
  status=$(curl --noproxy '*' --silent --max-time "$PATIENCE" --request "$1" --output "$work/answer" --write-out '%{http_code}' \
    "${@:2}" "$url/-/reload")
}

write_config() { # GATEWAY...
  local name
  {
    printf 'gateways:\n'
    for name in "$@"; do printf '  - {name: %s, state_dir: %s/%s/.openclaw}\n' "$name" "$work" "$name"; done
  } > "$config.new"
  mv "$config.new" "$config"
}

gateways() {
  scrape | sed -n 's/^openclaw_lock_source_up{gateway="\([^"]*\)",source="locks"} 1$/\1/p' | sort | tr '\n' ' '
}

gateways_are() { # TEXT
  [ "$(gateways)" = "$1" ]
}

expect_gateways() { # TEXT GATEWAYS
  if wait_for "$PATIENCE" gateways_are "$2"; then ok "$1"; else not_ok "$1" "expected '$2', got '$(gateways)'"; fi
}

has_lines() { # FILE COUNT
  [ "$(wc -l < "$1")" -ge "$2" ]
}

logged() { # PATTERN COUNT
  [ "$(grep --count --extended-regexp "$1" "$exporter_log")" -ge "$2" ]
}

expect_logged() { # TEXT PATTERN [COUNT]
  if wait_for "$PATIENCE" logged "$2" "${3:-1}"; then ok "$1"; else not_ok "$1" "$(tail -n 5 "$exporter_log")"; fi
}

# Reads one counter as fast as it can until the file STOP is there; prints ok, or what was wrong.
FOLLOW='
import os, re, sys, urllib.request
url, stop, least = sys.argv[1], sys.argv[2], float(sys.argv[3])
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
pattern = re.compile(r"^openclaw_lock_acquired_total\{agent=\"main\",gateway=\"kept\",kind=\"session\"\} (\S+)$", re.M)
scrapes, last = 0, least
while not os.path.exists(stop):
    found = pattern.search(opener.open(url + "/metrics", timeout=60).read().decode())
    scrapes += 1
    if not found:
        print("gap after", scrapes, "scrapes"); sys.exit()
    if float(found[1]) < last:
        print("from", last, "back to", found[1]); sys.exit()
    last = float(found[1])
print("ok" if scrapes >= 20 else f"only {scrapes} scrapes")
'

for name in kept gone fresh; do made_session_dir "$work/$name/.openclaw" > "$work/$name.dir"; done
write_config kept gone
start_exporter --config.file="$config"
expect_gateways 'two gateways at first' 'gone kept '
"$actor" cycles 20 2000 0 "$(cat "$work/kept.dir")/a.jsonl.lock" > "$work/ignored"
expect_metric 'holds of the one that stays' 20 openclaw_lock_acquired_total gateway=kept agent=main kind=session
first_load=$(metric openclaw_lock_config_last_reload_success_timestamp_seconds)

# ---- new, gone, kept
background python3 -c "$FOLLOW" "$url" "$work/stop" 20 > "$work/followed"
follower=$job
background "$actor" cycles 200 2000 5000 "$(cat "$work/kept.dir")/b.jsonl.lock" > "$work/ignored"
writer=$job
write_config kept fresh
post POST
check_equal 'POST: status' 200 "$status"
check_equal 'POST: answer' reloaded "$(cat "$work/answer")"
expect_gateways 'the new one appears, the other vanishes' 'fresh kept '
check_equal 'nothing of the one that is gone' '' "$(scrape | grep 'gateway="gone"' || true)"
expect_metric_above 'the time of the reload is told' "$first_load" openclaw_lock_config_last_reload_success_timestamp_seconds
write_config kept fresh gone
post PUT
check_equal 'PUT: status' 200 "$status"
expect_gateways 'and all three' 'fresh gone kept '
for i in 1 2 3 4 5; do
  write_config kept
  kill -HUP "$exporter_pid"
  expect_gateways "SIGHUP $i: one" 'kept '
  write_config kept fresh gone
  kill -HUP "$exporter_pid"
  expect_gateways "SIGHUP $i: three" 'fresh gone kept '
done
wait_for "$PATIENCE" has_ended "$writer" || not_ok 'the writer ends'
expect_metric 'no hold was missed' 220 openclaw_lock_acquired_total gateway=kept agent=main kind=session
touch "$work/stop"
wait_for "$PATIENCE" has_ended "$follower" || true
check_equal 'its counter never went back, nor was away' ok "$(cat "$work/followed")"

# ---- an extra session directory and a log of a gateway that stays
mkdir -p "$work/extra"
cat > "$config" << YAML
gateways:
  - name: kept
    state_dir: $work/kept/.openclaw
    session_dirs: [$work/extra]
    logs: [$work/kept.log]
YAML
: > "$work/kept.log"
post POST
make_lock "$work/extra/x.jsonl.lock" 4194305 1
expect_metric 'a new session directory of a gateway that stays' 1 openclaw_lock_files gateway=kept holder=dead kind=session
expect_metric 'a new log of it' 1 openclaw_lock_log_files gateway=kept
expect_metric 'its counters stay' 220 openclaw_lock_acquired_total gateway=kept agent=main kind=session

# ---- a bad file
before=$(metric openclaw_lock_config_last_reload_success_timestamp_seconds)
printf 'gateways:\n  - name: kept\n    state_dir: %s\n    colour: red\n' "$work/kept/.openclaw" > "$config"
post POST
check_equal 'a bad file: status' 500 "$status"
check 'a bad file: the answer names line and key' grep --quiet 'config\.yml:4: unknown key "colour"' "$work/answer"
check_equal 'a bad file: one line' 1 "$(wc -l < "$work/answer")"
expect_metric 'a bad file: told in the metrics' 0 openclaw_lock_config_last_reload_successful
check_equal 'a bad file: the time is that of the good one' "$before" \
  "$(metric openclaw_lock_config_last_reload_success_timestamp_seconds)"
expect_gateways 'a bad file changes nothing' 'kept '
expect_metric 'not even a session directory' 1 openclaw_lock_files gateway=kept holder=dead kind=session
expect_logged 'a bad file: told in the log' 'level=error msg="the configuration was not reloaded.*config\.yml:4.*colour'
kill -HUP "$exporter_pid"
expect_logged 'SIGHUP with a bad file: told in the log, too' 'level=error msg="the configuration was not reloaded' 2
check 'and it runs on' is_ready
rm "$config"
post POST
check_equal 'a missing file: status' 500 "$status"
write_config kept
post POST
check_equal 'a good file again: status' 200 "$status"
expect_metric 'a good file again: told in the metrics' 1 openclaw_lock_config_last_reload_successful
expect_metric 'the session directory is gone' 0 openclaw_lock_files gateway=kept holder=dead kind=session
expect_metric 'and the counters are still there' 220 openclaw_lock_acquired_total gateway=kept agent=main kind=session

# ---- readers that a reload brings see what those of the start see
in_container() {
  new_namespace "$work/fresh/.openclaw"
  enter_namespace "$namespace_pid"
  holder_prefix=("${inside[@]}")
  write_config kept fresh
  post POST
  start_holder /home/node/.openclaw/agents/main/sessions/inside.jsonl.lock
  expect_holders 'a holder in a container, of a gateway that /-/reload brought' fresh alive
  kill_holder "$holder_pid"
  write_config kept
  post POST
}
if [ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] && can_unshare --pid --fork --mount --mount-proc; then
  in_container
else
  printf 'skipped: a holder in a container: no right to make one\n'
fi

# ---- what takes a restart, and what does not
printf 'web: {telemetry_path: /other}\ncollector: {disk: false}\nlog: {level: debug}\n' >> "$config"
post POST
check_equal 'settings that need a restart: status' 200 "$status"
check_equal 'they are named' 'reloaded; changed, but in need of a restart: collector.disk, web.telemetry-path' \
  "$(cat "$work/answer")"
expect_logged 'in the log, too' 'level=warn .*settings="collector\.disk, web\.telemetry-path"'
expect_metric 'and not in force' 1 openclaw_lock_source_up gateway=kept source=disk
printf 'log: {level: error}\n' >> "$config"
sed -i '/level: debug/d' "$config"
post POST
lines=$(wc -l < "$exporter_log")
post POST
check_equal 'the level of the log is in force at once' "$lines" "$(wc -l < "$exporter_log")"
write_config kept
post POST

# ---- who may
post GET
check_equal 'GET: status' 405 "$status"
post POST --header 'Origin: http://evil.example'
check_equal 'a page of another site: status' 403 "$status"
post POST --header 'Origin: null'
check_equal 'a page without an origin: status' 403 "$status"
post POST --header "Origin: $url"
check_equal 'a page of the exporter itself: status' 200 "$status"
expect_metric_above 'answers are counted' 1 openclaw_lock_exporter_http_requests_total code=403

# ---- many at once
for i in $(seq 20); do
  curl --noproxy '*' --silent --max-time "$PATIENCE" --request POST --output /dev/null --write-out '%{http_code}\n' \
    "$url/-/reload" >> "$work/codes" &
  kill -HUP "$exporter_pid"
done
wait_for "$PATIENCE" has_lines "$work/codes" 20 || true
check_equal 'many reloads at once: done, or told to come again' '' "$(grep -v --line-regexp '200\|503' "$work/codes" || true)"
expect_gateways 'and all is well' 'kept '
stop_exporter
check_equal 'a clean end' 0 "$exporter_status"
finish
