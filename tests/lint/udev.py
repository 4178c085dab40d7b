# SPDX-License-Identifier: Apache-2.0
"""The udev rule for scanners, followed as udev would: which nodes it marks, and whom it gives them to. Only the part of
the language that it uses is known here; anything else in the file is an error (`udevadm verify` is not in Debian 12)."""
import re
from fnmatch import fnmatchcase

from sources import finish, read

RULES = 'data/udev/70-usher-scanner.rules'
TOKEN = re.compile(r'\s*([A-Z]+)(?:\{(\w+)\})?(==|!=|=|-=|\+=)"([^"\\]*)"\s*(?:,|$)')
MATCHES = {'ACTION', 'SUBSYSTEM', 'KERNEL', 'ENV', 'ATTRS'}
SETS = {('GOTO', '='), ('LABEL', '='), ('ENV', '='), ('GROUP', '='), ('MODE', '='), ('TAG', '-=')}
MARKED = {'ENV': {'ID_USHER_SCANNER': '1'}, 'GROUP': 'usher', 'MODE': '0660', 'TAG': 'uaccess'}

EVENT = {'ACTION': 'add', 'SUBSYSTEM': 'input', 'KERNEL': 'event5', 'ENV': {'ID_INPUT_KEY': '1'}}
MOUSE = {'ACTION': 'add', 'SUBSYSTEM': 'input', 'KERNEL': 'event6', 'ENV': {'ID_INPUT_MOUSE': '1'}}
SERIAL = {'ACTION': 'add', 'SUBSYSTEM': 'tty', 'KERNEL': 'ttyACM0', 'ENV': {}}
RAW = {'ACTION': 'add', 'SUBSYSTEM': 'hidraw', 'KERNEL': 'hidraw0', 'ENV': {}}
USB = {'ACTION': 'add', 'SUBSYSTEM': 'usb', 'KERNEL': '1-1', 'ENV': {}}

# a node, its vendor and product, is it a scanner?
NODES = [
    *((node, vendor, '1234', True) for node in (EVENT, SERIAL, RAW)
      for vendor in ('0c2e', '0536', '05e0', '05f9', '080c', '1eab', '065a', '1777', '27dd')),
    (SERIAL | {'KERNEL': 'ttyUSB3'}, '1eab', '0d06', True),
    (EVENT, '067e', '0801', True),
    (EVENT, '067e', '1001', False),
    (RAW, '0db5', '013b', True),
    (SERIAL, '1fbb', '3850', True),
    (EVENT, '046d', 'c31c', False),   # a keyboard of Logitech
    (EVENT, '04b4', '0101', False),   # ... with a chip of Cypress
    (SERIAL, '2341', '0043', False),  # an Arduino
    (SERIAL, '2c7c', '0125', False),  # a modem
    (RAW, '1050', '0407', False),     # a security key
    (RAW, '0a5f', '0080', False),     # a printer of Zebra
    (MOUSE, '0c2e', '1234', False),
    (USB, '0c2e', '1234', False),
    (SERIAL | {'KERNEL': 'ttyS0'}, '0c2e', '1234', False),
    (EVENT | {'ACTION': 'remove'}, '0c2e', '1234', False),
    (EVENT | {'ENV': {'ID_INPUT_KEY': '1', 'ID_USHER_SCANNER': '1'}}, '0000', '0000', True),  # a site's own rule
]


def parse(text, problems):
    """A list of rules; each a list of (key, attribute, operator, value)."""
    rules = []
    for number, line in enumerate(text.split('\n'), 1):
        if not line.strip() or line.startswith('#'):
            continue
        rule, at = [], 0
        while at < len(line):
            m = TOKEN.match(line, at)
            if not m or not (m[1] in MATCHES and m[3] in ('==', '!=') or (m[1], m[3]) in SETS):
                problems.append(f'{RULES}:{number}: not understood: {line[at:]}')
                break
            if m[2] in ('idVendor', 'idProduct') and not re.fullmatch(r'[0-9a-f]{4}(\|[0-9a-f]{4})*', m[4]):
                problems.append(f'{RULES}:{number}: {m[4]} is no number as sysfs writes it')
            rule.append(m.groups())
            at = m.end()
        rules.append(rule)
    labels = [v for rule in rules for k, _, _, v in rule if k == 'LABEL']
    for i, rule in enumerate(rules):
        later = [v for r in rules[i:] for k, _, _, v in r if k == 'LABEL']
        problems += [f'{RULES}: GOTO {v} goes nowhere' for k, _, _, v in rule if k == 'GOTO' and v not in later]
    problems += [f'{RULES}: two labels {v}' for v in set(labels) if labels.count(v) > 1]
    return rules


def fits(node, usb, key, attribute, operator, value):
    if key == 'ATTRS':
        have = usb.get(attribute, '')
    else:
        have = node['ENV'].get(attribute, '') if key == 'ENV' else node[key]
    return any(fnmatchcase(have, v) for v in value.split('|')) == (operator == '==')


def run(rules, node, usb):
    """What the rules set for a node."""
    node = node | {'ENV': dict(node['ENV'])}
    done = {'ENV': node['ENV']}
    goto = None
    for rule in rules:
        if goto:
            if ('LABEL', None, '=', goto) not in rule:
                continue
            goto = None
        if not all(fits(node, usb, *t) for t in rule if t[2] in ('==', '!=')):
            continue
        for key, attribute, operator, value in rule:
            if operator in ('==', '!=') or key == 'LABEL':
                continue
            if key == 'GOTO':
                goto = value
            elif key == 'ENV':
                node['ENV'][attribute] = value
            else:
                done[key] = value
    return done


def main():
    problems = []
    rules = parse(read(RULES), problems)
    for node, vendor, product, scanner in NODES:
        got = run(rules, node, {'idVendor': vendor, 'idProduct': product})
        name = f'{RULES}: {node["SUBSYSTEM"]} {node["KERNEL"]} of {vendor}:{product}'
        if scanner:
            want = MARKED | {'ENV': node['ENV'] | MARKED['ENV']}
            if node['SUBSYSTEM'] == 'tty':
                want['ENV'] = want['ENV'] | {'ID_MM_DEVICE_IGNORE': '1'}
        else:
            want = {'ENV': node['ENV']}
        if got != want:
            problems.append(f'{name}: {got}, not {want}')
    finish('udev', problems, len(NODES))


main()
