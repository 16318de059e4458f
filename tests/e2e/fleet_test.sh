#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The recipe for many hosts: discovery, remote write, and the rules at the receiver.
# Runs: among gateways
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/e2e.sh"
# shellcheck source=tests/support/deployments.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/deployments.sh"

need_deployments
need prometheus promtool
/usr/bin/python3 -c 'import yaml' 2> /dev/null || skip 'needs python3-yaml'
make_place
check_deployment fleet.py unshare --net
finish
