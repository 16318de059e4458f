#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the README's two commands on a Debian with nothing installed. By hand, or before a release; needs root,
# debootstrap, curl and git, about 4 GB of disk, and port 10069 free.
#
#   tests/fresh_machine_test.sh SUITE [build|test [STAGE...]]      SUITE: bookworm, trixie
#
#   build   deploy/build-and-run.sh, and asks the exporter for its metrics
#   test    tests/run.sh, with the stages if any are named
#
# Environment:
#   FRESH_SOURCE=worktree   takes the files as they lie here, not the commit (the default is what a clone has)
#   FRESH_CACHE=DIR         keeps the bare Debian as DIR/SUITE.tar, and starts from it the next time
#   FUZZ_SECONDS            as in tests/run.sh
#   FRESH_KEEP=1            leaves the machine in place and says where
set -euo pipefail

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/support/debian_machine.sh
. "$repository/tests/support/debian_machine.sh"
exporter_pattern='^openclaw_lock_exporter_build_info{'
port=10069

make_machine() { # SUITE ROOT
  local machine=$2
  make_debian "$1" "$machine" || fail "no bare Debian"
  git clone --quiet --no-hardlinks "$repository" "$machine/src"
  if [ "${FRESH_SOURCE:-}" = worktree ]; then
    git -C "$repository" ls-files -z --cached --others --exclude-standard --deduplicate |
      (cd "$repository" && tar --null --files-from=- --ignore-failed-read -cf -) | tar -C "$machine/src" -xf -
  fi
  # An OpenClaw state directory with one lock, for the exporter to find.
  mkdir -p "$machine/root/.openclaw/agents/main/sessions"
  printf '{\n  "pid": 1,\n  "createdAt": "%s"\n}' "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" \
    > "$machine/root/.openclaw/agents/main/sessions/fresh.jsonl.lock"
}

check_build() { # ROOT
  local machine=$1 log=$1.build.log exporter page
  ! curl --silent --output /dev/null "http://127.0.0.1:$port/" || fail "something else listens on port $port"
  inside "$machine" deploy/build-and-run.sh < /dev/null > "$log" 2>&1 &
  exporter=$!
  running=$exporter
  while ! page=$(curl --silent --fail --max-time 5 "http://127.0.0.1:$port/metrics"); do
    kill -0 "$exporter" 2> /dev/null || { tail -n 40 "$log"; fail "build-and-run.sh ended"; }
    [ "$SECONDS" -lt 1800 ] || { tail -n 40 "$log"; fail "no answer on port $port"; }
    sleep 1
  done
  grep --quiet "$exporter_pattern" <<< "$page" || fail "/metrics holds no $exporter_pattern"
  printf 'ok - the exporter answers on /metrics\n'
  until grep --quiet '^openclaw_lock_files{.*kind="session"' <<< "$page"; do
    [ "$((tries = ${tries:-0} + 1))" -le 30 ] || { printf '%s\n' "$page"; fail "the lock in /root/.openclaw was not found"; }
    sleep 1
    page=$(curl --silent --fail --max-time 5 "http://127.0.0.1:$port/metrics")
  done
  printf 'ok - it found the lock in ~/.openclaw by itself\n'
  grep --quiet "http://127.0.0.1:$port/metrics" "$log" || fail "the command does not say where to look"
  printf 'ok - it says where to look\n'
  kill "$exporter"
  wait "$exporter" || fail "SIGTERM: exit status $?"
  running=
  printf 'ok - SIGTERM ends it with status 0\n'
}

[ "$#" -ge 1 ] || fail "usage: tests/fresh_machine_test.sh SUITE [build|test [STAGE...]]"
suite=$1
command=${2:-both}
case $command in build | test | both) ;; *) fail "'$command' is neither build nor test" ;; esac
[ "$(id -u)" -eq 0 ] || fail "needs root (chroot, mounts)"
for tool in debootstrap curl git unshare; do
  command -v "$tool" > /dev/null || fail "needs $tool"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/fresh-$suite.XXXXXX")
machine=$work/machine
chmod 755 "$work"
running=
cleanup() {
  end_debian "$machine"
  [ -z "$running" ] || wait "$running" 2> /dev/null || true
  if [ -n "${FRESH_KEEP:-}" ]; then
    printf 'kept: %s\n' "$work"
  else
    rm -rf --one-file-system "$work"
  fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

make_machine "$suite" "$machine"
printf 'ok - a bare %s with %s packages\n' "$suite" "$(grep -c '^Status: install ok' "$machine/var/lib/dpkg/status")"
[ "$command" = test ] || check_build "$machine"
if [ "$command" != build ]; then
  inside "$machine" tests/run.sh "${@:3}" < /dev/null &
  running=$!
  wait "$running"
  running=
  printf 'ok - tests/run.sh\n'
fi
