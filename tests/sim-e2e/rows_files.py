# SPDX-License-Identifier: Apache-2.0
"""Small files as people and their editors write them: what can be meant in one way only is taken, all else is refused with
what was seen, and nothing of a secret is shown."""
import json
import pathlib
import re

from world import PASSWORD, SERIAL, SECRET, SSID, TOKEN, expect

README = pathlib.Path(__file__).parents[2] / 'README.md'


def write(w, name, text):
    """The bytes of `text`, line ends as they are."""
    path = pathlib.Path(w.file(name, ''))
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def dry(w, *options, **more):
    return w.run(*w.arguments('--json', *options, '--dry-run', claim='none', **more))


def row_readme_profile(w):
    """README's example of a profile, exactly as it is printed there."""
    w.cloud()
    w.device('--world', w.file('world.ini', f'[network]\nssid = Home\nsecurity = wpa2\npassword = {PASSWORD}\n'))
    example = re.search(r'^```ini\n(.*?)^```', README.read_text(), re.M | re.S).group(1)
    profile = write(w, 'site.ini', example)
    write(w, 'home.password', PASSWORD + '\n')
    w.expect_done(w.setup('--profile', profile, wifi=False))
    expect(w.cloud_device()['name'], 'Lamp 1', 'the name')


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
