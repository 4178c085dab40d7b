# SPDX-License-Identifier: Apache-2.0
"""Lists of virtual devices: any number in one process, and usher among them."""
import os
import subprocess

from world import expect

EACH_KIB = 100


def row_list_of_devices(w):
    """500 devices are one process, each known to the cloud and heard by its own name, and small."""
    w.cloud()
    path, rows = w.new_list(500)
    count, kib = w.devices(path, '--interval-ms', '30')
    expect(count, len(rows), 'devices')
    assert kib <= EACH_KIB, kib
    print(f'{count} devices, {kib} KiB each')
    expect(sorted(os.listdir(w.air)), sorted(f'Argon-{row["serial"][-6:]}' for row in rows), 'names in the air')
    known = {d['serial'] for d in w.ask_cloud('/sim/state')['devices']}
    assert known >= {row['serial'] for row in rows}, len(known)
    counted = w.device_end()
    expect(counted['devices'], len(rows), 'devices at the end')
    assert counted['kib_each'] <= EACH_KIB, counted
    expect(os.listdir(w.air), [], 'what they left in the air')


def row_list_of_devices_setup(w):
    """Any one of a list is set up, and how well it is heard stands in its row."""
    w.cloud()
    path, rows = w.new_list(3, rssi=lambda n: -40 - 10 * n, name=lambda n: f'Lamp, "{n}"')
    w.devices(path)
    chosen = rows[1]
    result = w.setup(label=w.label(f'{chosen["serial"]} {chosen["secret"]}'))
    w.expect_done(result)
    expect(result.last['device']['rssi'], -50, 'signal strength', result)
    expect(result.last['device']['serial'], chosen['serial'], 'serial number')
    expect(w.device_end()['devices'], 3, 'devices')
    expect(os.listdir(w.air), [], 'what they left in the air')


def row_list_of_devices_products(w):
    """A device is what its serial number says, unless the row says otherwise."""
    w.cloud()
    labels = '"P046AB000ABCDEF ABCDEFGHJKLMNPQ"\r\nB40HAB000000001\tABCDEFGHJKLMNPQ,,\r\n\r\nARNKAB000000002 ABCDEFGHJKLMNPQ,"boron",2.0.1\r\n'
    w.devices(w.file('labels.csv', '\ufefflabel , platform,os,notes\r\n' + labels))
    found = {d['serial']: d['platform_id'] for d in w.ask_cloud('/sim/state')['devices']}
    expect({s: found[s] for s in found if s[4:6] == 'AB'},
           {'P046AB000ABCDEF': 32, 'B40HAB000000001': 13, 'ARNKAB000000002': 13}, 'platforms')


def row_list_of_devices_wrong(w):
    """What is wrong with a list is told with its line."""
    device = 'ARNKAB000000002,ABCDEFGHJKLMNPQ'
    for text, words in (('', 'line 1'), ('serial,name\n', '"serial" and "secret"'), ('serial,secret\n\n', 'no device follows'),
                        (f'serial,secret\n{device}\nARNKAB000000003\n', 'line 3: a device needs'),
                        (f'serial,secret,platform\n{device},toaster\n', 'line 2'), (f'serial,secret\n\n{device}X\n', 'line 3')):
        path = w.file('wrong.csv', text)
        run = subprocess.run([w.sim, 'device', '--dir', str(w.air), '--from', path], capture_output=True, text=True, timeout=10)
        expect(run.returncode, 2, f'exit code of {text!r}: {run.stderr}')
        assert words in run.stderr, run.stderr
        expect(os.listdir(w.air), [], 'what it left in the air')
