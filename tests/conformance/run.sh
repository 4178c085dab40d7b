#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh FOLDER SCRIPT [ARGUMENT...] - installs the packages of the package-lock.json beside SCRIPT into FOLDER, once, and
# runs SCRIPT with them. Without node or npm the test is skipped, and says so.
set -eu
folder=$1 script=$2
shift 2
root=$(cd "$(dirname "$0")" && pwd)
here=$(cd "$(dirname "$script")" && pwd)

for program in node npm; do
    if ! command -v "$program" >/dev/null; then
        echo "SKIPPED: the conformance tests need $program (Debian: nodejs, npm); nothing was compared" >&2
        exit 77
    fi
done

mkdir -p "$folder"
(
    flock 9
    if ! cmp -s "$here/package-lock.json" "$folder/installed"; then
        cp "$here/package.json" "$here/package-lock.json" "$root/.npmrc" "$folder"
        (cd "$folder" && npm ci >npm.log 2>&1) || {
            cat "$folder/npm.log" >&2
            echo "npm ci could not install the packages of $here/package-lock.json" >&2
            exit 1
        }
        cp "$here/package-lock.json" "$folder/installed"
    fi
) 9>"$folder/lock"
NODE_PATH=$folder/node_modules exec node "$script" "$@"
