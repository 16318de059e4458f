#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what packing needs (Debian 12 or 13), and makes the .deb for this Debian and the release tarball.
#
#   deploy/build-packages.sh [CMAKE-OPTION...]      -> build/package/packages/
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=deploy/debian_packages.sh
. "$root/deploy/debian_packages.sh"
# shellcheck source=deploy/civetweb_source.sh
. "$root/deploy/civetweb_source.sh"
cd "$root"

install_packages "${BUILD_PACKAGES[@]}" "${PACKING_PACKAGES[@]}"
install_packages_of_systemd "${BUILD_PACKAGES_OF_SYSTEMD[@]}"
provide_civetweb "$root" "$root/build/civetweb" || die "civetweb's source is not to be had"
# The same commit is to give the same bytes.
if [ -z "${SOURCE_DATE_EPOCH:-}" ] && [ -e .git ]; then
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) || true
fi
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(date +%s)}
cmake --preset package "$@"
cmake --build --preset package
rm -rf build/package/packages
(cd build/package && cpack -G 'DEB;TGZ')
ls -l build/package/packages/openclaw-lock-exporter*
