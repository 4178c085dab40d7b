# SPDX-License-Identifier: Apache-2.0
"""What a person at a terminal sees and types: on a pseudo-terminal, which is the process's controlling one."""
import array
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time

from world import DEVICE_ID, OWNER, PASSWORD, SECRET, SERIAL, SSID, TOKEN, expect


class Terminal:
    """usher on a terminal of its own. Reads until what is expected is on the screen, then types."""

    def __init__(self, w, words, environment):
        self.w, self.screen = w, ''
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(w.usher, [w.usher, *words], environment)

    def wait_for(self, text, timeout=30):
        end = time.monotonic() + timeout
        while text not in self.screen:
            self.read(max(0, end - time.monotonic()))
        shown, self.screen = self.screen.split(text, 1)
        return shown + text

    def read(self, timeout=60):
        if not select.select([self.fd], [], [], timeout)[0]:
            raise TimeoutError(f'nothing more comes:\n{self.screen}')
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # the last process is gone
            data = b''
        if not data:
            raise AssertionError(f'usher ended:\n{self.screen}')
        self.screen += data.decode()

    def type(self, text):
        os.write(self.fd, text.encode())

    def echo(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def slave(self):
        number = array.array('i', [0])
        fcntl.ioctl(self.fd, 0x80045430, number)  # TIOCGPTN
        return os.open(f'/dev/pts/{number[0]}', os.O_RDWR | os.O_NOCTTY)

    def end(self):
        """The exit code, and what came on the screen until then."""
        try:
            while True:
                self.read()
        except AssertionError:
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), self.screen


def begin(w, *options, **environment):
    w.cloud()
    w.device('--world', w.file('world.ini', '[network]\nssid = Far\nsecurity = wpa2\npassword = 12345678\nrssi = -85\n'
                                            '[network]\nssid = usher-lab\nsecurity = wpa2\npassword = correct horse\n'
                                            'rssi = -50\n[network]\nssid = usher-lab\nsecurity = wpa2\n'
                                            'password = correct horse\nrssi = -70\n[network]\nssid = Cafe\n'
                                            'security = open\nrssi = -65\n'))
    words = [word for word in w.arguments(*options, wifi=False) if word != '--no-input']
    return Terminal(w, words, {**w.environment(), 'TERM': 'xterm', **environment})


