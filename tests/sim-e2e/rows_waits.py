# SPDX-License-Identifier: Apache-2.0
"""What is told of a wait while it lasts: to a person at a terminal, to a log, and to a program."""
import re

from rows_terminal import Terminal
from world import expect

HINT = 'hold MODE until it blinks dark blue'


def progress(result):
    return [e for e in result.events if e['event'] == 'progress']


def ticks(result, step):
    """How long the step had taken, as its events tell; they come at most once a second."""
    found = [e['elapsed_ms'] for e in progress(result) if e['step'] == step]
    assert found and found[0] > 1000, result.out
    for one, next_one in zip(found, found[1:]):
        assert next_one - one >= 999, found
    return found


def row_wait_live(w):
    """One line, rewritten in place: how long, of how long, and what to do."""
    words = w.arguments(claim='none')
    t = Terminal(w, words, {**w.environment(), 'TERM': 'xterm'})
    line = re.compile(r'\r\033\[K  Looking for the device \.\.\. (\d+) s of 60, ' + HINT + '$')
    seen = [int(line.search(t.wait_for(HINT)).group(1)) for _ in range(7)]
    expect(seen, sorted(set(seen)), 'seconds: each once')
    assert 1 <= seen[0] <= 3 and seen[-1] >= 7, seen
    shown = t.wait_for(HINT)
    assert '\n' not in shown, shown
    t.type('\003')
    code, screen = t.end()
    expect(code, 130, f'exit code\n{screen}')


def row_wait_lines(w):
    """Without a terminal a line after 10 s, not with --quiet; events are the same."""
    words = w.arguments('--json', '--timeout', '13', claim='none')
    loud, quiet = w.spawn(words), w.spawn([*words, '--quiet'])
    loud, quiet = w.finish(loud), w.finish(quiet)
    w.expect_fault(loud, 'device-not-found', 11)
    told = re.findall(r'^  Looking for the device \.\.\. (\d+) s of 60, (.*)$', loud.err, re.M)
    expect([what for _, what in told], [HINT], 'lines', loud)
    assert 10 <= int(told[0][0]) <= 12, told
    assert ' s of 60' not in quiet.err, quiet.err
    for result in loud, quiet:
        assert len(ticks(result, 'find')) >= 5, result.out
        expect({(e['step'], e['limit_ms'], e['cause'], e['part'], e['whole']) for e in progress(result)},
               {('find', 60000, None, 0, 0)}, 'progress', result)


def row_wait_join(w):
    """A join is told with the limit of one join."""
    w.device('--join-ms', '3500')
    result = w.setup(claim='none')
    w.expect_done(result)
    expect({e['limit_ms'] for e in progress(result) if e['step'] == 'wifi-join'}, {110000}, 'limit', result)
    assert len(ticks(result, 'wifi-join')) >= 2, result.out


def row_wait_says_why(w):
    """Two steps that wait at once take turns, and the device's own word is the cause."""
    w.cloud()
    w.device('--fault', 'no-address')
    result = w.setup('--timeout', '12')
    for one, next_one in zip(progress(result), progress(result)[1:]):
        assert one['step'] != next_one['step'] or one['step'] not in ('online', 'verify-owner'), result.out
    expect({e['limit_ms'] for e in progress(result) if e['step'] == 'online'}, {300000}, 'limit', result)
    expect({e['limit_ms'] for e in progress(result) if e['step'] == 'verify-owner'}, {660000}, 'limit', result)
    assert any(e['cause'] for e in progress(result)), result.out
