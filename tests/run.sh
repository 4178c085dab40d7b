#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [SUITE...] - installs what the tests need, builds usher three times (as shipped, with sanitizers, with
# fuzzers) and runs every suite; with names, only those suites of the plain build. The last line counts the tests.
set -u
cd "$(dirname "$0")/.." || exit 1
sh examples/install.sh examples/packages tests/packages || exit 1

passed=0 failed=0 skipped=0
started=$(date +%s)

say() {
    printf '\n== %s (%s s)\n' "$*" "$(($(date +%s) - started))"
}

build() { # FOLDER MESON-OPTION...
    folder=$1
    shift
    if [ -f "$folder/build.ninja" ]; then
        meson configure "$folder" "$@" >/dev/null || return 1
    else
        meson setup "$folder" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
        mv "$folder.log" "$folder/setup.log"
    fi
    ninja -C "$folder" >"$folder/build.log" 2>&1 || { grep -v '^\[' "$folder/build.log" | tail -n 60; return 1; }
}

count() { # FOLDER
    set -- $(python3 tests/count.py "$1/meson-logs/testlog.json")
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

run() { # FOLDER MESON-TEST-OPTION...
    folder=$1
    shift
    rm -f "$folder/meson-logs/testlog.json"
    meson test -C "$folder" --no-rebuild --print-errorlogs "$@" 2>&1 | tee "$folder/test.log" | grep -vE '^$|^(ninja|Full log)'
    count "$folder"
}

broken() {
    echo "$1 does not build"
    failed=$((failed + 1))
}

suites=
for s in "$@"; do
    suites="$suites --suite $s"
done

say "plain build"
if build build; then
    say "suites: ${*:-fast lint bus sim}"
    if [ -n "$suites" ]; then
        # shellcheck disable=SC2086 # a list of options is meant
        run build $suites
    else
        run build --suite fast --suite lint --suite bus
        run build --suite sim --num-processes 8 # they mostly wait for deadlines
    fi
    if [ -z "$suites" ]; then
        say "suite: conformance (clients and codecs that nobody here wrote)"
        run build --suite conformance
        say "suite: vm (a real kernel and bluetoothd in a virtual machine)"
        run build --suite vm
        grep -h 'CANNOT RUN' build/meson-logs/testlog.txt | sort -u
        [ ! -f build/tests/vm/times/table ] || cat build/tests/vm/times/table
    fi
else
    broken "the plain build"
fi

if [ -z "$suites" ]; then
    say "build with AddressSanitizer and UndefinedBehaviorSanitizer"
    if build build-asan -Db_sanitize=address,undefined -Db_lundef=false; then
        say "suites under the sanitizers: fast sim, and two of vm"
        run build-asan --suite fast --timeout-multiplier 3
        run build-asan --suite sim --timeout-multiplier 3 --num-processes 8
        run build-asan vm-setup vm-loss # where links end as they really do
    else
        broken "the sanitizer build"
    fi

    say "fuzzers, some seconds each"
    if CC=clang CXX=clang++ build build-fuzz -Dfuzz=true -Db_lundef=false; then
        run build-fuzz --suite fuzz
    else
        broken "the fuzzer build"
    fi

    say "benchmarks: numbers, no judgement"
    meson test -C build --no-rebuild --benchmark --verbose 2>&1 | grep -E '^(#|\||  )' | head -n 200
fi

say done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
