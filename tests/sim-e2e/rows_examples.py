# SPDX-License-Identifier: Apache-2.0
"""What help, manual pages and README show is run as it is printed there, in a folder with the files that it names, and must
not end as a command line or a file that is wrong does."""
import pathlib
import re
import shlex
import signal
import socket
import subprocess

from rows_scanner import Gun
from rows_terminal import Terminal
from world import DEVICE_ID, OWNER, PASSWORD, SECRET, SERIAL, TOKEN, World, expect

README = pathlib.Path(__file__).parents[2] / 'README.md'
PAGES = ('data/usher.1', 'data/usher.events.5', 'data/usher.profile.5')
ICCID = '89314404000000000001'  # as usher(1) has it
WORLD = f'[network]\nssid = Home\nsecurity = wpa2\npassword = {PASSWORD}\n\n[network]\nssid = usher-lab\nsecurity = wpa2\npassword = {PASSWORD}\n'
# What cannot end well in a virtual world: the doctor finds no device cloud, the device has no external SIM card.
ENDS = {'usher doctor': 17, '--sim external': 16}


def examples(w):
    """Verb and command, as the table of the program has them."""
    return [line.split('\t')[::2] for line in w.run('help', '--examples').out.splitlines()]


def readme_blocks():
    return re.findall(r'^```(\w*)\n(.*?)^```', README.read_text(), re.M | re.S)


def readme_commands():
    return [line.removeprefix('$ ') for kind, block in readme_blocks() if kind in ('', 'sh')
            for line in re.sub(r'\\\n\s*', '', block).splitlines() if re.match(r'(\$ )?usher(-sim)? ', line)]


def page_scripts(w):
    """Lines that stand together are one script."""
    for page in [w.build / p for p in PAGES] + [README.parent / 'data/man/usher-sim.1']:
        for script in re.findall(r'(?:^\.Dl .*\n)+', page.read_text(), re.M):
            yield re.sub(r'^\.Dl ', '', script, flags=re.M).replace('\\(dq', '"').replace('\\&', '')


def with_free_ports(script):
    """Others on this machine may have the ports that a page names."""
    for port in set(re.findall(r'127\.0\.0\.1:([1-9]\d*)', script)):
        with socket.create_server(('127.0.0.1', 0)) as free:
            script = script.replace(f'127.0.0.1:{port}', f'127.0.0.1:{free.getsockname()[1]}')
    return script


def page_profiles(w):
    return re.findall(r'^\.Bd -literal\n(.*?)^\.Ed', (w.build / 'data/usher.profile.5').read_text().partition('.Sh EXAMPLES')[2], re.M | re.S)


