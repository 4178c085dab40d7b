# SPDX-License-Identifier: Apache-2.0
"""run.py --list FILE...: the rows of these files (meson runs it again when they change).  run.py BUILD ROW: runs one; exit status 0 if it is as it should be, 77 if it cannot be run."""
import importlib
import pathlib
import sys

from world import World


FILES = sorted(pathlib.Path(__file__).parent.glob('rows_*.py'))


def rows():
    found = {}
    for file in FILES:
        module = importlib.import_module(file.stem)
        for name, function in vars(module).items():
            if name.startswith('row_'):
                assert name not in found, name
                found[name[4:].replace('_', '-')] = function
    return found


def row(name):
    """From its own file: reading them all takes as long as many a row."""
    name = 'row_' + name.replace('-', '_')
    file = next(f for f in FILES if f'\ndef {name}(' in f.read_text(encoding='utf-8'))
    return getattr(importlib.import_module(file.stem), name)


def main():
    if sys.argv[1] == '--list':
        assert {pathlib.Path(f).name for f in sys.argv[2:]} == {f.name for f in FILES}, 'meson.build lists other files'
        print('\n'.join(rows()))
        return
    build, name = sys.argv[1:]
    with World(build) as world:
        row(name)(world)
    print(f'{name}: as it should be')


if __name__ == '__main__':
    sys.dont_write_bytecode = True
    main()
