# SPDX-License-Identifier: Apache-2.0
"""libusher as other programs have it: installed, found by pkg-config, beside things of their own that it must not touch. It
prints nothing: what is on standard output and error is the program's."""
import json
import os
import pathlib
import subprocess

import rows_report
from rows_claim import PRODUCT, product
from world import DEVICE_ID, OWNER, PASSWORD, SECRET, SERIAL, SSID, TOKEN, expect

HIDDEN = f'[network]\nssid = attic\nsecurity = wpa2\npassword = {PASSWORD}\nhidden = yes\n'
OTHER = 'ARNHAM000000002'
OTHER_ID = 'e00fce68c0ffee0123456780'
THIRD_ID = 'e00fce68c0ffee0123456781'


def profile(w, name='Lamp', password=PASSWORD, setup=''):
    w.file('wifi.password', password)
    return w.file('site.ini', f'[setup]\nname = {name}\n{setup}[wifi]\nssid = {SSID}\npassword-file = wifi.password\n')


def settings(w):
    return {'libexec-folder': w.build / 'setup/label', 'radio': f'sim:{w.air}', 'cloud': w.url, 'token-file': w.file('token', TOKEN)}


def run(w, command, **more):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=90, **more)


def host(w, what, *labels, environment=None, more=(), exit_code=0, **site):
    """Runs tests/lib/host; every device must end so, and nothing but what it was asked for be printed."""
    words = [f'{key}={value}' for key, value in settings(w).items()]
    done = run(w, [w.build / 'tests/lib/host', what, profile(w, **site), *labels, *words, *more], env={**os.environ, **(environment or {})})
    expect(done.stderr, ''.join(f'{label} {exit_code}\n' for label in labels), 'standard error')
    expect(done.returncode, 0, 'exit code')
    expect(done.stdout != '', what == 'report', 'standard output')
    return done.stdout


def one_device(w):
    w.cloud()
    w.device()
    return w.label()


def devices(w, ids, *faults, **world):
    """New devices, and the files of their labels."""
    serials = {i: f'ARNHAM00000000{n}' for n, i in enumerate(ids, 1)}
    w.cloud(*faults, devices=[{'id': i, 'serial': s, 'mobile_secret': SECRET, 'platform_id': 12} for i, s in serials.items()], **world)
    for device_id, serial in serials.items():
        w.device(serial=serial, device_id=device_id)
    return [w.file(f'label-{i}', f'{serials[i]} {SECRET}\n') for i in ids]


def compiled(w, name, lines):
    """A program of so many lines in examples/, compiled with what is installed and nothing else; and what it runs in."""
    root = w.folder / 'root'
    run(w, ['meson', 'install', '-C', w.build, '--no-rebuild', '--destdir', root, '--tags', 'devel,runtime'], check=True)
    [found] = root.rglob('libusher.pc')
    known = {**os.environ, 'PKG_CONFIG_LIBDIR': str(found.parent), 'PKG_CONFIG_SYSROOT_DIR': str(root)}
    flags = run(w, ['pkg-config', '--cflags', '--libs', 'libusher'], env=known, check=True).stdout.split()
    source = pathlib.Path(__file__).parents[2] / 'examples' / name
    assert len(source.read_text().splitlines()) <= lines
    program = w.folder / 'example'
    if b'__asan_init' in pathlib.Path(w.usher).read_bytes():
        flags += ['-fsanitize=address,undefined']  # its runtime comes with the program
    run(w, ['cc', '-std=c11', '-Wall', '-Wextra', '-Werror', source, '-o', program, *flags], check=True)
    [library] = {path.parent for path in root.rglob('libusher.so.0')}
    return program, {**os.environ, 'LD_LIBRARY_PATH': str(library), 'XDG_STATE_HOME': str(w.folder / 'state')}


def row_lib_example(w):
    """The 40 lines of examples/libusher-setup.c set a device up."""
    program, known = compiled(w, 'libusher-setup.c', 40)
    label = one_device(w)
    words = [word for setting in settings(w).items() for word in setting]
    done = run(w, [program, profile(w), label, *words], env=known)
    expect((done.returncode, done.stderr), (0, ''), 'exit code')
    last = json.loads(done.stdout.splitlines()[-1])
    expect((last['event'], last['outcome'], last['verified']), ('result', 'done', True), 'the result')
    device = w.cloud_device()
    expect((device['owner'], device['name']), (OWNER, 'Lamp'), 'the device in the cloud')


def row_lib_threads(w):
    """Two contexts in two threads know nothing of each other."""
    host(w, 'threads', *devices(w, (DEVICE_ID, OTHER_ID)))
    for device_id in (DEVICE_ID, OTHER_ID):
        expect(w.cloud_device(device_id)['owner'], OWNER, 'owner')


def row_lib_fork(w):
    """Twenty children in the middle of it, each of which frees all that it sees."""
    host(w, 'fork', one_device(w))


def row_lib_sigchld(w):
    """A handler that waits for any child; and what the library leaves as it was: handlers, mask, environment."""
    host(w, 'sigchld', one_device(w))


def row_lib_sigign(w):
    host(w, 'sigign', one_device(w))


def row_lib_curl(w):
    """A program that has libcurl itself."""
    label = one_device(w)
    host(w, 'curl', label, environment={'HOST_URL': f'{w.url}/sim/state'})


def row_lib_sd_event(w):
    """A program with a loop of its own, which watches the descriptor and nothing else."""
    host(w, 'sd-event', one_device(w))


