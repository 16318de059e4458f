// SPDX-License-Identifier: Apache-2.0
// Can what the other dashboards show be trusted? The exporter itself, and what it can read.
function(config)
  local p = (import 'panels.libsonnet')(config);
  local states = (import 'states.libsonnet')(config, p);
  local rate(metric, matchers='') = 'rate(%s[$__rate_interval])' % p.of_gateway(metric, matchers);
  local self_rate(metric, matchers='') = 'rate(%s[$__rate_interval])' % p.of_target(metric, matchers);
  local worst(expr) = p.placed('topk(10, %s)' % expr);

  p.dashboard(
    config.dashboards.exporter,
    'OpenClaw locks / Exporter',
    'Can what the other dashboards show be trusted? The exporters, and what they can read.',
    p.variables.targets + [p.variables.gateway],
    [
      [4, [
        [4, p.stat(
          'Exporters',
          'Exporters that could be scraped.',
          [p.now('sum(%s) or vector(0)' % p.exporters)],
          'none',
          p.steps([['red', null], ['green', 1]]),
        ) + p.words({ '0': 'none' })],
        [4, p.stat(
          'Exporters down',
          'Exporters that could not be scraped: targets of the job that the alerts look for, and targets that were seen to be exporters in the chosen time.',
          [p.now('sum(1 - %s)' % p.exporters)],
          'none',
          p.bad_from(1),
        )],
        [4, p.stat(
          'Sources down',
          'Readers (locks, logs, processes, disk) whose last round failed, of all gateways.',
          [p.now('sum(1 - %s)' % p.of_gateway('openclaw_lock_source_up'))],
          'none',
          p.bad_from(1),
        )],
        [4, p.stat(
          'Oldest success',
          'How long ago the reader that is furthest behind last succeeded.',
          [p.now('max(time() - %s)' % p.of_gateway('openclaw_lock_source_last_success_timestamp_seconds'))],
          's',
          p.bad_from(config.blindForSeconds, 'orange'),
        )],
        [4, p.stat(
          'Configuration',
          'Whether the newest configuration was loaded by all exporters; else the one before is still in use.',
          [p.now('min(%s)' % p.of_target('openclaw_lock_config_last_reload_successful'))],
          'none',
          p.steps([[p.unknown, null], ['red', 0], ['green', 1]]),
          {
            fieldConfig+: {
              defaults+: {
                mappings: [{
                  type: 'value',
                  options: { '0': { text: 'refused', color: 'red', index: 0 }, '1': { text: 'ok', color: 'green', index: 1 } },
                }],
              },
            },
          },
        )],
        [4, p.stat(
          'Log not read yet',
          'Bytes of logs that are there and not read, of all gateways.',
          [p.now('sum(%s)' % p.of_gateway('openclaw_lock_log_unread_bytes'))],
          'bytes',
          p.steps([[p.unknown, null], ['green', 0], ['orange', config.logUnreadBytes]]),
        )],
      ]],
      [7, [
        [24, states.unseen(
          'What cannot be seen, since when, and what to do',
          'Alerts about the exporters and their readers; the foot says how many there are. Follow an alert to its runbook.',
        )],
      ]],
      [1, [[24, p.row('Sources: what can be read')]]],
      [7, [
        [8, p.timeseries(
          'Sources up',
          'Share of the gateways whose reader succeeded in its last round.',
          [p.series('avg by (source) (%s)' % p.of_gateway('openclaw_lock_source_up'), '{{source}}')],
          'percentunit',
          p.stairs + p.custom({ fillOpacity: 0 }) + { fieldConfig+: { defaults+: { max: 1 } } },
        )],
        [8, p.timeseries(
          'How long a round takes',
          'The last round of each reader, the slowest gateway.',
          [p.series('max by (source) (%s)' % p.of_gateway('openclaw_lock_source_duration_seconds'), '{{source}}')],
          's',
        )],
        [8, p.timeseries(
          'Since the last success',
          'Of each reader, at the gateway that is furthest behind. The line is when a gateway counts as blind.',
          [p.series(p.minutes('max by (source) (time() - %s)' % p.of_gateway('openclaw_lock_source_last_success_timestamp_seconds')), '{{source}}')],
          p.in_minutes,
          p.limit(config.blindForSeconds / 60),
        )],
      ]],
      [7, [
        [12, p.table(
          'Readers that fail',
          'Whose last round failed. What they would tell is absent, not 0. The log line of the exporter says what is in the way.',
          [p.rows(p.linked('max by (%s, source) (%s) == 0' % [p.gateway_labels, p.of_gateway('openclaw_lock_source_up')]))],
          'short',
          p.rename(
            {
              Time: '',
              Value: '',
              gateway: 'Gateway',
              source: 'Source',
              instance: 'Instance',
              cluster: 'Cluster',
              namespace: 'Namespace',
              job: 'Job',
            },
            ['gateway', 'source', 'instance', 'cluster', 'namespace', 'job']
          ) + p.none('Every reader succeeded in its last round') + p.hidden(['link_cluster', 'link_namespace']) + p.overrides([
            p.by_name('Gateway', { links: [p.gateway_link('__data.fields')] }),
          ]),
        )],
        [12, p.timeseries(
          'Problems that readers met',
          'A minute, each once a round, of all gateways. missing: nothing there; denied: no right to look; namespace: processes of another container.',
          [
            p.series('sum by (source, problem) (%s) * 60 > 0' % rate('openclaw_lock_source_problems_total'), '{{source}}: {{problem}}'),
            p.series('sum by (problem) (%s) * 60 > 0' % self_rate('openclaw_lock_discovery_problems_total'), 'search for gateways: {{problem}}'),
          ],
          'short',
          p.none('No reader met an obstacle in this time'),
        )],
      ]],
      [6, [
        [6, p.timeseries(
          'Gateways watched',
          'State directories, named by flags and file or found by the exporters.',
          [p.series('sum by (origin) (%s)' % p.of_target('openclaw_lock_gateways'), '{{origin}}')],
          'short',
          p.stairs + p.whole,
        )],
        [6, p.timeseries(
          'What hangs',
          'Readings that a file system does not let end: what else lies on it waits. And exporters whose last search for gateways failed.',
          [
            p.series('sum(%s)' % p.of_target('openclaw_lock_hanging_reads'), 'readings'),
            p.series('sum(1 - %s)' % p.of_target('openclaw_lock_discovery_up'), 'searches failed'),
          ],
          'short',
          p.stairs + p.whole,
        )],
        [6, p.timeseries(
          'Since the last search',
          'For gateways, at the exporter that is furthest behind.',
          [p.series('max(time() - %s)' % p.of_target('openclaw_lock_discovery_last_success_timestamp_seconds'), 'age')],
          p.in_seconds,
        )],
        [6, p.timeseries(
          'Between two looks for stalls',
          'What holds up a thread for less than this may be missed. Longer where many gateways share the budget.',
          [p.series('max(%s)' % p.of_target('openclaw_lock_stall_interval_seconds'), 'interval')],
          's',
        )],
      ]],
      [1, [[24, p.row('Logs')]]],
      [7, [
        [8, p.timeseries(
          'Log lines by outcome',
          "matched: an event; ignored: nothing of interest; unparsed: not of the log's format; oversized: over 1 MiB.",
          [p.series('sum by (outcome) (%s)' % rate('openclaw_lock_log_lines_total'), '{{outcome}}')],
          'suffix:/s',
          p.custom({ axisWidth: 72 }),
        )],
        [8, p.timeseries(
          'Log bytes read',
          'Bytes a second, of the ten busiest logs.',
          [p.series(worst(rate('openclaw_lock_log_bytes_total')), p.place)],
          'Bps',
          p.series_link,
        )],
        [8, p.timeseries(
          'Log lag',
          'Bytes that are there and not read yet, of the ten that are furthest behind.',
          [p.series(worst(p.of_gateway('openclaw_lock_log_unread_bytes')), p.place)],
          'bytes',
          p.series_link,
        )],
      ]],
      [7, [
        [8, p.timeseries(
          'Age of the newest log line',
          'By its own time stamp, of the ten oldest. A log that is silent while locks are taken is not the one that the gateway writes.',
          [p.series(worst(p.minutes('time() - ' + p.of_gateway('openclaw_lock_log_last_line_timestamp_seconds'))), p.place)],
          p.in_minutes,
          p.series_link + p.none('No log line was ever read'),
        )],
        [8, p.timeseries(
          'Logs followed',
          'Of all gateways.',
          [p.series(p.placed('topk(10, sum by (%s) (%s))' % [p.target_labels, p.of_gateway('openclaw_lock_log_files')]), '{{place}}{{instance}}')],
          'short',
          p.whole + p.stairs,
        )],
        [8, p.timeseries(
          'Rotations followed, events lost',
          "Rotations and truncations of logs; times that the kernel lost events of lock files and a scan replaced them; records that OpenClaw's own log dropped.",
          [
            p.series('sum(increase(%s[$__rate_interval]))' % p.of_gateway('openclaw_lock_log_rotations_total'), 'log rotations'),
            p.series('sum(increase(%s[$__rate_interval]))' % p.of_gateway('openclaw_lock_watch_lost_total'), 'watches lost'),
            p.series('sum(increase(%s[$__rate_interval]))' % p.of_gateway('openclaw_lock_log_events_total', 'event="log_suppressed"'), 'log suppressed'),
          ],
          'short',
          p.stairs + p.whole,
        )],
      ]],
      [1, [[24, p.row('The exporters')]]],
      [7, [
        [8, p.timeseries(
          'CPU',
          'Of one core.',
          [p.series(worst(self_rate('process_cpu_seconds_total')), '{{place}}{{instance}}')],
          'percentunit',
        )],
        [8, p.timeseries(
          'Memory',
          'Resident and virtual, the largest exporter.',
          [
            p.series('max(%s)' % p.of_target('process_resident_memory_bytes'), 'resident'),
            p.series('max(%s)' % p.of_target('process_virtual_memory_bytes'), 'virtual'),
          ],
          'bytes',
        )],
        [8, p.timeseries(
          'Open files',
          'Share of the limit, of the ten highest.',
          [p.series(worst('%s / %s' % [p.of_target('process_open_fds'), p.of_target('process_max_fds')]), '{{place}}{{instance}}')],
          'percentunit',
        )],
      ]],
      [7, [
        [6, p.timeseries(
          'HTTP requests by status',
          'A second, of all exporters. 503: more requests at once than it answers.',
          [p.series('sum by (code) (%s)' % self_rate('openclaw_lock_exporter_http_requests_total'), '{{code}}')],
          'reqps',
          p.custom({ axisWidth: 80 }),
        )],
        [12, p.table(
          'Builds',
          'Version of each exporter, when it started, and when its configuration was loaded.',
          [
            p.rows('max by (cluster, namespace, instance, version, revision, compiler) (%s)' % p.of_target('openclaw_lock_exporter_build_info')),
            p.rows('max by (cluster, namespace, instance) (%s) * 1000' % p.of_target('process_start_time_seconds')),
            p.rows('max by (cluster, namespace, instance) (%s) * 1000' % p.of_target('openclaw_lock_config_last_reload_success_timestamp_seconds')),
          ],
          'short',
          p.merged + p.rename(
            {
              Time: '',
              'Value #A': '',
              'Value #B': 'Started',
              'Value #C': 'Configured',
              instance: 'Instance',
              cluster: 'Cluster',
              namespace: 'Namespace',
              version: 'Version',
              revision: 'Revision',
              compiler: 'Compiler',
            },
            ['instance', 'version', 'revision', 'compiler', 'Value #B', 'Value #C']
          ) + p.overrides([
            p.by_name('Started', { unit: 'dateTimeAsIso', 'custom.width': 160 }),
            p.by_name('Configured', { unit: 'dateTimeAsIso', 'custom.width': 160 }),
            p.by_name('Version', { 'custom.width': 70 }),
            p.by_name('Compiler', { 'custom.width': 95 }),
          ]),
        )],
        [6, p.table(
          'How locks are followed',
          'Gateways by watch mode, file system and store. inotify sees every hold; poll (network file systems) misses short ones.',
          [p.rows(|||
            count by (mode, fstype, store) (
              max by (mode, %(labels)s) (%(watch)s)
              * on (%(labels)s) group_left (fstype) max by (fstype, %(labels)s) (%(filesystem)s)
              * on (%(labels)s) group_left (store) max by (store, %(labels)s) (%(store)s)
            )
          ||| % {
            labels: p.gateway_labels,
            watch: p.of_gateway('openclaw_lock_watch_info'),
            filesystem: p.of_gateway('openclaw_lock_filesystem_info'),
            store: p.of_gateway('openclaw_lock_store_info'),
          })],
          'short',
          p.rename(
            { Time: '', Value: 'Gateways', mode: 'Watch', fstype: 'File system', store: 'Store' },
            ['Value', 'store', 'mode', 'fstype']
          ),
        )],
      ]],
    ],
    'alertname=~"OpenClawLock(Blind|LogSuppressed|ExporterDown|ConfigReloadFailed)"',
  )
