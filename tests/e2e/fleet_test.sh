#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The recipe for many hosts: discovery, remote write, and the rules at the receiver.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../deploy" && pwd)

need_root
need cc findmnt nsenter pgrep prometheus promtool setpriv unshare
can_unshare --pid --fork --mount --mount-proc --cgroup --net || skip 'cannot make namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
/usr/bin/python3 -c 'import yaml' 2> /dev/null || skip 'needs python3-yaml'

place=$(mktemp -d /var/tmp/lock-exporter-fleet.XXXXXX)
remove_place() { rm -rf "$place"; }
on_exit+=(remove_place)
build_actor
mkdir "$place/bin"
cp "$actor" "$place/bin/actor"
cp "$actor" "$place/bin/openclaw-gateway"
cp "$BINARY" "$place/openclaw-lock-exporter"
chmod -R a+rX "$place"
status=0
# Debian's own, which has its modules.
PATIENCE=$PATIENCE unshare --net /usr/bin/python3 "$here/fleet.py" "$place" "$(cd "$here/../.." && pwd)" \
  "$place/openclaw-lock-exporter" || status=$?
check_equal 'deploy/fleet' 0 "$status"
finish
