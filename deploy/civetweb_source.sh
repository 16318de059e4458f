# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced after debian_packages.sh: fetches the source of civetweb, the HTTP server, that Debian has, and applies the
# patches in deploy/civetweb. Debian's own build of it cannot serve sockets that were accepted elsewhere, which TLS, IPv6,
# unix sockets and the defence against hostile clients are built on.

# The package of Debian 13; any Debian mirror has it for every release.
CIVETWEB_TARBALL=civetweb_1.16+dfsg.orig.tar.xz
CIVETWEB_SHA256=41dbfd68cd3b914ce440a5813f21058813b61a972600cc04fb8233a0d2d04fe4

# Puts the patched source into DIRECTORY; does nothing where it is there. Fails, and says why, where it is not to be had.
provide_civetweb() { # PROJECT_ROOT DIRECTORY
  local patches=$1/deploy/civetweb directory=$2 stamp work patch
  stamp=$({ printf '%s\n' "$CIVETWEB_SHA256"; cat "$patches"/*.patch; } | sha256sum | cut -d' ' -f1)
  [ "$(cat "$directory/stamp" 2> /dev/null)" != "$stamp" ] || return 0
  mkdir -p "$(dirname "$directory")"
  work=$(mktemp -d "$(dirname "$directory")/civetweb.XXXXXX")
  if ! download_from_mirror "pool/main/c/civetweb/$CIVETWEB_TARBALL" "$CIVETWEB_SHA256" "$work/$CIVETWEB_TARBALL"; then
    rm -rf "$work"
    return 1
  fi
  if ! tar -C "$work" --strip-components=1 -xf "$work/$CIVETWEB_TARBALL"; then
    rm -rf "$work"
    return 1
  fi
  rm "$work/$CIVETWEB_TARBALL"
  for patch in "$patches"/*.patch; do
    if ! patch --directory="$work" --strip=1 --force --silent --no-backup-if-mismatch < "$patch" >&2; then
      rm -rf "$work"
      printf '%s does not apply\n' "$patch" >&2
      return 1
    fi
  done
  printf '%s\n' "$stamp" > "$work/stamp"
  rm -rf "$directory"
  mv "$work" "$directory"
}
