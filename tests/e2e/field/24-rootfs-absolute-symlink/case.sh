# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# aws-samples/sample-OpenClaw-on-AWS-with-Bedrock#99, openclaw#40207: ~/.openclaw is an absolute link to /data/openclaw, and
# the exporter runs in a container with the host's root at /host (--path.rootfs=/host).
R=/tmp/host
mkdir -p "$R/home/ubuntu" "$R/data/openclaw/agents/main/sessions"
ln -s /data/openclaw "$R/home/ubuntu/.openclaw"
bystander
session_lock "$R/data/openclaw/agents/main/sessions/s1.jsonl.lock" "$P" 5
once --path.rootfs="$R" --openclaw.state-dir=main=/home/ubuntu/.openclaw |
  show 'source_up.gateway="main",source="locks"|lock_files.*main.*alive.*session"|problems_total.*locks.* [1-9]'
grep -i warn /tmp/oc.err
