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
# shellcheck source=deploy/civetweb_source.sh
. "$root/deploy/civetweb_source.sh"

build_only=no
if [ "${1:-}" = --build-only ]; then
  build_only=yes
  shift
fi

install_packages "${BUILD_PACKAGES[@]}"
install_packages_of_systemd "${BUILD_PACKAGES_OF_SYSTEMD[@]}"
provide_civetweb "$root" "$root/build/civetweb" ||
  printf 'going on with the civetweb library of Debian: there will be no TLS, IPv6 and unix sockets\n' >&2
(cd "$root" && cmake --workflow --preset release) >&2 || die "the build failed (see above)"

binary=$root/build/release/openclaw-lock-exporter
[ -x "$binary" ] || die "the build left no $binary"
if [ "$build_only" = yes ]; then
  printf 'built: %s\n' "$binary" >&2
  exit 0
fi

# Where to look, for the runs that serve.
address=127.0.0.1:10069
scheme=http
serves=yes
previous=
for argument in "$@"; do
  case $argument in
    --web.listen-address=*) address=${argument#*=} ;;
    --web.config.file*) scheme='http(s)' ;;
    --once | --version | --help | -h | --config.check | --textfile.path* | diagnose) serves=no ;;
    *) [ "$previous" != --web.listen-address ] || address=$argument ;;
  esac
  previous=$argument
done
case $address in
  unix:*) place=$address ;;
  *) place=$scheme://$address/metrics ;;
esac
[ "$serves" = no ] || printf '\nLook at %s (Ctrl-C stops the exporter)\n\n' "$place" >&2
exec "$binary" "$@"
