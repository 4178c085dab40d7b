# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, and what `usher cloud` does with devices and SIM cards."""
import json
import subprocess

from rows_terminal import Terminal
from world import DEVICE_ID, OWNER, SECRET, SERIAL, TOKEN, expect

ICCID = '8934076500002589174'


def account(w, *words):
    """Any verb with the virtual cloud and its token."""
    return w.run(*words, '--cloud', w.url, '--token-file', w.file('token', TOKEN))


def row_login_files(w):
    w.cloud()
    kept = w.folder / 'kept'
    login = ('login', '--cloud', w.url, '--user', OWNER)
    result = w.run(*login, '--password-file', w.file('pw', 'lab'))
    expect(result.code, 2, 'a token of another cloud must be given a place', result)
    result = w.run(*login, '--password-file', w.file('pw', 'lab'), '--save', str(kept), '--days', '1')
    expect(result.code, 0, 'exit code', result)
    expect(kept.stat().st_mode & 0o777, 0o600, 'mode of the token file')
    token = kept.read_text().strip()
    w.secrets.append(token)
    who = w.run('whoami', '--json', '--cloud', w.url, '--token-file', str(kept))
    expect((who.code, who.last['user']), (0, OWNER), 'whoami', who)
    assert OWNER in w.run('whoami', '--cloud', w.url, '--token-file', str(kept)).out
    expect(w.run('logout', '--cloud', w.url, '--token-file', str(kept)).code, 0, 'exit code of logout')
    gone = w.run('whoami', '--cloud', w.url, '--token-file', str(kept))
    expect(gone.code, 18, 'exit code with a revoked token', gone)


def row_login_wrong_password(w):
    w.cloud()
    result = w.run('login', '--cloud', w.url, '--user', OWNER, '--password-file', w.file('pw', 'wrong'), '--save',
                   str(w.folder / 'kept'))
    expect(result.code, 18, 'exit code', result)
    assert w.faults()['sign-in'][1] in result.err, result.err
    assert not (w.folder / 'kept').exists()


def sign_in(w, password, user=OWNER):
    return w.run('login', '--cloud', w.url, '--user', user, '--password-file', w.file('pw', password), '--save',
                 str(w.folder / 'kept'))


def tries(w):
    return w.ask_cloud('/sim/requests')['classes']['sign_in']['taken']


def row_login_failures_remembered(w):
    """Three wrong ones from run to run; then the cloud is not asked, whatever the password; others are not hindered."""
    w.cloud(users=[{'username': 'bob@example.com', 'password': 'x'}])
    for n in range(3):
        expect(sign_in(w, 'wrong').code, 18, f'exit code of wrong password {n + 1}')
    refused = sign_in(w, 'lab')
    expect((refused.code, tries(w)), (18, 3), 'the right one, too late', refused)
    assert 'Wait 30 minutes' in refused.err or 'Wait 29 minutes' in refused.err, refused.err
    expect(sign_in(w, 'x', 'bob@example.com').code, 0, 'another user')
    kept = w.folder / '.local' / 'state' / 'usher' / 'sign-ins'
    expect((kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777), (0o600, 0o700), 'modes')
    text = kept.read_text()
    assert OWNER not in text and 'wrong' not in text and w.url not in text, text
    lines = [line.split(' ') for line in text.splitlines()]
    expect(len(lines), 3, 'lines')
    kept.write_text(''.join(' '.join([str(int(at) - 1801), *rest]) + '\n' for at, *rest in lines))
    expect(sign_in(w, 'lab').code, 0, 'half an hour later')


def row_login_success_forgets(w):
    w.cloud()
    for password, code in (('wrong', 18), ('wrong', 18), ('lab', 0)) * 2:
        expect(sign_in(w, password).code, code, f'exit code with {password}')
    expect(tries(w), 6, 'tries')


def row_login_code_failures_remembered(w):
    """Wrong one-time codes count as well; without a home nothing is remembered, and nothing breaks."""
    w.cloud(users=[{'username': 'mfa@example.com', 'password': 'lab', 'otp': '123456'}])
    login = ('login', '--cloud', w.url, '--user', 'mfa@example.com', '--password-file', w.file('pw', 'lab'), '--save',
             str(w.folder / 'kept'), '--code-file')
    for n in range(3):
        expect(w.run(*login, w.file('code', '654321')).code, 18, f'wrong code {n + 1}')
    expect(w.run(*login, w.file('code', '123456')).code, 18, 'the right one, too late')
    kept = w.environment()
    w.environment = lambda: {name: value for name, value in kept.items() if name != 'HOME'}
    expect(w.run(*login, w.file('code', '123456')).code, 0, 'without a home')


