# SPDX-License-Identifier: Apache-2.0
"""man.py USHER USHER-SIM PAGE... - the manual pages against the programs: each verb has its section, each option and key
its item, and no page names an option that is not there. (Steps, faults and exit status are filled in from the tables
when the page is made: data/man/fill.py.) groff must have nothing to say, bash must understand the completion."""
import os
import re
import shutil
import subprocess
import sys

from sources import finish, read


def say(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def options_of(text):
    listed = '\n'.join(line for line in text.splitlines() if line.startswith('  '))
    return set(re.findall(r'(?:^|\s)--([a-z][a-z0-9-]+)', listed))


def items(page):
    """Options that a page's items explain, by the subsection that they stand in."""
    found, section = {}, ''
    for line in page.splitlines():
        if line.startswith(('.Ss ', '.Sh ')):
            section = line[4:].strip('"')
        elif line.startswith('.\\" options of '):  # this comment stands for a sentence that says so
            other, _, without = line.removeprefix('.\\" options of ').partition(' except ')
            found.setdefault(section, set()).update(found[other] - set(without.split()))
        elif line.startswith('.It '):
            found.setdefault(section, set()).update(re.findall(r'Fl -([a-z][a-z0-9-]+)', line))
    return found


def check_verbs(program, name, text, problems):
    explained = items(text)
    verbs = re.findall(r'^  ([a-z]+)\s', say(program, 'help' if program.endswith('usher') else '--help'), re.M)
    for verb in verbs:
        section = f'{os.path.basename(program)} {verb}'
        here, there = options_of(say(program, verb, '--help')), explained.get(section, set())
        here.discard('help'), there.discard('help')  # every verb has it
        problems += [f'{name}: {section}: --{o} is missing' for o in sorted(here - there)]
        problems += [f'{name}: {section}: --{o} does not exist' for o in sorted(there - here)]
    if not verbs:
        problems.append(f'{program}: no verbs found in its help')
    return len(verbs) + len(text.splitlines())


def check_profile(text, problems):
    source = read('setup/flow/profile/keys.c')
    keys = re.findall(r'\{ \{ "(setup|wifi)", "([a-z-]+)",', source)
    if len(keys) < 5:
        problems.append('setup/flow/profile/keys.c: the table of keys was not found')
    for section, key in keys:
        part = text.split(f'.Ss [{section}]')[-1].split('.S')[0]
        if not re.search(rf'^\.It Cm {key} No =', part, re.M):
            problems.append(f'usher.profile.5: [{section}] {key} is missing')


def check_groff(pages, problems):
    if not shutil.which('groff'):
        return
    for page in pages:
        r = subprocess.run(['groff', '-mdoc', '-Tutf8', '-ww', '-z', page], capture_output=True, text=True)
        problems += [f'groff: {line}' for line in r.stderr.splitlines()]


def main():
    usher, sim = sys.argv[1:3]
    pages, problems, texts = sys.argv[3:], [], {}
    for page in pages:
        with open(page, encoding='utf-8') as f:
            texts[os.path.basename(page)] = f.read()
    n = check_verbs(usher, 'usher.1', texts['usher.1'], problems)
    n += check_verbs(sim, 'usher-sim.1', texts['usher-sim.1'], problems)
    check_profile(texts['usher.profile.5'], problems)
    check_groff(pages, problems)
    completion = subprocess.run(['bash', '-n'], input=say(usher, 'help', '--completion'), text=True, capture_output=True)
    if completion.returncode:
        problems.append(f'completion: {completion.stderr}')
    finish('man', problems, n)


if __name__ == '__main__':
    sys.exit(main())
