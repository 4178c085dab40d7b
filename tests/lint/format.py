# SPDX-License-Identifier: Apache-2.0
"""The whole tree is as clang-format 14 leaves it."""
import subprocess
import sys

from sources import ROOT, finish, tracked

tool = sys.argv[1]
names = tracked('.c', '.h', '.cpp')
out = subprocess.run([tool, '--dry-run', '--ferror-limit=1', *names], cwd=ROOT, capture_output=True, text=True).stderr
problems = sorted({line.split(':')[0] + ': run clang-format -i on it' for line in out.split('\n') if 'warning:' in line
                   or 'error:' in line})
finish('format', problems, len(names))
