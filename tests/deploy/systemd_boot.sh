#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Becomes systemd, on a copy of this machine's root that vanishes with it: run by systemd_boot_test.sh in namespaces of
# its own (mount, PID, network, ...).
#
#   systemd_boot.sh WORK BINARY UNITS ACTOR
set -euo pipefail
work=$1 binary=$2 units=$3 actor=$4

mount --make-rprivate /
mount -t tmpfs none "$work"
mkdir "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
cd "$work/root"
install -m 755 "$binary" usr/bin/openclaw-lock-exporter
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
for directory in run tmp home etc/systemd/system etc/systemd/user var/lib dev; do
  mkdir -p "$directory"
  mount -t tmpfs -o mode=755 tmpfs "$directory"
done
chmod 1777 tmp
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
else
  mount -t tmpfs tmpfs sys/fs/cgroup
  mkdir sys/fs/cgroup/unified sys/fs/cgroup/systemd
  mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd systemd sys/fs/cgroup/systemd
fi

cat > etc/passwd << 'USERS'
root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
openclaw-lock-exporter:x:990:990::/nonexistent:/usr/sbin/nologin
alice:x:1000:1000::/home/alice:/bin/bash
USERS
sed -E 's/:[^:]*:[^:]*:[^:]*:[^:]*$//; s/^([^:]*):x:[0-9]*:([0-9]*).*/\1:x:\2:/' etc/passwd > group
mv group etc/group
: > etc/fstab
: > etc/machine-id
mkdir -p etc/default
cp "$units/openclaw-lock-exporter.service" etc/systemd/system/
cp "$units/openclaw-lock-exporter.user.service" etc/systemd/user/openclaw-lock-exporter.service
cat > etc/systemd/system/boot.target << 'UNIT'
[Unit]
Requires=basic.target
After=basic.target
AllowIsolate=yes
UNIT
# The manager of a user, which logind would start.
cat > etc/systemd/system/alice.service << 'UNIT'
[Service]
Type=notify
User=alice
Delegate=yes
RuntimeDirectory=alice
Environment=XDG_RUNTIME_DIR=/run/alice HOME=/home/alice
ExecStart=/lib/systemd/systemd --user --unit=basic.target
UNIT

state=home/alice/.openclaw
mkdir -p "$state/agents/main/sessions"
install -m 755 "$actor" home/openclaw-gateway
chown -R 1000:1000 home/alice
chmod 700 home/alice "$state"

ip link set lo up
pivot_root . mnt
umount --lazy /mnt
exec env -i container=openclaw-lock-exporter-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=boot.target --log-target=journal
