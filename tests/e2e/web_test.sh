#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# TLS, client certificates, basic auth, rate limit, headers, IPv6 and unix sockets, as clients see them; a real Prometheus
# scrapes through all of it.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/support/prometheus.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/prometheus.sh"

need cc curl jq openssl pgrep prometheus python3
cd "$work"

# alice has the password "secret".
# shellcheck disable=SC2016  # dollars of the hash
USERS='basic_auth_users:
  alice: $2b$10$CCCCCCCCCCCCCCCCCCCCC.VVp5aqsPmU7zaCQqZwwreor7t89ae/K'

new_key() { # NAME KIND
  case $2 in
    rsa) openssl genrsa -out "$1_key.pem" 2048 2> "$work/ignored" ;;
    *) openssl ecparam -name prime256v1 -genkey -noout -out "$1_key.pem" ;;
  esac
}

new_authority() { # NAME
  new_key "$1" ec
  openssl req -x509 -new -key "$1_key.pem" -days 2 -subj "/CN=$1" -out "$1.pem"
}

new_certificate() { # NAME AUTHORITY SAN [KIND]
  new_key "$1" "${4:-ec}"
  openssl req -new -key "$1_key.pem" -subj "/CN=$1" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2_key.pem" -CAcreateserial -days 2 -out "$1.new" \
    -extfile <(printf 'subjectAltName=%s' "$3") 2> "$work/ignored"
  mv "$1.new" "$1.pem"
}

write_web() { # TEXT on standard input; as a whole, for the exporter watches it
  cat > web.new
  mv web.new web.yml
}

# Status of a request; 000 where there was no answer. Leaves headers and body in files.
status_of() { # URL [CURL_OPTION...]
  curl --noproxy '*' --silent --max-time "$PATIENCE" --output body --dump-header headers --write-out '%{http_code}' \
    "${@:2}" "$1" || true
}

status_is() { # STATUS URL [CURL_OPTION...]
  [ "$(status_of "${@:2}")" = "$1" ]
}

expect_status() { # TEXT STATUS URL [CURL_OPTION...]
  local got
  got=$(status_of "${@:3}")
  check_equal "$1" "$2" "$got"
}

# Waits: the exporter looks at its files once a second.
expect_soon() { # TEXT STATUS URL [CURL_OPTION...]
  check "$1" wait_for "$((PATIENCE + 5))" status_is "${@:2}"
}

is_logged() { # PATTERN
  grep --quiet --extended-regexp "$1" "$exporter_log"
}

new_authority ca
new_authority other_ca
new_certificate server ca 'DNS:localhost,IP:127.0.0.1'
new_certificate prometheus ca 'DNS:prometheus.example'
new_certificate stranger ca 'DNS:stranger.example'
new_certificate forger other_ca 'DNS:prometheus.example'
state=$work/watched/.openclaw
locks=$(made_session_dir "$state")
make_lock "$locks/a.jsonl.lock" 4194305 1

# ---- basic auth and headers over plain HTTP
write_web << YAML
$USERS
http_server_config:
  headers: {X-Frame-Options: deny, Strict-Transport-Security: max-age=60}
YAML
launch_exporter --openclaw.state-dir="watched=$state" --web.config.file=web.yml
expect_status 'without a password: 401' 401 "$url/metrics"
check '401 asks for basic auth' grep --quiet --ignore-case '^www-authenticate: basic' headers
check '401 has the headers, too' grep --quiet '^X-Frame-Options: deny' headers
expect_status 'a wrong password: 401' 401 "$url/metrics" --user alice:wrong
expect_status 'an unknown user: 401' 401 "$url/metrics" --user bob:secret
expect_status 'the right password: 200' 200 "$url/metrics" --user alice:secret
check 'the headers of the file' grep --quiet '^Strict-Transport-Security: max-age=60' headers
check_equal 'no header twice' '' "$(sed 's/:.*//' headers | grep -v '^.$' | sort | uniq --repeated)"
for path in / /-/healthy /-/ready /locks /nothing; do
  expect_status "$path is behind the password" 401 "$url$path"
