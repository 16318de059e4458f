#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The container image: built from deploy/Dockerfile on a bare Debian, and run as nobody with a root that cannot be written
# to. Needs root, buildah, debootstrap and the mirror of this machine; no registry.
#
# Environment:
#   FRESH_CACHE=DIR   keeps the bare Debian as DIR/bookworm.tar, and starts from it the next time
#   IMAGE_MIB         how big it may be (30)
# shellcheck disable=SC2317  # functions are called by name
set -euo pipefail
# shellcheck source=tests/e2e/e2e.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/e2e.sh"
repository=$(cd "$e2e/../.." && pwd)
# shellcheck source=tests/support/debian_machine.sh
. "$repository/tests/support/debian_machine.sh"

need_root
need buildah curl debootstrap git jq unshare
[ -n "$(host_mirror)" ] || skip 'apt knows no Debian mirror here'

base=docker.io/library/debian:bookworm-slim
image=localhost/openclaw-lock-exporter:test

# Its own store: nothing of the user's images is seen or touched.
store() { # ARGUMENT OF buildah...
  buildah --root "$work/store" --runroot "$work/runroot" --storage-driver vfs "$@"
}

step() { # TEXT COMMAND...
  local text=$1
  shift
  if "$@" > "$work/log" 2>&1 < /dev/null; then ok "$text"; else not_ok "$text" "$(tail -n 40 "$work/log")"; finish; fi
}

unmount() {
  store umount --all > /dev/null 2>&1
}
on_exit+=(unmount)

commit_base() {
  local container
  make_debian bookworm "$work/debian"
  container=$(store from scratch)
  store add "$container" "$work/debian" /
  store commit --rm "$container" "$base"
  rm -rf --one-file-system "$work/debian"
}

config_of() { # JQ-EXPRESSION
  store inspect --type image "$image" | jq --raw-output --compact-output "$1"
}

# Runs a program of the image as Docker does with --user 65534 --read-only --cap-drop ALL and no-new-privileges, its files
# at $root. /srv/openclaw is read only; the network is ours.
in_image() { # COMMAND...
  # shellcheck disable=SC2016  # expanded by the inner shell
  exec unshare --mount --propagation private bash -c '
    set -e
    root=$1
    shift
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --bind "$1" "$root/srv/openclaw"
    mount -o remount,ro,bind "$root/srv/openclaw"
    mount -o remount,ro,bind "$root"
    shift
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid \
      chroot --userspec=65534:65534 --groups= "$root" "$@"
  ' image "$root" "$work/state" "$@"
}

start_image() { # COMMAND...
  exporter_log=$(mktemp "$work/exporter.XXXXXX.log")
  (in_image "$@") 2> "$exporter_log" < /dev/null &
  exporter_job=$!
  children+=("$exporter_job")
  wait_for "$PATIENCE" listens || { not_ok 'the image starts' "$(cat "$exporter_log")"; finish; }
  exporter_pid=$(innermost "$exporter_job")
}

listens() {
  grep --quiet 'msg=listening' "$exporter_log"
}

health() {
  local status=0
  (in_image "${healthcheck[@]}") < /dev/null || status=$?
  printf '%s\n' "$status"
}

# ---- building

step 'a bare Debian as base image' commit_base
revision=$(git -C "$repository" rev-parse --short=12 HEAD)
version=$(sed -n 's/^project(.* VERSION \([0-9.]*\).*/\1/p' "$repository/CMakeLists.txt")
step 'the image is built' store build --isolation chroot --pull-never --layers=false --format docker --file "$repository/deploy/Dockerfile" \
  --build-arg "VERSION=$version" --build-arg "REVISION=$revision" --tag "$image" "$repository"

# ---- what it says of itself

check_equal 'it runs as nobody' 65534:65534 "$(config_of .OCIv1.config.User)"
check_equal 'the program is the entry point, without a shell' '["/usr/bin/openclaw-lock-exporter"]' \
  "$(config_of .OCIv1.config.Entrypoint)"
