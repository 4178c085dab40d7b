# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by every suite inside the virtual machine: Bluetooth up and down, scenarios with names, logs that are kept.
# The guest's code runs some ten times slower than on the host, its clock does not: budgets are guest time.

sim=usher-sim
OUT=/run/keep
ctl=/run/vhci.ctl
failed=0 passed=0
scenario= vhci_pid=

log() { printf '[%s] %s\n' "$(cut -d' ' -f1 /proc/uptime)" "$*"; }
now_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }

# wait_for SECONDS COMMAND...: true as soon as the command is
wait_for() {
        wait_end=$(($(now_ms) + $1 * 1000))
        shift
        until "$@" >/dev/null 2>&1; do
                [ "$(now_ms)" -lt $wait_end ] || { log "waited in vain: $*"; return 1; }
                sleep 0.05
        done
}

objects() { busctl --timeout=2 call org.bluez / org.freedesktop.DBus.ObjectManager GetManagedObjects; }
have_daemon() { busctl --timeout=2 call org.bluez / org.freedesktop.DBus.Peer Ping || objects; }
have_power() { busctl --timeout=2 get-property org.bluez /org/bluez/hci0 org.bluez.Adapter1 Powered | grep -q true; }
no_devices() { ! busctl --timeout=2 tree --list org.bluez | grep -q /dev_; }

bus_up() {
        dbus-daemon --system --fork --nopidfile
}

# conf MIN MAX: main.conf with this connection interval (1.25 ms units; 0: Linux' default; "advised": the lines that
# usher's documentation gives)
conf() {
        # EATT would reorder writes between two BlueZ ends; no device in setup mode has it
        printf '[GATT]\nChannels = 1\n' > /run/main.conf
        [ "$1" != advised ] || cat /vm/main.conf.usher >> /run/main.conf
        [ "$1" = 0 ] || [ "$1" = advised ] || printf '[LE]\nMinConnectionInterval=%d\nMaxConnectionInterval=%d\n' "$1" "$2" >> /run/main.conf
}

daemon_up() {
        [ -f /run/main.conf ] || conf 0 0
        /usr/libexec/bluetooth/bluetoothd -n -f /run/main.conf >> /run/bluetoothd.log 2>&1 &
        daemon_pid=$!
        wait_for 15 have_daemon
}

daemon_down() {
        kill "$daemon_pid" 2>/dev/null || :
        wait "$daemon_pid" 2>/dev/null || :
}

# vhci_up OPTIONS: the adapter and its devices
vhci_up() {
        "$sim" vhci --control $ctl "$@" >> /run/vhci.log 2>&1 &
        vhci_pid=$!
        wait_for 15 have_power
}

vhci_down() {
        [ -n "$vhci_pid" ] || return 0
        kill "$vhci_pid" 2>/dev/null || :
        wait "$vhci_pid" 2>/dev/null || :
        vhci_pid=
}

tell() { "$sim" vhci --control $ctl --send "$*" > /dev/null || log "control refused: $*"; }
facts() { "$sim" vhci --control $ctl --send facts; }

