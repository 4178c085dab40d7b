#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [--long] [SUITE...] - installs what the tests need, builds usher three times (as shipped, with sanitizers, with
# fuzzers) and runs every suite; with names, only those suites of the plain build. --long: the same with the whole
# numbers (tests/README.md). The last line counts the tests. No part of the gate begins later than 75 minutes after the
# start: what was not run by then has failed. A long run takes its time.
#
# Three lanes keep two cores busy. Most tests wait for deadlines: many run at a time. The virtual machine is one busy
# thread that keeps its own time. Builds have what these two leave, and then fuzzers and other machines' tests theirs.
# A part is shown when it has ended.
set -u
cd "$(dirname "$0")/.." || exit 1
last_start_s=4500 long=
if [ "${1:-}" = --long ]; then
    shift
    last_start_s='' long=yes
    export USHER_LONG=1
fi
sh examples/install.sh examples/packages tests/packages || exit 1

room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT # the lanes, too
started=$(date +%s)

elapsed() {
    echo $(($(date +%s) - started))
}

add() { # PASSED FAILED SKIPPED NOT-RUN
    echo "$*" >>"$room/counts"
}

# part NAME TITLE COMMAND...: what it says is shown in one piece
part() {
    part=$1 title=$2 began=$(elapsed)
    shift 2
    ( "$@" >"$room/$part.out" 2>&1; times >"$room/$part.times" )
    worked=$(awk -F '[ms ]+' 'NR == 2 { printf "%d", $1 * 60 + $2 + $3 * 60 + $4 }' "$room/$part.times")
    { printf '\n== %s (%s to %s s, %s s of a core)\n' "$title" "$began" "$(elapsed)" "$worked" && cat "$room/$part.out"; } \
        >"$room/$part.shown"
    flock "$room" cat "$room/$part.shown"
    : >"$room/$part.ended"
}

# after PART: waits for its end, which its tests' deadlines bring; false if that was a build that failed
after() {
    until [ -e "$room/$1.ended" ]; do
        sleep 0.5
    done
    [ ! -e "$room/$1.broken" ]
}

build() { # PART FOLDER TARGET MESON-OPTION...
    made=$1 folder=$2 target=$3
    shift 3
    if [ -f "$folder/build.ninja" ]; then
        meson configure "$folder" "$@" >/dev/null
    else
        meson setup "$folder" "$@" >"$folder.log" 2>&1 || cat "$folder.log"
        mv "$folder.log" "$folder/setup.log"
    fi
    nice ninja -C "$folder" "$target" >"$folder/build.log" 2>&1 && return
    grep -v '^\[' "$folder/build.log" | tail -n 60
    echo "$folder does not build"
    : >"$room/$made.broken"
    add 0 1 0 0
}

late() { # FOLDER MESON-TEST-OPTION...: too late to begin; then its tests count as failed
    [ -n "$last_start_s" ] && [ "$(elapsed)" -gt "$last_start_s" ] || return 1
    late=$(meson test --no-rebuild --list -C "$@" 2>/dev/null | grep -c ' / ')
    echo "NOT RUN, $late tests: it is too late to begin them"
    add 0 "$late" 0 "$late"
}

# run LOG TIME LONG-TIME FOLDER MESON-TEST-OPTION...: a test may take so many times its time, and of whole numbers so many
run() {
    log=$1 times=$2
    [ -z "$long" ] || times=$3
    shift 3
    ! late "$@" || return
    logs=$1/meson-logs
    rm -f "$logs/$log.json" "$logs/$log.txt"
    meson test --no-rebuild --print-errorlogs --logbase "$log" --timeout-multiplier "$times" -C "$@" 2>&1 |
        grep -vE '^$|^(ninja|Full log)'
    ! grep -h 'CANNOT RUN' "$logs/$log.txt" | sort -u | grep .
    # shellcheck disable=SC2046 # three numbers are meant
    add $(python3 tests/count.py "$logs/$log.json") 0
}

benchmarks() {
    [ -n "$long" ] || export USHER_SMALL=1
    run bench 1 1 build --benchmark --verbose | grep -E '^(#|\||  |NOT RUN)|FAIL|TIMEOUT' | head -n 200
    [ ! -f build/tests/vm/times/table ] || cat build/tests/vm/times/table
}

machines() {
    part vm "suite: vm (a real kernel and bluetoothd in a virtual machine)" \
        run vm 1 4 build --suite vm --num-processes 1
    after asan || return
    part vm-asan "suite: vm under the sanitizers" \
        run vm 1 4 build-asan vm-setup vm-loss --num-processes 1 # where links end as they really do
}

builds() {
    part asan "build with AddressSanitizer and UndefinedBehaviorSanitizer" \
        build asan build-asan all -Db_sanitize=address,undefined -Db_lundef=false
    CC=clang CXX=clang++ part fuzzers "build of the fuzzers" \
        build fuzzers build-fuzz fuzzers -Dfuzz=true -Db_lundef=false
    how_long="some seconds"
    [ -z "$long" ] || how_long="half an hour"
    ! after fuzzers || part fuzz "fuzzers, $how_long each" run fuzz 1 20 build-fuzz --suite fuzz
    part cross "suite: cross (arm64 and armhf: built, and run in an emulator)" run cross 1 4 build --suite cross
}

tests() {
    part fast "suites: fast lint" run fast 1 4 build --suite fast --suite lint & # they seldom wait
    part sim "suites: bus sim conformance" run sim 1 4 build --num-processes 12 --suite bus --suite sim --suite conformance
    after fast
    after asan || return
    part fast-asan "suite under the sanitizers: fast" run fast 3 12 build-asan --suite fast &
    part sim-asan "suite under the sanitizers: sim" run sim 3 12 build-asan --num-processes 12 --suite sim
    after fast-asan
}

part plain "plain build" build plain build all
if ! after plain; then
    :
elif [ $# -gt 0 ]; then
    suites=
    for s in "$@"; do
        suites="$suites --suite $s"
    done
    # shellcheck disable=SC2086 # a list of options is meant
    part suites "suites: $*" run tests 1 4 build $suites
else
    machines &
    builds &
    tests
    [ -z "$long" ] || wait # whole numbers are those of a machine that does nothing else
    part bench "benchmarks: numbers; only one that cannot run counts as failed" benchmarks
    wait
fi

printf '\n== done (%s s)\n' "$(elapsed)"
# shellcheck disable=SC2046 # four numbers are meant
set -- $(awk '{ for (i = 1; i < 5; i++) n[i] += $i } END { print n[1] + 0, n[2] + 0, n[3] + 0, n[4] + 0 }' "$room/counts")
[ "$4" = 0 ] || echo "$4 tests were not run: they count as failed"
echo "$1 passed, $2 failed, $3 skipped"
[ "$2" = 0 ] && [ "$1" != 0 ]
