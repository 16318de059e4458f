// SPDX-License-Identifier: Apache-2.0
// Recorded series, level:metric:operations. Level agent: is (job, instance, gateway, agent), gateway: is
// (job, instance, gateway), job: is (job); labels of the target such as cluster stay at each.
{
  local config = self._config,
  local language = (import 'rule_language.libsonnet')(config),
  local expressions = (import 'expressions.libsonnet')(config),
  local series = language.series,
  local range = language.range,
  local last = language.last,

  local record(name, expr, labels={}) = {
    record: name,
    expr: std.rstripChars(expr, '\n'),
    [if labels != {} then 'labels']: labels,
  },

  local timeouts_total = 'openclaw_lock_timeouts_total',
  local of_agent(metric, operation) = series('agent:openclaw_lock_%s:%s' % [metric, operation]),

  // Failed waits of all waits, and both a second. Where no acquisition is seen (SQLite has no lock files) all waits that
  // are known failed; where nothing was waited for, the ratio is 0.
  local ratio(level, window) =
    local failed = series('%s:openclaw_lock_timeouts:rate%s' % [level, window]);
    record('%s:openclaw_lock_timeouts:ratio_rate%s' % [level, window], |||
      %(failed)s
      /
      clamp_min(
        %(failed)s + %(had)s
        or
        %(failed)s,
        1e-9
      )
    ||| % { failed: failed, had: series('%s:openclaw_lock_acquired:rate%s' % [level, window]) }),
  local ratio_with_rates(window, seconds) = [
    record(
      'agent:openclaw_lock_timeouts:rate' + window,
      'sum without (kind) (rate(%s))' % range(timeouts_total, seconds)
    ),
    record(
      'agent:openclaw_lock_acquired:rate' + window,
      'sum without (kind) (rate(%s))' % range('openclaw_lock_acquired_total', seconds, 'kind="session"')
    ),
    ratio('agent', window),
  ],
  // From what is recorded: each sample of six hours, of each agent of a thousand gateways, would be read each time.
  local ratio_with_averages(window, seconds) = [
    record(
      'agent:openclaw_lock_%s:rate%s' % [metric, window],
      'avg_over_time(%s)' % range('agent:openclaw_lock_%s:rate30m' % metric, seconds)
    )
    for metric in ['timeouts', 'acquired']
  ] + [ratio('agent', window)],

  local cause(name, expr) =
    record('gateway:openclaw_lock_cause:active', expr, { cause: name }),

  local timeouts = [
    record(
      'agent:openclaw_lock_timeouts:increase10m',
      'sum without (kind) (increase(%s))' % range(timeouts_total, config.timeoutsCountWindowSeconds)
    ),
    record('agent:openclaw_lock_timeouts:sum', 'sum without (kind) (%s)' % last(timeouts_total)),
    // As many as increase10m, while it goes on. The newest by the difference of two values, for increase() does not see
    // what happened between the last sample before its window and the first in it.
    record('agent:openclaw_lock_timeouts:sustained10m', |||
      %(count)s > %(atLeast)g
      and
      %(total)s > %(total)s offset %(newest)s
      and
      %(count)s offset %(older)s > 0
    ||| % {
      count: of_agent('timeouts', 'increase10m'),
      total: of_agent('timeouts', 'sum'),
      // increase() extrapolates 3 to something near 3.
      atLeast: config.timeoutsCount - 0.5,
      newest: language.duration(config.sustainedNewestSeconds),
      older: language.duration(config.sustainedOlderSeconds),
    }),
  ] + ratio_with_rates('3m', config.timeoutsOutageWindowSeconds) + ratio_with_rates('5m', 300) + [
    record(
      'gateway:openclaw_lock_timeouts:increase10m',
      'sum without (agent) (%s)' % of_agent('timeouts', 'increase10m')
    ),
    record('gateway:openclaw_lock_timeouts:rate5m', 'sum without (agent) (%s)' % of_agent('timeouts', 'rate5m')),
    record('gateway:openclaw_lock_acquired:rate5m', 'sum without (agent) (%s)' % of_agent('acquired', 'rate5m')),
    ratio('gateway', '5m'),
  ],

  // A gateway holds its singleton lock for as long as it runs, and one that a crash left is the next start's affair.
  local of_sessions = 'kind!="gateway"',

  local locks = [
    record('gateway:openclaw_lock_files:sum', 'sum without (agent, kind) (%s)' % series('openclaw_lock_files', of_sessions)),
    record(
      'gateway:openclaw_lock_oldest_age_seconds:max',
      'max without (agent, kind) (%s)' % series('openclaw_lock_oldest_age_seconds', of_sessions)
    ),
    record('gateway:openclaw_lock_overdue_files:sum', 'sum without (agent) (%s)' % series('openclaw_lock_overdue_files')),
  ],

  local disk = [
    record('gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m', |||
      rate(%s)
      /
      (rate(%s) > 0)
    ||| % [range('openclaw_lock_disk_wait_seconds_total', 300), range('openclaw_lock_disk_operations_total', 300)]),
    record(
      'gateway:openclaw_lock_gateway_blocked_seconds:rate5m',
      'rate(%s)' % range('openclaw_lock_gateway_blocked_seconds_total', 300)
    ),
    record(
      'gateway:openclaw_lock_gateway_disk_stalled_seconds:rate5m',
      'rate(%s)' % range('openclaw_lock_gateway_disk_stalled_seconds_total', 300)
    ),
  ],

  local sqlite = [
    record(
      'gateway:openclaw_lock_sqlite_writer_held_seconds:max',
      'max without (database) (%s)' % series('openclaw_lock_sqlite_writer_held_seconds')
    ),
    record(
      'gateway:openclaw_lock_sqlite_contention_events:increase10m',
      'sum without (event) (increase(%s))' % range(
        'openclaw_lock_log_events_total',
        600,
        'event=~"database_locked|sqlite_lock_wait_failed|sqlite_slow_lock_wait"'
      )
    ),
  ],

  local causes = [
    cause('duplicate_gateways', 'group without () (%s)' % expressions.gateways_are_duplicate),
    cause('dead_holder', 'group without (holder) (%s)' % expressions.holders_are('dead')),
    cause('recycled_pid', 'group without (holder) (%s)' % expressions.holders_are('recycled')),
    cause('overdue_holder', 'group without (agent) (%s)' % expressions.locks_are_overdue),
    cause('embedded_fallback', 'group without (event) (increase(%s) > %d)' % [
      range('openclaw_lock_log_events_total', 600, 'event="embedded_fallback"'),
      config.embeddedFallbacks,
    ]),
    cause('disk_stall', |||
      group without () (
      %s
        or
      %s
        or
      %s
      )
    ||| % [
      language.indent(expressions.disk_is_slow, 2),
      language.indent(expressions.gateway_is_stalled, 2),
      language.indent(expressions.gateway_is_blocked, 2),
    ]),
    cause('sqlite_contention', |||
      group without () (
        %s
        or
        %s
      )
    ||| % [expressions.database_is_held, expressions.database_waits_repeat]),
  ],

  local fleet = [
    // Has just started, unless it starts over and over.
    record('gateway:openclaw_lock_restart:active', |||
      group without () (
        time() - %s < %s
        and
        changes(%s) < %d
      )
    ||| % [
      last('openclaw_lock_gateway_start_time_seconds'),
      language.seconds(config.restartWindowSeconds),
      range('openclaw_lock_gateway_start_time_seconds', config.restartLoopWindowSeconds),
      config.restartLoopStarts,
    ]),
    record('gateway:openclaw_lock_source_up:min', 'min without (source) (%s)' % series('openclaw_lock_source_up')),
    record(
      'job:openclaw_lock_gateways:count',
      'count without (instance, gateway) (%s)' % series('gateway:openclaw_lock_source_up:min')
    ),
    record('job:openclaw_lock_gateways_hurt:count', |||
      count without (instance, gateway) (%s > 0)
      or
      0 * %s
    ||| % [series('gateway:openclaw_lock_timeouts:increase10m'), series('job:openclaw_lock_gateways:count')]),
    record(
      'job:openclaw_lock_timeouts:increase10m',
      'sum without (instance, gateway) (%s)' % series('gateway:openclaw_lock_timeouts:increase10m')
    ),
  ],

  local slow =
    ratio_with_rates('30m', 1800) + ratio_with_averages('2h', 7200) + ratio_with_averages('6h', 21600) + [
      // By the sum, for the average of a series that is new says more than there was.
      record('agent:openclaw_lock_timeouts:increase6h', 'sum_over_time(%s) * %s' % [
        range('agent:openclaw_lock_timeouts:rate30m', 21600),
        language.seconds(config.slowEvaluationSeconds),
      ]),
      record(
        'gateway:openclaw_lock_timeouts:increase1h',
        'sum without (agent, kind) (increase(%s))' % range(timeouts_total, 3600)
      ),
    ],

  prometheusRules+:: {
    groups+: [
      {
        name: 'openclaw-lock-records',
        interval: language.duration(config.evaluationSeconds),
        rules: timeouts + locks + disk + sqlite + causes + fleet,
      },
      {
        name: 'openclaw-lock-records-slow',
        interval: language.duration(config.slowEvaluationSeconds),
        rules: slow,
      },
    ],
  },
}
