# SPDX-License-Identifier: Apache-2.0
"""What counts where the command line says nothing: default.ini, and the variables that stand for options."""
import subprocess

from world import DEVICE_ID, OWNER, PASSWORD, SSID, TOKEN, expect

NETWORK = f'[wifi]\nssid = {SSID}\npassword-file = home.password\n'


def profiles(w, folder='.config/usher', **texts):
    """Profiles by their names, with the password that they name beside them; the folder."""
    place = w.folder / folder
    place.mkdir(parents=True, exist_ok=True)
    w.file(f'{folder}/home.password', PASSWORD)
    for name, text in texts.items():
        w.file(f'{folder}/{name}.ini', text)
    return place


def with_variables(w, **variables):
    plain = w.environment()
    w.environment = lambda: {**plain, **variables}


def plan(w, *options):
    """What would be done, in words; and what standard error says."""
    r = w.run('setup', '--label', w.label(), '--dry-run', *options)
    expect(r.code, 0, 'exit code', r)
    return r


def row_default_profile(w):
    """A setup with nothing but the sticker; the first line names the file."""
    w.cloud()
    w.device()
    place = profiles(w, default='[setup]\nname = By default\n' + NETWORK)
    r = w.run('setup', '--label', w.label(), '--radio', f'sim:{w.air}', '--cloud', w.url, '--token-file', w.file('token', TOKEN))
    expect(r.code, 0, 'exit code', r)
    expect(r.err.splitlines()[0], f'Profile: {place}/default.ini', 'first line', r)
    expect(w.cloud_device()['name'], 'By default', 'the name')


def row_default_profile_order(w):
    """FILE, NAME and none on the command line, before USHER_PROFILE, before default.ini; options over all of them."""
    place = profiles(w, **{name: f'[setup]\nclaim = none\nname = by {name}\n' for name in ('default', 'shop', 'variable')})
    here = w.file('site.ini', '[setup]\nclaim = none\nname = by file\n')
    expect('by default' in plan(w).out, True, 'default.ini')
    with_variables(w, USHER_PROFILE='variable')
    r = plan(w)
    expect('by variable' in r.out, True, 'USHER_PROFILE', r)
    expect(r.err, f'Profile: {place}/variable.ini\n', 'the file is named')
    r = plan(w, '--profile', 'shop')
    expect('by shop' in r.out, True, 'NAME', r)
    expect(r.err, f'Profile: {place}/shop.ini\n', 'the file is named')
    expect(plan(w, '--profile', 'shop', '--quiet').err, '', 'quiet')
    r = plan(w, '--profile', here)
    expect(('by file' in r.out, r.err), (True, ''), 'FILE', r)
    expect('by ' in plan(w, '--profile', 'none', '--claim', 'none').out, False, 'none')
    expect('over it' in plan(w, '--name', 'over it').out, True, 'an option')
    with_variables(w, USHER_PROFILE='none')
    expect('by ' in plan(w, '--claim', 'none').out, False, 'USHER_PROFILE=none')
    with_variables(w, USHER_PROFILE='', XDG_CONFIG_HOME=str(w.folder / 'other'))
    expect('by ' in plan(w, '--claim', 'none').out, False, 'another XDG_CONFIG_HOME')


def row_default_profile_of_machine(w):
    """/etc/usher/profiles counts after the user's own folder; tried with a folder of ours in the place of /etc."""
    place = profiles(w, 'etc/usher/profiles', default='[setup]\nclaim = none\nname = by machine\n')
    script = f'mount --bind {place.parents[1]} /etc && exec {w.usher} setup --label {w.label()} --dry-run'
    r = subprocess.run(['unshare', '-rm', 'sh', '-c', script], capture_output=True, text=True, env=w.environment())
    if 'unshare failed' in r.stderr or 'permission denied' in r.stderr:
        print('not tried: this machine lets nobody mount here')
        return
    expect((r.returncode, 'by machine' in r.stdout, r.stderr), (0, True, 'Profile: /etc/usher/profiles/default.ini\n'), 'the plan')
    profiles(w, default='[setup]\nclaim = none\nname = by user\n')
    r = subprocess.run(['unshare', '-rm', 'sh', '-c', script], capture_output=True, text=True, env=w.environment())
    expect('by user' in r.stdout, True, 'the own folder comes first')


