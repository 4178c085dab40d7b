# SPDX-License-Identifier: Apache-2.0
"""The formats of causes use only the directives that proto/base/trouble.h knows."""
import re

from sources import finish, read, tracked

# every function that hands a format on to trouble_vset() or trouble_vadd()
FORMATS = ('trouble_set', 'trouble_add', 'run_end', 'step_fail', 'step_later', 'doctor_say', 'ending_misuse')
CALL = re.compile(r'\b(' + '|'.join(FORMATS) + r')\(')
STRING = re.compile(r'"((?:\\.|[^"\\])*)"|\bPRI([diux])(?:64|32|MAX)\b')
DIRECTIVE = re.compile(r'%(?:(?:\.(?:\*|[1-9]\d+))?s|c|(?:l|ll|z)?[du]|%)')
PRINTF = re.compile(r"%[-+ #0'*.\d]*(?:hh|h|ll|l|z|j|t|L)?[^\s\d.*]")


def call_text(text, start):
    """From the opening parenthesis to its own closing one, strings passed over."""
    depth = i = 0
    for m in re.finditer(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[()]', text[start:]):
        depth += {'(': 1, ')': -1}.get(m.group(0), 0)
        i = m.end()
        if depth == 0:
            break
    return text[start:start + i]


def main():
    problems = []
    calls = 0
    for name in tracked('.c'):
        text = read(name)
        for m in CALL.finditer(text):
            calls += 1
            call = call_text(text, m.end() - 1)
            format_ = ''.join(s.group(1) if s.group(1) is not None else 'l' + s.group(2) for s in STRING.finditer(call))
            for d in PRINTF.findall(format_):
                if not DIRECTIVE.fullmatch(d):
                    line = text.count('\n', 0, m.start()) + 1
                    problems.append(f'{name}:{line}: {m.group(1)}() does not know {d}')
    finish('causes', problems, calls)


main()
