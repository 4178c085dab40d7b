# SPDX-License-Identifier: Apache-2.0
"""Small files as people and their editors write them: what can be meant in one way only is taken, all else is refused with
what was seen, and nothing of a secret is shown."""
import configparser
import fcntl
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree

from world import OWNER, PASSWORD, SERIAL, SECRET, SSID, TOKEN, expect

README = pathlib.Path(__file__).parents[2] / 'README.md'


def write(w, name, text):
    """The bytes of `text`, line ends as they are."""
    path = pathlib.Path(w.file(name, ''))
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def dry(w, *options, **more):
    return w.run(*w.arguments('--json', *options, '--dry-run', claim='none', **more))


def block(kind, head='With a real adapter'):
    """The first block of that kind in a section of README."""
    section = README.read_text().partition(f'## {head}\n')[2].partition('\n## ')[0]
    return re.search(rf'^```{kind}\n(.*?)^```', section, re.M | re.S).group(1)


def row_readme_profile(w):
    """README's example of a profile, exactly as it is printed there."""
    w.cloud()
    w.device('--world', w.file('world.ini', f'[network]\nssid = Home\nsecurity = wpa2\npassword = {PASSWORD}\n'))
    example = block('ini', 'Profiles')
    profile = write(w, 'site.ini', example)
    write(w, 'home.password', PASSWORD + '\n')
    w.expect_done(w.setup('--profile', profile, wifi=False))
    expect(w.cloud_device()['name'], 'Lamp 1', 'the name')


def row_readme_jq(w):
    """README's script over the events, exactly as it is printed there."""
    if not shutil.which('jq'):
        print('jq is missing: see tests/packages')
        sys.exit(77)
    w.cloud()
    w.device()
    good, bad = w.setup('--name', 'Kitchen'), w.setup(label=w.label('nothing'))
    said = subprocess.run(['sh', '-c', block('sh')], input=good.out + bad.out, capture_output=True, text=True, check=True)
    lines = [line.split('\t') for line in said.stdout.splitlines()]
    expect(lines[0], [SERIAL, 'done', '-', '-', 'Kitchen'], 'a setup that is done')
    expect((len(lines), lines[1][0], lines[1][1], lines[1][2]), (2, '?', 'failed', 'label-invalid'), 'one that failed')
    assert lines[1][3] != '-', lines


def row_readme_unit(w):
    """README's unit and policy are well-formed, and the command in the unit is one that usher takes."""
    xml.etree.ElementTree.fromstring(block('xml'))
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read_string(block('ini'))
    words = unit['Service']['ExecStart'].split()
    places = {'/srv/usher/label': w.label(), '/srv/usher/site.ini': w.file('site.ini', '[wifi]\nssid = usher-lab\npassword-file = p\n')}
    w.file('p', PASSWORD)
    w.cloud()
    w.device()
    (w.folder / 'token').write_text(TOKEN)
    (w.folder / 'token').chmod(0o600)
    known = w.environment()
    w.environment = lambda: {**known, 'CREDENTIALS_DIRECTORY': str(w.folder)}
    result = w.run(*[places.get(word, word) for word in words[1:]], '--radio', f'sim:{w.air}', '--cloud', w.url)
    expect(result.code, 0, 'the command of the unit', result)


def row_profile_of_windows(w):
    """A byte order mark, CR LF, indents, quotes and comments."""
    w.cloud()
    w.device()
    profile = write(w, 'site.ini', '\ufeff[Setup]\r\n  Claim = USER  # mine\r\n  name = "Lamp #1"   ; first\r\n\r\n'
                                   '[WiFi]\r\n\tssid = "usher-lab"\r\n\tpassword-file = "home.password"\r\n')
    write(w, 'home.password', '\ufeffcorrect horse\r\n\r\n')
    w.expect_done(w.setup('--profile', profile, wifi=False))
    expect(w.cloud_device()['name'], 'Lamp #1', 'the name')


def row_profile_refused(w):
    """What may be meant in two ways: the line, what was seen, what to do."""
    for text, why in (('[setup]\nname = Lamp #1\n', "line 2: '#' after a blank"),
                      ('[wifi]\nssid = Cafe ;5\n', "line 2: ';' after a blank"),
                      ('[wifi] upstairs\n', "line 1: there is more behind the ']'"),
                      (b'\xff\xfe[\0s\0', 'UTF-16: save it as UTF-8')):
        refused = dry(w, '--profile', write(w, 'site.ini', text), wifi=False)
        expect(refused.code, 2, text, refused)
        assert why in refused.err, refused.err


