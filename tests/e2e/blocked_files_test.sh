#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Nothing that a path may lead to keeps the exporter: a FIFO that nobody writes, a directory, a socket or a device in place
# of its configuration, its certificates, its positions or its text file is told in one line, and what was in force goes on.
# Signals are heard from the start.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need curl openssl pgrep python3

mkdir -p "$work/empty_home"
state=$work/a/.openclaw
made_session_dir "$state" > /dev/null

# Sets status; leaves stdout and stderr in files. 124: it hung.
run() { # FLAG...
  status=0
  HOME=$work/empty_home timeout "$PATIENCE" "$BINARY" "$@" > "$work/stdout" 2> "$work/stderr" || status=$?
  [ "$status" -ne 124 ] || sed 's/^/#   /' "$work/stderr"
}

# Something of that kind at PATH.
put() { # KIND PATH
  rm -rf "$work/new"
  case $1 in
    FIFO) mkfifo "$work/new" ;;
    directory) mkdir "$work/new" ;;
    socket) python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/new" ;;
    device) ln --symbolic /dev/zero "$work/new" ;;
  esac
  # Somebody may be writing there.
  until rm -rf "$2" && mv --no-target-directory "$work/new" "$2" 2> "$work/ignored"; do :; done
}

write_config() { # GATEWAY
  printf 'gateways:\n  - {name: %s, state_dir: %s}\n' "$1" "$state" > "$work/config.new"
  mv --no-target-directory "$work/config.new" "$work/config.yml"
}

# An answer has this header.
write_web() { # VALUE
  printf 'http_server_config: {headers: {Content-Security-Policy: "%s"}}\n' "$1" > "$work/web.new"
  mv --no-target-directory "$work/web.new" "$work/web.yml"
}

answers_with() { # VALUE
  curl --noproxy '*' --silent --max-time "$PATIENCE" --head "$url/-/healthy" | grep --quiet "^Content-Security-Policy: $1"
}

post() {
  status=$(curl --noproxy '*' --silent --max-time "$PATIENCE" --request POST --output "$work/answer" --write-out '%{http_code}' \
    "$url/-/reload")
}

logged() { # PATTERN
  grep --quiet "$1" "$exporter_log"
}

# A writer that was under way takes its place.
tells_of_text_file() { # KIND
  [ ! -f "$work/text/a.prom" ] && [ -e "$work/text/a.prom" ] || put "$1" "$work/text/a.prom"
  # The same, where it took the place of what was about to be replaced.
  logged "cannot write the text file.*\(a $1, not a regular file\|Is a directory\)"
}

# ---- before anything runs

openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -days 2 -keyout "$work/key.pem" -out "$work/cert.pem" 2> /dev/null
can_serve_tls() {
  printf 'tls_server_config: {cert_file: cert.pem, key_file: key.pem}\n' > "$work/tls.yml"
  run --config.check --web.config.file="$work/tls.yml"
  [ "$status" -eq 0 ]
}

refused() { # KIND WHAT FLAG...
  run --config.check "${@:3}"
  check_equal "$2 is a $1: status" 2 "$status"
  check_equal "$2 is a $1: told in one line" "1 a $1, not a regular file" \
    "$(wc -l < "$work/stderr") $(sed 's/.*[:=] *\(a [A-Za-z]*, not a regular file\)$/\1/' "$work/stderr")"
}

for kind in FIFO directory socket device; do
  put "$kind" "$work/odd"
  refused "$kind" 'the configuration file' --config.file="$work/odd"
  refused "$kind" 'the web configuration' --web.config.file="$work/odd"
  run --once --config.file="$work/odd"
  check_equal "once: the configuration file is a $kind" 2 "$status"
  if can_serve_tls; then
    printf 'tls_server_config: {cert_file: odd, key_file: key.pem}\n' > "$work/tls.yml"
    refused "$kind" 'a certificate' --web.config.file="$work/tls.yml"
    printf 'tls_server_config: {cert_file: cert.pem, key_file: odd}\n' > "$work/tls.yml"
    refused "$kind" 'a key' --web.config.file="$work/tls.yml"
    printf 'tls_server_config: {cert_file: cert.pem, key_file: key.pem, client_ca_file: odd, client_auth_type: %s}\n' \
      RequireAndVerifyClientCert > "$work/tls.yml"
    refused "$kind" 'the CA of clients' --web.config.file="$work/tls.yml"
  fi

  # What it writes.
  put "$kind" "$work/odd.prom"
  run --once --openclaw.state-dir="a=$state" --textfile.path="$work/odd.prom"
  check_equal "once: the text file is a $kind: status" 1 "$status"
  check "once: the text file is a $kind: told" grep --quiet "a $kind, not a regular file" "$work/stderr"
  check "once: the text file is a $kind: it is still there" [ ! -f "$work/odd.prom" ]
  for name in positions lock; do
    rm -rf "$work/storage"
    mkdir "$work/storage"
    put "$kind" "$work/storage/$name"
    run --once --openclaw.state-dir="a=$state" --storage.path="$work/storage"
    check_equal "once: $name is a $kind: status" 1 "$status"
    check "once: $name is a $kind: told" grep --quiet "/$name.*a $kind, not a regular file" "$work/stderr"
  done
