# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced after debian_packages.sh: fetches the source package of civetweb, the HTTP server, that Debian has, applies
# Debian's own patches and then those in deploy/civetweb. Debian's build of it cannot serve sockets that were accepted
# elsewhere, which TLS, IPv6, unix sockets and the defence against hostile clients are built on.

# The source package of Debian 13 with its security fixes; any Debian mirror has it for every release. A newer one, which
# replaces it on the mirrors, is a new version and sum here.
CIVETWEB_POOL=pool/main/c/civetweb
CIVETWEB_TARBALL=civetweb_1.16+dfsg.orig.tar.xz
CIVETWEB_SHA256=41dbfd68cd3b914ce440a5813f21058813b61a972600cc04fb8233a0d2d04fe4
CIVETWEB_DEBIAN_TARBALL=civetweb_1.16+dfsg-2+deb13u1.debian.tar.xz
CIVETWEB_DEBIAN_SHA256=1e5f56ab5592026dc5cd90302cfaa5a66b889f8959440e64dc0e373d18165ebb

# Prints the patches in their order, those of Debian first, one a line.
civetweb_patches() { # DIRECTORY PATCHES
  local name
  while read -r name _; do
    case $name in
      '' | '#'*) ;;
      *) printf '%s\n' "$1/debian/patches/$name" ;;
    esac
  done < "$1/debian/patches/series"
  printf '%s\n' "$2"/*.patch
}

# Fetches, unpacks and patches; what is made is of no use where it fails.
make_civetweb() { # PATCHES DIRECTORY
  local patches=$1 directory=$2 patch
  download_from_mirror "$CIVETWEB_POOL/$CIVETWEB_TARBALL" "$CIVETWEB_SHA256" "$directory/$CIVETWEB_TARBALL" || return 1
  download_from_mirror "$CIVETWEB_POOL/$CIVETWEB_DEBIAN_TARBALL" "$CIVETWEB_DEBIAN_SHA256" \
    "$directory/$CIVETWEB_DEBIAN_TARBALL" || return 1
  tar -C "$directory" --strip-components=1 -xf "$directory/$CIVETWEB_TARBALL" || return 1
  tar -C "$directory" -xf "$directory/$CIVETWEB_DEBIAN_TARBALL" || return 1
  rm "$directory/$CIVETWEB_TARBALL" "$directory/$CIVETWEB_DEBIAN_TARBALL"
  while read -r patch; do
    if ! patch --directory="$directory" --strip=1 --force --silent --no-backup-if-mismatch < "$patch" >&2; then
      printf '%s does not apply\n' "$patch" >&2
      return 1
    fi
  done < <(civetweb_patches "$directory" "$patches")
}

# Puts the patched source into DIRECTORY; does nothing where it is there. Fails, and says why, where it is not available.
provide_civetweb() { # PROJECT_ROOT DIRECTORY
  local patches=$1/deploy/civetweb directory=$2 stamp work
  stamp=$({ printf '%s\n' "$CIVETWEB_SHA256" "$CIVETWEB_DEBIAN_SHA256"; cat "$patches"/*.patch; } | sha256sum | cut -d' ' -f1)
  [ "$(cat "$directory/stamp" 2> /dev/null)" != "$stamp" ] || return 0
  mkdir -p "$(dirname "$directory")"
  work=$(mktemp -d "$(dirname "$directory")/civetweb.XXXXXX")
  if ! make_civetweb "$patches" "$work"; then
    rm -rf "$work"
    return 1
  fi
  printf '%s\n' "$stamp" > "$work/stamp"
  rm -rf "$directory"
  mv "$work" "$directory"
}
