#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The .deb in Debian 12 and in Debian 13: built there, checked by lintian, installed on a bare system, run as its own user,
# upgraded, removed and purged. The release tarball of the older one, on each of them as it comes. Needs root, debootstrap
# and the mirror of this machine.
#
#   tests/packages/deb_test.sh [SUITE...]      default: bookworm trixie
#
# Environment:
#   FRESH_CACHE=DIR   keeps the bare Debian (DIR/SUITE.tar), and the one that builds (DIR/SUITE-build), for the next time
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
repository=$(cd "$e2e/../.." && pwd)
# shellcheck source=tests/support/debian_machine.sh
. "$repository/tests/support/debian_machine.sh"

need_root
need curl debootstrap dpkg-deb git unshare
[ -n "$(host_mirror)" ] || skip 'apt knows no Debian mirror here'

package=openclaw-lock-exporter
tarball=
machines=()
end_machines() {
  local machine
  for machine in "${machines[@]}"; do end_debian "$machine"; done
}
on_exit+=(end_machines)

# A command inside, with its output in the log only.
run_inside() { # ROOT COMMAND...
  (inside "$@") < /dev/null >> "$work/log" 2>&1
}

step() { # TEXT COMMAND...
  local text=$1
  shift
  : > "$work/log"
  if "$@"; then ok "$text"; else not_ok "$text" "$(tail -n 40 "$work/log")"; finish; fi
}

# ---- building

# Builds it inside as it lies here. Sets built, a directory with old.deb and new.deb.
build() { # SUITE
  local suite=$1 machine=${FRESH_CACHE:-$work}/$1-build epoch
  built=$work/$suite-packages
  mkdir -p "$built"
  machines+=("$machine")
  if [ ! -d "$machine/etc" ]; then
    step "$suite: a bare Debian" make_debian "$suite" "$machine"
    mkdir "$machine/src"
  fi
  find "$machine/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git -C "$repository" ls-files -z --cached --others --exclude-standard --deduplicate |
    (cd "$repository" && tar --null --files-from=- --ignore-failed-read -cf -) | tar -C "$machine/src" -xf -
  step "$suite: lintian" run_inside "$machine" bash -euc '
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends lintian'
  epoch=$(git -C "$repository" log -1 --format=%ct)
  # shellcheck disable=SC2016  # expanded by the shell inside
  step "$suite: the package is built" run_inside "$machine" bash -euc '
    export SOURCE_DATE_EPOCH=$1
    deploy/build-packages.sh -DOPENCLAW_LOCK_REVISION="$2"
    cd build/package
    rm -rf again old
    cpack -G "DEB;TGZ" -B "$PWD/again"
    cpack -G DEB -B "$PWD/old" -D CPACK_PACKAGE_VERSION=0.0.1' bash \
    "$epoch" "$(git -C "$repository" rev-parse --short=12 HEAD)"
  cp "$machine/src/build/package/packages/"*.deb "$built/new.deb"
  check "$suite: packed again it has the same bytes" cmp "$built/new.deb" "$machine/src/build/package/again/"*.deb
  check "$suite: so has the tarball" cmp "$machine/src/build/package/packages/"*.tar.gz \
    "$machine/src/build/package/again/"*.tar.gz
  # The oldest C library decides where a tarball runs.
  [ -n "$tarball" ] || { tarball=$built/release.tar.gz; cp "$machine/src/build/package/packages/"*.tar.gz "$tarball"; }
  # Another release had other words in its conffile.
  dpkg-deb --raw-extract "$machine/src/build/package/old/"*.deb "$built/old"
  printf '# of an older release\n' >> "$built/old/etc/default/$package"
  rm "$built/old/DEBIAN/md5sums"
  dpkg-deb --root-owner-group --build "$built/old" "$built/old.deb" > /dev/null
  check "$suite: the other is older" dpkg --compare-versions "$(dpkg-deb --field "$built/old.deb" Version)" lt \
    "$(dpkg-deb --field "$built/new.deb" Version)"
  cp "$built/new.deb" "$machine/new.deb"
  run_inside "$machine" lintian --allow-root --fail-on error,warning /new.deb > /dev/null ||
    not_ok "$suite: lintian finds nothing" "$(cat "$work/log")"
  check_equal "$suite: lintian has no errors, no warnings" '' "$(inside "$machine" lintian --allow-root /new.deb 2>&1 < /dev/null)"
  check_equal "$suite: and nothing is overridden" '' "$(dpkg-deb --contents "$built/new.deb" | grep lintian)"
}

# ---- the life of a package

