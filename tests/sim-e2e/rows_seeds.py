# SPDX-License-Identifier: Apache-2.0
"""Five complaints from the vendor's forum, each with a virtual device that behaves like the one complained of: usher
mends it, or names the cause and what to do."""
import json
import signal

from world import DEVICE_ID, OWNER, SERIAL, SECRET, SSID, TOKEN, expect

FAST_CELL = '[cellular]\ninternal = ok\nexternal = none\nregister-ms = 200\n'


def network(w, **path):
    words = ''.join(f'{k} = {v}\n' for k, v in path.items())
    return w.file('world.ini', f'[network]\nssid = {SSID}\nsecurity = wpa2\npassword = correct horse\n{words}')


def doctor(w):
    """The device is put back into listening mode by hand, as a person would, and asked where it hangs."""
    w.press(signal.SIGUSR1)
    return w.doctor('--cloud', w.url, '--radio', f'sim:{w.air}', '--token-file', w.file('token', TOKEN),
                    '--device-cloud', w.device_cloud(), '--label', w.label())


def light(w, words):
    result = w.run('light', '--json', words)
    expect(result.code, 0, 'exit code', result)
    return result.last


def row_seed_sticky_sim(w):
    """"The ext SIM setting is sticky": the card is gone, the choice is not, and the app says no."""
    w.cloud(devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 13}])
    w.device('--platform', 'boron', '--active-sim', '2', '--boot-ms', '50', '--world', w.file('world.ini', FAST_CELL))
    result = w.setup(wifi=False)
    w.expect_fault(result, 'sim', 16)
    assert 'usher repair sim' in result.err, result.err
    result, checks = w.doctor('--cloud', w.url, '--radio', f'sim:{w.air}', '--label', w.label(), '--token-file',
                              w.file('token', TOKEN), '--device-cloud', w.device_cloud())
    assert checks['sim']['state'] == 'note' and 'usher repair sim' in checks['sim']['advice'], checks['sim']
    result = w.run('repair', 'sim', '--json', '--radio', f'sim:{w.air}', '--label', w.label())
    w.expect_done(result)
    w.press(signal.SIGUSR1)
    w.expect_done(w.setup(wifi=False))
    expect(w.cloud_device()['owner'], OWNER, 'owner')


def row_seed_claiming(w):
    """"What is claiming?": done without being asked about it, or told plainly whose the device is."""
    w.cloud()
    w.device()
    result = w.setup()
    w.expect_done(result)
    expect(result.last['device']['owner'], OWNER, 'owner')


def row_seed_claimed_by_another(w):
    other = {'username': 'other@example.com', 'password': 'x'}
    w.cloud(users=[other], devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12,
                                     'owner': 'other@example.com'}])
    w.device()
    result = w.setup()
    assert result.code == 20 and result.last['fault'].startswith('claim-'), result.out
    assert result.last['advice'], result.last
    expect(w.cloud_device()['owner'], 'other@example.com', 'owner')


def row_seed_breathing_cyan_not_mine(w):
    """"It doesn't show up in the console even though it is breathing cyan": its old session is resumed, so that the claim
    code is never told. It is claimed by its id."""
    w.cloud()
    w.device('--fault', 'resumed-session')
    w.expect_done(w.setup())
    assert any('claim' in str(r) for r in [w.ask_cloud('/sim/requests')]), 'no claim'
    expect(w.cloud_device()['owner'], OWNER, 'owner')


def row_seed_keys(w):
    """"Flashes red one time": the keys."""
    w.cloud()
    w.device('--fault', 'bad-keys')
    result = w.setup('--timeout', '40')
    w.expect_fault(result, 'device-keys', 17)
    assert 'particle keys doctor' in result.last['advice'], result.last
    seen = light(w, 'blinking cyan, then one red blink')  # the same light as behind a firewall, which is likelier
    expect(seen['fault'], 'device-cloud-blocked', 'the light')
    advice = seen['advice']
    assert advice.index('5684') < advice.index('particle keys doctor'), advice
    result, checks = doctor(w)
    expect(checks['connection']['fault'], 'device-keys', 'connection', result)


def row_seed_two_orange(w):
    """"Fail on verify device ownership, two orange blinks": the network leads nowhere."""
    w.cloud()
    w.device('--world', network(w, internet='no'))
    result = w.setup('--timeout', '40')
    w.expect_fault(result, 'device-no-internet', 17)
    expect(light(w, 'blinking cyan, 2 orange')['fault'], 'device-no-internet', 'the light')
    result, checks = doctor(w)
    expect((checks['network']['state'], checks['connection']['fault']), ('ok', 'device-no-internet'), 'doctor', result)


def row_seed_firewall(w):
    """"The network manager insists they are not blocking any traffic": it is UDP 5684, and the gateway sees it as well."""
    w.cloud()
    w.device('--world', network(w, udp5684='no'))
    result = w.setup('--timeout', '60')
    w.expect_fault(result, 'device-cloud-blocked', 17)
    assert '5684' in result.last['advice'], result.last
    expect(light(w, 'cyan, three orange blinks')['fault'], 'device-cloud-blocked', 'the light')


def row_seed_token_expired(w):
    """"It appears your access_token may have expired": said before the device is touched."""
    w.cloud()
    w.device()
    (w.folder / '.particle').mkdir()
    w.file('.particle/profile.json', json.dumps({'name': 'particle'}))
    w.file('.particle/particle.config.json',
           json.dumps({'username': OWNER, 'access_token': TOKEN, 'access_token_expires_at': '2020-01-01T00:00:00.000Z',
                       'apiUrl': w.url}))
    words = w.arguments('--json')
    at = words.index('--token-file')
    result = w.run(*words[:at], *words[at + 2:])
    w.expect_fault(result, 'token-expired', 18)
    expect(w.device_log.read_text() if w.device_log.exists() else '', '', 'requests that the device saw')
    result, checks = w.doctor('--cloud', w.url, '--radio', f'sim:{w.air}', '--device-cloud', w.device_cloud())
    expect(checks['token']['fault'], 'token-expired', 'doctor', result)


def row_seed_no_address(w):
    """"It seems your device can't acquire a valid IP from your router.\""""
    w.cloud()
    w.device('--world', network(w, dhcp='no'))
    result = w.setup('--timeout', '25')
    w.expect_fault(result, 'device-no-address', 17)
    assert 'DHCP' in result.last['advice'], result.last
    expect(light(w, 'fast blinking green')['fault'], 'device-no-address', 'the light')
