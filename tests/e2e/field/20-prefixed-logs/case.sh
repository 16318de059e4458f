# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What people's log files have before OpenClaw's own line: pm2 --time and log_date_format, `docker compose logs`, journald's
# short format in a file (rsyslog), `kubectl logs --timestamps`, a fluent-bit file (nearai/openclaw-nearai-worker#237), logcli,
# vector.
S=$HOME/.openclaw
mkdir -p "$S/agents/main/sessions"

envelope() { # fluentbit|loki|vector LINE
  python3 - "$@" << 'PYTHON'
import json, sys
kind, line = sys.argv[1:3]
at = "2026-11-28T16:00:00Z"
print(json.dumps({
    "fluentbit": {"date": 1795880000.12, "stream": "stderr", "log": line},
    "loki": {"labels": {"job": "openclaw"}, "line": line, "timestamp": at},
    "vector": {"file": "/x", "host": "h", "message": line, "source_type": "file", "timestamp": at},
}[kind]))
PYTHON
}

value_of() { show "$1" /tmp/m | awk '{ print $NF }'; }

try() { # NAME PREFIX|@ENVELOPE
  local log=/tmp/l-$1.log error lane line timeouts unparsed problems
  : > "$log"
  serve --openclaw.state-dir="main=$S" --openclaw.log="main=$log" || return
  error="Error: session file locked (timeout 10000ms): pid=9 $S/agents/main/sessions/s1.jsonl.lock"
  for lane in main session:agent:main:main; do
    line=$(console diagnostic "lane task error: lane=$lane durationMs=10011 error=\"$error\"")
    case $2 in
      @*) envelope "${2#@}" "$line" ;;
      *) printf '%s%s\n' "$2" "$line" ;;
    esac >> "$log"
  done
  metrics > /tmp/m
  timeouts=$(value_of 'timeouts_total.agent="main".*kind="session"}')
  unparsed=$(value_of 'lines_total.*unparsed')
  problems=$(show 'problems_total.*"logs"' /tmp/m | grep -v ' 0$' | sed 's/.*problem=//')
  if [ "$timeouts" = 1 ]; then
    echo "$1: counted"
  elif [ -n "$problems" ]; then
    echo "$1: told ($problems, unparsed $unparsed)"
  elif [ "${unparsed:-0}" -gt 0 ]; then
    echo "$1: only unparsed=$unparsed tells"
  else
    echo "$1: silent (timeouts $timeouts)"
  fi
  stop
}

try pm2time '2026-11-28T16:00:00: '
try pm2date '2026-11-28 16:00:00 +00:00: '
try compose 'openclaw-gateway-1  | '
try rsyslog 'Nov 28 16:00:00 host openclaw[1234]: '
try shortiso '2026-11-28T16:00:00+0000 host node[1234]: '
try kubectlts '2026-11-28T16:00:00.123456789Z '
try fluentbit @fluentbit
try logcli @loki
try vector @vector
