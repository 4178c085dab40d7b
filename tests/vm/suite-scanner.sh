#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Handheld scanners as the kernel and udev have them: USB gadgets behind a virtual host (dummy_hcd) as keyboard, HID POS
# and serial line, and a keyboard that comes over the air (uhid). 20 scans an interface and speed and 2 cables pulled in
# the middle of one, or 200 and 20 if the first argument is "long".
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh
scans=20 pulls=2
[ "$1" != long ] || { scans=200 pulls=20; }
gadgets=/sys/kernel/config/usb_gadget
W=/run/work

# texts N SEED: stickers, each character somewhere
texts() {
        awk -v n="$1" -v seed="$2" 'BEGIN {
                chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                srand(seed)
                for (i = 0; i < n; i++) {
                        s = "ARGH"
                        while (length(s) < 15) s = s substr(chars, int(rand() * 36) + 1, 1)
                        s = s " "
                        while (length(s) < 31) s = s substr(chars, int(rand() * 36) + 1, 1)
                        print s
                }
        }'
}

# make NAME KIND VENDOR: a gadget that is not plugged in yet. Its port is the N-th of the virtual host for the N-th made.
ports=0
make() {
        g=$gadgets/$1
        mkdir "$g" "$g/strings/0x409" "$g/configs/c.1"
        echo "0x$3" > "$g/idVendor"
        for s in manufacturer product serialnumber; do
                echo "$1" > "$g/strings/0x409/$s"
        done
        if [ "$2" = line ]; then
                f=$g/functions/acm.$1
                mkdir "$f"
        else
                f=$g/functions/hid.$1
                mkdir "$f"
                [ "$2" = pos ] || echo 1 | tee "$f/protocol" > "$f/subclass"
                gadget descriptor "$2" > "$f/report_desc"
                [ "$2" = pos ] && echo 64 > "$f/report_length" || echo 8 > "$f/report_length"
        fi
        ln -s "$f" "$g/configs/c.1/"
        echo "dummy_udc.$ports" > "$W/port.$1"
        echo "$2" > "$W/kind.$1"
        ports=$((ports + 1))
}

node() { # NAME: what the scanner's end writes to
        case $(cat "$W/kind.$1") in
        line) echo "/dev/ttyGS$(cat "$gadgets/$1/functions/acm.$1/port_num")" ;;
        *) echo "/dev/hidg$(sed 's/.*://' "$gadgets/$1/functions/hid.$1/dev")" ;;
        esac
}

host_node() { # NAME: what usher reads from; nothing as long as it is not there
        case $(cat "$W/kind.$1") in
        keys) readlink -e "/dev/input/by-id/usb-$1_$1_$1-event-kbd" ;;
        line) readlink -e "/dev/serial/by-id/usb-$1_$1_$1-if00" ;;
        pos) for h in /sys/class/hidraw/*; do
                ! grep -qs "HID_NAME=$1 " "$h/device/uevent" || echo "/dev/${h##*/}"
        done | grep . ;;
        esac
}

plug() {
        cat "$W/port.$1" > "$gadgets/$1/UDC"
        check "$1 is there" wait_for 5 host_node "$1"
        udevadm settle --timeout=10
}

pull() {
        echo > "$gadgets/$1/UDC"
        udevadm settle --timeout=10
}

play() { # NAME GAP_US: standard input
        rm -f "$W/rate"
        [ "$1" != air ] || { cat >&7; return; }
        timeout $((scans * 2)) gadget "$(cat "$W/kind.$1")" "$(node "$1")" "$2" > "$W/rate" || bad "$1 cannot be played"
}

property() { udevadm info -q property -n "$1" | sed -n "s/^$2=//p"; }
mode() { stat -c '%G %a' "$1"; }

# read_begin WHICH: what the source tells goes to $W/told
read_begin() {
        source-probe scanner "$1" > "$W/told" 2>&1 7>&- &
        reader=$!
        wait_for 5 grep -q ' ready' "$W/told"
}
read_end() {
        kill $reader 2> /dev/null
        wait $reader 2> /dev/null
        :
}
scanned() { sed -n 's/^[^ ]* scan .* \([^ ]* [^ ]*\)$/\1/p' "$W/told"; }
has_scans() { [ "$(scanned | wc -l)" -ge "$1" ]; }
has_told() { [ "$(grep -c "^[^ ]* $1" "$W/told")" -ge "$2" ]; }

