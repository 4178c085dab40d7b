# SPDX-License-Identifier: Apache-2.0
"""The tables of usher-sim against what must know their rows: a request, a behaviour of a version, a mishap, a fault of
the cloud or of the air that no test makes happen may be wrong for years, and one that no page names is not found."""
import os
import re

from functions import code
from sources import ROOT, finish, read, tracked

DEVICE, CLOUD, VHCI = 'tests/sim/device', 'tests/sim/cloud', 'tests/sim/vhci'
HOUSE = 'tests/sim/README.md'


def text_of(*places):
    return '\n'.join(read(n) for n in tracked('.c', '.h', '.py', '.sh', '.js') if n.startswith(places))


def table(name, declaration):
    """What stands between the braces of a table."""
    return re.search(re.escape(declaration) + r' = \{\n(.*?)^\};', read(name), re.M | re.S).group(1)


def missing(what, names, text, where, pattern=r'\b{}\b'):
    return [f'{what} {n}: not in {where}' for n in names if not re.search(pattern.format(re.escape(n)), text)]


def requests():
    known = set(re.findall(r'CONTROL_\w+', table(f'{DEVICE}/handlers.c', '} handlers[]')))
    sent = set(re.findall(r'\.type = (CONTROL_\w+)', text_of('setup/')))
    return known, (missing('request', known, text_of('tests/unit/sim/device'), 'the tests of the device') +
                   [f'{r} is sent by usher and has no row in {DEVICE}/handlers.c' for r in sorted(sent - known)])


def behaviours():
    body = re.search(r'struct os_behaviour \{(.*?)^\};', code(read(f'{DEVICE}/version.h')), re.M | re.S).group(1)
    names = re.findall(r'(\w+);', body)
    rest = ''.join(read(n) for n in tracked('.c') if n.startswith(DEVICE) and not n.endswith('/version.c'))
    test = 'tests/unit/sim/device/test-device-version.c'
    return names, (missing('behaviour', names, rest, 'any file that plays it') +
                   missing('behaviour', names, read(test), test))


def mishaps():
    body = re.search(r'enum mishap_kind \{(.*?)_MISHAP_MAX', code(read(f'{DEVICE}/mishap.h')), re.S).group(1)
    names = re.findall(r'MISHAP_\w+', body)
    rest = ''.join(read(n) for n in tracked('.c') if n.startswith(DEVICE) and not n.endswith('/mishap.c'))
    rows = table(f'{DEVICE}/mishap.c', '} rows[_MISHAP_MAX]')
    return names, (missing('mishap', names, rows, f'the table of {DEVICE}/mishap.c', r'\[{}\]') +
                   missing('mishap', names, rest, 'any file that plays it') +
                   missing('mishap', names, text_of('tests/unit'), 'any test'))


def cloud():
    page = f'{CLOUD}/README.md'
    kinds = re.findall(r'\{ "([a-z-]+)"', table(f'{CLOUD}/faults.c', 'kinds[]'))
    routes = re.findall(r'"/sim(/[^"]*)"', table(f'{CLOUD}/routes.c', 'routes[]'))
    collections = re.findall(r'COLLECTION\((\w+)', table(f'{CLOUD}/schema.c', 'collections[_COLLECTION_MAX]'))
    shown = re.sub(r'\b(ID)\b', ':id', read(page))
    return kinds + routes + collections, (
        missing('fault of the cloud', [k for k in kinds if k != 'status'], read(page), page, '`{}`') +
        missing('fault of the cloud', kinds, text_of('tests/unit', 'tests/sim-e2e'), 'any test', '[ "]{}\\b') +
        missing('route', {r.split('/:')[0] for r in routes}, shown, page, ' /sim{}') +
        missing('collection', set(collections) - {'pending'}, read(page), page, '`{}`'))