done
expect_status 'a reload is behind the password' 401 "$url/-/reload" --request POST
expect_status 'a reload with the password' 200 "$url/-/reload" --request POST --user alice:secret
expect_status 'a reload from the page of another site: 403' 403 "$url/-/reload" --request POST --user alice:secret \
  --header 'Origin: http://evil.example'

# ---- rate limit; the file is read again by itself
write_web <<< 'rate_limit: {interval: 1h, burst: 5}'
expect_soon 'without users nobody is asked' 200 "$url/-/healthy"
for _ in 1 2 3 4 5 6; do status_of "$url/-/healthy" > "$work/ignored"; done
expect_status 'beyond the burst: 429' 429 "$url/metrics"
check '429 says when to come again' grep --quiet '^Retry-After: 1' headers
write_web <<< 'nonsense: 1'
check 'a bad file is told in the log' wait_for "$((PATIENCE + 5))" is_logged 'level=error .*web\.yml:1'
expect_status 'and changes nothing' 429 "$url/metrics"
write_web < /dev/null
expect_soon 'an empty file takes all of it back' 200 "$url/metrics"
check 'answers are counted by status' grep --quiet 'openclaw_lock_exporter_http_requests_total{code="429"} [1-9]' body
check 'the bad file is told no more in the metrics' grep --quiet '^openclaw_lock_config_last_reload_successful 1$' body
stop_exporter
check_equal 'a clean end' 0 "$exporter_status"

# ---- too many scrapes at once
launch_exporter --openclaw.state-dir="watched=$state" --web.max-requests=1
cat > flood.py << 'PYTHON'
import http.client, sys, threading
host, codes = sys.argv[1], set()
ends = threading.Event()
def scrape():
    while not ends.is_set():
        connection = http.client.HTTPConnection(host, timeout=60)
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        codes.add((answer.status, answer.getheader("Retry-After")))
        answer.read()
        if (503, "1") in codes and (200, None) in codes:
            ends.set()