def row_passwords_as_written(w):
    w.cloud()
    for text in (PASSWORD, f'\ufeff{PASSWORD}\r\n', f'\n{PASSWORD}\n\n'):
        w.device()
        w.expect_done(w.setup('--wifi-password-file', write(w, 'p', text), '--wifi-ssid', SSID, wifi=False, claim='none'))
    for text, why in ((f'"{PASSWORD}"\n', 'stands in quotes'), (f'{PASSWORD} \n', 'ends with a blank'),
                      (f'{PASSWORD}\n{PASSWORD}\n', 'line 2: there is more text'), ('\r\n', 'is empty')):
        refused = dry(w, '--wifi-password-file', write(w, 'p', text), '--wifi-ssid', SSID, wifi=False)
        expect(refused.code, 2, text, refused)
        assert why in refused.err, refused.err
        w.check_no_secret(refused.err, 'the refusal')


def row_tokens_as_written(w):
    w.cloud()
    for text in (f'\ufeff{TOKEN}\r\n\r\n', f"export PARTICLE_TOKEN='{TOKEN}'\n", f'Authorization: Bearer {TOKEN}\n',
                 f'# of the kiosk\n"{TOKEN}"\n', json.dumps({'access_token': TOKEN, 'token_type': 'bearer'}, indent=2)):
        r = w.run('whoami', '--cloud', w.url, '--token-file', write(w, 'token', text))
        expect(r.code, 0, text.replace(TOKEN, '...'), r)
        w.check_no_secret(r.out + r.err, 'what is printed')
    refused = w.run('whoami', '--cloud', w.url, '--token-file', write(w, 'token', f'{TOKEN}\n{TOKEN}\n'))
    expect(refused.code, 18, 'two tokens', refused)
    assert 'line 2: more than one word' in refused.err, refused.err
    w.check_no_secret(refused.err, 'the refusal')


def row_wifi_codes_as_printed(w):
    """What generators, routers and phones make of a network."""
    for text in ('WIFI:T:WPA3;S:Home;P:correct horse;;', 'WIFI:T:WPA/WPA2;S:Home;P:correct horse;;\r\n',
                 'wifi:t:wpa;s:Home;p:correct horse;h:TRUE;;', 'WIFI:T:sae-mixed;S:Home;P:correct horse;;',
                 'WIFI:T:NOPASS;S:Cafe;;', 'WIFI:T:WPA;S:Home;P:correct horse;TD:1;;'):
        r = dry(w, '--wifi-qr-file', write(w, 'qr', text), wifi=False)
        expect(r.code, 0, text, r)


def row_labels_as_saved(w):
    for text in (f'\ufeff{SERIAL} {SECRET}\r\n', f'{SERIAL}\r\n{SECRET}\r\n'):
        r = dry(w, label=write(w, 'label', text))
        expect(r.code, 0, text.replace(SECRET, '...'), r)
    refused = dry(w, label=write(w, 'label', f'{SERIAL} {SECRET}'.encode('utf-16')))
    assert 'UTF-16: save it as UTF-8' in refused.err, refused.err


def silent(w, name):
    """A FIFO that nobody writes to."""
    path = w.folder / name
    os.mkfifo(path, 0o600)
    return str(path)


def row_fifo_for_everything(w):
    """Whatever file is asked for: one that nobody writes to ends it within seconds, by name."""
    w.cloud()
    shop = ('--customer', 'kim@example.com', '--product', '4711', '--oauth-client', 'shop-1')
    dead = silent(w, 'dead')
    profile = w.file('dead.ini', f'[wifi]\nssid = Home\npassword-file = {dead}\n')
    login = ('login', '--cloud', w.url, '--user', OWNER, '--save', str(w.folder / 'kept'))
    begin = time.monotonic()
    running = [(words, w.spawn(words)) for words in (
        w.arguments('--json', label=dead), w.arguments('--json', '--profile', dead),
        w.arguments('--json', '--profile', profile, wifi=False), w.arguments('--json', '--token-file', dead),
        w.arguments('--json', '--cloud-ca', dead), w.arguments('--json', '--claim-code-file', dead, claim='none'),
        w.arguments('--json', '--secret-file', dead, claim='none'),
        w.arguments('--json', '--apn', 'net', '--apn-user', 'me', '--apn-password-file', dead, claim='none'),
        w.arguments('--json', *shop, '--oauth-secret-file', dead, claim='customer'),
        w.arguments('--json', '--wifi-ssid', SSID, '--wifi-password-file', dead, wifi=False, claim='none'),
        w.arguments('--json', '--wifi-qr-file', dead, wifi=False, claim='none'),
        (*login, '--password-file', dead), ('whoami', '--cloud', w.url, '--token-file', dead),
        ('whoami', '--cloud', w.url, '--token-file', w.file('t', TOKEN), '--cloud-ca', dead),
        ('cloud', 'check', '--cloud', w.url, '--token-file', w.file('t', TOKEN), '--from', dead),
        ('doctor', '--profile', dead, '--token-file', w.file('t', TOKEN), '--cloud', w.url, '--radio', f'sim:{w.air}'))]
    for words, process in running:
        ended = w.finish(process)
        expect(ended.code != 0 and (words[0] == 'doctor' or ended.code == 2), True, words, ended)
        assert dead in ended.out + ended.err and ('nobody writes' in ended.out + ended.err or '--cloud-ca' in words), ended.err
    assert time.monotonic() - begin < 30, time.monotonic() - begin


