// SPDX-License-Identifier: Apache-2.0
// What alerts and recorded series say of each gateway: how it is, since when, why, and what to do next. A row each, the same
// on every dashboard.
function(config, p)
  local labels = p.gateway_labels;
  local same = 'on (%s)' % labels;
  local any = 'alertname=~"OpenClawLock.+"';
  local of_alerts(metric, matchers) = p.of_target(metric, 'gateway=~"$gateway|",' + matchers);
  local firing(matchers) = of_alerts('ALERTS', 'alertstate="firing",' + matchers);
  // 1 where it is more than nothing.
  local some(expr) = '(%s > bool 0 > 0)' % expr;

  local failed = 'round(%s)' % p.of_gateway('gateway:openclaw_lock_timeouts:increase10m');
  local sources = p.of_gateway('gateway:openclaw_lock_source_up:min');
  local active = p.of_gateway('gateway:openclaw_lock_cause:active');
  local exporter_down = '(%s == bool 0 > 0)' % p.exporters;

  local pages = firing('severity="critical",' + any);
  // By the reader that a page judges by.
  local alerts_of_reader = {
    logs: 'Timeouts|SessionWedged',
    processes: 'RestartLoop|DuplicateGateways',
    locks: 'HolderDead|PidRecycled|Overdue',
  };
  // Pages that stay because nobody can know whether they are over.
  local held = std.join('\nor\n', [
    '%s\nunless %s\n%s == 1' % [
      firing('severity="critical",alertname=~"OpenClawLock(%s)"' % alerts_of_reader[reader]),
      same,
      p.of_gateway('openclaw_lock_source_up', 'source="%s"' % reader),
    ]
    for reader in std.objectFields(alerts_of_reader)
  ] + [
    '%s\nunless on (%s)\n%s == 1' % [
      firing('severity="critical",alertname="OpenClawLockManyGatewaysHurt"'),
      p.target_labels,
      p.exporters,
    ],
  ]);

  local states = [
    { value: 6, words: 'MANY HURT', colour: 'red' },
    { value: 5, words: 'HURT', colour: 'red' },
    { value: 4, words: 'NOT MEASURED NOW', colour: 'purple' },
    { value: 3, words: 'some turns fail', colour: 'orange' },
    { value: 2, words: 'cannot be seen', colour: p.unknown },
    { value: 1, words: 'nobody hurt yet', colour: 'blue' },
  ];
  local state = |||
    max by (%(labels)s) (
      6 * %(many)s
      or
      5 * (%(pages)s unless (%(held)s))
      or
      5 * %(hurt)s
      or
      4 * (%(held)s)
      or
      3 * %(failing)s
      or
      2 * %(blind)s
      or
      2 * %(exporter_down)s
      or
      1 * %(tickets)s
      or
      1 * %(active)s
    )
  ||| % {
    labels: labels,
    many: firing('alertname="OpenClawLockManyGatewaysHurt"'),
    pages: pages,
    held: held,
    hurt: p.of_gateway('gateway:openclaw_lock_hurt:active'),
    failing: some(failed),
    blind: firing('alertname=~"OpenClawLock(Blind|LogSuppressed|ExporterDown)"'),
    exporter_down: exporter_down,
    tickets: firing('severity="warning",' + any),
    active: active,
  };

  // The first is told where several are seen: the order of the runbooks, what others follow from before what follows.
  local of_alert(name, words, colour, next) =
    { signs: [name], alert: 'OpenClawLock' + name, words: words, colour: colour, next: next };
  local of_cause(cause) = cause {
    signs: [cause.cause] + (if cause.alert == 'OpenClawLockTimeouts' then [] else [cause.alert[std.length('OpenClawLock'):]]),
  };
  local none_seen = of_alert('Timeouts', 'No cause seen', p.unknown, 'Find the cause by this page');
  // The ticket of that name: a gateway works beside those that start.
  local starts_repeat = {
    signs: ['StartsRepeat'],
    alert: 'OpenClawLockRestartLoop',
    words: 'Starts repeat',
    colour: p.unknown,
  };
  local slow_burn = of_alert('TimeoutsSlowBurn', 'Now and then, for hours', 'orange', 'Look at it in working hours');
  local reasons = [
    of_alert('ManyGatewaysHurt', 'Many gateways at once', '#C4162A', 'Look at the host first'),
    of_cause(p.causes[0]),
    of_alert('RestartLoop', 'Restart loop', '#E0379B', 'Read in its log why it ends'),
  ] + [of_cause(cause) for cause in p.causes[1:]] + [
    of_alert('SessionWedged', 'Session wedged', '#5A6B00', 'Restart the gateway cleanly'),
    none_seen,
    slow_burn,
    starts_repeat,
    of_alert('ExporterDown', 'Exporter down', '#56595E', 'Start the exporter again'),
    of_alert('Blind', 'Cannot be read', p.unknown, 'Mend what the exporter reads'),
    of_alert('LogSuppressed', 'Log lost records', p.unknown, 'Make room for the log'),
    of_alert('ConfigReloadFailed', 'Configuration refused', p.unknown, 'Mend the configuration'),
  ];
  local rank(i) = std.length(reasons) - i;
  local indices = std.range(0, std.length(reasons) - 1);
  local no_causes = [rank(i) for i in indices if reasons[i] == none_seen || reasons[i] == slow_burn];
  // What speaks for which reason.
  local signs = |||
    max by (%(labels)s, sign) (
      label_replace(%(active)s, "sign", "$1", "cause", "(.+)")
      or
      label_replace(%(alerts)s, "sign", "$1", "alertname", "OpenClawLock(.+)")
      or
      label_replace(%(beside)s, "sign", "StartsRepeat", "", "")
      or
      label_replace(%(shared)s, "sign", "$1", "cause", "(.+)")
      or
      label_replace(%(failing)s, "sign", "Timeouts", "", "")
      or
      label_replace(%(exporter_down)s, "sign", "ExporterDown", "", "")
    )
  ||| % {
    labels: labels,
    active: active,
    alerts: firing('%s,alertname!="OpenClawLockRestartLoop"' % any) + ' or ' + firing('severity="critical",alertname="OpenClawLockRestartLoop"'),
    beside: firing('severity="warning",alertname="OpenClawLockRestartLoop"'),
    shared: firing('cause!="",' + any),
    failing: some(failed),
    exporter_down: exporter_down,
  };
  local ranked = '%s* on (sign) group_left (next) (\n  %s\n)' % [signs, std.join('\n  or\n  ', [
    'label_replace(label_replace(vector(%d), "sign", "%s", "", ""), "next", "%s", "", "")' % [rank(i), sign, reasons[i].alert]
    for i in indices
    for sign in reasons[i].signs
  ])];
  local first = 'max by (%s, next) (topk by (%s) (1,\n%s\n))' % [labels, labels, ranked];
  local also = 'max by (%s) (\n(%s) != %d != %d\nunless on (%s, next)\n%s\n)' % ([labels, ranked] + no_causes + [labels, first]);

  // Since turns fail without a pause of ten minutes (6 h back at most), or the page fires; of others since the oldest
  // ticket, or what may become one, began.
  local since = |||
    (
      min by (%(labels)s) (
        max_over_time(timestamp(%(failed)s == 0)[6h:2m]) and %(failing)s
        or
        %(pages)s
      )
      or
      min by (%(labels)s) (%(tickets)s)
    )
    and on (%(labels)s)
    (%(firing)s or %(active)s or %(exporter_down)s or %(failing)s)
  ||| % {
    labels: labels,
    failed: p.of_gateway('gateway:openclaw_lock_timeouts:increase10m'),
    failing: some(failed),
    pages: of_alerts('ALERTS_FOR_STATE', 'severity="critical",' + any),
    tickets: of_alerts('ALERTS_FOR_STATE', 'severity="warning",' + any),
    firing: firing(any),
    active: active,
    exporter_down: exporter_down,
  };

  local paged = 'max by (%s) (%s or %s)' % [
    labels,
    p.of_target('ALERTS', 'alertstate="firing",severity="critical",gateway=~"$gateway",' + any),
    p.of_gateway('gateway:openclaw_lock_hurt:active'),
  ];

  {
    // ---- numbers, of the chosen gateways

    paged: paged,
    // 0 is a measured 0.
    count_paged: 'count(%s) or 0 * count(%s)' % [paged, sources],
    // Six hours where more is not known; -1 where nobody is hurt of what is measured.
    hurt_for: |||
      time() - min(
        %(since)s
        and %(same)s
        %(paged)s
      )
      or
      21600 + 0 * count(%(paged)s)
      or
      0 * count(%(sources)s) - 1
    ||| % { since: since, same: same, paged: paged, sources: sources },
    reasons_of_paged: 'topk(3, count_values("why", %s and %s %s))' % [first, same, paged],
    failed_turns: 'sum(%s)' % failed,
    // Of whose exporter or readers nothing comes, or not all; those that are gone with their directory are not missed.
    count_unseen: |||
      count(
        max by (%(labels)s) (
          %(sources)s == 0
          or
          %(blind)s
          or
          (
            last_over_time(%(sources)s[$__range])
            unless on (%(target)s)
            %(exporters)s == 1
          )
        )
      )
      or
      0 * count(%(sources)s)
    ||| % {
      labels: labels,
      target: p.target_labels,
      sources: sources,
      exporters: p.exporters,
      blind: p.of_target('ALERTS', 'alertname="OpenClawLockBlind",alertstate="firing",gateway=~"$gateway"'),
    },
    rank_overrides: [
      p.by_name('%d' % rank(i), {
        displayName: reasons[i].words,
        color: p.fixed(reasons[i].colour),
        links: [p.runbook(reasons[i].alert)],
      })
      for i in indices
    ],

    // ---- tables

    local alert_links = [{ title: 'Runbook', url: config.runbookURLPattern % '${__value.raw}', targetBlank: true }],
    // Exporters, and pages about many gateways, have no single one.
    local row(expr) = p.linked('label_replace(%s, "gateway", "all of this exporter", "gateway", "")' % std.rstripChars(expr, '\n')),
    local of_sight = 'alertname=~"OpenClawLock(Blind|LogSuppressed|ExporterDown|ConfigReloadFailed)"',
    local rank_mappings = [{
      type: 'value',
      options: {
        ['%d' % rank(i)]: { text: reasons[i].words, color: reasons[i].colour, index: i }
        for i in indices
      },
    }],
    who(title, description, settings={}):: p.table(
      title,
      description,
      [
        // Rows are merged by the labels that all of these have.
        p.rows(row(expr))
        for expr in [
          first,
          state,
          '1000 * (%s)' % since,
          'time() - (%s)' % since,
          'max by (%s) (%s) > 0' % [labels, failed],
          also,
        ]
      ],
      'short',
      p.merged + p.rename(
        {
          Time: '',
          gateway: 'Gateway',
          instance: 'Instance',
          cluster: 'Cluster',
          namespace: 'Namespace',
          job: 'Job',
          next: 'Do this next',
          'Value #A': 'Why',
          'Value #B': 'State',
          'Value #C': 'Since',
          'Value #D': 'For',
          'Value #E': 'Failed turns, 10 min',
          'Value #F': 'Also seen',
        },
        [
          'Value #B',
          'gateway',
          'cluster',
          'instance',
          'Value #C',
          'Value #D',
          'Value #A',
          'next',
          'Value #E',
          'Value #F',
          'namespace',
          'job',
        ]
      ) + p.hidden(['link_cluster', 'link_namespace']) + p.overrides([
        p.cell('State', {
          decimals: 0,
          mappings: [{
            type: 'value',
            options: { ['%d' % each.value]: { text: each.words, color: each.colour, index: 6 - each.value } for each in states },
          }],
        }, 160),
        p.by_name('Gateway', {
          links: [p.gateway_link('__data.fields')],
          'custom.width': 140,
        }),
        p.by_name('Since', { unit: 'dateTimeAsIsoNoDateIfToday', 'custom.width': 80 }),
        p.by_name('For', { unit: 's', decimals: 0, 'custom.width': 75 }),
        p.cell('Why', { decimals: 0, mappings: rank_mappings }, 165),
        p.by_name('Do this next', {
          mappings: [{
            type: 'value',
            options: {
              [reasons[i].alert]: { text: reasons[i].next, index: i }
              for i in indices
              // Of those that share a runbook the general words.
              if std.objectHas(reasons[i], 'next')
            },
          }],
          links: alert_links,
          'custom.width': 225,
        }),
        p.by_name('Failed turns, 10 min', { decimals: 0, 'custom.width': 145 }),
        p.by_name('Also seen', { decimals: 0, mappings: rank_mappings, 'custom.width': 145 }),
        p.by_name('Instance', { 'custom.width': 135, links: [p.exporter_link] }),
        p.by_name('Cluster', { 'custom.width': 80 }),
      ]) + {
        options+: { sortBy: [{ displayName: 'State', desc: true }, { displayName: 'Failed turns, 10 min', desc: true }] },
      } + settings
    ),

    local short_names = [{ type: 'regex', options: { pattern: '/^OpenClawLock(.*)/', result: { text: '$1', index: 0 } } }],
    local severity_mappings = [{
      type: 'value',
      options: {
        critical: { text: 'page', color: 'red', index: 0 },
        warning: { text: 'ticket', color: 'orange', index: 1 },
      },
    }],

    // What fires, counted: the ticket that comes before a page is not told beside it.
    local told = |||
      %(critical)s
      or
      %(warning)s unless on (alertname, %(labels)s) %(critical)s
    ||| % { labels: labels, critical: pages, warning: firing('severity="warning",' + any) },
    fires(title, description, settings={}):: p.table(
      title,
      description,
      [
        p.rows('count by (severity, alertname, reason) (%s)' % told),
        p.rows('1000 * min by (severity, alertname, reason) (%s and ignoring (alertstate) (%s))' % [
          of_alerts('ALERTS_FOR_STATE', 'severity=~"critical|warning",' + any),
          told,
        ]),
        p.rows('count by (severity, alertname, reason) (%s)' % held),
      ],
      'short',
      p.merged + p.rename(
        {
          Time: '',
          severity: 'Severity',
          alertname: 'Alert, and its runbook',
          reason: 'Reason',
          'Value #A': 'How many',
          'Value #B': 'Since',
          'Value #C': 'Not measured now',
        },
        ['severity', 'alertname', 'reason', 'Value #A', 'Value #B', 'Value #C']
      ) + p.overrides([
        p.cell('Severity', { mappings: severity_mappings }, 75),
        p.by_name('Alert, and its runbook', { links: alert_links, mappings: short_names, 'custom.width': 165 }),
        p.by_name('Reason', { 'custom.width': 130 }),
        p.by_name('How many', { decimals: 0, 'custom.width': 80 }),
        p.by_name('Since', { unit: 'dateTimeAsIsoNoDateIfToday', 'custom.width': 80 }),
        p.cell('Not measured now', {
          decimals: 0,
          thresholds: p.steps([['transparent', null], ['purple', 1]]),
        }),
      ]) + p.none('No alert fires') + {
        options+: { sortBy: [{ displayName: 'Severity', desc: false }, { displayName: 'Since', desc: false }] },
      } + settings
    ),

    unseen(title, description):: p.table(
      title,
      description,
      [
        p.rows('1000 * min by (alertname, reason, source, %s) (%s and ignoring (alertstate) (%s))' % [
          labels,
          of_alerts('ALERTS_FOR_STATE', of_sight),
          firing(of_sight),
        ]),
      ],
      'short',
      p.rename(
        {
          Time: '',
          alertname: 'Alert, and its runbook',
          reason: 'Reason',
          source: 'Source',
          gateway: 'Gateway',
          Value: 'Since',
          instance: 'Instance',
          cluster: 'Cluster',
          namespace: 'Namespace',
          job: 'Job',
        },
        ['alertname', 'reason', 'source', 'gateway', 'Value', 'instance', 'cluster', 'namespace', 'job']
      ) + p.overrides([
        p.by_name('Alert, and its runbook', { links: alert_links, mappings: short_names }),
        p.by_name('Since', { unit: 'dateTimeAsIsoNoDateIfToday' }),
      ]) + p.none('No alert says that something cannot be seen') + {
        options+: { sortBy: [{ displayName: 'Since', desc: false }] },
      }
    ),
  }
