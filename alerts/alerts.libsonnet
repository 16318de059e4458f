// SPDX-License-Identifier: Apache-2.0
// critical pages somebody, warning makes a ticket. Users who get no answer page, and two gateways on one directory.
{
  local config = self._config,
  local language = (import 'rule_language.libsonnet')(config),
  local expressions = (import 'expressions.libsonnet')(config),
  local series = language.series,
  local range = language.range,
  local last = language.last,

  local gateway_variables = ['cluster', 'namespace', 'job', 'instance', 'gateway'],
  local links = {
    overview: { uid: config.dashboards.overview, variables: [] },
    gateway: { uid: config.dashboards.gateway, variables: gateway_variables },
    exporter: { uid: config.dashboards.exporter, variables: ['cluster', 'namespace', 'job', 'instance'] },
    job: { uid: config.dashboards.exporter, variables: ['cluster', 'namespace', 'job'] },
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

  // A page that is firing stays, with the value 0, while its exporter does not answer or the reader that it judges by is
  // down: nobody knows then whether it is over.
  local held(name, source) =
    local firing = |||
      0 * max without (alertname, alertstate, severity, component) (
        %s
      )
    ||| % last('ALERTS', 'alertname="%s",alertstate="firing",severity="critical"' % name);
    local of_exporter = 'ignoring (%s)' % std.join(', ', std.setDiff(std.set(language.own_labels), ['source']));
    local of_reader = language.of_same_gateway;
    |||
      (
        %(firing)s
        and %(of_exporter)s
        max_over_time(%(was_up)s) == 1
        unless %(of_exporter)s
        %(is_up)s == 1
      )
      or
      (
        %(firing)s
        and %(of_reader)s
        max_over_time(%(could_read)s) == 1
        and %(of_reader)s
        %(reads)s == 0
      )
    ||| % {
      firing: language.indent(firing, 2),
      of_exporter: of_exporter,
      was_up: range('up', config.pageHeldSeconds, config.jobSelector),
      is_up: last('up', config.jobSelector),
      of_reader: of_reader,
      could_read: range('openclaw_lock_source_up', config.pageHeldSeconds, 'source="%s"' % source),
      reads: last('openclaw_lock_source_up', 'source="%s"' % source),
    },
  local said_of_held(description) = |||
    {{ if eq $value 0.0 }}NOT MEASURED NOW: of {{ if $labels.gateway }}gateway {{ $labels.gateway }} ({{ $labels.instance }})
    {{ else }}{{ $labels.instance }} {{ end }}the exporter or its reader is down, so this page is held: nobody knows whether it
    is over. Bring the exporter back, and follow the runbook until then.{{ else }}%s{{ end }}
  ||| % std.rstripChars(description, '\n'),
  local page(name, source, expr, summary, description, keep_seconds, labels={}, link='gateway') =
    alert(name, 'critical', |||
      (
      %s
      )
      or
      %s
    ||| % [language.indent(expr, 2), held(name, source)], summary, said_of_held(description), link, 0, keep_seconds, labels),

  local where = 'gateway {{ $labels.gateway }} ({{ $labels.instance }})',
  local at_start = 'Gateway {{ $labels.gateway }} ({{ $labels.instance }})',
  local agent = 'agent {{ or $labels.agent "unknown" }}',

  local many_of_one_cause = |||
    count without (gateway) (
      %s
      and ignoring (cause)
      %s
    ) >= %d
  ||| % [
    series('gateway:openclaw_lock_cause:active'),
    series('gateway:openclaw_lock_hurt:active'),
    config.manyGateways,
  ],

  local restarts(expr, set_operator) = |||
    (
    %s
    )
    %s
    (
    %s
    )
  ||| % [
    language.indent(expr, 2),
    set_operator,
    language.indent(expressions.gateway_lasts_not, 2),
  ],

  local timeouts = [
    page(
      'OpenClawLockTimeouts',
      'logs',
      |||
        %(gateway)s
        or
        (
          %(agent)s
          unless ignoring (agent)
          last_over_time(%(lately)s)
        )
      ||| % {
        agent: series('agent:openclaw_lock_timeouts:page'),
        gateway: series('gateway:openclaw_lock_timeouts:page'),
        // As long as its alert stays.
        lately: range('gateway:openclaw_lock_timeouts:page', config.keepFiringSeconds),
      },
      'Turns fail because a session lock is not had in time.',
      |||
        Of %(where)s, {{ if $labels.agent }}agent {{ $labels.agent }}{{ else }}several agents or one that is not
        known{{ end }}: {{ printf "%%.0f" $value }} turns failed lately because they did not get their lock, and they go on
        failing. Users get no answer. Open the dashboard to see the cause beside the failures, then follow the runbook: pause
        traffic, back up the sessions, restart the gateway cleanly.
      ||| % { where: where },
      config.keepFiringSeconds
    ),
    page(
      'OpenClawLockManyGatewaysHurt',
      'logs',
      |||
        (
        %(sharing)s
        )
        or
        (
          %(count)s >= %(many)d
          unless ignoring (cause)
        %(sharing)s
        )
      ||| % {
        sharing: language.indent(many_of_one_cause, 2),
        count: series('instance:openclaw_lock_gateways_hurt:count'),
        many: config.manyGateways,
      },
      'Turns of many gateways fail at once.',
      |||
        {{ printf "%.0f" $value }} gateways of {{ $labels.instance }} cannot answer because their turns do not get their
        locks{{ if $labels.cause }}; the cause that they share: {{ $labels.cause }}{{ end }}. What they have in common is at
        fault: the disk, the host, one release. Look at the host before you look at a gateway.
      |||,
      config.manyGatewaysKeepSeconds,
      link='overview'
    ),
    page(
      'OpenClawLockSessionWedged',
      'logs',
      expressions.stale_errors_repeat,
      'Runs fail because a session lock is called stale.',
      |||
        The log of %(where)s tells {{ printf "%%.0f" $value }} times in 30 minutes that a run failed because its lock is
        stale, and it goes on. No timeout is written for these. A session is wedged: it fails until the gateway restarts.
      ||| % { where: where },
      config.keepFiringSeconds
    ),
    page(
      'OpenClawLockRestartLoop',
      'processes',
      restarts(expressions.gateway_restarts, 'and'),
      'A gateway starts over and over, and none lasts.',
      |||
        %(where)s started or failed to start {{ printf "%%.0f" $value }} times in 30 minutes, and none lasts.
        Users get no answer. Its log says why it ends (the runbook lists the texts): read that before another start.
      ||| % { where: at_start },
      config.keepFiringSeconds
    ),
    alert(
      'OpenClawLockRestartLoop',
      'warning',
      restarts(expressions.gateway_restarts + 'or\n' + expressions.gateway_restarts_slowly, 'unless'),
      'Something starts gateways over and over.',
      |||
        Of %(where)s {{ printf "%%.0f" $value }} starts, refusals or failures to start were seen in 30 minutes (or, of one that
        crashes seldom, starts in two hours), while a gateway runs: two supervisors, a service that has not noticed, or one
        that crashes now and then. Find who starts them and why, and stop that.
      ||| % { where: where },
      'gateway',
      config.restartLoopForSeconds,
      config.keepFiringSeconds
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
        Of %(where)s, %(agent)s: {{ $value | humanizePercentage }} of the turns failed on a session lock in the last six
        hours, and they go on. No outage, but users notice. Find the cause on the dashboard during working hours.
      ||| % { where: where, agent: agent },
      config.timeoutsSlowForSeconds,
      config.slowKeepFiringSeconds
    ),
  ],

  local causes = [
    page(
      'OpenClawLockDuplicateGateways',
      'processes',
      |||
        (
        %s
        )
        or
        (
        %s
        )
      ||| % [
        language.indent(expressions.gateways_stay_duplicate, 2),
        language.indent(expressions.gateways_are_duplicate_again, 2),
      ],
      'Several gateways run on one state directory.',
      |||
        {{ printf "%%.0f" $value }} gateways run on the state directory of %(where)s, for longer than a rolling restart
        takes. They take each other's session locks and may spoil transcripts. Find out which one a supervisor started
        (the runbook says how) and stop the other one.
      ||| % { where: where },
      config.duplicateGatewaysKeepSeconds
    ),
    ticket(
      'OpenClawLockHolderDead',
      expressions.holders_are('dead'),
      'A lock is left over from a process that is dead.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s name a process that is proven dead. OpenClaw removes such a lock on
        the next turn or start; this one stayed. Turns that fail by it make a page of the same name. Look at it before
        somebody needs the session.
      ||| % { where: where },
      config.holderGoneForSeconds
    ),
    page(
      'OpenClawLockHolderDead',
      'locks',
      series('agent:openclaw_lock_blocking_files:active', 'holder="dead"'),
      'Turns fail, and a lock is left over from a process that is dead.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s, %(agent)s, name a process that is proven dead, and turns of this agent
        failed for want of a lock while they were there. Follow the runbook: pause traffic, back up the sessions, restart the
        gateway cleanly; remove a lock only if it is still there then and its holder is still proven dead.
      ||| % { where: where, agent: agent },
      config.causeKeepFiringSeconds
    ),
    ticket(
      'OpenClawLockPidRecycled',
      expressions.holders_are('recycled'),
      'A lock names a pid that belongs to another process now.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s name a pid that another process got since. OpenClaw before 2026.3.2
        takes such a lock for held. Turns that fail by it make a page of the same name. Look at it before somebody needs
        the session.
      ||| % { where: where },
      config.holderGoneForSeconds
    ),
    page(
      'OpenClawLockPidRecycled',
      'locks',
      series('agent:openclaw_lock_blocking_files:active', 'holder="recycled"'),
      'Turns fail, and a lock names a pid that belongs to another process now.',
      |||
        {{ printf "%%.0f" $value }} locks of %(where)s, %(agent)s, name a pid that another process got since, and turns of this
        agent failed for want of a lock while they were there. Follow the runbook; do not kill the process that has the pid
        now: it has nothing to do with the lock.
      ||| % { where: where, agent: agent },
      config.causeKeepFiringSeconds
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
    page(
      'OpenClawLockOverdue',
      'locks',
      'max without (holder) (%s)' % series('agent:openclaw_lock_blocking_files:active', 'holder="overdue"'),
      "Turns fail, and a live process holds a lock past the lock's own limit.",
      |||
        Of %(where)s, %(agent)s: {{ printf "%%.0f" $value }} locks are held by a live process for longer than their own
        limit, and turns of this agent failed for want of a lock while they were. The holder hangs. Follow the runbook:
        restart the gateway cleanly; never remove the lock of a live process.
      ||| % { where: where, agent: agent },
      config.causeKeepFiringSeconds
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
      expressions.database_stays_held,
      'One process keeps the write lock of a database of OpenClaw.',
      |||
        A process has been seen with the write lock of a database of %(where)s for {{ $value | humanizeDuration }}. Turns
        fail after five seconds of waiting for it. The runbook says how to find the process.
      ||| % { where: where },
      keep_seconds=config.sqliteKeepSeconds,
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
        by that process) or its queue ran over. Timeouts are not all counted now. A full file is moved away, and the gateway
        restarted; an overrun needs a lower logging.level. The runbook tells them apart.
      ||| % { where: at_start }
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
          unless
          (
            %(bytes)s
            unless
            (%(bytes)s == %(bytes_before)s)
          )
          unless
          (
            %(acquired)s != %(acquired_before)s
            or
            (%(acquired)s > 0 unless %(acquired_before)s)
          )
        )
      ||| % {
        instances: last('openclaw_lock_gateway_instances'),
        readable: last('openclaw_lock_source_up', 'source="processes"'),
        bytes: last('openclaw_lock_log_bytes_total'),
        bytes_before: last('openclaw_lock_log_bytes_total', offset=config.uncountedWindowSeconds),
        local of_gateway = 'sum without (agent, kind) (%s)',
        acquired: of_gateway % last('openclaw_lock_acquired_total'),
        acquired_before: of_gateway % last('openclaw_lock_acquired_total', offset=config.uncountedWindowSeconds),
      },
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
          sum without (database, file) (changes(%(databases)s)) >= %(changes)d
          and
          increase(%(bytes_long)s) == 0
        )
        or
        (
          %(files)s == 0
          unless
          %(instances)s == 0
        )
      ||| % {
        acquired: range('openclaw_lock_acquired_total', config.logSilentWindowSeconds),
        acquisitions: config.logSilentAcquisitions,
        bytes: range('openclaw_lock_log_bytes_total', config.logSilentWindowSeconds),
        databases: range('openclaw_lock_sqlite_bytes', config.logSilentSqliteWindowSeconds),
        changes: config.logSilentSqliteChanges,
        bytes_long: range('openclaw_lock_log_bytes_total', config.logSilentSqliteWindowSeconds),
        files: last('openclaw_lock_log_files'),
        instances: last('openclaw_lock_gateway_instances'),
      },
      'The gateway works, and its log says nothing.',
      |||
        %(where)s runs, or its turns take locks or write to databases, and no log of it is found or none grows.
        Timeouts are read from the log: none would be seen. Point the exporter to the right log.
      ||| % { where: at_start },
      config.blindForSeconds,
      labels={ reason: 'log_silent' }
    ),
    ticket(
      'OpenClawLockBlind',
      |||
        (
          increase(%(unparsed)s) >= %(many)d
          and ignoring (outcome)
          sum without (outcome) (increase(%(parsed)s)) == 0
        )
        or
        sum without (source, problem) (increase(%(unrecognised)s)) > 0
      ||| % {
        unparsed: range('openclaw_lock_log_lines_total', config.logUnreadWindowSeconds, 'outcome="unparsed"'),
        many: config.logUnparsedLines,
        parsed: range('openclaw_lock_log_lines_total', config.logUnreadWindowSeconds, 'outcome=~"matched|ignored"'),
        unrecognised: range('openclaw_lock_source_problems_total', config.logUnreadWindowSeconds, 'source="logs",problem="unrecognised"'),
      },
      'The log is read, and nothing in it is understood.',
      |||
        Lines of the log of %(where)s are read, and none is of a form that is known: timeouts would not be seen. The
        exporter's log shows one of them; the README lists the forms.
      ||| % { where: where },
      config.blindForSeconds,
      labels={ reason: 'log_unrecognised' }
    ),
    ticket(
      'OpenClawLockBlind',
      'min_over_time(%(unread)s) > %(bytes)d and deriv(%(unread)s) > 0' % {
        unread: range('openclaw_lock_log_unread_bytes', config.logUnreadWindowSeconds),
        bytes: config.logUnreadBytes,
      },
      'The log grows faster than it is read.',
      |||
        {{ $value | humanize1024 }}B of the log of %(where)s are not read yet, and it grows: what fails now is known late.
      ||| % { where: where },
      config.blindForSeconds,
      labels={ reason: 'log_unread' }
    ),
    alert(
      'OpenClawLockBlind',
      'warning',
      |||
        sum without (origin) (%s) == 0
        or
        %s == 0
      ||| % [last('openclaw_lock_gateways'), last('openclaw_lock_discovery_up')],
      'The exporter watches no gateway, or cannot look for any.',
      |||
        {{ $labels.instance }} of job {{ $labels.job }} knows no gateway, or its search fails: nothing that hurts there would
        be seen. Its log names the places that it looked at and what stood in the way.
      |||,
      'exporter',
      config.blindForSeconds,
      labels={ reason: 'nothing_watched' }
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
    groups+: [
      { name: 'openclaw-lock-alerts-' + part.name, interval: language.duration(config.evaluationSeconds), rules: part.rules }
      for part in [
        { name: 'turns', rules: timeouts },
        { name: 'causes', rules: causes },
        { name: 'sight', rules: blind + exporter },
      ]
    ],
  },
}
