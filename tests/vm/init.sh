#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# PID 1 of the virtual machine after switch_root: runs /run/vm/cmd, leaves its exit status in /run/vm/rc, powers off.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=/root
export PATH HOME
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /var/lib/bluetooth 2>/dev/null || { mkdir -p /var/lib/bluetooth; mount -t tmpfs tmpfs /var/lib/bluetooth; }
mount -t debugfs debugfs /sys/kernel/debug
ln -sf /proc/self/fd /dev/fd
mkdir -p /run/dbus /run/lock
chmod 1777 /run/lock
busybox hostname vm
busybox ifconfig lo 127.0.0.1 up
. /run/vm/env
cd "$VM_CWD" || cd /
sh /run/vm/cmd </dev/null >/run/vm/stdout 2>/run/vm/stderr
echo $? >/run/vm/rc.part && mv /run/vm/rc.part /run/vm/rc
dmesg >/run/vm/dmesg
busybox poweroff -f
