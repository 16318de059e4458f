# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests of the alerts, after tests/e2e/e2e.sh: a real Alertmanager with our example, and who receives from it.

: "${work:?is set by tests/e2e/e2e.sh}"
alerting=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$alerting/../.." && pwd)
# shellcheck source=tests/support/prometheus.sh
. "$repository/tests/support/prometheus.sh"
export PYTHONDONTWRITEBYTECODE=1

# Debian names the server prometheus-alertmanager, everybody else alertmanager. Sets alertmanager, a command.
find_alertmanager() {
  local binary
  need amtool
  binary=$(command -v prometheus-alertmanager || command -v alertmanager) || skip 'needs an Alertmanager'
  alertmanager=("$binary")
  local share=/usr/share/prometheus/alertmanager unpacked=${binary%/usr/bin/*}/usr/share
  if [ -d "$share" ] || [ ! -d "$unpacked/prometheus/alertmanager" ]; then return; fi
  # Debian's reads its templates there; of a package that is only unpacked it sees its own /usr/share.
  # shellcheck disable=SC2016  # expanded by the inner shell
  alertmanager=(unshare --mount --propagation private sh -euc 'mount --bind "$0" /usr/share && exec "$@"' "$unpacked" "$binary")
  [ "$(id -u)" -eq 0 ] || alertmanager=(unshare --user --map-root-user "${alertmanager[@]:1}")
  "${alertmanager[@]}" --version > /dev/null 2>&1 || skip 'cannot make a mount namespace for an unpacked Alertmanager'
}

# Prints the groups of rules that are checked in, as JSON; rules_test.sh shows that the sources make them.
rule_groups() {
  python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin)["groups"], sys.stdout)' \
    < "$repository/alerts/openclaw-lock.rules.yaml"
}

# Prints "ALERT SEVERITY" of each.
alert_severities() {
  rule_groups | jq --raw-output '.[].rules[] | select(.alert) | .alert + " " + .labels.severity' | sort --unique
}

has_lines() { # FILE
  [ -s "$1" ]
}

# Sets webhooks, the file that receives them, and webhook_url.
start_webhook() {
  webhooks=$work/webhooks
  : > "$webhooks"
  background "$alerting/webhook.py" "$webhooks" > "$work/webhook.port"
  if ! wait_for "$PATIENCE" has_lines "$work/webhook.port"; then
    not_ok 'the webhook starts'
    finish
  fi
  webhook_url=http://127.0.0.1:$(cat "$work/webhook.port")
}

# The example as it is, but each receiver is the webhook, at a path of its name, and its waits are divided.
example_with_webhooks() { # [DIVISOR]
  local name
  sed '/^receivers:/q' "$repository/alerts/alertmanager.example.yml" | awk -v divisor="${1:-1}" '
    $1 ~ /^(group_wait|group_interval|repeat_interval):$/ {
      unit = substr($2, length($2)); value = substr($2, 1, length($2) - 1)
      seconds = value * (unit == "d" ? 86400 : unit == "h" ? 3600 : unit == "m" ? 60 : 1)
      sub(/:.*/, sprintf(": %dms", seconds * 1000 / divisor))
    }
    { print }'
  while IFS= read -r name; do
    printf '  - name: "%s"\n' "$name"
    [ "$name" = null ] || printf '    webhook_configs: [{url: "%s/%s"}]\n' "$webhook_url" "$name"
  done < <(sed -n '/^receivers:/,$s/^  - name: "\{0,1\}\([a-z-]*\)"\{0,1\}$/\1/p' "$repository/alerts/alertmanager.example.yml")
}

# Starts it with our example; sets alertmanager_url.
start_alertmanager() { # [DIVISOR OF ITS WAITS]
  example_with_webhooks "$@" > "$work/alertmanager.yml"
  run_alertmanager "$work/alertmanager.yml"
}

run_alertmanager() { # CONFIGURATION
  alertmanager_url=http://127.0.0.1:$(free_port)
  background "${alertmanager[@]}" --config.file="$1" --storage.path="$work/alertmanager" \
    --web.listen-address="${alertmanager_url#http://}" --cluster.listen-address= 2> "$work/alertmanager.log"
  if ! wait_for "$PATIENCE" server_is_ready "$alertmanager_url"; then
    not_ok 'Alertmanager starts' "$(tail -n 20 "$work/alertmanager.log")"
    finish
  fi
}

# What the webhooks got, through jq: one object a notification.
notifications() { # RECEIVER FILTER [JQ_OPTION...]
  jq --raw-output "${@:3}" "select(.receiver == \"$1\") | $2" "$webhooks"
}

# ---- Prometheus

query() { # QUERY; prints lines of labels and value
  ask_prometheus "$1" | jq --raw-output '.data.result[] | (.metric | tojson) + " " + .value[1]'
}

has_answer() { # QUERY
  [ -n "$(query "$1")" ]
}

# Scrapes one target as openclaw-locks, and tells Alertmanager if that runs; sets prometheus_url.
start_prometheus() { # RULES INTERVAL TARGET
  cat > "$work/prometheus.yml" << YAML
global: {scrape_interval: $2, scrape_timeout: $2}
rule_files: ["$1"]
alerting: {alertmanagers: [{static_configs: [{targets: [${alertmanager_url:+"\"${alertmanager_url#http://}\""}]}]}]}
scrape_configs:
  - job_name: openclaw-locks
    static_configs: [{targets: ["$3"]}]
YAML
  # It learns of Alertmanager after its first evaluation, and would tell it again after a minute only.
  run_prometheus --rules.alert.resend-delay=5s
}
