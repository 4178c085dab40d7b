#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh SUITE BUILD MEGABYTES PROGRAM... - one suite in one virtual machine with so much memory, as a test: prints its
# scenarios, and keeps the logs of those that failed in BUILD/tests/vm/SUITE. Of what is done at many points, a suite
# under AddressSanitizer, which is slow, takes a few, unless USHER_LONG is set.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
suite=$1
out=$2/tests/vm/$suite
mb=$3
shift 3
set -- $(printf -- '-p %s ' "$@")
points=all
[ "$mb" -lt 1000 ] || [ -n "${USHER_LONG:-}" ] || points=few
rc=0
"$here/vm.sh" -t 1800 -m "$mb" -o "$out" "$@" sh "/vm/suite-$suite.sh" $points || rc=$?
[ $rc = 0 ] || [ $rc = 77 ] || echo "logs: $out" >&2
exit $rc
