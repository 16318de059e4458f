// SPDX-License-Identifier: Apache-2.0
{
  local config = self._config,
  grafanaDashboards+:: {
    'openclaw-lock-overview.json': (import 'overview.libsonnet')(config),
    'openclaw-lock-gateway.json': (import 'gateway.libsonnet')(config),
    'openclaw-lock-exporter.json': (import 'exporter.libsonnet')(config),
  },
}
