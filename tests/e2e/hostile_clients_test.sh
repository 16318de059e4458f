#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Clients that are slow, idle, many, do not read or guess passwords cannot stop a scrape: while each kind of them does its
# worst, every scrape is answered within a second (or ten times what one of an exporter takes that is not attacked), not
# counted the time in which something on this machine has to wait for a processor or a disk, and the exporter's memory and
# descriptors stay within bounds.
# shellcheck disable=SC2317  # functions are called by name
# Runs: alone: ten thousand clients
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need cc curl openssl pgrep python3
# The connections that the exporter holds at most, and what else it has open.
MOST_DESCRIPTORS=1300

descriptors() {
  find "/proc/$exporter_pid/fd" -mindepth 1 | wc -l
}

attack() { # KIND COUNT SECONDS [tls]
  local result slowest usual scrapes held limit status=0 seconds=$(($3 * (SLOWDOWN > 1 ? 4 : 1)))
  result=$(PATIENCE=$PATIENCE python3 "$e2e/hostile_clients.py" "$1" "$2" "$seconds" "$target" "$control" ${4:+"$4"} 2>&1) ||
    status=$?
  if [ "$status" -eq 77 ]; then
    printf 'skipped: %s: %s\n' "$1" "$result"
    return
  fi
  if [ "$status" -ne 0 ]; then
    not_ok "$2 x $1${4:+ over $4}" "$result"
    return
  fi
  read -r slowest usual scrapes held <<< "$result"
  limit=$((1000 * SLOWDOWN > 10 * usual ? 1000 * SLOWDOWN : 10 * usual))
  # Whole requests stand before it, which cost a few ms each.
  [ "$1" != never-reading ] || limit=$((limit + 3 * $2 * SLOWDOWN))
  check "$2 x $1${4:+ over $4}: the slowest of $scrapes scrapes took $slowest quiet ms, at most $limit (they had $held descriptors)" \
    [ "$slowest" -lt "$limit" ]
  check "$2 x $1: $(descriptors) descriptors" [ "$(descriptors)" -le "$MOST_DESCRIPTORS" ]
}

# Many series, so that an answer does not fit into the buffers of a socket.
state=$work/many/.openclaw
for i in $(seq 64); do
  dir=$(made_session_dir "$state" "agent-with-a-name-that-makes-answers-long-$i")
  make_lock "$dir/a.jsonl.lock" 4194305 1
done
dirs=("--openclaw.state-dir=many=$state")
for i in 1 2 3; do
  cp -r "$state" "$work/many-$i"
  dirs+=("--openclaw.state-dir=many-$i=$work/many-$i")
done

# Where answers take long, whole requests are more than --web.max-requests at once.
flags=()
[ "$SLOWDOWN" -eq 1 ] || flags=(--web.max-requests=0)
start_exporter "${dirs[@]}"
control=${url#http://}
start_exporter "${dirs[@]}" "${flags[@]}"
target=${url#http://}
size=$(scrape | wc -c)
check "an answer of $size bytes" [ "$size" -gt 200000 ]
before=$(descriptors)
attack slowloris 300 5
attack slowloris 2000 8
attack idle 10000 10
attack huge-headers 500 5
# No more of them than --web.max-requests: what they ask for is granted to anybody.
attack pipelining 30 5
attack half-closed 30 5
attack never-reading 400 10
check_peak_memory 'after all of that' 256

# Each limit does what it says.
status=$(curl --noproxy '*' --silent --output "$work/ignored" --write-out '%{http_code}' --header "X: $(printf '%09000d' 0)" \
  "$url/metrics")
check_equal 'a head of 9 kB: 431' 431 "$status"
began=$(date +%s%3N)
python3 -c '
import socket, sys
host, port = sys.argv[1].rsplit(":", 1)
connection = socket.create_connection((host, int(port)), 30)
connection.sendall(b"GET /metrics HTTP/1.1\r\n")
connection.recv(1)' "$target"
took=$(($(date +%s%3N) - began))
check "half a request is given up after $took ms" [ "$took" -ge 4900 ]
check 'and not much later' [ "$took" -le $((5000 + PATIENCE * 1000)) ]

descriptors_are_back() {
  [ "$(descriptors)" -le $((before + 2)) ]
}
check 'in the end every connection is closed' wait_for "$((PATIENCE + 15))" descriptors_are_back
check 'the exporter runs on' is_ready
stop_exporter
check_equal 'a clean end' 0 "$exporter_status"

# ---- TLS and passwords
cd "$work"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=exporter -out cert.pem -keyout key.pem 2> "$work/ignored"
# alice has the password "secret", at cost 10.
cat > web.yml << 'YAML'
tls_server_config: {cert_file: cert.pem, key_file: key.pem}
YAML
launch_exporter "${dirs[@]}" --web.config.file=web.yml
target=${url#https://}
attack half-handshake 1000 5 tls
attack slowloris 500 5 tls
attack idle 2000 5 tls
stop_exporter

cat > web.yml << 'YAML'
basic_auth_users:
  alice: $2b$10$CCCCCCCCCCCCCCCCCCCCC.VVp5aqsPmU7zaCQqZwwreor7t89ae/K
YAML
launch_exporter "${dirs[@]}" --web.config.file=web.yml
target=${url#http://}
status=$(curl --noproxy '*' --silent --output "$work/ignored" --write-out '%{http_code}' --user alice:secret "$url/metrics")
check_equal 'a scrape with the right password' 200 "$status"
export HEADER=$'Authorization: Basic YWxpY2U6c2VjcmV0\r\n'
attack wrong-passwords 100 8
is_refused() {
  [ "$(curl --noproxy '*' --silent --output "$work/ignored" --write-out '%{http_code}' --user alice:guess "$url/metrics")" = 401 ]
}
check 'a wrong password is refused' wait_for "$PATIENCE" is_refused
stop_exporter
check_equal 'a clean end after passwords' 0 "$exporter_status"
finish
