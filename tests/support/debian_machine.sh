# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Sourced by tests that need a Debian of their own: makes one in a directory, and runs commands inside. Needs root,
# debootstrap and unshare.
#
#   FRESH_CACHE=DIR   keeps the bare Debian as DIR/SUITE.tar, and starts from it the next time

# The mirror, and the settings of apt that decide how it is reached, are those of this machine.
host_mirror() {
  # shellcheck disable=SC2016  # apt expands them
  apt-get indextargets --format '$(REPO_URI) $(LABEL)' 'Created-By: Packages' |
    sed -n 's/^\(http[^ ]*\) Debian$/\1/p' | head -n 1
}

# A bare Debian that reaches the mirror as this machine does; its log is ROOT.log.
make_debian() { # SUITE ROOT
  local suite=$1 machine=$2 mirror
  mkdir -p "$machine"
  chmod 755 "$machine"
  if [ -n "${FRESH_CACHE:-}" ] && [ -f "$FRESH_CACHE/$suite.tar" ]; then
    tar -C "$machine" --numeric-owner -xf "$FRESH_CACHE/$suite.tar"
  else
    mirror=$(host_mirror)
    [ -n "$mirror" ] || { printf 'error: apt knows no Debian mirror here\n' >&2; return 1; }
    debootstrap --variant=minbase "$suite" "$machine" "$mirror" > "$machine.log" 2>&1 ||
      { tail -n 20 "$machine.log" >&2; printf 'error: debootstrap failed\n' >&2; return 1; }
    [ -z "${FRESH_CACHE:-}" ] || tar -C "$machine" --numeric-owner -cf "$FRESH_CACHE/$suite.tar" .
  fi
  cp /etc/resolv.conf /etc/hosts "$machine/etc/"
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv4|ForceIPv6)\b' \
    > "$machine/etc/apt/apt.conf.d/90fresh-machine" || true
  if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    mkdir -p "$machine/etc/ssl/certs"
    cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/"
  fi
}

# Becomes a command that runs inside, with mounts that nobody outside sees. It shares our processes: tests that need the
# initial PID namespace are to run too.
inside() { # ROOT COMMAND...
  local machine=$1
  shift
  # shellcheck disable=SC2016  # expanded by the inner shell
  exec unshare --mount --propagation private bash -c '
    set -e
    machine=$1
    shift
    mount --bind "$machine" "$machine"
    mount --rbind /proc "$machine/proc"
    mount --rbind /sys "$machine/sys"
    mount --rbind /dev "$machine/dev"
    # The root of the mount namespace itself, not only of a process: nsenter goes back to that one.
    cd "$machine"
    pivot_root . .
    umount --lazy .
    exec chroot . env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      FUZZ_SECONDS="${FUZZ_SECONDS:-30}" http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
      bash -c "cd /src 2> /dev/null || cd /; exec \"\$@\"" inside "$@"
  ' unshare "$machine" "$@"
}

# Ends what still runs inside.
end_debian() { # ROOT
  local process
  for process in /proc/[0-9]*; do
    if [ "$process/root" -ef "$1" ]; then kill -KILL "${process#/proc/}" 2> /dev/null || true; fi
  done
}
