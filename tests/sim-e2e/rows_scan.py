# SPDX-License-Identifier: Apache-2.0
"""Stickers that are scanned while usher runs: at a terminal, which shows nothing of them."""
import json
import os
import pty
import signal
import termios

from rows_terminal import Terminal
from world import PASSWORD, SECRET, SERIAL, SSID, expect

LABEL = f'{SERIAL} {SECRET}'
FOREIGN = '012345678901234'


def fresh():
    """What a terminal is set to that nobody has used yet."""
    ends = pty.openpty()
    found = termios.tcgetattr(ends[1])
    for fd in ends:
        os.close(fd)
    return found


class Screen(Terminal):
    """Keeps all that was ever shown, and holds the terminal open: what it is set to can be read when usher is gone."""

    def __init__(self, w, words, environment=None):
        self.all, self.before = '', fresh()
        super().__init__(w, words, {**w.environment(), 'TERM': 'xterm', **(environment or {})})
        self.kept = self.slave()

    def read(self, timeout=60):
        before = len(self.screen)
        try:
            super().read(timeout)
        finally:
            self.all += self.screen[before:]

    def end(self):
        """As it holds the terminal open, the end of the process is the end."""
        status = None
        while status is None:
            try:
                self.read(0.2)
            except TimeoutError:
                pid, found = os.waitpid(self.pid, os.WNOHANG)
                status = found if pid else None
        self.w.check_no_secret(self.all, 'the screen')
        expect(termios.tcgetattr(self.kept), self.before, 'the terminal afterwards')
        os.close(self.kept)
        return os.waitstatus_to_exitcode(status), self.all


def without_label(w, *options, **more):
    """What `usher setup` is told when the sticker is not among it."""
    words = w.arguments('--label', '?', *options, **more)
    at = words.index('?')
    return [word for word in words[:at - 1] + words[at + 1:] if word != '--no-input']


def prompt(w, *options):
    w.cloud()
    w.device()
    t = Screen(w, without_label(w, *options))
    t.wait_for('Scan the sticker: ')
    return t


def row_prompt_scan(w):
    t = prompt(w)
    expect(t.echo(), False, 'echo while a sticker is scanned')
    t.type(LABEL + '\n')
    t.wait_for(f'Read: serial {SERIAL}, Argon, setup code 000001.')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_prompt_backspace(w):
    t = prompt(w)
    t.type('XX\x7f\x7f' + LABEL + 'Z\x7f\r')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_prompt_foreign_code(w):
    """It is said what is wrong with it, and the sticker is asked for again."""
    t = prompt(w)
    for wrong in (FOREIGN, SERIAL, 'https://example.com/?' + SECRET):
        t.type(wrong + '\n')
        t.wait_for('What to do: ')
        t.wait_for('Scan the sticker: ')
    t.type(LABEL + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_prompt_twice(w):
    """The trigger is pulled again while the device is set up: nothing of it is seen, and no shell gets it."""
    t = prompt(w)
    t.type(LABEL + '\n')
    t.wait_for('Looking for the device ... ')
    t.type(LABEL + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def asks_for_network(w):
    w.cloud()
    w.device()
    t = Screen(w, without_label(w, wifi=False))
    t.wait_for('Scan the sticker: ')
    t.type(LABEL + '\n')
    t.wait_for('name of a hidden network: ')
    return t


def row_prompt_then_questions(w):
    """Wi-Fi is asked for as ever, with echo for a name and without for a password; a sticker is neither."""
    t = asks_for_network(w)
    expect(t.echo(), True, 'echo while a network is chosen')
    t.type('1\n')
    t.wait_for('(not shown): ')
    expect(t.echo(), False, 'echo while a password is typed')
    t.type(LABEL + '\n')
    t.wait_for('That was a sticker')
    t.wait_for('(not shown): ')
    t.type(PASSWORD + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_prompt_sticker_for_a_name(w):
    """Where a name is asked for, what is typed is shown: a sticker is wiped off, with both lines of 80 that it took."""
    t = asks_for_network(w)
    t.type(LABEL + '\n')
    t.wait_for('That was a sticker')
    shown, after = t.all.split(LABEL, 1)
    assert after.startswith('\r\n' + 2 * '\033[A\r\033[K' + 'That was a sticker'), repr(after)
    t.all = shown + after
    t.wait_for('name of a hidden network: ')
    t.type('\003')
    expect(t.end()[0], 130, 'exit code')


def row_prompt_ctrl_c(w):
    for keys in ('\003', LABEL[:20] + '\003', '\004'):
        t = Screen(w, without_label(w, claim='none'))
        t.wait_for('Scan the sticker: ')
        t.type(keys)
        expect(t.end()[0], 130, f'exit code after {keys!r}')


def row_prompt_sigterm(w):
    for number in (signal.SIGTERM, signal.SIGHUP):
        t = Screen(w, without_label(w, claim='none'))
        t.wait_for('Scan the sticker: ')
        os.kill(t.pid, number)
        expect(t.end()[0], 130, f'exit code after {number}')


def row_prompt_timeout(w):
    t = Screen(w, without_label(w, '--timeout', '1', claim='none'))
    t.wait_for('Scan the sticker: ')
    code, screen = t.end()
    expect(code, 22, f'exit code\n{screen}')
    assert 'no sticker was scanned within 1 s' in screen, screen


def row_prompt_standard_input(w):
    """--label - at a terminal, and the other verbs that take a label."""
    w.device()
    where = ['--radio', f'sim:{w.air}']
    for words in (['wifi', 'list', '--label', '-', *where], ['wifi', 'list', *where], ['doctor', '--label', '-', *where, '--profile', 'none']):
        t = Screen(w, words)
        t.wait_for('Scan the sticker: ')
        t.type(LABEL + '\r')
        t.wait_for(f'Read: serial {SERIAL}')
        code, screen = t.end()
        assert code == 0 or words[0] == 'doctor', screen


def row_prompt_without_terminal(w):
    """Nobody to ask, or asking is forbidden: the options are named."""
    words = without_label(w, claim='none')
    for result in (w.run(*words), w.run('wifi', 'list'), w.run(*words, '--no-input', '--json')):
        expect(result.code, 2, 'exit code', result)
        for option in ('--image', '--label'):
            assert option in result.err, result.err
    t = Screen(w, [*words, '--no-input'])
    code, screen = t.end()
    expect(code, 2, f'exit code\n{screen}')


def row_prompt_json(w):
    """Events go where standard output goes; who is asked is asked all the same."""
    t = prompt(w, '--json')
    t.type(LABEL + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    last = json.loads(screen[screen.rindex('{"v":2'):screen.rindex('}') + 1])
    expect((last['event'], last['serial'], last['outcome']), ('result', SERIAL, 'done'), 'the result')
