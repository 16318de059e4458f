// SPDX-License-Identifier: Apache-2.0
// The text files that alerts/render.sh writes: names below the repository's root, and what is in them.
function(timeDivisor=1)
  local mixin = (import 'mixin.libsonnet') + { _config+:: { timeDivisor: timeDivisor } };
  local header = |||
    # SPDX-License-Identifier: Apache-2.0
    # Written by alerts/render.sh from alerts/*.libsonnet: change those.
  |||;
  {
    'alerts/openclaw-lock.rules.yaml':
      header + (import 'rules_yaml.libsonnet')(mixin.prometheusRules.groups + mixin.prometheusAlerts.groups),
  }
