# SPDX-License-Identifier: Apache-2.0
"""usher scan: stickers as they are scanned, from a terminal, a serial scanner and pictures."""
import os
import resource
import signal
import subprocess

from rows_scan import FOREIGN, LABEL, Screen
from rows_scanner import SECOND, Gun, Reading
from world import SECRET, SERIAL, expect

MASKED = '*' * len(SECRET)


def row_codes_terminal(w):
    """Each on its line, the secret masked; what is no sticker is told; Ctrl-C and SIGTERM end it in order."""
    for number in (signal.SIGINT, signal.SIGTERM):
        t = Screen(w, ['scan'])
        t.wait_for('Scan stickers. Ctrl-C ends.')
        t.type(LABEL + '\n')
        t.wait_for(f'terminal: serial {SERIAL}, Argon, setup code 000001, mobile secret {MASKED}')
        t.type(FOREIGN + '\r')
        t.wait_for('What to do: ')
        t.type(f'{SECOND[0]} {SECRET}\r')
        t.wait_for(f'terminal: serial {SECOND[0]}')
        os.kill(t.pid, number)
        expect(t.end()[0], 130, 'exit code')


def row_codes_ctrl_d(w):
    t = Screen(w, ['scan'])
    t.wait_for('Ctrl-C ends.')
    t.type('\004')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_codes_scanner(w):
    """As events, with what the AIM identifier says; what is no sticker is one, too."""
    gun = Gun()
    x = Reading(w, ['scan', '--scanner', gun.path, '--json', '--count', '2'])
    x.wait_for('Scan stickers.')
    for text in (f']d1{LABEL}\r', f'{FOREIGN}\r', f'\x02{LABEL}\x03'):
        gun.send(text)
    result = x.end(None)
    expect(result.code, 0, 'exit code', result)
    scans = result.events[:-1]
    expect([(e['event'], e['origin'], e['symbology'], e['serial'], e['secret'], e['fault']) for e in scans],
           [('scan', 'scanner', 'data-matrix', SERIAL, MASKED, None), ('scan', 'scanner', None, None, None, 'label-invalid'),
            ('scan', 'scanner', None, SERIAL, MASKED, None)], 'scans', result)
    assert all(e['from'] for e in scans), scans
    expect((result.last['event'], result.last['done'], result.last['failed']), ('summary', 2, 1), 'summary', result)


def row_codes_test(w):
    """What arrives, with the secret hidden, also where it is not at its place."""
    for text, shown in ((f']d1{LABEL}\r', f'  arrived  ]d1{SERIAL} {MASKED}<0d>\n  end      CR\n  code     data matrix\n'),
                        (f'{LABEL}\t', f'  arrived  {SERIAL} {MASKED}<09>\n  end      TAB\n'),
                        (LABEL, f'  arrived  {SERIAL} {MASKED}\n  end      nothing but a pause')):
        gun = Gun()
        x = Reading(w, ['scan', '--scanner', gun.path, '--test', '--count', '1'])
        x.wait_for('Scan stickers.')
        gun.send(text)
        result = x.end(None)
        expect(result.code, 0, 'exit code', result)
        assert shown in result.out, f'{shown}\n{result.out}'
    x = Reading(w, ['scan', '--scanner', gun.path, '--test', '--count', '1'])
    x.wait_for('Scan stickers.')
    gun.send(f']C1{SERIAL}{SECRET}\n')
    x.wait_for('this is a bar code')
    gun.send(f'{LABEL}\n')
    result = x.end(None)
    assert f'  arrived  ]C1{SERIAL}{MASKED}<0a>\n  end      LF\n' in result.out, result.out


def row_codes_interrupted(w):
    gun = Gun()
    x = Reading(w, ['scan', '--scanner', gun.path, '--json'])
    x.wait_for('Scan stickers.')
    result = x.end()
    expect((result.code, result.last['event'], result.last['exit']), (130, 'summary', 130), 'how it ended', result)


def row_codes_timeout(w):
    gun = Gun()
    result = w.run('scan', '--scanner', gun.path, '--timeout', '1', '--count', '1', '--json')
    expect((result.code, result.last['fault']), (22, 'timeout'), 'how it ended', result)


def row_codes_pictures(w):
    """One line a sticker; the first fault is the exit status."""
    picture, empty = w.sticker(), w.file('empty.png', '')
    result = w.run('scan', picture, picture)
    expect((result.code, result.out.count(f': serial {SERIAL}, Argon, setup code 000001, mobile secret {MASKED}\n')), (0, 2), 'lines', result)
    result = w.run('scan', '--json', picture, empty)
    expect(result.code, 10, 'exit code', result)
    expect([(e.get('origin'), e.get('fault')) for e in result.events[:-1]], [('picture', None), ('picture', 'label-unreadable')], 'events', result)
    shown = subprocess.run([w.usher, 'scan', '--show-secret', picture], capture_output=True, text=True, check=True).stdout
    assert SECRET in shown, shown


def row_codes_sheet(w):
    """The page is drawn, and its example of a sticker is read from it."""
    for name in ('sheet.svg', 'sheet.png'):
        path = w.folder / name
        expect(w.run('scan', '--sheet', str(path)).code, 0, name)
        assert path.stat().st_size > 1000, name
    result = w.run('scan', str(w.folder / 'sheet.png'))
    expect((result.code, result.out.count(': serial ')), (0, 1), 'what the page holds', result)
    for path, fault in ((str(w.folder / 'sheet.txt'), 'usage'), (str(w.folder / 'nowhere' / 'sheet.svg'), 'config')):
        result = w.run('scan', '--json', '--sheet', path)
        expect((result.code, result.last['fault']), (2, fault), path, result)
    fifo = w.folder / 'fifo.svg'
    os.mkfifo(fifo)
    (w.folder / 'full.svg').symlink_to('/dev/full')
    for path in (fifo, w.folder / 'full.svg'):
        expect(w.run('scan', '--json', '--sheet', str(path)).last['fault'], 'config', f'{path}')
    half = w.folder / 'half.svg'
    result = w.finish(w.spawn(['scan', '--sheet', str(half)], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))))
    expect((result.code, half.exists()), (2, False), 'a page that does not fit', result)


def row_codes_nothing_at_hand(w):
    """No terminal, no device: what there is is said."""
    result = w.run('scan', '--json')
    expect((result.code, result.last['fault']), (2, 'usage'), 'nothing given', result)
    for option in ('--scanner auto', '--camera auto', 'pictures'):
        assert option in result.err, result.err
    for words in (['--scanner', '/dev/nothing'], ['--scanner', 'auto', '--camera', 'auto'], ['--layout', 'de'], ['--json', '--test'],
                  ['--sheet', 'a.svg', w.sticker()], ['--sheet', 'a.svg', '--count', '2'], ['--sheet', 'a.svg', '--test'], ['--count', '2', w.sticker()]):
        result = w.run('scan', *words)
        expect(result.code, 2, f'exit code of {words}', result)
