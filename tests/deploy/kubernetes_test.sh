#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Kubernetes manifests: rendered, checked against schemas without unknown keys, and run without Kubernetes.
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

need_root
need cc findmnt nsenter pgrep setpriv unshare
# Debian 12's own kubectl is older than 1.21: it knows no components.
command -v kustomize > /dev/null || kubectl kustomize --help 2> /dev/null | grep --quiet -- --enable-helm ||
  skip 'needs kustomize 4 or later, or kubectl 1.21 or later'
can_unshare --pid --fork --mount --mount-proc --cgroup || skip 'cannot make namespaces'
[ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ] || skip 'not in the initial PID namespace'
/usr/bin/python3 -c 'import jsonschema, yaml' 2> /dev/null || skip 'needs python3-jsonschema and python3-yaml'

place=$(mktemp -d /var/tmp/lock-exporter-kubernetes.XXXXXX)
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
PATIENCE=$PATIENCE /usr/bin/python3 "$here/kubernetes.py" "$place" "$(cd "$here/../.." && pwd)" \
  "$place/openclaw-lock-exporter" || status=$?
check_equal 'deploy/kubernetes' 0 "$status"
finish