# All files but those of package managers, with owner, mode and content; of /etc/passwd and group all lines.
files_of() { # ROOT
  (
    cd "$1"
    find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp -o -path ./packages -o -path ./var/cache \
      -o -path ./var/log -o -path ./var/lib/dpkg -o -path ./var/lib/apt -o -path ./var/lib/systemd/deb-systemd-helper-enabled \
      -o -path ./run -o -path ./srv -o -name '*-' -path './etc/*' \) -prune -o \
      ! -type d -printf '%M %U:%G %p\n' -o -type d -printf '%M %U:%G %p/\n' | sort
    sort etc/passwd etc/group etc/shadow | sed 's/^/account /'
  )
}

# What is OpenClaw's, to the nanosecond.
state_of() { # ROOT
  find "$1/srv/openclaw" -printf '%M %U:%G %T@ %C@ %P\n' | sort
  find "$1/srv/openclaw" -type f -exec sha256sum {} +
}

installed_status() {
  dpkg-query --admindir="$machine/var/lib/dpkg" --show --showformat='${db:Status-Abbrev}${Version}' "$package" 2> /dev/null ||
    printf 'unknown'
}

# As the service would run it: its user, its command line, its /etc/default. Sets url.
start_service() {
  exporter_log=$(mktemp "$work/exporter.XXXXXX.log")
  # shellcheck disable=SC2016  # expanded by the shell inside
  (inside "$machine" bash -euc '
    unit=/usr/lib/systemd/system/$1.service
    command=$(sed -n "s/^ExecStart=//p" "$unit")
    set -a
    . "$(sed -n "s/^EnvironmentFile=-//p" "$unit")"
    # systemd splits $ARGS at spaces, too.
    eval "exec setpriv --reuid=$1 --regid=$1 --clear-groups --no-new-privs $command"' bash "$package") \
    2> "$exporter_log" < /dev/null &
  exporter_job=$!
  children+=("$exporter_job")
  wait_for "$PATIENCE" find_url || { not_ok 'the service starts' "$(cat "$exporter_log")"; finish; }
  wait_for "$PATIENCE" is_ready || { not_ok 'the service becomes ready' "$(cat "$exporter_log")"; finish; }
  exporter_pid=$(innermost "$exporter_job")
}

try_service() { # TEXT
  start_service
  check_equal "$1: it runs as its own user" "$(stat --format=%u "$machine/var/lib/$package")" \
    "$(stat --format=%u "/proc/$exporter_pid")"
  expect_metric "$1: it reads the state directory that /etc/default names" 1 openclaw_lock_files gateway=main \
    agent=work kind=session
  check_equal "$1: it tells its version" "$2" "$(build_version)"
  check "$1: /-/reload" curl --silent --output "$work/ignored" --fail --request POST "$url/-/reload"
  kill -HUP "$exporter_pid"
  check "$1: SIGHUP reloads" wait_for "$PATIENCE" has_reloaded_twice
  stop_exporter
  check_equal "$1: SIGTERM ends it with status 0" 0 "$exporter_status"
}

has_reloaded_twice() {
  [ "$(grep --count 'msg="the configuration was reloaded"' "$exporter_log")" -ge 2 ]
}

# Unpacked anywhere it runs, with nothing installed.
try_tarball() { # SUITE VERSION
  local libraries
  mkdir "$machine/opt/unpacked"
  tar -C "$machine/opt/unpacked" --strip-components=1 -xzf "$tarball"
  check "$1: the tarball has licence, page, units and what they say" test -s "$machine/opt/unpacked/LICENSE" \
    -a -s "$machine/opt/unpacked/README.md" -a -s "$machine/opt/unpacked/share/man/man1/$package.1.gz" \
    -a -s "$machine/opt/unpacked/lib/systemd/system/$package.service"
  check "$1: its unit is one for /usr/local" grep --quiet "^ExecStart=/usr/local/bin/$package " \
    "$machine/opt/unpacked/lib/systemd/system/$package.service"
  libraries=$( (inside "$machine" ldd "/opt/unpacked/bin/$package") < /dev/null)
  check_equal "$1: of the host it needs the C library alone" '' \
    "$(grep --invert-match --extended-regexp '/opt/unpacked/|linux-vdso|ld-linux|/lib(c|m)\.so' <<< "$libraries")"
  exporter_log=$(mktemp "$work/exporter.XXXXXX.log")
  (inside "$machine" setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "/opt/unpacked/bin/$package" \
    --openclaw.state-dir=main=/srv/openclaw --web.listen-address=127.0.0.1:0) 2> "$exporter_log" < /dev/null &
  exporter_job=$!
  children+=("$exporter_job")
  wait_for "$PATIENCE" find_url || { not_ok "$1: the tarball's program starts" "$(cat "$exporter_log")"; finish; }
  exporter_pid=$(innermost "$exporter_job")
  expect_metric "$1: the tarball's program reads locks" 1 openclaw_lock_files gateway=main agent=work kind=session
  check_equal "$1: its version" "$2" "$(build_version)"
  stop_exporter
  check_equal "$1: and ends" 0 "$exporter_status"
  rm -rf "$machine/opt/unpacked"
}

build_version() {
  scrape | sed -n 's/^openclaw_lock_exporter_build_info{.*version="\([^"]*\)".*/\1/p'
}

dpkg_inside() { # ARGUMENT...
  run_inside "$machine" env DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold "$@"
}

life() { # SUITE
  local suite=$1 state version conffile
  machine=$work/$suite
  machines+=("$machine")
  conffile=$machine/etc/default/$package
  step "$suite: a bare Debian to install on" make_debian "$suite" "$machine"
  mkdir -p "$machine/srv/openclaw/agents/work/sessions" "$machine/packages"
  make_lock "$machine/srv/openclaw/agents/work/sessions/a.jsonl.lock" 1
  cp "$built"/*.deb "$machine/packages/"
  version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' "$repository/CMakeLists.txt")
  try_tarball "$suite" "$version"
  # What it depends on goes before, to see what the package itself leaves behind.
  # shellcheck disable=SC2016  # expanded by the shell inside
  step "$suite: its dependencies can be had" run_inside "$machine" bash -euc '
    apt-get -q update
    DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends systemd
    DEBIAN_FRONTEND=noninteractive apt-get -q -y satisfy --no-install-recommends "$1"' bash \
    "$(dpkg-deb --field "$built/new.deb" Depends)"
  files_of "$machine" > "$work/before"
  state=$(state_of "$machine")

  step "$suite: the older one is installed" dpkg_inside --install /packages/old.deb
  step "$suite: upgraded while nobody edited /etc/default" dpkg_inside --install /packages/new.deb
  check_equal "$suite: it is the new one's then" "$(cat "$repository/deploy/debian/default")" "$(cat "$conffile")"
  step "$suite: purged" dpkg_inside --purge "$package"
  step "$suite: the older one again" dpkg_inside --install /packages/old.deb
  printf 'ARGS="--openclaw.state-dir=main=/srv/openclaw --web.listen-address=127.0.0.1:0"\n' > "$conffile"
  try_service "$suite, installed" "$version"
  check "$suite: it keeps what it needs in its own directory" [ -d "$machine/var/lib/$package" ]
  check_equal "$suite: nobody else may look into it" 700 "$(stat --format=%a "$machine/var/lib/$package")"
  check "$suite: the service is enabled" [ -L "$machine/etc/systemd/system/multi-user.target.wants/$package.service" ]
  step "$suite: the unit is right" run_inside "$machine" systemd-analyze verify --man=no \
    "/usr/lib/systemd/system/$package.service"

  rm "$machine/etc/systemd/system/multi-user.target.wants/$package.service"
  : > "$machine/var/lib/$package/kept"
  step "$suite: upgraded" dpkg_inside --install /packages/new.deb
  check_equal "$suite: the edited /etc/default is kept" \
    'ARGS="--openclaw.state-dir=main=/srv/openclaw --web.listen-address=127.0.0.1:0"' "$(cat "$conffile")"
  check "$suite: and what the service had stored" [ -e "$machine/var/lib/$package/kept" ]
  check "$suite: a service that was disabled stays so" \
    [ ! -e "$machine/etc/systemd/system/multi-user.target.wants/$package.service" ]
  try_service "$suite, upgraded" "$version"
  step "$suite: installed once more" dpkg_inside --install /packages/new.deb

  step "$suite: removed" dpkg_inside --remove "$package"
  check_equal "$suite: dpkg keeps its configuration" rc "$(installed_status | head -c 2)"
  check "$suite: /etc/default, its directory and its user are still there" \
    test -e "$conffile" -a -e "$machine/var/lib/$package/kept"
  check "$suite: so is the user" grep --quiet "^$package:" "$machine/etc/passwd"
  check_equal "$suite: the program is gone" '' "$(find "$machine/usr" -name "*$package*")"

  step "$suite: purged" dpkg_inside --purge "$package"
  check_equal "$suite: dpkg has forgotten it" unknown "$(installed_status)"
  files_of "$machine" > "$work/after"
  check_equal "$suite: nothing is left of it, nothing else is gone" '' "$(diff "$work/before" "$work/after" || true)"
  check_equal "$suite: systemd has forgotten it" '' "$(find "$machine/etc/systemd" "$machine/var/lib/systemd" -name "*$package*")"
  check_equal "$suite: the state directory of OpenClaw is untouched" "$state" "$(state_of "$machine")"

  # A purge of a package that was not removed before.
  step "$suite: installed by apt" run_inside "$machine" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y install --no-install-recommends /packages/new.deb
  step "$suite: purged by apt" run_inside "$machine" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y purge "$package"
  files_of "$machine" > "$work/after"
  check_equal "$suite: nothing is left this time, too" '' "$(diff "$work/before" "$work/after" || true)"
}

chmod 755 "$work"
[ "$#" -gt 0 ] || set -- bookworm trixie
for suite in "$@"; do
  build "$suite"
  life "$suite"
done
finish
