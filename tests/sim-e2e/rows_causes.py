# SPDX-License-Identifier: Apache-2.0
"""What went wrong is told with its reason, however long what it is about."""
import os

from world import OWNER, expect

LENGTHS = (346, 1000, 4000)


def long_path(w, length):
    """A path below the row's folder that is not there, of names that could be."""
    path = str(w.folder / 'nowhere')
    while len(path) < length:
        path += '/' + 'n' * min(100, length - len(path) - 1)
    return path[:-4] + '.end'


def check_reason(w, words, path, reason, code=2):
    result = w.run(*words)
    expect(result.code, code, 'exit code', result)
    cause = next(line for line in result.err.splitlines() if 'Cause: ' in line or reason in line)
    for part in (reason, path[:40], '.end'):
        assert part in cause, f'{part!r} is not in {cause!r}'
    if len(path) < 400:
        assert path in cause, f'there was room for {path} in {cause!r}'


def setup_words(w, option, path):
    words = w.arguments(claim='none')
    if option in ('--label', '--image'):
        del words[words.index('--label'):words.index('--label') + 2]
    return [*words, option, path]


def row_long_paths(w):
    """No reason is cut off, be the path longer than a line or as long as paths get."""
    absent = os.strerror(2)
    for length in LENGTHS:
        path = long_path(w, length)
        check_reason(w, setup_words(w, '--label', path), path, absent)
        check_reason(w, setup_words(w, '--image', path), path, absent)
        check_reason(w, setup_words(w, '--profile', path), path, absent)
        check_reason(w, setup_words(w, '--wifi-password-file', path), path, absent)
        check_reason(w, ['doctor', '--label', path], path, absent)
        check_reason(w, ['doctor', '--profile', path], path, absent)
        check_reason(w, ['label', path], path, absent)
        account = w.arguments(claim='user')
        check_reason(w, [*account, '--token-file', path], path, 'there is no such file', code=18)
        check_reason(w, [*account, '--cloud-ca', path], path, absent)
        check_reason(w, ['whoami', '--token-file', path], path, 'there is no such file', code=18)
        check_reason(w, ['login', '--user', OWNER, '--password-file', path], path, absent)
        check_reason(w, ['cloud', 'check', '--from', path], path, absent)
        check_reason(w, ['cloud', 'check', path], path, 'is no device id', code=2)
        check_reason(w, [*account, '--profile', w.file('long.ini', f'[wifi]\npassword-file = {path[-150:]}\n')],
                     path[-150:], absent)


def row_hostile_paths(w):
    """A name that would move the cursor, end the line or write backwards is shown, and does none of it."""
    path = str(w.folder / 'a\x1b[2J\x9b\nb\u202ec')
    for words in (setup_words(w, '--label', path), setup_words(w, '--profile', path), ['doctor', '--label', path],
                  ['whoami', '--token-file', path]):
        result = w.run(*words)
        assert result.code in (2, 18), result.err
        cause = next(line for line in result.err.splitlines() if 'Cause: ' in line)
        assert str(w.folder / 'a?[2J? b?c') in cause, repr(cause)
        for bad in ('\x1b', '\x9b', '\u202e'):
            assert bad not in result.err, repr(result.err)