def row_login_terminal_remembers(w):
    """One wrong one before: two are left, and then nothing is asked for."""
    w.cloud()
    sign_in(w, 'wrong')
    words = ['login', '--cloud', w.url, '--user', OWNER, '--save', str(w.folder / 'kept')]
    t = Terminal(w, words, w.environment())
    for _ in range(2):
        t.wait_for('(not shown): ')
        t.type('wrong\n')
    code, screen = t.end()
    expect(code, 18, screen)
    assert 'minutes' in screen, screen
    code, screen = Terminal(w, words, w.environment()).end()
    expect(code, 18, screen)
    assert 'Password' not in screen and 'minutes' in screen, screen


def row_login_code(w):
    """An account with a one-time code, from files."""
    w.cloud(users=[{'username': 'mfa@example.com', 'password': 'lab', 'otp': '123456'}])
    result = w.run('login', '--cloud', w.url, '--user', 'mfa@example.com', '--password-file', w.file('pw', 'lab'),
                   '--code-file', w.file('code', '123456'), '--save', str(w.folder / 'kept'))
    expect(result.code, 0, 'exit code', result)


def row_login_terminal(w):
    """Everything asked for; a wrong password first; no echo."""
    w.cloud()
    t = Terminal(w, ['login', '--cloud', w.url, '--save', str(w.folder / 'kept')], w.environment())
    t.wait_for('User name: ')
    t.type(OWNER + '\n')
    t.wait_for('(not shown): ')
    expect(t.echo(), False, 'echo')
    t.type('wrong\n')
    t.wait_for('Once more')
    t.wait_for('(not shown): ')
    t.type('lab\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    assert 'Signed in' in screen, screen


def row_login_terminal_gives_up(w):
    w.cloud()
    t = Terminal(w, ['login', '--cloud', w.url, '--user', OWNER, '--save', str(w.folder / 'kept')], w.environment())
    for _ in range(3):
        t.wait_for('(not shown): ')
        t.type('wrong\n')
    expect(t.end()[0], 18, 'exit code')


def row_login_needs_a_terminal(w):
    w.cloud()
    result = w.run('login', '--cloud', w.url, '--user', OWNER, '--save', str(w.folder / 'kept'))
    expect(result.code, 2, 'exit code', result)
    assert '--password-file' in result.err


def row_whoami_expired(w):
    w.cloud(tokens=[{'token': TOKEN, 'user': OWNER, 'expires_at': '2020-01-01T00:00:00.000Z'}])
    expect(account(w, 'whoami').code, 18, 'exit code')


def online(w, device_id):
    w.ask_cloud(f'/sim/devices/{device_id}/online', {'platform_id': 12})


def row_cloud_claim_and_back(w):
    w.cloud()
    offline = account(w, 'cloud', 'claim', DEVICE_ID)
    expect(offline.code in (19, 20), True, f'exit code {offline.code} of an absent device\n{offline.err}')
    online(w, DEVICE_ID)
    expect(account(w, 'cloud', 'claim', SERIAL).code, 0, 'exit code of claim')
    expect(w.cloud_device()['owner'], OWNER, 'owner')
    check = account(w, 'cloud', 'check', '--json', DEVICE_ID)
    expect([e['event'] for e in check.events], ['item', 'summary'], 'events')
    item = check.events[0]
    expect((item['owner'], item['online'], item['id'], item['claimed']), (OWNER, True, DEVICE_ID, False), 'facts', check)
    assert OWNER in item['cause'] and 'online' in item['cause'], check.out
    expect(account(w, 'cloud', 'rename', DEVICE_ID, 'Kitchen').code, 0, 'exit code of rename')
    expect(w.cloud_device()['name'], 'Kitchen', 'name')
    expect(account(w, 'cloud', 'signal', DEVICE_ID).code in (0, 17), True, 'exit code of signal')
    expect(account(w, 'cloud', 'unclaim', DEVICE_ID).code, 0, 'exit code of unclaim')
    expect(w.cloud_device()['owner'], None, 'owner afterwards')


def row_cloud_claim_foreign(w):
    w.cloud(users=[{'username': 'bob@example.com', 'password': 'x'}],
            devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12,
                      'owner': 'bob@example.com', 'online': True}])
    result = account(w, 'cloud', 'claim', DEVICE_ID)
    expect(result.code, 20, 'exit code', result)
    assert w.faults()['claim-foreign'][2] in result.err, result.err
    expect(account(w, 'cloud', 'claim', '--request-transfer', DEVICE_ID).code, 21, 'exit code of a transfer')


