#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long a setup takes at three connection intervals, with devices that read at once, in milliseconds of the guest's clock: medians of 20 setups, and
# how many of 50 in a row fail; "few": one interval, two setups. Also that 'usher doctor --radio' reads the interval that is in force.
# shellcheck source=tests/vm/guest.sh
. /vm/guest.sh

median() { sort -n | awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'; }

bus_up
printf '%-10s %6s %9s %9s %9s | %9s %9s %9s | %s\n' interval found connected resolved acquired connect session stop failures \
        > /run/keep/table

# row NAME MIN MAX SETUPS: one row
row() {
        begin "interval-$1"
        conf "$2" "$3"
        # shellcheck disable=SC2046
        bt_up $(devices 1 "$4") --echo 1 --loop-ms 0
        radio=$(ble-probe -n 20 ECHO00 | tail -n1)
        check "radio: $radio" [ "${radio#*failures }" != "${radio#*failures 0 }" ]
        n=1 failures=0
        while [ $n -le "$4" ]; do
                setup $n || failures=$((failures + 1))
                step_ms $n find >> /run/work/find
                connect=$(step_ms $n connect) session=$(step_ms $n session)
                echo "$connect" >> /run/work/connect
                echo $(($(step_ms $n find) + connect + session)) >> /run/work/session
                echo $(($(step_ms $n find) + connect + session + $(step_ms $n identity) + $(step_ms $n wifi-join) + \
                        $(step_ms $n setup-done))) >> /run/work/stop
                rm -f /run/work/usher.$n.*
                n=$((n + 1))
        done
        check "$failures setups failed" [ $failures = 0 ]
        usher doctor --json > /run/work/doctor 2>&1
        log "doctor: $(sed -n 's/.*"check":"link","state":"\([a-z]*\)".*"cause":"\([^"]*\)".*/\1, \2/p' /run/work/doctor)"
        [ "$2" != advised ] || check "doctor is content" grep -q '"check":"link","state":"ok"' /run/work/doctor
        check "doctor tells the interval" grep -q "interval ${1%%[-m]*}" /run/work/doctor
        phase() { echo "$radio" | sed -n "s/.* $1 \([0-9]*\) .*/\1/p"; }
        printf '%-10s %6s %9s %9s %9s | %9s %9s %9s | %s of %s\n' "$1" "$(median < /run/work/find)" "$(phase connected)" \
                "$(phase resolved)" "$(phase acquired)" "$(median < /run/work/connect)" \
                "$(median < /run/work/session)" "$(median < /run/work/stop)" $failures "$4" >> /run/keep/table
        rm -f /run/work/find /run/work/connect /run/work/session /run/work/stop
        bt_down
        end
}

manies='1 2 5'
if [ "${1:-all}" = few ]; then
        manies=2
        row 11.25-15ms advised - 2
else
        row 7.5ms 6 6 20
        row 11.25-15ms advised - 20
        row 30ms 24 24 50
        row 50ms 40 40 20
fi

for many in $manies; do
        begin "at-once-$many"
        conf 24 24
        # shellcheck disable=SC2046
        bt_up $(devices 1 $many) --loop-ms 0
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
        echo "at once, 30 ms: $many in $(($(now_ms) - t)) ms" >> /run/keep/table
        bt_down
        end
done

cat /run/keep/table
finish
