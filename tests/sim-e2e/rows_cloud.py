# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with the account and the cloud's API."""
import pathlib
import resource
import subprocess

from world import DEVICE_ID, OWNER, SECRET, SERIAL, TOKEN, expect


def row_token_expired(w):
    w.cloud(tokens=[{'token': TOKEN, 'user': OWNER, 'expires_at': '2020-01-01T00:00:00.000Z'}])
    w.device()
    w.expect_fault(w.setup(), 'token-expired', 18)


def row_token_unknown(w):
    w.cloud(tokens=[])
    w.device()
    w.expect_fault(w.setup(), 'token-invalid', 18)


def without_token_file(w):
    words = w.arguments('--json')
    at = words.index('--token-file')
    return words[:at] + words[at + 2:]


def row_token_missing(w):
    w.device()
    w.expect_fault(w.run(*without_token_file(w)), 'token-missing', 18)


def row_token_of_another_cloud(w):
    """The Particle CLI's sign-in is not sent to a cloud that it is not for."""
    w.cloud()
    w.device()
    folder = w.folder / '.particle'
    folder.mkdir()
    (folder / 'particle.config.json').write_text(f'{{"access_token":"{TOKEN}","username":"x"}}')
    (folder / 'particle.config.json').chmod(0o600)
    w.expect_fault(w.run(*without_token_file(w)), 'config', 2)
    w.check_cloud_unasked()


def api_fault(w, rule, key, code):
    w.cloud(rule)
    w.device()
    result = w.setup()
    w.expect_fault(result, key, code)
    return result


def row_cloud_401(w):
    api_fault(w, '* /v1/ 401', 'token-invalid', 18)


def row_cloud_403(w):
    api_fault(w, 'GET /v1/serial_numbers 403', 'cloud-refused', 19)


def row_cloud_404(w):
    api_fault(w, '* /v1/ 404', 'cloud-not-found', 19)


def row_cloud_429(w):
    api_fault(w, '* /v1/ 429,retry-after=300', 'cloud-busy', 19)


def row_cloud_500(w):
    api_fault(w, 'POST /v1/device_claims 500', 'cloud-server', 19)


def row_cloud_html(w):
    api_fault(w, '* /v1/ html,status=200', 'cloud-answer', 19)


def row_cloud_truncated(w):
    api_fault(w, '* /v1/ truncated', 'cloud-answer', 19)


def row_cloud_silent(w):
    api_fault(w, '* /v1/ silent', 'cloud-unreachable', 19)


def row_cloud_closes(w):
    api_fault(w, '* /v1/ close', 'cloud-unreachable', 19)


def row_cloud_not_there(w):
    """Nobody listens: told soon, and nothing was asked of the device that changes it."""
    w.device()
    result = w.setup()
    w.expect_fault(result, 'cloud-unreachable', 19)
    assert result.last['ms'] < 16000, result.err
    assert not set(w.requests()) & {'200', '500', '71', '73'}, w.requests()


def row_cloud_of_no_such_name(w):
    w.device()
    words = w.arguments('--json')
    words[words.index('--cloud') + 1] = 'https://api.usher.invalid'
    result = w.run(*words)
    w.expect_fault(result, 'cloud-unreachable', 19)
    assert result.last['ms'] < 16000, result.err


def row_cloud_hiccup(w):
    """One bad answer of each kind passes unnoticed."""
    w.cloud('* /v1/ 503,times=1', '* /v1/ close,times=1')
    w.device()
    w.expect_done(w.setup())


def row_claimed_by_somebody_else(w):
    w.cloud(users=[{'username': 'bob@example.com', 'password': 'x'}],
            devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12,
                      'owner': 'bob@example.com'}])
    w.device()
    w.expect_fault(w.setup(), 'claim-foreign', 20)


def row_dead_claim_code(w):
    """A claim code that silently does nothing: claimed by id in the end."""
    w.cloud('POST /v1/device_claims dead-code')
    w.device()
    w.expect_done(w.setup())
    expect(w.cloud_device()['owner'], OWNER, 'owner')


def row_rename_answer_lost(w):
    w.cloud('PUT /v1/devices lost,times=1')
    w.device()
    w.expect_done(w.setup('--name', 'Kitchen'))
    expect(w.cloud_device()['name'], 'Kitchen', 'name')


def row_http_beyond_this_machine(w):
    words = w.arguments('--json')
    words[words.index('--cloud') + 1] = 'http://example.com'
    w.expect_fault(w.run(*words), 'config', 2)


def row_private_cloud_setup(w):
    """A cloud with a certificate of its own: trusted with --cloud-ca only."""
    url = w.private_cloud(devices=[{'id': DEVICE_ID, 'serial': SERIAL, 'mobile_secret': SECRET, 'platform_id': 12,
                                    'online': True}])
    w.url = None  # the virtual device speaks plain http only: it is there without its cloud
    w.device()
    w.url = url
    result = w.setup()
    w.expect_fault(result, 'cloud-unreachable', 19)
    assert 'certificate' in result.err, result.err
    w.check_cloud_unasked()
    result = w.setup('--cloud-ca', w.ca)
    expect(w.cloud_device()['owner'], OWNER, 'owner', result)
    expect(result.last['device']['owner'], OWNER, 'owner in the result', result)


