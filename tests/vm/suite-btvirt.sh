#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A peer that nobody here wrote: the device is a GATT application of bluetoothd on btvirt's first controller, and usher
# comes over its second.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh

bus_up
conf 0 0
daemon_up
btvirt -L -l2 > /run/vhci.log 2>&1 &
both_powered() { [ "$(objects | grep -o '"Powered" b true' | wc -l)" = 2 ]; }
check "two controllers" wait_for 20 both_powered
ble-peer hci0 ARGHAM000000001 ABCDEFGHJKLM001 > /run/work/peer.out 2> /run/work/peer.err &
peer_pid=$!

begin bluez-as-device
check "registered" wait_for 10 sh -c '[ "$(grep -c registered /run/work/peer.out)" = 2 ]'
usher_radio=bluez:hci1
setup 1
check "exit code" [ $? = 0 ]
check "$(outcome 1), $(fault 1)" [ "$(outcome 1)" = done ]
log "$(tr '\n' ' ' < /run/work/peer.out) connect $(step_ms 1 connect) ms, session $(step_ms 1 session) ms"
kill $peer_pid
end

finish
