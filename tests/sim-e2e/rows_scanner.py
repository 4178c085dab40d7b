# SPDX-License-Identifier: Apache-2.0
"""A handheld scanner at a serial line, which a pseudo terminal plays: from its bytes to devices online."""
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import sys
import termios
import time
import tty

from rows_scan import Screen
from world import DEVICE_ID, SECRET, SERIAL, expect

SECOND = ('ARNHAM000000002', 'ZYXWVUTSRQPONML', 'e00fce68c0ffee0123456780')
ENDS = {'cr': '\r', 'lf': '\n', 'crlf': '\r\n', 'tab': '\t', 'none': ''}


class Gun:
    """What a scanner sends; `path` is its line."""

    def __init__(self):
        self.fd, line = pty.openpty()
        tty.setraw(line)
        self.path = os.ttyname(line)
        self.before = termios.tcgetattr(line)
        self.line = line  # held open, so that usher may come and go

    def send(self, text, ms=0):
        for byte in text.encode():
            os.write(self.fd, bytes([byte]))
            if ms:
                time.sleep(ms / 1000)  # the scanner's own pace

    def unplug(self):
        os.close(self.line)
        os.close(self.fd)


class Reading:
    """usher with a scanner, whose standard error is read until what is expected has come."""

    def __init__(self, w, words):
        self.w, self.process, self.told = w, w.spawn(words), ''

    def wait_for(self, text):
        while text not in self.told:
            line = self.process.stderr.readline()
            assert line, f'{text!r} never came:\n{self.told}'
            self.told += line
        self.told = self.told.split(text, 1)[1]

    def end(self, number=signal.SIGINT):
        if number:
            self.process.send_signal(number)
        return self.w.finish(self.process, timeout=60)


def words(w, gun, *options, **more):
    """What usher setup is told; the sticker comes from the scanner."""
    w.secrets.append(SECOND[1])
    found = w.arguments('--label', '?', *options, **more)
    at = found.index('?')
    return [*found[:at - 1], '--scanner', gun.path, *found[at + 1:]]


def two_devices(w):
    w.cloud(devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12},
                     {'id': SECOND[2], 'serial': SECOND[0], 'mobile_secret': SECOND[1], 'platform_id': 12}])
    w.device()
    w.device(serial=SECOND[0], secret=SECOND[1], device_id=SECOND[2])


def results(result):
    return [(e['serial'], e['outcome']) for e in result.events if e['event'] == 'result']


def row_scanner_to_online(w):
    """Each suffix that scanners are set to, at 1 and 10 ms a character, to a device that is online."""
    w.cloud()
    w.device()
    for name, end in ENDS.items():
        for ms in (1, 10):
            gun = Gun()
            x = Reading(w, words(w, gun, '--count', '1', '--json'))
            x.wait_for('Scan the sticker.')
            gun.send(f'{SERIAL} {SECRET}{end}', ms)
            result = x.end(None)
            w.expect_done(result)
            expect(result.last['serial'], SERIAL, f'serial number with {name}, {ms} ms')
            gun.unplug()
    assert w.cloud_device()['online'], w.cloud_device()


def row_scanner_two_in_a_row(w):
    """Scanned ahead, while the first one is set up: kept; each has its result, and Ctrl-C is the ordinary end."""
    two_devices(w)
    gun = Gun()
    x = Reading(w, words(w, gun, '--json'))
    x.wait_for('Scan the first sticker.')
    gun.send(f'{SERIAL} {SECRET}\r')
    x.wait_for(f'Read: serial {SERIAL}, Argon, setup code 000001.')
    gun.send(f'{SECOND[0]} {SECOND[1]}\r')
    x.wait_for('It waits for its turn, as number 1.')
    x.wait_for('Done in ')
    x.wait_for('Done in ')
    x.wait_for('Scan the next sticker.')
    result = x.end()
    expect(result.code, 0, 'exit code', result)
    expect(results(result), [(SERIAL, 'done'), (SECOND[0], 'done')], 'results', result)
    expect({k: result.last[k] for k in ('event', 'done', 'failed', 'cancelled', 'exit')},
           {'event': 'summary', 'done': 2, 'failed': 0, 'cancelled': 0, 'exit': 0}, 'summary', result)
    expect([e['fate'] for e in result.events if e['event'] == 'scan'], ['kept', 'kept'], 'what became of the scans')
    assert w.cloud_device(SECOND[2])['online']


