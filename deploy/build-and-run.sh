#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what the build needs (Debian 12 or 13), builds the exporter and runs it in the foreground.
#
#   deploy/build-and-run.sh [--build-only] [EXPORTER-FLAG...]
#
# Without flags the exporter watches whatever OpenClaw it finds. Everything but the exporter's own output goes to
# standard error, so that `deploy/build-and-run.sh --once > metrics.prom` holds metrics only.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/debian_packages.sh
. "$root/deploy/debian_packages.sh"

build_only=no
if [ "${1:-}" = --build-only ]; then
  build_only=yes
  shift
fi

install_packages "${BUILD_PACKAGES[@]}"
install_packages_of_systemd "${BUILD_PACKAGES_OF_SYSTEMD[@]}"
(cd "$root" && cmake --workflow --preset release) >&2 || die "the build failed (see above)"

binary=$root/build/release/openclaw-lock-exporter
[ -x "$binary" ] || die "the build left no $binary"
if [ "$build_only" = yes ]; then
  printf 'built: %s\n' "$binary" >&2
  exit 0
fi

# Where to look, for the runs that serve.
address=127.0.0.1:10069
serves=yes
previous=
for argument in "$@"; do
  case $argument in
    --web.listen-address=*) address=${argument#*=} ;;
    --once | --version | --help | -h | --config.check | --textfile.path* | diagnose) serves=no ;;
    *) [ "$previous" != --web.listen-address ] || address=$argument ;;
  esac
  previous=$argument
done
[ "$serves" = no ] || printf '\nLook at http://%s/metrics (Ctrl-C stops the exporter)\n\n' "$address" >&2
exec "$binary" "$@"
