// SPDX-License-Identifier: Apache-2.0
// Conditions that a recording rule and an alert share.
function(config) {
  local language = (import 'rule_language.libsonnet')(config),
  local last = language.last,
  local series = language.series,
  local range = language.range,

  gateways_are_duplicate: '%s > %d' % [last('openclaw_lock_gateway_instances'), config.duplicateGatewaysCount],

  holders_are(holder)::
    '%s > %d' % [last('gateway:openclaw_lock_files:sum', 'holder="%s"' % holder), config.holderGoneFiles],

  locks_are_overdue: '%s > %d' % [last('openclaw_lock_overdue_files'), config.overdueFiles],

  disk_is_slow: |||
    max without (operation) (
      %s > %g
      and
      rate(%s) > %g
    )
  ||| % [
    series('gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m', 'operation=~"write|flush"'),
    config.diskLatencySeconds,
    range('openclaw_lock_disk_operations_total', 300, 'operation=~"write|flush"'),
    config.diskOperationsPerSecond,
  ],

  gateway_is_stalled: |||
    max without (severity) (
      %s > %g
    )
  ||| % [
    series('gateway:openclaw_lock_gateway_disk_stalled_seconds:rate5m', 'severity="some"'),
    config.diskStalledRatio,
  ],

  gateway_is_blocked: '%s > %g' % [
    series('gateway:openclaw_lock_gateway_blocked_seconds:rate5m'),
    config.diskBlockedRatio,
  ],

  database_is_held: '%s > %g' % [
    last('gateway:openclaw_lock_sqlite_writer_held_seconds:max'),
    config.sqliteWriterHeldSeconds,
  ],

  database_waits_repeat: '%s >= %d' % [
    series('gateway:openclaw_lock_sqlite_contention_events:increase10m'),
    config.sqliteContentionEvents,
  ],
}
