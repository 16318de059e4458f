#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The health check of the container image: what it calls healthy, and that it always answers in time.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"

need curl openssl python3
healthcheck=$(dirname "$BINARY")/openclaw-lock-healthcheck

verdict() { # [ADDRESS]
  local status=0
  timeout "$PATIENCE" "$healthcheck" "$@" 2> "$work/stderr" || status=$?
  printf '%s\n' "$status"
}

# A server that sends TEXT to each that connects; empty: it ends the connection. With a TLS version it asks for a client's
# certificate, which nobody has here. Sets served, its address.
serve() { # FAMILY TEXT [TLS]
  rm -f "$work/address"
  background python3 -c '
import os, socket, ssl, sys
family, text, announced, path, certificate, version = sys.argv[1:]
kind = {"four": socket.AF_INET, "six": socket.AF_INET6, "unix": socket.AF_UNIX}[family]
server = socket.socket(kind)
server.bind({"four": ("127.0.0.1", 0), "six": ("::1", 0), "unix": path}[family])
server.listen()
address = {"four": "127.0.0.1:%s", "six": "[::1]:%s", "unix": "unix:%s"}[family] % (
    path if family == "unix" else server.getsockname()[1])
with open(announced + ".new", "w") as file:
    file.write(address)
os.rename(announced + ".new", announced)
if version:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.minimum_version = tls.maximum_version = ssl.TLSVersion[version]
    tls.verify_mode = ssl.CERT_REQUIRED
while True:
    connection, _ = server.accept()
    try:
        if version:
            connection = tls.wrap_socket(connection, server_side=True)
        connection.recv(4096)
        connection.sendall(text.encode())
    except OSError:
        pass
    connection.close()' "$1" "$2" "$work/address" "$work/socket.$RANDOM" "$work/certificate.pem" "${3:-}"
  if ! wait_for "$PATIENCE" test -e "$work/address"; then skip "no server for family $1"; fi
  served=$(cat "$work/address")
}

start_exporter --openclaw.state-dir="main=$work/state"
address=${url#http://}
check_equal 'the exporter is healthy' 0 "$(verdict "$address")"
check_equal 'by the environment, too' 0 "$(HEALTHCHECK_ADDRESS=$address verdict)"
check_equal 'an argument wins over it' 1 "$(HEALTHCHECK_ADDRESS=$address verdict 127.0.0.1:1)"
kill -STOP "$exporter_pid"
start_stopwatch
check_equal 'stopped it is not' 1 "$(verdict "$address")"
stop_stopwatch
check_quick 'that is said before the image gives it up' 5000
kill -CONT "$exporter_pid"
stop_exporter
check_equal 'nor ended' 1 "$(verdict "$address")"

serve four $'HTTP/1.1 503 Service Unavailable\r\n\r\n'
check_equal '503 is not healthy' 1 "$(verdict "$served")"
serve four $'HTTP/1.1 401 Unauthorized\r\n\r\n'
check_equal '401 is: it answers' 0 "$(verdict "$served")"
serve four ''
check_equal 'a server that ends each connection is not' 1 "$(verdict "$served")"
serve four 'SSH-2.0-OpenSSH_9.2'
check_equal 'nor one of another protocol' 1 "$(verdict "$served")"
serve unix $'HTTP/1.1 200 OK\r\n\r\n'
check_equal 'a unix socket' 0 "$(verdict "$served")"
if [ -e /proc/net/if_inet6 ] && grep --quiet ' lo$' /proc/net/if_inet6; then
  serve six $'HTTP/1.1 200 OK\r\n\r\n'
  check_equal 'an IPv6 address' 0 "$(verdict "$served")"
fi

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -keyout "$work/key.pem" -out "$work/certificate.pem" 2> "$work/ignored"
cat "$work/key.pem" >> "$work/certificate.pem"
for version in TLSv1_2 TLSv1_3; do
  serve four 'never said' "$version"
  check_equal "a server of $version that wants a certificate" 0 "$(verdict "$served")"
done

for wrong in nonsense 127.0.0.1 127.0.0.1:99999 example.org:80 unix:; do
  check_equal "'$wrong' is no address" 2 "$(verdict "$wrong")"
done
finish
