#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# system.sh [-t SECONDS] [-m MEGABYTES] -o DIR -p PROGRAM... COMMAND - vm.sh with a whole Debian for the guest: systemd
# as PID 1, udev, D-Bus, polkit, bluetoothd. COMMAND runs as root when the machine is up (multi-user.target). The guest's
# root is made when it is needed first (root.sh), in the folder "guest-root" beside DIR.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=
OPTIND=1
while getopts t:m:o:p: o; do
        [ "$o" != o ] || dir=$OPTARG
done
exec "$here/vm.sh" -r "${dir%/*}/guest-root" "$@"
