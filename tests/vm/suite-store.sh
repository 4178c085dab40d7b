#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# suite-store.sh all|few|long - the power goes while the store is written to: from one moment on, no write and no flush
# reaches the disk any more, and all of them fail. What had been answered by then (told on another disk) is there when
# the file system is mounted again, and the database is whole.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh
case $1 in
long) cuts=200 ;;
few) cuts=5 ;;
*) cuts=20 ;;
esac

told() { stat -c %s /run/told; }
enough() { [ "$(told)" -ge "$1" ]; }

begin "power-lost-at-$cuts-moments"
flaky_up 64M
: > /run/told
i=0
while [ $i -lt $cuts ]; do
        i=$((i + 1))
        store-writer write /mnt/flaky/jobs.db /run/told $i > /run/writer 2>&1 &
        writer=$!
        # a record has some 56 bytes; the moments move through what a commit does
        check "cut $i: it writes" wait_for 30 enough $(($(told) + 600 + i * 56))
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

finish
