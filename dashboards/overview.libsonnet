// SPDX-License-Identifier: Apache-2.0
// Is anyone hurt, where, since when, and why? Reads recorded aggregates only, one series a gateway at most, and shows the
// worst few: it costs the same at ten gateways and is readable at a thousand.
function(config)
  local p = (import 'panels.libsonnet')(config);
  local incidents = p.of_gateway('gateway:openclaw_lock_timeouts:increase10m');
  local active = p.of_gateway('gateway:openclaw_lock_cause:active');
  local sources = p.of_gateway('gateway:openclaw_lock_source_up:min');
  local on_gateway = 'on (%s)' % p.gateway_labels;

  // A row for each cause of each gateway, with the gateway's value, if it has one. Those that are hurt without a known
  // cause have a row too.
  local by_cause(value) = |||
    %(value)s * %(on)s group_right () %(active)s
    or
    label_replace(%(value)s, "cause", "none_seen", "", "") and %(on)s (%(incidents)s > 0) unless %(on)s %(active)s
  ||| % { value: value, on: on_gateway, active: active, incidents: incidents };

  // The last time without an incident tells since when; 6 h back at most.
  local hurt_seconds = |||
    (
      (
        time() - max_over_time(timestamp(%(incidents)s == 0)[6h:2m])
        or
        %(incidents)s * 0 + 21600
      )
      and
      %(incidents)s > 0
    )
  ||| % { incidents: incidents };

  // The same few in the whole time range; topk alone would choose others at each step.
  local worst(count, series, floor) = |||
    %(series)s
    and %(on)s
    topk(%(count)d, max_over_time(%(recorded)s[$__range] @ end()) > %(floor)s)
  ||| % { series: series, recorded: series, count: count, on: on_gateway, floor: floor };
  local name = '{{gateway}} ({{instance}})';

  p.dashboard(
    config.dashboards.overview,
    'OpenClaw locks / Overview',
    'Is anyone hurt, where, since when, and why?',
    [p.variables.job, p.variables.instance, p.variables.gateway],
    [
      [4, [
        [3, p.stat(
          'Gateways',
          'OpenClaw gateways (state directories) that are watched.',
          [p.now('count(%s)' % sources)],
          'none',
          p.steps([['blue', null]]),
        )],
        [3, p.stat(
          'Hurt gateways',
          'Gateways where turns failed for want of a lock in the last 10 minutes.',
          [p.now('sum(%s > bool 0)' % incidents)],
          'none',
          p.bad_from(1),
        )],
        [3, p.stat(
          'Incidents (10m)',
          'Turns that failed because a lock was not had in time, each once. %d and more in 10 minutes that go on are a page.' % config.timeoutsCount,
          [p.now('sum(%s)' % incidents)],
          'short',
          // increase() extrapolates: 3 is something near 3.
          p.steps([['green', null], ['orange', 0.5], ['red', config.timeoutsCount - 0.5]]),
        )],
        [3, p.stat(
          'Firing alerts',
          'Alerts that fire now, each gateway apart. Their runbooks are linked in the table below.',
          [p.now(|||
            count(
              %(firing)s
            )
            or
            0 * count(%(sources)s)
          ||| % { firing: p.firing, sources: sources })],
          'none',
          p.bad_from(1),
        )],
        [3, p.stat(
          'Blind gateways',
          'Gateways of which something cannot be read: "nobody is hurt" is not proven for them. See the Exporter dashboard.',
          [p.now(|||
            count(
              group by (%(labels)s) (%(sources)s == 0)
              or
              group by (%(labels)s) (%(blind)s)
            )
            or
            0 * count(%(sources)s)
          ||| % {
            labels: p.gateway_labels,
            sources: sources,
            blind: p.of_gateway('ALERTS', 'alertname="OpenClawLockBlind",alertstate="firing"'),
          })],
          'none',
          p.bad_from(1, 'orange'),
        )],
        [9, p.names(
          'Main causes, and at how many gateways',
          'What the evidence speaks for now, the three most frequent causes, each with its runbook. All of them are in "Gateways by cause".',
          [p.now('topk(3, count by (cause) (%s))' % active, '{{cause}}')],
          'none seen',
          p.overrides(p.cause_overrides) + {
            options+: { textMode: 'value_and_name', text:: null },
          },
        )],
      ]],
      [10, [
        [14, p.table(
          'Who is hurt, and the likely cause',
          |||
            Gateways with failed turns in the last 10 minutes or with evidence of a cause, the worst 20 first; a gateway with
            several causes has several rows. Without incidents a cause hurts nobody yet. Follow the gateway to see its story.
          |||,
          [
            // Where no log is read, nobody knows of incidents.
            p.rows('topk(20, %s or 0 * %s)' % [by_cause('round(%s)' % incidents), active]),
            p.rows(by_cause(hurt_seconds)),
          ],
          'short',
          p.merged + p.rename(
            {
              Time: '',
              gateway: 'Gateway',
              instance: 'Instance',
              job: 'Job',
              cause: 'Likely cause',
              'Value #A': 'Incidents in 10 min',
              'Value #B': 'Hurt for',
            },
            ['gateway', 'cause', 'Value #A', 'Value #B', 'instance', 'job']
          ) + p.overrides([
            p.by_name('Gateway', { links: [p.gateway_link('__data.fields')], 'custom.width': 110 }),
            p.cell('Likely cause', { mappings: p.cause_mappings }, 170),
            p.cell('Incidents in 10 min', {
              thresholds: p.steps([['transparent', null], ['orange', 1], ['red', config.timeoutsCount]]),
              decimals: 0,
            }, 155),
            p.by_name('Hurt for', {
              unit: 's',
              decimals: 0,
              'custom.width': 95,
              mappings: [{ type: 'range', options: { from: 21600, to: null, result: { text: 'over 6 h', index: 0 } } }],
            }),
          ]) + p.none('Nobody is hurt, and there is no sign of trouble') + {
            options+: { sortBy: [{ displayName: 'Incidents in 10 min', desc: true }] },
          },
        )],
        [10, p.table(
          'Firing alerts',
          'What fires now; critical pages somebody, warning is a ticket. Follow an alert to its runbook.',
          [p.rows('topk(40, %s)' % p.firing)],
          'short',
          p.rename(
            { Time: '', Value: '', job: '', alertname: 'Alert', severity: 'Severity', gateway: 'Gateway', instance: 'Instance' },
            ['severity', 'alertname', 'gateway', 'instance']
          ) + p.overrides([
            p.cell('Severity', {
              mappings: [{
                type: 'value',
                options: {
                  critical: { text: 'critical', color: 'red', index: 0 },
                  warning: { text: 'warning', color: 'orange', index: 1 },
                },
              }],
            }, 90),
            p.by_name('Alert', {
              links: [{ title: 'Runbook', url: config.runbookURLPattern % '${__value.raw}', targetBlank: true }],
            }),
            p.by_name('Gateway', { 'custom.width': 90 }),
            p.by_name('Instance', { 'custom.width': 130 }),
          ]) + p.none('No alert fires') + {
            options+: { sortBy: [{ displayName: 'Severity', desc: false }] },
          },
        )],
      ]],
      [8, [
        [12, p.timeseries(
          'Incidents by gateway (10 min)',
          'Since when, and where: turns that failed for want of a lock in the 10 minutes before, of the ten worst gateways.',
          [p.series(worst(10, incidents, '0'), name)],
          'short',
          p.series_link + p.none('Nobody was hurt in this time') + p.custom({ fillOpacity: 20 }) + p.limit(config.timeoutsCount),
        )],
        [12, p.timeseries(
          'Gateways by cause',
          'Since when, and why: gateways with evidence for each cause.',
          [p.series('count by (cause) (%s)' % active, '{{cause}}')],
          'short',
          p.overrides(p.cause_overrides) + p.areas + p.whole + p.none('No cause of trouble was seen in this time'),
        )],
      ]],
      [7, [
        [6, p.timeseries(
          'Share of turns that failed',
          'Of all waits for a lock in 5 minutes, of the five worst gateways. The line is where a page begins. With SQLite (2026.8.1 on) only failed waits are seen: 100 % while there are any.',
          [p.series(worst(5, p.of_gateway('gateway:openclaw_lock_timeouts:ratio_rate5m'), '0'), '{{gateway}}')],
          'percentunit',
          p.series_link + p.none('No wait failed in this time') + p.limit(config.timeoutsRatio) +
          { fieldConfig+: { defaults+: { max: 1 } } },
        )],
        [6, p.timeseries(
          'Locks that nobody will release: age',
          'Age of the oldest lock whose holder is dead, or whose pid belongs to another process now. It grows until somebody, or OpenClaw itself, removes it.',
          [p.series(worst(5, p.of_gateway('gateway:openclaw_lock_oldest_age_seconds:max', 'holder=~"dead|recycled"'), '0'), '{{gateway}} {{holder}}')],
          's',
          p.series_link + p.none('There was no such lock') + p.limit(config.holderGoneForSeconds),
        )],
        [6, p.timeseries(
          'Disk: time a write or flush',
          'On average over 5 minutes, of the five slowest disks below state directories. The line is the alert.',
          [p.series(
            worst(5, p.of_gateway('gateway:openclaw_lock_disk_wait_seconds:ratio_rate5m', 'operation=~"write|flush"'), '0'),
            '{{gateway}} {{operation}}'
          )],
          's',
          p.series_link + p.none('No disk of a state directory can be measured') + p.limit(config.diskLatencySeconds),
        )],
        [6, p.timeseries(
          'SQLite: one writer holds the lock',
          'How long the same process has been seen with the write lock of a database, of the five longest. The line is the alert.',
          [p.series(worst(5, p.of_gateway('gateway:openclaw_lock_sqlite_writer_held_seconds:max'), '-1'), '{{gateway}}')],
          's',
          p.series_link + p.none('No gateway here keeps its sessions in SQLite (2026.8.1 on)') + p.limit(config.sqliteWriterHeldSeconds),
        )],
      ]],
    ],
    'gateway=~"$gateway|"',
  )
