#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tests of this folder that run a server or its tool, with the Prometheus, Alertmanager and vmalert of Debian sid,
# whose packages run where they are unpacked. Nothing is installed, and apt's own lists stay as they are.
#
#   tests/alerts/newest_servers.sh [DIRECTORY]     default: build/tools/newest; kept for a day, then fetched again
#
# The last line is "N passed, M failed, K skipped"; one skipped where apt's mirrors have no sid.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=deploy/debian_packages.sh
. "$root/deploy/debian_packages.sh"
PACKAGES=(prometheus promtool prometheus-alertmanager victoria-metrics)
tools=${1:-$root/build/tools/newest}
passed=0
failed=0
skipped=0

result() {
  printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
  exit "$((failed > 0))"
}

# Asks MIRROR for sid with lists and caches below $tools.
fetch_from() { # MIRROR
  local options=(
    -o "Dir::Etc::SourceList=$tools/apt/sources.list" -o "Dir::Etc::SourceParts=$tools/apt/parts"
    -o "Dir::State::Lists=$tools/apt/lists" -o "Dir::Cache=$tools/apt/cache" -o "APT::Sandbox::User=$(id -un)"
  )
  mkdir -p "$tools/apt/parts" "$tools/apt/lists/partial" "$tools/apt/cache/archives/partial" "$tools/download"
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s sid main\n' "$1" > "$tools/apt/sources.list"
  apt-get "${options[@]}" --quiet update && cd "$tools/download" &&
    apt-get "${options[@]}" --quiet download "${PACKAGES[@]}"
}

unpack() {
  local mirror
  [ -z "$(find "$tools/complete" -mtime -1 2> /dev/null)" ] || return 0
  rm -rf "$tools"
  mkdir -p "$tools"
  for mirror in $(apt_mirrors); do
    if (fetch_from "$mirror") >> "$tools/apt.log" 2>&1; then
      find "$tools/download" -name '*.deb' -exec dpkg-deb --extract '{}' "$tools" ';'
      touch "$tools/complete"
      return 0
    fi
  done
  return 1
}

run() { # NAME COMMAND...
  local status=0
  "${@:2}" > "$tools/output" 2>&1 || status=$?
  case $status in
    0) passed=$((passed + 1)) && printf 'pass %s\n' "$1" ;;
    77) skipped=$((skipped + 1)) && printf 'skip %s: %s\n' "$1" "$(tail -n 1 "$tools/output")" ;;
    *)
      failed=$((failed + 1))
      grep --invert-match '^ok ' "$tools/output" | sed 's/^/  /' || true
      printf 'FAIL %s (status %s)\n' "$1" "$status"
      ;;
  esac
}

if ! unpack; then
  printf "skip: none of apt's mirrors has these packages of Debian sid (%s)\n" "$tools/apt.log"
  skipped=1
  result
fi
PATH=$tools/usr/bin:$PATH
export PATH
for package in "$tools"/download/*.deb; do dpkg-deb --show "$package" | sed 's/^/#   /'; done
run 'vmalert loads the rules' vmalert -dryRun "-rule=$root/alerts/openclaw-lock.rules.yaml"
while IFS= read -r script; do
  run "$(basename "$script" .sh)" bash "$script"
done < <(grep --files-with-matches 'alerting\.sh"$' "$here"/*_test.sh)
result
