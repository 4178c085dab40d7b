# SPDX-License-Identifier: Apache-2.0
"""Where secrets must not be: arguments, environments, what is written anywhere, core files. The claim code is read from
the virtual cloud's state file, which holds it."""
import base64
import json
import pathlib
import re
import shutil
import subprocess
import sys

from world import DEVICE_ID, OWNER, PASSWORD, SECRET, SERIAL, TOKEN, expect


def claim_code(w):
    codes = json.loads((w.folder / 'state.json').read_text())['claim_codes']
    assert codes, 'there is no claim code'
    return codes[0]['code']


def cloud_with_state(w):
    seed = w.file('seed.json', json.dumps(w.seed()))
    w.url = w.start('cloud', w.sim, 'cloud', '--listen', '127.0.0.1:0', '--seed', seed, '--state',
                    str(w.folder / 'state.json'))


def row_strace(w):
    """Every process and every write of a whole setup from a picture."""
    if not shutil.which('strace'):
        print('strace is missing: see tests/packages')
        sys.exit(77)
    cloud_with_state(w)
    w.device()
    trace = w.folder / 'trace'
    calls = 'trace=execve,execveat,prctl,setrlimit,prlimit64,write,writev,pwrite64,sendto,sendmsg,sendmmsg'
    words = w.arguments('--json', '--image', w.sticker(), '--name', 'Kitchen')
    environment = {**w.environment(), 'ASAN_OPTIONS': 'detect_leaks=0'}  # the leak checker is a tracer itself
    r = subprocess.run(['strace', '-f', '-y', '-v', '-s', '100000', '-e', calls, '-o', str(trace), w.usher, *words],
                       capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    expect(r.returncode, 0, f'exit code\n{r.stderr}')
    code = claim_code(w)
    w.secrets.append(code)
    w.check_no_secret(r.stdout, 'the events')
    w.check_no_secret(r.stderr, 'standard error')
    lines = trace.read_text(errors='replace').splitlines()
    execs = [line for line in lines if re.search(r' execve(at)?\(', line)]
    assert any('usher-decode' in line for line in execs) and len(execs) >= 2, execs
    decoders = {line.split()[0] for line in execs if 'usher-decode' in line}
    for line in lines:
        for secret in (SECRET, PASSWORD, TOKEN, code):
            if secret in line and not may_write(line, secret, decoders):
                raise AssertionError(f'a secret is in: {line[:200]}')
    text = '\n'.join(lines)
    assert 'PR_SET_DUMPABLE, SUID_DUMP_DISABLE' in text
    assert re.search(r'RLIMIT_CORE, \{rlim_cur=0, rlim_max=0\}', text)


def may_write(line, secret, decoders):
    """The picture's text on the decoder's socket, the token in a request to the cloud."""
    if secret == SECRET:
        return line.split()[0] in decoders and re.search(r'write\(0<\S*socket:', line, re.I)
    if secret == TOKEN:
        return re.search(r'(send|write)\w*\(\d+<(socket|TCP)[^>]*>', line) and 'Authorization: Bearer' in line
    return False


def row_running_process(w):
    """A setup that waits for its device, seen from outside."""
    w.cloud()
    w.device('--fault', 'silent-at-request=500')
    usher = w.spawn(w.arguments('--json'))
    for line in usher.stdout:
        if '"step":"wifi-join"' in line and '"started"' in line:
            break
    process = pathlib.Path(f'/proc/{usher.pid}')
    w.check_no_secret((process / 'environ').read_text(), 'the environment')
    w.check_no_secret((process / 'cmdline').read_text(), 'the arguments')
    core = next(line for line in (process / 'limits').read_text().splitlines() if 'core file' in line)
    expect(core.split()[4:6], ['0', '0'], 'limit of core files')
    usher.terminate()
    expect(w.finish(usher, timeout=20).code, 130, 'exit code')


def row_nothing_left(w):
    """No file is left behind that holds a secret."""
    w.cloud()
    w.device()
    before = {p for p in w.folder.rglob('*')}
    words = w.arguments('--json')
    given = {p for p in w.folder.rglob('*')} - before
    expect(w.finish(w.spawn(words, cwd=w.folder)).code, 0, 'exit code')
    new = {p for p in w.folder.rglob('*')} - before - given
    for path in new:
        if path.is_file():
            w.check_no_secret(path.read_text(errors='replace'), str(path))


def row_tls_keys(w):
    """SSLKEYLOGFILE would open every connection to whoever may read the file that it names."""
    w.private_cloud()
    keys, known = w.folder / 'keys', w.environment()
    w.environment = lambda: {**known, 'SSLKEYLOGFILE': str(keys)}
    result = w.run('whoami', '--cloud', w.url, '--cloud-ca', w.ca, '--token-file', w.file('token', TOKEN))
    expect(result.code, 0, 'exit code', result)
    assert not keys.exists(), keys.read_text()[:200]


FORMS = ('sent', 'decoded', 'base64', 'page')


def watch(w, secret):
    """Nothing may show it, nor the middle of its base64 at any of the three places that it can have there."""
    w.secrets.append(secret)
    for before in range(3):
        text = base64.b64encode(b'x' * before + secret.encode()).decode().rstrip('=')
        w.secrets.append(text[2 if before else 0:-1][1:])


def row_echoed_mobile_secret(w):
    """A label that lacks the end of its secret: the part goes out in a query, and a server, or a proxy, repeats it."""
    for form in FORMS:
        w.cloud(f'GET /v1/serial_numbers echo,form={form},status=403')
        w.secrets = [TOKEN]
        watch(w, SECRET[:12])
        result = w.run(*w.arguments('--json', label=w.label(f'{SERIAL} {SECRET[:12]}')))
        assert 'HTTP 403' in result.out + result.err, result.err
        assert '*********' in result.out + result.err, result.err


def row_echoed_login(w):
    for form in FORMS:
        w.cloud(f'POST /oauth/token echo,form={form}')
        for password in ('wr\u00f6ng horse&+/', 'short'):
            w.secrets = []
            watch(w, password)
            result = w.run('login', '--cloud', w.url, '--user', f'{form}@example.com', '--password-file',
                           w.file('pw', password), '--save', str(w.folder / 'kept'))
            expect(result.code, 19 if form == 'page' else 18, 'exit code', result)
            assert 'HTTP 400' in result.err, result.err
            expect('***' in result.err, len(password) > 5, 'what is masked', result)


def row_echoed_token(w):
    """In answers that are as they should be, too: a device that is called like the token."""
    w.cloud(devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'platform_id': 12, 'owner': OWNER, 'name': f'my {TOKEN}'}])
    for words in (('--json',), ()):
        result = w.run('cloud', 'check', *words, DEVICE_ID, '--cloud', w.url, '--token-file', w.file('token', TOKEN))
        expect(result.code, 0, 'exit code', result)
        assert 'my ****' in result.out, result.out


def row_secret_as_an_argument(w):
    """Typed where nothing is taken: it is not said again, and no event holds it (World.finish looks)."""
    for verb in ('setup', 'doctor', 'devices', 'whoami', 'login', 'logout', 'update'):
        r = w.run(verb, '--json', PASSWORD)
        expect(r.code, 2, verb, r)
        assert 'too many' in r.err, r.err
        expect(w.run(verb, TOKEN).code, 2, verb)
