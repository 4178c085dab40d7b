# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between the sticker and the device's own cloud: each with its fault, exit code, sentence, advice."""
import json
import signal

from world import OWNER, SECRET, SSID, TOKEN, Result, World, expect


def row_wrong_secret(w):
    w.cloud()
    w.device(secret='QQQQQQQQQQQQQQQ')
    w.expect_fault(w.setup(), 'secret-mismatch', 12)


def same_code(w, *options, secret=SECRET, other='QQQQQQQQQQQQQQQ', argon=-50, boron=-50):
    """Two devices whose serial numbers end alike: an Argon with `secret`, a Boron with `other`, as strong as that."""
    w.device(secret=secret)
    w.device('--platform', 'boron', *options, serial='B40HAM000000001', secret=other, device_id='e00fce68c0ffee0000000002')
    for name, dbm in ('Argon', argon), ('Boron', boron):
        (w.air / f'{name}-000001.rssi').write_text(f'{dbm}\n')


def row_same_code_wrong_one_stronger(w):
    w.cloud()
    same_code(w, argon=-70)
    result = w.setup()
    w.expect_done(result)
    expect(result.last['device']['rssi'], -70, 'signal strength', result)
    retries = [e['fault'] for e in result.events if e.get('state') == 'retrying']
    expect(retries, ['secret-mismatch'], 'one handshake with the wrong one', result)


def row_same_code_other_without_a_secret(w):
    w.cloud()
    same_code(w, '--fault', 'no-secret', argon=-70)
    w.expect_done(w.setup())


def row_same_code_wrong_one_weaker(w):
    w.cloud()
    same_code(w, boron=-70)
    result = w.setup()
    w.expect_done(result)
    assert not any(e.get('state') == 'retrying' for e in result.events), result.out


def row_same_code_both_wrong(w):
    w.cloud()
    same_code(w, secret='WWWWWWWWWWWWWWW', boron=-70)
    result = w.setup()
    w.expect_fault(result, 'secret-mismatch', 12)
    expect(result.last['cause'], '"Argon-000001" (-50 dBm), "Boron-000001" (-70 dBm) have this setup code and refuse the '
           'secret of this label', 'cause', result)
    assert result.last['cause'] in result.err, result.err
    assert result.last['ms'] < 15000, result.last


def row_same_code_one_leaves(w):
    """Both are wrong, and the weaker one is gone as soon as it has refused: it is named all the same, at once."""
    w.cloud()
    same_code(w, secret='WWWWWWWWWWWWWWW', boron=-70)
    process = w.spawn(w.arguments('--json'))
    lines, refused = [], 0
    for line in process.stdout:
        lines.append(line)
        refused += json.loads(line).get('state') == 'retrying'
        if refused == 2:
            w.device_process.terminate()
    result = Result(process, ''.join(lines), process.stderr.read())
    result.code = process.wait(10)
    w.expect_fault(result, 'secret-mismatch', 12)
    assert '"Argon-000001" (-50 dBm), "Boron-000001" (-70 dBm)' in result.last['cause'], result.last
    assert result.last['ms'] < 15000, result.last


def row_no_such_device(w):
    w.device(serial='ARNHAM000000002', device_id='e00fce68c0ffee0000000002')
    w.expect_fault(w.setup(claim='none'), 'device-not-found', 11)


def row_no_adapter(w):
    """Without a Bluetooth service the answer is there at once."""
    words = w.arguments('--json', claim='none')
    words[words.index('--radio') + 1] = 'bluez'
    environment = w.environment
    w.environment = lambda: {**environment(), 'DBUS_SYSTEM_BUS_ADDRESS': f'unix:path={w.folder}/no-bus'}
    result = w.run(*words, timeout=20)
    expect(result.code, 13, 'exit code', result)
    assert result.last['ms'] < 1000, result.last


def row_wrong_wifi_password(w):
    w.cloud()
    w.device()
    w.expect_fault(w.setup(password='wrong battery staple'), 'wifi-password', 15)


def row_wifi_not_seen(w):
    w.cloud()
    w.device()
    w.expect_fault(w.setup('--wifi-ssid', 'elsewhere'), 'wifi-not-seen', 15)


def row_wifi_settings(w):
    result = w.setup(password='short')
    w.expect_fault(result, 'config', 2)


def row_link_dropped_once(w):
    w.cloud()
    w.device('--fault', 'drop-after-bytes=700,times=1')
    result = w.setup()
    w.expect_done(result)
    assert any(e.get('state') == 'retrying' for e in result.events), result.out


def row_link_dropped_in_join(w):
    w.cloud()
    w.device('--fault', 'drop-at-request=500,after,times=1')
    w.expect_done(w.setup())


def row_link_dropped_for_good(w):
    w.cloud()
    w.device('--fault', 'drop-after-bytes=500')
    w.expect_fault(w.setup(), 'link-lost', 13)


