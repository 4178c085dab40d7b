# SPDX-License-Identifier: Apache-2.0
"""What usher writes with --json against the table that usher.events(5) is made from: every event and key is in it, in its
order, of its type; what ends a stream ends it, and says the exit status."""
import functools
import json
import re
import subprocess

LAST = ('result', 'plan', 'list', 'summary', 'verdict')
TYPES = {'text': str, 'number': int, 'bool': bool, 'object': dict, 'list': list, 'null': type(None)}
TIME = re.compile(r'20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z')


@functools.cache
def table(usher):
    """event -> key -> type, in order; keys of objects as object.key"""
    out = subprocess.run([usher, 'help', '--events'], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in out.splitlines():
        event, key, kind, meaning = line.split('\t')
        assert meaning.endswith('.') and key not in found.get(event, ()), line
        found.setdefault(event, {})
        if key:
            found[event][key] = kind
    return found


def fits(value, kind):
    words = kind.split('|')
    if any(type(value) is TYPES[w] for w in words if w in TYPES):  # a bool is no number
        return True
    return isinstance(value, str) and value in [w for w in words if w not in TYPES]


def inner(keys, name):
    return {k.removeprefix(name + '.'): kind for k, kind in keys.items() if k.startswith(name + '.')}


def check_keys(found, keys, where):
    wanted = [k for k in keys if '.' not in k]
    assert list(found) == wanted, f'{where}: {list(found)} instead of {wanted}'
    for key, value in found.items():
        assert fits(value, keys[key]), f'{where}: {key} is {value!r}, not {keys[key]}'
        below = inner(keys, key)
        for part in (value if isinstance(value, list) else [value]) if below else ():
            check_keys(part, below, f'{where}.{key}')


def check_event(event, known):
    name = event.get('event')
    assert name in known, f'{name} is in no table: {event}'
    head = dict(known['*'], event='text')
    if 'job' in event:
        head = {**known['*'], **known['+'], 'event': 'text'}
    n = len(head)
    check_keys(dict(list(event.items())[:n]), head, name)
    assert event['v'] == 2 and TIME.fullmatch(event['time']), event
    if name != 'help' or 'row' not in event:
        check_keys(dict(list(event.items())[n:]), known[name], name)


def check(usher, result):
    known = table(usher)
    lines = [json.loads(line) for line in result.out.splitlines()]
    for number, event in enumerate(lines):
        check_event(event, known)
        one_of_several = event['event'] == 'result' and lines[-1]['event'] == 'summary'
        if event['event'] in LAST and not one_of_several:
            assert number == len(lines) - 1, f'after the last event:\n{result.out}'
    if result.code > 1:
        assert lines and lines[-1].get('exit') == result.code, \
            f'exit status {result.code} and no event that says so:\n{result.out}\n{result.err}'
