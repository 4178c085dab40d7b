# SPDX-License-Identifier: Apache-2.0
"""The virtual cloud as a program: what only shows on a real socket. Each test starts its own `usher-sim cloud` on a
port that the kernel chooses. usage: test_cloud.py USHER-SIM"""
import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

SIM = None
TOKEN = '0123456789abcdef0123456789abcdef01234567'
DEVICE = 'e00fce68c0ffee0123456789'


class Cloud:
    def __init__(self, *args):
        self.process = subprocess.Popen([SIM, 'cloud', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        match = re.fullmatch(r'ready (https?)://(\S+):(\d+)\n', line)
        if not match:
            self.process.wait(10)
            raise AssertionError(f'{line!r}: {self.process.stderr.read()}')
        self.scheme, self.host, self.port = match[1], match[2], int(match[3])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(10)
        self.errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.returncode

    def connect(self, timeout=10):
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def ask(self, method, path, body=None, connection=None, token=TOKEN):
        c = connection or self.connect()
        headers = {'Authorization': f'Bearer {token}'} if token else {}
        if body is not None:
            headers['Content-Type'] = 'application/json'
            body = json.dumps(body)
        c.request(method, path, body, headers)
        response = c.getresponse()
        data = response.read()
        if not connection:
            c.close()
        return response, data

    def fault(self, rule):
        response, data = self.ask('POST', '/sim/faults', {'clear': True, 'faults': [rule]})
        assert response.status == 200, data


@contextlib.contextmanager
def cloud(*args):
    c = Cloud(*args)
    try:
        yield c
    finally:
        code = c.stop()
        assert code == 0, (code, c.errors)


def raw(c, request, timeout=10):
    """Everything that comes back on a bare socket, and how it ended."""
    with socket.create_connection((c.host, c.port), timeout) as s:
        s.sendall(request)
        got = b''
        try:
            while data := s.recv(65536):
                got += data
        except ConnectionResetError:
            return got, 'reset'
        except TimeoutError:
            return got, 'silent'
        return got, 'closed'


GET_USER = f'GET /v1/user HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\r\n'.encode()


class Server(unittest.TestCase):
    def test_only_loopback(self):
        for address in '0.0.0.0:0', '192.0.2.1:0', '[::]:0', 'example.com:0', '127.0.0.1', '127.0.0.1:x', ':0', '127.0.0.1:70000':
            r = subprocess.run([SIM, 'cloud', '--listen', address], capture_output=True, text=True, timeout=10)
            self.assertEqual(r.returncode, 2, address)
            self.assertIn(address, r.stderr)
            self.assertEqual(r.stdout, '')

    def test_addresses(self):
        for address, host in ('127.0.0.1:0', '127.0.0.1'), ('localhost:0', '127.0.0.1'), ('127.8.9.10:0', '127.8.9.10'):
            with cloud('--listen', address) as c:
                self.assertEqual(c.host, host)
                self.assertEqual(c.ask('GET', '/v1/user')[0].status, 200)

    def test_help_and_usage(self):
        r = subprocess.run([SIM, 'cloud', '--help'], capture_output=True, text=True, timeout=10)
        self.assertEqual(r.returncode, 0)
        for option in '--listen', '--seed', '--state', '--fault', '--trace':
            self.assertIn(option, r.stdout)
        for bad in ['--nonsense'], ['extra'], ['--fault', 'GET'], ['--seed', '/nonexistent']:
            r = subprocess.run([SIM, 'cloud', *bad], capture_output=True, text=True, timeout=10)
            self.assertEqual(r.returncode, 2, bad)
            self.assertTrue(r.stderr)

    def test_one_connection_many_requests(self):
        with cloud() as c:
            connection = c.connect()
            for _ in range(200):
                response, data = c.ask('GET', '/v1/user', connection=connection)
                self.assertEqual(response.status, 200)
            self.assertEqual(json.loads(data)['username'], 'lab@example.com')
            connection.close()

    def test_many_clients(self):
        with cloud() as c, concurrent.futures.ThreadPoolExecutor(32) as pool:
            statuses = list(pool.map(lambda _: c.ask('GET', '/v1/devices')[0].status, range(300)))
            self.assertEqual(statuses, [200] * 300)
            report = json.loads(c.ask('GET', '/sim/requests')[1])
            self.assertEqual(report['routes']['GET /v1/devices']['n'], 300)

    def test_state_file(self):
        with tempfile.TemporaryDirectory() as folder:
            state = os.path.join(folder, 'state.json')
            c = Cloud('--state', state)
            code = json.loads(c.ask('POST', '/v1/device_claims')[1])['claim_code']
            c.ask('POST', f'/sim/devices/{DEVICE}/online', {'claim_code': code, 'serial': 'ARGHAM000000001'})
            self.assertEqual(os.stat(state).st_mode & 0o777, 0o600)
            c.stop(signal.SIGKILL)  # loses nothing: every change is saved before its answer leaves
            with cloud('--state', state) as c:
                device = json.loads(c.ask('GET', f'/v1/devices/{DEVICE}')[1])
                self.assertEqual(device['owner'], 'lab@example.com')
                self.assertEqual(device['serial_number'], 'ARGHAM000000001')
            with open(state, 'w', encoding='utf-8') as f:
                f.write('{"devices":[{"id":"x"}]}')
            r = subprocess.run([SIM, 'cloud', '--state', state], capture_output=True, text=True, timeout=10)
            self.assertEqual(r.returncode, 2)
            self.assertIn('devices[0].id', r.stderr)

    def test_seed(self):
        with tempfile.NamedTemporaryFile('w', suffix='.json') as f:
            json.dump({'users': [{'username': 'me', 'password': 'pw'}], 'tokens': [{'token': 't', 'user': 'me'}],
                       'faults': ['GET /v1/devices 503,times=1']}, f)
            f.flush()
            with cloud('--seed', f.name, '--fault', 'GET /v1/user 429,retry-after=9,times=1') as c:
                response, _ = c.ask('GET', '/v1/user', token='t')
                self.assertEqual((response.status, response.headers['Retry-After']), (429, '9'))
                self.assertEqual(c.ask('GET', '/v1/user', token='t')[0].status, 200)
                self.assertEqual(c.ask('GET', '/v1/devices', token='t')[0].status, 503)
                self.assertEqual(c.ask('GET', '/v1/user')[0].status, 401)

    def test_trace_has_no_secrets(self):
        c = Cloud('--trace')
        c.ask('GET', '/v1/serial_numbers/S1?mobile_secret=HUSHHUSHHUSH')
        code = json.loads(c.ask('POST', '/v1/device_claims')[1])['claim_code']
        c.ask('POST', f'/sim/devices/{DEVICE}/online', {'claim_code': code})
        self.assertEqual(c.stop(), 0)
        self.assertIn('GET /v1/serial_numbers/S1 404', c.errors)
        for secret in 'HUSH', TOKEN, code:
            self.assertNotIn(secret, c.errors)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.key, cls.cert = (os.path.join(cls.folder.name, name) for name in ('key.pem', 'cert.pem'))
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                        '-keyout', cls.key, '-out', cls.cert, '-days', '2', '-subj', '/CN=localhost', '-addext',
                        'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True, timeout=60)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_https(self):
        with cloud('--tls-cert', self.cert, '--tls-key', self.key) as c:
            self.assertEqual(c.scheme, 'https')
            context = ssl.create_default_context(cafile=self.cert)
            connection = http.client.HTTPSConnection(c.host, c.port, timeout=10, context=context)
            self.assertEqual(c.ask('GET', '/v1/user', connection=connection)[0].status, 200)
            connection.close()
            # a client that does not trust the certificate does not get so far as to send its token
            connection = http.client.HTTPSConnection(c.host, c.port, timeout=10)
            with self.assertRaises(ssl.SSLCertVerificationError):
                c.ask('GET', '/v1/user', connection=connection)
            connection.close()

    def test_wrong_files(self):
        for args in (['--tls-cert', self.cert], ['--tls-cert', self.cert, '--tls-key', self.cert],
                     ['--tls-cert', self.cert, '--tls-key', '/nonexistent']):
            r = subprocess.run([SIM, 'cloud', *args], capture_output=True, text=True, timeout=10)
            self.assertEqual(r.returncode, 2, args)
            self.assertTrue(r.stderr)


class Wire(unittest.TestCase):
    def test_faults_below_http(self):
        with cloud() as c:
            whole, _ = raw(c, GET_USER)
            self.assertTrue(whole.startswith(b'HTTP/1.1 200 OK\r\n'))
            body = whole.split(b'\r\n\r\n', 1)[1]
            for kind, end, got in (('reset', 'reset', b''), ('close', 'closed', b''), ('lost', 'closed', b''),
                                   ('cut', 'closed', body[:len(body) // 2]), ('truncated', 'closed', body[:len(body) // 2]),
                                   ('drip,ms=1', 'closed', body), ('slow,ms=50', 'closed', body)):
                c.fault(f'GET /v1/user {kind}')
                answer, ended = raw(c, GET_USER)
                self.assertEqual(ended, end, kind)
                self.assertEqual(answer.split(b'\r\n\r\n', 1)[-1], got, kind)
                if kind == 'cut':
                    self.assertIn(b'Content-Length: %d\r\n' % len(body), answer)

    def test_drip_is_slow(self):
        with cloud() as c:
            c.fault('DELETE /v1/access_tokens/none drip,ms=20')
            started = time.monotonic()
            self.assertEqual(c.ask('DELETE', '/v1/access_tokens/none')[1], b'{"ok":true}')
            self.assertGreater(time.monotonic() - started, 11 * 0.02)

    def test_silent_and_hang_up(self):
        with cloud() as c:
            c.fault('GET /v1/user silent')
            fds = f'/proc/{c.process.pid}/fd'
            before = len(os.listdir(fds))
            for _ in range(20):
                self.assertEqual(raw(c, GET_USER, timeout=0.02), (b'', 'silent'))
            deadline = time.monotonic() + 5
            while len(os.listdir(fds)) > before and time.monotonic() < deadline:
                time.sleep(0.02)
            self.assertLessEqual(len(os.listdir(fds)), before)  # those who hung up are noticed
            self.assertEqual(c.ask('GET', '/v1/devices')[0].status, 200)

    def test_head_has_no_body(self):
        with cloud() as c:
            answer, _ = raw(c, GET_USER.replace(b'GET /v1/user', b'HEAD /v1/sims/1'))
            self.assertTrue(answer.startswith(b'HTTP/1.1 404'))
            self.assertTrue(answer.endswith(b'\r\n\r\n'))

    def test_requests_from_nowhere(self):
        with cloud() as c:
            for request in (b'\r\n\r\n', b'GET\r\n\r\n', b'GET /v1/user HTTP/9.9\r\n\r\n', b'\x16\x03\x01\x02\x00\x01' * 50,
                            b'POST /v1/devices HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
                            b'GET /' + b'a' * 70000 + b' HTTP/1.1\r\nHost: x\r\n\r\n',
                            b'GET /v1/user HTTP/1.1\r\n' + b'X: y\r\n' * 5000 + b'\r\n'):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    raw(c, request, timeout=0.3)
            self.assertEqual(c.ask('GET', '/v1/user')[0].status, 200)

    def test_body_limit(self):
        with cloud() as c:
            response, _ = c.ask('POST', '/v1/devices', {'id': 'x' * (4 << 20)})
            self.assertEqual(response.status, 413)
            response, _ = c.ask('POST', '/v1/devices', {'id': 'x' * (1 << 20)})
            self.assertEqual(response.status, 404)

    def test_huge(self):
        with cloud() as c:
            c.fault('GET /v1/user huge,size=20000000')
            response, data = c.ask('GET', '/v1/user')
            self.assertEqual(len(data), 20000000)
            json.loads(data)


class Stream(unittest.TestCase):
    def open(self, c, path='/v1/devices/events', timeout=10):
        connection = c.connect(timeout)
        connection.request('GET', path, headers={'Authorization': f'Bearer {TOKEN}'})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        self.assertEqual(response.headers['Content-Type'], 'text/event-stream; charset=utf-8')
        self.assertEqual(response.read1(100), b':ok\n\n')
        return connection, response

    def claim(self, c):
        code = json.loads(c.ask('POST', '/v1/device_claims')[1])['claim_code']
        c.ask('POST', f'/sim/devices/{DEVICE}/online', {'claim_code': code})

    def test_events(self):
        with cloud() as c:
            connection, response = self.open(c)
            self.claim(c)
            text = b''
            while text.count(b'\n\n') < 2:
                text += response.read1(4096)
            self.assertRegex(text, rb'^event: spark/status\ndata: \{"data":"offline".*\n\n'
                                   rb'event: spark/status\ndata: \{"data":"online".*"coreid":"%s"\}\n\n$' % DEVICE.encode())
            connection.close()

    def test_end_and_cut(self):
        with cloud() as c:
            connection, response = self.open(c)
            c.ask('DELETE', '/sim/streams')
            self.assertEqual(response.read(), b'')  # the last chunk came: ended in order
            connection.close()
            c.fault('GET /v1/devices/events cut-event')
            connection, response = self.open(c)
            self.claim(c)
            with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
                response.read()
            connection.close()

    def test_hang_up_is_noticed(self):
        with cloud() as c:
            for _ in range(5):
                connection, response = self.open(c)
                response.close()
                connection.close()
            deadline = time.monotonic() + 5
            while json.loads(c.ask('GET', '/sim/streams')[1])['streams'] and time.monotonic() < deadline:
                time.sleep(0.02)
            self.assertEqual(json.loads(c.ask('GET', '/sim/streams')[1])['streams'], [])

    def test_stop_with_open_stream(self):
        c = Cloud()
        connection, response = self.open(c)
        self.assertEqual(c.stop(), 0)
        response.close()
        connection.close()


if __name__ == '__main__':
    SIM = sys.argv.pop(1)
    unittest.main(verbosity=1)
