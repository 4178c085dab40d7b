# SPDX-License-Identifier: Apache-2.0
"""One engine, not two: what a verb of usher does with devices, it does through setup/lib/usher.h, as other people's programs
do. Followed from the verb through every header of the CLI that it includes, and the files behind these, what is
included of ours is usher.h, what reads stickers, proto/base, and the CLI's own."""
import re
import sys

from sources import finish, read, tracked

# verbs that are held: the files that they begin with
HELD = {
    'devices': ['setup/cli/verb-devices.c'],
    'doctor': ['setup/cli/verb-doctor.c'],
    'setup, update, repair, wifi': ['setup/cli/verb-setup.c'],
}

OURS = ('setup/lib/usher.h', 'setup/label/', 'proto/base/')

# What has nothing to do with a device: file -> header -> why. One that is not needed any more is an error.
BESIDES = {
    'setup/cli/ending.c': {
        'setup/engine/told.h': 'the result of a command line that came to no device looks like any other',
        'setup/flow/job.h': 'the same',
    },
    'setup/cli/label-print.c': {'setup/engine/event.h': 'how texts from outside stand in JSON'},
    'setup/cli/line.c': {
        'setup/engine/event.h': 'how every event begins, also one of stickers',
        'setup/engine/event-keys.h': 'which event is the last one',
    },
    'setup/cli/scan-tell.c': {'setup/engine/event.h': 'how texts from outside stand in JSON'},
    'setup/cli/setup-profile.c': {'setup/flow/profile/keys.h': 'the keys of a profile are options, too'},
    'setup/cli/verbs.c': {'setup/flow/profile/profile.h': 'the same'},
}

CLI = 'setup/cli/'
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def reached(begin, includes):
    """The CLI's files that these lead to: file -> who led to it, in words."""
    found = {name: name for name in begin}
    todo = list(begin)
    while todo:
        name = todo.pop()
        more = [h for h in includes[name] if h.startswith(CLI)]
        if name.endswith('.h'):
            more.append(name[:-1] + 'c')
        for other in more:
            if other in includes and other not in found:
                found[other] = f'{found[name]} -> {other}'
                todo.append(other)
    return found


def main():
    names = [n for n in tracked('.c', '.h') if n.startswith(CLI)]
    includes = {name: INCLUDE.findall(read(name)) for name in names}
    problems, used, looked_at = [], set(), set()
    for verb, begin in HELD.items():
        problems += [f'{verb}: there is no {name}' for name in begin if name not in includes]
        for name, way in reached([n for n in begin if n in includes], includes).items():
            looked_at.add(name)
            for header in includes[name]:
                if header in BESIDES.get(name, {}):
                    used.add((name, header))
                elif not header.startswith((CLI, *OURS)):
                    problems.append(f'{verb} goes past usher.h: {way} -> {header}')
    problems += [f'{name} does not need {header} any more: take it out of BESIDES'
                 for name, headers in BESIDES.items() for header in headers if (name, header) not in used]
    finish('library', problems, len(looked_at))


if __name__ == '__main__':
    sys.exit(main())
