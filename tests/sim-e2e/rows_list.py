# SPDX-License-Identifier: Apache-2.0
"""Many devices from a list: the whole of it is checked first, each device ends by itself, the same command goes on. Rows
that are about one device after the other have one slot."""
import csv
import io
import json
import os
import signal

from world import DEVICE_ID, OWNER, PASSWORD, SECRET, SERIAL, SSID, TOKEN, expect

OTHERS = [(SERIAL[:-1] + c, SECRET[:-1] + c, DEVICE_ID[:-1] + str(i)) for i, c in enumerate('XYZ')]
ONE_SLOT = ('--slots', '1')
DEVICES = [(SERIAL, SECRET, DEVICE_ID), *OTHERS]


def arguments(w, text, *options, claim='user'):
    """What usher is told, with `text` as the list."""
    words = ['setup', '--from', w.file('list.csv', text), '--radio', f'sim:{w.air}', '--no-input', '--claim', claim,
             '--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD)]
    if claim != 'none':
        words += ['--cloud', w.url or 'http://127.0.0.1:9', '--token-file', w.file('token', TOKEN)]
    return [*words, *options]


def world(w, n, **options):
    """A cloud that knows all devices, of which the first n are there."""
    w.secrets += [secret for _, secret, _ in OTHERS]
    w.cloud(devices=[{'id': i, 'serial': s, 'mobile_secret': x, 'platform_id': 12} for s, x, i in DEVICES])
    for serial, secret, device_id in DEVICES[:n]:
        w.device(*options.get('options', ()), serial=serial, secret=secret, device_id=device_id)


def labels(*rows, header='label,name'):
    return '\n'.join([header, *(f'{s} {x},{name}' for (s, x, _), name in zip(DEVICES, rows))]) + '\n'


def outcomes(result):
    return [(e['serial'], e['outcome']) for e in result.events if e['event'] == 'result']


def summary(result):
    return tuple(result.last[k] for k in ('event', 'done', 'failed', 'pending', 'cancelled', 'exit'))


def row_list(w):
    """Each device becomes online, owned and named as its row says; the secrets stay in the list."""
    world(w, 3)
    result = w.run(*arguments(w, labels('Kitchen', '"Attic, left"', ''), '--name', 'Lamp {n}', '--json', *ONE_SLOT))
    expect(summary(result), ('summary', 3, 0, 0, 0, 0), 'summary', result)
    expect(outcomes(result), [(s, 'done') for s, _, _ in DEVICES[:3]], 'results', result)
    expect(result.code, 0, 'exit code', result)
    devices = [w.cloud_device(i) for _, _, i in DEVICES[:3]]
    expect([(d['owner'], d['name'], d['online']) for d in devices],
           [(OWNER, n, True) for n in ('Kitchen', 'Attic, left', 'Lamp 1')], 'in the cloud', result)


def row_list_goes_on(w):
    """One is not there: 24, and the same command sets up that one alone."""
    world(w, 2)
    words = arguments(w, labels('a', 'b', 'c'), '--json', '--timeout', '3')
    first = w.run(*words)
    expect((first.code, summary(first)), (24, ('summary', 2, 1, 0, 0, 24)), 'the first run', first)
    serial, secret, device_id = DEVICES[2]
    w.device(serial=serial, secret=secret, device_id=device_id)
    second = w.run(*words)
    expect((second.code, summary(second)), (0, ('summary', 3, 0, 0, 0, 0)), 'the second run', second)
    expect(outcomes(second), [(serial, 'done')], 'what was worked on', second)


def row_list_words(w):
    """Without --json: nothing on standard output; what is there before is said."""
    world(w, 2)
    words = arguments(w, labels('a', 'b'))
    for said in ('2 of 2: ' + DEVICES[1][0] + ', b', f'{SERIAL} was set up before.'):
        result = w.run(*words)
        expect((result.code, result.out), (0, ''), 'exit code and standard output', result)
        assert said in result.err and '2 done, 0 failed, 0 pending, 0 cancelled.' in result.err, result.err


def row_list_profiles(w):
    """A row's own profile takes the place of the command's, options stay over both."""
    world(w, 2)
    shop = w.file('shop.ini', '[setup]\nname = Shop\n')
    text = f'profile,serial,secret\r\n{shop},{SERIAL},{SECRET}\r\n,{DEVICES[1][0]},{DEVICES[1][1]}\r\n'
    result = w.run(*arguments(w, '\ufeff' + text, '--profile', w.file('site.ini', '[setup]\nname = Site\n')))
    expect(result.code, 0, 'exit code', result)
    expect([w.cloud_device(i)['name'] for _, _, i in DEVICES[:2]], ['Shop', 'Site'], 'names', result)


def row_list_errors(w):
    """All errors at once, with their lines, before anything is asked; no secret is told."""
    world(w, 0)
    text = f'label,profile,name\n{SERIAL} {SECRET},none,ok\n{SERIAL} {SECRET},none,twice\n\nnonsense,,\n' + \
        f'{DEVICES[1][0]} {DEVICES[1][1]},missing,\n{DEVICES[2][0]} {DEVICES[2][1]},none,{{x}}\n'
    for more in ((), ('--dry-run',)):
        result = w.run(*arguments(w, text, '--json', *more))
        expect((result.code, result.last['fault'], result.last['exit']), (2, 'config', 2), 'fault', result)
        for line, words in ((3, f'{SERIAL} stands on line 2 already'), (5, 'It holds one word of 8'),
                            (6, 'the profile missing: '), (7, 'no other braces')):
            assert [s for s in result.err.splitlines() if f'list.csv, line {line}: ' in s and words in s], (words, result.err)
        assert 'has 4 errors, and nothing was done' in result.last['cause'], result.last
    w.check_cloud_unasked()


def row_list_refused(w):
    """What is wrong with the list as a whole, or with the options around it."""
    for text, words in ((f'{SERIAL} {SECRET}\n', 'put a line with the one word label'), ('label\n', 'nothing below the header'),
                        ('', 'is empty')):
        result = w.run(*arguments(w, text, '--json', claim='none'))
        expect((result.code, result.last['fault']), (2, 'config'), text, result)
        assert words in result.last['cause'], result.last
    for options in (('--label', w.label()), ('--image', 'a.png'), ('--scanner', 'auto'), ('--camera', 'auto'), ('--count', '2'),
                    ('--report', 'r.json'), ('--serial', SERIAL), ('--from', '-')):
        result = w.run(*arguments(w, labels('a'), '--json', *options, claim='none'))
        expect((result.code, result.last['fault']), (2, 'usage'), str(options), result)
        assert '--from' in result.last['cause'], result.last
    words = arguments(w, labels('a'), '--json', claim='none')
    w.file('list.csv', labels('a'), mode=0o644)
    result = w.run(*words)
    expect(result.code, 2, 'exit code', result)
    assert 'chmod o-rwx' in result.last['cause'], result.last


def row_list_dry_run(w):
    """How many, and with which profiles; nobody is asked anything."""
    world(w, 1)
    shop = w.file('shop.ini', '[setup]\nclaim = none\n')
    text = f'label,profile\n{SERIAL} {SECRET},{shop}\n{DEVICES[1][0]} {DEVICES[1][1]},\n{DEVICES[2][0]} {DEVICES[2][1]},\n'
    result = w.run(*arguments(w, text, '--json', '--dry-run', '--name', 'Lamp {n}'))
    expect(result.code, 0, 'exit code', result)
    expect((result.last['event'], result.last['devices'], result.last['cloud']), ('list', 3, w.url), 'plan', result)
    expect([(p['profile'], p['devices'], p['networks']) for p in result.last['profiles']], [(shop, 1, 1), (None, 2, 1)], 'profiles')
    result = w.run(*arguments(w, text, '--dry-run'))
    for words in ('devices     3', f'{shop}, devices: 1', 'of this command, devices: 2, claim: user, networks: 1'):
        assert words in result.out, (words, result.out)
    w.check_cloud_unasked()


def row_list_cancelled(w):
    """Ctrl-C: 130, what was not begun is counted, and the same command goes on."""
    world(w, 1)
    words = arguments(w, labels('a', 'b', 'c'), '--json', *ONE_SLOT)
    process = w.spawn(words)
    lines = []
    while not lines or json.loads(lines[-1]).get('serial') != DEVICES[1][0]:
        lines.append(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    last = json.loads(out.splitlines()[-1])
    expect((process.returncode, last['done'], last['cancelled'], last['exit']), (130, 1, 2, 130), err)
    assert 'The same command goes on' in err, err


def interrupt_at(w, process, serial, wanted, times=1):
    """Ctrl-C, so many times, as soon as the device is at that event; returns what follows."""
    def reached(line):
        event = json.loads(line)
        return event.get('serial') == serial and (event['event'], event.get('step'), event.get('state')) == wanted
    while not reached(process.stdout.readline()):
        pass
    process.send_signal(signal.SIGINT)
    if times > 1:
        while 'Ctrl-C again' not in process.stderr.readline():
            pass
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    events = [json.loads(line) for line in out.splitlines()]
    expect(process.returncode, 130, err)
    return events, err


def row_list_interrupted(w):
    """The step in hand ends, no other begins; a second Ctrl-C does not wait; the same command goes on in both cases."""
    world(w, 1, options=('--join-ms', '2000'))
    words = arguments(w, labels('a', 'b'), '--json', '--timeout', '20', *ONE_SLOT)
    join = ('step', 'wifi-join', 'started')
    events, err = interrupt_at(w, w.spawn(words), SERIAL, join)
    steps = [(e['step'], e['state']) for e in events if e['event'] == 'step']
    assert ('wifi-join', 'done') in steps, (steps, err)
    expect([e['outcome'] for e in events if e['event'] == 'result'], ['cancelled'], err)
    expect(tuple(events[-1][k] for k in ('done', 'cancelled', 'exit')), (0, 2, 130), err)
    serial, secret, device_id = DEVICES[1]
    w.device(serial=serial, secret=secret, device_id=device_id)
    result = w.run(*words)
    expect((result.code, summary(result)), (0, ('summary', 2, 0, 0, 0, 0)), 'gone on with', result)


def row_list_interrupted_twice(w):
    world(w, 1, options=('--join-ms', '20000'))
    events, err = interrupt_at(w, w.spawn(arguments(w, labels('a'), '--json')), SERIAL, ('step', 'wifi-join', 'started'), times=2)
    steps = [(e['step'], e['state']) for e in events if e['event'] == 'step']
    assert ('wifi-join', 'done') not in steps, (steps, err)
    expect(events[-1]['exit'], 130, err)


def row_list_results(w):
    """A table of how each device ended, without a secret; a second run writes it anew."""
    world(w, 1)
    text = f'label,name,site\n{SERIAL} {SECRET},"Kitchen, left",north\n{DEVICES[1][0]} {DEVICES[1][1]},b,\n'
    path = w.folder / 'results.csv'
    words = arguments(w, text, '--timeout', '3', '--results', str(path))
    result = w.run(*words)
    expect(result.code, 24, 'exit code', result)
    rows = list(csv.DictReader(path.open()))
    expect(list(rows[0]), ['serial', 'site', 'outcome', 'fault', 'cause', 'id', 'name', 'owner', 'ms'], 'columns')
    first, second = rows
    assert int(first.pop('ms')) > 0 and int(second.pop('ms')) >= 3000, rows
    expect(first, {'serial': SERIAL, 'site': 'north', 'outcome': 'done', 'fault': '', 'cause': first['cause'], 'id': DEVICE_ID,
                   'name': 'Kitchen, left', 'owner': OWNER}, 'the first', result)
    expect((second['serial'], second['outcome'], second['fault'] != ''), (DEVICES[1][0], 'failed', True), 'the second', result)
    w.check_no_secret(path.read_text(), 'the results')
    expect(oct(path.stat().st_mode & 0o777), '0o600', 'mode')
    serial, secret, device_id = DEVICES[1]
    w.device(serial=serial, secret=secret, device_id=device_id)
    expect(w.run(*words).code, 0, 'the second run')
    expect([(r['serial'], r['outcome'], r['ms'] != '') for r in csv.DictReader(path.open())],
           [(SERIAL, 'done', False), (serial, 'done', True)], 'the second table')
    expect([n for n in os.listdir(w.folder) if n.startswith('results')], ['results.csv'], 'nothing else is left')
    for place, code in (('/nowhere/results.csv', 2), (str(w.folder), 2)):
        result = w.run(*arguments(w, text, '--json', '--results', place))
        expect((result.code, result.last['fault']), (code, 'config'), place, result)
    result = w.run('setup', '--json', '--label', w.label(), '--results', str(path))
    expect((result.code, result.last['fault']), (2, 'usage'), 'without --from', result)


def row_list_results_no_formula(w):
    """A spreadsheet calculates nothing of what a list has as name or remark; and what was written is read as it was."""
    world(w, 2)
    path = w.folder / 'results.csv'
    cells = given = {'name': '=1+1', 'site': '-5 degrees'}
    for serial, secret, device_id in DEVICES[:2]:
        text = io.StringIO()
        csv.writer(text).writerows([['label', *cells], [f'{serial} {secret}', *cells.values()]])
        result = w.run(*arguments(w, text.getvalue(), '--results', str(path)))
        expect(result.code, 0, 'exit code', result)
        expect(w.cloud_device(device_id)['name'], given['name'], 'in the cloud', result)
        written = next(csv.DictReader(path.open()))
        cells = {k: written[k] for k in given}
        expect(cells, {k: f"'{v}" for k, v in given.items()}, 'written')


def row_list_token(w):
    """A token that is refused is refused for all: the list ends there."""
    world(w, 2)
    words = arguments(w, labels('a', 'b'), '--json', *ONE_SLOT)
    w.file('token', 'f' * 40)
    result = w.run(*words)
    expect((result.code, summary(result)), (18, ('summary', 0, 1, 0, 1, 18)), 'the end', result)
