// SPDX-License-Identifier: Apache-2.0
// How rules say durations, selectors and matches, the same everywhere.
function(config) {
  local units = [[86400000, 'd'], [3600000, 'h'], [60000, 'm'], [1000, 's'], [1, 'ms']],

  // A duration as Prometheus reads it, divided by the knob.
  duration(seconds)::
    local ms = std.floor(seconds * 1000 / config.timeDivisor + 0.5);
    local fitting = [unit for unit in units if ms % unit[0] == 0];
    assert ms > 0 : 'a duration of nothing: %s s' % seconds;
    '%d%s' % [ms / fitting[0][0], fitting[0][1]],

  seconds(seconds):: '%g' % (seconds / config.timeDivisor),

  // A series with these label matchers and config.selector.
  series(name, matchers='')::
    local all = std.join(',', [m for m in [config.selector, matchers] if m != '']);
    if all == '' then name else '%s{%s}' % [name, all],

  range(name, window, matchers='', offset=0)::
    '%s[%s]%s' % [
      $.series(name, matchers),
      $.duration(window),
      if offset == 0 then '' else ' offset ' + $.duration(offset),
    ],

  // A gauge's last value, however a scrape in between went.
  last(name, matchers='', offset=0)::
    'last_over_time(%s)' % $.range(name, config.gaugeLookbackSeconds, matchers, offset),

  // Sets are matched by everything but what a single alert adds, so that labels such as cluster keep gateways apart.
  own_labels:: ['agent', 'cause', 'database', 'gateway', 'holder', 'operation', 'reason', 'severity', 'source'],
  of_same_gateway:: 'ignoring (%s)' % std.join(', ', [label for label in $.own_labels if label != 'gateway']),

  indent(text, spaces)::
    std.join('\n', [
      if line == '' then '' else std.join('', std.repeat([' '], spaces)) + line
      for line in std.split(std.rstripChars(text, '\n'), '\n')
    ]),
}
