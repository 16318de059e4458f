# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# openclaw#13925: the first model is in cooldown and never tried; the fallback, the only one that ran, got no lock.
S=$HOME/.openclaw
L=/tmp/f.log
mkdir -p "$S/agents/main/sessions"
: > "$L"
serve --openclaw.state-dir="main=$S" --openclaw.log="main=$L"
failed_run 'record 5 ERROR' session:agent:main:main \
  "Error: All models failed (2): google/gemini-3-pro: Provider google is in cooldown (all profiles unavailable) (rate_limit) | openai-codex/gpt-5.2: session file locked (timeout 10000ms): pid=9 $S/agents/main/sessions/s1.jsonl.lock (timeout)" >> "$L"
metrics | show 'timeouts_total.agent="main".*"session"|log_events_total.*(all_models|lock_timeout)'
