#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# suite-store.sh all|few|long - the power goes while the store is written to. First, from some moments on, no write and no
# flush reaches the disk any more, and all of them fail. Then a run's writes are logged, and the disk is looked at as it
# would have been had the power gone at one of its flushes, numbered. What had been answered by then (told on another
# disk) is there when the file system is mounted again, and the database is whole.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh
case $1 in
long) cuts=200 points=all writes=1000 ;;
few) cuts=5 points=5 writes=500 ;;
*) cuts=20 points=20 writes=500 ;;
esac
fs_mb=24

told() { stat -c %s /run/told; }
logged() { [ "$(dmsetup status logged | cut -d' ' -f4)" -ge "$1" ]; }
enough() { [ "$(told)" -ge "$1" ]; }

begin "power-lost-at-$cuts-moments"
flaky_up 64M
: > /run/told
i=0
while [ $i -lt $cuts ]; do
        i=$((i + 1))
        store-writer write /mnt/flaky/jobs.db /run/told $i > /run/writer 2>&1 &
        writer=$!
        # a record has 64 bytes; the moments move through what a commit does
        check "cut $i: it writes" wait_for 30 enough $(($(told) + 640 + i * 64))
        sleep "0.00$((i % 10))"
        check "cut $i: no power" flaky "0 60 1 error_writes"
        wait $writer
        rc=$?
        check "cut $i: the writer: $(cat /run/writer)" [ $rc = 0 ]
        umount /mnt/flaky
        check "cut $i: power" flaky "60 0"
        check "cut $i: mounted again" mount /dev/mapper/flaky /mnt/flaky
        store-writer check /mnt/flaky/jobs.db /run/told > /run/checked 2>&1
        rc=$?
        check "cut $i: $(cat /run/checked)" [ $rc = 0 ]
        [ $i -lt $cuts ] || log "$(grep known /run/checked)"
done
umount /mnt/flaky
flaky_down
end

# The disk and what was told of it are two parts of one that is logged: each answer lies behind what it answers for.
begin "power-lost-at-$points-flush-points"
W=/dev/shm
truncate -s $((fs_mb + 1))M $W/disk
truncate -s 64M $W/log
disk=$(losetup --find --show $W/disk) log=$(losetup --find --show $W/log)
check "a file system" mkfs.ext4 -q "$disk" ${fs_mb}M
cp --sparse=always $W/disk $W/replayed
check "logged" dmsetup create logged --table "0 $(blockdev --getsz "$disk") log-writes $disk $log"
dmsetup create fs --table "0 $((fs_mb * 2048)) linear /dev/mapper/logged 0"
dmsetup create told --table "0 2048 linear /dev/mapper/logged $((fs_mb * 2048))"
mkdir -p /mnt/logged /mnt/cut
check "mounted" mount /dev/mapper/fs /mnt/logged
store-writer write /mnt/logged/jobs.db /dev/mapper/told 1 > /run/writer 2>&1 &
writer=$!
check "it writes" wait_for 60 logged $writes
kill -KILL $writer
wait $writer 2> /dev/null # says that it was killed
umount /mnt/logged
for name in told fs logged; do
        check "$name is let go" wait_for 5 dmsetup remove $name
done
losetup -d "$disk" "$log"
there=$(log-replay points $W/log)
[ "$points" != all ] || points=$there
check "$there flush points" [ "${there:-0}" -ge "$points" ]
i=0 at=0
while [ $i -lt "$points" ]; do
        i=$((i + 1))
        next=$((i * there / points))
        check "point $next" log-replay apply $W/log $W/replayed $at $next
        at=$next
        cp --sparse=always $W/replayed $W/cut
        dd if=$W/replayed of=$W/told bs=1M skip=$fs_mb status=none
        check "point $at: mounted" mount -o loop $W/cut /mnt/cut
        store-writer check /mnt/cut/jobs.db $W/told > /run/checked 2>&1
        rc=$?
        check "point $at of $there: $(cat /run/checked)" [ $rc = 0 ]
        umount /mnt/cut
done
log "$points of $there flush points; at the last $(grep known /run/checked)"
check "no job at all" [ "$(sed -n 's/^\([0-9]*\) jobs known.*/\1/p' /run/checked)" -ge 10 ]
rm $W/disk $W/log $W/replayed $W/cut $W/told
end

finish
