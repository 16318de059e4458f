#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copies the licences of bundled libraries, as Debian records them, for the release tarball.
#
#   library_licences.sh LIBRARIES DESTINATION
set -eu

mkdir -p "$2"
for library in "$1"/*.so*; do
  name=$(basename "$library")
  # Debian 12 knows some of /usr/lib by the name that it has through /lib.
  package=$(dpkg-query --search "/lib/*-linux-gnu*/$name" "/usr/lib/*-linux-gnu*/$name" 2> /dev/null | sed -n '1s/:.*//p')
  [ -n "$package" ] || { printf 'error: %s is of no package\n' "$name" >&2; exit 1; }
  cp "/usr/share/doc/$package/copyright" "$2/$package.copyright"
done