def row_scanner_again(w):
    """The trigger pulled twice is no second setup: while it is at work, while it waits, just after it."""
    two_devices(w)
    gun = Gun()
    x = Reading(w, words(w, gun, '--json', '--count', '2'))
    x.wait_for('Scan the first sticker.')
    gun.send(f'{SERIAL} {SECRET}\r')
    x.wait_for('Read: ')
    gun.send(f'{SERIAL} {SECRET}\r')
    x.wait_for('It is at work already.')
    x.wait_for('Scan the next sticker.')
    gun.send(f'{SERIAL} {SECRET}\r')
    x.wait_for('It was done just now')
    gun.send(f'{SECOND[0]} {SECOND[1]}\r')
    result = x.end(None)
    expect(result.code, 0, 'exit code', result)
    expect(results(result), [(SERIAL, 'done'), (SECOND[0], 'done')], 'results', result)
    expect([e['fate'] for e in result.events if e['event'] == 'scan'], ['kept', 'at-work', 'just-done', 'kept'],
           'what became of the scans')


def row_scanner_one_fails(w):
    """What goes wrong with one device is not the end; foreign codes are told."""
    two_devices(w)
    gun = Gun()
    x = Reading(w, words(w, gun, '--json', '--timeout', '20'))
    x.wait_for('Scan the first sticker.')
    gun.send('4006381333931\r')
    x.wait_for('What to do: ')
    gun.send(f'{SERIAL} {SECOND[1]}\r')  # not its secret
    x.wait_for('What to do: ')
    gun.send(f'{SECOND[0]} {SECOND[1]}\r')
    x.wait_for('Done in ')
    result = x.end()
    expect(result.code, 24, 'exit code', result)
    expect(results(result), [(SERIAL, 'failed'), (SECOND[0], 'done')], 'results', result)
    expect(result.last['exit'], 24, 'exit of the summary')
    faults = [e['fault'] for e in result.events if e['event'] == 'scan']
    expect(faults, ['label-invalid', None, None], 'faults of the scans')


def row_scanner_asks_network_once(w):
    """The network that was chosen for the first device is that of the next."""
    two_devices(w)
    gun = Gun()
    t = Screen(w, [word for word in words(w, gun, '--count', '2', wifi=False) if word != '--no-input'])
    t.wait_for('Scan the first sticker.')
    gun.send(f'{SERIAL} {SECRET}\r')
    t.wait_for('name of a hidden network: ')
    t.type('1\n')
    t.wait_for('(not shown): ')
    t.type('correct horse\n')
    t.wait_for('Scan the next sticker.')
    gun.send(f'{SECOND[0]} {SECOND[1]}\r')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    expect(screen.count('name of a hidden network: '), 1, f'how often it was asked\n{screen}')
    assert '2 done, 0 failed' in screen, screen


def row_scanner_unplugged(w):
    """In the middle of a scan: nothing of it is used, and the scanner is waited for."""
    gun = Gun()
    x = Reading(w, words(w, gun, '--json', claim='none'))
    x.wait_for('Scan the first sticker.')
    gun.send(f'{SERIAL} {SECRET[:12]}')
    gun.unplug()
    x.wait_for('Waiting: ')
    x.wait_for('unplugged')
    result = x.end()
    expect(result.code, 130, 'exit code', result)
    assert not [e for e in result.events if e['event'] == 'scan'], result.out


def row_scanner_interrupted(w):
    """SIGTERM while a device is set up: it is cancelled, and so is who waits; the line is as it was."""
    w.device('--fault', 'silent-after-bytes=10')
    gun = Gun()
    x = Reading(w, words(w, gun, '--json', '-v', claim='none'))
    x.wait_for('Scan the first sticker.')
    gun.send(f'{SERIAL} {SECRET}\r')
    x.wait_for('Opening the encrypted session ... begins')
    gun.send(f'{SECOND[0]} {SECOND[1]}\r')
    x.wait_for('It waits for its turn')
    result = x.end(signal.SIGTERM)
    expect(result.code, 130, 'exit code', result)
    expect(results(result), [(SERIAL, 'cancelled')], 'results', result)
    expect(result.last['cancelled'], 2, 'cancelled', result)
    assert 'next sticker' not in result.err, result.err
    expect(termios.tcgetattr(gun.line)[:6], gun.before[:6], 'the line afterwards')


