#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh GUEST SUITE BUILD MEGABYTES PROGRAM... - one suite in one virtual machine ("vm" or "system": tests/README.md) with so
# much memory, as a test: prints its scenarios, and keeps the logs of those that failed in BUILD/tests/vm/SUITE. Of what
# is done at many points, a suite under AddressSanitizer, which is slow, and a benchmark that is small (tests/README.md)
# take a few, unless USHER_LONG is set.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
guest=$1
suite=$2
out=$3/tests/vm/$suite
mb=$4
shift 4
set -- $(printf -- '-p %s ' "$@")
points=all limit_s=1800
[ "$mb" -lt 1000 ] && [ -z "${USHER_SMALL:-}" ] || points=few
[ -z "${USHER_LONG:-}" ] || points=long limit_s=7200
rc=0
began=$(date +%s)
"$here/$guest.sh" -t $limit_s -m "$mb" -o "$out" "$@" sh "/vm/suite-$suite.sh" $points || rc=$?
echo "vm-$suite: $(($(date +%s) - began)) s of this machine"
[ $rc = 0 ] || [ $rc = 77 ] || echo "logs: $out" >&2
exit $rc
