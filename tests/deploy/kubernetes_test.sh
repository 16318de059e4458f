#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Kubernetes manifests: rendered, checked against schemas without unknown keys, and run without Kubernetes.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/support/deployments.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/deployments.sh"

need_deployments
# Debian 12's own kubectl is older than 1.21: it knows no components.
command -v kustomize > /dev/null || kubectl kustomize --help 2> /dev/null | grep --quiet -- --enable-helm ||
  skip 'needs kustomize 4 or later, or kubectl 1.21 or later'
/usr/bin/python3 -c 'import jsonschema, yaml' 2> /dev/null || skip 'needs python3-jsonschema and python3-yaml'
make_place
check_deployment kubernetes.py
finish
