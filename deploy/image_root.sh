#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fills the root directory of the container image: what is built, the libraries that it needs, who made them.
#
#   image_root.sh BUILD ROOT
set -euo pipefail

build=$1
root=$2
mkdir -p "$root/etc" "$root/tmp" "$root/var/lib/dpkg/status.d"
chmod 1777 "$root/tmp"
for component in exporter image; do
  DESTDIR=$root cmake --install "$build" --component "$component" --strip > /dev/null
done
# Nobody reads pages inside a container, nor starts units there.
rm -rf "${root:?}/usr/share" "$root/usr/lib/systemd"
printf 'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n' > "$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"

mapfile -t libraries < <(ldd "$root"/usr/bin/* | grep --only-matching '/[^ ]*\.so[^ ]*' | sort --unique)
[ "${#libraries[@]}" -gt 0 ] || { printf 'error: ldd names no library\n' >&2; exit 1; }
for library in "${libraries[@]}"; do
  mkdir -p "$root$(dirname "$library")"
  cp --dereference "$library" "$root$library"
  # dpkg knows some of /usr/lib by the name that it has through /lib, or the other way round.
  package=$(dpkg-query --search "$library" "/usr$library" "${library#/usr}" "$(realpath "$library")" 2> /dev/null |
    sed -n '1s/:.*//p') || true
  [ -n "$package" ] || { printf 'error: %s is of no package\n' "$library" >&2; exit 1; }
  # Scanners look here for what an image without dpkg is made of.
  dpkg-query --status "$package" > "$root/var/lib/dpkg/status.d/$package"
  mkdir -p "$root/usr/share/doc/$package"
  cp "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/"
done
cp --dereference /etc/os-release "$root/etc/os-release"
mkdir -p "$root/usr/share/doc/openclaw-lock-exporter"
cp "$(dirname "${BASH_SOURCE[0]}")/debian/copyright" "$root/usr/share/doc/openclaw-lock-exporter/"
# glibc's terms of GPL and LGPL are named there, not told.
mkdir -p "$root/usr/share/common-licenses"
cp --dereference /usr/share/common-licenses/{Apache-2.0,GPL-2,GPL-3,LGPL-2.1} "$root/usr/share/common-licenses/"
