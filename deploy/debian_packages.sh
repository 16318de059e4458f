# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by build-and-run.sh, build-packages.sh, Dockerfile and tests/run.sh: which Debian packages the project needs, and how they get installed.
# The names are the same in Debian 12 and 13.

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