# bt_up OPTIONS: fresh daemon, fresh state, fresh devices
bt_up() {
        rm -rf /var/lib/bluetooth/*
        : > /run/bluetoothd.log
        : > /run/vhci.log
        daemon_up && vhci_up "$@"
}

bt_down() {
        vhci_down
        daemon_down
}

# devices: the N-th has serial number, id and secret with N in them; its name is Argon-00000N
device_name() { printf 'Argon-%06d' "$1"; }

# devices FROM TO: options of usher-sim vhci
devices() {
        devices_i=$1
        while [ "$devices_i" -le "$2" ]; do
                printf -- '--device serial=ARGHAM%09d,id=e00fce68c0ffee%010d,secret=ABCDEFGHJKLM%03d ' \
                        "$devices_i" "$devices_i" "$devices_i"
                devices_i=$((devices_i + 1))
        done
}

# setup N [OPTION]...: usher on the N-th device, by the radio $usher_radio (bluez); leaves events in usher.N.json, its words in usher.N.err
setup() {
        setup_n=$1
        shift
        printf 'ARGHAM%09d ABCDEFGHJKLM%03d\n' "$setup_n" "$setup_n" > /run/work/label.$setup_n
        USHER_RADIO=${usher_radio:-bluez} usher setup --label /run/work/label.$setup_n --wifi-ssid usher-lab \
                --wifi-password-file /run/work/password --claim none --no-input --json "$@" \
                > /run/work/usher.$setup_n.json 2> /run/work/usher.$setup_n.err
}

# facts of a run: its outcome, its fault, how long a step took, how often it was begun
outcome() { sed -n 's/.*"event":"result","outcome":"\([^"]*\)".*/\1/p' /run/work/usher.$1.json; }
fault() { sed -n 's/.*"event":"result".*"fault":"\{0,1\}\([^",]*\).*/\1/p' /run/work/usher.$1.json; }
step_ms() { sed -n "s/.*\"step\":\"$2\",\"light\":[^{]*\"state\":\"done\".*\"ms\":\([0-9]*\).*/\1/p" /run/work/usher.$1.json | tail -n1; }
step_count() { grep -c "\"step\":\"$2\",.*\"state\":\"started\"" /run/work/usher.$1.json; }
step_begun() { grep -q "\"step\":\"$2\",.*\"state\":\"started\"" /run/work/usher.$1.json; }

# no_device N: bluetoothd has no object of the N-th of this adapter's devices (others in range may have one)
no_device() { ! busctl --timeout=2 tree --list org.bluez | grep -q "dev_C0_12_34_AB_CD_$(printf %02X "$1")\$"; }

# nothing_left [INDEX...]: no object of these devices (they count from 0), no connection, no record of any
nothing_left() {
        for left; do
                wait_for 8 no_device "$left" || return
        done
        facts | grep -q 'links=0 ' && [ -z "$(ls /run/usher 2> /dev/null)" ]
}

begin() {
        scenario=$1
        log "--- $scenario"
        problems=0
        rm -f /run/work/usher.* /run/work/label.*
}

bad() {
        problems=$((problems + 1))
        log "BAD $scenario: $*"
}

# What AddressSanitizer had to say of any process since the last look, also of one whose exit status nobody asked for
no_reports() {
        for report in /run/sanitizer/*; do
                [ -e "$report" ] || return 0
                bad "$(grep -m1 -e ERROR -e FATAL "$report")"
                mkdir -p "$OUT/$scenario"
                mv "$report" "$OUT/$scenario/"
        done
}

# check TEXT COMMAND...
check() {
        check_text=$1
        shift
        "$@" || bad "$check_text"
}

# flaky_up SIZE: a disk that can lose writes, with ext4, mounted at /mnt/flaky
flaky_up() {
        truncate -s "$1" /var/tmp/disk
        disk=$(losetup --find --show /var/tmp/disk)
        sectors=$(blockdev --getsz "$disk")
        mkdir -p /mnt/flaky
        check "made" dmsetup create flaky --table "0 $sectors flakey $disk 0 60 0"
        check "a file system" mkfs.ext4 -q /dev/mapper/flaky
        check "mounted" mount /dev/mapper/flaky /mnt/flaky
}

# flaky TABLE: what /dev/mapper/flaky does from now on; see dm-flakey in the kernel's documentation
flaky() {
        dmsetup suspend --nolockfs flaky && dmsetup load flaky --table "0 $sectors flakey $disk 0 $1" && dmsetup resume flaky
}

flaky_down() {
        check "removed" dmsetup remove flaky
        losetup -d "$disk"
        rm /var/tmp/disk
}

# end: counts the scenario, and keeps its logs when it failed
end() {
        no_reports
        if [ $problems = 0 ]; then
                passed=$((passed + 1))
                log "ok $scenario"
                return
        fi
        failed=$((failed + 1))
        mkdir -p "$OUT/$scenario"
        cp /run/bluetoothd.log /run/vhci.log "$OUT/$scenario/" 2>/dev/null || :
        cp /run/work/* "$OUT/$scenario/" 2>/dev/null || :
        dmesg | tail -n 200 > "$OUT/$scenario/dmesg"
        log "FAILED $scenario"
        [ ! -f /run/bluetoothd.log ] || tail -n 40 /run/bluetoothd.log | grep -v -i -e sap -e vcp -e mcp -e bap >&2 || :
}

finish() {
        problems=0 scenario=after-all
        vhci_down # says what it leaked, if it is still there
        no_reports
        [ $problems = 0 ] || failed=$((failed + 1))
        log "$passed passed, $failed failed"
        [ $failed = 0 ]
}
mkdir -p /run/work /run/sanitizer
# only a sanitizer build reads them: reports go to files; what is undefined ends the process and with it the scenario
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:log_path=/run/sanitizer/report
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
umask 077
printf 'correct horse' > /run/work/password
