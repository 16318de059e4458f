# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by ../field_test.sh around each case.sh, in a private mount namespace whose /tmp is an empty tmpfs. FIELD is the
# folder with all cases, CASE that of the case, OC the exporter, PROJECT the root of the repository.
: "${OC:?}" "${CASE:?}" "${PROJECT:?}"
PATIENCE=${PATIENCE:-10}
PIDS=()
# shellcheck disable=SC2154  # pid
trap 'for pid in "${PIDS[@]}"; do kill -KILL "$pid" 2> /dev/null; done' EXIT
trap 'exit 143' TERM

# ---- the exporter

once() { timeout 30 "$OC" --once --web.disable-exporter-metrics "$@" 2> /tmp/oc.err; }

serve() { # FLAG...
  "$OC" --sample.interval=200ms --web.listen-address=unix:/tmp/oc.sock "$@" > /tmp/oc.out 2> /tmp/oc.err &
  OCPID=$!
  PIDS+=("$OCPID")
  if ! eventually is_ready; then
    echo "not ready"
    cat /tmp/oc.err
    return 1
  fi
  rounds 2
}

stop() {
  kill "$OCPID" 2> /dev/null
  wait "$OCPID" 2> /dev/null
}

ask() { # PATH [OPTION OF curl...]
  curl --silent --max-time 5 --unix-socket /tmp/oc.sock "${@:2}" "http://x$1"
}

is_ready() { [ "$(ask /-/ready --output /dev/null --write-out '%{http_code}')" = 200 ]; }

# Metrics as they are when whatever was there before has been read and judged.
metrics() {
  rounds 4
  ask /metrics
}

# Waits for whole rounds of the search for gateways, and of each reader that is up.
rounds() { # COUNT
  local i since
  for ((i = 0; i < $1; i++)); do
    since=$(date +%s.%N)
    eventually all_newer "$since" || return 0
  done
}

all_newer() { # THAN
  ask /metrics | awk -v since="$1" '
    { name = $0; sub(/\{.*| .*/, "", name); labels = $0; sub(/^[^{]*/, "", labels); sub(/ [^ ]*$/, "", labels) }
    labels ~ /source="disk"/ { next }
    name == "openclaw_lock_source_up" && $NF == 1 { up[labels] = 1 }
    name == "openclaw_lock_source_last_success_timestamp_seconds" { at[labels] = $NF }
    name == "openclaw_lock_discovery_last_success_timestamp_seconds" { up["search"] = 1; at["search"] = $NF }
    END { for (source in up) if (at[source] <= since) exit 1 }'
}

eventually() { # COMMAND...
  local deadline=$((SECONDS + PATIENCE + 1))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

show() { grep -E "$@" | grep -v '^#'; } # PATTERN [FILE]

# ---- time and log records

iso_now() { date --utc +%Y-%m-%dT%H:%M:%S.%3N; }
console_time() { printf '%s+00:00' "$(iso_now)"; }

# A line of OpenClaw's console.
console() { # SUBSYSTEM MESSAGE
  printf '%s [%s] %s\n' "$(console_time)" "$1" "$2"
}

# A record of the file log. An empty SUBSYSTEM: of the root logger.
record() { # LEVEL_ID LEVEL SUBSYSTEM MESSAGE
  python3 - "$(iso_now)" "$@" << 'PYTHON'
import json, sys
now, level_id, level, subsystem, message = sys.argv[1:6]
binding = json.dumps({"subsystem": subsystem}, separators=(",", ":"))
record = {"0": binding, "1": message} if subsystem else {"0": message}
record["_meta"] = {"runtime": "node", "runtimeVersion": "22.22.0", "hostname": "unknown",
                   "name": binding if subsystem else "openclaw", "parentNames": ["openclaw"], "date": now + "Z",
                   "logLevelId": int(level_id), "logLevelName": level, "path": {"fileName": "x.js", "method": "log"}}
record["time"] = now + "+00:00"
print(json.dumps(record, separators=(",", ":"), ensure_ascii=False))
PYTHON
}

# The two records that a run writes which got no lock: of its lane, and of its session's.
failed_run() { # WRITER SESSION_LANE ERROR; WRITER: record 5 ERROR, or console
  local writer
  read -ra writer <<< "$1"
  "${writer[@]}" diagnostic "lane task error: lane=main durationMs=10011 error=\"$3\""
  "${writer[@]}" diagnostic "lane task error: lane=$2 durationMs=10013 error=\"$3\""
}

# ---- processes and locks

# Starts `node SCRIPT ARGUMENT...` with the caller's environment, and sets GWPID. TITLE -: it sets none.
fake() { # TITLE SCRIPT ARGUMENT...
  local title=$1 ready
  shift
  ready=$(mktemp --dry-run /tmp/ready.XXXXXX)
  mkdir -p "$(dirname "$1")"
  : >> "$1"
  if [ "$title" = - ]; then
    PLAY_READY=$ready node "$@" > /dev/null 2>&1 &
  else
    PLAY_TITLE=$title PLAY_READY=$ready node "$@" > /dev/null 2>&1 &
  fi
  GWPID=$!
  PIDS+=("$GWPID")
  eventually test -e "$ready"
}

# A process of no interest that may be called the holder of a lock.
bystander() {
  sleep infinity &
  PIDS+=("$!")
  # shellcheck disable=SC2034  # read by cases
  P=$!
}

start_ticks() { # PID
  sed 's/^.*) //' "/proc/$1/stat" | cut -d ' ' -f 20
}

# The singleton lock of 2026.2.21 to 2026.6.35.
gateway_lock() { # DIRECTORY CONFIG PID
  local hash
  hash=$(printf %s "$2" | sha256sum | cut -c 1-8)
  mkdir -p "$1"
  printf '{"pid":%s,"createdAt":"%sZ","configPath":"%s","startTime":%s}' "$3" "$(iso_now)" "$2" "$(start_ticks "$3")" \
    > "$1/gateway.$hash.lock"
}

session_lock() { # LOCK PID AGE_SECONDS
  printf '{\n  "pid": %s,\n  "createdAt": "%s",\n  "starttime": %s\n}\n' "$2" \
    "$(date --utc --date "-$3 seconds" +%Y-%m-%dT%H:%M:%S.000Z)" "$(start_ticks "$2")" > "$1"
  touch --date "-$3 seconds" "$1"
}
