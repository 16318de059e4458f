// SPDX-License-Identifier: Apache-2.0
// The rules as YAML for people: expressions as blocks, keys in the order in which one reads them.
local text(value) = if std.isString(value) then std.escapeStringJson(value) else std.toString(value);

local entry(key, value, margin) =
  if std.isObject(value) then
    [margin + key + ':'] + [margin + '  ' + name + ': ' + text(value[name]) for name in std.objectFields(value)]
  else if key == 'expr' then
    [margin + key + ': |-'] + [margin + '  ' + line for line in std.split(value, '\n')]
  else
    [margin + key + ': ' + text(value)];

local list_item(object, keys, margin) =
  local lines = std.flattenArrays([
    entry(key, object[key], margin + '  ')
    for key in keys
    if std.objectHas(object, key)
  ]);
  assert std.setDiff(std.objectFields(object), std.set(keys)) == [] : 'a key that is not known: %s' % [object];
  [margin + '- ' + std.lstripChars(lines[0], ' ')] + lines[1:];

local rule_keys = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];

local group(object) =
  ['  - name: ' + object.name, '    interval: ' + object.interval, '    rules:'] +
  std.flattenArrays([list_item(rule, rule_keys, '      ') for rule in object.rules]);

function(groups)
  std.join('\n', ['groups:'] + std.flattenArrays([group(object) for object in groups]) + [''])
