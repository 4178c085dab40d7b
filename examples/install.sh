#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# install.sh LIST... - installs the Debian packages named in the lists (one a line, '#' starts a comment) that are
# missing on this machine. "PACKAGE/COMMAND" also counts as there when the command is, whoever installed it. As root or
# with sudo; asks nothing. Does nothing, without network, if all are there.
set -eu
missing=
for entry in $(sed 's/#.*//' "$@"); do
    package=${entry%/*}
    case $entry in */*) command -v "${entry#*/}" >/dev/null && continue ;; esac
    dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null; then
    as_root='sudo -n'
else
    echo "These packages are missing and neither root nor sudo is at hand:$missing" >&2
    exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
install() {
    # shellcheck disable=SC2086 # a list of words is meant
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing </dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! install >"$log" 2>&1; then
    # an old or absent package list is the usual reason
    if ! { $as_root apt-get update -q </dev/null && install; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "The packages could not be installed:$missing" >&2
        exit 1
    fi
fi
