# SPDX-License-Identifier: Apache-2.0
"""How long files and functions may be, and how many members a struct may have: what does not fit on a screen or two is two
nouns. What ships has tighter bounds than the tests, and half of its C files fit on 200 lines; usher-sim ships."""
import statistics

from functions import functions
from sources import finish, read, shipped, tracked
from structs import structs

FILE_MAX = {True: 500, False: 600}
FUNCTION_MAX = {True: 45, False: 70}
MEDIAN_MAX = 200
STRUCT_MAX = 30


def spread(values):
    values = sorted(values)
    return f'median {statistics.median(values):.0f}, p90 {values[len(values) * 9 // 10]}, longest {values[-1]}'


def main():
    problems = []
    files = {True: [], False: []}
    lengths = {True: [], False: []}
    members = []
    names = tracked('.c', '.h', '.cpp', '.py', '.sh', '.js')
    for name in names:
        text = read(name)
        ships = shipped(name)
        n = text.count('\n')
        if n > FILE_MAX[ships]:
            problems.append(f'{name}: {n} lines, at most {FILE_MAX[ships]}')
        if name.endswith(('.c', '.cpp')):
            files[ships].append(n)
        if name.endswith(('.c', '.h', '.cpp')):
            for f in functions(text):
                length = f.last - f.head + 1
                lengths[ships].append(length)
                if length > FUNCTION_MAX[ships]:
                    problems.append(f'{name}:{f.head}: {f.name}() has {length} lines, at most {FUNCTION_MAX[ships]}')
            for x in structs(text):
                members.append(x.members)
                if x.members > STRUCT_MAX:
                    problems.append(f'{name}:{x.line}: struct {x.name} has {x.members} members, at most {STRUCT_MAX}: '
                                    'nest what belongs together')
    for ships, what in ((True, 'shipped'), (False, 'tests')):
        print(f'{what}: {len(files[ships])} C files: {spread(files[ships])} lines; '
              f'{len(lengths[ships])} functions: {spread(lengths[ships])} lines')
    print(f'{len(members)} structs: {spread(members)} members')
    if statistics.median(files[True]) > MEDIAN_MAX:
        problems.append(f'half of the shipped C files have more than {MEDIAN_MAX} lines')
    finish('sizes', problems, len(names))


main()
