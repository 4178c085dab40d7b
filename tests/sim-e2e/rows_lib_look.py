# SPDX-License-Identifier: Apache-2.0
"""What libusher tells of devices nearby and of what is wrong, as JSON: the same lines as usher's."""
import json
import subprocess

from rows_lib import one_device, settings
from world import TOKEN, expect


def command(w, what, label='-', **more):
    words = [f'{key}={value}' for key, value in {**settings(w), **more}.items()]
    return [str(word) for word in (w.build / 'tests/lib/host-look', what, label, *words)]


def look(w, *words, code, **more):
    """What it prints, apart, and its standard error."""
    done = subprocess.run(command(w, *words, **more), capture_output=True, text=True, timeout=60)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def lasting(event):
    """Without what is another one each time."""
    return {key: value for key, value in event.items() if key not in ('time', 'ms', 'cause')}


def row_lib_devices_json(w):
    """One line when a device comes, one when it is gone; as `usher devices --json` tells it."""
    one_device(w)
    with subprocess.Popen(command(w, 'devices'), stdout=subprocess.PIPE, text=True) as watching:
        came = json.loads(watching.stdout.readline())
        theirs = w.run('devices', '--json', '--seconds', '1', '--radio', f'sim:{w.air}').events
        w.device_end()
        gone, rest = watching.communicate(timeout=30)[0].split('\n', 1)
    expect([lasting(came)], [lasting(e) for e in theirs], 'what usher tells')
    expect((came['event'], came['setup_code'], came['connectable'], came['gone']), ('device', '000001', True, False), 'came')
    expect(lasting(json.loads(gone)), {**lasting(came), 'connectable': False, 'gone': True}, 'gone')
    expect((rest, watching.returncode), ('', 0), 'end')


def row_lib_devices_end(w):
    """Nothing more can be heard: that is told once, with fault and cause."""
    w.url = w.deaf_server()
    events, err = look(w, 'devices', code=2, radio=f'sim:{w.folder}/nowhere')
    expect(events, [], 'events')
    assert err.startswith('the end: config: '), err
    usher = w.run('devices', '--radio', f'sim:{w.folder}/nowhere', '--seconds', '5')
    expect(usher.code, 2, 'exit code of usher', usher)
    assert err.split(': ', 2)[2].strip() in usher.err, (err, usher.err)


def row_lib_doctor_json(w):
    """All that is well, then what is not; as `usher doctor --json` tells it."""
    label = one_device(w)
    options = ['--label', label, '--cloud', w.url, '--radio', f'sim:{w.air}', '--token-file', w.file('token', TOKEN)]
    for cloud, code in ((w.device_cloud(), 0), (w.device_cloud(answer=b'no'), 17)):
        ours, _ = look(w, 'doctor', label, code=code, **{'device-cloud': cloud})
        theirs = w.run('doctor', '--json', '--device-cloud', cloud, *options)
        expect(theirs.code, code, 'exit code of usher', theirs)
        expect([lasting(e) for e in ours], [lasting(e) for e in theirs.events], 'what usher tells')
        expect(ours[-1]['event'], 'verdict', 'the last event')
        expect(ours[-1]['problems'], int(code > 0), 'problems')


def row_lib_doctor_refused(w):
    """What cannot be begun is said before anything is looked at."""
    w.url = w.deaf_server()
    for key, value in (('device-cloud', 'nowhere'), ('cloud-ca', f'{w.folder}/none.pem')):
        events, err = look(w, 'doctor', code=2, **{key: value})
        expect(events, [], 'events')
        assert err.startswith('config: '), err
