#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs a command as a container runtime does, with nothing but the kernel: a root of its own, the mounts, user,
# capabilities and PID namespace that a compose file or a pod asks for. The network is that of the caller.
#
#   container.sh [OPTION...] -- COMMAND [ARGUMENT...]
#
#     --pid host|own|PID     PID namespace: the caller's, a new one, or that of process PID (default own)
#     --cgroup host|private  what the container sees of control groups (default private, as Docker with version 2)
#     --group DIRECTORY      control group to run in
#     --user UID[:GID]       (default 65534)
#     --cap NAME             keep this capability, such as sys_ptrace; all others are dropped
#     --bind SOURCE:TARGET[:ro]
#     --tmpfs TARGET[:MODE]
#     --host NAME            resolves to 127.0.0.1
#     --env NAME=VALUE
#     --writable             the root is a tmpfs that can be written to (default: read-only)
#
# A runtime gives a user other than root no capability, whatever it adds (they are not ambient); so does this.
# Not like a container: /usr is the host's, and no AppArmor, SELinux or seccomp profile is loaded.
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  pid=own
  cgroup=private
  group=''
  options=("$@")
  while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
    case $1 in
      --pid) pid=$2 ;;
      --cgroup) cgroup=$2 ;;
      --group) group=$2 ;;
    esac
    if [ "$1" = --writable ]; then shift; else shift 2; fi
  done
  [ -z "$group" ] || printf '%s\n' $$ > "$group/cgroup.procs"
  outer=()
  inner=(unshare --mount)
  [ "$cgroup" = host ] || inner+=(--cgroup)
  case $pid in
    host) ;;
    own) inner+=(--pid --fork --kill-child) ;;
    *) outer=(nsenter --target "$pid" --pid) ;;
  esac
  exec "${outer[@]}" "${inner[@]}" bash "${BASH_SOURCE[0]}" --inside "${options[@]}"
fi
shift

user=65534:65534
capabilities=''
cgroup=private
binds=()
tmpfs=()
hosts=()
environment=()
writable=no
while [ "$#" -gt 0 ]; do
  case $1 in
    --) break ;;
    --pid | --group) shift ;;
    --user) user=$2 && shift ;;
    --cap) capabilities+=",+$2" && shift ;;
    --cgroup) cgroup=$2 && shift ;;
    --bind) binds+=("$2") && shift ;;
    --tmpfs) tmpfs+=("$2") && shift ;;
    --host) hosts+=("$2") && shift ;;
    --env) environment+=("$2") && shift ;;
    --writable) writable=yes ;;
    *)
      printf 'container.sh: unknown option %s\n' "$1" >&2
      exit 2
      ;;
  esac
  shift
done
shift

mount --make-rprivate /
# Hidden by the root that is put over it. Not below /tmp, which the sources of binds may lie in.
root=/mnt
mount -t tmpfs -o mode=755 container "$root"
for directory in usr bin sbin lib lib64; do
  if [ -L "/$directory" ]; then
    cp --no-dereference "/$directory" "$root/$directory"
  elif [ -d "/$directory" ]; then
    mkdir "$root/$directory"
    mount --rbind -o ro "/$directory" "$root/$directory"
  fi
done
mkdir -p "$root"/{dev,etc,proc,sys,run,var} "$root/home/node"
mkdir -m 1777 "$root/tmp"
cp -r /etc/alternatives /etc/ld.so.cache "$root/etc/" 2> /dev/null || true
printf 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/sh\n' \
  > "$root/etc/passwd"
{
  printf '127.0.0.1 localhost\n'
  for host in "${hosts[@]}"; do printf '127.0.0.1 %s\n' "$host"; done
} > "$root/etc/hosts"
printf 'hosts: files\n' > "$root/etc/nsswitch.conf"
for device in null zero full random urandom; do
  : > "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t proc proc "$root/proc"
mount --rbind -o ro /sys "$root/sys"
# A private namespace of control groups gets the hierarchy mounted anew, with its own group as the root.
if [ "$cgroup" = private ] && where=$(findmnt --noheadings --first-only --output TARGET --types cgroup2); then
  umount "$root$where"
  mount -t cgroup2 cgroup "$root$where"
fi
place_for() { # SOURCE TARGET
  if [ -d "$1" ]; then
    mkdir -p "$root$2"
  else
    mkdir -p "$(dirname "$root$2")"
    [ -e "$root$2" ] || : > "$root$2"
  fi
}
for entry in "${tmpfs[@]}"; do
  mkdir -p "$root${entry%%:*}"
  mode=1777
  [[ $entry != *:* ]] || mode=${entry#*:}
  mount -t tmpfs -o "mode=$mode" tmpfs "$root${entry%%:*}"
done
for entry in "${binds[@]}"; do
  IFS=: read -r source target option <<< "$entry"
  [ -e "$source" ] || {
    printf 'container.sh: nothing to mount at %s\n' "$source" >&2
    exit 1
  }
  # The source may lie below what is hidden by a mount of the container; it is opened by the caller's root all the same.
  place_for "$source" "$target"
  mount --rbind "$source" "$root$target"
  [ "$option" != ro ] || mount -o remount,bind,ro "$root$target"
done
[ "$writable" = yes ] || mount -o remount,bind,ro "$root"
mkdir -p "$root/run" 2> /dev/null || true
cd "$root"
pivot_root . . 2> /dev/null || {
  printf 'container.sh: cannot change the root\n' >&2
  exit 1
}
umount --lazy .
cd /
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${environment[@]}" \
  setpriv --reuid "${user%:*}" --regid "${user#*:}" --clear-groups --no-new-privs \
  --bounding-set "-all$capabilities" --inh-caps=-all -- "$@"
