#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures what deploy/fleet/README.md says of a fleet's cost; takes nine minutes, and needs Prometheus and promtool.
#
#   BINARY=build/release/openclaw-lock-exporter [GATEWAYS=200] [AGENTS=5] [MEASURE_SECONDS=480] tests/deploy/fleet_cost.sh
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

need cc prometheus python3
build_actor
chmod 755 "$work"
cp "$actor" "$work/openclaw-gateway"
python3 "$here/fleet_cost.py" "$BINARY" "$here/../../alerts/openclaw-lock.rules.yaml" "$work"
