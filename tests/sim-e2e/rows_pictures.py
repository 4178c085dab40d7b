# SPDX-License-Identifier: Apache-2.0
"""Pictures as people make them: several stickers on one, a carton's other codes, what a phone saves."""
import pathlib

from rows_scan import Screen
from world import SERIAL, expect

OTHER = 'ARNHAM000000002'
PICTURES = pathlib.Path(__file__).parent.parent / 'wire' / 'pictures'


def two(w):
    return w.sticker('--text', f'{OTHER} ABCDEFGHJKLMNPR')


def row_stickers_serial(w):
    """Of two stickers on a picture --serial takes one, by all or the last six characters."""
    w.cloud()
    w.device()
    w.expect_done(w.setup('--image', two(w), '--serial', '000001'))
    result = w.run('label', '--serial', SERIAL.lower(), two(w))
    expect(result.code, 0, 'exit code', result)
    assert SERIAL in result.out and OTHER not in result.out, result.out


def row_stickers_without_serial(w):
    result = w.setup('--image', two(w), claim='none')
    w.expect_fault(result, 'label-ambiguous', 10)
    assert SERIAL in result.err and OTHER in result.err and '--serial' in result.err, result.err
    result = w.setup('--image', two(w), '--serial', 'ARNHAM000000003', claim='none')
    w.expect_fault(result, 'label-ambiguous', 10)
    assert 'ARNHAM000000003 tells none of them' in result.err, result.err


def row_sticker_of_another(w):
    """The one sticker on a picture, or in a file, is not that of the device that --serial names."""
    for label in (['--image', w.sticker()], ['--label', w.label()]):
        result = w.setup(*label, '--serial', OTHER, claim='none')
        w.expect_fault(result, 'config', 2)
        assert f'that of {SERIAL}, and not of --serial {OTHER}' in result.err, result.err


def row_stickers_asked(w):
    """At a terminal it is asked which one is meant, until the answer is one of them."""
    w.cloud()
    w.device()
    t = Screen(w, [word for word in w.arguments('--image', two(w)) if word != '--no-input'])
    for answer in ('000003', '000001'):
        t.wait_for('Which one? ')
        t.type(answer + '\n')
    code, screen = t.end()
    expect(code, 0, f'exit code\n{screen}')
    assert 'None of them is called so.' in screen, screen


def row_carton(w):
    """Code 128, GS1, QR and other data matrices beside the sticker are no trouble; without it they are no label."""
    w.secrets = []
    result = w.run('label', '--show-secret', str(PICTURES / 'box' / 'sticker-among-codes.jpg'))
    expect(result.code, 0, 'exit code', result)
    assert 'ARNHAB000ABCDEF' in result.out and 'abcDEF123456789' in result.out, result.out
    for name in ('codes-without-sticker.jpg', 'serial-alone.jpg'):
        result = w.run('label', str(PICTURES / 'box' / name))
        expect(result.code, 10, 'exit code', result)
        expect(result.out, '', 'standard output')


def row_phone_formats(w):
    for name in ('tiles.heic', 'lossy.webp', 'exif6.jpg', 'plain.avif'):
        result = w.run('label', str(PICTURES / 'formats' / name))
        expect(result.code, 0, f'exit code of {name}', result)
        assert 'ARNHAB000ABCDEF' in result.out, result.out
