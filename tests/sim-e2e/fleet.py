# SPDX-License-Identifier: Apache-2.0
"""Devices of a list, the cloud that they go to, and the one command that sets them all up. Devices and cloud write down what
is set (--effects): how it ended, and whether anything was done twice, is judged by that."""
import base64
import collections
import csv
import json
import shutil
import sqlite3
import subprocess

import effects
from world import OWNER, PASSWORD, SSID, TOKEN, expect

SLOW = ('--interval-ms', '30', '--loop-ms', '100', '--join-ms', '2000')
# what happens to a device that becomes online, owned and named
ONCE = ('wifi-joined', 'listening-stopped', 'online', 'claimed', 'renamed')


class Fleet:
    def __init__(self, w, count, slots=5):
        self.w, self.count = w, count
        self.logs = [w.folder / 'cloud.effects', w.folder / 'device.effects']
        self.events, self.errors, self.results = (w.folder / name for name in ('events', 'errors', 'results.csv'))
        self.path, self.rows = w.new_list(count, name=lambda n: f'Lamp {n}')
        self.serials = sorted(row['serial'] for row in self.rows)
        w.cloud(options=('--effects', str(self.logs[0])), devices=[],
                users=[{'username': OWNER, 'password': 'lab', 'max_devices': 10000}])
        w.devices(self.path, '--effects', str(self.logs[1]), *SLOW)
        self.command = [w.usher, 'setup', '--from', self.path, '--slots', str(slots), '--radio', f'sim:{w.air}', '--no-input', '--json',
                        '--claim', 'user', '--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD), '--cloud', w.url,
                        '--token-file', w.file('token', TOKEN), '--results', str(self.results)]
        self.journals = w.folder / '.local/state/usher/lists'

    def start(self, *before, **environment):
        with self.events.open('a') as out, self.errors.open('a') as err:
            process = subprocess.Popen([*before, *self.command], stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       env={**self.w.environment(), **environment})
        self.w.running.append(process)
        return process

    def effects(self):
        return sorted((e for path in self.logs for e in self.w.effects(path)), key=lambda e: e['time'])

    def told(self):
        """What the program said; a line that a kill has cut is left out."""
        return [event for event in map(parsed, self.events.read_text(errors='replace').splitlines()) if event]

    def check_journal(self, when):
        """The journal as it lies there, log and all, is whole and has no secret in it. Looked at is a copy: opening it would mend it."""
        copy = self.w.folder / 'copy'
        shutil.copytree(self.journals, copy)
        for path in copy.iterdir():
            self.check_no_secret(path, when)
        for path in copy.glob('*.db'):
            db = sqlite3.connect(path)
            expect(db.execute('PRAGMA integrity_check').fetchall(), [('ok',)], f'{path.name} {when}')
            db.close()
        shutil.rmtree(copy)

    def check_no_secret(self, path, when='at the end'):
        data = path.read_bytes()
        for secret in self.w.secrets:
            plain = secret.encode()
            for form in (plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b'=')[:-1]):
                assert form not in data, f'the secret {secret[:2]}... is in {path.name} {when}'

    def check_done(self, process):
        """Runs it to its end: all devices are online, owned and named, and each is once in the table of results."""
        code = process.wait(60 + 10 * self.count)
        said = self.errors.read_text()[-4000:]
        expect(code, 0, f'exit code\n{said}')
        told = self.told()
        expect(tuple(told[-1].get(k) for k in ('event', 'done', 'failed', 'pending', 'cancelled', 'exit')),
               ('summary', self.count, 0, 0, 0, 0), f'summary\n{said}')
        with self.results.open() as file:
            found = [(row['serial'], row['outcome']) for row in csv.DictReader(file)]
        expect(sorted(found), [(s, 'done') for s in self.serials], 'the table of results')
        cloud = {d['serial']: (d['owner'], d['name'], d['online']) for d in self.w.ask_cloud('/sim/state')['devices']}
        expect(cloud, {row['serial']: (OWNER, row['name'], True) for row in self.rows}, 'in the cloud')
        self.check_journal('at the end')
        for path in (self.events, self.errors, self.results):
            self.check_no_secret(path)

    def check_effects(self):
        """Nothing has happened twice. A claim code cannot be read back, and is good for one claim and an hour: a device that was cut
        short may get another, until it is claimed."""
        lines = self.effects()
        twice, repeats = effects.judge(lines, undone=('claim-code',))
        for line in (e for e in lines if e['serial'] in {serial for serial, _ in twice[:2]}):
            print(line)
        expect(twice, [], 'what happened twice')
        for effect in ONCE:
            expect(sorted(e['serial'] for e in lines if e['effect'] == effect and e['changed']), self.serials, f'{effect}, once each')
        claimed = {e['serial']: e['time'] for e in lines if e['effect'] == 'claimed'}
        late = [e for e in lines if e['effect'] == 'claim-code' and e['time'] > claimed[e['serial']]]
        expect(late, [], 'claim codes for devices that were claimed')
        again = collections.Counter(f'{e["who"]} {e["effect"]}' for e in lines if not e['changed'])
        free = collections.Counter(e['effect'] for e in lines if e['serial'] is None)
        print(f'changes {len(lines) - repeats}, repeats that changed nothing {repeats}: {dict(again)}; of no one device: {dict(free)}')


def parsed(line):
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return None
