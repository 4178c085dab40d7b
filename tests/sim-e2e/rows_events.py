# SPDX-License-Identifier: Apache-2.0
"""--json of every verb. (That each line fits the table of events is looked at wherever a row asks for --json: world.py.)"""
import json

import events
from world import DEVICE_ID, OWNER, TOKEN, expect

# what each verb is asked that works here, and what it then writes
GOOD = {
    'label': [[], ['label', 'summary']],
    'scan': [[], ['scan', 'summary']],
    'devices': [['--seconds', '1'], ['device']],
    'doctor': [[], ['check', 'verdict']],
    'light': [['breathing cyan'], ['light']],
    'whoami': [[], ['account']],
    'cloud': [['check', DEVICE_ID], ['item', 'summary']],
    'help': [[], ['help']],
    'version': [[], ['version']],
}
DEVICE_VERBS = {'setup': [], 'update': [], 'repair': ['setup-done'], 'wifi': ['list']}


def verbs(w):
    rows = [e['row'] for e in w.run('help', '--json').events]
    return {row['verb']: row['arguments'] for row in rows}


def told(result):
    return sorted({e['event'] for e in result.events})


def row_json_every_verb(w):
    """Each verb has --json, and every event of the table is written by one of them, but for a question: it stands in
    what keeps jobs, and is asked at the terminal here."""
    w.cloud()
    w.device('--join-ms', '2500')  # long enough for a progress event
    account = ['--cloud', w.url, '--token-file', w.file('token', TOKEN)]
    GOOD['label'][0] = GOOD['scan'][0] = [w.sticker()]
    GOOD['devices'][0] += ['--radio', f'sim:{w.air}']
    GOOD['doctor'][0] = [*account, '--radio', f'sim:{w.air}', '--device-cloud', w.device_cloud()]
    GOOD['whoami'][0] += account
    GOOD['cloud'][0] += account
    seen = set()
    for verb, (words, wanted) in GOOD.items():
        result = w.run(verb, '--json', *words)
        assert set(wanted) <= set(told(result)), f'{verb}: {result.out}\n{result.err}'
        seen |= set(told(result))
    for verb, words in DEVICE_VERBS.items():
        result = w.run(verb, '--json', *words, '--label', w.label(), '--radio', f'sim:{w.air}', *(account if verb in ('setup', 'update') else []))
        assert result.last['event'] == 'result', result.out
        seen |= set(told(result))
    result = w.setup('--dry-run')
    seen |= set(told(result))
    result = w.run('setup', '--json', '--dry-run', '--from', w.new_list(2)[0], *account)
    seen |= set(told(result))
    kept = str(w.folder / 'kept')
    login = w.run('login', '--json', '--user', OWNER, '--password-file', w.file('password', 'lab'), '--cloud', w.url, '--save', kept)
    logout = w.run('logout', '--json', '--cloud', w.url, '--token-file', kept)
    seen |= {*told(login), *told(logout)}
    expect((login.last['user'], login.last['token']), (OWNER, kept), 'login', login)
    expect(set(verbs(w)), {*GOOD, *DEVICE_VERBS, 'login', 'logout'}, 'verbs that were tried')
    expect(seen, set(events.table(w.usher)) - {'*', '+', 'question'}, 'events that were seen')


def row_json_usage_error(w):
    """A wrong command line ends with a result, whatever the verb; so does a verb that is none."""
    for verb in [*verbs(w), 'setpu']:
        for words in (['--json', '--nonsense'], ['--nonsense', '--json'], ['--no-such=1', '--jso']):
            result = w.run(verb, *words)
            line = json.loads(result.out)
            expect((result.code, line['event'], line['fault'], line['exit'], line['outcome']),
                   (2, 'result', 'usage', 2, 'failed'), f'usher {verb} {words}', result)
            assert line['cause'] and line['cause'] in result.err, result.err
        expect(w.run(verb, '--nonsense').out, '', 'without --json')


def row_json_cause(w):
    """The result, and a step that failed, say the cause that standard error tells."""
    w.cloud()
    config = w.run(*w.arguments('--json', claim='nobody'))
    expect((config.last['fault'], config.last['exit']), ('config', 2), 'fault', config)
    assert 'nobody' in config.last['cause'], config.out
    token = w.run('whoami', '--json', '--cloud', w.url, '--token-file', str(w.folder / 'none'))
    expect((token.last['event'], token.code > 0), ('result', True), 'a token that is not there', token)
    w.device()
    wrong = w.setup(password='incorrect horse')
    failed = [e for e in wrong.events if e['event'] == 'step' and e['state'] == 'failed']
    expect([(e['step'], e['fault']) for e in failed], [('wifi-join', wrong.last['fault'])], 'steps that failed', wrong)
    expect(failed[0]['cause'], wrong.last['cause'], 'cause', wrong)
    assert failed[0]['light'], failed
    expect(wrong.last['device']['rssi'] is None or wrong.last['device']['rssi'] < 0, True, 'signal', wrong)
