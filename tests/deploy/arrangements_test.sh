#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the exporter sees of an OpenClaw in each way to deploy both: the table of deploy/README.md, row by row.
#
#   tests/deploy/arrangements_test.sh [--print]    --print: only print the rows as they are here
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

need_root
need cc findmnt nsenter pgrep python3 setpriv unshare
can_unshare --pid --fork --mount --mount-proc --cgroup || skip 'cannot make PID, mount and cgroup namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
setpriv --bounding-set=-all,+sys_ptrace,+dac_read_search true 2> /dev/null || skip 'cannot drop capabilities'

# Not below /tmp: that is another one for OpenClaw on the host, so that the real one stays as it is.
place=$(mktemp -d /var/tmp/lock-exporter-deploy.XXXXXX)
remove_place() { rm -rf "$place"; }
on_exit+=(remove_place)
[[ $(findmnt --noheadings --output SOURCE --target "$place") == /dev/* ]] || skip '/var/tmp is on no disk'
cgroups=$(findmnt --noheadings --first-only --output TARGET --types cgroup2) || skip 'no control groups of version 2'
group=$cgroups/lock-exporter-deploy.$$
remove_groups() { rmdir "$group/openclaw" "$group/exporter" "$group" 2> /dev/null || true; }
on_exit=(remove_groups "${on_exit[@]}")
mkdir "$group" "$group/openclaw" "$group/exporter" 2> /dev/null || skip 'cannot make control groups'
[ -r "$group/openclaw/io.pressure" ] || skip 'the kernel keeps no io pressure of control groups'

build_actor
mkdir "$place/bin"
cp "$actor" "$place/bin/actor"
cp "$actor" "$place/bin/openclaw-gateway"
cp "$BINARY" "$place/bin/openclaw-lock-exporter"
chmod -R a+rX "$place"
status=0
PATIENCE=$PATIENCE python3 "$here/arrangements.py" "$place" "$group" "$here/../../deploy/README.md" "$@" || status=$?
[ "$status" -ne 77 ] || exit 77
check_equal 'every arrangement gives its row of deploy/README.md' 0 "$status"
finish
