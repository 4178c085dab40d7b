# SPDX-License-Identifier: Apache-2.0
"""Lists by libusher, as another program runs them (tests/lib/host-list.c): through crashes, several at once, changed between
runs."""
import json
import os
import signal
import subprocess

from rows_claim import PRODUCT, product
from rows_lib import compiled
from world import OWNER, PASSWORD, SSID, TOKEN, expect


def site(w, name='site.ini', ssid=SSID, more=''):
    w.file('wifi.password', PASSWORD)
    network = f'[wifi]\nssid = {ssid}\npassword-file = wifi.password\n' if ssid else ''
    return w.file(name, f'[setup]\nclaim = user\n{more}{network}')


def command(w, what, *lists, profile=None, more=()):
    words = {'radio': f'sim:{w.air}', 'cloud': w.url, 'token-file': w.file('token', TOKEN), 'list-journal': w.folder / 'lists',
             'finished-file': w.folder / 'finished', 'numbers-file': w.folder / 'numbers'}
    return [str(c) for c in (w.build / 'tests/lib/host-list', what, profile or site(w), *lists,
                             *(f'{key}={value}' for key, value in words.items()), *more)]


class Run:
    def __init__(self, w, process, out, err):
        lines = out.splitlines()
        self.code, self.out, self.err = process.returncode, out, err
        self.events = [json.loads(line) for line in lines if line.startswith('{')]
        self.rows = [line.split() for line in lines if not line.startswith('{')]
        w.check_no_secret(out + err, 'what the program wrote')

    @property
    def last(self):
        return self.events[-1]

    def results(self):
        return [(e['serial'], e['outcome']) for e in self.events if e['event'] == 'result']

    def states(self):
        return [(state, when) for _, state, when, _ in self.rows]


def host(w, what, *lists, environment=None, **options):
    process = subprocess.run(command(w, what, *lists, **options), capture_output=True, text=True, timeout=120, check=False,
                             env={**os.environ, **(environment or {})})
    return Run(w, process, process.stdout, process.stderr)


def summary(run):
    return tuple(run.last[k] for k in ('event', 'done', 'failed', 'pending', 'cancelled', 'exit'))


def all_done(w, run, n, before=0):
    expect((run.code, summary(run)), (0, ('summary', n, 0, 0, 0, 0)), 'the end', run)
    expect(sorted(run.states()), sorted([('done', 'before')] * before + [('done', 'now')] * (n - before)), 'rows', run)


def cloud_devices(w):
    return {d['serial']: d for d in w.ask_cloud('/sim/state')['devices']}


def owned(w, rows):
    known = cloud_devices(w)
    expect([(known[r['serial']]['owner'], known[r['serial']]['online']) for r in rows], [(OWNER, True)] * len(rows), 'in the cloud')


def world(w, n, *options, here=None, **columns):
    """A cloud and n new devices of a list, of which the first `here` are there."""
    path, rows = w.new_list(n, **columns)
    w.cloud()
    there(w, rows[:here], *options)
    return path, rows


def there(w, rows, *options):
    text = ''.join(f'{r["serial"]},{r["secret"]}\n' for r in rows)
    w.devices(w.file(f'there-{rows[0]["serial"]}.csv', 'serial,secret\n' + text), *options)


def row_lib_list(w):
    """A list becomes devices online, several at once, and each event is one of its row."""
    path, rows = world(w, 6)
    run = host(w, 'run', path, more=['list-slots=3'])
    all_done(w, run, 6)
    owned(w, rows)
    expect(sorted(run.results()), sorted((r['serial'], 'done') for r in rows), 'results', run)
    assert all(e['job'] for e in run.events if e['event'] != 'summary'), run.out
    again = host(w, 'run', path)
    all_done(w, again, 6, before=6)
    expect(again.results(), [], 'nothing is done again', again)


