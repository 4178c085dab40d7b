#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# PID 1 until the guest's root is mounted: adds the programs, and those of their libraries that the root has not.
PATH=/bin
mount -t devtmpfs dev /dev
for m in /mod/root/*.ko; do
        insmod "$m" || echo "root-init: $m failed"
done
mount -t ext4 -o noatime /dev/pmem0 /root || exit
cp -a /vm/* /root/vm/
cp -a /mod/share /root/mod/
(cd /libs && find . -type f) | while read -r f; do
        [ -e "/root/$f" ] || [ -L "/root/$f" ] || { mkdir -p "/root/${f%/*}" && cp "/libs/$f" "/root/$f"; }
done
umount /dev
exec switch_root /root /sbin/init
