#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The end of every boot: runs the command line of vm.sh, hands out what is in /run/keep, powers off.
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/vm
HOME=/root
export PATH HOME
mkdir -p /run/keep
# the second serial line is the command's output, so that the kernel's does not mix with it
stty -F /dev/ttyS1 raw 2>/dev/null
cd /run || exit
sh -c "$(sed 's/.*vm.cmd=\([^ ]*\).*/\1/; s/%20/ /g' /proc/cmdline)" < /dev/null > /dev/ttyS1 2>&1
echo $? > /run/keep/rc
dmesg > /run/keep/dmesg
! command -v journalctl > /dev/null || journalctl --no-pager -o short-monotonic > /run/keep/journal

for m in /mod/share/*.ko; do
        insmod "$m" 2> /dev/null
done
mkdir -p /run/share
mount -t 9p -o trans=virtio,version=9p2000.L share /run/share && cp -r /run/keep/* /run/share/
umount /run/share
poweroff -f > /dev/null 2>&1
