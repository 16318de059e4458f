#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the exporter sees of another user's OpenClaw, with which rights: the table of the README.
# shellcheck disable=SC2317  # functions are called by name
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"

need_root
need cc curl setpriv
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+sys_ptrace,+dac_read_search \
  --ambient-caps=+sys_ptrace,+dac_read_search true 2> /dev/null || skip 'cannot give capabilities'
build_actor
chmod 755 "$work"

as_owner=(setpriv --reuid 1000 --regid 1000 --clear-groups)
as_other=(setpriv --reuid 65534 --regid 65534 --clear-groups)

# A user's OpenClaw, closed to others: a gateway that holds a lock, and its log.
state=$work/home/.openclaw
locks=$(made_session_dir "$state")
printf '{"0":"ready","_meta":{"logLevelId":3}}\n' > "$state/gateway.log"
chmod 600 "$state/gateway.log"
chown -R 1000:1000 "$work/home"
chmod 700 "$state"
cp "$actor" "$work/openclaw-gateway"
cp "$BINARY" "$work/exporter"
chmod 755 "$actor" "$work/openclaw-gateway" "$work/exporter"
BINARY=$work/exporter
# shellcheck disable=SC2016  # expanded by the inner shell
background "${as_owner[@]}" env "OPENCLAW_STATE_DIR=$state" bash -c 'exec -a openclaw-gateway "$1"' bash "$work/openclaw-gateway"
holder_prefix=("${as_owner[@]}")
start_holder "$locks/a.jsonl.lock"

success_of() { # SOURCE
  metric openclaw_lock_source_last_success_timestamp_seconds gateway=main "source=$1"
}

has_succeeded_since() { # SOURCE THAN
  [ "$(success_of "$1")" != "$2" ]
}

# Of one scrape.
what_it_sees() {
  scrape > "$work/metrics"
  sees() { # WORD METRIC [LABEL=VALUE...]
    [ -z "$(sum_of "${@:2}" < "$work/metrics")" ] || printf '%s ' "$1"
  }
  sees locks openclaw_lock_files gateway=main kind=session
  [ "$(sum_of openclaw_lock_files gateway=main kind=session holder=alive < "$work/metrics")" != 1 ] || printf 'holders '
  [ "$(sum_of openclaw_lock_log_files gateway=main < "$work/metrics")" != 1 ] || printf 'logs '
  sees gateways openclaw_lock_gateway_instances gateway=main
  sees stalls openclaw_lock_gateway_blocked_seconds_total gateway=main
  sees pressure openclaw_lock_gateway_disk_stalled_seconds_total gateway=main
  sees filesystem openclaw_lock_filesystem_info gateway=main
}

sees_that() { # WORDS
  [ "$(what_it_sees)" = "$1 " ]
}

expect_sight() { # TEXT WORDS COMMAND...
  local before
  exporter_prefix=("${@:3}")
  start_exporter "--openclaw.state-dir=main=$state" "--openclaw.log=main=$state/gateway.log"
  # A few rounds of all, so that nothing is missing for being late.
  for _ in 1 2 3; do
    before=$(success_of processes)
    wait_for "$PATIENCE" has_succeeded_since processes "$before"
  done
  if wait_for "$PATIENCE" sees_that "$2"; then
    ok "$1: sees $2"
  else
    not_ok "$1: sees $2" "$(what_it_sees)"
  fi
  stop_exporter
  check_equal "$1: a clean end" 0 "$exporter_status"
}

all='locks holders logs gateways stalls pressure filesystem'
expect_sight 'the same user' "$all" "${as_owner[@]}"
expect_sight 'another user' 'filesystem' "${as_other[@]}"
expect_sight 'CAP_DAC_READ_SEARCH' 'locks holders logs filesystem' "${as_other[@]}" --inh-caps=+dac_read_search \
  --ambient-caps=+dac_read_search
expect_sight 'CAP_SYS_PTRACE' 'filesystem' "${as_other[@]}" --inh-caps=+sys_ptrace --ambient-caps=+sys_ptrace
expect_sight 'both' "$all" "${as_other[@]}" --inh-caps=+sys_ptrace,+dac_read_search \
  --ambient-caps=+sys_ptrace,+dac_read_search
expect_sight 'root' "$all" env
finish
