// SPDX-License-Identifier: Apache-2.0
// Conditions that a recording rule and an alert share.
function(config) {
  local language = (import 'rule_language.libsonnet')(config),
  local last = language.last,
  local series = language.series,
  local range = language.range,

  gateways_are_duplicate: '%s > %d' % [last('openclaw_lock_gateway_instances'), config.duplicateGatewaysCount],

  // In each sample of that time, to the newest scrape: what a missed one hides is not taken for granted.
  gateways_stay_duplicate: |||
    %(instances)s > %(one)d
    and
    min_over_time(%(all)s) > %(one)d
    and
    %(first)s > %(one)d
  ||| % {
    instances: series('openclaw_lock_gateway_instances'),
    one: config.duplicateGatewaysCount,
    all: range('openclaw_lock_gateway_instances', config.duplicateGatewaysForSeconds),
    first: last('openclaw_lock_gateway_instances', offset=config.duplicateGatewaysForSeconds),
  },

  // While the page is firing: one that was stopped and comes back is no new incident.
  gateways_are_duplicate_again: |||
    %(instances)s > %(one)d
    and ignoring (alertname, alertstate, severity, component)
    %(page)s
  ||| % {
    instances: series('openclaw_lock_gateway_instances'),
    one: config.duplicateGatewaysCount,
    page: last('ALERTS', 'alertname="OpenClawLockDuplicateGateways",alertstate="firing",severity="critical"'),
  },

  holders_are(holder)::
    '%s > %d' % [last('gateway:openclaw_lock_files:sum', 'holder="%s"' % holder), config.holderGoneFiles],

  // Starts, refusals and failures to start are too many, and go on.
  gateway_restarts: |||
    (
      changes(%(starts)s) >= %(told)d
      and
      changes(%(newest_starts)s) > 0
    )
    or
    (
      sum without (event) (increase(%(refusals)s)) >= %(many)d
      and
      sum without (event) (increase(%(newest_refusals)s)) > 0
    )
  ||| % {
    starts: range('openclaw_lock_gateway_start_time_seconds', config.restartLoopWindowSeconds),
    newest_starts: range('openclaw_lock_gateway_start_time_seconds', config.restartLoopNewestSeconds),
    told: config.restartLoopTold,
    local events = 'event=~"gateway_already_running|gateway_refused|gateway_start_failed"',
    refusals: range('openclaw_lock_log_events_total', config.restartLoopWindowSeconds, events),
    newest_refusals: range('openclaw_lock_log_events_total', config.restartLoopNewestSeconds, events),
    many: config.restartLoopRefusals,
  },
  // One that crashes seldom does so for hours.
  gateway_restarts_slowly: |||
    changes(%(starts)s) >= %(many)d
    and
    changes(%(newest_starts)s) > 0
  ||| % {
    starts: range('openclaw_lock_gateway_start_time_seconds', config.restartLoopSlowWindowSeconds),
    many: config.restartLoopSlowStarts,
    newest_starts: range('openclaw_lock_gateway_start_time_seconds', config.restartLoopSlowNewestSeconds),
  },
  // Of which none stays: none was seen for a while, or each is another one.
  gateway_lasts_not: |||
    max_over_time(%(instances)s) == 0
    or
    changes(%(starts)s) >= %(down)d
  ||| % {
    instances: range('openclaw_lock_gateway_instances', config.restartLoopNewestSeconds),
    starts: range('openclaw_lock_gateway_start_time_seconds', config.restartLoopNewestSeconds),
    down: config.restartLoopDownStarts,
  },

  // Runs that go on failing because a lock is called stale.
  stale_errors_repeat: |||
    sum without (event) (increase(%(all)s)) >= %(many)g
    and
    sum without (event) (increase(%(newest)s)) > 0
    and
    sum without (event) (increase(%(older)s)) > 0
  ||| % {
    local events = 'event=~"lock_stale|file_lock_stale"',
    all: range('openclaw_lock_log_events_total', config.staleErrorsWindowSeconds, events),
    many: config.staleErrors - 0.5,
    newest: range('openclaw_lock_log_events_total', config.staleErrorsNewestSeconds, events),
    older: range('openclaw_lock_log_events_total', config.staleErrorsWindowSeconds - config.staleErrorsOlderSeconds, events, config.staleErrorsOlderSeconds),
  },

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

  // The series itself says since when; `for` would be content with a single scrape that counts until the next.
  database_stays_held: '%s >= %g' % [
    last('gateway:openclaw_lock_sqlite_writer_held_seconds:max'),
    config.sqliteWriterHeldSeconds + config.sqliteWriterHeldForSeconds,
  ],

  database_waits_repeat: '%s >= %d' % [
    series('gateway:openclaw_lock_sqlite_contention_events:increase10m'),
    config.sqliteContentionEvents,
  ],
}
