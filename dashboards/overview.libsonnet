// SPDX-License-Identifier: Apache-2.0
// Is anyone hurt, who, since when, why, and what to do next? Reads recorded aggregates and alerts, and shows all that are in
// trouble in tables and the worst few in plots: it costs the same at ten gateways and is readable at a thousand.
function(config)
  local p = (import 'panels.libsonnet')(config);
  local states = (import 'states.libsonnet')(config, p);
  local active = p.of_gateway('gateway:openclaw_lock_cause:active');
  local sources = p.of_gateway('gateway:openclaw_lock_source_up:min');
  local on_gateway = 'on (%s)' % p.gateway_labels;
  local colour_of(cause) = [each.colour for each in p.causes if each.cause == cause][0];

  // The same few in the whole time range; topk alone would choose others at each step.
  local worst(count, series, floor) = |||
    %(series)s
    and %(on)s
    topk(%(count)d, max_over_time(%(recorded)s[$__range] @ end()) > %(floor)s)
  ||| % { series: series, recorded: series, count: count, on: on_gateway, floor: floor };
  local plot(series, legend='') = p.series(p.placed(std.rstripChars(series, '\n')), p.place + legend);
  local oldest(matchers) = p.of_gateway('gateway:openclaw_lock_oldest_age_seconds:max', matchers);

  p.dashboard(
    config.dashboards.overview,
    'OpenClaw locks / Overview',
    'Is anyone hurt, who, since when, why, and what to do next?',
    p.variables.targets + [p.variables.gateway],
    [
      [4, [
        [3, p.stat(
          'Hurt gateways',
          'Gateways of which a page fires now: users get no answer. A page stays for 10 minutes after the last failure, and while nobody can measure whether it is over.',
          [p.now(states.count_paged)],
          'none',
          p.bad_from(1),
        ) + p.words({ '0': 'none' })],
        [4, p.stat(
          'Hurt for',
          'Since the first of them was hurt.',
          [p.now(states.hurt_for)],
          's',
          p.steps([[p.unknown, null], ['green', -1], ['red', 0]]),
        ) + p.words({ '-1': 'nobody is hurt' })],
        [7, p.names(
          'Why, and how many of them',
          'What the evidence speaks for at the gateways that are hurt, the three most frequent causes. The table has the cause and the runbook of each.',
          [p.now(states.reasons_of_paged, '{{why}}')],
          'nothing to tell',
          p.thresholds(p.steps([[p.unknown, null]])) + p.overrides(states.rank_overrides) + { options+: { textMode: 'value_and_name', text: { titleSize: 20, valueSize: 32 } } },
        )],
        [4, p.stat(
          'Failed turns, 10 min',
          'Turns that failed because a lock was not had in time, each once. %d and more in 10 minutes that go on are a page.' % config.timeoutsCount,
          [p.now(states.failed_turns)],
          'short',
          p.counted,
        )],
        [3, p.stat(
          'Not measured',
          'Gateways of which nothing, or not all, can be seen now: "nobody is hurt" is not proven for them. See the Exporter dashboard.',
          [p.now(states.count_unseen)],
          'none',
          p.bad_from(1, 'orange'),
        )],
        [3, p.stat(
          'Gateways',
          'OpenClaw gateways (state directories) that are measured now.',
          [p.now('count(%s)' % sources)],
          'none',
          p.steps([[p.unknown, null], ['blue', 0]]),
        ) + p.none('none seen')],
      ]],
      [8, [
        [24, states.who(
          'Who is hurt, since when, why, and what to do next',
          |||
            Each gateway with a page, a ticket, failed turns or signs of a cause, the worst first; the foot says how many rows
            there are. Follow a gateway to its story, and what to do next to its runbook. NOT MEASURED NOW: the page is held, for
            nobody can know whether it is over.
          |||,
          p.none('Of what is measured nobody is hurt, and there is no sign of trouble'),
        )],
      ]],
      [8, [
        [12, p.timeseries(
          'Failed turns in 10 minutes, of the ten worst gateways',
          'Since when, and where: turns that failed for want of a lock in the 10 minutes before. From the line on, if it goes on, it is a page.',
          [plot(worst(10, p.of_gateway('gateway:openclaw_lock_timeouts:increase10m'), '0'))],
          'short',
          p.series_link + p.none('No failed turn was logged in this time') + p.whole + p.by_limit(config.timeoutsCount) + p.custom({ fillOpacity: 5 }),
        )],
        [12, states.fires(
          'What fires',
          'Alerts of all gateways and exporters together; a ticket is left out beside the page of the same name. Follow an alert to its runbook.',
        )],
      ]],
      [8, [
        [12, p.timeseries(
          'Gateways by cause',
          'Since when, and why: gateways with evidence for each cause, whether it hurts or not.',
          [p.series('count by (cause) (%s)' % active, '{{cause}}')],
          'short',
          p.overrides(p.cause_overrides) + p.areas + p.whole + p.none('No cause of trouble was seen in this time'),
        )],
        [12, p.timeseries(
          'Signs in the logs',
          'Lines a minute of what is no timeout, of all gateways: agents beside a gateway (embedded_fallback), starts that are refused or fail, locks that are called stale, databases that are waited for, stalls.',
          [p.series(
            'sum by (event) (rate(%s[$__rate_interval])) * 60 > 0' % p.of_gateway(
              'openclaw_lock_log_events_total', 'event!~"lock_timeout|all_models_failed"'
            ),
            '{{event}}'
          )],
          'short',
          p.none('No log told of other trouble in this time'),
        )],
      ]],
      [8, [
        [8, p.timeseries(
          'Share of turns that failed',
          'Of all turns in 5 minutes, of the five worst gateways. From the line on it is a page, if it is of several agents and goes on. With SQLite (2026.8.1 on) and a log that tells no answers only failed turns are known: 100 %.',
          [plot(worst(5, p.of_gateway('gateway:openclaw_lock_timeouts:ratio_rate5m'), '0'))],
          'percentunit',
          p.series_link + p.none('No failed turn was logged in this time') + p.by_limit(config.timeoutsGatewayRatio) +
          { fieldConfig+: { defaults+: { max: 1 } } },
        )],
        [8, p.timeseries(
          'Locks that are held for too long: age',
          'Age of the oldest lock whose holder is dead, or whose pid belongs to another process now, and of the oldest one of gateways where a live holder is past its limit, three of each. From the line on a lock without holder is a ticket.',
          [
            plot(p.minutes(worst(3, oldest('holder=~"dead|recycled"'), '0')), ' {{holder}}'),
            plot(
              p.minutes(|||
                %s
                and %s
                topk(3, max_over_time(%s[$__range] @ end()) > 0)
              ||| % [oldest('holder="alive"'), on_gateway, p.of_gateway('gateway:openclaw_lock_overdue_files:sum')]),
              ' alive, overdue'
            ),
          ],
          p.in_minutes,
          p.series_link + p.none('No lock was held for too long in this time') + p.limit(config.holderGoneForSeconds / 60) + p.overrides([
            p.by_regexp('dead$', { color: { mode: 'shades', fixedColor: colour_of('dead_holder') } }),
            p.by_regexp('recycled$', { color: { mode: 'shades', fixedColor: colour_of('recycled_pid') } }),
            p.by_regexp('overdue$', { color: { mode: 'shades', fixedColor: colour_of('overdue_holder') } }),
          ]),
        )],
        [8, p.timeseries(
          'Disk: time a write or flush',
          'On average over 5 minutes, of the slowest disks below state directories (five lines). From the line on it is a ticket.',
          [plot(
            'max without (operation) (%s)' % worst(
              5, p.of_gateway('gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m', 'operation=~"write|flush"'), '0'
            )
          )],
          's',
          p.series_link + p.none('No disk of a state directory can be measured') + p.shades(colour_of('disk_stall')) +
          p.limit(config.diskLatencySeconds),
        )],
      ]],
      [8, [
        [8, p.timeseries(
          'Threads that hang in the kernel',
          'Share of the time in which a thread of a gateway waited for a disk or network file system, of the five worst. From the line on it is a ticket.',
          [plot(worst(5, p.of_gateway('gateway:openclaw_lock_gateway_blocked_seconds:rate5m'), '0'))],
          'percentunit',
          p.series_link + p.none('No gateway is seen to run') + p.shades(colour_of('disk_stall')) + p.limit(config.diskBlockedRatio),
        )],
        [8, p.timeseries(
          'SQLite: one writer holds the lock',
          'How long the same process has been seen with the write lock of a database, of the five longest. From the line on it is a cause.',
          [plot(worst(5, p.of_gateway('gateway:openclaw_lock_sqlite_writer_held_seconds:max'), '-1'))],
          p.in_seconds,
          p.series_link + p.none('No gateway here keeps its sessions in SQLite (2026.8.1 on)') + p.shades(colour_of('sqlite_contention')) +
          p.limit(config.sqliteWriterHeldSeconds),
        )],
        [8, p.timeseries(
          'Hurt gateways, by exporter',
          'By which turns go on failing now, of the five worst exporters. From the line on it is one page for the whole exporter.',
          [p.series(
            p.placed(|||
              max by (%(labels)s) (%(hurt)s)
              and on (%(labels)s)
              topk(5, max by (%(labels)s) (max_over_time(%(hurt)s[$__range] @ end())))
            ||| % { labels: p.target_labels, hurt: p.of_target('instance:openclaw_lock_gateways_hurt:count') }),
            '{{place}}{{instance}}'
          )],
          'short',
          p.none('No gateway was hurt in this time') + p.whole + p.by_limit(config.manyGateways) +
          p.custom({ showPoints: 'auto', pointSize: 4 }),
        )],
      ]],
    ],
    'gateway=~"$gateway|"',
  )
