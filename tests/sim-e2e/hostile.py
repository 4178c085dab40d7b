# SPDX-License-Identifier: Apache-2.0
"""Text as an attacker writes it, whoever puts it there, and the judge of what came of it."""
import http.client
import http.server
import json
import re
import subprocess
import threading

# a title for the window, bell, clear screen, C1 (as a character and as bytes), line and paragraph separators, direction
TEXT = '\x1b]0;owned\x07\x1b[2J\r\nFORGED done\n\x9b31m\x85\u2028FORGED\u202e\u2066\u200f\x7f'
BYTES = b'\x1b[2J\x07\nFORGED\x9b\xff\xc2\x9b\xe2\x80\xae'  # no UTF-8

BAD = re.compile('[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]')
KEPT = ('id', 'access_token', 'claim_code', 'serial_number', 'mobile_secret', 'iccid', 'expires_at')


def judge(data, what):
    """What usher printed, as bytes -> as text."""
    text = data.decode()  # UTF-8, or an exception
    if found := BAD.search(text):
        raise AssertionError(f'{what}: {found.group()!r} in {text[max(0, found.start() - 80):found.end() + 40]!r}')
    if any(line.startswith('FORGED') for line in text.split('\n')):
        raise AssertionError(f'{what}: a forged line in {text!r}')
    return text


def texts(value):
    if isinstance(value, dict):
        return [t for pair in value.items() for v in pair for t in texts(v)]
    if isinstance(value, list):
        return [t for v in value for t in texts(v)]
    return [value] if isinstance(value, str) else []


def run(w, *words, timeout=100):
    """usher with these words: no signal ends it, and what it prints is harmless. -> its exit code, standard output"""
    done = subprocess.run([w.usher, *words], stdin=subprocess.DEVNULL, capture_output=True, env=w.environment(),
                          timeout=timeout)
    what = ' '.join(repr(word) for word in words)
    out, err = judge(done.stdout, what), judge(done.stderr, what)
    assert 0 <= done.returncode and 'Cannot allocate' not in err, f'{what}: {done.returncode} {err}'
    if '--json' in words:
        for line in out.splitlines():
            for text in texts(json.loads(line)):
                judge(text.encode(), f'{what}: JSON')
                assert '\n' not in text, f'{what}: {text!r} has lines'
    return done.returncode, out + err


def spoil(value, every):
    if isinstance(value, dict):
        return {k: v if k in KEPT and not every else spoil(v, every) for k, v in value.items()}
    if isinstance(value, list):
        return [spoil(v, every) for v in value]
    return value + TEXT if isinstance(value, str) else value


def cloud_between(w, every=False, status=None, raw=None):
    """A cloud that passes everything on to w's and spoils each text in the answers; with `every` also those without which
    nothing goes on. `status`: each answer has it; `raw`: and is these bytes."""
    there = http.client.urlsplit(w.url).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def answer(self):
            body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
            link = http.client.HTTPConnection(there, timeout=20)
            kept = {k: v for k, v in self.headers.items() if k.lower() in ('authorization', 'content-type')}
            link.request(self.command, self.path, body, kept)
            said = link.getresponse()
            if 'event-stream' in said.headers.get('Content-Type', ''):
                data = b''
            else:
                data = said.read()
            try:
                data = json.dumps(spoil(json.loads(data), every)).encode()
            except ValueError:
                pass
            data = data if raw is None else raw
            self.send_response_only(status or said.status, 'OK\x1b[2J')
            self.send_header('Content-Type', said.headers.get('Content-Type', 'application/json'))
            self.send_header('X-Request-Id', 'r\x1b[2J\x07\x9b')
            self.send_header('Content-Length', str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f'http://127.0.0.1:{server.server_port}'
