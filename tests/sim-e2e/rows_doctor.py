# SPDX-License-Identifier: Apache-2.0
"""What usher says when something is wrong: the light, the gateway, the device."""
import shutil
import time

from world import OWNER, SECRET, SSID, expect

BORON = 'B40HAM000000001'


def row_light(w):
    result = w.run('light', 'blinking cyan, 2 orange')
    expect(result.code, 0, 'exit code', result)
    assert 'no route to the internet' in result.out and 'What to do:' in result.out, result.out
    result = w.run('light', '--json', 'two', 'orange', 'blinks', 'after', 'cyan')
    expect((result.last['key'], result.last['fault']), ('cloud-no-internet', 'device-no-internet'), 'light', result)
    expect((result.last['on_ms'], result.last['period_ms']), (250, 500), 'numbers', result)
    other = w.run('light', '--json', '--platform', 'argon', 'two', 'orange', 'blinks', 'after', 'cyan')
    expect(other.last['key'], 'cloud-no-internet', 'an Argon', other)
    unknown = w.run('light', '--platform', 'nothing', 'blinking cyan')
    expect((unknown.code, unknown.out), (2, ''), 'a platform that is none', unknown)
    assert 'argon' in unknown.err, unknown.err
    expect(w.run('light', '--json', 'breathing cyan').last['fault'], None, 'fault of a good light')


def row_light_list(w):
    words, objects = w.run('light', '--list'), w.run('light', '--list', '--json')
    expect((words.code, objects.code), (0, 0), 'exit codes')
    assert len(objects.events) > 30, len(objects.events)
    faults = w.faults()
    for light in objects.events:
        assert light['meaning'] in words.out and light['advice'] in words.out, light
        assert light['fault'] is None or light['fault'] in faults, light
    expect(len({light['key'] for light in objects.events}), len(objects.events), 'different keys')


def row_light_misread(w):
    """A word that is not known is named, and what is known is listed."""
    result = w.run('light', 'blinking mauve')
    expect((result.code, result.out), (2, ''), 'mauve', result)
    for word in ("'mauve'", 'cyan', 'orange', 'usher light --list'):
        assert word in result.err, (word, result.err)
    for words in (['light'], ['light', 'blinking'], ['light', 'x' * 500]):
        result = w.run(*words)
        expect((result.code, result.out), (2, ''), f'{words}', result)
        assert result.err, words


def gateway(w, *options, token=True, device_cloud=None):
    words = ['--cloud', w.url or w.deaf_server(), '--radio', f'sim:{w.air}', *options]
    if token:
        words += ['--token-file', w.file('token', '0123456789abcdef0123456789abcdef01234567')]
    return w.doctor('--device-cloud', device_cloud or w.device_cloud(), *words)


def row_doctor_well(w):
    w.cloud()
    result, checks = gateway(w)
    expect((result.code, result.last['problems'], result.last['notes']), (0, 0, 0), 'summary', result)
    expect(list(checks), ['libcurl', 'decoder', 'clock', 'api', 'token', 'device-cloud', 'radio'], 'checks')
    assert OWNER in checks['token']['cause'], checks['token']
    words = w.run('doctor', '--cloud', w.url, '--radio', f'sim:{w.air}', '--device-cloud', w.device_cloud(),
                  '--token-file', w.file('token', '0123456789abcdef0123456789abcdef01234567'))
    expect(words.code, 0, 'exit code', words)
    assert words.out.count('ok ') == 7 and 'No problem was found.' in words.out, words.out


def row_doctor_half_installed(w):
    """Each of the programs that usher starts is missed, and named."""
    w.cloud()
    room = w.folder / 'installed'
    room.mkdir()
    shutil.copy(w.build / 'setup/cli/usher', room)
    w.usher = str(room / 'usher')
    for missing, what, program in (('usher-decode', 'picture', 'setup/label/usher-decode'), ('usher-scan', 'camera', None)):
        result, checks = gateway(w)
        expect((result.code, checks['decoder']['state']), (2, 'problem'), missing, result)
        assert missing in checks['decoder']['cause'] and what in checks['decoder']['cause'], checks['decoder']
        if program:
            shutil.copy(w.build / program, room)


def row_doctor_no_token(w):
    """Nothing to be ashamed of: a note, with what to do."""
    w.cloud()
    result, checks = gateway(w, token=False)
    expect((result.code, checks['token']['state']), (0, 'note'), 'token', result)
    assert '--token-file' in checks['token']['advice'], checks['token']


def row_doctor_token_refused(w):
    w.cloud(tokens=[])
    _, checks = gateway(w)
    expect(checks['token']['fault'], 'token-invalid', 'fault')


def row_doctor_token_open(w):
    """A file with the token that everybody may read."""
    w.cloud()
    path = w.file('open-token', '0123456789abcdef0123456789abcdef01234567', 0o644)
    _, checks = gateway(w, '--token-file', path, token=False)
    expect(checks['token']['fault'], 'config', 'fault')
    assert 'chmod' in checks['token']['cause'], checks['token']