# exact NAME GAP_US: every scan comes as it was, and nothing else
exact() {
        texts "$scans" "$2" > "$W/texts"
        before=$(scanned | wc -l)
        play "$1" "$2" < "$W/texts"
        wait_for $((3 + scans / 10)) has_scans $((before + scans)) # what comes over the air is played meanwhile
        sleep 0.5 # one too many would be there by now
        scanned | tail -n +$((before + 1)) > "$W/got"
        check "$1 at $2 us: $(diff "$W/texts" "$W/got" | head -n 4)" cmp -s "$W/texts" "$W/got"
        log "$1: $(grep -cxFf "$W/texts" "$W/got") of $scans scans$(sed "s/^/, /" "$W/rate" 2> /dev/null)"
}

# broken NAME: pulled in mid-scan, and plugged in again
broken() {
        i=0
        read_begin auto
        while [ $i -lt $pulls ]; do
                i=$((i + 1))
                before=$(scanned | wc -l)
                texts 1 $i | cut -c 1-$((17 + i % 14)) | tr -d '\n' | play "$1" 10000
                pull "$1"
                check "$1: the loss is told" wait_for 5 has_told lost $i
                plug "$1"
                check "$1: the return is told" wait_for 5 has_told back $i
                texts 1 $((i + 100)) | tee "$W/texts" | play "$1" 10000
                check "$1: a whole scan after it" wait_for 5 has_scans $((before + 1))
                check "$1: half a scan was taken: $(scanned | tail -n 2)" [ "$(scanned | wc -l)" = $((before + 1)) ]
                check "$1: the scan after it" [ "$(scanned | tail -n 1)" = "$(cat "$W/texts")" ]
        done
        read_end
}

modprobe -a configfs libcomposite usb_f_hid usb_f_acm uhid evdev usbhid hid_generic cdc_acm
modprobe dummy_hcd num=4
echo 'g usher - -' | systemd-sysusers -
cp /vm/70-usher-scanner.rules /etc/udev/rules.d/
cat > /etc/udev/rules.d/69-scanner.rules << 'RULE'
SUBSYSTEM=="input", KERNEL=="event*", ATTRS{name}=="Socket S740*", ENV{ID_USHER_SCANNER}="1"
RULE
udevadm control --reload

begin udev
make voyager keys 0c2e
make gryphon pos 05f9
make newland line 1eab
make typewriter keys 046d
for name in voyager gryphon newland; do
        plug $name
        n=$(host_node $name)
        check "$name: ID_USHER_SCANNER" [ "$(property "$n" ID_USHER_SCANNER)" = 1 ]
        check "$name: $(mode "$n")" [ "$(mode "$n")" = "usher 660" ]
done
check "newland: ModemManager" [ "$(property "$(host_node newland)" ID_MM_DEVICE_IGNORE)" = 1 ]
plug typewriter
n=$(host_node typewriter)
check "typewriter: ID_USHER_SCANNER" [ -z "$(property "$n" ID_USHER_SCANNER)" ]
check "typewriter: $(mode "$n")" [ "$(mode "$n")" = "input 660" ]
end

for name in voyager gryphon newland; do
        for gap_us in 1000 10000; do
                begin $name-$gap_us-us
                read_begin auto
                exact $name $gap_us
                read_end
                end
        done
done

begin by-path
read_begin "/dev/input/by-id/usb-voyager_voyager_voyager-event-kbd"
exact voyager 10000
read_end
end

# No USB: udev knows it by a rule of the administrator's (data/udev/70-usher-scanner.rules says how)
begin air-1000-us
mkfifo $W/air
gadget air "Socket S740 [0001]" 1000 < $W/air > /dev/null &
exec 7> $W/air
check "the scanner" wait_for 5 sh -c 'grep -qs Socket /sys/class/input/event*/device/name'
udevadm settle --timeout=10
read_begin auto
exact air 1000
read_end
exec 7>&-
rm $W/air
end

for name in voyager gryphon newland; do
        begin $name-pulled
        broken $name
        end
done

# What a keyboard types reaches the console, what a scanner types does not as long as it is read
begin console
stty -F /dev/tty1 raw -echo min 1
cat /dev/tty1 > $W/console &
console=$!
read_begin auto
texts 1 1 | play voyager 10000
check "the scan" wait_for 5 has_scans 1
texts 1 2 | play typewriter 10000
check "what was typed" wait_for 5 grep -qi "$(texts 1 2)" $W/console
check "the scanner types on the console" sh -c "! grep -qi '$(texts 1 1)' $W/console"
sleep 1 # what it typed would have been read by now
check "the keyboard is read" [ "$(scanned | wc -l)" = 1 ]
read_end
texts 1 3 | play voyager 10000
check "given back" wait_for 5 grep -qi "$(texts 1 3)" $W/console
kill $console
end

finish
