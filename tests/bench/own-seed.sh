#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# own-seed.sh BUILD SEED - bench-decode and bench-live on pictures that no decoder was tuned with: the corpus' generator
# (../shared/corpus/generate.py beside the clone) draws them anew from SEED, into BUILD/tests/bench/seed-SEED. Not part of
# the gate: the generator wants OpenCV, and draws for some minutes. Exit status 77: something is missing, and it is said
# what.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
seed=$2
generator=$top/../shared/corpus/generate.py
[ -r "$generator" ] || { echo "there is no $generator" >&2; exit 77; }
# Debian's own interpreter: its packages are those of /usr/bin/python3
/usr/bin/python3 -c 'import cv2, numpy' 2> /dev/null && command -v dmtxwrite qrencode > /dev/null || {
    echo "install python3-opencv python3-numpy dmtx-utils qrencode" >&2
    exit 77
}
folder=$build/tests/bench/seed-$seed
if [ ! -f "$folder/index.tsv" ]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    SEED=$seed /usr/bin/python3 "$generator" "$folder"
    rm -rf "$folder/img" "$folder/tex"
    { printf 'file\tcategory\tsize\tparameters\ttext\n'; cat "$folder/synth.tsv"; } > "$folder/index.tsv"
fi
rc=0
"$build/tests/bench/bench-decode" "$folder" || rc=$?
"$build/tests/bench/bench-live" "$folder" || rc=$?
exit $rc