def row_doctor_clock(w):
    """The cloud's clock is an hour ahead of ours, then ten minutes behind, then four minutes, which will do."""
    for offset, word in ((3600, '60 minutes behind'), (-600, '10 minutes ahead'), (-240, None)):
        w.cloud(options=('--date-offset', str(offset)))
        _, checks = gateway(w)
        expect(checks['clock']['fault'], 'clock' if word else None, 'fault')
        assert not word or word in checks['clock']['cause'], checks['clock']


def row_doctor_no_api(w):
    w.url = 'http://127.0.0.1:9'
    _, checks = gateway(w)
    expect((checks['api']['fault'], checks['clock']['state'], checks['token']['state']),
           ('cloud-unreachable', 'note', 'note'), 'one cause, one problem')


def row_doctor_udp_blocked(w):
    w.cloud()
    _, checks = gateway(w, device_cloud=w.device_cloud(answer=None))
    expect(checks['device-cloud']['fault'], 'device-cloud-blocked', 'fault')
    assert '5684' in checks['device-cloud']['advice'], checks['device-cloud']


def row_doctor_udp_other(w):
    w.cloud()
    _, checks = gateway(w, device_cloud=w.device_cloud(answer=b'HTTP/1.1 400 Bad Request'))
    expect(checks['device-cloud']['fault'], 'device-cloud-blocked', 'fault')


def row_doctor_no_radio(w):
    w.cloud()
    _, checks = gateway(w, '--radio', f'sim:{w.folder}/nowhere')
    expect(checks['radio']['fault'], 'bluetooth-no-adapter', 'fault')
    environment = w.environment
    w.environment = lambda: {**environment(), 'DBUS_SYSTEM_BUS_ADDRESS': f'unix:path={w.folder}/no-bus'}
    _, checks = gateway(w, '--radio', 'bluez')
    assert checks['radio']['fault'].startswith('bluetooth-'), checks['radio']


def row_doctor_profile(w):
    w.cloud()
    good = w.file('site.ini', f'[wifi]\nssid = {SSID}\nsecurity = open\n')
    _, checks = gateway(w, '--profile', good)
    expect(checks['profile']['state'], 'ok', 'profile')
    _, checks = gateway(w, '--profile', w.file('open.ini', f'[wifi]\nssid = {SSID}\nsecurity = open\n', 0o666))
    expect(checks['profile']['fault'], 'config', 'fault')
    result = w.run('doctor', '--profile', w.file('bad.ini', 'nonsense'))
    expect((result.code, result.out), (2, ''), 'a profile that cannot be read', result)
    assert 'line 1' in result.err, result.err


def row_doctor_everything_dead(w):
    """Nothing answers and the device is not there: it ends all the same, and soon."""
    start = time.monotonic()
    result, checks = gateway(w, '--label', w.label(), device_cloud=w.device_cloud(answer=None))
    took = time.monotonic() - start
    assert took < 15, took
    expect({k: c['fault'] for k, c in checks.items() if c['state'] == 'problem'},
           {'api': 'cloud-unreachable', 'device-cloud': 'device-cloud-blocked', 'device': 'device-not-found'},
           'problems', result)


def row_doctor_device(w):
    w.cloud()
    w.device()
    result, checks = gateway(w, '--label', w.label())
    expect(result.code, 0, 'exit code', result)
    for key in ('device', 'session', 'firmware', 'mode'):
        expect(checks[key]['state'], 'ok', key, result)
    assert 'power' not in checks, 'an Argon has no fuel gauge'
    expect((checks['network']['state'], checks['connection']['state']), ('note', 'note'), 'a new device')
    assert 'argon' in checks['firmware']['cause'] and '6.2.0' in checks['firmware']['cause'], checks['firmware']
    _, checks = gateway(w, '--image', w.sticker())
    expect(checks['session']['state'], 'ok', 'with a picture')


def row_doctor_wrong_label(w):
    w.cloud()
    w.device(secret='QQQQQQQQQQQQQQQ')
    _, checks = gateway(w, '--label', w.label())
    expect((checks['device']['state'], checks['session']['fault']), ('ok', 'secret-mismatch'), 'wrong label')
    assert 'firmware' not in checks, checks


def row_doctor_good_power(w):
    w.cloud()
    w.device('--platform', 'boron', serial=BORON)
    _, checks = gateway(w, '--label', w.label(f'{BORON} {SECRET}'))
    expect(checks['power']['state'], 'ok', 'power')
    assert '90 percent' in checks['power']['cause'], checks['power']


def row_doctor_low_power(w):
    w.cloud()
    w.device('--platform', 'boron', '--fault', 'low-power', serial=BORON)
    _, checks = gateway(w, '--label', w.label(f'{BORON} {SECRET}'))
    expect(checks['power']['fault'], 'device-offline', 'fault')
    assert 'battery' in checks['power']['cause'] and 'USB' in checks['power']['advice'], checks['power']


def row_doctor_misuse(w):
    for words in (['--device-cloud', 'nowhere'], ['--device-cloud', 'a:0'], ['--device-cloud', ':1'],
                  ['--label', 'x', '--image', 'y'], ['--nonsense'], ['more']):
        result = w.run('doctor', *words)
        expect((result.code, result.out), (2, ''), f'{words}', result)
        assert result.err, words
    result = w.run('doctor', '--label', w.file('bad', 'no sticker'))
    expect(result.code, 10, 'exit code', result)
