#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a service manager is told: sd_notify by a path and by an abstract socket, and a watchdog that no hung server feeds.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need cc curl openssl python3
state=$work/state
made_session_dir "$state" > "$work/ignored"
cc -O1 -Wall -Wextra -shared -fPIC -o "$work/hung_server.so" "$e2e/hung_server.c" -ldl

# Writes each message to standard output, its lines joined by blanks.
LISTENER='
import socket, sys
address = sys.argv[1]
server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
server.bind("\0" + address[1:] if address[0] == "@" else address)
print("bound", flush=True)
while True:
    print(server.recv(4096).decode().replace("\n", " "), flush=True)
'

messages=''
start_listener() { # ADDRESS; sets address_of_listener
  address_of_listener=$1
  messages=$(mktemp "$work/messages.XXXXXX")
  background python3 -c "$LISTENER" "$1" > "$messages"
  wait_for "$PATIENCE" grep --quiet '^bound' "$messages"
}

has_said() { # PATTERN
  grep --quiet --extended-regexp "$1" "$messages"
}

told() { # PATTERN
  grep --count --extended-regexp "$1" "$messages" || true
}

has_said_more() { # THAN PATTERN
  [ "$(told "$2")" -gt "$1" ]
}

for address in "$work/notify" "@lock-exporter-e2e-$$"; do
  case $address in /*) kind='a path' ;; *) kind='an abstract socket' ;; esac
  start_listener "$address"
  exporter_prefix=(env "NOTIFY_SOCKET=$address")
  start_exporter "--openclaw.state-dir=main=$state"
  check "$kind: ready, once it is" wait_for "$PATIENCE" has_said '^READY=1 STATUS=watching 1 gateway'
  kill -TERM "$exporter_pid"
  check "$kind: stopping" wait_for "$PATIENCE" has_said '^STOPPING=1 '
  stop_exporter
  check_equal "$kind: a clean end" 0 "$exporter_status"
  check_equal "$kind: no sign of life where none is wanted" 0 "$(told WATCHDOG=1)"
done

# ---- a reload

says_again() { # THAN PATTERN
  [ "$(told "$2")" = $(($1 + 1)) ]
}

start_listener "$work/reload"
exporter_prefix=(env "NOTIFY_SOCKET=$work/reload")
start_exporter "--openclaw.state-dir=main=$state"
wait_for "$PATIENCE" has_said '^READY=1 ' || true
before=$(told '^READY=1 STATUS=watching 1 gateway')
kill -HUP "$exporter_pid"
check 'SIGHUP: reloading' wait_for "$PATIENCE" has_said '^RELOADING=1 MONOTONIC_USEC=[0-9]* STATUS=reloading$'
check 'SIGHUP: ready again' wait_for "$PATIENCE" says_again "$before" '^READY=1 STATUS=watching 1 gateway'
check_equal '/-/reload' reloaded "$(curl --noproxy '*' --silent --max-time 10 --request POST "$url/-/reload")"
check '/-/reload: reloading' wait_for "$PATIENCE" says_again 1 '^RELOADING=1 MONOTONIC_USEC=[0-9]*'
check '/-/reload: ready again' wait_for "$PATIENCE" says_again $((before + 1)) '^READY=1 STATUS=watching 1 gateway'
stop_exporter
check_equal 'a clean end after reloads' 0 "$exporter_status"

# ---- the watchdog

span_us=$((2000000 * (SLOWDOWN > 1 ? 4 : 1)))
start_listener "$work/watchdog"
exporter_prefix=(env "NOTIFY_SOCKET=$work/watchdog" "WATCHDOG_USEC=$span_us")
grep --quiet --binary-files=text '__[at]san_init' "$BINARY" ||
  exporter_prefix+=("LD_PRELOAD=$work/hung_server.so" "HUNG_SERVER=$work/hang")
start_exporter "--openclaw.state-dir=main=$state"
check 'signs of life, again and again' wait_for "$PATIENCE" has_said_more 3 '^WATCHDOG=1$'
check_equal 'ready is told once' 1 "$(told READY=1)"
if [ "${#exporter_prefix[@]}" -gt 3 ]; then
  touch "$work/hang"
  check 'a server that hangs: the log tells' wait_for $((PATIENCE + 10)) grep --quiet 'level=warn .*no sign of life' "$exporter_log"
  before=$(told WATCHDOG=1)
  check_equal 'a server that hangs: signs of life end' "$before" \
    "$(wait_for 4 has_said_more "$before" WATCHDOG=1 || told WATCHDOG=1)"
  rm "$work/hang"
  check 'a server that answers again: they go on' wait_for "$PATIENCE" has_said_more "$before" '^WATCHDOG=1$'
else
  printf 'skipped: a server that hangs: a sanitizer wants to be loaded first\n'
fi
# A reader that hangs is no reason to begin anew.
mv "$state" "$state.away"
check 'what fails is told' wait_for "$PATIENCE" has_said '^STATUS=watching 1 gateway, [0-9]+ readers? fails?$'
before=$(told WATCHDOG=1)
check 'and no reason to end the signs of life' wait_for "$PATIENCE" has_said_more "$before" '^WATCHDOG=1$'
stop_exporter
check_equal 'a clean end' 0 "$exporter_status"

# The server is asked where it listens first, whatever that is.
addresses=("unix:$work/socket" :0)
! python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' 2> "$work/ignored" || addresses+=('[::1]:0')
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2> "$work/ignored"
printf 'tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n' > "$work/web.yml"
for address in "${addresses[@]}"; do
  start_listener "$(mktemp --dry-run "$work/notify.XXXXXX")"
  exporter_log=$(mktemp "$work/exporter.XXXXXX.log")
  env "NOTIFY_SOCKET=$address_of_listener" "WATCHDOG_USEC=$span_us" "$BINARY" --web.config.file="$work/web.yml" \
    --web.listen-address="$address" --sample.interval="$INTERVAL" "--openclaw.state-dir=main=$state.away" 2> "$exporter_log" &
  exporter_job=$!
  exporter_pid=$exporter_job
  children+=("$exporter_job")
  check "$address, with TLS: signs of life" wait_for "$PATIENCE" has_said_more 1 '^WATCHDOG=1$'
  stop_exporter
  check_equal "$address, with TLS: a clean end" 0 "$exporter_status"
done
finish
