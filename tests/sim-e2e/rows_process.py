# SPDX-License-Identifier: Apache-2.0
"""What the process itself may be short of, and how it ends: its child, files' sizes, descriptors, a full disk."""
import os
import pathlib
import re
import resource
import select
import signal
import subprocess

from world import DEVICE_ID, OWNER, PASSWORD, SERIAL, SSID, TOKEN, expect


def child_of(pid):
    while not (words := pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text().split()):
        os.sched_yield()
    return int(words[0])


def row_decoder_ends_with_usher(w):
    """The decoder outlives nobody: usher is killed while a picture is still being read."""
    picture = str(w.folder / 'picture')
    os.mkfifo(picture)
    process = w.spawn(['label', picture])
    with open(picture, 'wb') as out:
        decoder = child_of(process.pid)
        while pathlib.Path(f'/proc/{decoder}/comm').read_text() != 'usher-decode\n':
            os.sched_yield()
        handle = os.pidfd_open(decoder)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert select.select([handle], [], [], 1)[0], 'the decoder goes on'
        os.close(handle)


def verbs(w):
    """One command line of every verb that prints on standard output, in a world where each succeeds."""
    cloud = ['--cloud', w.url, '--token-file', w.file('token', TOKEN)]
    radio = ['--radio', f'sim:{w.air}']
    plan = ['setup', '--label', w.label(), *radio, *cloud, '--wifi-ssid', SSID, '--wifi-password-file',
            w.file('wifi', PASSWORD), '--dry-run']
    return [*(words.split() for words in ('help', 'help setup', 'help --faults', 'help --completion', 'version', '--help',
                                          'setup --help', 'light --list', 'light breathing cyan')),
            ['label', w.sticker()], ['devices', *radio, '--seconds', '1'], ['doctor', *radio, *cloud], ['whoami', *cloud],
            ['cloud', 'check', DEVICE_ID, *cloud], plan]


def into(w, path, words, **more):
    with open(path, 'w') as out:
        return subprocess.run([w.usher, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True,
                              env=w.environment(), timeout=60, **more)


def row_full_disk(w):
    """What could not be printed was not done, of every verb, in words and in JSON, and is told once."""
    w.cloud()
    w.device()
    for words in verbs(w):
        for json in ([], ['--json']):
            r = into(w, '/dev/full', [*words, *json])
            assert r.returncode > 0, (words, json, r)
            expect(r.stderr.count('standard output could not be written: No space left on device.'), 1, f'{words} {json}')
            assert 'Input/output' not in r.stderr and 'of its own' not in r.stderr, (words, json, r)


def row_full_disk_events(w):
    """A setup goes on without anybody to tell it to, and says that events are missing."""
    w.cloud()
    w.device()
    words = ['setup', '--label', w.label(), '--radio', f'sim:{w.air}', '--cloud', w.url, '--token-file', w.file('token', TOKEN),
             '--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD), '--json']
    r = into(w, '/dev/full', words)
    expect(r.returncode, 1, 'exit code')
    assert 'Done in' in r.stderr and 'standard output could not be written' in r.stderr, r
    words = ['wifi', 'list', '--json', '--label', w.label(), '--radio', f'sim:{w.air}']
    w.device_end()
    w.device()
    r = into(w, '/dev/full', words)
    assert r.returncode == 1 and 'standard output could not be written' in r.stderr, r
    login = ['login', '--cloud', w.url, '--user', OWNER, '--password-file', w.file('password', 'lab'), '--json']
    for words in [*login, '--save', str(w.folder / 'kept')], ['logout', '--cloud', w.url, '--token-file', str(w.folder / 'kept'), '--json']:
        r = into(w, '/dev/full', words)
        expect(r.returncode, 1, f'exit code of {words[0]}')
        assert 'standard output could not be written' in r.stderr and 'of its own' not in r.stderr, r


def limited(resource_, value):
    """For a process that is to start with this limit."""
    return lambda: resource.setrlimit(resource_, (value, value))


def row_few_descriptors(w):
    """However few files usher may open: it does its work, or says that it is this, never something else."""
    if b'__asan_init' in pathlib.Path(w.usher).read_bytes():
        print('a sanitizer needs files of its own')
        return
    w.cloud()
    w.device()
    named = 'usher wants room for 32 more. Raise the limit (ulimit -n'
    commands = [words for words in verbs(w) if words[0] in ('label', 'devices', 'doctor', 'whoami', 'cloud')]
    commands += [words[:-1] for words in verbs(w) if '--dry-run' in words]
    for words in commands:
        for n in range(3, 35):
            r = into(w, str(w.folder / 'out'), words, preexec_fn=limited(resource.RLIMIT_NOFILE, n))
            if n == 3:
                expect(r.returncode, 127, f'{words}: the loader cannot open a library')
                continue
            expect(r.returncode, 2, f'{words} {n}')
            assert named in r.stderr, (words, n, r)
        code = 0 if words[0] == 'setup' else into(w, str(w.folder / 'out'), words).returncode
        for n in range(35, 36 if words[0] == 'setup' else 41):
            r = into(w, str(w.folder / 'out'), words, preexec_fn=limited(resource.RLIMIT_NOFILE, n))
            expect(r.returncode, code, f'{words} {n}')
            assert 'oo many' not in r.stderr, (words, n, r)
    r = subprocess.run([w.usher, *commands[0], '--json'], capture_output=True, text=True, env=w.environment(),
                       preexec_fn=limited(resource.RLIMIT_NOFILE, 12))
    assert '"fault":"config"' in r.stdout and 'Raise the limit' in r.stdout, r
    for words in 'help', 'version', 'light --list':
        expect(into(w, str(w.folder / 'out'), words.split(), preexec_fn=limited(resource.RLIMIT_NOFILE, 4)).returncode, 0, words)
    soft = subprocess.run([w.usher, *commands[0]], capture_output=True, text=True, env=w.environment(),
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 4096)))
    expect(soft.returncode, 0, soft)  # what may be raised is raised