done

# ---- while it runs

write_config a
write_web one
mkdir "$work/text"
start_exporter --config.file="$work/config.yml" --web.config.file="$work/web.yml" --textfile.path="$work/text/a.prom"
for kind in FIFO directory socket device; do
  put "$kind" "$work/config.yml"
  for i in 1 2; do
    post
    check_equal "reload $i of a $kind: status" 500 "$status"
    check_equal "reload $i of a $kind: answer" "not reloaded: $work/config.yml: a $kind, not a regular file" "$(cat "$work/answer")"
  done
  expect_metric "reload of a $kind: told in the metrics" 0 openclaw_lock_config_last_reload_successful
  check "reload of a $kind: told in the log" \
    logged "level=error msg=\"the configuration was not reloaded.*a $kind, not a regular file"
  rm -rf "$work/config.yml"
  write_config a
  kill -HUP "$exporter_pid"
  expect_metric "reload after a $kind: in force" 1 openclaw_lock_config_last_reload_successful

  put "$kind" "$work/web.yml"
  expect_metric "web configuration is a $kind: told in the metrics" 0 openclaw_lock_config_last_reload_successful
  check "web configuration is a $kind: told in the log" logged "the new web configuration is not used.*a $kind, not a regular"
  rm -rf "$work/web.yml"
  write_web "after-$kind"
  check "web configuration after a $kind: is in force by itself" wait_for "$PATIENCE" answers_with "after-$kind"
  expect_metric "web configuration after a $kind: in the metrics" 1 openclaw_lock_config_last_reload_successful

  check "the text file is a $kind: told" wait_for "$PATIENCE" tells_of_text_file "$kind"
  rm -rf "$work/text/a.prom"
  check "the text file after a $kind: is written again" wait_for "$PATIENCE" [ -f "$work/text/a.prom" ]
done
stop_exporter
check_equal 'a clean end' 0 "$exporter_status"

# ---- links as Kubernetes swaps them

swap() { # VERSION
  ln --symbolic "..$1" "$work/mount/..data_tmp"
  mv --no-target-directory "$work/mount/..data_tmp" "$work/mount/..data"
}

mkdir -p "$work/mount/..1" "$work/mount/..2"
write_config first
write_web first
mv "$work/config.yml" "$work/web.yml" "$work/mount/..1"
write_config second
write_web second
mv "$work/config.yml" "$work/web.yml" "$work/mount/..2"
for name in config.yml web.yml; do ln --symbolic "..data/$name" "$work/mount/$name"; done
swap 1
start_exporter --config.file="$work/mount/config.yml" --web.config.file="$work/mount/web.yml"
check 'a mounted web configuration' answers_with first
swap 2
check 'a mounted web configuration is renewed' wait_for "$PATIENCE" answers_with second
post
check_equal 'a mounted configuration is reloaded' '200 reloaded' "$status $(cat "$work/answer")"
expect_metric 'its gateway is watched' 1 openclaw_lock_source_up gateway=second source=locks
stop_exporter

# ---- signals from the start

holds_signals() { # PID
  local blocked
  blocked=$(sed -n 's/^SigBlk:\t//p' "/proc/$1/status" 2> /dev/null)
  [ -n "$blocked" ] && (((0x$blocked & 0x4001) == 0x4001))
}

launch_at_once() {
  exporter_log=$work/early.log
  : > "$exporter_log"
  HOME=$work/empty_home "$BINARY" --web.listen-address=127.0.0.1:0 --openclaw.state-dir="a=$state" 2> "$exporter_log" &
  exporter_job=$! exporter_pid=$!
  children+=("$exporter_job")
  # Later on it waits for them, which looks otherwise.
  until holds_signals "$exporter_pid" || [ -s "$exporter_log" ]; do :; done
}

launch_at_once
kill -HUP "$exporter_pid"
check 'SIGHUP at once: it serves' wait_for "$PATIENCE" find_url
check 'SIGHUP at once: and reloads' wait_for "$PATIENCE" logged 'the configuration was reloaded'
stop_exporter
check_equal 'SIGHUP at once: a clean end' 0 "$exporter_status"
for signal in TERM INT; do
  launch_at_once
  kill "-$signal" "$exporter_pid"
  status=0
  wait "$exporter_job" || status=$?
  check_equal "SIG$signal at once: a clean end" 0 "$status"
done
finish