def row_scanner_nowhere_secret(w):
    """Neither arguments nor environment hold it while it is used, and no core file can."""
    w.device('--fault', 'silent-after-bytes=10')
    gun = Gun()
    x = Reading(w, words(w, gun, '--count', '1', '-v', claim='none'))
    x.wait_for('Scan the sticker.')
    gun.send(f'{SERIAL} {SECRET}\r')
    x.wait_for('Opening the encrypted session ... begins')
    proc = pathlib.Path('/proc') / str(x.process.pid)
    for name in ('cmdline', 'environ', 'comm'):
        w.check_no_secret((proc / name).read_text(errors='replace'), name)
    core = next(line for line in (proc / 'limits').read_text().splitlines() if 'core file' in line)
    expect(core.split()[4:6], ['0', '0'], 'limit of core files')
    expect(x.end(signal.SIGTERM).code, 130, 'exit code')


def row_scanner_misuse(w):
    """One way to give a sticker; what goes with which is said."""
    label = w.label()
    for options in (['--scanner', 'auto', '--label', label], ['--camera', 'auto', '--scanner', 'auto'],
                    ['--label', label, '--count', '2'], ['--label', label, '--layout', 'de'],
                    ['--scanner', 'auto', '--layout', 'xx'], ['--scanner', 'auto', '--count', '0'],
                    ['--scanner', 'auto', '--report', str(w.folder / 'report')], ['--scanner', 'auto', '--baud', 'fast']):
        result = w.run('setup', '--claim', 'none', '--json', *options)
        expect(result.code, 2, f'exit code of {options}', result)
    for path in ('/dev/null', str(w.folder / 'nothing')):
        result = w.run('setup', '--claim', 'none', '--json', '--no-input', '--scanner', path)
        expect((result.code, result.last['fault']), (2, 'scanner'), path, result)
        expect(result.err.count('What to do: '), 1, 'it is told once', result)


def row_scanner_strace(w):
    """Every write of a whole setup from a scanner: none has the mobile secret."""
    if not shutil.which('strace'):
        print('strace is missing: see tests/packages')
        sys.exit(77)
    w.cloud()
    w.device()
    gun, trace = Gun(), w.folder / 'trace'
    environment = {**w.environment(), 'ASAN_OPTIONS': 'detect_leaks=0'}  # the leak checker is a tracer itself
    process = subprocess.Popen(['strace', '-f', '-v', '-s', '100000', '-e', 'trace=execve,execveat,write,writev,pwrite64,sendto,sendmsg,sendmmsg',
                                '-o', str(trace), w.usher, *words(w, gun, '--count', '1', '--json')], env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    w.running.append(process)
    told = ''
    while 'Scan the sticker.' not in told:
        line = process.stderr.readline()
        assert line, told
        told += line
    gun.send(f'{SERIAL} {SECRET}\r')
    out, err = process.communicate(timeout=100)
    expect(process.returncode, 0, f'exit code\n{err}')
    w.check_no_secret(out + told + err, 'what usher said')
    text = trace.read_text(errors='replace')
    assert text.count('write(') > 10, text
    at = text.find(SECRET)
    assert at < 0, text[max(0, at - 200):at + 40]


def row_camera_nowhere(w):
    """No camera: what to do is said, once."""
    for path in ('/dev/video99', '/dev/null'):
        for verb in (['scan', '--camera', path], ['setup', '--claim', 'none', '--no-input', '--camera', path],
                     ['setup', '--claim', 'none', '--no-input', '--camera', path, '--count', '1']):
            result = w.run(*verb, '--json')
            expect((result.code, result.last['fault']), (2, 'scanner'), f'{verb}', result)
            assert path in result.last['cause'], result.last
            expect(result.err.count('What to do: '), 1, 'how often it is told', result)