def furnish(w, command):
    """The cloud, the device and the files that examples name; where they are looked for."""
    cellular = 'usher repair' in command
    device = {'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 13 if cellular else 12, 'iccid': ICCID}
    if re.match('usher (cloud|whoami|logout)', command):
        device.update(owner=OWNER, online=True)
    w.cloud(devices=[device], sims=[{'iccid': ICCID}], products=[{'id': 4711, 'platform_id': 12, 'owner': OWNER}])
    w.device('--world', w.file('world.ini', WORLD), '--platform', 'boron' if cellular else 'argon')
    picture = pathlib.Path(w.sticker())
    picture.with_suffix('.jpg').write_bytes(picture.read_bytes())
    site = next(block for kind, block in readme_blocks() if kind == 'ini' and '[setup]' in block)
    devices = DEVICE_ID if 'usher cloud' in command else f'label\n{SERIAL} {SECRET}'  # ids, or a table to set up
    for name, text in {'sticker.txt': f'{SERIAL} {SECRET}', 'secret': SECRET, 'site.ini': site, 'home.password': PASSWORD, 'password': 'lab',
                       'home.qr': f'WIFI:T:WPA;S:Home;P:{PASSWORD};;', 'token': TOKEN, 'list.csv': devices}.items():
        w.file(name, text + '\n')
    return {**w.environment(), 'PATH': f'{w.folder}:{w.environment()["PATH"]}', 'USHER_RADIO': f'sim:{w.air}', 'USHER_CLOUD': w.url,
            'CREDENTIALS_DIRECTORY': str(w.folder)}


def run_line(w, line, environment):
    """What usher-sim serves goes on beside the next line."""
    if re.match('usher-sim (cloud|device) ', line):
        w.start(f'shown-{len(w.running)}', 'sh', '-c', f'cd {w.folder} && exec env PATH={environment["PATH"]} {line}')
        return
    r = subprocess.run(['sh', '-c', line], cwd=w.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=150)
    print(f'{r.returncode:3} {line}')
    if r.returncode != next((end for part, end in ENDS.items() if part in line), 0):
        raise AssertionError(f'{line}\nended with {r.returncode}:\n{r.stdout.decode()}{r.stderr.decode()}')


def run(build, script):
    """In a world of its own."""
    with World(build) as w:
        environment = furnish(w, script)
        (w.folder / 'usher').symlink_to(w.usher)
        (w.folder / 'usher-sim').symlink_to(w.sim)
        for line in script.splitlines():
            run_line(w, line, environment)


def sign_in(build, command):
    """Asks on a terminal, and the public cloud, which cannot be reached from here."""
    with World(build) as w:
        environment = {**furnish(w, command), 'HTTPS_PROXY': 'http://127.0.0.1:9', 'USHER_CLOUD': ''}
        t = Terminal(w, shlex.split(command)[1:], environment)
        t.wait_for('User name: ')
        t.type(OWNER + '\n')
        t.wait_for('Password (not shown): ')
        t.type('lab\n')
        code, screen = t.end()
        expect(code, 19, command, None if code == 19 else screen)


def scan(build, command):
    """With a scanner that plays a serial line instead of one that udev knows, and Ctrl-C as its user would."""
    with World(build) as w:
        environment, gun = furnish(w, command), Gun()
        words = shlex.split(command.replace('--scanner auto', f'--scanner {gun.path}'), comments=True)[1:]
        process = subprocess.Popen([w.usher, *words], cwd=w.folder, env=environment, stdin=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        w.running.append(process)
        told = ''
        for wanted, text in (('Scan ', f'{SERIAL} {SECRET}\r'), ('Read: ', None), ('Scan the next', None)) if words[0] == 'setup' else (('Scan ', f'{SERIAL}\r'), ('Cause: ', None)):
            while wanted not in told:
                line = process.stderr.readline()
                assert line, f'{command}\n{told}'
                told += line
            if text:
                gun.send(text)
        process.send_signal(signal.SIGINT)
        expect(process.wait(60), 0 if words[0] == 'setup' else 130, f'{command}\n{told}')


def of_verbs(w, *verbs):
    seen = [command for verb, command in examples(w) if verb in verbs]
    assert len(seen) >= 3 * len(verbs), seen
    for command in seen:
        if command.startswith('usher login') and '--user' not in command:
            sign_in(w.build, command)
        elif '--scanner auto' in command:
            scan(w.build, command)
        else:
            run(w.build, command)


def row_examples_setup(w):
    of_verbs(w, 'setup', 'update')


def row_examples_device(w):
    of_verbs(w, 'repair', 'wifi', 'devices')


def row_examples_cloud(w):
    of_verbs(w, 'login', 'whoami', 'logout', 'cloud')


def row_examples_other(w):
    """All that no other row runs."""
    run_elsewhere = {'setup', 'update', 'repair', 'wifi', 'devices', 'login', 'whoami', 'logout', 'cloud'}
    of_verbs(w, *{verb for verb, _ in examples(w)} - run_elsewhere)


def row_examples_readme(w):
    commands = readme_commands()
    assert len(commands) >= 4, commands
    for command in commands:
        (scan if '--scanner auto' in command else run)(w.build, command)


def row_examples_pages(w):
    """What the pages have beyond the examples of help; and the profiles."""
    help_has = {command for _, command in examples(w)}
    scripts = list(page_scripts(w))
    assert help_has <= {s.strip() for s in scripts}, 'usher(1) has all examples of help'
    for script in scripts:
        if script.strip() not in help_has:
            run(w.build, with_free_ports(script))
    profiles = page_profiles(w)
    assert len(profiles) >= 2, profiles
    for text in profiles:
        w.file('home.password', PASSWORD)
        r = w.run('setup', '--label', w.label(), '--profile', w.file('site.ini', text), '--token-file', w.file('token', TOKEN), '--dry-run')
        expect(r.code, 0, text, r)


def row_help_fits(w):
    """80 columns, three examples or more a verb, in no more than 80 columns either."""
    verbs = {verb for verb, _ in examples(w)}
    assert len(verbs) >= 14, verbs
    for words in (['help'], *([verb, '--help'] for verb in sorted(verbs))):
        for line in w.run(*words).out.splitlines():
            assert len(line) <= 80, f'{words}: {line}'
    for verb in verbs:
        assert sum(v == verb for v, _ in examples(w)) >= 3, verb


def row_help_means_something(w):
    """Options of a setup alone are none of the verbs that do not set up."""
    for words in (['repair', 'sim', '--claim', 'none'], ['wifi', 'list', '--country', 'DE'], ['update', '--wifi-ssid', 'Home']):
        r = w.run(*words, '--label', w.label())
        expect(r.code, 2, ' '.join(words), r)
        assert f'there is no option {words[-2]}' in r.err, r.err
