# SPDX-License-Identifier: Apache-2.0
"""Whoever chooses a text that usher prints (the air, a device, the cloud, whoever names a file or an argument) chooses what
a terminal does, unless it is cleaned: every verb, with and without --json."""
import os
import signal
import socket

from hostile import BAD, BYTES, TEXT, cloud_between, judge, run
from rows_terminal import Terminal
from world import DEVICE_ID, OWNER, SERIAL, SECRET, TOKEN

ICCID = '8934076500002589174'
PRODUCT = 4711
ACCOUNT = [
    ('whoami',), ('cloud', 'check', DEVICE_ID), ('cloud', 'check', ICCID), ('cloud', 'claim', DEVICE_ID),
    ('cloud', 'rename', DEVICE_ID, 'lamp'), ('cloud', 'signal', DEVICE_ID), ('cloud', 'add-to-product', '--product', str(PRODUCT), DEVICE_ID),
    ('cloud', 'sim', 'status', ICCID), ('cloud', 'sim', 'activate', '--country', 'DE', '--wait', '1', ICCID),
    ('cloud', 'sim', 'deactivate', ICCID), ('cloud', 'unclaim', SERIAL), ('cloud', 'remove-from-product', '--product', str(PRODUCT), DEVICE_ID),
]


def registry(w):
    w.cloud(devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12, 'name': 'lamp',
                      'online': True, 'owner': OWNER, 'system_firmware_version': '6.2.0'}],
            products=[{'id': PRODUCT, 'name': 'Lamp', 'slug': 'lamp', 'platform_id': 12, 'owner': OWNER}],
            sims=[{'iccid': ICCID, 'owner': OWNER, 'status': 'active', 'product_id': PRODUCT}])


def both(w, *words, timeout=100):
    for more in ((), ('--json',)):
        yield run(w, *words, *more, timeout=timeout)


def account(w, verbs, **kind):
    registry(w)
    url, token = cloud_between(w, **kind), w.file('token', TOKEN)
    for words in verbs:
        for code, said in both(w, *words, '--cloud', url, '--token-file', token):
            assert said, words
    for _ in both(w, 'doctor', '--cloud', url, '--radio', f'sim:{w.air}', '--token-file', token, '--device-cloud', w.device_cloud()):
        pass
    run(w, 'logout', '--cloud', url, '--token-file', token)


def row_hostile_cloud(w):
    """Every text of every answer."""
    account(w, ACCOUNT)


def row_hostile_cloud_ids(w):
    """Also those without which nothing goes on."""
    account(w, ACCOUNT, every=True)


def row_hostile_cloud_errors(w):
    """Answers that are errors, and bytes that are no text at all."""
    some = [words for words in ACCOUNT if words[0] == 'whoami' or words[1] in ('check', 'rename', 'unclaim') or 'status' in words]
    for kind in ({'status': 400}, {'status': 403, 'raw': BYTES}, {'status': 404, 'raw': b'<html><title>' + BYTES + b'</title>'},
                 {'raw': b'{"error":"' + BYTES + b'"}'}):
        account(w, some, **kind)


def row_hostile_setup(w):
    """A whole setup, with names that the cloud spoils, and its report."""
    registry(w)
    w.device()
    w.url = cloud_between(w)
    report = str(w.folder / 'report.json')
    run(w, *w.arguments('--report', report))
    judge((w.folder / 'report.json').read_bytes(), 'report')
    for more in ((), ('--json',)):
        run(w, *w.arguments('--dry-run', '--name', 'lamp' + TEXT, *more))
        run(w, *w.arguments(*more), timeout=170)


def row_hostile_device(w):
    """The device's own words: its id, serial number, version, coprocessor, interfaces."""
    for number in ('20', '21', '30', '31', '400'):
        w.device('--fault', f'hostile-text={number}')
        for more in ((), ('--json',)):
            run(w, *w.arguments('--timeout', '5', *more, claim='none'))
        for _ in both(w, 'doctor', '--radio', f'sim:{w.air}', '--label', w.label(), '--cloud', 'http://127.0.0.1:9',
                      '--device-cloud', w.device_cloud()):
            pass
        w.running[-1].terminate()
        w.running[-1].wait()
    w.device('--platform', 'boron', '--fault', 'hostile-text=554')
    for more in ((), ('--json',)):
        run(w, *w.arguments('--timeout', '8', *more, claim='none', wifi=False))


