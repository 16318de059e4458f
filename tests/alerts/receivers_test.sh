#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# alerts/receivers: each file is valid for the Alertmanager that it names, and its messages say what is hurt, since when,
# and what to do next, as they are rendered and as a real Alertmanager sends them.
# shellcheck disable=SC2016,SC2317  # templates have $ too; functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
# shellcheck source=tests/alerts/alerting.sh
. "$(dirname "${BASH_SOURCE[0]}")/alerting.sh"
need amtool curl jq python3
find_alertmanager

receivers=$repository/alerts/receivers
version=$(amtool --version | sed -n '1s/.*version 0\.\([0-9]*\).*/\1/p')
mkdir -p "$work/receivers" "$work/secrets"
cp "$receivers/openclaw-lock.tmpl" "$work/receivers"

# As the file says for an Alertmanager that is older than it needs.
for_this_version() { # FILE
  local needs
  needs=$(sed -n 's/.*Alertmanager 0\.\([0-9]*\) and later.*/\1/p' "$1")
  if [ "$version" -ge "$needs" ]; then
    cat "$1"
  else
    sed -E "s#bot_token_file: .*#bot_token: token#
      s#webhook_url_file: .*#webhook_url: http://discord.example/hook#" "$1"
  fi
}

is_valid() { # FILE
  "$alerting/receivers.py" example "$repository/alerts/alertmanager.example.yml" "$1" > "$work/example.yml" &&
    amtool check-config "$work/example.yml" > "$work/checked" 2>&1
}

for file in "$receivers"/*.yml; do
  name=$(basename "$file")
  for_this_version "$file" > "$work/receivers/$name"
  check "$name: amtool 0.$version accepts it in the example" is_valid "$work/receivers/$name"
  check_equal "$name: its secrets are files" '' \
    "$(grep --extended-regexp '^[^#]*(token|webhook_url|api_url|password|credentials):' "$file" || true)"
done

# ---- what is rendered

rule_groups | jq '[.[].rules[] | select(.alert and .labels.severity == "critical")]' > "$work/alerts.json"
rendered() { # TEXT COUNT STATUS
  "$alerting/receivers.py" data "$2" "$3" < "$work/alerts.json" > "$work/data.json"
  amtool template render --template.glob="$receivers/openclaw-lock.tmpl" --template.data="$work/data.json" \
    --template.text="$1"
}
summary=$(jq --raw-output '.[0].annotations.summary' "$work/alerts.json")
runbook=$(jq --raw-output '.[0].annotations.runbook_url' "$work/alerts.json")
dashboard=$(jq --raw-output '.[0].annotations.dashboard_url' "$work/alerts.json")
title='{{ template "openclaw.title" . }}'
text='{{ template "openclaw.text" . }}'

check_equal 'the title says who is hurt' 'PAGE: gateway main (host:10069) in eu' "$(rendered "$title" 2 firing)"
check_equal 'and that it is over' 'over: gateway main (host:10069) in eu' "$(rendered "$title" 2 resolved)"
check_equal 'the text says by what, since when, and what next' "$summary
Since Nov 30 03:04 UTC, agent work
Next: $runbook
See: $dashboard" "$(rendered "$text" 1 firing | sed '/^$/d; s/^Not measured now.*$//' | sed '/^$/d')"
check_equal 'or since when no more' "$summary Not since Nov 30 04:05 UTC." "$(rendered "$text" 1 resolved)"
check_equal 'many alerts are three and a count' 'and 2 more' "$(rendered "$text" 5 firing | tail -n 1)"
check 'which fits a phone' [ "$(rendered "$text" 5 firing | wc -c)" -lt 1500 ]

# ---- what is sent

start_webhook
mapfile -t all < <(find "$work/receivers" -name '*.yml' ! -name email.yml | sort)
"$alerting/receivers.py" example "$repository/alerts/alertmanager.example.yml" "${all[@]}" |
  sed -E "s#/etc/prometheus/secrets/#$work/secrets/#; s#https://ntfy.sh/[^?]*#$webhook_url/ntfy#
    s#http://discord.example/hook#$webhook_url/discord#; s#( *)chat_id: .*#&\n\1api_url: $webhook_url/telegram#
    s#group_wait: .*#group_wait: 0s#" > "$work/all.yml"
printf 'token' | tee "$work/secrets/telegram_bot_token" "$work/secrets/ntfy_token" \
  > "$work/secrets/dead_mans_switch_token"
printf '%s/slack' "$webhook_url" > "$work/secrets/slack_api_url"
printf '%s/discord' "$webhook_url" > "$work/secrets/discord_webhook_url"
run_alertmanager "$work/all.yml"

jq '[.[0] | {labels: (.labels + {alertname: .alert, job: "openclaw-locks", instance: "host:10069", gateway: "main"}),
  annotations}]' "$work/alerts.json" > "$work/posted.json"
curl --noproxy '*' --silent --fail --header 'Content-Type: application/json' --data-binary "@$work/posted.json" \
  "$alertmanager_url/api/v2/alerts"
is_received() { # NAME
  grep --quiet "\"receiver\": \"$1" "$webhooks"
}
for name in discord ntfy slack telegram; do
  check "$name: it is sent" wait_for "$PATIENCE" is_received "$name"
done
of() { # NAME FILTER
  grep "\"receiver\": \"$1" "$webhooks" | head -n 1 | jq --raw-output "$2"
}
says() { # TEXT
  [[ $1 == *"$summary"* && $1 == *"Next: $runbook"* && $1 == *"Since "* ]]
}
check 'discord: what is hurt and what next' says "$(of discord '.embeds[0].description')"
check 'slack: what is hurt and what next' says "$(of slack '.attachments[0].text')"
check 'telegram: what is hurt and what next' says "$(of telegram .text)"
# ntfy renders what the URL has on the notification; its fields have the names that Alertmanager's JSON has.
sent=$(of ntfy .receiver)
decoded=$(python3 -c 'import sys, urllib.parse as url; print(url.parse_qs(sys.argv[1].split("?")[1])["message"][0])' \
  "$sent" | sed -E 's/\.(status|alerts|annotations|startsAt|endsAt)\b/.\u\1/g')
check 'ntfy: what is hurt and what next' says "$(rendered "$decoded" 1 firing)"
finish
