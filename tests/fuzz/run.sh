#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh FUZZER NAME BUILD SEEDS - lets a fuzzer look for some seconds, or for half an hour if USHER_LONG is set. A find
# ends with 1: the 77 of libFuzzer's own would mean "skipped" to Meson. One input has 15 s of
# the clock: 33 bytes can be a picture of 64 megapixels, which takes 1.5 s of a core that two others want.
set -eu
seconds=8
[ -z "${USHER_LONG:-}" ] || seconds=1800
exec "$1" -error_exitcode=1 -max_total_time=$seconds -timeout=15 -rss_limit_mb=2048 -create_missing_dirs=1 \
    -print_final_stats=1 -artifact_prefix="$3/crash-$2-" "$3/found/$2" "$4"
