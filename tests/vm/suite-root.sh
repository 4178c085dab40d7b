#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The guest's root is what the suites in it rely on: systemd is up with nothing failed, udev, D-Bus, polkit and
# bluetoothd do their part, the picture decoder's cage holds, and a disk can lose writes.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh
log "multi-user: $(systemd-analyze | tr '\n' ' ')"

begin up
check "PID 1 is $(readlink /proc/1/exe)" [ "$(readlink /proc/1/exe)" = /usr/lib/systemd/systemd ]
check "state $(systemctl is-system-running), $(systemctl --failed --no-legend)" [ "$(systemctl is-system-running)" = running ]
check "polkit" busctl get-property org.freedesktop.PolicyKit1 /org/freedesktop/PolicyKit1/Authority \
        org.freedesktop.PolicyKit1.Authority BackendName
for m in vivid dummy_hcd usb_f_hid usb_f_acm uinput uhid dm_flakey dm_log_writes; do
        check "module $m" modprobe --dry-run $m
done
end

# nobody starts bluetoothd: the adapter does, by udev's rules and systemd
begin bluetooth
# shellcheck disable=SC2046
check "an adapter with power" vhci_up $(devices 1 1)
check "bluetoothd is systemd's" systemctl is-active bluetooth.service
check "a device" sh -c 'usher devices --seconds 2 | grep -q Argon-000001'
vhci_down
end

begin cage
check "the cage" test-label-sandbox
check "a picture" sh -c 'usher label /vm/dm_clean_0000.jpg > /dev/null'
end

begin lost-writes
flaky_up 16M
echo kept > /mnt/flaky/before
sync
check "writes are lost" flaky "0 60 1 drop_writes"
echo lost > /mnt/flaky/after
sync
umount /mnt/flaky
check "writes are kept again" flaky "60 0"
check "mounted again" mount /dev/mapper/flaky /mnt/flaky
check "what was written before" grep -q kept /mnt/flaky/before
check "what was written meanwhile is gone" [ ! -e /mnt/flaky/after ]
umount /mnt/flaky
flaky_down
end

finish