def air():
    verbs = re.findall(r'\{ "([a-z-]+)"', table(f'{VHCI}/control.c', 'verbs[]'))
    return verbs, missing('fault of the air', verbs, text_of('tests/unit/sim/vhci', 'tests/vm'), 'any test', r'[\w*)"] {}[ "]')


def sections(page):
    """The items of each section and subsection of the manual page: their lines as written."""
    parts = re.split(r'^\.S[hs] (.*)\n', page, flags=re.M)
    return {title: re.findall(r'^\.It (.*)', text, re.M) for title, text in zip(parts[1::2], parts[2::2])}


def keys_of(text, function):
    """What a function of world.c compares its key with."""
    return re.findall(r'strcmp\(key, "([a-z0-9-]+)"\)', re.search(rf'^static int {function}\(.*?^\}}', text, re.M | re.S).group(0))


def fields():
    """Each field of the seed, as the page's item writes it."""
    text = read(f'{CLOUD}/schema.c')
    kinds = {'TEXT': 'text', 'WHOLE': 'number', 'FLAG': 'bool', 'INSTANT': 'time', 'HEX24': '24 hex digits', 'LIST': 'list', 'TREE': 'object'}
    found = {}
    for name, body in re.findall(r'^static const struct field (\w+)\[\] = \{\n(.*?)^\};', text, re.M | re.S):
        rows = re.findall(r'\{ "(\w+)", (\w+), (NULL|"(?:\\.|[^"\\])*"), (?:true|false) \}', body)
        found[name] = [f'Va {field} Pq {kinds[kind]}' + {'NULL': '', '"!"': ', needed'}.get(
            preset, ', ' + preset[1:-1].replace('\\"', '\\(dq')) for field, kind, preset in rows]
    return found


def page():
    """usher-sim(1) has every name of its formats, and no other."""
    name = 'data/man/usher-sim.1'
    shown, world = sections(read(name)), read(f'{DEVICE}/world.c')
    faults = read(f'{CLOUD}/faults.c')
    first = {title: [item.split()[1] for item in items] for title, items in shown.items()}
    ways = keys_of(world, 'set_path')
    wanted = {'FAULTS OF A DEVICE': re.findall(r'= \{ "([a-z-]+)",', table(f'{DEVICE}/mishap.c', '} rows[_MISHAP_MAX]')),
              'Kinds': re.findall(r'\{ "([a-z-]+)"', table(f'{CLOUD}/faults.c', 'kinds[]')),
              'Keys': re.findall(r'\{ "([a-z-]+)", &rule->', faults),
              **{f'[{s}]': keys_of(world, f'set_{s}') + ways for s in ('network', 'ethernet', 'cellular')}, **fields()}
    first.update({title: shown.get(title, []) for title in fields()})
    problems = []
    for title, names in wanted.items():
        there = first.get(title, [])
        problems += [f'{name}: {title}: "{n}" is missing' for n in names if n not in there]
        problems += [f'{name}: {title}: there is no "{n}"' for n in there if n not in names]
    for words in ('securities', 'sims'):
        row = ' | '.join(re.findall(r'\{ "([a-z0-9-]+)"', table(f'{DEVICE}/world.c', f'{words}[]')))
        problems += [] if any(f'No = Cm {row}' in item for items in shown.values() for item in items) else [f'{name}: "{row}" is missing']
    return [n for names in wanted.values() for n in names], problems


def rooms():
    names = sorted(n for n in os.listdir(os.path.join(ROOT, 'tests/sim')) if os.path.isdir(os.path.join(ROOT, 'tests/sim', n)))
    return names, missing('room', names, read(HOUSE), HOUSE, r'`{}/`')


def main():
    problems, looked_at = [], 0
    for check in (requests, behaviours, mishaps, cloud, air, page, rooms):
        names, found = check()
        looked_at += len(names)
        problems += found
        if not names:
            problems.append(f'{check.__name__}: found nothing to look at, the check itself is broken')
    finish('sim', problems, looked_at)


main()