def row_device_refuses_links(w):
    w.cloud()
    w.device('--fault', 'refuse-link')
    w.expect_fault(w.setup(), 'device-no-secret', 13)  # as one without a secret does: no word of it comes


def row_silent_in_a_frame(w):
    w.cloud()
    w.device('--fault', 'silent-after-bytes=100')
    w.expect_fault(w.setup(), 'link-silent', 13)


def row_silent_once(w):
    w.cloud()
    w.device('--fault', 'silent-after-bytes=300,times=1')
    w.expect_done(w.setup())


def row_unknown_version(w):
    w.cloud()
    w.device('--fault', 'version=3')
    w.expect_fault(w.setup(), 'device-version', 14)


def row_wrong_device(w):
    w.cloud()
    w.device('--fault', 'wrong-device')
    w.expect_fault(w.setup(), 'device-wrong', 14)


def row_bad_proof(w):
    w.cloud()
    w.device('--fault', 'bad-proof')
    w.expect_fault(w.setup(), 'link-protocol', 13)


def row_bad_confirmation(w):
    """It does not know the secret on the label, or is somebody who pretends to."""
    w.cloud()
    w.device('--fault', 'bad-confirm')
    w.expect_fault(w.setup(), 'secret-mismatch', 12)


def row_no_secret_in_the_device(w):
    w.device('--fault', 'no-secret')
    result = w.setup(claim='none')
    w.expect_fault(result, 'device-no-secret', 13)
    assert 'closer' not in result.err, result.err


def row_bad_tag_once(w):
    w.cloud()
    w.device('--fault', 'bad-tag,times=1')
    w.expect_done(w.setup())


def row_no_code(w):
    blank = w.file('blank.pgm', 'P5 200 200 255\n' + ' ' * 40000)
    w.expect_fault(w.setup('--image', blank, claim='none'), 'label-unreadable', 10)


def row_no_picture(w):
    w.expect_fault(w.setup('--image', w.file('text.png', 'no picture'), claim='none'), 'label-unreadable', 10)


def row_missing_picture(w):
    w.expect_fault(w.setup('--image', str(w.folder / 'nowhere.png'), claim='none'), 'config', 2)


def row_label_of_no_picture(w):
    """usher label has the exit codes of the faults, as setup has."""
    missing, empty = str(w.folder / 'nothing.jpg'), w.file('text.png', 'no picture')
    for paths, code in (([missing], 2), ([empty], 10), ([empty, missing], 10), ([missing, w.sticker()], 2)):
        expect(w.run('label', *paths).code, code, f'{paths}')


def row_two_stickers(w):
    picture = w.sticker('--text', 'ARNHAM000000002 ABCDEFGHJKLMNPR')
    w.expect_fault(w.setup('--image', picture, claim='none'), 'label-ambiguous', 10)


def row_label_of_the_box(w):
    w.expect_fault(w.setup(label=w.label('ARNHAM000000001'), claim='none'), 'label-no-secret', 10)


def row_open_label_file(w):
    """A file with the device's secret that everybody may read is refused, and says what to do."""
    result = w.setup(label=w.file('open-label', 'ARNHAM000000001 ABCDEFGHJKLMNPQ', 0o644), claim='none')
    w.expect_fault(result, 'config', 2)
    assert 'chmod' in result.err, result.err


def row_nothing_to_ask(w):
    """No network given and nobody at a terminal."""
    w.device()
    result = w.setup(claim='none', wifi=False)
    w.expect_fault(result, 'config', 2)


def row_timeout(w):
    w.expect_fault(w.setup('--timeout', '1', claim='none'), 'timeout', 22)


def row_timeout_with_a_cause(w):
    """What was told before the time is up is the answer: the network, or that nothing was heard."""
    w.device()
    result = w.setup('--wifi-ssid', 'Nowhere', '--timeout', '14', claim='none')
    w.expect_fault(result, 'wifi-not-seen', 15)
    assert 'time is up' in result.err, result.err
    w.device_process.terminate()
    w.device_process.wait()
    w.expect_fault(w.setup('--wifi-ssid', 'Nowhere', '--timeout', '7', claim='none'), 'device-not-found', 11)


def interrupted(w, number):
    w.cloud()
    w.device('--fault', 'silent-at-request=500')
    usher = w.spawn(w.arguments('--json'))
    lines = []
    for line in usher.stdout:  # until it waits for the device
        lines.append(line)
        if '"step":"wifi-join"' in line and '"started"' in line:
            break
    usher.send_signal(number)
    result = w.finish(usher, timeout=20)
    result.out = ''.join(lines) + result.out
    w.expect_fault(result, 'cancelled', 130, outcome='cancelled')
    return result


