# SPDX-License-Identifier: Apache-2.0
"""A small world for one test: a folder, a virtual cloud, virtual devices, and usher run in it. Programs are ready when
they say so; nothing sleeps. Ports are the kernel's choice; whatever was started is ended by its process id."""
import csv
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.request

import events

SERIAL = 'ARNHAM000000001'
SECRET = 'ABCDEFGHJKLMNPQ'
DEVICE_ID = 'e00fce68c0ffee0123456789'
SSID = 'usher-lab'
PASSWORD = 'correct horse'
TOKEN = '0123456789abcdef0123456789abcdef01234567'
OWNER = 'lab@example.com'

# HelloVerifyRequest (RFC 6347, 4.2.1): record header, handshake header, version, cookie
HELLO_VERIFY = bytes.fromhex('16feff0000000000000000001b' '0300000f000000000000000f' 'feff0c') + b'cookiecookie'


class Result:
    def __init__(self, process, out, err):
        self.code, self.out, self.err = process.returncode, out, err

    @property
    def events(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self):
        return self.events[-1]


class World:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        self.usher = str(self.build / 'setup/cli/usher')
        self.sim = str(self.build / 'tests/sim/usher-sim')
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='usher-e2e-'))
        self.air = self.folder / 'air'
        self.air.mkdir()
        self.running, self.logs, self.ports = [], [], []
        self.url = self.ca = None
        self.secrets = [SECRET, PASSWORD, TOKEN]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for port in self.ports:
            port.close()
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if kind:
            for log in self.logs:
                print(f'--- {log.name}\n{log.read_text(errors="replace")}')
        shutil.rmtree(self.folder)

    # files

    def file(self, name, text, mode=0o600):
        path = self.folder / name
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def label(self, text=f'{SERIAL} {SECRET}'):
        return self.file('label', text + '\n')

    def sticker(self, *options, text=f'{SERIAL} {SECRET}'):
        picture = str(self.folder / 'sticker.png')
        subprocess.run([self.sim, 'sticker', '--text-file', '-', '--out', picture, *options], input=text, text=True,
                       check=True)
        return picture

    # what runs beside usher

    def start(self, name, *command):
        """Starts a program, waits for the line that says it is ready, and returns what follows the word."""
        log = self.folder / f'{name}.log'
        self.logs.append(log)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log.open('w'), text=True)
        self.running.append(process)
        line = process.stdout.readline()
        if not line.startswith('ready'):
            raise AssertionError(f'{name} is not ready: {line!r}')
        return line[len('ready'):].strip()

    def seed(self, **changes):
        seed = {
            'users': [{'username': OWNER, 'password': 'lab'}],
            'tokens': [{'token': TOKEN, 'user': OWNER}],
            'devices': [{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12}],
        }
        for collection, rows in changes.items():
            others = [u for u in seed['users'] if u['username'] not in [row['username'] for row in rows]] if collection == 'users' else []
            seed[collection] = others + rows
        return seed

    def cloud(self, *faults, options=(), **changes):
        seed = self.file('seed.json', json.dumps(self.seed(**changes)))
        rules = [word for fault in faults for word in ('--fault', fault)]
        self.url = self.start('cloud', self.sim, 'cloud', '--listen', '127.0.0.1:0', '--seed', seed, '--trace', *rules, *options)
        return self.url

    def private_cloud(self, *faults, **changes):
        """A cloud over TLS, whose certificate no system's store knows; self.ca is its file."""
        self.ca, key = str(self.folder / 'ca.pem'), str(self.folder / 'key.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-keyout', key, '-out', self.ca, '-days', '2', '-subj', '/CN=private cloud',
                        '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True)
        url = self.cloud(*faults, options=('--tls-cert', self.ca, '--tls-key', key), **changes)
        assert url.startswith('https://'), url
        return url

    def device(self, *options, serial=SERIAL, secret=SECRET, device_id=DEVICE_ID):
        name = f'device-{len(self.running)}'
        cloud = ['--cloud', self.url] if self.url else []
        secret_file = self.file(f'{name}.secret', secret)
        self.device_log = self.folder / f'{name}.requests'
        said = self.start(name, self.sim, 'device', '--dir', str(self.air), '--serial', serial, '--secret-file',
                          secret_file, '--id', device_id, '--join-ms', '100', '--dhcp-ms', '20', '--dtls-ms', '50',
                          '--log', str(self.device_log), *cloud, *options)
        self.device_process = self.running[-1]
        return said

    def new_list(self, count, platform='argon', **columns):
        """A list of new devices as usher-sim makes it: its path and its rows. columns: what each row has besides, by row."""
        out = subprocess.run([self.sim, 'list', '--count', str(count), '--platform', platform], capture_output=True,
                             text=True, check=True).stdout
        rows = [{**row, **{name: of(n) for name, of in columns.items()}} for n, row in enumerate(csv.DictReader(out.splitlines()))]
        self.secrets += [row['secret'] for row in rows]
        path = self.file(f'list-{count}.csv', '')
        with open(path, 'w', newline='') as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return path, rows

    def devices(self, path, *options, air=None):
        """The devices of a list, in one process: how many they are and what each weighs in KiB."""
        cloud = ['--cloud', self.url] if self.url else []
        said = self.start(f'devices-{len(self.running)}', self.sim, 'device', '--dir', str(air or self.air), '--from', path,
                          '--join-ms', '100', '--dhcp-ms', '20', '--dtls-ms', '50', *cloud, *options)
        self.device_process = self.running[-1]
        return tuple(int(n) for n in re.fullmatch(r'(\d+) devices, (\d+) KiB each', said).groups())

    def device_end(self):
        """Ends the device that was started last; what it counted."""
        self.device_process.terminate()
        return json.loads(self.device_process.communicate(timeout=10)[0].splitlines()[-1])

    def requests(self):
        """Types of the requests that the device that was started last has handled."""
        return [line.split()[0] for line in self.device_log.read_text().splitlines()] if self.device_log.exists() else []

    def effects(self, path):
        """The lines of a file of effects: what was set, to what, and whether that changed anything."""
        text = path.read_text()
        self.check_no_secret(text, 'the file of effects')
        return [json.loads(line) for line in text.splitlines()]

    def press(self, number):
        """A button of the device that was started last: SIGUSR1 is MODE, SIGUSR2 RESET."""
        self.device_process.send_signal(number)

    def device_cloud(self, answer=HELLO_VERIFY):
        """A UDP port where the device cloud could be: what it answers to every datagram; None: nothing at all."""
        port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        port.bind(('127.0.0.1', 0))
        self.ports.append(port)

        def serve():
            try:
                while True:
                    _, peer = port.recvfrom(2048)
                    if answer is not None:
                        port.sendto(answer, peer)
            except OSError:
                pass  # closed: the end

        threading.Thread(target=serve, daemon=True).start()
        return f'127.0.0.1:{port.getsockname()[1]}'

    def deaf_server(self):
        """A TCP port that takes connections and never says anything."""
        port = socket.create_server(('127.0.0.1', 0))
        self.ports.append(port)
        return f'http://127.0.0.1:{port.getsockname()[1]}'

    def doctor(self, *options, **more):
        """usher doctor --json: the checks by their key, and the summary last."""
        result = self.run('doctor', '--json', *options, **more)
        checks = {}
        for event in result.events[:-1]:
            expect(event['event'], 'check', 'event')
            assert event['check'] not in checks, event
            checks[event['check']] = event
        expect(result.last['event'], 'verdict', 'last event')
        problems = [c for c in checks.values() if c['state'] == 'problem']
        expect(result.last['problems'], len(problems), 'number of problems')
        expect(result.last['fault'], problems[0]['fault'] if problems else None, 'first problem')
        expect(result.code, self.faults()[problems[0]['fault']][0] if problems else 0, 'exit code', result)
        for problem in problems:
            assert problem['advice'], problem
        return result, checks

    def ask_cloud(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {'Content-Type': 'application/json'})
        trust = ssl.create_default_context(cafile=self.ca) if self.ca else None
        with urllib.request.urlopen(request, timeout=10, context=trust) as answer:
            return json.load(answer)

    def cloud_device(self, device_id=DEVICE_ID):
        return next((d for d in self.ask_cloud('/sim/state')['devices'] if d['id'] == device_id), None)

    def check_cloud_unasked(self):
        asked = json.dumps(self.ask_cloud('/sim/requests'))
        if '/v1/' in asked:
            raise AssertionError(f'the cloud was asked: {asked}')

    # usher

    def arguments(self, *options, label=None, claim='user', wifi=True, password=PASSWORD):
        words = ['setup', '--radio', f'sim:{self.air}', '--no-input', '--claim', claim]
        if not any(o.startswith(('--image', '--label')) for o in options):
            words += ['--label', label or self.label()]
        if wifi:
            words += ['--wifi-ssid', SSID, '--wifi-password-file', self.file('wifi', password)]
        if claim != 'none':
            words += ['--cloud', self.url or 'http://127.0.0.1:9']
        if claim != 'none' and '--customer' not in options:
            words += ['--token-file', self.file('token', TOKEN)]
        return [*words, *options]

    def spawn(self, words, **more):
        process = subprocess.Popen([self.usher, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True, env=self.environment(),
                                   **more)
        self.running.append(process)
        return process

    def environment(self):
        kept = {k: v for k, v in os.environ.items() if k in ('PATH', 'ASAN_OPTIONS', 'UBSAN_OPTIONS', 'MALLOC_PERTURB_')}
        return {**kept, 'HOME': str(self.folder), 'LC_ALL': 'C.UTF-8'}

    def finish(self, process, timeout=150):
        out, err = process.communicate(timeout=timeout)
        result = Result(process, out, err)
        if '--json' in process.args:
            events.check(self.usher, result)
        self.check_no_secret(out, 'standard output')
        self.check_no_secret(err, 'standard error')
        return result

    def run(self, *words, **more):
        return self.finish(self.spawn(words), **more)

    def setup(self, *options, **more):
        """usher setup --json: the events are checked, whatever becomes of the setup."""
        result = self.run(*self.arguments('--json', *options, **more))
        if '--dry-run' not in options:
            check_events(result)
        return result

    # judgement

    def faults(self):
        out = subprocess.run([self.usher, 'help', '--faults'], capture_output=True, text=True, check=True).stdout
        return {key: (int(code), what, advice) for key, code, what, advice in
                (line.split('\t') for line in out.splitlines())}

    def expect_fault(self, result, key, code, outcome='failed'):
        table_code, what, advice = self.faults()[key]
        expect(table_code, code, 'the exit code of the table')
        expect(result.last['fault'], key, 'fault', result)
        expect(result.code, code, 'exit code', result)
        expect(result.last['outcome'], outcome, 'outcome', result)
        expect(result.last['advice'], advice, 'advice')
        expect(result.last['exit'], code, 'exit code of the result', result)
        for sentence in (what, advice):
            if sentence not in result.err:
                raise AssertionError(f'{sentence!r} is not on standard error:\n{result.err}')

    def expect_done(self, result, verified=True):
        expect(result.code, 0, 'exit code', result)
        expect(result.last['verified'], verified, 'verified', result)
        expect(result.last['outcome'], 'done', 'outcome', result)
        expect(result.last['fault'], None, 'fault')

    def check_no_secret(self, text, where):
        for secret in self.secrets:
            if secret in text:
                raise AssertionError(f'a secret is in {where}: {text[max(0, text.index(secret) - 60):][:120]!r}...')


def expect(found, wanted, what, result=None):
    if found != wanted:
        shown = f'\n{result.out}\n{result.err}' if result else ''
        raise AssertionError(f'{what}: {found!r} instead of {wanted!r}{shown}')


def check_events(result):
    """One result, which is the last event; usher.events(5) says the rest (events.py)."""
    for number, event in enumerate(result.events):
        last = number == len(result.events) - 1
        expect(event['event'] == 'result', last, 'the result is the last event', result)
        if event['event'] == 'step':
            assert re.fullmatch('[a-z-]+', event['step']) and 1 <= event['try'] <= event['of'], event
            assert not event['fault'] or event['state'] in ('retrying', 'failed'), event
