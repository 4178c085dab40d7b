# SPDX-License-Identifier: Apache-2.0
"""man.py USHER USHER-SIM PAGE... - the manual pages against the programs, both ways: each verb has its section and its
place in the synopsis, each option its item, each word and action of a verb its mention, each key of a profile its item
with its values; and no page explains a verb, option or key that is not there. (Steps, faults and exit status, and the options that are keys
of a profile, are filled in from the tables when the page is made: data/man/fill.py.) groff must have nothing to say,
bash must understand the completion."""
import json
import os
import re
import shutil
import subprocess
import sys

from sources import finish


def say(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def options_of(text):
    listed = '\n'.join(line for line in text.splitlines() if line.startswith('  '))
    return set(re.findall(r'(?:^|\s)--([a-z][a-z0-9-]+)', listed))


def sections(page):
    """The text of each section and subsection by its title."""
    parts = re.split(r'^\.S[hs] (.*)\n', page, flags=re.M)
    return {title.strip('"'): text for title, text in zip(parts[1::2], parts[2::2])}


def items(page):
    """Options that a page's items explain, by the section that they stand in."""
    found = {}
    for section, text in sections(page).items():
        here = found[section] = set()
        for line in text.splitlines():
            if line.startswith('.\\" options of '):  # this comment stands for a sentence that says so
                other, some = re.fullmatch(r'\.\\" options of (.*) only (.*)', line).groups()
                here.update(found[other] & set(some.split()))
            elif line.startswith('.It '):
                here.update(re.findall(r'Fl -([a-z][a-z0-9-]+)', line))
    return found


def named(text):
    """The literal words that a page sets off: .Cm sim status , claim -> "sim status", "claim"."""
    lines = re.findall(r'^\.(?:It )?Cm (.*)', text, re.M)
    return {' '.join(w.split()) for line in lines for w in re.split(r'[,|;.]', line)}


def check_words(section, text, arguments, help_text, problems):
    """The words of "repair sim|setup-done" and the actions of "cloud", in the verb's section."""
    prefix = section + ' '
    there = {n.removeprefix(prefix) for n in named(text)}
    words = arguments.split('|') if '|' in arguments else []
    for part in re.findall(r'ACTION is one of:\n((?:  .*\n)+)', help_text):
        words += re.findall(r'^  ([a-z-]+(?: [a-z-]+)?)  ', part, re.M)
    problems += [f'{section}: "{w}" is not explained' for w in words if w not in there]
    return len(words)


def check_verbs(program, name, text, problems):
    explained, texts, n = items(text), sections(text), 0
    tool = os.path.basename(program)
    verbs = re.findall(r'^  ([a-z]+)(?: (\S+))?', say(program, 'help' if tool == 'usher' else '--help'), re.M)
    synopsis = texts.get('SYNOPSIS', '')
    for verb, arguments in verbs:
        section, help_text = f'{tool} {verb}', say(program, verb, '--help')
        if section not in texts:
            problems.append(f'{name}: {section} has no section')
            continue
        if '\n.Ar VERB' not in synopsis and verb not in {words.split()[0] for words in named(synopsis) if words}:
            problems.append(f'{name}: {section} is missing in the synopsis')
        here, there = options_of(help_text), explained[section]
        here.discard('help'), there.discard('help')  # every verb has it
        problems += [f'{name}: {section}: --{o} is missing' for o in sorted(here - there)]
        problems += [f'{name}: {section}: --{o} does not exist' for o in sorted(there - here)]
        n += check_words(section, texts[section], arguments, help_text, problems)
    known = {f'{tool} {verb}' for verb, _ in verbs}
    problems += [f'{name}: {s} does not exist' for s in texts if s.startswith(tool + ' ') and s not in known]
    if not verbs:
        problems.append(f'{program}: no verbs found in its help')
    return len(verbs) + n + len(text.splitlines())


def keys_of(page):
    """Section, key and value of what the page explains: ".It Cm sim No = Cm internal | external"."""
    found = set()
    for section, text in sections(page).items():
        for key, value in re.findall(r'^\.It Cm (\S+) No = (?:Cm|Ar) (.*)', text, re.M):
            found.add((section.strip('[]'), key, value.replace(' ', '')))
    return found


def check_profile(usher, text, problems):
    rows = [line.split('\t') for line in say(usher, 'help', '--keys').splitlines()]
    here, there = {tuple(row[:3]) for row in rows}, keys_of(text)
    problems += ['usher.profile.5: [%s] %s = %s is missing' % key for key in sorted(here - there)]
    problems += ['usher.profile.5: [%s] %s = %s does not exist' % key for key in sorted(there - here)]
    return len(here)


def check_events(usher, text, problems):
    """The page is made from the table; its example is by hand."""
    rows = [line.split('\t') for line in say(usher, 'help', '--events').splitlines()]
    keys = {}
    for event, key, *_ in rows:
        keys.setdefault(event, []).extend([key] if key and '.' not in key else [])
    for line in re.findall(r'^\{"v".*?\}$', text, re.M | re.S):
        event = json.loads(line.replace('\n', ''))
        wanted = [*keys['*'], *keys['+'], 'event', *keys[event['event']]]
        if list(event) != wanted:
            problems.append(f'usher.events.5: the example has {list(event)}, not {wanted}')
    return len(rows)


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
    n += check_profile(usher, texts['usher.profile.5'], problems)
    n += check_events(usher, texts['usher.events.5'], problems)
    check_groff(pages, problems)
    completion = subprocess.run(['bash', '-n'], input=say(usher, 'help', '--completion'), text=True, capture_output=True)
    if completion.returncode:
        problems.append(f'completion: {completion.stderr}')
    finish('man', problems, n)


if __name__ == '__main__':
    sys.exit(main())
