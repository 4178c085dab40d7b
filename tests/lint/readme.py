# SPDX-License-Identifier: Apache-2.0
"""readme.py USHER - README.md against what it describes: its verbs and options against the program's help, its
table of faults against the table that usher prints, its table of folders against the layers; and tests/README.md against
the suites that the meson files name."""
import re
import subprocess
import sys

from layers import OURS
from sources import finish, read, tracked

README, TESTS = 'README.md', 'tests/README.md'
NO_ROW = {0, 1}  # exit codes that need no explanation: done, an error of usher's own


def say(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def rows(text, head):
    """The cells of the table whose first cell is `head`, without the head and the line below it."""
    lines = [line.strip().strip('|').split('|') for line in text.partition(f'\n| {head} |')[2].partition('\n\n')[0].split('\n')[2:]]
    return [[cell.strip() for cell in line] for line in lines]


def commands(text):
    """Lines of blocks and `spans` that show a command of usher, or an option alone."""
    blocks = re.findall(r'^```.*?^```', text, re.M | re.S)
    spans = re.findall(r'`([^`]+)`', re.sub(r'^```.*?^```', '', text, flags=re.M | re.S))
    return [' '.join(s.split()) for s in spans + '\n'.join(blocks).split('\n') if re.match(r'(\$ )?usher |--', s)]


def verbs(text, usher, problems):
    found = re.findall(r'^  ([a-z-]+)\s', say(usher, 'help'), re.M)
    options = set(re.findall(r'--([a-z][a-z0-9-]+)', ''.join(say(usher, verb, '--help') for verb in found)))
    shown = '\n'.join(commands(text))
    named = re.findall(r'\busher ([a-z]+)', shown)
    problems += [f'{README}: `usher {v}` is not mentioned' for v in found if v not in named]
    problems += [f'{README}: there is no verb in `usher {v}`' for v in named if v not in found]
    problems += [f'{README}: no verb has --{o}' for o in re.findall(r'--([a-z][a-z0-9-]+)', shown) if o not in options]
    return len(found)


def faults(text, usher, problems):
    table = [line.split('\t') for line in say(usher, 'help', '--faults').splitlines()]
    codes = {key: int(code) for key, code, *_ in table}
    shown = {int(code): keys for code, keys, *_ in rows(text, 'exit')}
    problems += [f'{README}: exit code {c} has no row' for c in sorted(set(codes.values()) - NO_ROW - set(shown))]
    problems += [f'{README}: no fault has exit code {c}' for c in sorted(set(shown) - set(codes.values()))]
    for code, keys in shown.items():
        for key in (k.strip() for k in keys.split(',')):
            begins = key.removesuffix('...')
            fits = [k for k in codes if k == key or (key.endswith('...') and k.startswith(begins))]
            if key != '...' and not fits:
                problems.append(f'{README}: exit code {code}: there is no fault {key}')
            problems += [f'{README}: {k} has exit code {codes[k]}, not {code}' for k in fits if key != '...' and codes[k] != code]
    return len(shown)


def covers(word, may):
    return word == may or may.startswith(word + '/') or may.endswith('/' + word) or (word == 'setup/*' and may.startswith('setup/'))


def folders(text, problems):
    """The third cell names what the folder may include, each folder of ours or a header by its last part; proto/base goes
    without saying."""
    shown = {re.sub('`', '', folder): re.findall(r'`([^`]+)`', may) for folder, _, may in rows(text, 'folder')}
    full = {f for f in OURS if any(n.startswith(f + '/') for n in tracked('.c'))}
    inner = {f for f in full if f.count('/') > 1 or f == 'tests/wire'}  # parts of a room: the room's row is enough
    problems += [f'{README}: {f} has no row in the table of folders' for f in sorted(full - inner - set(shown))]
    for folder, words in shown.items():
        if folder not in OURS:
            if folder != 'tests':
                problems.append(f'{README}: tests/lint/layers.py does not know {folder}')
            continue
        mine = [m for m in OURS[folder] if m != 'proto/base' and not m.startswith(folder + '/')]
        problems += [f'{README}: {folder} may also include {m}' for m in mine if not any(covers(w, m) for w in words)]
        problems += [f'{README}: {folder} may not include {w}' for w in words
                     if w != 'proto/base' and not any(covers(w, m) for m in mine)]
    return len(shown)


def suites(text, problems):
    named = set()
    for name in tracked('meson.build'):
        named |= set(re.findall(r"\bsuite: '([a-z-]+)'", read(name)))
        folder = name.rsplit('/', 1)[0]
        if name.startswith('tests/') and folder.count('/') == 1 and not read(name).split('\n')[1].startswith('# '):
            problems.append(f'{name}: say below the licence what is tested here')
    shown = {re.sub('`', '', row[0]) for row in rows(text, 'suite')}
    problems += [f'{TESTS}: the suite {s} has no row' for s in sorted(named - shown)]
    problems += [f'{TESTS}: no meson.build names the suite {s}' for s in sorted(shown - named)]
    return len(shown)


def main():
    usher = sys.argv[1]
    problems, text = [], read(README)
    counts = [verbs(text, usher, problems), faults(text, usher, problems), folders(text, problems),
              suites(read(TESTS), problems)]
    if not all(counts):
        problems.append(f'a table was not found: {counts}')
    finish('readme', problems, sum(counts))


if __name__ == '__main__':
    sys.exit(main())
