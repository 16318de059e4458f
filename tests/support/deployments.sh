# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that run deployments without Docker and Kubernetes, after tests/e2e/e2e.sh.

: "${work:?is set by tests/e2e/e2e.sh}"
deployments=$(cd "$(dirname "${BASH_SOURCE[0]}")/../deploy" && pwd)

need_deployments() {
  need_root
  need cc findmnt nsenter pgrep setpriv unshare
  can_unshare --pid --fork --mount --mount-proc --cgroup --net || skip 'cannot make namespaces'
  [ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
}

# Sets place, a directory that all may read, with the programs that deployments run. It is not below /tmp, which is another
# one for OpenClaw on the host, so that the real one stays as it is.
make_place() {
  place=$(mktemp -d /var/tmp/lock-exporter-deploy.XXXXXX)
  on_exit+=(remove_place)
  build_actor
  mkdir "$place/bin"
  # shellcheck disable=SC2154  # build_actor sets it
  cp "$actor" "$place/bin/actor"
  cp "$actor" "$place/bin/openclaw-gateway"
  cp "$BINARY" "$place/bin/openclaw-lock-exporter"
  chmod -R a+rX "$place"
}

remove_place() { rm -rf "$place"; }

# Runs a test of tests/deploy, where WRAPPER says, by Debian's own Python, which has its modules.
check_deployment() { # SCRIPT WRAPPER...
  local script=$1 status=0
  shift
  PATIENCE=$PATIENCE "$@" /usr/bin/python3 "$deployments/$script" "$place" "$(cd "$deployments/../.." && pwd)" \
    "$place/bin/openclaw-lock-exporter" || status=$?
  check_equal "$script" 0 "$status"
}
