# SPDX-License-Identifier: Apache-2.0
"""Several devices of a list at once: slots, adapters, the table on a terminal, and what a crash leaves."""
import fcntl
import json
import os
import re
import resource
import signal
import struct
import termios
import time

import effects
from rows_terminal import Terminal
from world import OWNER, PASSWORD, SSID, TOKEN, expect


def words(w, path, *options):
    return ['setup', '--from', path, '--cloud', w.url, '--token-file', w.file('token', TOKEN), '--no-input', '--claim', 'user',
            '--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD), *options]


def air(w):
    return ['--radio', f'sim:{w.air}']


def world(w, n, *options, **columns):
    path, rows = w.new_list(n, **columns)
    w.cloud()
    w.devices(path, *options)
    return path, rows


def summary(result):
    return tuple(result.last[k] for k in ('event', 'done', 'failed', 'pending', 'cancelled', 'exit'))


def expect_all(w, rows, result, n=None):
    n = n or len(rows)
    expect((result.code, summary(result)), (0, ('summary', n, 0, 0, 0, 0)), 'the end', result)
    known = {d['serial']: d for d in w.ask_cloud('/sim/state')['devices']}
    expect({(known[r['serial']]['owner'], known[r['serial']]['online']) for r in rows}, {(OWNER, True)}, 'in the cloud', result)


def at_once(events):
    """The most devices that had a slot at the same time: from when a device is looked for until the radio is done with it. What is
    left then is the cloud's, and has none."""
    holding, most = set(), 0
    for e in events:
        if e['event'] == 'step' and (e['step'], e['state']) == ('find', 'started'):
            holding.add(e['serial'])
        elif e['event'] == 'result' or e['event'] == 'step' and (e['step'], e['state']) == ('setup-done', 'done'):
            holding.discard(e['serial'])
        most = max(most, len(holding))
    return most


def row_list_slots(w):
    """Five at once take less time than one after another, and no more are at work than there are slots."""
    took = {}
    for slots in (1, 5):
        path, rows = world(w, 5, '--join-ms', '1000')
        begun = time.monotonic()
        result = w.run(*words(w, path, *air(w), '--json', '--slots', str(slots)))
        took[slots] = time.monotonic() - begun
        expect_all(w, rows, result)
        expect(at_once(result.events), slots, 'devices at once', result)
        w.device_end()
    assert took[5] < took[1] / 2, took
    print(f'5 devices: {took[1]:.1f} s in one slot, {took[5]:.1f} s in five')
    for wrong in ('0', '65', 'x'):
        result = w.run(*words(w, path, *air(w), '--json', '--slots', wrong))
        expect((result.code, result.last['fault']), (2, 'usage'), wrong, result)
        assert '--slots is a number of devices at once, 1 to 64' in result.last['cause'], result.last


def row_list_resumed(w):
    """SIGKILL in the middle: the same command sets up the others, and nothing happens to a device twice."""
    path, rows = w.new_list(5)
    told = [w.folder / 'cloud.effects', w.folder / 'device.effects']
    w.cloud(options=('--effects', str(told[0])))
    w.devices(path, '--join-ms', '1000', '--effects', str(told[1]))
    command = words(w, path, *air(w), '--json', '--slots', '3')
    process = w.spawn(command)
    joined = 0
    while joined < 2:
        event = json.loads(process.stdout.readline())
        joined += (event['event'], event.get('step'), event.get('state')) == ('step', 'wifi-join', 'done')
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    result = w.run(*command)
    expect_all(w, rows, result)
    for file in told:
        twice, repeats = effects.judge(w.effects(file), undone=('online', 'offline'))
        expect(twice, [], 'what happened twice', result)
        print(f'{file.name}: {repeats} repeated without a change')
    again = w.run(*command)
    expect_all(w, rows, again)
    expect([e['event'] for e in again.events], ['summary'], 'nothing is left to do', again)


def row_list_full_disk(w):
    """A journal that cannot be written holds everything up, which is said; with room again the same command goes on."""
    path, rows = world(w, 2)
    command = words(w, path, *air(w), '--json')
    process = w.spawn(command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (130_000, 130_000)))
    while 'cannot be kept on its disk' not in (line := process.stderr.readline()):
        assert line, 'it ended without a word'
    process.send_signal(signal.SIGINT)
    result = w.finish(process)
    expect((result.code, result.last['event']), (130, 'summary'), 'the end', result)
    assert 'The same command goes on' in result.err, result.err
    expect_all(w, rows, w.run(*command))


def row_list_second_process(w):
    """One process works on a list; another one is told which, and may have a list of its own."""
    path, rows = world(w, 1, '--join-ms', '60000')
    command = words(w, path, *air(w), '--json')
    process = w.spawn(command)
    while json.loads(process.stdout.readline()).get('step') != 'wifi-join':
        pass
    result = w.run(*command)
    expect((result.code, result.last['event'], result.last['outcome']), (2, 'result', 'failed'), 'the second one', result)
    assert str(process.pid) in result.last['cause'], (process.pid, result.last)
    assert str(process.pid) in result.err, result.err
    process.terminate()
    expect(process.wait(30), 130, 'the first one')