def row_cloud_batch(w):
    """Thirty devices from a file, one of them unknown."""
    ids = [f'e00fce6800000000000000{n:02}' for n in range(30)]
    w.cloud(devices=[{'id': i, 'platform_id': 12, 'online': True} for i in ids])
    listed = w.file('devices.csv', 'device_id,name\n' + ''.join(f'{i},Device {n}\n' for n, i in enumerate(ids)))
    for i in ids:
        online(w, i)
    result = account(w, 'cloud', 'claim', '--json', '--from', listed)
    expect(result.code, 0, 'exit code', result)
    expect({k: result.last[k] for k in ('done', 'failed', 'pending', 'cancelled', 'exit')},
           {'done': 30, 'failed': 0, 'pending': 0, 'cancelled': 0, 'exit': 0}, 'summary')
    expect(account(w, 'cloud', 'rename', '--from', listed).code, 0, 'exit code of rename')
    expect(w.cloud_device(ids[7])['name'], 'Device 7', 'name')
    some = account(w, 'cloud', 'check', '--from', listed, 'e00fce6800000000000000ff')
    expect(some.code, 24, 'exit code', some)
    assert '30 done' in some.err and '1 failed' in some.err, some.err


def row_cloud_sims(w):
    w.cloud(sims=[{'iccid': ICCID}])
    status = account(w, 'cloud', 'sim', 'status', ICCID)
    expect(status.code, 0, 'exit code', status)
    active = account(w, 'cloud', 'sim', 'activate', '--country', 'DE', '--wait', '30', ICCID)
    expect(active.code, 0, 'exit code of sim activate', active)
    assert 'active' in account(w, 'cloud', 'sim', 'status', ICCID).out
    expect(account(w, 'cloud', 'sim', 'deactivate', ICCID).code, 0, 'exit code of sim deactivate')
    expect(account(w, 'cloud', 'sim', 'release', ICCID).code, 0, 'exit code of sim release')


def row_cloud_sims_of_product(w):
    """A product's card is asked after, stopped and given back through the product; then it is in no account."""
    w.cloud(products=[{'id': 4711, 'owner': OWNER}],
            sims=[{'iccid': ICCID, 'product_id': 4711, 'status': 'active'}])
    of_product = ('--product', '4711', ICCID)
    assert 'active' in account(w, 'cloud', 'sim', 'status', *of_product).out
    expect(account(w, 'cloud', 'sim', 'deactivate', *of_product).code, 0, 'exit code of sim deactivate')
    expect(account(w, 'cloud', 'sim', 'release', *of_product).code, 0, 'exit code of sim release')
    expect([(s['product_id'], s['owner']) for s in w.ask_cloud('/sim/state')['sims']], [(None, None)], 'the card')
    assert account(w, 'cloud', 'sim', 'release', *of_product).code != 0, 'it was given back twice'


def row_cloud_check_sims(w):
    """The state of a SIM card, by itself and with its device: pending, failed, ready, active, and not ours."""
    iccids = [f'893407650000258917{n}' for n in range(5)]
    devices = [{'id': f'e00fce680000000000000{n:03}', 'platform_id': 13, 'owner': OWNER, 'iccid': i, 'online': True}
               for n, i in enumerate(iccids)]
    w.cloud(devices=devices, sims=[
        {'iccid': iccids[0], 'owner': OWNER, 'status': 'active'},
        {'iccid': iccids[1], 'takes_ms': 3600000},
        {'iccid': iccids[2], 'fails': True, 'polls': 0},
        {'iccid': iccids[3], 'owner': OWNER},
        {'iccid': iccids[4], 'owner': 'bob@example.com', 'status': 'active'}],
        users=[{'username': 'bob@example.com', 'password': 'x'}])
    for n in (1, 2):
        account(w, 'cloud', 'sim', 'activate', '--country', 'DE', '--wait', '0', iccids[n])
    wanted = [(0, 'active'), (21, 'being activated'), (16, 'activation failed'), (0, 'never activated'), (0, 'not in this account')]
    for (code, text), iccid, device in zip(wanted, iccids, devices):
        for words in (['check', iccid], ['sim', 'status', iccid], ['check', device['id']], ['check', '--finish', device['id']]):
            result = account(w, 'cloud', *words)
            expect(result.code, code, f'exit code of {words}', result)
            assert text in result.out, f'{words}: {result.out}'
    states = {s['iccid']: s['status'] for s in w.ask_cloud('/sim/state')['sims']}
    expect(states[iccids[3]], 'never_before_activated', 'a card that nobody asked to activate')
    some = account(w, 'cloud', 'check', '--json', *iccids[:2], devices[3]['id'])
    expect(some.code, 21, 'exit code of several', some)
    expect(some.last['pending'], 1, 'pending ones')
    expect([e['sim'] for e in some.events if e.get('item') == iccids[1]], ['activating'], 'state of the card', some)


