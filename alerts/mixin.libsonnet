// SPDX-License-Identifier: Apache-2.0
// The monitoring mixin: grafanaDashboards, prometheusRules, prometheusAlerts, _config.
(import 'config.libsonnet') +
(import 'recording_rules.libsonnet') +
(import 'alerts.libsonnet') +
(import '../dashboards/dashboards.libsonnet')
