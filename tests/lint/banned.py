# SPDX-License-Identifier: Apache-2.0
"""Functions that have a better sibling, casts that hide a warning, and words that do not belong into a source."""
import re

from sources import finish, read, tracked

# what, why, and where it may be all the same
BANNED = [
    (r'strcpy|strcat|sprintf|vsprintf|gets|strtok', 'unbounded: use snprintf, memcpy or struct buf', ()),
    (r'atoi|atol|atof|atoll', 'no error: use strtoul and its relatives', ()),
    (r'system|popen', 'a shell: use posix_spawn', ()),
    (r'tmpnam|mktemp|tempnam', 'a race: use mkostemp', ()),
    (r'alloca', 'unbounded stack', ()),
    (r'rand|srand|random', 'not random: libsodium', ()),
    (r'signal', 'use sigaction or signalfd', ()),
    (r'iscntrl', "a cleaner of one's own: text_clean()", ('setup/flow/profile/name.c',)),
    (r'usleep|sleep|nanosleep', 'no sleeping to give it time: wait for the event',
     ('tests/vm/', 'tests/sim/cli/sticker.c')),
    (r'sd_bus_(?:call\w*|send\w*|[gs]et_property\w*|add_match|flush\w*)',
     'no deadline of ours, and it may start who is called: use bluez_call()', ('ble/call.c', 'tests/')),
]
# the same for names that are no functions
NAMES = [
    (r'sd_event_default|SD_EVENT_DEFAULT|sd_bus_default\w*|SD_BUS_DEFAULT\w*',
     "the thread's, not ours: whoever waits is given a loop (setup/ports/context.h)"),
]
STRIP = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"', re.S)


def main():
    problems = []
    names = tracked('.c', '.h', '.cpp')
    for name in names:
        text = read(name)
        if 'SPDX-License-Identifier: Apache-2.0' not in text.split('\n', 3)[0] + text.split('\n', 3)[1]:
            problems.append(f'{name}: no SPDX line at the top')
        code = STRIP.sub(lambda m: '\n' * m.group(0).count('\n'), text)
        for pattern, why, may in BANNED:
            if name.startswith(may):
                continue
            for m in re.finditer(r'(?<![\w.>])(' + pattern + r')\s*\(', code):
                line = code.count('\n', 0, m.start()) + 1
                problems.append(f'{name}:{line}: {m.group(1)}() - {why}')
        for pattern, why in NAMES:
            for m in re.finditer(r'\b(?:' + pattern + r')\b', code):
                line = code.count('\n', 0, m.start()) + 1
                problems.append(f'{name}:{line}: {m.group(0)} - {why}')
    for name in tracked('.py', '.sh', '.build', '.js', '.proto'):
        if 'SPDX-License-Identifier' not in '\n'.join(read(name).split('\n')[:3]):
            problems.append(f'{name}: no SPDX line at the top')
    finish('banned', problems, len(names))


main()
