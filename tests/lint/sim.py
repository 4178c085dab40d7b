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


def rooms():
    names = sorted(n for n in os.listdir(os.path.join(ROOT, 'tests/sim')) if os.path.isdir(os.path.join(ROOT, 'tests/sim', n)))
    return names, missing('room', names, read(HOUSE), HOUSE, r'`{}/`')


def main():
    problems, looked_at = [], 0
    for check in (requests, behaviours, mishaps, cloud, air, rooms):
        names, found = check()
        looked_at += len(names)
        problems += found
        if not names:
            problems.append(f'{check.__name__}: found nothing to look at, the check itself is broken')
    finish('sim', problems, looked_at)


main()
