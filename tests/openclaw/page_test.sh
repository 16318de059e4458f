#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The page, for real: OpenClaw gateways, the exporter, Prometheus with our rules and Alertmanager with our example. Of one
# gateway two incidents are made, and a webhook receives the right pages and their ends, though the exporter is killed
# during one; another one works all the while, and nothing is sent about it. Then a second process is started on it over
# and over, and refused: a ticket.
#
#   tests/openclaw/page_test.sh [HURT-VERSION [HEALTHY-VERSION]]      default: 2026.4.24 2026.9.6
#
# Runs: alone: the lab has one gateway of a version, and one model server
#
# The rules' durations are divided by TIME_DIVISOR (10), by the knob of alerts/config.libsonnet; of the Alertmanager
# example the receivers alone are replaced. HURT-VERSION must let a second gateway start on another port and wait for
# locks of 10 s (2026.4.24 to 2026.4.29). BINARY names the exporter (default: build/dev). LAB_ROOT keeps the installed
# versions (see lab/lab.sh). Needs root, npm, python3, curl, jq, jsonnet, Prometheus, Alertmanager; takes 15 minutes, on
# a busy machine more.
# shellcheck disable=SC2016,SC2317  # jq has variables too; functions are called by name
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/e2e/e2e.sh
. "$here/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$here/../alerts/alerting.sh"
need npm python3 curl jq jsonnet prometheus promtool
need_root
find_alertmanager

TIME_DIVISOR=${TIME_DIVISOR:-10}
lab=$here/lab/lab.sh
# shellcheck disable=SC2034  # read by e2e.sh
INTERVAL=1s
PATIENCE=60
page_within=300 # seconds, of which a busy machine takes most
hurt=${1:-2026.4.24}
healthy=${2:-2026.9.6}

stop_lab() {
  "$lab" stop "$hurt"
  "$lab" stop "$healthy"
  "$lab" stop-model
}
on_exit+=(stop_lab)

# ---- OpenClaw

# Turns go over HTTP: a turn of the command line takes seconds of processor time to start.
set_up() { # VERSION
  local configuration
  "$lab" setup "$1" > "$work/setup.log" 2>&1 || { cat "$work/setup.log"; exit 1; }
  configuration=$("$lab" state "$1")/openclaw.json
  jq '.gateway.http.endpoints.chatCompletions.enabled = true' "$configuration" > "$work/configuration"
  cat "$work/configuration" > "$configuration"
}

port_of() { # VERSION
  jq .gateway.port "$("$lab" state "$1")/openclaw.json"
}

# Succeeds where the model's answer came.
post_turn() { # PORT MESSAGE
  curl --noproxy '*' --silent --fail --max-time 600 --output /dev/null \
    --header 'Authorization: Bearer lab-token' --header 'Content-Type: application/json' \
    --header 'x-openclaw-session-key: agent:main:main' \
    --data "{\"model\": \"openclaw:main\", \"messages\": [{\"role\": \"user\", \"content\": \"$2\"}]}" \
    "http://127.0.0.1:$1/v1/chat/completions"
}

# One turn after the other until the file FLAG is gone; a line a turn in FLAG.turns: ok or failed.
keep_turning() { # FLAG PORT
  while [ -e "$1" ]; do
    if post_turn "$2" "turn delay=0.5"; then printf 'ok\n'; else printf 'failed\n'; fi >> "$1.turns"
  done
}

start_turning() { # FLAG PORT
  touch "$work/$1"
  : > "$work/$1.turns"
  keep_turning "$work/$1" "$2" &
  turning=$!
  children+=("$turning")
}

end_turning() { # FLAG PID
  rm -f "$work/$1"
  wait "$2" || true
}

turns() { # FLAG ok|failed
  grep --count --line-regexp "$2" "$work/$1.turns" || true
}

# ---- what arrives

# The alerts NAME of the hurt gateway in the pages, one a line, in that state.
paged() { # NAME firing|resolved
  notifications page '.alerts[] | select(.labels.alertname == $name and .labels.gateway == "hurt" and .status == $status)
    | tojson' --arg name "$1" --arg status "$2"
}

is_paged() { # NAME firing|resolved
  [ -n "$(paged "$@")" ]
}

is_suppressed() { # NAME SEVERITY
  curl --noproxy '*' --silent --max-time 10 "$alertmanager_url/api/v2/alerts" | jq --exit-status \
    'any(.[]; .labels.alertname == $name and .labels.severity == $severity and .labels.gateway == "hurt"
      and .status.state == "suppressed")' --arg name "$1" --arg severity "$2" > "$work/ignored"
}

