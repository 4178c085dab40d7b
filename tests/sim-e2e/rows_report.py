# SPDX-License-Identifier: Apache-2.0
"""usher setup --report FILE: what a stranger needs to help, and nothing that opens anything or names anybody."""
import json
import os
import signal
import stat

from rows_faults import interrupted
from world import DEVICE_ID, OWNER, PASSWORD, SECRET, SERIAL, SSID, TOKEN, expect

KEYS = ['v', 'date', 'verb', 'radio', 'account', 'system', 'result', 'device', 'wifi', 'diagnosis', 'inspection',
        'timeline', 'timeline_dropped']


def read(w, result, path):
    with open(path, encoding='utf-8') as f:
        text = f.read()
    expect(stat.S_IMODE(os.stat(path).st_mode), 0o600, 'mode')
    for secret in (SECRET, PASSWORD, TOKEN, SSID, OWNER):
        assert secret not in text, (secret, text)
    state = w.folder / 'state.json'
    if state.exists():
        for code in json.loads(state.read_text())['claim_codes']:
            assert code['code'] not in text, (code, text)
    report = json.loads(text)
    expect(list(report), KEYS, 'keys')
    expect((report['result']['outcome'], report['result']['fault']), (result.last['outcome'], result.last['fault']), 'result')
    expect([n for n in os.listdir(w.folder) if n.startswith('report.') and n != 'report.json'], [], 'files left behind')
    return report


def row_report(w):
    w.cloud(options=('--state', str(w.folder / 'state.json')))
    w.device()
    path = w.file('report.json', 'what was there before')
    result = w.setup('--report', path)
    w.expect_done(result)
    assert json.loads((w.folder / 'state.json').read_text())['claim_codes'], 'there is no claim code to look for'
    report = read(w, result, path)
    device = report['device']
    expect((device['serial'], device['id'], device['platform'], device['owner'], device['online']),
           (SERIAL, DEVICE_ID, 'argon', 'me', True), 'device')
    assert [i['name'] for i in device['interfaces']], device
    assert report['system']['kernel'].startswith('Linux ') and report['system']['usher'], report['system']
    assert report['inspection']['modules'] and 'sys:uptime' in report['inspection']['diagnostics'], report['inspection']
    expect(report['wifi']['chosen'] is not None, True, 'the network')
    steps = [(e['step'], e['state']) for e in report['timeline'] if 'step' in e]
    for event in (e for e in result.events if e['event'] == 'step'):
        assert (event['step'], event['state']) in steps, event
    times = [e['at'] for e in report['timeline']]
    expect(times, sorted(times), 'times')


def row_report_failed(w):
    """The network's name stands in what usher says, and not in the report."""
    w.cloud()
    w.device()
    path = str(w.folder / 'report.json')
    result = w.setup('--report', path, password='wrong battery staple')
    w.expect_fault(result, 'wifi-password', 15)
    assert SSID in result.err, result.err
    report = read(w, result, path)
    assert '(network)' in report['result']['cause'], report['result']
    chosen = report['wifi']['chosen']
    expect((chosen['seen'], chosen['rssi'], chosen['channel'], chosen['security']), (True, -48, 6, 'wpa2'), 'chosen')
    expect(report['device']['owner'], 'hidden', 'owner')


def row_report_not_begun(w):
    path = str(w.folder / 'report.json')
    result = w.setup('--report', path, '--image', w.file('text.png', 'no picture'), claim='none')
    w.expect_fault(result, 'label-unreadable', 10)
    expect(read(w, result, path)['timeline'], [], 'timeline')


def row_report_cancelled(w):
    path = str(w.folder / 'report.json')
    arguments = w.arguments
    w.arguments = lambda *options, **more: arguments(*options, '--report', path, **more)
    result = interrupted(w, signal.SIGINT)
    report = read(w, result, path)
    assert any(e.get('step') == 'wifi-join' for e in report['timeline']), report['timeline']


def row_report_refused(w):
    """A place that cannot be written is refused before the device is touched."""
    w.cloud()
    w.device()
    for path in (f'{w.folder}/nowhere/report.json', str(w.folder)):
        result = w.setup('--report', path)
        w.expect_fault(result, 'config', 2)
        assert path in result.err, result.err
    w.check_cloud_unasked()


def row_report_of_others(w):
    """The other verbs have it, too; and a device that refuses everything is still set up."""
    w.device('--platform', 'boron', '--active-sim', '1', '--fault', 'result=90:-150', '--fault', 'result=100:-150')
    path = str(w.folder / 'report.json')
    result = w.run('wifi', 'list', '--json', '--radio', f'sim:{w.air}', '--label', w.label(), '--report', path)
    expect(json.load(open(path, encoding='utf-8'))['verb'], 'wifi', 'verb')
    result = w.setup('--report', path, claim='none', wifi=False)
    w.expect_done(result)
    report = read(w, result, path)
    expect((report['inspection']['modules'], report['inspection']['diagnostics']), ([], None), 'refused')


def row_report_of_finished(w):
    """One that is set up already ends as it does without a report."""
    w.cloud()
    w.device()
    w.expect_done(w.setup())
    path = str(w.folder / 'report.json')
    result = w.setup('--report', path)
    w.expect_done(result)
    expect(read(w, result, path)['inspection'], None, 'what nobody could be asked')


def row_report_place_gone(w):
    """The setup is done, and says so; that the report could not be written is said beside it."""
    w.device()
    folder = w.folder / 'reports'
    folder.mkdir()
    usher = w.spawn(w.arguments('--json', '--report', str(folder / 'report.json'), claim='none'))
    for line in usher.stdout:
        if '"step":"connect"' in line and '"started"' in line:
            break
    folder.rmdir()
    out, err = usher.communicate(timeout=60)
    expect(usher.returncode, 0, 'exit code')
    assert '"outcome":"done"' in out and 'could not be written' in err, (out, err)
