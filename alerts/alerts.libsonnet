// SPDX-License-Identifier: Apache-2.0
// critical pages somebody, warning makes a ticket. Only failing turns and two gateways page.
{
  local config = self._config,
  local language = (import 'rule_language.libsonnet')(config),
  local expressions = (import 'expressions.libsonnet')(config),
  local series = language.series,
  local range = language.range,
  local last = language.last,

  local gateway_variables = ['job', 'instance', 'gateway'],
  local links = {
    overview: { uid: config.dashboards.overview, variables: [] },
    gateway: { uid: config.dashboards.gateway, variables: gateway_variables },
    exporter: { uid: config.dashboards.exporter, variables: ['job', 'instance'] },
    job: { uid: config.dashboards.exporter, variables: ['job'] },
  },
  local dashboard_url(link) =
    local variables = ['var-%s={{ $labels.%s | urlquery }}' % [name, name] for name in link.variables];
    config.grafanaURL + '/d/' + link.uid + (if variables == [] then '' else '?' + std.join('&', variables)),

  local alert(name, severity, expr, summary, description, link='gateway', seconds=0, keep_seconds=0, labels={}) = {
    alert: name,
    expr: std.rstripChars(expr, '\n'),
    [if seconds > 0 then 'for']: language.duration(seconds),
    [if keep_seconds > 0 then 'keep_firing_for']: language.duration(keep_seconds),
    labels: { severity: severity, component: 'openclaw' } + labels,
    annotations: {
      summary: summary,
      description: std.strReplace(std.rstripChars(description, '\n'), '\n', ' '),
      runbook_url: config.runbookURLPattern % name,
      dashboard_url: dashboard_url(links[link]),
    },
  },

  // A ticket about a gateway keeps quiet while that gateway has just started.
  local outside_restart(expr) = |||
    (
    %s
    )
    unless %s
    %s
  ||| % [language.indent(expr, 2), language.of_same_gateway, series('gateway:openclaw_lock_restart:active')],
  local ticket(name, expr, summary, description, seconds=0, keep_seconds=0, labels={}) =
    alert(name, 'warning', outside_restart(expr), summary, description, 'gateway', seconds, keep_seconds, labels),

  // The cause together with the symptom.
  local while_turns_fail(expr) = |||
    %s
    and %s
    %s > 0
  ||| % [expr, language.of_same_gateway, series('agent:openclaw_lock_timeouts:sustained10m')],

  local where = 'gateway {{ $labels.gateway }} ({{ $labels.instance }})',
  local agent = 'agent {{ or $labels.agent "unknown" }}',

  local timeouts = [
    alert(
      'OpenClawLockTimeouts',
      'critical',
      |||
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
      ||| % {
        sustained: series('agent:openclaw_lock_timeouts:sustained10m'),
        ratio3m: series('agent:openclaw_lock_timeouts:ratio_rate3m'),
        ratio5m: series('agent:openclaw_lock_timeouts:ratio_rate5m'),
        ratio30m: series('agent:openclaw_lock_timeouts:ratio_rate30m'),
        page: config.timeoutsRatio,
        outage: config.timeoutsOutageRatio,
      },
      'Turns fail because a session lock is not had in time.',
      |||
        Of %(where)s, %(agent)s: {{ printf "%%.0f" $value }} turns failed in 10 minutes because they did not get their
        lock, and they go on failing. Users get no answer. Open the dashboard to see the cause beside the failures, then
        follow the runbook: pause traffic, back up the sessions, restart the gateway cleanly.
      ||| % { where: where, agent: agent },
      keep_seconds=config.keepFiringSeconds
    ),
    ticket(
      'OpenClawLockTimeoutsSlowBurn',
      |||
        %(ratio6h)s > %(slow)g
        and
        %(ratio30m)s > %(slow)g
        and
        %(count)s > %(atLeast)g
      ||| % {
        ratio6h: series('agent:openclaw_lock_timeouts:ratio_rate6h'),
        ratio30m: series('agent:openclaw_lock_timeouts:ratio_rate30m'),
        count: series('agent:openclaw_lock_timeouts:increase6h'),
        slow: config.timeoutsSlowRatio,
        atLeast: config.timeoutsSlowCount - 0.5,  // increase() extrapolates
      },
      'Turns fail on session locks again and again.',
      |||
        Of %(where)s, %(agent)s: {{ $value | humanizePercentage }} of the waits for a session lock failed in the last six
        hours, and they go on. No outage, but users notice. Find the cause on the dashboard during working hours.
      ||| % { where: where, agent: agent },
      config.timeoutsSlowForSeconds,
      config.slowKeepFiringSeconds
    ),
  ],

  local causes = [
    alert(
      'OpenClawLockDuplicateGateways',
      'critical',
      expressions.gateways_are_duplicate,
      'Several gateways run on one state directory.',
      |||
        {{ printf "%%.0f" $value }} gateways run on the state directory of %(where)s, for longer than a rolling restart
        takes. They take each other's session locks and may spoil transcripts. Find out which one a supervisor started
        (the runbook says how) and stop the other one.
      ||| % { where: where },
      seconds=config.duplicateGatewaysForSeconds
    ),
    ticket(
      'OpenClawLockHolderDead',
      expressions.holders_are('dead'),
      'A lock is left over from a process that is dead.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s name a process that is proven dead. OpenClaw removes such a lock on
        the next turn or start; this one stayed. No turn fails by it now. Look at it before somebody needs the session.
      ||| % { where: where },
      config.holderGoneForSeconds
    ),
    alert(
      'OpenClawLockHolderDead',
      'critical',
      while_turns_fail(expressions.holders_are('dead')),
      'Turns fail, and a lock is left over from a process that is dead.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s name a process that is proven dead, and turns of this gateway go on
        failing for want of a lock. Follow the runbook: pause traffic, back up the sessions, restart the gateway cleanly;
        remove a lock only if it is still there then and its holder is still proven dead.
      ||| % { where: where },
      keep_seconds=config.keepFiringSeconds
    ),
    ticket(
      'OpenClawLockPidRecycled',
      expressions.holders_are('recycled'),
      'A lock names a pid that belongs to another process now.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s name a pid that another process got since. OpenClaw before 2026.3.2
        takes such a lock for held. No turn fails by it now. Look at it before somebody needs the session.
      ||| % { where: where },
      config.holderGoneForSeconds
    ),
    alert(
      'OpenClawLockPidRecycled',
      'critical',
      while_turns_fail(expressions.holders_are('recycled')),
      'Turns fail, and a lock names a pid that belongs to another process now.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s name a pid that another process got since, and turns of this gateway
        go on failing for want of a lock. Follow the runbook; do not kill the process that has the pid now: it has nothing
        to do with the lock.
      ||| % { where: where },
      keep_seconds=config.keepFiringSeconds
    ),
    ticket(
      'OpenClawLockOverdue',
      expressions.locks_are_overdue,
      "A live process holds a session lock past the lock's own limit.",
      |||
        Of %(where)s, %(agent)s: {{ printf "%%.0f" $value }} locks are held by a live process for longer than their own
        limit (300 s where the version writes none, and a long turn may be legit). See on the dashboard whether turns
        wait, and follow the runbook; never remove the lock of a live process.
      ||| % { where: where, agent: agent },
      config.overdueForSeconds
    ),
    ticket(
      'OpenClawLockDiskWait',
      expressions.disk_is_slow,
      'The disk below the state directory is slow.',
      |||
        A write or flush to the disk below the state directory of %(where)s takes {{ $value | humanizeDuration }} on
        average. Locks are then held for longer than their waiters have patience. Find what loads the disk.
      ||| % { where: where },
      config.diskForSeconds,
      labels={ reason: 'latency' }
    ),
    ticket(
      'OpenClawLockDiskWait',
      expressions.gateway_is_stalled,
      'The gateway waits for a disk much of its time.',
      |||
        In {{ $value | humanizePercentage }} of the time some task in the control group of %(where)s waited for a disk. See
        whether the group has an I/O limit, and what else loads the disk.
      ||| % { where: where },
      config.diskForSeconds,
      labels={ reason: 'stalled' }
    ),
    ticket(
      'OpenClawLockDiskWait',
      expressions.gateway_is_blocked,
      'Threads of the gateway hang in the kernel much of their time.',
      |||
        In {{ $value | humanizePercentage }} of the time a thread of %(where)s was in uninterruptible sleep, which is
        nearly always a disk or a network file system that does not answer. Look at the mount of the state directory.
      ||| % { where: where },
      config.diskForSeconds,
      labels={ reason: 'blocked' }
    ),
    ticket(
      'OpenClawLockSqliteContention',
      expressions.database_is_held,
      'One process keeps the write lock of a database of OpenClaw.',
      |||
        A process has been seen with the write lock of a database of %(where)s for {{ $value | humanizeDuration }}. Turns
        fail after five seconds of waiting for it. The runbook says how to find the process.
      ||| % { where: where },
      config.sqliteWriterHeldForSeconds,
      labels={ reason: 'held' }
    ),
    ticket(
      'OpenClawLockSqliteContention',
      expressions.database_waits_repeat,
      'Waits for the write lock of a database of OpenClaw fail or take long.',
      |||
        The log of %(where)s tells {{ printf "%%.0f" $value }} times in 10 minutes of slow or failed waits for a database.
        See on the dashboard who writes and how big the databases are.
      ||| % { where: where },
      keep_seconds=config.keepFiringSeconds,
      labels={ reason: 'waits' }
    ),
  ],

  local blind = [
    ticket(
      'OpenClawLockLogSuppressed',
      |||
        increase(%(hour)s) > 0
        or
        (
          increase(%(day)s) > 0
          and ignoring (event)
          increase(%(bytes)s) == 0
        )
      ||| % {
        hour: range('openclaw_lock_log_events_total', config.logSuppressedWindowSeconds, 'event="log_suppressed"'),
        day: range('openclaw_lock_log_events_total', config.logSuppressedDaySeconds, 'event="log_suppressed"'),
        bytes: range('openclaw_lock_log_bytes_total', config.logSilentWindowSeconds),
      },
      'OpenClaw dropped log records, so timeouts are missed.',
      |||
        %(where)s says that its log lost records: the file reached its limit (up to 2026.4.24 nothing more is then written
        by that process) or its queue ran over. Timeouts are not all counted now. Move the file away and restart the gateway.
      ||| % { where: 'Gateway {{ $labels.gateway }} ({{ $labels.instance }})' }
    ),
    ticket(
      'OpenClawLockBlind',
      '%s == 0' % last('openclaw_lock_source_up'),
      'The exporter cannot read what it judges by.',
      |||
        Source {{ $labels.source }} of %(where)s cannot be read: what depends on it is missing, not healthy.
        openclaw_lock_source_problems_total says what stands in the way.
      ||| % { where: where },
      config.blindForSeconds,
      labels={ reason: 'source_down' }
    ),
    ticket(
      'OpenClawLockBlind',
      |||
        %(instances)s == 0
        or
        (
          max without (source) (%(readable)s == 1)
          unless
          %(instances)s
        )
      ||| % { instances: last('openclaw_lock_gateway_instances'), readable: last('openclaw_lock_source_up', 'source="processes"') },
      'No gateway is seen to run.',
      |||
        Of %(where)s no process is seen, or the exporter has not the right to count them. Either the gateway is down, or
        duplicates would go unnoticed.
      ||| % { where: where },
      config.blindForSeconds,
      labels={ reason: 'no_gateway' }
    ),
    ticket(
      'OpenClawLockBlind',
      |||
        %(instances)s > 0
        unless
        max without (store, version) (%(known)s)
      ||| % { instances: last('openclaw_lock_gateway_instances'), known: last('openclaw_lock_store_info', 'store!="unknown"') },
      'It is not known where the gateway keeps its sessions.',
      |||
        Whether %(where)s keeps its sessions in files or in SQLite is not known: no locks may mean none to see.
      ||| % { where: where },
      config.blindForSeconds,
      labels={ reason: 'era_unknown' }
    ),
    ticket(
      'OpenClawLockBlind',
      |||
        (
          sum without (agent, kind) (increase(%(acquired)s)) >= %(acquisitions)d
          and
          increase(%(bytes)s) == 0
        )
        or
        (
          %(files)s == 0
          and
          %(instances)s > 0
        )
      ||| % {
        acquired: range('openclaw_lock_acquired_total', config.logSilentWindowSeconds),
        acquisitions: config.logSilentAcquisitions,
        bytes: range('openclaw_lock_log_bytes_total', config.logSilentWindowSeconds),
        files: last('openclaw_lock_log_files'),
        instances: last('openclaw_lock_gateway_instances'),
      },
      'The gateway works, and its log says nothing.',
      |||
        Turns of %(where)s take locks, or it runs at least, and no log of it is found or grows. Timeouts are read from the
        log: none would be seen. Point the exporter to the right log.
      ||| % { where: where },
      config.blindForSeconds,
      labels={ reason: 'log_silent' }
    ),
  ],

  local exporter = [
    alert(
      'OpenClawLockExporterDown',
      'warning',
      '%s == 0' % series('up', config.jobSelector),
      'The exporter does not answer.',
      |||
        {{ $labels.instance }} of job {{ $labels.job }} does not answer Prometheus. Locks of its gateways are not watched.
        Look at its service and log.
      |||,
      'exporter',
      config.exporterDownForSeconds,
      labels={ reason: 'silent' }
    ),
    alert(
      'OpenClawLockExporterDown',
      'warning',
      'absent(%s)' % series('up', config.jobSelector),
      'Prometheus has no exporter to ask.',
      |||
        Prometheus knows no target of job {{ $labels.job }}. No lock is watched. Look at its scrape configuration and at
        service discovery.
      |||,
      'job',
      config.exporterDownForSeconds,
      labels={ reason: 'no_target' }
    ),
    alert(
      'OpenClawLockConfigReloadFailed',
      'warning',
      '%s == 0' % last('openclaw_lock_config_last_reload_successful'),
      'The exporter could not load its configuration.',
      |||
        {{ $labels.instance }} of job {{ $labels.job }} goes on with the configuration it had before. Its log names file,
        line and key; --config.check tries it again.
      |||,
      'exporter',
      config.configReloadForSeconds
    ),
    alert(
      'OpenClawLockWatchdog',
      'none',
      'vector(1)',
      'Alerts of OpenClaw locks reach their receiver.',
      |||
        This alert always fires. Send it to a dead man's switch, which tells you when it stops: then no page would arrive.
      |||,
      'overview'
    ),
  ],

  prometheusAlerts+:: {
    groups+: [{
      name: 'openclaw-lock-alerts',
      interval: language.duration(config.evaluationSeconds),
      rules: timeouts + causes + blind + exporter,
    }],
  },
}