last_page_is_resolved() {
  [ "$(notifications page .status | tail -n 1)" = resolved ]
}

# The page NAME came, says what it must, and links to a runbook that is there.
expect_page() { # NAME
  local alert
  if ! wait_for "$page_within" is_paged "$1" firing; then
    not_ok "$1 is paged" "alerts: $(query 'ALERTS')
counters: $(query 'openclaw_lock_timeouts_total > 0')
$(tail -n 3 "$work/alertmanager.log")"
    finish
  fi
  ok "$1 is paged"
  printf '#   %s s after the incident began\n' $((SECONDS - incident_began))
  alert=$(paged "$1" firing | head -n 1)
  check_equal 'its labels' "critical openclaw openclaw-locks ${url#http://} hurt" \
    "$(jq --raw-output '.labels | [.severity, .component, .job, .instance, .gateway] | join(" ")' <<< "$alert")"
  runbook=$(jq --raw-output .annotations.runbook_url <<< "$alert")
  check "its runbook is there: $runbook" test -s "$repository/${runbook#*/blob/main/}"
  check_equal 'its dashboard is that of the gateway' \
    "/d/openclaw-lock-gateway?var-cluster=&var-namespace=&var-job=openclaw-locks&var-instance=${url##*/}&var-gateway=hurt" \
    "$(jq --raw-output '.annotations.dashboard_url | sub("^[a-z]+://[^/]*"; "") | gsub("%3A"; ":")' <<< "$alert")"
  check 'its description names the gateway' grep --quiet hurt <<< "$(jq .annotations.description <<< "$alert")"
}

expect_end() { # NAME
  check "the end of $1 arrives" wait_for "$page_within" is_paged "$1" resolved
  check 'and then that of the whole incident' wait_for "$page_within" last_page_is_resolved
  check_equal 'nothing is active then' '' \
    "$(query 'ALERTS{alertstate="firing", severity="critical"}')"
}

# ---- the exporter's end

start_watching() {
  mkdir -p "$work/storage"
  start_exporter "--openclaw.state-dir=hurt=$("$lab" state "$hurt")" "--openclaw.state-dir=healthy=$("$lab" state "$healthy")" \
    "--openclaw.log=hurt=$("$lab" file-logs "$hurt")/openclaw-*.log" \
    "--openclaw.log=healthy=$("$lab" file-logs "$healthy")/openclaw-*.log" --storage.path="$work/storage"
}

