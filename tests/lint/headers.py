# SPDX-License-Identifier: Apache-2.0
"""Every header compiles by itself and has #pragma once; a C file may include it first."""
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sources import ROOT, finish, read, tracked

build = sys.argv[1]
flags = sys.argv[2:]


def check(name):
    if '#pragma once' not in read(name):
        return f'{name}: no #pragma once'
    cc = 'c++' if name.endswith('.hpp') else 'cc'
    r = subprocess.run([cc, '-std=gnu17', '-Wall', '-Wextra', '-Wno-unused', '-fsyntax-only', '-D_GNU_SOURCE', '-I', ROOT,
                        '-I', build, '-I', os.path.join(build, 'proto'), *flags, '-x', 'c', '-'],
                       input=f'#include "{name}"\n'.encode(), capture_output=True)
    if r.returncode or r.stderr:
        return f'{name}: does not stand alone\n{r.stderr.decode()}'
    return None


names = tracked('.h')
with ThreadPoolExecutor(2) as pool:
    problems = [p for p in pool.map(check, names) if p]
finish('headers', problems, len(names))
