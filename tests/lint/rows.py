# SPDX-License-Identifier: Apache-2.0
"""What stands in a file of its own is in the list that makes it count: the row of a verb in VERBS, what a step does in THE
TABLE. (The linker finds the other half: what a list names and no file has.)"""
import re

from sources import finish, read, tracked

# what a row looks like -> the list, and how it names the row
LISTS = {
    r'^const struct verb verb_(\w+) = \{': ('setup/cli/verbs.h', r'\beach\({}\)'),
    r'^const struct step_acts (\w+)_acts = \{': ('setup/flow/steps.c', r'\bACTS\({}\)'),
}


def main():
    problems, n = [], 0
    for row, (place, named) in LISTS.items():
        listed, found = read(place), 0
        for name in tracked('.c'):
            for what in re.findall(row, read(name), re.M) if name.startswith('setup/') else ():
                found += 1
                if not re.search(named.format(what), listed):
                    problems.append(f'{name}: {what} is missing in {place}')
        if not found:
            problems.append(f'{place}: nothing of its kind was found')
        n += found
    finish('rows', problems, n)


main()