def row_default_profile_bad(w):
    """A default that is there and wrong ends it, and is named; so is a name that has no file."""
    place = profiles(w, default='[setup]\ncolour = red\n')
    r = w.run('setup', '--label', w.label(), '--dry-run', '--json')
    expect(r.code, 2, 'exit code', r)
    assert f'{place}/default.ini, line 2' in r.err, r.err
    (place / 'default.ini').unlink()
    (place / 'default.ini').mkdir()
    r = w.run('setup', '--label', w.label(), '--dry-run', '--json')
    expect((r.code, f'{place}/default.ini' in r.last['cause']), (2, True), 'a folder', r)
    r = w.run('setup', '--label', w.label(), '--dry-run', '--json', '--profile', 'shop')
    expect(r.code, 2, 'exit code', r)
    assert 'shop.ini in ~/.config/usher or /etc/usher/profiles' in r.last['cause'], r.last
    with_variables(w, USHER_PROFILE='shop')
    r = w.run('doctor', '--radio', f'sim:{w.air}')
    expect(r.code, 2, 'exit code', r)
    assert 'USHER_PROFILE is set' in r.err, r.err


def row_default_profile_doctor(w):
    """The doctor looks at the profile that a setup would use."""
    w.cloud()
    place = profiles(w, default=NETWORK)
    _, checks = w.doctor('--radio', f'sim:{w.air}', '--cloud', w.url, '--token-file', w.file('token', TOKEN),
                         '--device-cloud', w.device_cloud())
    assert f'{place}/default.ini' in str(checks['profile']), checks['profile']


def row_default_radio(w):
    """USHER_RADIO stands for --radio wherever that is an option; --radio counts before it; a bad one is named."""
    w.device()
    with_variables(w, USHER_RADIO=f'sim:{w.air}')
    r = w.run('devices', '--seconds', '1')
    expect((r.code, 'Argon-000001' in r.out), (0, True), 'usher devices', r)
    network = ['--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD)]
    r = w.run('setup', '--label', w.label(), '--claim', 'none', *network)
    expect(r.code, 0, 'usher setup', r)
    expect('bluez' in plan(w, '--claim', 'none', '--radio', 'bluez:hci7').out, True, '--radio')
    with_variables(w, USHER_RADIO='carrier-pigeon')
    for words in (['devices'], ['setup', '--label', w.label(), '--claim', 'none']):
        r = w.run(*words)
        expect(r.code, 2, words[0], r)
        assert 'USHER_RADIO is set' in r.err, r.err


def row_default_cloud(w):
    """USHER_CLOUD stands for --cloud wherever that is an option."""
    url = w.cloud(devices=[{'id': DEVICE_ID, 'owner': OWNER, 'platform_id': 12}])
    with_variables(w, USHER_CLOUD=url)
    token = ['--token-file', w.file('token', TOKEN)]
    for words in (['whoami'], ['cloud', 'check', DEVICE_ID]):
        r = w.run(*words, *token)
        expect(r.code, 0, words[0], r)
    r = plan(w, *token)
    expect(url in r.out, True, 'the plan', r)
    r = plan(w, *token, '--cloud', 'http://127.0.0.1:9')
    expect('http://127.0.0.1:9' in r.out, True, '--cloud', r)
    with_variables(w, USHER_CLOUD='http://example.com')
    r = w.run('whoami', *token)
    expect(r.code, 2, 'plain http to elsewhere', r)
    assert 'USHER_CLOUD is set' in r.err, r.err


def row_default_named(w):
    """Each variable is named in the help of every verb that has its option."""
    for variable, option in (('USHER_RADIO', '--radio'), ('USHER_CLOUD', '--cloud'), ('USHER_PROFILE', '--profile')):
        for verb in ('setup', 'repair', 'wifi', 'update', 'devices', 'doctor', 'login', 'whoami', 'logout', 'cloud'):
            text = w.run(verb, '--help').out
            expect(variable in text, f' {option} ' in text, f'{variable} in the help of {verb}')
