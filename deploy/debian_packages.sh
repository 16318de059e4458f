# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by build-and-run.sh, build-packages.sh, Dockerfile and tests/run.sh: which Debian packages the project needs,
# and how they get installed. The names are the same in Debian 12 and 13.

# What it takes to build the exporter.
# shellcheck disable=SC2034  # used by the scripts that source this file
BUILD_PACKAGES=(
  g++ cmake ninja-build pkg-config patch xz-utils
  prometheus-cpp-dev libcivetweb-dev nlohmann-json3-dev libspdlog-dev libyaml-cpp-dev libcli11-dev libseccomp-dev zlib1g-dev
  libssl-dev libcrypt-dev
)

# What is built in where it is there: the journal is read through libsystemd.
# shellcheck disable=SC2034
BUILD_PACKAGES_OF_SYSTEMD=(libsystemd-dev)

# What it takes to pack the .deb besides.
# shellcheck disable=SC2034
PACKING_PACKAGES=(dpkg-dev file)

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Runs a command as root, through sudo where needed.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Prints those of the named packages that are not installed, one a line.
missing_packages() {
  local installed name
  installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "$@" 2> /dev/null) || true
  for name in "$@"; do
    grep --quiet --line-regexp --fixed-strings "installed $name" <<< "$installed" || printf '%s\n' "$name"
  done
}

# Installs those of the named packages that are missing; does nothing, and needs no rights, when all are there.
install_packages() {
  local missing
  { command -v dpkg-query && command -v apt-get; } > /dev/null ||
    die "this is not Debian: install the equivalents of $* yourself, then run cmake --workflow --preset release"
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || command -v sudo > /dev/null ||
    die "neither root nor sudo; as root run: apt-get install --no-install-recommends ${missing[*]}"
  printf 'installing: %s\n' "${missing[*]}" >&2
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update >&2 || die "apt-get update failed"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "${missing[@]}" < /dev/null >&2 || die "apt-get install failed: ${missing[*]}"
}

# Installs packages of systemd in the version that runs here. Where the mirror has only a newer one, that would replace
# systemd itself under a running host: then they are left out, and it says so.
install_packages_of_systemd() {
  local version package
  version=$(dpkg-query --show --showformat='${Version}' libsystemd0 2> /dev/null) || return 0
  for package in $(missing_packages "$@"); do
    if apt-cache madison "$package" 2> /dev/null | grep --quiet --fixed-strings " $version "; then
      as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "$package=$version" < /dev/null >&2 || die "apt-get install failed: $package"
    else
      printf 'left out: %s is not offered in version %s\n' "$package" "$version" >&2
    fi
  done
}

# Prints the mirrors that apt is configured with, one a line.
apt_mirrors() {
  local uri list
  # shellcheck disable=SC2016  # apt expands it
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sort --unique | while read -r uri; do
    case $uri in
      mirror+file:*)
        list=${uri#mirror+file:}
        list=/${list#"${list%%[!/]*}"}
        sed -n 's|^\([a-z]*://[^[:space:]]*\).*|\1|p' "${list%/}" 2> /dev/null || true
        ;;
      *) printf '%s\n' "$uri" ;;
    esac
  done
}

# Fetches a file of Debian's pool, whatever release it is of. Fails, and says why, where it is not to be had.
download_from_mirror() { # PATH SHA256 FILE
  local path=$1 sum=$2 file=$3 mirror
  for mirror in $(apt_mirrors); do
    # apt knows the proxies, and checks the sum.
    if /usr/lib/apt/apt-helper download-file "${mirror%/}/$path" "$file" "SHA256:$sum" > "$file.log" 2>&1; then break; fi
    rm -f "$file"
  done
  if printf '%s  %s\n' "$sum" "$file" | sha256sum --check --status 2> /dev/null; then
    rm "$file.log"
    return 0
  fi
  [ ! -s "$file.log" ] || tail -n 3 "$file.log" >&2
  rm -f "$file" "$file.log"
  printf '%s is on none of the mirrors that apt is configured with\n' "${path##*/}" >&2
  return 1
}