def killed_at(w, path, wanted, **options):
    """Runs until a device is at that step, and ends it as a power cut of the process would."""
    process = subprocess.Popen(command(w, 'run', path, **options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        event = json.loads(line)
        if (event['event'], event.get('step'), event.get('state')) == ('step', *wanted):
            break
    process.kill()
    out, err = process.communicate(timeout=30)
    expect(process.returncode, -signal.SIGKILL, 'how it ended')
    return line + out + err


def row_lib_list_killed(w):
    """SIGKILL at different steps: every device ends done, and what is done is not done again."""
    path, rows = world(w, 5)
    w.check_no_secret(killed_at(w, path, ('session', 'done'), more=['list-slots=2']), 'the first run')
    killed_at(w, path, ('wifi-join', 'started'), more=['list-slots=2'])
    killed_at(w, path, ('setup-done', 'done'), more=['list-slots=2'])
    run = host(w, 'run', path, more=['list-slots=2'])
    expect((run.code, summary(run)), (0, ('summary', 5, 0, 0, 0, 0)), 'the end', run)
    owned(w, rows)
    for name in os.listdir(w.folder / 'lists'):
        journal = (w.folder / 'lists' / name).read_bytes()
        assert not any(row['secret'].encode() in journal for row in rows), name
        expect(oct((w.folder / 'lists' / name).stat().st_mode & 0o777), '0o600', name)


def row_lib_list_stopped(w):
    """Stopped: the steps in hand end, what was not begun is cancelled, and the same list goes on."""
    path, rows = world(w, 4, '--join-ms', '1500')
    run = host(w, 'stop', path, more=['list-slots=1'])
    expect((run.code, summary(run)), (130, ('summary', 0, 0, 0, 4, 130)), 'stopped', run)
    steps = [(e['step'], e['state']) for e in run.events if e['event'] == 'step']
    assert ('wifi-join', 'done') in steps, steps
    expect([outcome for _, outcome in run.results()], ['cancelled'], 'results', run)
    all_done(w, host(w, 'run', path), 4)
    owned(w, rows)


def row_lib_list_second(w):
    """Another process is refused, with the pid of the first one, which goes on."""
    path, _ = world(w, 2, '--join-ms', '3000')
    first = subprocess.Popen(command(w, 'run', path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first.stdout.readline()
    run = host(w, 'run', path)
    expect(run.code, 2, 'exit code', run)
    assert f'process {first.pid}' in run.err or f'pid {first.pid}' in run.err or str(first.pid) in run.err, run.err
    out, err = first.communicate(timeout=60)
    all_done(w, Run(w, first, out, err), 2)


def row_lib_list_changed(w):
    """Another name changes nothing of what is done; another network does, and a new row is one more to do."""
    path, rows = world(w, 2, here=1)
    with_one, with_two = (w.file('list.csv', 'label,name\n' + ''.join(f'{r["serial"]} {r["secret"]},{name}\n' for r in part))
                          for part, name in ((rows[:1], 'a'), (rows, 'b')))
    w.file('list.csv', f'label,name\n{rows[0]["serial"]} {rows[0]["secret"]},a\n')
    all_done(w, host(w, 'run', with_one), 1)
    process = w.device_process
    w.file('list.csv', 'label,name\n' + ''.join(f'{r["serial"]} {r["secret"]},b\n' for r in rows))
    there(w, rows[1:])
    all_done(w, host(w, 'run', with_two), 2, before=1)
    expect(sorted(cloud_devices(w)[r['serial']]['name'] for r in rows), ['a', 'b'], 'names')
    process.send_signal(signal.SIGUSR1)
    w.device_process.send_signal(signal.SIGUSR1)
    again = host(w, 'run', with_two, profile=site(w, ssid='usher-lab-5'))
    expect(sorted(serial for serial, _ in again.results()), sorted(r['serial'] for r in rows), 'done again', again)


def row_lib_list_failed(w):
    """A row that failed is tried again by the next run, with the secret that is in the list then."""
    path, rows = world(w, 2)
    wrong = w.file('list.csv', f'serial,secret\n{rows[0]["serial"]},{rows[0]["secret"]}\n{rows[1]["serial"]},ZZZZZZZZZZZZZZZ\n')
    for _ in range(2):
        run = host(w, 'run', wrong)
        expect((run.code, summary(run)), (24, ('summary', 1, 1, 0, 0, 24)), 'a wrong secret', run)
        expect([row[1:] for row in run.rows][1], ['failed', 'now', 'secret-mismatch'], 'rows', run)
    w.file('list.csv', f'serial,secret\n{rows[0]["serial"]},{rows[0]["secret"]}\n{rows[1]["serial"]},{rows[1]["secret"]}\n')
    all_done(w, host(w, 'run', wrong), 2, before=1)


def row_lib_list_two(w):
    """Two lists in one context, each with its journal and its rows."""
    path, rows = world(w, 4)
    lists = [w.file(f'list-{i}.csv', 'serial,secret\n' + ''.join(f'{r["serial"]},{r["secret"]}\n' for r in part))
             for i, part in enumerate((rows[:2], rows[2:]))]
    run = host(w, 'run', *lists)
    expect(sorted(run.states()), [('done', 'now')] * 4, 'rows', run)
    expect([e['done'] for e in run.events if e['event'] == 'summary'], [2, 2], 'summaries', run)
    expect(len([n for n in os.listdir(w.folder / 'lists') if n.endswith('.db')]), 2, 'journals')
    owned(w, rows)


def row_lib_list_freed(w):
    """Freed at work, as a crash: the next run goes on."""
    path, _ = world(w, 2)
    expect(host(w, 'free', path).code, 0, 'exit code')
    all_done(w, host(w, 'run', path), 2)


def row_lib_list_forked(w):
    """A child that fork() makes in the middle frees everything, and the list goes on."""
    path, _ = world(w, 2)
    all_done(w, host(w, 'forked', path), 2)


def row_lib_list_asked(w):
    """A profile without a network: it is asked for once, and kept for the rows that follow."""
    path, rows = world(w, 3)
    run = host(w, 'run', path, profile=site(w, ssid=''), more=['list-slots=1', 'interactive=yes'],
               environment={'HOST_SSID': SSID, 'HOST_PASSWORD': PASSWORD})
    all_done(w, run, 3)
    expect(len([e for e in run.events if e['event'] == 'question']), 1, 'questions', run)
    all_done(w, host(w, 'run', path, profile=site(w, ssid='')), 3, before=3)


def row_lib_list_token(w):
    """A token that is refused ends the list; with another one the same list goes on."""
    path, rows = world(w, 3)
    words = command(w, 'run', path, more=['list-slots=1'])
    w.file('token', 'f' * 40)
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    run = Run(w, done, done.stdout, done.stderr)
    expect((run.code, summary(run)), (18, ('summary', 0, 1, 0, 2, 18)), 'the end', run)
    all_done(w, host(w, 'run', path), 3)


def row_lib_list_wrong(w):
    """What is wrong with the list is told row by row; with the journal in a sentence."""
    path, rows = world(w, 2)
    wrong = w.file('wrong.csv', f'label,profile\n{rows[0]["serial"]} {rows[0]["secret"]},missing.ini\nnonsense,\n')
    run = host(w, 'plan', wrong)
    expect(run.code, 2, 'exit code', run)
    assert [row[:2] for row in run.rows] == [['line', '2:'], ['line', '3:']], run.out
    assert 'wrong.csv has 2 errors, and nothing was done; the first, line 2: the profile missing.ini' in run.err, run.err
    plan = host(w, 'plan', path)
    expect((plan.code, plan.last['event'], plan.last['devices'], plan.last['cloud']), (0, 'list', 2, w.url), 'the plan', plan)
    expect(os.path.exists(w.folder / 'lists'), False, 'a journal of a plan')
    all_done(w, host(w, 'run', path), 2)
    [key] = (w.folder / 'lists').glob('*.key')
    [journal] = (w.folder / 'lists').glob('*.db')
    kept = key.read_bytes()
    key.unlink()
    run = host(w, 'run', path)
    assert run.code == 2 and 'is gone: put it back, or remove the journal' in run.err, run.err
    key.write_bytes(b'x' * 32)
    key.chmod(0o600)
    run = host(w, 'run', path)
    assert run.code == 2 and 'sealed with another key' in run.err, run.err
    key.write_bytes(kept)
    all_done(w, host(w, 'run', path), 2, before=2)
    journal.write_bytes(b'nonsense ' * 1000)
    run = host(w, 'run', path)
    assert run.code == 2 and str(journal) in run.err, run.err


def row_lib_list_removed(w):
    """A row that is taken out before its device was begun is let go."""
    path, rows = world(w, 3, '--join-ms', '1500')
    lines = [f'{r["serial"]},{r["secret"]}\n' for r in rows]
    chosen = w.file('list.csv', 'serial,secret\n' + ''.join(lines))
    expect(host(w, 'stop', chosen, more=['list-slots=1']).code, 130, 'stopped')
    w.file('list.csv', 'serial,secret\n' + ''.join(lines[:2]))
    all_done(w, host(w, 'run', chosen), 2)
    expect([cloud_devices(w)[r['serial']]['owner'] is not None for r in rows], [True, True, False], 'owned')


def row_lib_list_example(w):
    """The 50 lines of examples/libusher-list.c set a list up, and keep its journal where usher does."""
    program, known = compiled(w, 'libusher-list.c', 50)
    path, rows = world(w, 3)
    words = ['radio', f'sim:{w.air}', 'cloud', w.url, 'token-file', w.file('token', TOKEN)]
    for before in (0, 3):
        done = subprocess.run([program, site(w), path, *words], capture_output=True, text=True, timeout=90, env=known, check=False)
        run = Run(w, done, done.stdout, done.stderr)
        expect((run.code, summary(run), run.err), (0, ('summary', 3, 0, 0, 0, 0), ''), 'the end', run)
        expect(len(run.results()), 3 - before, 'results', run)
    owned(w, rows)
    expect(len(os.listdir(w.folder / 'state/usher/lists')) > 1, True, 'the journal')


def shop(w, secret='shh-secret'):
    """Devices for a customer whom the product's OAuth client signs in: list, rows, profile."""
    path, rows = w.new_list(3)
    w.cloud(clients=[{'id': 'shop-1', 'secret': 'shh-secret', 'product_id': PRODUCT}], **product())
    there(w, rows)
    w.file('oauth', secret)
    text = (f'[setup]\nclaim = customer\nproduct = {PRODUCT}\ncustomer = kim@example.com\noauth-client = shop-1\n'
            'oauth-secret-file = oauth\n[wifi]\nssid = usher-lab\npassword-file = wifi.password\n')
    w.file('wifi.password', PASSWORD)
    return path, rows, w.file('shop.ini', text)


def row_lib_list_customer(w):
    """One sign-in for all rows, before the first is begun."""
    path, rows, profile = shop(w)
    all_done(w, host(w, 'run', path, profile=profile, more=['list-slots=3', 'token-file=']), 3)
    expect({cloud_devices(w)[row['serial']]['owner'] for row in rows}, {'kim@example.com'}, 'owners')
    expect(w.ask_cloud('/sim/requests')['routes']['POST /v1/products/:product/customers']['n'], 1, 'sign-ins')


def row_lib_list_customer_refused(w):
    """Nobody is signed in: no device is begun, and the list says why."""
    path, _, profile = shop(w, secret='another-secret')
    run = host(w, 'run', path, profile=profile, more=['list-slots=3', 'token-file='])
    expect((run.code, run.results(), run.last['exit']), (2, [], 2), 'the end', run)
    expect(run.states(), [('cancelled', 'now')] * 3, 'rows', run)


def row_list_customer(w):
    """usher setup --from signs the customer in for all rows, and gives the token back."""
    path, rows, profile = shop(w)
    result = w.run('setup', '--from', path, '--slots', '3', '--radio', f'sim:{w.air}', '--cloud', w.url, '--profile', profile)
    expect(result.code, 0, 'exit code', result)
    expect({cloud_devices(w)[row['serial']]['owner'] for row in rows}, {'kim@example.com'}, 'owners')
    routes = w.ask_cloud('/sim/requests')['routes']
    expect([routes[route]['n'] for route in ('POST /v1/products/:product/customers', 'DELETE /v1/access_tokens/current')], [1, 1],
           'sign-ins and sign-outs')