def row_cloud_check_finish(w):
    """What an earlier setup left: claimed if it is online and nobody's; else what is possible."""
    other, absent, unknown = 'e00fce680000000000000001', 'e00fce680000000000000002', 'e00fce68ffffffffffffffff'
    w.cloud(users=[{'username': 'bob@example.com', 'password': 'x'}], devices=[
        {'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12, 'online': True},
        {'id': other, 'platform_id': 12, 'owner': 'bob@example.com', 'online': True}, {'id': absent, 'platform_id': 12}])
    before = account(w, 'cloud', 'check', DEVICE_ID)
    expect(before.code, 19, 'exit code without --finish', before)
    assert '--finish' in before.out, before.out
    expect(w.cloud_device()['owner'], None, 'owner after a mere check')
    for device, code, text in ((absent, 20, 'light breathes cyan'), (other, 20, 'request-transfer'), (unknown, 19, 'check the id')):
        result = account(w, 'cloud', 'check', '--finish', device)
        expect(result.code, code, f'exit code for {device}', result)
        assert text in result.out, result.out
    result = account(w, 'cloud', 'check', '--finish', SERIAL)
    expect(result.code, 0, 'exit code', result)
    assert 'claimed now' in result.out and OWNER in result.out, result.out
    expect(w.cloud_device()['owner'], OWNER, 'owner')
    again = account(w, 'cloud', 'check', '--finish', DEVICE_ID)
    assert again.code == 0 and 'claimed now' not in again.out, again.out
    for words in (['claim', '--finish', DEVICE_ID], ['check', '--finish', '--product', '4711', DEVICE_ID]):
        expect(account(w, 'cloud', *words).code, 2, f'exit code of {words}')


def row_cloud_misuse(w):
    w.cloud()
    for words in (['frobnicate', DEVICE_ID], ['claim'], ['claim', 'nonsense!'], ['claim', ICCID], ['sim', 'status', DEVICE_ID], ['sim', ICCID], ['sim'], ['sim-status', ICCID],
                  ['add-to-product', DEVICE_ID], ['rename', DEVICE_ID], ['claim', '--product', 'x', DEVICE_ID],
                  ['check', '--from', '/nonexistent']):
        result = account(w, 'cloud', *words)
        expect((result.code, result.out), (2, ''), f'{words}', result)
    w.check_cloud_unasked()


def row_token_of_two_words(w):
    w.cloud()
    for verb in (['whoami'], ['cloud', 'check', DEVICE_ID]):
        result = w.run(*verb, '--cloud', w.url, '--token-file', w.file('token', 'two words'))
        expect(result.code, 18, 'exit code', result)
        assert w.faults()['token-invalid'][1] in result.err, result.err
    w.check_cloud_unasked()


def completed(w, *words):
    """What bash offers for the last of the words."""
    script = subprocess.run([w.usher, 'help', '--completion'], capture_output=True, text=True, check=True).stdout
    ask = f'{script}\ncompopt() {{ :; }}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _usher; printf "%s\\n" "${{COMPREPLY[@]}}"'
    return subprocess.run(['bash', '-c', ask, 'bash', *words], capture_output=True, text=True, check=True).stdout.split()


def row_login_cannot_save(w):
    """The place is tried before anything is asked for: nothing is sent, and nothing left there."""
    w.cloud()
    folder, full = w.folder / 'is-a-folder', w.folder / 'file'
    folder.mkdir()
    full.write_text('')
    for place in (w.folder / 'no-such-folder' / 'token', folder, full / 'token', '/proc/token'):
        result = w.run('login', '--cloud', w.url, '--user', OWNER, '--password-file', w.file('pw', 'lab'), '--save', str(place))
        expect(result.code, 2, f'exit code for {place}', result)
        assert str(place) in result.err and 'error of its own' not in result.err, result.err
    w.check_cloud_unasked()
    assert '/oauth/' not in json.dumps(w.ask_cloud('/sim/requests')), 'it was sent'
    expect(sorted(folder.iterdir()), [], 'left there')
    expect(sign_in(w, 'lab').code, 0, 'where it can be kept')
    expect(sorted(p.name for p in w.folder.iterdir() if p.name.startswith('kept')), ['kept'], 'left there')


def row_login_save_fails(w):
    """The place goes away while the cloud thinks: the token is given back."""
    w.cloud('POST /oauth/token slow,ms=2000')
    folder = w.folder / 'place'
    folder.mkdir()
    usher = w.spawn(['login', '--cloud', w.url, '--user', OWNER, '--password-file', w.file('pw', 'lab'), '--save',
                     str(folder / 'token')])
    while not tries(w):
        pass
    folder.rmdir()
    result = w.finish(usher)
    expect(result.code, 2, 'exit code', result)
    assert 'given back' in result.err and str(folder) in result.err, result.err
    expect(w.ask_cloud('/sim/requests')['routes']['DELETE /v1/access_tokens/current'], {'n': 1, 'status': {'200': 1}},
           'the token given back')


def row_login_wrong_code(w):
    """Told as what it is; on a terminal only the code is asked for again."""
    user = 'mfa@example.com'
    w.cloud(users=[{'username': user, 'password': 'lab', 'otp': '123456'}])
    words = ['login', '--cloud', w.url, '--user', user, '--save', str(w.folder / 'kept')]
    result = w.run(*words, '--password-file', w.file('pw', 'lab'), '--code-file', w.file('code', '654321'))
    expect(result.code, 18, 'exit code', result)
    sentence = w.faults()['sign-in-code'][1]
    assert sentence in result.err and w.faults()['sign-in'][1] not in result.err, result.err
    t = Terminal(w, words, w.environment())
    t.wait_for('Password (not shown): ')
    t.type('lab\n')
    t.wait_for('code (not shown): ')
    t.type('111111\n')
    shown = t.wait_for('this code. Once more.') + t.wait_for('code (not shown): ')
    t.type('123456\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    assert 'Password' not in shown + screen, shown + screen


def row_login_again(w):
    """Whoever knows what went wrong three times need not wait; the cloud's own limit is kept."""
    w.cloud()
    for n in range(3):
        sign_in(w, 'wrong')
    refused = sign_in(w, 'lab')
    expect(refused.code, 18, 'exit code', refused)
    assert 'usher login --again' in refused.err, refused.err
    words = ('login', '--cloud', w.url, '--user', OWNER, '--save', str(w.folder / 'kept'), '--again', '--password-file')
    for n in range(6):
        expect(w.run(*words, w.file('pw', 'wrong')).code, 18, f'exit code of wrong password {n + 4}')
    refused = w.run(*words, w.file('pw', 'lab'))
    expect((refused.code, tries(w)), (18, 9), 'the tenth', refused)
    assert 'Wait' in refused.err and '--again' not in refused.err, refused.err
    kept = w.folder / '.local' / 'state' / 'usher' / 'sign-ins'
    kept.write_text(''.join(kept.read_text().splitlines(True)[:3]))
    expect(w.run(*words, w.file('pw', 'lab')).code, 0, 'exit code')


def row_unauthorized(w):
    """401 is the token, in whatever words; only an API user's own words say that it is one."""
    for answer in ('body={"error":"Unauthorized"}', 'type=text/plain,body=Unauthorized'):
        w.cloud(f'* /v1/ answer,status=401,{answer}')
        for words in (('whoami',), ('cloud', 'check', DEVICE_ID)):
            result = account(w, *words)
            expect(result.code, 18, f'exit code of {words}', result)
            assert w.faults()['token-invalid'][1] in result.err + result.out, result.out + result.err


def row_cloud_words(w):
    """What the cloud, or what is left of it, says in words of its own."""
    for rule, words, code, said in (
            ('PUT /v1/sims answer,status=404,type=text/plain,body=Cannot PUT', ('sim', 'deactivate', ICCID), 16, 'no such endpoint'),
            ('PUT /v1/sims html,status=405', ('sim', 'deactivate', ICCID), 16, 'no such endpoint'),
            ('DELETE /v1/sims 404', ('sim', 'release', ICCID), 16, 'not a SIM card of this account'),
            ('PUT /v1/devices answer,status=400,body={"error":"Device is not online"}', ('signal', DEVICE_ID), 17, 'not online'),
            ('POST /v1/devices answer,status=403,body={"error":"You have reached the maximum number of devices"}',
             ('claim', DEVICE_ID), 20, 'plan allows')):
        w.cloud(rule, sims=[{'iccid': ICCID, 'status': 'active', 'owner': OWNER}])
        result = account(w, 'cloud', *words)
        expect(result.code, code, f'exit code of {words}', result)
        assert said in result.out, result.out
        assert 'sticker' not in result.err and 'captive' not in result.err, result.err


def row_claim_user_not_utf8(w):
    w.cloud()
    result = w.run('cloud', 'add-to-product', '--product', '1', DEVICE_ID, '--claim-user', b'\xff\xfe', '--cloud', w.url,
                   '--token-file', w.file('token', TOKEN))
    expect(result.code, 2, 'exit code', result)
    assert '--claim-user' in result.err and 'UTF-8' in result.err, result.err


def row_particle_cli_profile(w):
    """profile.json holds no secret, so that others may read it; $home counts only where it is a folder."""
    w.cloud()
    folder = w.folder / '.particle'
    folder.mkdir()
    (folder / 'profile.json').write_text('{"name":"lab"}')
    (folder / 'profile.json').chmod(0o644)
    (folder / 'lab.config.json').write_text(json.dumps({'access_token': TOKEN, 'apiUrl': w.url}))
    (folder / 'lab.config.json').chmod(0o600)
    known = w.environment()
    for home in (str(w.folder), '/dev/null', str(w.folder / 'nothing'), ''):
        w.environment = lambda home=home: {**known, 'home': home}
        result = w.run('whoami')
        expect(result.code, 0, f'exit code with home={home!r}', result)
    (folder / 'lab.config.json').chmod(0o644)
    expect(w.run('whoami').code, 2, 'a token that everybody may read')


def row_cloud_completion(w):
    expect(completed(w, 'usher', 'cloud', 'cl'), ['claim'], 'first word')
    expect(completed(w, 'usher', 'cloud', 'sim'), ['sim'], 'first word of two')
    expect(completed(w, 'usher', 'cloud', 'sim', ''), ['status', 'activate', 'deactivate', 'release'], 'second word')
    assert '--product' in completed(w, 'usher', 'cloud', 'claim', '--'), 'options'
    expect(completed(w, 'usher', 'wifi', 'f'), ['forget'], 'words of another verb')


def row_own_sign_in(w):
    """A sign-in that usher keeps itself is for the public cloud, and not sent to another one."""
    w.cloud()
    folder = w.folder / '.config' / 'usher'
    folder.mkdir(parents=True)
    (folder / 'token').write_text(TOKEN)
    (folder / 'token').chmod(0o600)
    result = w.run('whoami', '--cloud', w.url)
    expect(result.code, 2, 'exit code', result)
    w.check_cloud_unasked()


def row_login_over_long(w):
    """Refused before anything is sent, and not counted as a wrong try."""
    w.cloud()
    rest = ('--password-file', w.file('pw', 'lab'), '--save', str(w.folder / 'kept'))
    for _ in range(4):
        result = w.run('login', '--cloud', w.url, '--user', 'u' * 5007, *rest)
        expect(result.code, 2, 'exit code', result)
        assert 'longer than the cloud takes' in result.err, result.err
    assert '/oauth/' not in json.dumps(w.ask_cloud('/sim/requests')), 'it was sent'


def row_login_recovery_code(w):
    """A code of any length is sent."""
    code = 'recovery-' + 'a1' * 300
    w.cloud(users=[{'username': 'mfa@example.com', 'password': 'lab', 'otp': code}])
    login = ('login', '--cloud', w.url, '--user', 'mfa@example.com', '--password-file', w.file('pw', 'lab'), '--save',
             str(w.folder / 'kept'), '--code-file')
    result = w.run(*login, w.file('code', 'b' * 16))
    expect(result.code, 18, 'a wrong code of 16 characters', result)
    result = w.run(*login, w.file('code', code))
    expect(result.code, 0, 'exit code', result)