check_equal 'there are no arguments that others would replace' null "$(config_of .OCIv1.config.Cmd)"
check_equal 'its port' '["10069"]' "$(config_of '.OCIv1.config.ExposedPorts | keys | map(split("/")[0])')"
check_equal 'its version' "$version" "$(config_of '.OCIv1.config.Labels["org.opencontainers.image.version"]')"
check_equal 'its revision' "$revision" "$(config_of '.OCIv1.config.Labels["org.opencontainers.image.revision"]')"
check_equal 'its licence' Apache-2.0 "$(config_of '.OCIv1.config.Labels["org.opencontainers.image.licenses"]')"
mapfile -t healthcheck < <(config_of '.Docker.config.Healthcheck.Test[]')
check_equal 'its health check needs no shell' CMD "${healthcheck[0]:-none}"
healthcheck=("${healthcheck[@]:1}")

# ---- what is in it

container=$(store from --pull-never "$image")
root=$(store mount "$container")
size=$(du --summarize --apparent-size --block-size=KiB "$root" | sed 's/KiB.*//')
check "it is small: $((size / 1024)) MiB" [ "$size" -le $((${IMAGE_MIB:-30} * 1024)) ]
check_equal 'no shell' '' "$(find "$root" -name '*sh' -type f -perm /111)"
check_equal 'two programs' 'openclaw-lock-exporter openclaw-lock-healthcheck' \
  "$(find "$root" -type f -perm /111 -path '*/bin/*' -printf '%f\n' | sort | paste -s -d ' ')"
check_equal 'nothing runs with the rights of another' '' "$(find "$root" -type f -perm /6000)"
check_equal 'nobody may write into it but to /tmp' "$root/tmp" "$(find "$root" -perm /022 ! -type l)"
check_equal 'scanners find each library' '' \
  "$(for file in "$root"/var/lib/dpkg/status.d/*; do
    grep --quiet '^Version: ' "$file" && [ -s "$root/usr/share/doc/$(basename "$file")/copyright" ] || printf '%s\n' "$file"
  done)"

# ---- running

chmod 755 "$work"
mkdir -p "$work/state/agents/work/sessions" "$root/srv/openclaw" "$root/proc"
make_lock "$work/state/agents/work/sessions/a.jsonl.lock" 1
before=$(find "$work/state" -printf '%M %U %T@ %C@ %P\n' | sort)
mapfile -t entrypoint < <(config_of '.OCIv1.config.Entrypoint[]')

check_equal 'it tells its version and revision' "openclaw-lock-exporter $version (revision $revision" \
  "$( (in_image "${entrypoint[@]}" --version) | sed 's/, .*//')"
check 'without a flag it listens on all addresses of the container' grep --quiet -- '--web.listen-address=:10069' \
  <((in_image "${entrypoint[@]}" --help))
check 'buildah runs it, too' grep --quiet '^openclaw_lock_exporter_build_info' \
  <(store run --isolation chroot --user 65534:65534 "$container" -- "${entrypoint[@]}" --once 2>&1)

if curl --silent --output /dev/null http://127.0.0.1:10069/; then
  not_ok 'port 10069 is free, for the health check' 'something else listens there'
  finish
fi
check_equal 'nothing runs: not healthy' 1 "$(health)"
start_image "${entrypoint[@]}" --openclaw.state-dir=main=/srv/openclaw --sample.interval="$INTERVAL"
url=http://127.0.0.1:10069
wait_for "$PATIENCE" is_ready || not_ok 'it becomes ready' "$(cat "$exporter_log")"
check_equal 'it runs as 65534' 65534 "$(stat --format=%u "/proc/$exporter_pid")"
check_equal 'without any capability' 0000000000000000 "$(sed -n 's/^CapEff:[[:space:]]*//p' "/proc/$exporter_pid/status")"
expect_metric 'it reads the state directory' 1 openclaw_lock_files gateway=main agent=work kind=session
address=$(hostname -I 2> "$work/ignored" | sed 's/ .*//')
if [ -n "$address" ]; then
  check 'it answers on an address that is not loopback' curl --noproxy '*' --silent --fail --max-time 5 --output /dev/null \
    "http://$address:10069/metrics"
fi
check_equal 'healthy' 0 "$(health)"
kill -STOP "$exporter_pid"
check_equal 'stopped: not healthy' 1 "$(health)"
kill -CONT "$exporter_pid"
stop_exporter
check_equal 'SIGTERM ends it with status 0' 0 "$exporter_status"
check_equal 'the state directory is untouched' "$before" "$(find "$work/state" -printf '%M %U %T@ %C@ %P\n' | sort)"
finish