def row_file_size_limit(w):
    """A file that may not grow is told as that, on standard output, too; no signal ends usher."""
    w.cloud()
    w.device()
    out = str(w.folder / 'out')
    for words in verbs(w):
        for size in 0, 4:
            r = into(w, out, words, preexec_fn=limited(resource.RLIMIT_FSIZE, size))
            assert r.returncode > 0, (words, r)
            expect(r.stderr.count('standard output could not be written: File too large.'), 1, f'{words}')


def kept(w):
    """What usher keeps by itself: name -> bytes."""
    return {f.relative_to(w.folder): f.read_bytes() for where in ('.local', '.cache') for f in (w.folder / where).rglob('*')
            if f.is_file()}


def row_file_size_limit_of_records(w):
    """Records, tokens and reports that may not grow: the reason is named, and none is left half written."""
    w.cloud()
    report, token = w.folder / 'report', w.folder / 'saved'
    words = ['setup', '--label', w.label(), '--radio', f'sim:{w.air}', '--cloud', w.url, '--token-file', w.file('token', TOKEN),
             '--wifi-ssid', SSID, '--wifi-password-file', w.file('wifi', PASSWORD), '--name', 'Lamp {n}', '--report', str(report)]
    out = str(w.folder / 'out')
    for size in 0, 10, 30:  # within the line of a number (28 bytes), a serial number's and a finished setup's
        w.device()
        r = into(w, out, words, preexec_fn=limited(resource.RLIMIT_FSIZE, size))
        w.device_end()
        assert r.returncode >= 0 and 'Input/output' not in r.stderr, r
        assert re.search(r'The report \S+ could not be written: File too large', r.stderr), r
        assert size == 30 or re.search(r'the number .* cannot be kept .*: File too large', r.stderr), r
        assert all(not data or data.endswith(b'\n') for data in kept(w).values()), kept(w)
        login = ['login', '--cloud', w.url, '--user', OWNER, '--password-file', w.file('password', 'lab'), '--save', str(token)]
        r = into(w, out, login, preexec_fn=limited(resource.RLIMIT_FSIZE, size))
        assert r.returncode > 0 and 'the token cannot be kept in' in r.stderr and ': File too large' in r.stderr, r
        assert not [f.name for f in w.folder.iterdir() if f.name.startswith(('report', 'saved'))]
    assert f'1 {SERIAL} Lamp {{n}}\n'.encode() in kept(w).values(), kept(w)
