#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# PID 1 of the small virtual machine.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/vm
HOME=/root
export PATH HOME
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /run/dbus /run/lock
ln -sf /run /var/run
mount -t debugfs debugfs /sys/kernel/debug
ln -sf /proc/self/fd /dev/fd
chmod 1777 /run/lock /tmp
hostname vm
ifconfig lo 127.0.0.1 up
for m in /mod/bluetooth/*.ko; do
        insmod "$m" || echo "init: $m failed"
done
exec /vm/command.sh