def row_hostile_air(w):
    """Anybody may advertise anything."""
    os.chdir(w.air)  # names of sockets are short
    for name in (BYTES[:40] + b'-ABCDEF', b'Argon-\x1b[2J\x07\n', b'Argon-\xff\xfe\xfd\xfc\xfb\xfa', 'Argon-\u202eAB'.encode(),
                 b'Argon-ABCDEF\n{"v":1,"event":"result"}'):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as advert:
            advert.bind(name)
            w.ports.append(socket.socket(fileno=os.dup(advert.fileno())))
    for code, said in both(w, 'devices', '--radio', f'sim:{w.air}', '--seconds', '1'):
        assert code == 0 and said.count('Argon-') >= 4 and '"event":"result"}' not in said.splitlines(), said
    run(w, *w.arguments('--timeout', '3', '--json', claim='none'))


def hostile_networks(w):
    names = [BYTES[:32], b'\x1b]0;x\x07\nFORGED', 'Caf\u00e9\u202egnp'.encode(), b'\x00zero', b'\xff' * 32]
    return names, w.file('world.ini', ''.join(f'[network]\nssid-hex = {name.hex()}\nsecurity = wpa2\npassword = correct horse\n'
                                              f'rssi = {-50 - i}\n' for i, name in enumerate(names)))


def row_hostile_networks(w):
    """A name of a network is bytes: it goes to the device as it is, and is shown clean."""
    names, world = hostile_networks(w)
    w.device('--world', world)
    radio = ['--radio', f'sim:{w.air}', '--label', w.label()]
    for name in names[:3]:
        profile = w.file('profile.ini', f'[wifi]\nssid-hex = {name.hex()}\npassword-file = {w.file("wifi", "correct horse")}\n')
        run(w, *w.arguments('--profile', profile, '--json', '--timeout', '30', claim='none', wifi=False))
        w.press(signal.SIGUSR1)
        for code, said in both(w, 'wifi', 'list', '--timeout', '30', *radio):
            assert code == 0 and said, said
    for _ in both(w, 'wifi', 'forget', '--timeout', '30', '--wifi-ssid', names[1].decode(), *radio):
        pass


def row_hostile_networks_asked(w):
    """The list to choose from."""
    _, world = hostile_networks(w)
    w.device('--world', world)
    words = [word for word in w.arguments(claim='none', wifi=False) if word != '--no-input']
    t = Terminal(w, words, {**w.environment(), 'TERM': 'xterm', 'NO_COLOR': '1'})
    shown = t.wait_for('name of a hidden network: ')
    t.type('1\n')
    shown += t.wait_for('(not shown): ')
    shown = shown.replace('\r\x1b[K', '').replace('\r\n', '\n')
    assert not BAD.search(shown) and 'Caf\u00e9' in shown, shown
    t.type('\003')
    t.end()


def row_hostile_arguments(w):
    """Names of files and other words of a command line: scripts take them from anywhere."""
    sticker = w.folder / ('sticker' + TEXT)
    os.rename(w.sticker(), sticker)
    text = w.folder / ('label' + TEXT)
    text.write_text('no label' + TEXT)
    for file, wanted in ((sticker, 0), (text, 10), (w.folder / ('none' + TEXT), None)):
        for code, said in both(w, 'label', str(file)):
            assert said and (wanted is None or code == wanted), said
        for option in ('--label', '--image', '--profile', '--wifi-password-file', '--token-file', '--report', '--secret-file',
                       '--claim-code-file', '--cloud-ca', '--cloud', '--radio', '--min-os', '--platform', '--country', '--claim'):
            run(w, *w.arguments('--timeout', '2', option, str(file)))
            run(w, *w.arguments('--timeout', '2', '--json', option, str(file)))
    bad = os.fsdecode(BYTES)
    for odd in (TEXT, bad):
        for words in ((odd,), ('help', odd), ('light', odd), ('light', 'cyan', odd), ('light', '--platform', odd, 'cyan'),
                      ('cloud', 'check', odd), ('cloud', odd), ('cloud', 'check', '--from', odd), ('wifi', odd), ('repair', odd),
                      ('setup', odd), ('setup', f'--{odd}'), ('setup', f'-{odd}'), ('setup', f'--token={odd}'),
                      ('setup', '--profile', w.file('profile.ini', '[wifi]\n' + TEXT + ' = 1\n')),
                      ('login', '--user', odd, '--cloud', 'http://127.0.0.1:9'), ('login', '--cloud', odd), ('whoami', '--cloud', odd),
                      ('whoami', '--token-file', odd), ('devices', '--radio', odd), ('devices', '--seconds', odd), ('doctor', '--label', odd),
                      ('label', odd), ('cloud', 'check', '--product', odd, DEVICE_ID), ('cloud', 'check', '--cloud', odd, DEVICE_ID)):
            run(w, *words)
            run(w, *words, '--json')
