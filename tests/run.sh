#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [--long] [SUITE...] - installs what the tests need, builds usher three times (as shipped, with sanitizers, with
# fuzzers) and runs every suite; with names, only those suites of the plain build. --long: the same with the whole
# numbers (tests/README.md). The last line counts the tests. No suite begins later than 75 minutes after the start: what
# was not run by then has failed.
set -u
cd "$(dirname "$0")/.." || exit 1
last_start_s=4500
if [ "${1:-}" = --long ]; then
    shift
    last_start_s=
    USHER_LONG=1
    export USHER_LONG
fi
sh examples/install.sh examples/packages tests/packages || exit 1

passed=0 failed=0 skipped=0 not_run=0
started=$(date +%s)
beside=

elapsed() {
    echo $(($(date +%s) - started))
}

say() {
    printf '\n== %s (%s s)\n' "$*" "$(elapsed)"
}

build() { # FOLDER TARGET MESON-OPTION...
    folder=$1 target=$2
    shift 2
    if [ -f "$folder/build.ninja" ]; then
        meson configure "$folder" "$@" >/dev/null || return 1
    else
        meson setup "$folder" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
        mv "$folder.log" "$folder/setup.log"
    fi
    ninja -C "$folder" "$target" >"$folder/build.log" 2>&1 || { grep -v '^\[' "$folder/build.log" | tail -n 60; return 1; }
}

count() { # TESTLOG
    # shellcheck disable=SC2046 # three numbers are meant
    set -- $(python3 tests/count.py "$1")
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

late() { # FOLDER MESON-TEST-OPTION...: too late to begin; then its tests count as failed
    [ -n "$last_start_s" ] && [ "$(elapsed)" -gt "$last_start_s" ] || return 1
    folder=$1
    shift
    n=$(meson test -C "$folder" --no-rebuild --list "$@" 2>/dev/null | grep -c ' / ')
    echo "NOT RUN, $n tests: it is too late to begin them"
    not_run=$((not_run + n)) failed=$((failed + n))
}

run() { # FOLDER MESON-TEST-OPTION...
    folder=$1
    shift
    ! late "$folder" "$@" || return
    rm -f "$folder/meson-logs/testlog.json"
    meson test -C "$folder" --no-rebuild --print-errorlogs "$@" 2>&1 | tee "$folder/test.log" | grep -vE '^$|^(ninja|Full log)'
    count "$folder/meson-logs/testlog.json"
}

# The virtual machine is one busy thread and keeps its own time: it runs beside other things, which have a core left.
begin_vm() { # FOLDER MESON-TEST-OPTION...
    ! late "$@" || return
    beside=$1
    shift
    rm -f "$beside/meson-logs/vm.json"
    meson test -C "$beside" --no-rebuild --print-errorlogs --logbase vm --num-processes 1 "$@" >"$beside/vm.log" 2>&1 &
    vm=$!
}

end_vm() {
    [ -n "$beside" ] || return
    say "suite: vm of $beside (a real kernel and bluetoothd in a virtual machine)"
    wait "$vm"
    grep -vE '^$|^(ninja|Full log)' "$beside/vm.log"
    grep -h 'CANNOT RUN' "$beside/meson-logs/vm.txt" | sort -u
    count "$beside/meson-logs/vm.json"
    beside=
}

broken() {
    echo "$1 does not build"
    failed=$((failed + 1))
}

plain() {
    say "plain build"
    build build all || { broken "the plain build"; return; }
    begin_vm build --suite vm
    say "suites: fast lint bus"
    run build --suite fast --suite lint --suite bus
    say "suite: sim (usher and usher-sim as whole programs)"
    run build --suite sim --num-processes 8 # they mostly wait for deadlines
    say "suite: conformance (clients and codecs that nobody here wrote)"
    run build --suite conformance
}

sanitized() {
    say "build with AddressSanitizer and UndefinedBehaviorSanitizer"
    build build-asan all -Db_sanitize=address,undefined -Db_lundef=false || { broken "the sanitizer build"; return; }
    end_vm
    begin_vm build-asan vm-setup vm-loss # where links end as they really do
    say "suites under the sanitizers: fast sim"
    run build-asan --suite fast --timeout-multiplier 3
    run build-asan --suite sim --timeout-multiplier 3 --num-processes 8
}

fuzzers() {
    how_long="some seconds"
    [ -z "${USHER_LONG:-}" ] || how_long="half an hour"
    say "fuzzers, $how_long each"
    CC=clang CXX=clang++ build build-fuzz fuzzers -Dfuzz=true -Db_lundef=false || { broken "the fuzzer build"; return; }
    run build-fuzz --suite fuzz ${USHER_LONG:+--timeout-multiplier 20}
}

benchmarks() {
    say "benchmarks: numbers; only one that cannot run counts as failed"
    ! late build --benchmark || return
    rm -f build/meson-logs/testlog.json
    meson test -C build --no-rebuild --benchmark --verbose 2>&1 | grep -E '^(#|\||  )' | head -n 200
    [ ! -f build/tests/vm/times/table ] || cat build/tests/vm/times/table
    count build/meson-logs/testlog.json
}

if [ $# -gt 0 ]; then
    suites=
    for s in "$@"; do
        suites="$suites --suite $s"
    done
    say "plain build"
    # shellcheck disable=SC2086 # a list of options is meant
    if build build all; then
        say "suites: $*"
        run build $suites
    else
        broken "the plain build"
    fi
else
    plain
    sanitized
    fuzzers
    say "suite: cross (arm64 and armhf: built, and run in an emulator)"
    run build --suite cross
    end_vm
    benchmarks
fi

say done
[ "$not_run" = 0 ] || echo "$not_run tests were not run: they count as failed"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
