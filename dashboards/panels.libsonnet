// SPDX-License-Identifier: Apache-2.0
// The few kinds of panels that the dashboards are made of, and what all dashboards share.
function(config) {
  local panels = self,
  local datasource = { type: 'prometheus', uid: '${datasource}' },

  // ---- selectors

  // Every selector names job and instance, cluster and namespace where there are such labels; those of gateways also the
  // gateway.
  local braces(matchers) = '{%s}' % std.join(',', [m for m in [config.selector] + matchers if m != '']),
  local target_matchers = ['job=~"$job"', 'instance=~"$instance"', 'cluster=~"$cluster"', 'namespace=~"$namespace"'],
  local gateway_matchers = target_matchers + ['gateway=~"$gateway"'],
  of_target(metric, matchers=''):: metric + braces(target_matchers + [matchers]),
  of_gateway(metric, matchers=''):: metric + braces(gateway_matchers + [matchers]),
  of_agent(metric, matchers=''):: metric + braces(gateway_matchers + ['agent=~"$agent"', matchers]),
  target_labels:: 'cluster, namespace, job, instance',
  gateway_labels:: panels.target_labels + ', gateway',

  // `up` of the exporters: by the job that the alerts look for, or because they were seen to be such.
  exporters:: 'max by (%s) (%s or (%s and on (%s) last_over_time(%s[$__range])))' % [
    panels.target_labels,
    panels.of_target('up', config.jobSelector),
    panels.of_target('up'),
    panels.target_labels,
    panels.of_target('openclaw_lock_exporter_build_info'),
  ],

  // For links: "All" stands for a label that is not there.
  linked(expr):: std.foldl(
    function(inner, label) 'label_replace(label_replace(%s, "link_%s", "All", "", ""), "link_%s", "$1", "%s", "(.+)")' %
                           [inner, label, label, label],
    ['cluster', 'namespace'],
    expr
  ),
  // Where a gateway is, for legends: cluster and instance.
  placed(expr):: panels.linked('label_replace(%s, "place", "$1 / ", "cluster", "(.+)")' % expr),
  place:: '{{gateway}} ({{place}}{{instance}})',

  // ---- causes: one word, one colour and one runbook each, wherever they are shown

  // In the order of the runbooks: the first that is seen is what to act on.
  causes: [
    {
      cause: 'duplicate_gateways',
      words: 'Duplicate gateways',
      colour: '#A352CC',
      alert: 'OpenClawLockDuplicateGateways',
      next: 'Find and stop the second gateway',
    },
    {
      cause: 'recycled_pid',
      words: 'Recycled pid',
      colour: '#E8590C',
      alert: 'OpenClawLockPidRecycled',
      next: 'Restart the gateway cleanly',
    },
    {
      cause: 'dead_holder',
      words: 'Dead holder',
      colour: '#D62F45',
      alert: 'OpenClawLockHolderDead',
      next: 'Restart the gateway cleanly',
    },
    {
      cause: 'sqlite_contention',
      words: 'SQLite contention',
      colour: '#1F9E9E',
      alert: 'OpenClawLockSqliteContention',
      next: 'Find who writes to the database',
    },
    {
      cause: 'embedded_fallback',
      words: 'Embedded fallback',
      colour: '#3274D9',
      alert: 'OpenClawLockTimeouts',
    },
    {
      cause: 'disk_stall',
      words: 'Disk stall',
      colour: '#96613D',
      alert: 'OpenClawLockDiskWait',
      next: 'Find what loads the disk',
    },
    {
      cause: 'overdue_holder',
      words: 'Live holder overdue',
      colour: '#B08C00',
      alert: 'OpenClawLockOverdue',
      next: 'Restart cleanly; remove no lock',
    },
  ],
  runbook(alert):: {
    title: 'Runbook of ' + alert,
    url: config.runbookURLPattern % alert,
    targetBlank: true,
  },
  // Series named after their cause get its words, colour and runbook.
  cause_overrides: [
    {
      matcher: { id: 'byName', options: cause.cause },
      properties: [
        { id: 'displayName', value: cause.words },
        { id: 'color', value: { mode: 'fixed', fixedColor: cause.colour } },
        { id: 'links', value: [panels.runbook(cause.alert)] },
      ],
    }
    for cause in panels.causes
  ],
  holder_colours: { alive: 'blue', dead: 'red', recycled: 'orange', unknown: panels.unknown },

  // ---- overrides

  override(matcher, options, properties):: {
    matcher: { id: matcher, options: options },
    properties: [{ id: id, value: properties[id] } for id in std.objectFields(properties)],
  },
  by_name(name, properties):: panels.override('byName', name, properties),
  by_regexp(regexp, properties):: panels.override('byRegexp', '/%s/' % regexp, properties),
  fixed(colour):: { mode: 'fixed', fixedColor: colour },
  by_threshold:: { mode: 'thresholds' },

  // [[colour, from], ...]; the first has no lower bound.
  steps(steps):: {
    mode: 'absolute',
    steps: [
      { color: steps[i][0], value: if i == 0 then null else if steps[i][1] <= 0 then steps[i][1] else std.parseJson('%g' % steps[i][1]) }
      for i in std.range(0, std.length(steps) - 1)
    ],
  },
  // Grafana divides axes of seconds by tens, which makes ticks of 8.33 minutes.
  minutes(expr):: '(%s) / 60' % std.rstripChars(expr, '\n'),
  in_minutes: 'suffix:min',
  in_seconds: 'suffix:s',
  green:: panels.steps([['green', null]]),
  // What is not known is not green.
  unknown: '#7F868D',
  // Bad from here on; `above` for "more than": the next whole number.
  bad_from(value, colour='red'):: panels.steps([[panels.unknown, null], ['green', 0], [colour, value]]),
  above(count):: count + 1,
  // Failed turns: so many are a page, if they go on.
  counted: panels.steps([[panels.unknown, null], ['blue', 0], ['orange', 1], ['red', config.timeoutsCount]]),

  // ---- targets

  // A minimum step of a minute: scrapes that far apart still give $__rate_interval four samples.
  series(expr, legend, settings={}):: {
    expr: std.rstripChars(expr, '\n'),
    legendFormat: legend,
    range: true,
    instant: false,
    interval: '1m',
    editorMode: 'code',
  } + settings,
  now(expr, legend='__auto'):: {
    expr: std.rstripChars(expr, '\n'),
    legendFormat: legend,
    range: false,
    instant: true,
    editorMode: 'code',
  },
  rows(expr):: panels.now(expr) + { format: 'table' },

  local with_targets(targets) = {
    datasource: datasource,
    targets: [
      targets[i] { refId: std.char(65 + i), datasource: datasource }
      for i in std.range(0, std.length(targets) - 1)
    ],
  },

  // ---- panels

  local panel(type, title, description) = {
    type: type,
    title: title,
    description: std.strReplace(std.rstripChars(description, '\n'), '\n', ' '),
  },

  stat(title, description, targets, unit, thresholds, settings={}):: panel('stat', title, description) + with_targets(targets) + {
    fieldConfig: {
      defaults: {
        unit: unit,
        decimals: 0,
        color: panels.by_threshold,
        thresholds: thresholds,
        noValue: 'not known',
        mappings: [],
      },
      overrides: [],
    },
    options: {
      colorMode: 'background_solid',
      graphMode: 'none',
      justifyMode: 'center',
      orientation: 'auto',
      textMode: 'value',
      wideLayout: true,
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  } + settings,

  // Says its series' names, not their values.
  names(title, description, targets, none, settings={}):: panels.stat(title, description, targets, 'short', panels.green) + {
    fieldConfig+: { defaults+: { noValue: none } },
    options+: { textMode: 'name', text: { valueSize: 26 } },
  } + settings,

  timeseries(title, description, targets, unit, settings={}):: panel('timeseries', title, description) + with_targets(targets) + {
    fieldConfig: {
      defaults: {
        unit: unit,
        min: 0,
        color: { mode: 'palette-classic' },
        thresholds: panels.green,
        mappings: [],
        custom: {
          drawStyle: 'line',
          lineInterpolation: 'linear',
          lineWidth: 2,
          fillOpacity: 8,
          gradientMode: 'none',
          showPoints: 'never',
          pointSize: 5,
          spanNulls: false,
          stacking: { mode: 'none', group: 'A' },
          axisPlacement: 'auto',
          axisLabel: '',
          axisColorMode: 'text',
          axisBorderShow: false,
          axisCenteredZero: false,
          axisGridShow: true,
          scaleDistribution: { type: 'linear' },
          barAlignment: 0,
          hideFrom: { legend: false, tooltip: false, viz: false },
          thresholdsStyle: { mode: 'off' },
        },
      },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  } + settings,

  table(title, description, targets, unit, settings={}):: panel('table', title, description) + with_targets(targets) + {
    fieldConfig: {
      defaults: {
        unit: unit,
        color: panels.by_threshold,
        thresholds: panels.green,
        mappings: [],
        custom: { align: 'left', cellOptions: { type: 'auto' }, minWidth: 50, filterable: false, inspect: false },
      },
      // The words for no rows are none for an empty cell.
      overrides: [panels.by_regexp('.*', { noValue: '' })],
    },
    options: {
      showHeader: true,
      cellHeight: 'sm',
      sortBy: [],
      // How many rows of how many are shown: Grafana up to 12.1 has it in the footer.
      enablePagination: true,
      footer: { show: false, countRows: false, reducer: [], enablePagination: true },
    },
    transformations: [],
  } + settings,

  row(title):: { type: 'row', title: title, collapsed: false, panels: [] },

  // ---- settings to add to a panel

  none(text):: { fieldConfig+: { defaults+: { noValue: text } } },
  overrides(list):: { fieldConfig+: { overrides+: list } },
  custom(settings):: { fieldConfig+: { defaults+: { custom+: settings } } },
  thresholds(thresholds):: { fieldConfig+: { defaults+: { thresholds: thresholds } } },
  // A dashed line where the alert begins.
  limit(value):: panels.thresholds(panels.steps([['transparent', null], ['red', value]])) +
                 panels.custom({ thresholdsStyle: { mode: 'dashed' }, axisSoftMax: value * 1.2 }),
  words(words):: {
    fieldConfig+: { defaults+: { mappings+: [{ type: 'value', options: { [value]: { text: words[value], index: 0 } for value in std.objectFields(words) } }] } },
  },
  // Red are those that reached the line, orange the others.
  by_limit(value):: panels.limit(value) + panels.thresholds(panels.steps([['orange', null], ['red', value]])) +
                    { fieldConfig+: { defaults+: { color: { mode: 'thresholds', seriesBy: 'max' } } } },
  shades(colour):: { fieldConfig+: { defaults+: { color: { mode: 'shades', fixedColor: colour } } } },
  legend(settings):: { options+: { legend+: settings } },
  bars:: panels.custom({ drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, stacking: { mode: 'normal', group: 'A' } }),
  areas:: panels.custom({ fillOpacity: 60, lineWidth: 1, lineInterpolation: 'stepAfter', stacking: { mode: 'normal', group: 'A' } }),
  stairs:: panels.custom({ lineInterpolation: 'stepAfter' }),
  whole:: { fieldConfig+: { defaults+: { decimals: 0 } } } + panels.custom({ axisSoftMax: 1 }),
  rename(names, order=[]):: {
    transformations+: [{
      id: 'organize',
      options: {
        excludeByName: { [name]: true for name in std.objectFields(names) if names[name] == '' },
        indexByName: { [order[i]]: i for i in std.range(0, std.length(order) - 1) },
        renameByName: { [name]: names[name] for name in std.objectFields(names) if names[name] != '' },
      },
    }],
  },
  // Columns that links need. Grafana from 12.2 on has another name for it.
  hidden(names):: panels.overrides([
    panels.by_name(name, { 'custom.hidden': true, 'custom.hideFrom': { viz: true } })
    for name in names
  ]),
  one_page:: { options+: { enablePagination: false, footer+: { enablePagination: false } } },
  merged:: { transformations+: [{ id: 'merge', options: {} }] },
  // Colours the cell; words of a cell come from mappings.
  cell(name, properties, width=null):: panels.by_name(name, {
    'custom.cellOptions': { type: 'color-background', mode: 'basic' },
    [if width != null then 'custom.width']: width,
  } + properties),

  // Where a row's or series' gateway is explained; `linked` gives the labels.
  gateway_link(prefix):: {
    title: 'Show this gateway',
    url: '/d/%s?%s&${__url_time_range}' % [config.dashboards.gateway, std.join('&', ['var-datasource=${datasource}'] + [
      'var-%s=${%s.%s%s}' % [label, prefix, if std.member(['cluster', 'namespace'], label) then 'link_' else '', label]
      for label in ['cluster', 'namespace', 'job', 'instance', 'gateway']
    ])],
    targetBlank: false,
  },
  exporter_link:: {
    title: 'Show this exporter',
    url: '/d/%s?%s&${__url_time_range}' % [config.dashboards.exporter, std.join('&', ['var-datasource=${datasource}'] + [
      'var-%s=${__data.fields.%s}' % [label, (if std.member(['cluster', 'namespace'], label) then 'link_' else '') + label]
      for label in ['cluster', 'namespace', 'job', 'instance']
    ])],
    targetBlank: false,
  },
  series_link:: { fieldConfig+: { defaults+: { links: [panels.gateway_link('__field.labels')] } } },

  // ---- layout: lines of panels from left to right, [height, [[width, panel], ...]]

  layout(lines)::
    local placed(x, y, height, cells) =
      if cells == [] then []
      else [cells[0][1] { gridPos: { x: x, y: y, w: cells[0][0], h: height } }] +
           placed(x + cells[0][0], y, height, cells[1:]);
    local from(y, lines) =
      if lines == [] then []
      else placed(0, y, lines[0][0], lines[0][1]) + from(y + lines[0][0], lines[1:]);
    local all = from(0, lines);
    [all[i] { id: i + 1 } for i in std.range(0, std.length(all) - 1)],

  // ---- dashboards

  local variable(name, label, query, settings={}) = {
    name: name,
    label: label,
    type: 'query',
    datasource: datasource,
    query: { query: query, refId: name },
    definition: query,
    refresh: 2,
    sort: 1,
    regex: '',
    hide: 0,
    skipUrlSync: false,
    multi: true,
    includeAll: true,
    allValue: '.+',
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
  } + settings,
  // What has no agent (the gateway's own lock, other databases) has an empty one; cluster and namespace may be missing.
  local may_be_empty = { allValue: '.*' },
  local of_exporters(label, matchers) = variable(
    label,
    std.asciiUpper(label[0]) + label[1:],
    'label_values(openclaw_lock_exporter_build_info%s, %s)' % [
      if matchers == [] && config.selector == '' then '' else braces(matchers),
      label,
    ]
  ),
  variables:: {
    local places = ['cluster=~"$cluster"', 'namespace=~"$namespace"'],
    cluster: of_exporters('cluster', []) + may_be_empty,
    namespace: of_exporters('namespace', places[:1]) + may_be_empty,
    job: of_exporters('job', places),
    instance: of_exporters('instance', ['job=~"$job"'] + places),
    targets:: [self.cluster, self.namespace, self.job, self.instance],
    gateway: variable('gateway', 'Gateway', 'label_values(%s, gateway)' % panels.of_target('openclaw_lock_source_up')),
    one_gateway: self.gateway { multi: false, includeAll: false, allValue:: null, current: {} },
    agent: variable('agent', 'Agent', 'label_values(%s, agent)' % panels.of_gateway('openclaw_lock_timeouts_total')) + may_be_empty,
  },

  dashboard(uid, title, description, variables, lines, annotation_matchers=''):: {
    uid: uid,
    title: title,
    description: description,
    version: 1,
    schemaVersion: 39,
    tags: ['openclaw', 'openclaw-lock'],
    editable: false,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    liveNow: false,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timepicker: {},
    timezone: 'browser',
    weekStart: '',
    links: [
      {
        type: 'dashboards',
        title: 'OpenClaw locks',
        tags: ['openclaw-lock'],
        asDropdown: false,
        icon: 'external link',
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        tooltip: '',
        url: '',
      },
      {
        type: 'link',
        title: 'Runbooks',
        tags: [],
        asDropdown: false,
        icon: 'doc',
        includeVars: false,
        keepTime: false,
        targetBlank: true,
        tooltip: 'What to do, one page an alert',
        url: config.repositoryURL + '/tree/main/alerts/runbooks',
      },
    ],
    annotations: {
      list: [{
        name: 'Firing alerts',
        datasource: datasource,
        enable: true,
        hide: false,
        iconColor: 'red',
        expr: panels.of_target(
          'ALERTS',
          std.join(',', [m for m in [
            'alertname=~"OpenClawLock.+"',
            'alertstate="firing"',
            'severity=~"critical|warning"',
            annotation_matchers,
          ] if m != ''])
        ),
        step: '60s',
        titleFormat: '{{alertname}}',
        textFormat: '{{cluster}} {{instance}} {{gateway}} {{reason}}',
        tagKeys: 'severity',
        useValueForTime: false,
      }],
    },
    templating: {
      list: [{
        name: 'datasource',
        label: 'Data source',
        type: 'datasource',
        query: 'prometheus',
        regex: '',
        refresh: 1,
        hide: 0,
        skipUrlSync: false,
        multi: false,
        includeAll: false,
        current: {},
        options: [],
      }] + variables,
    },
    panels: panels.layout(lines),
  },
}
