# SPDX-License-Identifier: Apache-2.0
"""The way things should go: from a label and from a picture, with and without an account, again, and on paper only."""
import base64
import json
import os
import pathlib
import re
import resource
import stat

from world import DEVICE_ID, OWNER, SERIAL, SSID, TOKEN, expect


def row_label(w):
    w.cloud()
    w.device()
    result = w.setup('--name', 'Kitchen')
    w.expect_done(result)
    expect(result.last['device'], {'serial': SERIAL, 'id': DEVICE_ID, 'platform': 'argon', 'os': '6.2.0',
                                   'name': 'Kitchen', 'owner': OWNER, 'iccid': None, 'imei': None,
                                   'rssi': None}, 'device', result)
    assert result.last['exchanges'] <= 5, result.last
    assert '/v1/' in str(w.ask_cloud('/sim/requests')), 'the cloud counts no requests'
    device = w.cloud_device()
    expect((device['owner'], device['name'], device['online']), (OWNER, 'Kitchen', True), 'in the cloud')


def row_picture(w):
    w.cloud()
    w.device()
    picture = w.sticker('--rotate', '23', '--blur', '0.8', '--noise', '6', '--size', '800x600')
    w.expect_done(w.setup('--image', picture))
    expect(w.cloud_device()['owner'], OWNER, 'owner')


def row_words(w):
    """Without --json: nothing on standard output, plain lines on standard error."""
    w.cloud()
    w.device()
    result = w.run(*w.arguments())
    expect(result.code, 0, 'exit code', result)
    expect(result.out, '', 'standard output')
    assert 'Joining the Wi-Fi network ... ok' in result.err and OWNER in result.err, result.err
    assert '\033' not in result.err and '\r' not in result.err, result.err


def row_quiet(w):
    w.cloud()
    w.device()
    result = w.run(*w.arguments('--quiet'))
    expect((result.code, result.out, result.err), (0, '', ''), 'quiet', result)


def row_no_account(w):
    """--claim none: no cloud API anywhere; done when the device itself says that it is connected."""
    w.cloud()
    w.device()
    result = w.setup(claim='none')
    w.expect_done(result)
    expect(result.last['device']['owner'], None, 'owner')
    w.check_cloud_unasked()


def row_twice(w):
    """The second run finds that everything is there."""
    w.cloud()
    w.device()
    w.expect_done(w.setup('--name', 'Kitchen'))
    second = w.setup('--name', 'Kitchen', '--timeout', '100')
    expect(second.code, 0, 'exit code of the second run', second)
    assert 15000 <= second.last['ms'] < 18000, second.err


def row_profile(w):
    w.cloud()
    w.device()
    w.file('home.password', 'correct horse')
    profile = w.file('site.ini', f'[setup]\nname = Attic\n[wifi]\nssid = {SSID}\npassword-file = home.password\n')
    w.expect_done(w.setup('--profile', profile, wifi=False))
    expect(w.cloud_device()['name'], 'Attic', 'name')


def row_open_network(w):
    w.cloud()
    world = w.file('world.ini', '[network]\nssid = usher-lab\nsecurity = open\n')
    w.device('--world', world)
    w.expect_done(w.setup('--wifi-ssid', SSID, wifi=False))


def row_token_of_credentials(w):
    w.cloud()
    w.device()
    words = w.arguments()
    at = words.index('--token-file')
    token = words[at + 1]
    del words[at:at + 2]
    environment = w.environment
    w.environment = lambda: {**environment(), 'CREDENTIALS_DIRECTORY': token.rsplit('/', 1)[0]}
    expect(w.run(*words).code, 0, 'exit code')


def row_dry_run(w):
    w.cloud()
    w.device()
    result = w.run(*w.arguments('--dry-run', '--name', 'Kitchen'))
    expect(result.code, 0, 'exit code', result)
    for word in (SERIAL, 'Argon', SSID, 'password given', 'Kitchen', w.url):
        assert word in result.out, (word, result.out)
    expect(w.device_log.read_text() if w.device_log.exists() else '', '', 'requests that the device saw')
    w.check_cloud_unasked()


