#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# PID 1 of the virtual machine: runs the command line of vm.sh, hands out what is in /run/keep, powers off.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/vm
HOME=/root
export PATH HOME
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir -p /run/dbus /run/lock /run/keep
ln -sf /run /var/run
mount -t debugfs debugfs /sys/kernel/debug
ln -sf /proc/self/fd /dev/fd
chmod 1777 /run/lock /tmp
hostname vm
ifconfig lo 127.0.0.1 up
for m in /mod/bluetooth/*.ko; do
        insmod "$m" || echo "init: $m failed"
done

# the second serial line is the command's output, so that the kernel's does not mix with it
stty -F /dev/ttyS1 raw 2>/dev/null
cd /run
sh -c "$(sed 's/.*vm.cmd=\([^ ]*\).*/\1/; s/%20/ /g' /proc/cmdline)" < /dev/null > /dev/ttyS1 2>&1
echo $? > /run/keep/rc
dmesg > /run/keep/dmesg

for m in /mod/share/*.ko; do
        insmod "$m"
done
mkdir -p /run/share
mount -t 9p -o trans=virtio,version=9p2000.L share /run/share && cp -r /run/keep/* /run/share/
umount /run/share
poweroff -f
