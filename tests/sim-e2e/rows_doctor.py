# SPDX-License-Identifier: Apache-2.0
"""What usher says when something is wrong: the light, the gateway, the device."""
from world import expect


def row_light(w):
    result = w.run('light', 'blinking cyan, 2 orange')
    expect(result.code, 0, 'exit code', result)
    assert 'no internet' in result.out and 'What to do:' in result.out, result.out
    result = w.run('light', '--json', 'two', 'orange', 'blinks', 'after', 'cyan')
    expect(list(result.last), ['v', 'key', 'light', 'meaning', 'advice', 'fault'], 'keys')
    expect((result.last['key'], result.last['fault']), ('cloud-no-internet', 'device-no-internet'), 'light', result)
    expect(w.run('light', '--json', 'breathing cyan').last['fault'], None, 'fault of a good light')


def row_light_list(w):
    words, objects = w.run('light', '--list'), w.run('light', '--list', '--json')
    expect((words.code, objects.code), (0, 0), 'exit codes')
    assert len(objects.events) > 30, len(objects.events)
    faults = w.faults()
    for light in objects.events:
        assert light['meaning'] in words.out and light['advice'] in words.out, light
        assert light['fault'] is None or light['fault'] in faults, light
    expect(len({light['key'] for light in objects.events}), len(objects.events), 'different keys')


def row_light_misread(w):
    """A word that is not known is named, and what is known is listed."""
    result = w.run('light', 'blinking mauve')
    expect((result.code, result.out), (2, ''), 'mauve', result)
    for word in ("'mauve'", 'cyan', 'orange', 'usher light --list'):
        assert word in result.err, (word, result.err)
    for words in (['light'], ['light', 'blinking'], ['light', 'x' * 500]):
        result = w.run(*words)
        expect((result.code, result.out), (2, ''), f'{words}', result)
        assert result.err, words