def row_timeout_of_files(w):
    """A FIFO whose writer says nothing is waited for no longer than --timeout allows, all files together."""
    w.cloud()
    mute = silent(w, 'mute')
    writer = os.open(mute, os.O_RDWR)
    profile = w.file('mute.ini', f'[wifi]\nssid = Home\npassword-file = {mute}\n')
    begin = time.monotonic()
    running = [(words, w.spawn([*words, '--timeout', '2', '--json'])) for words in (
        w.arguments(label=mute), w.arguments('--profile', mute), w.arguments('--profile', profile, wifi=False),
        w.arguments('--token-file', mute), w.arguments('--secret-file', mute, claim='none'))]
    for words, process in running:
        ended = w.finish(process, timeout=20)
        expect((ended.code, ended.last['fault']), (2, 'config'), words, ended)
        assert mute in ended.last['cause'] and 'nobody writes' in ended.last['cause'], ended.out
    assert 2 <= time.monotonic() - begin < 12, time.monotonic() - begin
    os.close(writer)


def row_files_from_pipes(w):
    """What a shell writes as <(command) is as good as a file: at once, late, and through standard input."""
    w.cloud()
    w.device()
    script = f'''exec "$USHER" setup --json --radio "sim:$AIR" --no-input --claim user --cloud "$CLOUD" \\
        --label <(printf '{SERIAL} {SECRET}') --token-file <(sleep 1; cat "$TOKEN") --wifi-ssid {SSID} \\
        --wifi-password-file /dev/stdin --profile <(printf '[setup]\\nname = Lamp\\n')'''
    env = {**w.environment(), 'USHER': w.usher, 'AIR': str(w.air), 'CLOUD': w.url, 'TOKEN': w.file('token', TOKEN)}
    done = subprocess.run(['bash', '-c', script], input=PASSWORD + '\n', env=env, capture_output=True, text=True, timeout=100)
    expect(done.returncode, 0, 'exit code', done.stderr)
    expect(w.cloud_device()['name'], 'Lamp', 'the name')
    mine, theirs = socket.socketpair()
    with mine, theirs:
        theirs.sendall(TOKEN.encode())
        theirs.shutdown(socket.SHUT_WR)
        for name in ('-', '/dev/stdin', '/dev/fd/0'):
            who = subprocess.run([w.usher, 'whoami', '--cloud', w.url, '--token-file', name], stdin=mine, env=w.environment(),
                                 capture_output=True, text=True, timeout=100)
            expect(who.returncode, 0 if name == '-' else 18, name, who.stderr)
            assert OWNER in who.stdout if name == '-' else 'is empty' in who.stderr, who.stderr


def row_files_of_no_kind(w):
    for path, why in ((w.folder, 'Is a directory'), ('/dev/zero', 'neither a file nor a pipe'), ('/dev/null', 'empty')):
        refused = dry(w, '--wifi-ssid', SSID, '--wifi-password-file', str(path), wifi=False)
        expect(refused.code, 2, path, refused)
        assert why in refused.err, refused.err
    picture = w.run('label', '/dev/zero')
    assert picture.code and 'neither a file nor a pipe' in picture.out + picture.err, picture.err


def row_file_wait_ended(w):
    """SIGTERM is followed while a file is waited for."""
    fifo = silent(w, 'fifo')
    process = w.spawn(w.arguments('--json', '--token-file', fifo))
    end = os.open(fifo, os.O_WRONLY)
    begin = time.monotonic()
    process.terminate()
    ended = w.finish(process)
    os.close(end)
    expect((ended.code, ended.last['outcome']), (130, 'cancelled'), 'SIGTERM', ended)
    assert time.monotonic() - begin < 5, time.monotonic() - begin


def row_held_locks(w):
    """Numbers without their lock are none; the count of wrong passwords is read without it."""
    w.cloud()
    state = w.folder / '.local/state/usher'
    state.mkdir(parents=True)
    with open(state / 'numbers', 'w') as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = w.setup('--name', 'Lamp {n}')
        expect((refused.code, refused.last['fault']), (2, 'config'), 'numbers', refused)
        assert 'another program keeps it locked' in refused.err and 'numbers' in refused.err, refused.err
    login = ('login', '--cloud', w.url, '--user', OWNER, '--save', str(w.folder / 'kept'), '--password-file')
    for _ in range(3):
        expect(w.run(*login, w.file('pw', 'wrong')).code, 18, 'a wrong password')
    with open(state / 'sign-ins', 'r+') as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = w.run(*login, w.file('pw', 'lab'))
        assert refused.code == 18 and 'minutes' in refused.err, refused.err
        held.truncate(0)
        expect(w.run(*login, w.file('pw', 'wrong')).code, 18, 'not written down')
        expect(w.run(*login, w.file('pw', 'lab')).code, 0, 'signed in')
    expect((state / 'sign-ins').read_text(), '', 'left alone')
