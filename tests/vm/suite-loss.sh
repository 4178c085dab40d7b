#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What can break while a setup is under way, and that it goes on afterwards.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh

bus_up
# shellcheck disable=SC2046
bt_up $(devices 1 20)

# Ten points from the first byte of the handshake to the last reply; the supervision timeout ends the link.
points='1 100 200 332 700 1000 1080 1150 1250 1330'
[ "${1:-all}" != few ] || points='1 332 1150'
n=0
for bytes in $points; do
        n=$((n + 1))
        begin "loss-after-$bytes"
        tell "$(device_name $n) drop-after $bytes"
        setup $n
        check "$(outcome $n), $(fault $n)" [ "$(outcome $n)" = done ]
        log "after $bytes bytes: $(step_count $n connect) connections"
        check "the link was lost" [ "$(step_count $n connect)" -ge 2 ]
        check "nothing left behind" nothing_left $((n - 1))
        end
done

begin slow-answers
tell "$(device_name 11) delay 300"
setup 11
check "$(outcome 11), $(fault 11)" [ "$(outcome 11)" = done ]
end

begin silent
setup 12 &
job=$!
check "session" wait_for 30 step_begun 12 session
tell "$(device_name 12) silent 1"
sleep 8
tell "$(device_name 12) silent 0"
wait $job
check "$(outcome 12), $(fault 12)" [ "$(outcome 12)" = done ]
end

begin daemon-restarts
setup 13 &
job=$!
check "joins" wait_for 30 step_begun 13 wifi-join
daemon_down
daemon_up
wait $job
check "$(outcome 13), $(fault 13)" [ "$(outcome 13)" = done ]
check "nothing left behind" nothing_left 12
end

begin power-cycle
setup 14 &
job=$!
check "joins" wait_for 30 step_begun 14 wifi-join
btmgmt power off > /dev/null
sleep 3
btmgmt power on > /dev/null
wait $job
check "$(outcome 14), $(fault 14)" [ "$(outcome 14)" = done ]
end

begin power-off
setup 15 &
job=$!
check "joins" wait_for 30 step_begun 15 wifi-join
btmgmt power off > /dev/null
wait $job
rc=$?
check "exit code $rc" [ $rc = 13 ]
check "fault $(fault 15)" [ "$(fault 15)" = bluetooth-off ]
check "it stays off: usher switches nothing" sh -c '! busctl get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered | grep -q true'
btmgmt power on > /dev/null
end

begin slots-taken
tell '* full 1'
setup 16 &
job=$!
check "connects" wait_for 30 step_begun 16 connect
sleep 3
tell '* full 0'
wait $job
check "$(outcome 16), $(fault 16)" [ "$(outcome 16)" = done ]
end

begin stale-services # the device comes back with other handles than bluetoothd remembers
setup 17 &
job=$!
check "joins" wait_for 30 step_begun 17 wifi-join
tell "$(device_name 17) drop"
check "other handles" usher-sim vhci --control $ctl --send "$(device_name 17) layout shifted"
wait $job
check "$(outcome 17), $(fault 17)" [ "$(outcome 17)" = done ]
check "nothing left behind" nothing_left 16
end

begin adapter-removed
setup 18 &
job=$!
check "joins" wait_for 30 step_begun 18 wifi-join
vhci_down
sleep 2
# shellcheck disable=SC2046
vhci_up $(devices 18 18)
wait $job
check "$(outcome 18), $(fault 18)" [ "$(outcome 18)" = done ]
end

begin adapter-gone-for-good
vhci_down
# shellcheck disable=SC2046
vhci_up $(devices 19 19)
setup 19 &
job=$!
check "joins" wait_for 30 step_begun 19 wifi-join
vhci_down
wait $job
rc=$?
check "exit code $rc" [ $rc = 13 ]
check "fault $(fault 19)" [ "$(fault 19)" = bluetooth-no-adapter ]
end

finish