def row_certificate_not_yet_valid(w):
    """A Raspberry Pi that has just started lives in the past: its clock is named, not the certificate's maker."""
    ca, key = str(w.folder / 'young.pem'), str(w.folder / 'young.key')
    (w.folder / 'index').write_text('')
    config = w.file('ca.cnf', '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\nnew_certs_dir=.\n'
                    'default_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\n'
                    'subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:true\n')
    w.file('serial', '01')
    request = ['openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out',
               'csr', '-subj', '/CN=x']
    sign = ['openssl', 'ca', '-batch', '-config', config, '-selfsign', '-keyfile', key, '-in', 'csr', '-out', ca,
            '-startdate', '20400101000000Z', '-enddate', '20410101000000Z', '-notext']
    for command in (request, sign):
        subprocess.run(command, check=True, capture_output=True, cwd=w.folder)
    url = w.cloud(options=('--tls-cert', ca, '--tls-key', key))
    w.url = None
    w.device()
    w.url = url
    result = w.setup('--cloud-ca', ca)
    w.expect_fault(result, 'clock', 2)
    assert 'UTC' in result.err and '--cloud-ca' not in result.err, result.err


def row_memory_limits(w):
    """Whatever little memory there is: never a signal, always a cause with a name."""
    if b'__asan_init' in pathlib.Path(w.usher).read_bytes():
        print('address space cannot be limited under a sanitizer')
        return
    w.private_cloud()
    words = ['whoami', '--cloud', w.url, '--cloud-ca', w.ca, '--token-file', w.file('token', TOKEN)]
    seen = set()
    for kib in [*range(16000, 28000, 1000), *range(28000, 34000, 400), *range(34000, 60000, 4000)]:
        def limit(size=kib << 10):
            resource.setrlimit(resource.RLIMIT_AS, (size, size))
        result = w.finish(w.spawn(words, preexec_fn=limit))
        assert result.code in (0, 1, 19, 127), f'{kib}: {result.code}\n{result.err}'  # 127: the loader's own
        assert result.code in (0, 127) or 'Cause:' in result.err, f'{kib}: {result.err}'
        assert 'install libcurl4' not in result.err, f'{kib}: {result.err}'
        seen.add(result.code)
    assert {0, 1} <= seen, seen


def private(w, *words):
    return w.run(*words, '--cloud', w.url, '--token-file', w.file('token', TOKEN))


def row_private_cloud_account(w):
    w.private_cloud(devices=[{'id': DEVICE_ID, 'platform_id': 12, 'online': True, 'owner': OWNER}])
    for verb in (['whoami'], ['cloud', 'check', DEVICE_ID], ['logout']):
        expect(private(w, *verb).code, 19, f'{verb} without --cloud-ca')
    login = ('login', '--cloud', w.url, '--user', OWNER, '--password-file', w.file('pw', 'lab'), '--save', str(w.folder / 'x'))
    expect(w.run(*login).code, 19, 'login without --cloud-ca')
    w.check_cloud_unasked()
    result = w.run(*login, '--cloud-ca', w.ca)
    expect(result.code, 0, 'login', result)
    for verb in (['whoami'], ['cloud', 'check', DEVICE_ID], ['logout']):
        result = private(w, *verb, '--cloud-ca', w.ca)
        expect(result.code, 0, f'{verb}', result)


def row_private_cloud_doctor(w):
    w.private_cloud()
    for trust, state in (((), 'problem'), (('--cloud-ca', w.ca), 'ok')):
        _, checks = w.doctor('--radio', f'sim:{w.air}', '--cloud', w.url, '--device-cloud', w.device_cloud(),
                             '--token-file', w.file('token', TOKEN), *trust)
        expect(checks['api']['state'], state, f'api with {trust}')
        expect(checks['token']['state'], 'ok' if trust else 'note', f'token with {trust}')


def row_cloud_ca_unusable(w):
    w.cloud()
    empty, gone = w.file('empty.pem', 'no certificate\n'), str(w.folder / 'gone.pem')
    for path in (empty, gone, str(w.folder)):
        for words in (['whoami'], ['logout'], ['cloud', 'check', DEVICE_ID], ['doctor'], w.arguments(),
                      ['login', '--save', str(w.folder / 'x'), '--user', OWNER, '--password-file', w.file('pw', 'lab')]):
            cloud = [] if words[0] == 'setup' else ['--cloud', w.url]
            result = w.run(*words, *cloud, '--cloud-ca', path)
            expect(result.code, 2, f'{words[0]} with {path}', result)
            assert path in result.err and '--cloud-ca' in result.err, result.err
    w.check_cloud_unasked()


def lookups(w):
    return w.ask_cloud('/sim/requests')['classes']['serial_numbers']['taken']


def row_serials_kept(w):
    """What a serial number is, is asked once, whatever asks."""
    w.cloud()
    w.device()
    w.expect_done(w.setup())
    kept = w.folder / '.cache' / 'usher' / 'serials'
    expect(kept.stat().st_mode & 0o777, 0o600, 'mode of the file')
    expect(kept.parent.stat().st_mode & 0o777, 0o700, 'mode of its folder')
    assert SERIAL in kept.read_text() and SECRET not in kept.read_text(), kept.read_text()
    once = lookups(w)
    expect(once, 1, 'lookups')
    w.expect_done(w.setup())
    expect(private(w, 'cloud', 'check', SERIAL).code, 0, 'check')
    expect(lookups(w), once, 'lookups after a second setup and a check')
