# SPDX-License-Identifier: Apache-2.0
"""count.py TESTLOG.JSON - prints how many tests of one Meson run passed, failed and were skipped. A run that left no
log has failed."""
import json
import sys

passed = failed = skipped = 0
try:
    with open(sys.argv[1], encoding='utf-8') as f:
        for line in f:
            result = json.loads(line)['result']
            if result in ('OK', 'EXPECTEDFAIL'):
                passed += 1
            elif result == 'SKIP':
                skipped += 1
            else:
                failed += 1
except OSError:
    failed = 1
print(passed, failed, skipped)