def row_ctrl_c(w):
    interrupted(w, signal.SIGINT)


def row_sigterm(w):
    interrupted(w, signal.SIGTERM)


def row_go_on_after_ctrl_c(w):
    """Interrupted while the device joins; the same command then ends well."""
    interrupted(w, signal.SIGINT)
    w.running[1].terminate()  # the silent device
    w.running[1].wait()
    w.device()
    w.expect_done(w.setup())


def row_no_internet(w):
    w.cloud()
    w.device('--world', w.file('world.ini', f'[network]\nssid = {SSID}\nsecurity = wpa2\npassword = correct horse\n'
                                            'dhcp = no\n'))
    result = w.setup('--timeout', '20')
    assert result.code in (17, 22), (result.code, result.err)


def row_misuse(w):
    for words in (['setup'], ['setup', '--nonsense'], ['setup', '--image'], ['frobnicate'], [], ['label'],
                  ['setup', '--label', 'x', '--wifi-password', 'correct horse battery']):
        result = w.run(*words)
        expect((result.code, result.out), (2, ''), f'{words}', result)
        assert result.err, words


def row_killed_and_run_again(w):
    """SIGKILL as each step begins (or is passed over: the claim code goes along with the identity); the same command then
    ends as if nothing had been. A world for each step."""
    steps = ['find', 'connect', 'session', 'identity', 'account', 'owner', 'claim-code', 'set-claim-code', 'wifi-join',
             'setup-done']
    for step in steps:
        with World(w.build) as x:
            x.cloud()
            x.device()
            words = x.arguments('--json', '--name', 'Kitchen')
            usher = x.spawn(words)
            for line in usher.stdout:
                if f'"step":"{step}"' in line and ('"started"' in line or '"skipped"' in line):
                    break
            usher.kill()
            expect(x.finish(usher).code, -signal.SIGKILL, f'exit code, killed at {step}')
            again = x.run(*words)
            expect(again.code, 0, f'exit code of the run after the one killed at {step}', again)
            device = x.cloud_device()
            expect((device['owner'], device['name'], device['online']), (OWNER, 'Kitchen', True), f'after {step}')


def without_curl(w, found):
    """libcurl is found there, and is of no use: `found` makes what the loader sees under its name."""
    folder = w.folder / 'lib'
    folder.mkdir()
    found(folder / 'libcurl.so.4')
    known = w.environment()
    w.environment = lambda: {**known, 'LD_LIBRARY_PATH': str(folder)}
    token = w.file('token', TOKEN)
    for cloud in ((), ('--cloud', 'https://127.0.0.1:9')):
        result = w.run('whoami', '--token-file', token, *cloud)
        expect(result.code, 2, 'whoami', result)
        assert 'install libcurl4' in result.err, result.err
    result = w.setup()
    w.expect_fault(result, 'installation', 2)
    assert 'install libcurl4' in result.err, result.err
    for words in (('--token-file', token), ()):
        _, checks = w.doctor('--radio', f'sim:{w.air}', '--cloud', 'https://127.0.0.1:9', *words)
        expect(checks['libcurl']['fault'], 'installation', 'libcurl')
        assert 'libcurl4' in json.dumps(checks['libcurl']), checks['libcurl']


def row_no_libcurl(w):
    without_curl(w, lambda name: name.write_bytes(b'not a library'))


def row_libcurl_without_functions(w):
    """The loader takes it and finds none of curl's functions in it."""
    known = next(line.split()[-1] for line in open('/proc/self/maps') if 'libc.so' in line)
    without_curl(w, lambda name: name.symlink_to(known))


OTHER, OTHER_ID = 'ARNHAM000000002', 'e00fce68c0ffee0000000002'
NAMED = '"Argon-000002" is in setup mode here, but the label is of setup code 000001: scan the sticker'


def row_wrong_board(w):
    """The sticker of another board than the one in setup mode beside it: named after five seconds, and at the end."""
    w.device(serial=OTHER, device_id=OTHER_ID)
    result = w.setup(claim='none')
    w.expect_fault(result, 'device-not-found', 11)
    assert result.err.count(NAMED) >= 2, result.err


def row_wrong_board_known(w):
    """The cloud knows the board that nobody hears."""
    w.cloud()
    w.device(serial=OTHER, device_id=OTHER_ID)
    result = w.setup()
    w.expect_fault(result, 'device-not-found', 11)
    assert NAMED in result.err, result.err


def row_wrong_board_doctor(w):
    w.device(serial=OTHER, device_id=OTHER_ID)
    result = w.run('doctor', '--json', '--radio', f'sim:{w.air}', '--label', w.label(), '--device-cloud', '127.0.0.1:9')
    found = next(c for c in result.events if c.get('check') == 'device')
    expect(found['fault'], 'device-not-found', 'fault')
    assert NAMED in found['cause'], found