def row_label_verb(w):
    picture = w.sticker()
    result = w.run('label', picture)
    expect(result.code, 0, 'exit code', result)
    assert SERIAL in result.out and 'Argon' in result.out and '***' in result.out, result.out
    result = w.run('label', '--json', picture)
    expect(result.events[0]['serial'], SERIAL, 'serial')
    w.secrets = []
    assert 'ABCDEFGHJKLMNPQ' in w.run('label', '--show-secret', picture).out
    blank = w.file('blank.pgm', 'P5 40 40 255\n' + ' ' * 1600)
    result = w.run('label', picture, blank)
    expect(result.code, 10, 'exit code', result)
    assert SERIAL in result.out and w.faults()['label-unreadable'][2] in result.err


def row_label_under_limits(w):
    """The decoder's own limits are never above those that usher itself was given; and what is too little has a name."""
    picture = w.sticker()

    def limited(**limits):
        def set_limits():
            for name, value in limits.items():
                resource.setrlimit(getattr(resource, name), (value, value))
        return w.finish(w.spawn(['label', picture], preexec_fn=set_limits))

    sanitized = b'__asan_init' in pathlib.Path(w.usher).read_bytes()
    for limits in ({'RLIMIT_CPU': 10}, {'RLIMIT_CORE': 0, 'RLIMIT_NOFILE': 64},
                   {} if sanitized else {'RLIMIT_AS': 500 << 20}, {} if sanitized else {'RLIMIT_AS': 200 << 20}):
        result = limited(**limits)
        expect(result.code, 0, f'exit code under {limits}', result)
        assert SERIAL in result.out, result.out
    for size in () if sanitized else range(30, 120, 5):
        result = limited(RLIMIT_AS=size << 20)
        assert 0 <= result.code < 100 and (result.code == 0 or 'Cause:' in result.err), (size, result.code, result.err)
        assert 'lock itself in' not in result.err, (size, result.err)


def row_update(w):
    """--min-os: two files one after the other, the device restarts after each, and is then set up as ever."""
    files = [{'id': step, 'platform_id': 12, 'from_version': old,
              'base64': base64.b64encode(f'usher-sim-os {new}\n'.encode().ljust(20000, b'.')).decode()}
             for step, old, new in (('one', '4.2.0', '5.4.0'), ('two', '5.4.0', '6.2.0'))]
    w.cloud(firmware=files)
    w.device('--os', '4.2.0', '--boot-ms', '50')
    result = w.setup('--min-os', '6.2.0')
    w.expect_done(result)
    expect(result.last['device']['os'], '6.2.0', 'version', result)
    done = [e for e in result.events if e['event'] == 'step' and e['step'] == 'update' and e['state'] == 'done']
    expect(len(done), 2, 'updates', result)


SLOW = ('--loop-ms', '100', '--interval-ms', '30')


def check_pool(w):
    """The device's pool was never too small."""
    counted = w.device_end()
    expect(counted['pool_overflows'], 0, 'overflows of the pool')
    print(f'pool at most {counted["pool_high_water"]} of 1024 bytes')


