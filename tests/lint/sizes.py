# SPDX-License-Identifier: Apache-2.0
"""Files of at most 600 lines, functions of at most 80: what does not fit on a screen or two is two nouns."""
import re

from sources import finish, read, tracked

FILE_MAX = 600
FUNCTION_MAX = 80
NAME = re.compile(r'(\w+)\s*\(')


def functions(text):
    """A function's body stands between braces in the first column (clang-format sees to it)."""
    lines = text.split('\n')
    start = None
    for i, line in enumerate(lines):
        if line == '{':
            start = i
        elif line.startswith('}') and start is not None:
            head = start - 1
            while head > 0 and lines[head].startswith(' '):
                head -= 1
            m = NAME.search(lines[head])
            yield (m.group(1) if m else '?'), i - head + 1
            start = None


def main():
    problems = []
    lengths = []
    names = tracked('.c', '.h', '.cpp', '.py', '.sh', '.js')
    for name in names:
        text = read(name)
        n = text.count('\n')
        if n > FILE_MAX:
            problems.append(f'{name}: {n} lines, at most {FILE_MAX}')
        if name.endswith(('.c', '.h', '.cpp')):
            for function, length in functions(text):
                lengths.append(length)
                if length > FUNCTION_MAX:
                    problems.append(f'{name}: {function}() has {length} lines, at most {FUNCTION_MAX}')
    lengths.sort()
    if lengths:
        print(f'{len(lengths)} functions: median {lengths[len(lengths) // 2]} lines, '
              f'p90 {lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]}')
    finish('sizes', problems, len(names))


main()
