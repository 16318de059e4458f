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

  // Failed waits of all waits. Where no acquisition is seen (SQLite has no lock files) all waits that are known failed;
  // where nothing was waited for, the ratio is 0.
  local ratio(name, without, seconds) =
    record(name, |||
      %(failed)s
      /
      clamp_min(
        %(failed)s + %(had)s
        or
        %(failed)s,
        1e-9
      )
    ||| % {
      failed: 'sum without (%s) (rate(%s))' % [without, range('openclaw_lock_timeouts_total', seconds)],
      had: 'sum without (%s) (rate(%s))' % [without, range('openclaw_lock_acquired_total', seconds, 'kind="session"')],
    }),

  local incidents(name, without, seconds) =
    record(name, 'sum without (%s) (increase(%s))' % [without, range('openclaw_lock_timeouts_total', seconds)]),

  local cause(name, expr) =
    record('gateway:openclaw_lock_cause:active', expr, { cause: name }),

  local incident_total(offset) =
    'sum without (kind) (%s)' % language.last('openclaw_lock_timeouts_total', offset=offset),

  local timeouts = [
    incidents('agent:openclaw_lock_timeouts:increase10m', 'kind', config.timeoutsCountWindowSeconds),
    // As many as increase10m, while it goes on. The newest by the difference of two values, for increase() does not see
    // what happened between the last sample before its window and the first in it.
    record('agent:openclaw_lock_timeouts:sustained10m', |||
      %(count)s > %(atLeast)g
      and
      %(now)s > %(before)s
      and
      sum without (kind) (increase(%(older)s)) > 0
    ||| % {
      count: series('agent:openclaw_lock_timeouts:increase10m'),
      // increase() extrapolates 3 to something near 3.
      atLeast: config.timeoutsCount - 0.5,
      now: incident_total(0),
      before: incident_total(config.sustainedNewestSeconds),
      older: range(
        'openclaw_lock_timeouts_total',
        config.timeoutsCountWindowSeconds - config.sustainedOlderSeconds,
        offset=config.sustainedOlderSeconds
      ),
    }),
    ratio('agent:openclaw_lock_timeouts:ratio_rate3m', 'kind', config.timeoutsOutageWindowSeconds),
    ratio('agent:openclaw_lock_timeouts:ratio_rate5m', 'kind', 300),
    record(
      'gateway:openclaw_lock_timeouts:increase10m',
      'sum without (agent) (%s)' % series('agent:openclaw_lock_timeouts:increase10m')
    ),
    ratio('gateway:openclaw_lock_timeouts:ratio_rate5m', 'agent, kind', 300),
  ],

  local locks = [
    record('gateway:openclaw_lock_files:sum', 'sum without (agent, kind) (%s)' % series('openclaw_lock_files')),
    record(
      'gateway:openclaw_lock_oldest_age_seconds:max',
      'max without (agent, kind) (%s)' % series('openclaw_lock_oldest_age_seconds')
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

  local slow = [
    ratio('agent:openclaw_lock_timeouts:ratio_rate30m', 'kind', 1800),
    ratio('agent:openclaw_lock_timeouts:ratio_rate2h', 'kind', 7200),
    ratio('agent:openclaw_lock_timeouts:ratio_rate6h', 'kind', 21600),
    incidents('agent:openclaw_lock_timeouts:increase6h', 'kind', 21600),
    incidents('gateway:openclaw_lock_timeouts:increase1h', 'agent, kind', 3600),
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