threads = [threading.Thread(target=scrape) for _ in range(8)]
timer = threading.Timer(120, ends.set)
timer.start()
for thread in threads: thread.start()
for thread in threads: thread.join()
timer.cancel()
print(sorted(code for code, _ in codes))
PYTHON
check_equal 'more scrapes than --web.max-requests: 503 for some, 200 for the others' '[200, 503]' \
  "$(python3 flood.py "${url#http://}")"
stop_exporter

# ---- TLS
write_web << YAML
tls_server_config: {cert_file: server.pem, key_file: server_key.pem}
YAML
launch_exporter --openclaw.state-dir="watched=$state" --web.config.file=web.yml
address=${url#https://}
expect_status 'TLS' 200 "$url/metrics" --cacert ca.pem
expect_status 'a client that does not trust it' 000 "$url/metrics" --cacert other_ca.pem
expect_status 'plain HTTP to it: 400' 400 "http://$address/metrics"

handshake() { # OPTION...; succeeds where the handshake does
  openssl s_client -connect "$address" -CAfile ca.pem -verify_return_error "$@" < /dev/null > s_client.log 2>&1
}

refuses() { # OPTION...
  ! handshake "$@"
}

lacks() { # TEXT FILE
  ! grep --quiet "$1" "$2"
}

check 'TLS 1.2' handshake -tls1_2
check 'TLS 1.3' handshake -tls1_3
for version in tls1 tls1_1; do
  check "no $version" refuses "-$version" -cipher 'ALL:@SECLEVEL=0'
done

check_suites() { # KIND of the certificate's key
  local suite offered=() wanted
  while read -r suite; do
    ! handshake -tls1_2 -cipher "$suite:@SECLEVEL=0" || offered+=("$suite")
  done < <(openssl ciphers -tls1_2 -s 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' | tr ':' '\n')
  wanted="ECDHE-$1-AES128-GCM-SHA256 ECDHE-$1-AES256-GCM-SHA384 ECDHE-$1-CHACHA20-POLY1305"
  check_equal "TLS 1.2 with a key of $1: these suites and no others" "$wanted" \
    "$(printf '%s\n' "${offered[@]}" | sort | tr '\n' ' ' | sed 's/ $//')"
}

check_suites ECDSA
for suite in TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256; do
  check "TLS 1.3: $suite" handshake -tls1_3 -ciphersuites "$suite"
done
for suite in TLS_AES_128_CCM_SHA256 TLS_AES_128_CCM_8_SHA256; do
  check "TLS 1.3: not $suite" refuses -tls1_3 -ciphersuites "$suite"
done
handshake -tls1_2
check 'no compression' grep --quiet '^Compression: NONE' s_client.log
check 'no session is resumed by a ticket' lacks 'TLS session ticket' s_client.log

# ---- a renewed certificate, without a restart
serial() {
  handshake -showcerts || true
  openssl x509 -noout -serial < s_client.log 2> "$work/ignored"
}

serial_differs() { # FROM
  local now
  now=$(serial)
  [ -n "$now" ] && [ "$now" != "$1" ]
}

first=$(serial)
printf 'broken\n' > server.new && mv server.new server.pem
check 'a bad certificate is told in the log' wait_for "$((PATIENCE + 5))" is_logged 'level=error .*server\.pem'
check_equal 'and the old one goes on' "$first" "$(serial)"
check 'in the metrics, too' grep --quiet '^openclaw_lock_config_last_reload_successful 0$' \
  <(curl --noproxy '*' --silent --cacert ca.pem "$url/metrics")
new_certificate server ca 'DNS:localhost,IP:127.0.0.1' rsa
check 'a renewed one is served' wait_for "$((PATIENCE + 5))" serial_differs "$first"
expect_status 'and trusted' 200 "$url/metrics" --cacert ca.pem
check_suites RSA

# ---- client certificates
set_client_auth() { # TYPE [MORE]
  write_web << YAML
tls_server_config:
  cert_file: server.pem
  key_file: server_key.pem
  client_auth_type: $1
  ${2:-}
YAML
  kill -HUP "$exporter_pid"
}

as() { # NAME
  printf -- '--cert %s.pem --key %s_key.pem' "$1" "$1"
}

ca='client_ca_file: ca.pem'
while read -r type nobody ours forged more; do
  set_client_auth "$type" "$more"
  # The reload is over when the rule that refuses most is in force.
  # shellcheck disable=SC2046
  if [ "$forged" = 000 ]; then
    expect_soon "$type: a forged certificate" 000 "$url/metrics" --cacert ca.pem $(as forger)
  else
    expect_soon "$type: a forged certificate" "$forged" "$url/metrics" --cacert ca.pem $(as forger)
  fi
  expect_soon "$type: none" "$nobody" "$url/metrics" --cacert ca.pem
  # shellcheck disable=SC2046
  expect_status "$type: ours" "$ours" "$url/metrics" --cacert ca.pem $(as prometheus)
done << TABLE
RequireAndVerifyClientCert 000 200 000 $ca
VerifyClientCertIfGiven 200 200 000 $ca
RequireAnyClientCert 000 200 200 $ca
RequestClientCert 200 200 200 $ca
NoClientCert 200 200 200
TABLE
set_client_auth RequireAndVerifyClientCert "$ca
  client_allowed_sans: [prometheus.example]"
# shellcheck disable=SC2046
{
  expect_soon 'client_allowed_sans: another name' 000 "$url/metrics" --cacert ca.pem $(as stranger)
  expect_status 'client_allowed_sans: an allowed one' 200 "$url/metrics" --cacert ca.pem $(as prometheus)
}

# ---- Prometheus, with a client certificate and a password
printf '%s\n' "$USERS" >> web.yml
kill -HUP "$exporter_pid"
# shellcheck disable=SC2046
expect_soon 'certificate, but no password' 401 "$url/metrics" --cacert ca.pem $(as prometheus)
cat > prometheus.yml << YAML
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: good
    scheme: https
    tls_config: {ca_file: ca.pem, cert_file: prometheus.pem, key_file: prometheus_key.pem}
    basic_auth: {username: alice, password: secret}
    static_configs: [{targets: ["$address"]}]
  - job_name: wrong_password
    scheme: https
    tls_config: {ca_file: ca.pem, cert_file: prometheus.pem, key_file: prometheus_key.pem}
    basic_auth: {username: alice, password: wrong}
    static_configs: [{targets: ["$address"]}]
  - job_name: no_certificate
    scheme: https
    tls_config: {ca_file: ca.pem}
    basic_auth: {username: alice, password: secret}
    static_configs: [{targets: ["$address"]}]
YAML
# shellcheck disable=SC2119  # it needs no flag
run_prometheus

answers() { # QUERY VALUE
  [ "$(ask_prometheus "$1" | jq --raw-output '.data.result[].value[1]')" = "$2" ]
}

expect_answer() { # TEXT QUERY VALUE
  check "$1" wait_for "$((PATIENCE + 20))" answers "$2" "$3"
}

expect_answer 'Prometheus with TLS, certificate and password: up' 'up{job="good"}' 1
expect_answer 'it has the metrics' 'sum(openclaw_lock_files{job="good",gateway="watched",kind="session"})' 1
expect_answer 'Prometheus with a wrong password: down' 'up{job="wrong_password"}' 0
expect_answer 'Prometheus without a certificate: down' 'up{job="no_certificate"}' 0
last_error() { # JOB
  curl --noproxy '*' --silent "$prometheus_url/api/v1/targets" |
    jq --raw-output ".data.activeTargets[] | select(.labels.job == \"$1\") | .lastError"
}
last_error_is() { # JOB TEXT
  [ "$(last_error "$1")" = "$2" ]
}
check 'it says why' wait_for "$PATIENCE" last_error_is wrong_password 'server returned HTTP status 401 Unauthorized'
check_equal 'and has nothing to say of the good one' '' "$(last_error good)"
stop_exporter
check_equal 'TLS: a clean end' 0 "$exporter_status"

# ---- IPv6 and unix sockets
port=$(free_port)
has_ipv6=no
! python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2> "$work/ignored" || has_ipv6=yes
sockets=(--web.listen-address="unix:$work/exporter.sock")
[ "$has_ipv6" = no ] || sockets+=(--web.listen-address="[::1]:$port")
# What a killed exporter leaves.
python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/exporter.sock"
launch_exporter --openclaw.state-dir="watched=$state" "${sockets[@]}"
url=${url%%$'\n'*}
expect_status 'IPv4 beside the others' 200 "$url/metrics"
expect_status 'a unix socket, in the place of a stale one' 200 http://localhost/metrics --unix-socket "$work/exporter.sock"
check_equal 'it is for its user and group' 660 "$(stat --format=%a exporter.sock)"
check 'it is told in the log' is_logged "msg=listening url=unix:$work/exporter.sock"
if [ "$has_ipv6" = yes ]; then
  expect_status 'IPv6' 200 "http://[::1]:$port/metrics"
else
  printf 'skipped: IPv6: this machine has none\n'
fi
second=0
"$BINARY" --web.listen-address="unix:$work/exporter.sock" 2> stderr || second=$?
check_equal 'a second exporter on the same socket: status' 1 "$second"
check 'and why' grep --quiet 'exporter.sock.*address already in use' stderr
expect_status 'the first one goes on' 200 http://localhost/metrics --unix-socket "$work/exporter.sock"
stop_exporter
check 'at the end the socket is gone' [ ! -e exporter.sock ]
launch_exporter --openclaw.state-dir="watched=$state" --web.listen-address=":0"
both=$(sed -n 's|.* url=http://\[::\]:\([0-9]*\)/metrics$|\1|p' "$exporter_log")
expect_status ':PORT: IPv4' 200 "http://127.0.0.1:$both/metrics"
[ "$has_ipv6" = no ] || expect_status ':PORT: IPv6' 200 "http://[::1]:$both/metrics"
kill -KILL "$exporter_pid"
wait_for "$PATIENCE" has_ended "$exporter_pid" || true

# ---- what is wrong is told at the start
for text in 'nonsense: 1' 'tls_server_config: {cert_file: missing.pem, key_file: server_key.pem}'; do
  printf '%s\n' "$text" > bad.yml
  bad=0
  "$BINARY" --web.config.file=bad.yml 2> stderr || bad=$?
  check_equal "$text: status" 2 "$bad"
  check_equal "$text: one line" 1 "$(wc -l < stderr)"
done
finish