def row_lib_devices(w):
    """What is heard nearby, without a setup."""
    host(w, 'devices', one_device(w))


def row_lib_doctor(w):
    """This machine and a device are looked at, and nothing is wrong."""
    label = one_device(w)
    host(w, 'doctor', label, more=[f'device-cloud={w.device_cloud()}'])


def row_lib_stop(w):
    """The step in hand ends, no other begins; the same once more goes on from there."""
    label = one_device(w)
    host(w, 'stop', label, exit_code=130)
    expect(w.cloud_device()['owner'], None, 'owner')
    host(w, 'sigchld', label)
    expect(w.cloud_device()['owner'], OWNER, 'owner')


def answered(ssid):
    return {'HOST_SSID': ssid, 'HOST_PASSWORD': PASSWORD}


def row_lib_choose(w):
    """A network of the device's scan is chosen, then its password asked for."""
    host(w, 'choose', one_device(w), environment=answered(SSID))


def row_lib_hidden(w):
    """A name that the device has not seen is a hidden network's, and joined as such at once."""
    w.cloud()
    w.device('--world', w.file('world.ini', HIDDEN))
    host(w, 'hidden', w.label(), environment=answered('attic'))
    expect(w.requests().count('500'), 1, 'joins')


def row_lib_choose_once(w):
    """What is answered for the first device is good for the next; and it is no other setup than one that asks."""
    finished = w.folder / 'finished'
    host(w, 'choose', *devices(w, (DEVICE_ID, OTHER_ID)), environment=answered(SSID), more=[f'finished-file={finished}'])
    lines = [line.split() for line in finished.read_text().splitlines()]
    expect([line[0] for line in lines], [SERIAL, OTHER], 'serial numbers')
    expect(lines[0][2], lines[1][2], 'the setup')


def row_lib_number(w):
    """{n} in names: one for each device; without a file there is none."""
    labels, numbers = devices(w, (DEVICE_ID, OTHER_ID)), w.folder / 'numbers'
    for label in labels:
        host(w, 'sigchld', label, more=[f'numbers-file={numbers}'], name='Lamp {n}')
    expect([w.cloud_device(i)['name'] for i in (DEVICE_ID, OTHER_ID)], ['Lamp 1', 'Lamp 2'], 'names')
    host(w, 'refused', labels[0], exit_code=2, name='Bulb {n}')


def row_lib_report(w):
    """The support bundle as usher writes it, the second look at the device in it."""
    label = one_device(w)
    report = json.loads(host(w, 'report', label, exit_code=15, more=['report=yes'], password='wrong battery staple'))
    expect(list(report), rows_report.KEYS, 'keys')
    expect((report['verb'], report['radio'], report['account']), ('setup', 'sim', True), 'what was asked for')
    expect((report['result']['fault'], report['timeline_dropped']), ('wifi-password', 0), 'the result')
    assert SSID not in json.dumps(report) and report['inspection']['modules'], report
    results = [n for n, e in enumerate(report['timeline']) if e['state'] == 'result']
    expect((len(results), results[1]), (2, len(report['timeline']) - 1), 'the ends of the setup and of the second look')


def customer(w):
    return (f'claim = customer\nproduct = {PRODUCT}\ncustomer = kim@example.com\noauth-client = shop-1\n'
            f'oauth-secret-file = {w.folder}/oauth\n')


def shop(w):
    return {'clients': [{'id': 'shop-1', 'secret': 'shh-secret', 'product_id': PRODUCT}], **product()}


def row_lib_customer(w):
    """Two setups at once sign their customer in once, a later one goes by that; the token is given back when the program says so."""
    w.file('oauth', 'shh-secret')
    labels = devices(w, (DEVICE_ID, OTHER_ID, THIRD_ID), **shop(w))
    host(w, 'customer', *labels, more=['token-file='], setup=customer(w))
    for device_id in (DEVICE_ID, OTHER_ID, THIRD_ID):
        expect(w.cloud_device(device_id)['owner'], 'kim@example.com', 'owner')
    routes = {route: count['n'] for route, count in w.ask_cloud('/sim/requests')['routes'].items() if not route.startswith('GET')}
    expect({route: n for route, n in routes.items() if 'token' in route or 'customers' in route},
           {'POST /v1/products/:product/customers': 1, 'DELETE /v1/access_tokens/current': 1}, 'sign-ins')


def row_lib_customer_kept(w):
    """A token that cannot be given back is told."""
    w.file('oauth', 'shh-secret')
    labels = devices(w, (DEVICE_ID, OTHER_ID), 'DELETE /v1/access_tokens 400', **shop(w))
    host(w, 'customer-kept', *labels, more=['token-file='], setup=customer(w))


def row_lib_customer_refused(w):
    """A wrong secret ends the job before the device is touched, and is remembered."""
    w.file('oauth', 'another-secret')
    labels, failed = devices(w, (DEVICE_ID, OTHER_ID), **shop(w)), w.folder / 'sign-ins'
    for _ in range(3):
        host(w, 'sigchld', labels[0], more=['token-file=', f'sign-ins-file={failed}'], setup=customer(w), exit_code=2)
    expect(len(failed.read_text().splitlines()), 3, 'failures')
    host(w, 'refused', labels[0], more=['token-file=', f'sign-ins-file={failed}'], setup=customer(w), exit_code=18)
    expect(w.requests(), [], 'what the device was asked')
