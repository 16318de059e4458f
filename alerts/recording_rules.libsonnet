// SPDX-License-Identifier: Apache-2.0
// Recorded series, level:metric:operations. Level agent: is (job, instance, gateway, agent), gateway: is
// (job, instance, gateway), instance: is (job, instance), job: is (job);
// labels of the target such as cluster stay at each.
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

  // Failed turns of all turns. Where no acquisition is seen (SQLite has no lock files) all turns that are known failed;
  // where none was begun, the ratio is 0.
  local ratio_of(level, window, turns) =
    local failed = series('%s:openclaw_lock_timeouts:rate%s' % [level, window]);
    record('%s:openclaw_lock_timeouts:ratio_rate%s' % [level, window], |||
      %(failed)s
      /
      clamp_min(
        %(failed)s + (
      %(turns)s
        )
        or
        %(failed)s,
        1e-9
      )
    ||| % { failed: failed, turns: language.indent(turns, 4) }),
  // Good turns a second, by how often their locks were taken.
  local turns_by_locks(level, window) = |||
    %(had)s / %(match)s %(several)s
    or
    %(had)s
  ||| % {
    had: series('%s:openclaw_lock_acquired:rate%s' % [level, window]),
    match: if level == 'agent' then 'ignoring (agent) group_left ()' else 'ignoring ()',
    several: series('gateway:openclaw_lock_acquisitions:per_turn'),
  },
  local ratio(level, window) = ratio_of(level, window, turns_by_locks(level, window)),
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
    record('gateway:openclaw_lock_acquisitions:per_turn', '%d * group without (store, version) (%s)' % [
      config.acquisitionsPerTurn,
      last('openclaw_lock_store_info', 'version=~"%s"' % config.versionsOfSeveralAcquisitions),
    ]),
  ] + ratio_with_rates('3m', config.timeoutsOutageWindowSeconds) + ratio_with_rates('5m', 300) + [
    // Failures of the last half hour, if each third of it had one, none had enough, and nothing went well. Known in the
    // minutes after each of them: the page that it makes lasts to the next.
    record('agent:openclaw_lock_timeouts:unbroken30m', |||
      (
        sum without (kind) (increase(%(timeouts)s)) > %(atLeast)g
        <= %(atMost)g
      )
      and
      %(total)s > %(total)s offset %(newest)s
      and
      %(total)s offset %(third)s > %(total)s offset %(two)s
      and
      %(total)s offset %(two)s > (%(total)s offset %(three)s or 0 * %(total)s)
      unless
      sum without (kind) (increase(%(had)s)) > 0
      unless ignoring (agent)
      sum without (outcome) (increase(%(turns)s)) > 0
    ||| % {
      timeouts: range(timeouts_total, 3 * config.timeoutsUnbrokenWindowSeconds),
      atLeast: config.timeoutsUnbrokenCount - 0.5,
      atMost: 3 * config.timeoutsCount + 0.5,
      total: of_agent('timeouts', 'sum'),
      newest: language.duration(config.sustainedNewestSeconds),
      third: language.duration(config.timeoutsUnbrokenWindowSeconds),
      two: language.duration(2 * config.timeoutsUnbrokenWindowSeconds),
      three: language.duration(3 * config.timeoutsUnbrokenWindowSeconds),
      had: range('openclaw_lock_acquired_total', 3 * config.timeoutsUnbrokenWindowSeconds, 'kind="session"'),
      turns: range('openclaw_lock_turns_total', 3 * config.timeoutsUnbrokenWindowSeconds, 'outcome="ok"'),
    }),
    record('agent:openclaw_lock_timeouts:page', |||
      (
        %(sustained)s > 0
        and
        (
          (
            %(ratio5m)s > %(page)g
            and
            %(ratio30m)s > %(page)g
          )
          or
          %(ratio3m)s > %(outage)g
        )
      )
      or
      %(unbroken)s
    ||| % {
      sustained: of_agent('timeouts', 'sustained10m'),
      unbroken: of_agent('timeouts', 'unbroken30m'),
      ratio3m: of_agent('timeouts', 'ratio_rate3m'),
      ratio5m: of_agent('timeouts', 'ratio_rate5m'),
      ratio30m: of_agent('timeouts', 'ratio_rate30m'),
      page: config.timeoutsRatio,
      outage: config.timeoutsOutageRatio,
    }),
  ],

  // The same of all agents of a gateway together.
  local timeouts_of_gateways = [
    record(
      'gateway:openclaw_lock_timeouts:increase10m',
      'sum without (agent) (%s)' % of_agent('timeouts', 'increase10m')
    ),
    record('gateway:openclaw_lock_timeouts:sum', 'sum without (agent) (%s)' % of_agent('timeouts', 'sum')),
    record('gateway:openclaw_lock_timeouts:rate5m', 'sum without (agent) (%s)' % of_agent('timeouts', 'rate5m')),
    record('gateway:openclaw_lock_acquired:rate5m', 'sum without (agent) (%s)' % of_agent('acquired', 'rate5m')),
    // By the answers that the log tells or by locks, whichever knows of more.
    record('gateway:openclaw_lock_turns:rate5m', |||
      max without (by) (
        label_replace(
          sum without (outcome) (rate(%s)), "by", "log", "", ""
        )
        or
        label_replace(
      %s, "by", "locks", "", ""
        )
      )
    ||| % [
      range('openclaw_lock_turns_total', 300, 'outcome="ok"'),
      language.indent(turns_by_locks('gateway', '5m'), 4),
    ]),
    ratio_of('gateway', '5m', series('gateway:openclaw_lock_turns:rate5m')),
    record('gateway:openclaw_lock_timeouts:page', |||
      %(count)s > %(atLeast)g
      and
      %(total)s > %(total)s offset %(newest)s
      and
      %(count)s offset %(older)s > 0
      and
      %(ratio)s > %(page)g
      and
      (
        count without (agent) (%(agents)s > 0) >= %(many)d
        or
        (
          count without (agent) (%(agents)s > 0) > 1
          and
          %(turns)s > 0
        )
      )
    ||| % {
      count: series('gateway:openclaw_lock_timeouts:increase10m'),
      total: series('gateway:openclaw_lock_timeouts:sum'),
      atLeast: config.timeoutsCount - 0.5,
      newest: language.duration(config.sustainedNewestSeconds),
      older: language.duration(config.sustainedOlderSeconds),
      ratio: series('gateway:openclaw_lock_timeouts:ratio_rate5m'),
      page: config.timeoutsGatewayRatio,
      agents: of_agent('timeouts', 'increase10m'),
      many: config.timeoutsGatewayAgents,
      turns: series('gateway:openclaw_lock_turns:rate5m'),
    }),
    record('gateway:openclaw_lock_hurt:active', |||
      group without (agent) (%s)
      or
      group without () (%s)
    ||| % [of_agent('timeouts', 'page'), series('gateway:openclaw_lock_timeouts:page')]),
    record('instance:openclaw_lock_gateways_hurt:count', 'count without (gateway) (%s)' % series('gateway:openclaw_lock_hurt:active')),
  ],

  // Locks of an agent whose turns go on failing, or did while these locks were there: users who give up mend nothing.
  local blocking(expr, match, labels={}) =
    record('agent:openclaw_lock_blocking_files:active', |||
      (
      %(locks)s
      )
      and %(match)s
      (
        %(failing)s > 0
        or
        max without (holder) (%(before)s)
      )
    ||| % {
      locks: language.indent(expr, 2),
      match: match,
      failing: of_agent('timeouts', 'sustained10m'),
      before: last('agent:openclaw_lock_blocking_files:active', if labels == {} then 'holder!="overdue"' else 'holder="overdue"'),
    }, labels),

  // A gateway holds its singleton lock for as long as it runs, and one that a crash left is the next start's affair.
  local of_sessions = 'kind!="gateway"',

  local locks = [
    record('gateway:openclaw_lock_files:sum', 'sum without (agent, kind) (%s)' % series('openclaw_lock_files', of_sessions)),
    record(
      'gateway:openclaw_lock_oldest_age_seconds:max',
      'max without (agent, kind) (%s)' % series('openclaw_lock_oldest_age_seconds', of_sessions)
    ),
    record('gateway:openclaw_lock_overdue_files:sum', 'sum without (agent) (%s)' % series('openclaw_lock_overdue_files')),
    blocking('sum without (kind) (%s) > %d' % [
      last('openclaw_lock_files', of_sessions + ',holder=~"dead|recycled"'),
      config.holderGoneFiles,
    ], 'ignoring (holder)'),
    blocking(expressions.locks_are_overdue, 'ignoring (holder)', { holder: 'overdue' }),
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
    // Has just started: it is not the one of a while ago, by no clock but ours. Unless it starts over and over.
    record('gateway:openclaw_lock_restart:active', |||
      group without () (
        %(now)s
        unless
        (
          %(now)s
          ==
          %(before)s
        )
        unless
        changes(%(loop)s) >= %(starts)d
      )
    ||| % {
      now: last('openclaw_lock_gateway_start_time_seconds'),
      before: last('openclaw_lock_gateway_start_time_seconds', offset=config.restartWindowSeconds),
      loop: range('openclaw_lock_gateway_start_time_seconds', config.restartLoopWindowSeconds),
      starts: config.restartLoopStarts,
    }),
    record('gateway:openclaw_lock_source_up:min', 'min without (source) (%s)' % series('openclaw_lock_source_up')),
    // For who gathers several Prometheus servers.
    record(
      'job:openclaw_lock_gateways:count',
      'count without (instance, gateway) (%s)' % series('gateway:openclaw_lock_source_up:min')
    ),
    record('job:openclaw_lock_gateways_hurt:count', |||
      count without (instance, gateway) (%s)
      or
      0 * %s
    ||| % [series('gateway:openclaw_lock_hurt:active'), series('job:openclaw_lock_gateways:count')]),
  ],

  local slow =
    ratio_with_rates('30m', 1800) + ratio_with_averages('6h', 21600) + [
      // By the sum, for the average of a series that is new says more than there was; of steps of its own, for whoever
      // imports the rules may evaluate them at another interval. Each failure is in three of them.
      record('agent:openclaw_lock_timeouts:increase6h', 'sum_over_time(%s[%s:%s]) * %s' % [
        series('agent:openclaw_lock_timeouts:rate30m'),
        language.duration(21600),
        language.duration(600),
        language.seconds(600),
      ]),
    ],

  prometheusRules+:: {
    groups+: [
      {
        name: 'openclaw-lock-records-timeouts',
        interval: language.duration(config.evaluationSeconds),
        rules: timeouts,
      },
      {
        name: 'openclaw-lock-records-gateways',
        interval: language.duration(config.evaluationSeconds),
        rules: timeouts_of_gateways,
      },
      {
        name: 'openclaw-lock-records-causes',
        interval: language.duration(config.evaluationSeconds),
        rules: locks + disk + sqlite + causes,
      },
      {
        name: 'openclaw-lock-records-fleet',
        interval: language.duration(config.evaluationSeconds),
        rules: fleet,
      },
      {
        name: 'openclaw-lock-records-slow',
        interval: language.duration(config.slowEvaluationSeconds),
        rules: slow,
      },
    ],
  },
}
