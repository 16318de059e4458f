// SPDX-License-Identifier: Apache-2.0
// What happened at one gateway: symptoms and every possible cause below each other on one time axis.
function(config)
  local p = (import 'panels.libsonnet')(config);
  local states = (import 'states.libsonnet')(config, p);
  local rate(metric, matchers='') = 'rate(%s[$__rate_interval])' % p.of_gateway(metric, matchers);
  local holder_overrides = [
    p.by_regexp('^%s' % holder, { color: { mode: 'shades', fixedColor: p.holder_colours[holder] } })
    for holder in std.objectFields(p.holder_colours)
  ];
  // Plots of the story begin and end at the same place, whatever their axis and legend say.
  local story = p.custom({ axisWidth: 72 }) + p.legend({ placement: 'right', width: 200, displayMode: 'list' });
  local sqlite_only = 'Sessions are not in SQLite here: see the locks above';
  local files_only = 'No lock files to see: sessions are in SQLite (2026.8.1 on), see below';
  local quantile(q, metric, matchers, by, legend) =
    p.series(
      'histogram_quantile(%g, sum by (le, %s) (rate(%s[$__rate_interval])))' % [q, by, p.of_gateway(metric, matchers)],
      legend
    );

  p.dashboard(
    config.dashboards.gateway,
    'OpenClaw locks / Gateway',
    'What happened at one gateway, and why: symptoms and causes on one time axis.',
    p.variables.targets + [p.variables.one_gateway, p.variables.agent],
    [
      [5, [
        [24, states.who(
          'How it is, since when, why, and what to do next',
          'As on the Overview: the page or ticket that fires now, or the signs of a cause, and the runbook of what to do next.',
          p.none('Of what is measured there is no sign of trouble at this gateway') + p.one_page,
        )],
      ]],
      [3, [
        [4, p.stat(
          'Failed turns, 10 min',
          'Turns of all agents that failed for want of a lock in the last 10 minutes, as in the table above.',
          [p.now(states.failed_turns)],
          'short',
          p.counted,
        )],
        [4, p.stat(
          'Share of turns, 5 min',
          'Share of the turns of 5 minutes that failed, of the whole gateway. With SQLite and a log that tells no answers only failed turns are known.',
          [p.now('max(%s)' % p.of_gateway('gateway:openclaw_lock_timeouts:ratio_rate5m'))],
          'percentunit',
          p.steps([[p.unknown, null], ['green', 0], ['orange', config.timeoutsSlowRatio], ['red', config.timeoutsGatewayRatio]]),
        )],
        [4, p.stat(
          'Last failed turn',
          'When a turn last failed for want of a lock.',
          [p.now('max(%s) * 1000' % p.of_gateway('openclaw_lock_timeout_last_timestamp_seconds'))],
          'dateTimeAsIsoNoDateIfToday',
          p.steps([[p.unknown, null], ['blue', 0]]),
          p.none('none known'),
        )],
        [4, p.stat(
          'Gateways running',
          'Gateway processes that run on this state directory. More than one share their sessions and block each other.',
          [p.now('max(%s)' % p.of_gateway('openclaw_lock_gateway_instances'))],
          'none',
          p.steps([[p.unknown, null], ['orange', 0], ['green', 1], ['red', p.above(config.duplicateGatewaysCount)]]),
        )],
        [4, p.stat(
          'Stuck locks',
          'Locks whose holder is dead, whose pid belongs to another process now, or that a live holder has had for longer than their own limit.',
          [p.now('sum(%(gone)s) + (sum(%(overdue)s) or 0 * sum(%(gone)s))' % {
            gone: p.of_gateway('gateway:openclaw_lock_files:sum', 'holder=~"dead|recycled"'),
            overdue: p.of_gateway('gateway:openclaw_lock_overdue_files:sum'),
          })],
          'none',
          p.bad_from(p.above(config.holderGoneFiles)),
        ) + p.none('none to see')],
        [4, p.names(
          'Store',
          'Where sessions are kept. jsonl: files with lock files beside them. sqlite (2026.8.1 on): there are no lock files, and an empty lock panel says nothing; look at the SQLite panels.',
          [p.now('max by (store, version) (%s)' % p.of_gateway('openclaw_lock_store_info'), '{{store}} {{version}}')],
          'not known',
          p.thresholds(p.steps([[p.unknown, null], ['blue', 0]])),
        )],
      ]],
      [1, [[24, p.row('The story: symptoms first, then each possible cause, on one time axis')]]],
      [5, [[24, p.timeseries(
        'Turns that failed for want of a lock, in 10 minutes',
        'In the 10 minutes before, by agent. From the line on, if it goes on, it is a page.',
        [p.series('sum by (agent) (%s) > 0' % p.of_agent('agent:openclaw_lock_timeouts:increase10m'), '{{agent}}')],
        'short',
        story + p.areas + p.whole + p.by_limit(config.timeoutsCount) + p.none('No failed turn was logged in this time'),
      )]]],
      [4, [[24, p.timeseries(
        'Share of turns that failed, by agent',
        'Of the turns of 5 minutes. From the line on, if it goes on, it is a page.',
        [p.series('max by (agent) (%s) > 0' % p.of_agent('agent:openclaw_lock_timeouts:ratio_rate5m'), '{{agent}}')],
        'percentunit',
        story + p.by_limit(config.timeoutsRatio) + p.custom({ showPoints: 'auto', pointSize: 3 }) +
        { fieldConfig+: { defaults+: { max: 1 } } } + p.none('No failed turn was logged in this time'),
      )]]],
      [5, [[24, p.timeseries(
        'Locks by holder',
        'Session locks now. alive is normal traffic; dead and recycled block their session until removed; unknown could not be judged.',
        [
          p.series(
            'sum by (agent, holder) (%s) > 0' % p.of_agent('openclaw_lock_files', 'kind!="gateway",holder!="alive"'),
            '{{holder}} {{agent}}'
          ),
          p.series('sum(%s)' % p.of_agent('openclaw_lock_files', 'kind!="gateway",holder="alive"'), 'alive'),
        ],
        'short',
        story + p.areas + p.whole + p.overrides(holder_overrides) + p.none(files_only),
      )]]],
      [5, [[24, p.timeseries(
        'Age of the oldest lock',
        'A line that climbs is a lock that is not released.',
        [p.series(
          p.minutes('max by (agent, holder) (%s)' % p.of_agent('openclaw_lock_oldest_age_seconds', 'kind!="gateway"')),
          '{{holder}} {{agent}}'
        )],
        p.in_minutes,
        story + p.custom({ showPoints: 'auto', pointSize: 3, axisSoftMax: 2 }) + p.overrides(holder_overrides) + p.none(files_only),
      )]]],
      [5, [[24, p.timeseries(
        'Gateways, writers and restarts',
        'Gateway processes on this state directory (from the line on they are duplicates), processes that hold session locks, starts of a gateway, and whether the singleton lock names none of the running gateways.',
        [
          p.series('max(%s)' % p.of_gateway('openclaw_lock_gateway_instances'), 'gateways running'),
          p.series('max(%s)' % p.of_gateway('openclaw_lock_writer_processes'), 'processes with locks'),
          p.series('max(changes(%s[$__rate_interval])) > 0' % p.of_gateway('openclaw_lock_gateway_start_time_seconds'), 'gateway started'),
          p.series('max(%s)' % p.of_gateway('openclaw_lock_gateway_lock_mismatch'), 'lock names another'),
        ],
        'short',
        story + p.stairs + p.whole + p.limit(p.above(config.duplicateGatewaysCount)) + p.custom({ fillOpacity: 0 }) + p.overrides([
          p.by_name('gateways running', { color: p.fixed('green'), 'custom.lineWidth': 5 }),
          p.by_name('processes with locks', { color: p.fixed('blue'), 'custom.lineWidth': 1 }),
          p.by_name('gateway started', { color: p.fixed('purple'), 'custom.drawStyle': 'bars', 'custom.fillOpacity': 90 }),
          p.by_name('lock names another', { color: p.fixed('orange') }),
        ]),
      )]]],
      [5, [[24, p.timeseries(
        'Disk below the state directory: time a request',
        'Of all users of that disk, on average over 5 minutes. The line is the alert.',
        [p.series(p.of_gateway('gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m'), '{{operation}}')],
        's',
        story + p.limit(config.diskLatencySeconds) + p.none('This file system has no device whose requests can be seen (tmpfs, ZFS, FUSE)'),
      )]]],
      [6, [[24, p.timeseries(
        'Time spent waiting for disks',
        'Share of time: a thread of OpenClaw in uninterruptible sleep; io pressure of its control group and of the host (some: one task waits, full: none can run); block I/O delay, where the kernel accounts it. The line is the alert of the control group.',
        [
          p.series(p.of_gateway('gateway:openclaw_lock_gateway_blocked_seconds:rate5m'), 'a thread blocked'),
          p.series(p.of_gateway('gateway:openclaw_lock_gateway_disk_stalled_seconds:rate5m'), 'own group: {{severity}}'),
          p.series(
            'max by (severity) (rate(%s[$__rate_interval]))' % p.of_target('openclaw_lock_disk_stalled_seconds_total'),
            'host: {{severity}}'
          ),
          p.series('sum(%s)' % rate('openclaw_lock_gateway_disk_wait_seconds_total'), 'block I/O delay'),
        ],
        'percentunit',
        story + p.limit(config.diskStalledRatio) + p.overrides([
          p.by_regexp('^host', { 'custom.lineStyle': { fill: 'dash', dash: [8, 6] }, 'custom.fillOpacity': 0 }),
        ]),
      )]]],
      [5, [[24, p.timeseries(
        'SQLite: how long one writer has held the lock',
        'The same process seen with the write lock of a database; of agents the longest. The line is the alert; OpenClaw itself waits 5 s.',
        [p.series(
          'max by (database) (%s)' % p.of_gateway('openclaw_lock_sqlite_writer_held_seconds'), '{{database}}'
        )],
        p.in_seconds,
        story + p.limit(config.sqliteWriterHeldSeconds) + p.none(sqlite_only),
      )]]],
      [6, [[24, p.timeseries(
        'Log: what the gateway said',
        'Lines a minute by what they mean. A failed turn writes several.',
        [p.series('sum by (event) (%s) * 60 > 0' % rate('openclaw_lock_log_events_total'), '{{event}}')],
        'short',
        story + p.bars + p.none('The log told of no trouble in this time'),
      )]]],
      [1, [[24, p.row('Locks in detail')]]],
      [7, [
        [8, p.timeseries(
          'Holds: how long locks were held',
          'Finished holds, by agent: half and 95 % of them took at most that long.',
          [
            p.series(
              'histogram_quantile(0.5, sum by (le, agent) (rate(%s[$__rate_interval])))' % p.of_agent('openclaw_lock_hold_seconds_bucket', 'kind="session"'),
              '{{agent}} 50 %'
            ),
            p.series(
              'histogram_quantile(0.95, sum by (le, agent) (rate(%s[$__rate_interval])))' % p.of_agent('openclaw_lock_hold_seconds_bucket', 'kind="session"'),
              '{{agent}} 95 %'
            ),
          ],
          p.in_seconds,
          p.none(files_only),
        )],
        [8, p.timeseries(
          'Waits that reached the log',
          'Waits of failed turns, and slow ones of SQLite: half and 95 % of them took at most that long.',
          [
            quantile(0.5, 'openclaw_lock_wait_seconds_bucket', '', 'kind', '{{kind}} 50 %'),
            quantile(0.95, 'openclaw_lock_wait_seconds_bucket', '', 'kind', '{{kind}} 95 %'),
          ],
          p.in_seconds,
          p.custom({ showPoints: 'auto', pointSize: 4 }) + p.none('No wait was logged in this time'),
        )],
        [8, p.timeseries(
          'Locks taken, and how holds ended',
          'A minute. released is normal; abandoned: the holder died and left the file; stolen: replaced while its holder lived.',
          [
            p.series('sum(rate(%s[$__rate_interval])) * 60' % p.of_agent('openclaw_lock_acquired_total', 'kind="session"'), 'taken'),
            p.series('sum by (outcome) (rate(%s[$__rate_interval])) * 60' % p.of_agent('openclaw_lock_released_total', 'kind="session"'), '{{outcome}}'),
          ],
          'short',
          p.none(files_only) + p.overrides([
            p.by_name('abandoned', { color: p.fixed('red') }),
            p.by_name('stolen', { color: p.fixed('purple') }),
          ]),
        )],
      ]],
      [7, [
        [8, p.timeseries(
          'Overdue locks',
          'Held by a live process for longer than their own limit, by agent.',
          [p.series('sum by (agent) (%s)' % p.of_agent('openclaw_lock_overdue_files'), '{{agent}}')],
          'short',
          p.stairs + p.whole + p.none(files_only),
        )],
        [8, p.timeseries(
          'SQLite: lines of contention (10 min)',
          '"database is locked", failed and slow waits for the write lock. The line is the alert.',
          [p.series(p.of_gateway('gateway:openclaw_lock_sqlite_contention_events:increase10m'), 'lines')],
          'short',
          p.limit(config.sqliteContentionEvents),
        )],
        [8, p.timeseries(
          'SQLite: size of databases',
          'A write-ahead log (wal) that grows and grows cannot be written back: somebody reads or writes all the time.',
          [p.series('sum by (database, file) (%s)' % p.of_gateway('openclaw_lock_sqlite_bytes'), '{{database}} {{file}}')],
          'bytes',
          p.none(sqlite_only),
        )],
      ]],
      [1, [[24, p.row('The host, and what can be seen')]]],
      [7, [
        [6, p.timeseries(
          'Processor: share of time it was lacking',
          'Some task of the control group of this gateway waited for a processor: an overloaded host, or a limit.',
          [p.series('max(%s)' % rate('openclaw_lock_gateway_cpu_stalled_seconds_total'), 'waited')],
          'percentunit',
          p.none('The kernel keeps no pressure of this control group'),
        )],
        [6, p.timeseries(
          'Killed for want of memory',
          'Processes in the control group of this gateway that the kernel killed, in each step: why a holder died.',
          [p.series('max(increase(%s[$__rate_interval]))' % p.of_gateway('openclaw_lock_gateway_oom_kills_total'), 'killed')],
          'short',
          p.stairs + p.whole + p.shades('red') + p.none('The kernel keeps no count of this control group'),
        )],
        [6, p.timeseries(
          'Event loop: longest stalls',
          'That the gateway itself logged: 95 % of them took at most that long. Nothing it does goes on meanwhile.',
          [p.series(
            'histogram_quantile(0.95, sum by (le) (rate(%s[$__rate_interval]))) > 0' % p.of_gateway('openclaw_lock_event_loop_delay_seconds_bucket'),
            '95 %'
          )],
          p.in_seconds,
          p.custom({ showPoints: 'auto', pointSize: 4 }) + p.none('No stall was logged in this time'),
        )],
        [6, p.timeseries(
          'Free space below the state directory',
          'A full or read-only file system leaves empty locks and failed turns.',
          [
            p.series('min(%s)' % p.of_gateway('openclaw_lock_filesystem_avail_bytes'), 'free'),
            p.series(
              'min(%s) and max(%s) == 1' % [
                p.of_gateway('openclaw_lock_filesystem_avail_bytes'),
                p.of_gateway('openclaw_lock_filesystem_readonly'),
              ], 'read-only'
            ),
          ],
          'bytes',
          p.overrides([p.by_name('read-only', { color: p.fixed('red') })]),
        )],
      ]],
      [7, [
        [6, p.timeseries(
          'Disk requests',
          'Requests a second of all users to the device below the state directory.',
          [p.series('sum by (operation) (%s)' % rate('openclaw_lock_disk_operations_total'), '{{operation}}')],
          'iops',
        )],
        [6, p.timeseries(
          'Disk probe',
          'A small file written and synced in the state directory, if the probe is enabled: half and 95 % of them took at most that long.',
          [
            quantile(0.5, 'openclaw_lock_disk_probe_seconds_bucket', '', 'gateway', '50 %'),
            quantile(0.95, 'openclaw_lock_disk_probe_seconds_bucket', '', 'gateway', '95 %'),
          ],
          's',
          p.none('The disk probe is not enabled here'),
        )],
        [12, p.table(
          'What this gateway is, and how it is watched',
          'Store and version of OpenClaw, file system of the state directory, how locks are followed (poll misses short holds), lock files left from before the upgrade to SQLite (litter).',
          [
            p.rows('max by (cluster, namespace, instance, gateway, store, version) (%s)' % p.of_gateway('openclaw_lock_store_info')),
            p.rows('max by (cluster, namespace, instance, gateway, fstype, network) (%s)' % p.of_gateway('openclaw_lock_filesystem_info')),
            p.rows('max by (cluster, namespace, instance, gateway, mode) (%s)' % p.of_gateway('openclaw_lock_watch_info')),
            p.rows('max by (cluster, namespace, instance, gateway) (%s)' % p.of_gateway('openclaw_lock_leftover_files')),
          ],
          'short',
          p.merged + p.none('Nothing is known of this gateway now') + p.rename(
            {
              Time: '',
              'Value #A': '',
              'Value #B': '',
              'Value #C': '',
              'Value #D': 'Left over',
              gateway: '',
              instance: 'Instance',
              cluster: 'Cluster',
              namespace: 'Namespace',
              store: 'Store',
              version: 'Version',
              fstype: 'File system',
              network: 'Network',
              mode: 'Watch',
            },
            ['instance', 'store', 'version', 'fstype', 'network', 'mode', 'Value #D']
          ) + p.one_page,
        )],
      ]],
    ],
    'gateway=~"$gateway"',
  )
