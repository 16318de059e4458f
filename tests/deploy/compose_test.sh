#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The compose files: taken by docker-compose, and run without Docker.
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/support/deployments.sh
. "$(dirname "${BASH_SOURCE[0]}")/../support/deployments.sh"

need_deployments
need prometheus promtool amtool
command -v docker-compose > /dev/null || [ -x /usr/libexec/docker/cli-plugins/docker-compose ] || skip 'needs docker-compose'
/usr/bin/python3 -c 'import yaml' 2> /dev/null || skip 'needs python3-yaml'
make_place
check_deployment compose.py unshare --net
finish
