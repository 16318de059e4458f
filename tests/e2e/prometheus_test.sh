#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A real Prometheus scrapes the exporter, in the format of its choice and in text 0.0.4, and has the right values.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/support/prometheus.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/prometheus.sh"

need cc curl jq pgrep prometheus promtool python3
build_actor

OPENMETRICS='application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

# Passes on what the exporter says in text 0.0.4, for Prometheus would ask for OpenMetrics.
PROXY='
import http.server, sys, urllib.request
target = sys.argv[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        request = urllib.request.Request(target, headers={"Accept": "text/plain;version=0.0.4"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request) as answer:
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
'

fetch() { # FILE HEADERS_FILE CURL_OPTION...
  curl --noproxy '*' --silent --fail --max-time "$PATIENCE" --output "$1" --dump-header "$2" "${@:3}" "$url/metrics"
}

content_type() { # HEADERS_FILE
  sed -n 's/^content-type: *//Ip' "$1" | tr -d '\r'
}

value_of() { # QUERY; values, one a line
  ask_prometheus "$1" | jq --raw-output '.data.result[].value[1]'
}

answers() { # QUERY VALUE
  [ "$(value_of "$1")" = "$2" ]
}

expect_answer() { # TEXT QUERY VALUE
  if wait_for "$PATIENCE" answers "$2" "$3"; then
    ok "$1"
  else
    not_ok "$1" "expected '$3', got '$(value_of "$2")': $2"
  fi
}

state=$work/scraped/.openclaw
locks=$(made_session_dir "$state")
made_session_dir "$state" $'odd\xff"\\agent' > "$work/ignored"
make_lock "$locks/b.jsonl.lock" 4194305 1
make_lock "$locks/c.jsonl.lock" 4194305 1
start_exporter --openclaw.state-dir="scraped=$state"
start_holder "$locks/a.jsonl.lock" --max-hold=600000
"$actor" cycles 50 2000 0 "$locks/d.jsonl.lock" > "$work/ignored"
expect_holders 'the exporter sees three locks' scraped 'alive dead dead'
expect_metric 'and 50 holds' 50 openclaw_lock_hold_seconds_count gateway=scraped agent=main

# ---- the two formats
fetch "$work/text" "$work/headers"
check_equal 'without Accept: text 0.0.4' 'text/plain; version=0.0.4; charset=utf-8' "$(content_type "$work/headers")"
check_equal 'promtool has nothing to say of it' '' "$(promtool check metrics < "$work/text" 2>&1 || true)"
fetch "$work/openmetrics" "$work/headers" --header "Accept: $OPENMETRICS"
check_equal 'with the Accept of Prometheus: OpenMetrics' 'application/openmetrics-text; version=1.0.0; charset=utf-8' \
  "$(content_type "$work/headers")"
check_equal 'it ends with # EOF' '# EOF' "$(tail -n 1 "$work/openmetrics")"
fetch "$work/zipped" "$work/headers" --header "Accept: $OPENMETRICS" --header 'Accept-Encoding: gzip'
check 'gzip when asked for' grep --quiet --ignore-case '^content-encoding: gzip' "$work/headers"
check_equal 'it is the same text' "$(grep --count '' "$work/openmetrics")" "$(gunzip < "$work/zipped" | grep --count '')"

# ---- Prometheus
background python3 -c "$PROXY" "$url/metrics" > "$work/proxy_port"
wait_for "$PATIENCE" [ -s "$work/proxy_port" ]
cat > "$work/prometheus.yml" << YAML
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: openmetrics
    static_configs: [{targets: ["${url#http://}"]}]
  - job_name: text
    static_configs: [{targets: ["127.0.0.1:$(cat "$work/proxy_port")"]}]
YAML
run_prometheus --log.level=debug

for job_name in openmetrics text; do
  expect_answer "$job_name: up" "up{job=\"$job_name\"}" 1
  expect_answer "$job_name: one lock is held" \
    "openclaw_lock_files{job=\"$job_name\",gateway=\"scraped\",agent=\"main\",kind=\"session\",holder=\"alive\"}" 1
  expect_answer "$job_name: two are of the dead" \
    "openclaw_lock_files{job=\"$job_name\",gateway=\"scraped\",agent=\"main\",kind=\"session\",holder=\"dead\"}" 2
  expect_answer "$job_name: and zeros are there" \
    "count(openclaw_lock_files{job=\"$job_name\",agent=\"main\",kind=\"session\"})" 4
  expect_answer "$job_name: a counter" \
    "openclaw_lock_released_total{job=\"$job_name\",agent=\"main\",kind=\"session\",outcome=\"released\"}" 50
  expect_answer "$job_name: a histogram" \
    "openclaw_lock_hold_seconds_bucket{job=\"$job_name\",agent=\"main\",kind=\"session\",le=\"+Inf\"}" 50
  expect_answer "$job_name: buckets at OpenClaw's own limits" \
    "count(openclaw_lock_hold_seconds_bucket{job=\"$job_name\",agent=\"main\",kind=\"session\",le=~\"(10|60|300|1020)(\\\\.0)?\"})" 4
  expect_answer "$job_name: all samples were taken" \
    "scrape_samples_scraped{job=\"$job_name\"} - scrape_samples_post_metric_relabeling{job=\"$job_name\"}" 0
  expect_answer "$job_name: the build is known" \
    "count(openclaw_lock_exporter_build_info{job=\"$job_name\",version!=\"\"})" 1
done
expect_answer 'both formats have as many series' \
  'scrape_samples_scraped{job="openmetrics"} - ignoring(job, instance) scrape_samples_scraped{job="text"}' 0
end_holder "$holder_pid"
expect_answer 'a release reaches Prometheus' \
  'openclaw_lock_files{job="openmetrics",agent="main",kind="session",holder="alive"}' 0
targets_have_no_error() {
  [ -z "$(curl --noproxy '*' --silent "$prometheus_url/api/v1/targets" |
    jq --raw-output '.data.activeTargets[].lastError')" ]
}
# A busy machine may have made one scrape late: that is none of its form.
check 'the targets have no error' wait_for "$PATIENCE" targets_have_no_error
check_equal 'nor does the log of Prometheus' '' \
  "$(grep --extended-regexp 'level=(warn|error)|Append failed|scrape failed' "$work/prometheus.log" |
    grep --invert-match 'context deadline exceeded' || true)"
check_equal 'the types are known' 'counter gauge histogram' "$(curl --noproxy '*' --silent "$prometheus_url/api/v1/metadata" |
  jq --raw-output '[.data | to_entries[] | select(.key | startswith("openclaw_lock_")) | .value[].type] | unique | join(" ")')"
finish