def row_loop_update(w):
    """A file of 400 kB for a device that reads once a pass of its loop."""
    size = 400_000
    w.cloud(firmware=[{'id': 'one', 'platform_id': 12, 'from_version': '4.2.0',
                       'base64': base64.b64encode(b'usher-sim-os 6.2.0\n'.ljust(size, b'.')).decode()}])
    w.device('--os', '4.2.0', '--boot-ms', '50', *SLOW)
    result = update(w)
    w.expect_done(result)
    expect(result.last['device']['os'], '6.2.0', 'version', result)
    done = [e['ms'] for e in result.events if e['event'] == 'step' and e['step'] == 'update' and e['state'] == 'done']
    print(f'loop 100 ms, interval 30 ms: {done[0] / (size / 1e5) / 1000:.1f} s for 100 kB')
    expect(w.requests().count('253'), -(-size // 912), 'chunks')
    told = [e for e in result.events if e['event'] == 'progress' and e['step'] == 'update']
    parts = [e['part'] for e in told if e['whole']]
    expect(({e['whole'] for e in told} - {0}, {e['limit_ms'] for e in told}), ({size}, {3600000}), 'size and limit', result)
    assert len(set(parts)) >= 10 and parts == sorted(parts) and parts[-1] <= size, parts  # all of it: it is checked by the device
    check_pool(w)


def row_loop_setup(w):
    w.cloud()
    w.device(*SLOW)
    result = w.setup()
    w.expect_done(result)
    check_pool(w)


def row_loop_doctor(w):
    """Everything that a device tells, in one flight after the other."""
    w.device(*SLOW)
    result = w.run('doctor', '--json', '--radio', f'sim:{w.air}', '--label', w.label())
    expect(w.requests()[:1], ['20'], 'first request', result)
    assert '100' in w.requests(), (w.requests(), result.out)
    check_pool(w)


def row_loop_wifi_list(w):
    w.device(*SLOW)
    result = w.run('wifi', 'list', '--json', '--radio', f'sim:{w.air}', '--label', w.label())
    expect(result.code, 0, 'exit code', result)
    check_pool(w)


def row_update_without_claim(w):
    """--claim none and --min-os: the token is for the files only; without one that is said."""
    image = base64.b64encode(b'usher-sim-os 6.2.0\n'.ljust(20000, b'.')).decode()
    w.cloud(firmware=[{'id': 'one', 'platform_id': 12, 'from_version': '5.4.0', 'base64': image}])
    w.device('--os', '5.4.0', '--boot-ms', '50')
    result = w.setup('--min-os', '6.2.0', claim='none')
    w.expect_fault(result, 'token-missing', 18)
    assert 'min-os needs a token' in result.err, result.err
    result = w.setup('--min-os', '6.2.0', '--cloud', w.url, '--token-file', w.file('token', TOKEN), claim='none')
    w.expect_done(result)
    expect((result.last['device']['os'], result.last['device']['owner']), ('6.2.0', None), 'device', result)
    expect(w.cloud_device()['owner'], None, 'owner in the cloud')


def row_update_unavailable(w):
    w.cloud()
    w.device('--os', '4.2.0')
    w.expect_fault(w.setup('--min-os', '6.2.0'), 'firmware', 14)


def row_known_networks(w):
    """The networks that a device knows: listed, one forgotten, all cleared; without an account."""
    w.device('--fault', 'silent-at-request=71')
    usher = w.spawn(w.arguments('--json', claim='none'))
    for line in usher.stdout:  # it has joined, and stays in listening mode
        if '"step":"setup-done"' in line and '"started"' in line:
            break
    usher.terminate()
    expect(w.finish(usher).code, 130, 'exit code')
    device = ('--radio', f'sim:{w.air}', '--label', w.label())

    def known():
        result = w.run('wifi', 'list', *device, '--json')
        expect(result.code, 0, 'exit code', result)
        return [n['ssid'] for e in result.events if e['event'] == 'networks' for n in e['networks']]

    expect(known(), [SSID], 'known networks')
    expect(w.run('wifi', 'list', *device, '--quiet').out.split(), [SSID, 'wpa2'], 'in words')
    expect(w.run('wifi', 'forget', *device, '--wifi-ssid', SSID).code, 0, 'exit code of forget')
    expect(known(), [], 'known networks after forget')
    expect(w.run('wifi', 'clear', *device).code, 0, 'exit code of clear')
    expect(w.run('wifi', 'forget', *device).code, 2, 'exit code without a network')
    expect(w.run('wifi', 'remember', *device).code, 2, 'exit code of no such word')


def row_repair_setup_done(w):
    """A device that stays dark blue is taken out of listening mode."""
    w.cloud()
    w.device('--os', '3.3.0')
    result = w.run('repair', 'setup-done', '--radio', f'sim:{w.air}', '--label', w.label(), '--json', '--timeout', '30')
    assert 'setup-done' in result.out, result.out
    assert '73 0' in w.device_log.read_text() and '71 0' in w.device_log.read_text(), w.device_log.read_text()


def row_repair_sim(w):
    """A Boron that an external SIM was chosen for, which is gone: back to its own."""
    w.cloud(devices=[])
    w.device('--platform', 'boron', '--active-sim', '2', serial='B40HAM000000001', device_id='e00fce680000000000000013')
    result = w.run('repair', 'sim', '--radio', f'sim:{w.air}', '--label', w.label('B40HAM000000001 ABCDEFGHJKLMNPQ'),
                   '--json')
    expect(result.code, 0, 'exit code', result)
    assert '552 0' in w.device_log.read_text(), w.device_log.read_text()


def update(w, *options):
    return w.run('update', '--json', '--no-input', '--radio', f'sim:{w.air}', '--label', w.label(), '--cloud', w.url, '--token-file',
                 w.file('token', TOKEN), *options)


def row_update_alone(w):
    """usher update: nothing but the firmware; the device stays in listening mode."""
    w.cloud(firmware=[{'id': 'one', 'platform_id': 12, 'from_version': '4.2.0',
                       'base64': base64.b64encode(b'usher-sim-os 6.2.0\n'.ljust(5000, b'.')).decode()}])
    w.device('--os', '4.2.0', '--boot-ms', '50')
    result = update(w)
    w.expect_done(result)
    expect(result.last['device']['os'], '6.2.0', 'version', result)
    requests = w.requests()
    assert '251' in requests and '500' not in requests and '71' not in requests, requests


def row_update_signed_address(w):
    """The file may lie behind a signed address; over an encrypted API it is not fetched in the clear."""
    file = {'id': 'one', 'platform_id': 12, 'from_version': '4.2.0', 'name': 'part1.bin',
            'base64': base64.b64encode(b'usher-sim-os 6.2.0\n'.ljust(5000, b'.')).decode()}
    plain = w.cloud(firmware=[file])
    for url, fault, says in ((f'{plain}/v1/firmware/files/one/part1.bin?X-Signature=a%2Fb&Expires=1', None, ''),
                             ('http://192.0.2.1/part1.bin', 'cloud-answer', 'not https'),
                             ('part1.bin', 'cloud-answer', 'no address'),
                             (f'{plain}/v1/firmware/files/one/part1.bin', 'cloud-answer', 'not https')):
        trust = []
        if url == f'{plain}/v1/firmware/files/one/part1.bin':
            w.private_cloud(firmware=[file])
            trust = ['--cloud-ca', w.ca]
        w.ask_cloud('/sim/faults', {'clear': True, 'faults': [
            f'GET /v1/system_firmware answer,times={9 if fault else 1},body=' + json.dumps({'binary_url': url})]})
        cloud, w.url = w.url, plain  # the virtual device speaks plain http only
        w.device('--os', '4.2.0', '--boot-ms', '50')
        w.url = cloud
        result = update(w, *trust)
        if fault:
            w.expect_fault(result, fault, 19)
        else:
            w.expect_done(result)
        assert says in result.err, result.err
        w.device_process.terminate()
        w.device_process.wait()


def row_wifi_code(w):
    """The network from the text of its QR code."""
    w.cloud()
    w.device()
    code = w.file('wifi.qr', 'WIFI:T:WPA;S:usher-lab;P:correct horse;;')
    w.expect_done(w.setup('--wifi-qr-file', code, wifi=False))
    both = w.setup('--wifi-qr-file', code)
    expect((both.code, both.last['fault']), (2, 'config'), 'a name beside the code', both)


def row_finished_again(w):
    """Nothing to ask but this machine's own record: it names itself, and is no proof. Other settings are another setup."""
    w.device()
    w.expect_done(w.setup(claim='none'))
    again = w.setup(claim='none')
    w.expect_done(again, verified=False)
    assert re.search('set up here on 20[0-9-]+ [0-9:]+, not in setup mode now', again.err), again.err
    assert 15000 <= again.last['ms'] < 18000, again.last
    other = w.setup('--wifi-ssid', 'elsewhere', '--timeout', '20', claim='none')
    assert other.code != 0, other.err
    record = w.folder / '.local/state/usher/finished'
    expect(stat.S_IMODE(record.stat().st_mode), 0o600, 'mode')
    assert SSID not in record.read_text(), record.read_text()


def row_finished_unkept(w):
    """A record that cannot be kept changes nothing else; nor does one that is no file."""
    w.device()
    (w.folder / '.local/state/usher').mkdir(parents=True)
    os.mkfifo(w.folder / '.local/state/usher/finished')
    w.expect_done(w.setup(claim='none'))
