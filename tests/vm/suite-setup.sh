#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whole setups with a real kernel and bluetoothd: one device, several, at once, and what an installer's day brings.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh

# fresh FIRST LAST [OPTION]...: devices straight from the factory
fresh() {
        fresh_first=$1 fresh_last=$2
        shift 2
        vhci_down
        # shellcheck disable=SC2046
        vhci_up $(devices "$fresh_first" "$fresh_last") "$@"
}

expect_done() { # N...
        for n; do
                check "device $n: $(outcome "$n"), $(fault "$n")" [ "$(outcome "$n")" = done ]
        done
}

bus_up

begin no-adapter
daemon_up
t=$(now_ms)
setup 1
check "exit code" [ $? = 13 ]
check "within a second" [ $(($(now_ms) - t)) -lt 1000 ]
check "fault $(fault 1)" [ "$(fault 1)" = bluetooth-no-adapter ]
log "no adapter: $(($(now_ms) - t)) ms"
end

vhci_up

begin one
cat > /run/work/seed.json <<'SEED'
{ "users": [{ "username": "me@example.com", "password": "pw" }],
  "tokens": [{ "token": "0123456789abcdef0123456789abcdef01234567", "user": "me@example.com" }],
  "devices": [{ "id": "e00fce68c0ffee0000000001", "serial": "ARGHAM000000001", "mobile_secret": "ABCDEFGHJKLM001", "platform_id": 12 }] }
SEED
usher-sim cloud --seed /run/work/seed.json > /run/work/cloud.out 2> /run/work/cloud.err &
cloud_pid=$!
check "virtual cloud" wait_for 10 grep -q ready /run/work/cloud.out
url=$(sed -n 's/^ready //p' /run/work/cloud.out)
printf '0123456789abcdef0123456789abcdef01234567' > /run/work/token
fresh 1 1 --cloud "$url"
setup 1 --cloud "$url" --token-file /run/work/token --claim user --name pump-7
check "exit code" [ $? = 0 ]
expect_done 1
check "owner" grep -q '"owner":"me@example.com"' /run/work/usher.1.json
check "name" grep -q '"name":"pump-7"' /run/work/usher.1.json
check "nothing left behind" nothing_left 0
kill $cloud_pid
wait $cloud_pid
end

begin devices
fresh 1 2
usher devices --seconds 2 > /run/work/devices
check "table" [ "$(grep -c "argon .* dBm .* possible" /run/work/devices)" = 2 ]
usher devices --seconds 20 --json > /run/work/devices.json &
job=$!
check "they appear" wait_for 5 sh -c '[ "$(grep -c "\"connectable\":true" /run/work/devices.json)" -ge 2 ]'
setup 1 &
setup_job=$!
check "one is in use" wait_for 8 grep -q '"name":"Argon-000001".*"connectable":false' /run/work/devices.json
wait $setup_job
expect_done 1
wait $job
end

begin four-in-a-row
fresh 1 4
for n in 1 2 3 4; do
        setup $n
        check "device $n: exit code $?" [ "$(outcome $n)" = done ]
done
check "nothing left behind" nothing_left 0 1 2 3
end

for many in 2 5; do
        begin $many-at-once
        fresh 1 $many
        t=$(now_ms)
        n=1 pids=
        while [ $n -le $many ]; do
                setup $n &
                pids="$pids $!"
                n=$((n + 1))
        done
        for p in $pids; do
                wait "$p" || bad "exit code $?"
        done
        log "$many at once: $(($(now_ms) - t)) ms"
        # shellcheck disable=SC2046
        expect_done $(seq 1 $many)
        # shellcheck disable=SC2046
        check "nothing left behind" nothing_left $(seq 0 $((many - 1)))
        end
done

begin wrong-secret
fresh 1 1
printf 'ARGHAM000000001 AAAAAAAAAAAAAAA\n' > /run/work/other
setup 1 --label /run/work/other
check "exit code" [ $? = 12 ]
check "nothing left behind" nothing_left 0
end

begin mtu-23
fresh 1 1 --mtu 23
setup 1
expect_done 1
end

begin lossy-radio
fresh 1 1
tell '* loss 20'
setup 1
expect_done 1
end

begin never-completes
fresh 1 1
tell '* connect hangs'
t=$(now_ms)
setup 1
rc=$?
log "gave up after $(($(now_ms) - t)) ms: $(fault 1)"
check "exit code $rc" [ $rc = 13 ]
check "nothing left behind" nothing_left 0
end

begin establish-fails
fresh 1 1
tell '* connect dies 2'
setup 1
expect_done 1
end

begin leaves
fresh 1 1
setup 1 &
job=$!
check "joins" wait_for 30 step_begun 1 wifi-join
tell '* hide 1'
wait $job
rc=$?
log "left: exit $rc, $(fault 1)"
check "exit code $rc" [ $rc = 11 -o $rc = 13 ]
check "nothing left behind" nothing_left 0
end

begin foreign-scan
fresh 1 1
(sleep 120 | bluetoothctl scan on > /run/work/bluetoothctl 2>&1) &
check "it scans" wait_for 10 sh -c 'busctl get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Discovering | grep -q true'
setup 1
expect_done 1
kill %% 2> /dev/null
killall bluetoothctl
end

begin after-kill
fresh 1 1
setup 1 &
job=$!
check "joins" wait_for 30 step_begun 1 wifi-join
killall -KILL usher
wait $job
check "the link outlives it" sh -c "usher-sim vhci --control $ctl --send facts | grep -q links=1"
setup 1
expect_done 1
check "nothing left behind" nothing_left 0
end

finish
