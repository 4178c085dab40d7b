# SPDX-License-Identifier: Apache-2.0
"""The files that the lint tests look at: what git tracks, or everything outside build folders where there is no git."""
import os
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))


def tracked(*endings):
    try:
        out = subprocess.run(['git', '-C', ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                             check=True, capture_output=True).stdout.decode()
        names = [n for n in out.split('\0') if n]
    except (OSError, subprocess.CalledProcessError):
        names = []
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [f for f in folders if not f.startswith(('build', '.git', 'node_modules'))]
            names += [os.path.relpath(os.path.join(folder, f), ROOT) for f in files]
    return sorted(n for n in names if n.endswith(endings) and os.path.isfile(os.path.join(ROOT, n)))


def shipped(name):
    """Is it part of what is installed? All but the tests, of which usher-sim is."""
    return not name.startswith('tests/') or name.startswith('tests/sim/')


def read(name):
    with open(os.path.join(ROOT, name), encoding='utf-8', errors='replace') as f:
        return f.read()


def finish(what, problems, looked_at):
    for p in problems:
        print(p)
    print(f'{what}: {looked_at} looked at, {len(problems)} problems')
    if not looked_at:
        print('nothing was looked at: the check itself is broken')
    sys.exit(1 if problems or not looked_at else 0)