def row_list_radios(w):
    """Each adapter sets up whom it hears; elsewhere one is enough."""
    path, rows = w.new_list(4)
    w.cloud()
    airs = [w.air, w.folder / 'air2']
    airs[1].mkdir()
    for place, some in zip(airs, (rows[:2], rows[2:])):
        w.devices(w.file(f'{place.name}.csv', 'serial,secret\n' + ''.join(f'{r["serial"]},{r["secret"]}\n' for r in some)), air=place)
    radios = [word for place in airs for word in ('--radio', f'sim:{place}')]
    result = w.run(*words(w, path, *radios, '--json', '--slots', '1'))
    expect_all(w, rows, result)
    expect(at_once(result.events), 2, 'one on each', result)
    for wrong, said in ((radios[:2] * 2, 'twice'), ([*radios, '--label', w.label()], None)):
        command = words(w, path, *wrong, '--json')
        if not said:
            command[1:3], said = [], 'several --radio go with --from'
        result = w.run(*command)
        expect((result.code, result.last['fault']), (2, 'usage'), str(wrong), result)
        assert said in result.last['cause'], result.last


def row_list_table(w):
    """On a terminal: a line for each device at work and the counts, rewritten in place; who is done or failed stays above."""
    path, rows = w.new_list(3, name=lambda n: ('Kitchen', 'Küche', '厨房')[n])
    w.cloud()
    w.devices(w.file('there.csv', 'serial,secret\n' + ''.join(f'{r["serial"]},{r["secret"]}\n' for r in rows[:2])), '--join-ms', '3000')
    w.device('--interval-ms', '0', serial=rows[2]['serial'], secret=rows[0]['secret'])
    for more in ({}, {'NO_COLOR': '1'}):
        t = Terminal(w, words(w, path, *air(w)), {**w.environment(), 'TERM': 'xterm', **more})
        fcntl.ioctl(t.fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
        code, screen = t.end()
        expect(code, 24, f'exit code\n{screen}')
        lines = [re.sub(r'\033\[\d*[mKJA]', '', line) for line in screen.replace('\r', '\n').split('\n')]
        stays = f'{rows[2]["serial"]}  厨房  failed: '
        assert any(line.startswith(stays) for line in lines), screen
        expect('\033[31m' in screen, not more, f'colours\n{screen}')
        if not more:
            for name, row in (('Kitchen', rows[0]), ('Küche', rows[1])):
                assert any(re.fullmatch(rf'  {row["serial"]}  {name} +Joining the Wi-Fi network \.\.\. [1-3] s of \d+ s.*', line)
                           for line in lines), screen
                assert any(line.startswith(f'{row["serial"]}  {name}  done in ') for line in lines), screen
            assert any(re.search(r'^  0 of 3 done, 1 failed, 2 at work', line) for line in lines), screen
            assert '\033[2A' in screen, screen
        assert '2 done, 1 failed, 0 pending, 0 cancelled.' in screen, screen


def answer_all(w, rows, command):
    """Answers whatever is asked; how often that was."""
    t = Terminal(w, command, {**w.environment(), 'TERM': 'xterm'})
    asked, shown = 0, ''
    try:
        while True:
            if 'name of a hidden network: ' in t.screen:
                shown += t.wait_for('name of a hidden network: ')
                t.type('1\n')
                shown += t.wait_for('(not shown): ')
                t.type(PASSWORD + '\n')
                asked += 1
            t.read()
    except AssertionError:  # it has ended
        pass
    code, screen = t.end()
    shown += screen
    expect(code, 0, f'exit code\n{shown}')
    expect(len(re.findall(r'ARNK\w+ asks:', shown)), asked, f'who asks is told each time\n{shown}')
    assert f'{len(rows)} done' in shown and PASSWORD not in shown, shown
    return asked


def row_list_asks(w):
    """A list without a network: one question at a time, and an answer counts for all that wait with it, or follow."""
    for slots, most in ((1, 1), (3, 3)):
        path, rows = world(w, 3)
        command = [word for word in words(w, path, *air(w), '--slots', str(slots))
                   if word not in ('--no-input', '--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD))]
        asked = answer_all(w, rows, command)
        assert 1 <= asked <= most, asked
        w.device_end()


def row_list_update(w):
    """update takes lists as setup does, with a journal of its own: the devices stay in listening mode."""
    path, rows = world(w, 2)
    device = ['--cloud', w.url, '--token-file', w.file('token', TOKEN), '--no-input', '--json']
    for verb in (['update', '--from', path, *air(w), *device], words(w, path, *air(w), '--json')):
        result = w.run(*verb)
        expect((result.code, summary(result)), (0, ('summary', 2, 0, 0, 0, 0)), verb[0], result)
        expect(sorted(e['serial'] for e in result.events if e['event'] == 'result'), sorted(r['serial'] for r in rows), 'results', result)
