#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the exporter sees of an OpenClaw in each way to deploy both: the table of deploy/README.md, row by row.
#
#   tests/deploy/arrangements_test.sh [--print]    --print: only print the rows as they are here
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/support/deployments.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/deployments.sh"

need_deployments
need python3
setpriv --bounding-set=-all,+sys_ptrace,+dac_read_search true 2> /dev/null || skip 'cannot drop capabilities'
make_place
[[ $(findmnt --noheadings --output SOURCE --target "$place") == /dev/* ]] || skip '/var/tmp is on no disk'
cgroups=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) || skip 'no control groups of version 2'
group=$cgroups/lock-exporter-deploy.$$
remove_groups() { rmdir "$group/openclaw" "$group/exporter" "$group" 2> /dev/null || true; }
on_exit=(remove_groups "${on_exit[@]}")
mkdir "$group" "$group/openclaw" "$group/exporter" 2> /dev/null || skip 'cannot make control groups'
[ -r "$group/openclaw/io.pressure" ] || skip 'the kernel keeps no io pressure of control groups'

status=0
PATIENCE=$PATIENCE python3 "$deployments/arrangements.py" "$place" "$group" "$deployments/../../deploy/README.md" "$@" || status=$?
[ "$status" -ne 77 ] || exit 77
check_equal 'every arrangement gives its row of deploy/README.md' 0 "$status"
finish
