# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#155927, #150762: a restart loop for 75 minutes; does any alert but the watchdog fire?
sed "s#PROJECT#$PROJECT#" "$CASE/test.yaml" > /tmp/test.yaml
if promtool test rules /tmp/test.yaml > /tmp/promtool 2>&1; then
  echo 'an alert fires'
else
  grep -A3 FAILED /tmp/promtool
  grep got: /tmp/promtool
  echo 'no alert fires'
fi