# Of a page NAME that fires, nothing is measured any more: it goes on all the same, and says so. What would have ended it
# by itself, 10 min of silence at most, passes first.
lose_exporter() { # NAME
  kill -KILL "$exporter_pid"
  check 'a killed exporter is told' wait_for "$page_within" has_answer 'ALERTS{alertname="OpenClawLockExporterDown", alertstate="firing"}'
  check 'long after the last scrape' wait_for "$page_within" \
    has_answer "absent_over_time((up == 1)[$((600 / TIME_DIVISOR + 15))s:1s])"
  check "$1 still fires" has_answer "ALERTS{alertname=\"$1\", gateway=\"hurt\", alertstate=\"firing\"}"
  check_equal 'and its end was not sent' '' "$(paged "$1" resolved)"
  LISTEN=${url##*/} start_watching
  check 'it is scraped again' wait_for "$page_within" has_answer 'up == 1'
}

# ---- incidents

two_gateways() {
  local second_port=$((hurt_port + 20)) word failing held
  word=word$(date +%s%N)
  printf '# two gateways on one state directory\n'
  "$lab" start-second "$hurt"
  incident_began=$SECONDS
  check 'a turn by the second gateway works' post_turn "$second_port" 'warm delay=0.2'
  post_turn "$second_port" "held delay=0.2 until=$word" &
  held=$!
  children+=("$held")
  "$lab" wait-asked "$word"
  start_turning hurt "$hurt_port"
  failing=$turning
  expect_page OpenClawLockDuplicateGateways
  check 'turns fail by it' wait_for "$page_within" has_answer 'ALERTS{alertname="OpenClawLockTimeouts", gateway="hurt", alertstate="firing"}'
  check 'their own alert is suppressed' wait_for "$PATIENCE" is_suppressed OpenClawLockTimeouts critical
  "$lab" release "$word"
  wait "$held" || true
  "$lab" stop-second "$hurt"
  end_turning hurt "$failing"
  printf '#   %s turns failed\n' "$(turns hurt failed)"
  check 'a turn works again' post_turn "$hurt_port" 'after delay=0.2'
  expect_end OpenClawLockDuplicateGateways
}

# OpenClaw removes the lock of a dead holder on the next turn of that session; so turns of another one fail here, by a
# holder that lives.
dead_holder() {
  local failing
  printf '# a holder is killed\n'
  "$lab" hold-turn "$hurt" 900 victim > "$work/held"
  "$lab" kill-holder "$hurt" > "$work/killed"
  expect_metric 'its lock is dead' 1 openclaw_lock_files gateway=hurt kind=session holder=dead
  "$lab" hold-turn "$hurt" 900 "$("$lab" main-session "$hurt")" > "$work/held"
  start_turning hurt "$hurt_port"
  failing=$turning
  incident_began=$SECONDS
  expect_page OpenClawLockHolderDead
  check 'the ticket for the same lock is suppressed' wait_for "$page_within" is_suppressed OpenClawLockHolderDead warning
  lose_exporter OpenClawLockHolderDead
  "$lab" kill-holder "$hurt" > "$work/killed"
  end_turning hurt "$failing"
  printf '#   %s turns failed\n' "$(turns hurt failed)"
  # As the runbook says. The start of a gateway removes locks of the dead.
  "$lab" stop "$hurt"
  "$lab" start-gateway "$hurt"
  check 'a turn works after a clean restart' post_turn "$hurt_port" 'after delay=0.2'
  expect_metric 'no dead lock is left' 0 openclaw_lock_files gateway=hurt kind=session holder=dead
  expect_end OpenClawLockHolderDead
}

# Keeps starting a second process of the healthy gateway until the file FLAG is gone.
keep_refusing() { # FLAG
  while [ -e "$1" ]; do "$lab" refuse-second "$healthy" >> "$1.starts" 2>&1 || true; done
}

restart_loop() {
  local loop
  printf '# a second process is refused over and over\n'
  touch "$work/refusals"
  keep_refusing "$work/refusals" &
  loop=$!
  children+=("$loop")
  check 'the ticket comes' wait_for $((3 * page_within)) has_answer \
    'ALERTS{alertname="OpenClawLockRestartLoop", gateway="healthy", severity="warning", alertstate="firing"}'
  rm -f "$work/refusals"
  wait "$loop" || true
  check 'a turn of the gateway that runs works' post_turn "$(port_of "$healthy")" 'after delay=0.2'
  check_equal 'nobody is paged for it' '' \
    "$(notifications page '.alerts[] | select(.labels.gateway == "healthy") | tojson')"
}

printf '# hurt: %s, healthy: %s, durations divided by %s\n' "$hurt" "$healthy" "$TIME_DIVISOR"
set_up "$hurt"
set_up "$healthy"
hurt_port=$(port_of "$hurt")
rm -f "$("$lab" state "$hurt")"/agents/main/sessions/*.lock # of an earlier run that was interrupted
"$lab" start-model
"$lab" start-gateway "$hurt"
"$lab" start-gateway "$healthy"
check 'a first turn works' post_turn "$hurt_port" 'warm delay=0.2'
check 'and one of the healthy gateway' post_turn "$(port_of "$healthy")" 'warm delay=0.2'
start_watching
start_webhook
start_alertmanager
"$repository/alerts/render.sh" --rules "$work/divided.rules.yaml" "$TIME_DIVISOR"
start_prometheus "$work/divided.rules.yaml" 1s "${url#http://}"
start_turning healthy "$(port_of "$healthy")"
load=$turning

check 'the watchdog arrives' wait_for "$page_within" has_lines "$webhooks"
began=$SECONDS
two_gateways
pages=$(notifications page .groupKey | wc -l)
dead_holder

end_turning healthy "$load"
printf '# %s s under load\n' $((SECONDS - began))
printf '#   %s turns of the healthy gateway were well, %s failed; %s pages were sent first, then %s\n' "$(turns healthy ok)" \
  "$(turns healthy failed)" "$pages" $(($(notifications page .groupKey | wc -l) - pages))
check 'the healthy gateway worked' test "$(turns healthy ok)" -ge 50
check_equal 'all of its turns were well' 0 "$(turns healthy failed)"
check_equal 'nothing was sent about it' '' \
  "$(jq --raw-output 'select(.receiver != "dead-mans-switch") | .alerts[]
    | select(.labels.gateway != "hurt" and .labels.alertname != "OpenClawLockExporterDown") | tojson' "$webhooks")"
check_equal 'nor did anything but the watchdog reach its switch' OpenClawLockWatchdog \
  "$(notifications dead-mans-switch '.alerts[].labels.alertname' | sort --unique)"
restart_loop
check_equal 'all pages are of one group' 1 "$(notifications page .groupKey | sort --unique | wc -l)"
stop_exporter
check_equal 'the exporter ends with status 0' 0 "$exporter_status"
finish
