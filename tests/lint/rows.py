# SPDX-License-Identifier: Apache-2.0
"""What stands in one file is in the list of another that makes it count: the row of a verb in VERBS, what a step does in THE
TABLE, a member of struct profile in the table of keys, the number of a request in the tables of what it takes and of what
the virtual device does, a test's file in its meson.build. (Compiler and linker find the other half: what a list names and
nobody has.)"""
import re

from sources import finish, read, tracked

# where a row stands, what it looks like, the list, and how that names the row
REQUEST = r'^        (CONTROL_\w+) = [1-9]\d*,$'
LISTS = (
    ('setup/cli/', r'^const struct verb verb_(\w+) = \{', 'setup/cli/verbs.h', r'\beach\({}\)'),
    ('setup/flow/', r'^const struct step_acts (\w+)_acts = \{', 'setup/flow/steps.c', r'\bACTS\({}\)'),
    ('proto/control.h', REQUEST, 'proto/control.c', r'\{{ {}, "'),
    ('proto/control.h', REQUEST, 'tests/sim/device/handlers.c', r'\{{ {}, \w+, \w+ \}}'),
)

PROFILE, KEYS = 'setup/flow/profile/profile.h', 'setup/flow/profile/profile.c'
NO_KEYS = {'networks', 'sections', 'n_networks'}  # the sections of [wifi], which have keys of their own


def named(body):
    """The members of a struct, those of one inside of it as outer.inner."""
    inside = []

    def nested(m):
        inside.extend(f'{m.group(2)}.{name}' for name in named(m.group(1)))
        return ''

    body = re.sub(r'struct \{([^{}]*)\}\s*(\w+);', nested, body)
    return inside + [m for line in body.split(';') for m in re.findall(r'(\w+)(?:\[[^;]*)?\s*(?:,|$)', line.strip())]


def keys(problems):
    body = re.search(r'^struct profile \{\n(.*?)^\};', re.sub(r'/\*.*?\*/', '', read(PROFILE), flags=re.S), re.S | re.M)
    members = named(body.group(1)) if body else []
    table = read(KEYS)
    for m in members:
        if m not in NO_KEYS and not re.search(rf'(?:SECRET\(|, ){re.escape(m.removesuffix("_file"))}(?:_file)?[,)]', table):
            problems.append(f'{PROFILE}: {m} has no row in {KEYS}')
    if len(members) < 20:
        problems.append(f'{PROFILE}: struct profile was not found')
    return len(members)


def tests(problems):
    """test-flow-again.c is there as 'test-flow-again' or as one of the names in a foreach, 'again'."""
    files = [n for n in tracked('.c') if re.search(r'/(test|fuzz)-[^/]*$', n)]
    for name in files:
        place, _, stem = name.removesuffix('.c').rpartition('/')
        parts = stem.split('-')
        ends = '|'.join(re.escape('-'.join(parts[i:])) for i in range(len(parts)))
        if not re.search(rf"'(?:{ends})(?:\.c)?'", read(place + '/meson.build')):
            problems.append(f'{name}: missing in {place}/meson.build')
    return len(files)


def main():
    problems = []
    n = keys(problems) + tests(problems)
    for where, row, place, how in LISTS:
        listed, found = read(place), 0
        for name in tracked('.c', '.h'):
            for what in re.findall(row, read(name), re.M) if name.startswith(where) else ():
                found += 1
                if not re.search(how.format(what), listed):
                    problems.append(f'{name}: {what} is missing in {place}')
        if not found:
            problems.append(f'{place}: nothing of its kind was found')
        n += found
    finish('rows', problems, n)


main()
