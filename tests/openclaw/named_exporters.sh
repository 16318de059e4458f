# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Several exporters beside each other, by name. Sourced behind tests/e2e/e2e.sh; watches the state directory $state as the
# gateway `lab`.
# shellcheck disable=SC2154  # the caller sets state, e2e.sh the others

declare -A exporter_urls exporter_pids exporter_jobs exporter_logs

start_reader() { # NAME FLAG...
  start_exporter "--openclaw.state-dir=lab=$state" "${@:2}"
  exporter_urls[$1]=$url
  exporter_pids[$1]=$exporter_pid
  exporter_jobs[$1]=$exporter_job
  exporter_logs[$1]=$exporter_log
}

# For the functions of e2e.sh.
use_reader() { # NAME
  url=${exporter_urls[$1]}
  exporter_pid=${exporter_pids[$1]}
  exporter_job=${exporter_jobs[$1]}
  exporter_log=${exporter_logs[$1]}
}
