# SPDX-License-Identifier: Apache-2.0
"""What can go wrong with the account and the cloud's API."""
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
    api_fault(w, 'POST /v1/device_claims 403', 'cloud-refused', 19)


def row_cloud_404(w):
    api_fault(w, 'POST /v1/device_claims 404', 'cloud-not-found', 19)


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
    w.device()
    w.expect_fault(w.setup(), 'cloud-unreachable', 19)


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