def row_ask_network_and_password(w):
    t = begin(w)
    shown = t.wait_for('name of a hidden network: ')
    rows = re.findall(r'^\s+(\d+)  (\S+)', shown, re.M)
    expect(rows, [('1', 'usher-lab'), ('2', 'Cafe'), ('3', 'Far')], 'the list: strongest first, each name once')
    t.type('1\n')
    t.wait_for('(not shown): ')
    expect(t.echo(), False, 'echo while a password is typed')
    t.type('short\n')
    t.wait_for('8 to 63')
    t.wait_for('(not shown): ')
    t.type(PASSWORD + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    assert OWNER in screen and PASSWORD not in screen, screen


def row_ask_number_out_of_range(w):
    """A number that is no row is a slip of the finger, not a hidden network's name."""
    t = begin(w)
    t.wait_for('name of a hidden network: ')
    for typed in ('99\n', '0\n'):
        t.type(typed)
        t.wait_for('no such number')
        t.wait_for('name of a hidden network: ')
    t.type('2\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_ask_scans_again(w):
    t = begin(w)
    t.wait_for('r to scan again, or the name of a hidden network: ')
    t.type('r\n')
    shown = t.wait_for('name of a hidden network: ')
    assert '  1  usher-lab' in shown, shown
    t.type('2\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_ask_open_network(w):
    t = begin(w)
    t.wait_for('name of a hidden network: ')
    t.type('Attic\n')  # no such row: taken for a hidden network's name
    t.wait_for('"Attic"')
    t.type('\003')
    expect(t.end()[0], 130, 'exit code')


def row_ask_by_name(w):
    t = begin(w)
    t.wait_for('name of a hidden network: ')
    t.type('Cafe\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_ask_password_again(w):
    """A wrong password: the device says so, and the person is asked again."""
    t = begin(w, '--wifi-ssid', SSID)
    t.wait_for('(not shown): ')
    t.type('wrong battery staple\n')
    t.wait_for('(not shown): ', 60)
    t.type(PASSWORD + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')


def row_ctrl_c_at_the_password(w):
    t = begin(w, '--wifi-ssid', SSID)
    t.wait_for('(not shown): ')
    t.type('\003')
    code, screen = t.end()
    expect(code, 130, f'exit code\n{screen}')


def row_echo_comes_back(w):
    for number in (signal.SIGTERM, signal.SIGHUP):
        t = begin(w, '--wifi-ssid', SSID)
        t.wait_for('(not shown): ')
        keep = t.slave()
        os.kill(t.pid, number)
        expect(os.waitstatus_to_exitcode(os.waitpid(t.pid, 0)[1]), 130, 'exit code')
        expect(bool(termios.tcgetattr(keep)[3] & termios.ECHO), True, 'echo afterwards')
        os.close(keep)
        w.running[-1].terminate()
        w.running[-1].wait()


def row_ctrl_d(w):
    """Nobody answers any more."""
    t = begin(w, '--wifi-ssid', SSID)
    t.wait_for('(not shown): ')
    t.type('\004')
    expect(t.end()[0], 130, 'exit code')


def row_live_line(w):
    t = begin(w, '--wifi-ssid', 'Cafe')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    assert '\r\033[K' in screen and '\033[32m' in screen, screen


def row_no_color(w):
    t = begin(w, '--wifi-ssid', 'Cafe', NO_COLOR='1')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    assert '\033[3' not in screen, screen


def row_closed_standard(w):
    """Started with 0, 1 and 2 closed: they are /dev/null, and no connection gets their numbers and the text."""
    w.cloud()
    whoami = ['whoami', '--cloud', w.url, '--token-file', w.file('token', TOKEN)]
    for words in [w.usher, 'version'], [w.usher, *whoami], [w.sim, '--help']:
        r = subprocess.run(['sh', '-c', 'exec "$@" <&- >&- 2>&-', 'sh', *words], env=w.environment())
        expect(r.returncode, 0, f'exit code of {words}')


def row_verbose(w):
    """--verbose: what begins and what was not needed is told, too; events are the same, and --quiet counts first."""
    for options, begins in ((['--verbose'], True), (['-v', '--quiet'], False), ([], False)):
        w.device()
        r = w.setup(*options, claim='none')
        w.expect_done(r)
        expect('Joining the Wi-Fi network ... begins: try 1 of 4, light blinking dark blue\n' in r.err, begins, 'what begins', r)
        expect('Completing the mobile secret ... not needed\n' in r.err, begins, 'what was not needed', r)


def taken_away(w):
    """A device of the account, and the words that give it away."""
    w.cloud(devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12, 'owner': OWNER}])
    return ['cloud', 'unclaim', DEVICE_ID, '--cloud', w.url, '--token-file', w.file('token', TOKEN)]


def row_taking_away_is_asked(w):
    """On a terminal, and not of a script; --yes has answered already."""
    words = taken_away(w)
    for answer in ('n\n', '\n', '\004'):
        t = Terminal(w, words, w.environment())
        t.wait_for('unclaim: 1 item. Go on? [y/N] ')
        t.type(answer)
        code, screen = t.end()
        expect(code, 130, f'no\n{screen}')
        assert 'nothing was done' in screen, screen
        expect(w.cloud_device()['owner'], OWNER, 'the owner')
    t = Terminal(w, words, w.environment())
    t.wait_for('[y/N] ')
    t.type('y\n')
    expect(t.end()[0], 0, 'yes')
    expect(w.cloud_device()['owner'], None, 'the owner')
    t = Terminal(w, [*words, '--yes'], w.environment())
    code, screen = t.end()
    assert '[y/N]' not in screen, screen


def row_taking_away_by_script(w):
    words = taken_away(w)
    expect(w.run(*words).code, 0, 'no terminal, no question')
    expect(w.cloud_device()['owner'], None, 'the owner')


def row_clearing_is_asked(w):
    w.device()
    words = ['wifi', 'clear', '--radio', f'sim:{w.air}', '--label', w.label()]
    t = Terminal(w, words, w.environment())
    t.wait_for('The device forgets all of its networks. Go on? [y/N] ')
    t.type('no\n')
    code, screen = t.end()
    expect(code, 130, f'no\n{screen}')
    expect(w.run(*words).code, 0, 'no terminal, no question')
    t = Terminal(w, [*words, '--yes'], w.environment())
    code, screen = t.end()
    expect(code, 0, f'--yes\n{screen}')
