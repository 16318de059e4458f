# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that run a real Prometheus, after tests/e2e/e2e.sh.

: "${work:?is set by tests/e2e/e2e.sh}"

# Servers that are told port 0 do not tell which one the system chose for them.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Of a Prometheus or an Alertmanager.
server_is_ready() { # URL
  curl --noproxy '*' --silent --fail --max-time 5 --output /dev/null "$1/-/ready"
}

# Runs it on the configuration in $work/prometheus.yml; sets prometheus_url.
run_prometheus() { # FLAG...
  prometheus_url=http://127.0.0.1:$(free_port)
  background prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
    --web.listen-address="${prometheus_url#http://}" "$@" 2> "$work/prometheus.log"
  if ! wait_for "$PATIENCE" server_is_ready "$prometheus_url"; then
    not_ok 'Prometheus starts' "$(tail -n 20 "$work/prometheus.log")"
    finish
  fi
}

ask_prometheus() { # QUERY; prints the answer
  curl --noproxy '*' --silent --max-time 10 --get --data-urlencode "query=$1" "$prometheus_url/api/v1/query"
}
