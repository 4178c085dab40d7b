# SPDX-License-Identifier: Apache-2.0
"""A camera, which a file of frames plays (tests/unit/label/camera/film): from what it sees to devices online."""
import os
import shutil

from rows_scanner import SECOND, Reading, results, two_devices
from world import SECRET, SERIAL, expect


class Camera:
    """usher with a usher-scan beside it whose camera is a file: what it sees is a picture, without one it is unplugged."""

    def __init__(self, w):
        self.w, self.path = w, str(w.folder / 'camera')
        room = w.folder / 'installed'
        room.mkdir()
        for program in ('setup/cli/usher', 'setup/label/usher-decode', 'tests/unit/label/camera/film/usher-scan'):
            shutil.copy(w.build / program, room)
        w.usher = str(room / 'usher')
        w.secrets.append(SECOND[1])

    def sees(self, serial, secret, *options):
        os.rename(self.w.sticker(*options, text=f'{serial} {secret}'), self.path)

    def unplug(self):
        os.unlink(self.path)

    def words(self, *options):
        found = self.w.arguments('--label', '?', *options)
        at = found.index('?')
        return [*found[:at - 1], '--camera', self.path, *found[at + 1:]]


def row_camera_to_online(w):
    """A sticker that is held up is read twice, and its device set up."""
    w.cloud()
    w.device()
    camera = Camera(w)
    camera.sees(SERIAL, SECRET, '--rotate', '30', '--noise', '5')
    x = Reading(w, camera.words('--count', '1', '--json'))
    result = x.end(None)
    w.expect_done(result)
    expect(result.last['serial'], SERIAL, 'serial number', result)
    assert w.cloud_device()['online'], w.cloud_device()


def row_camera_unplugged(w):
    """Unplugged between two stickers: it is said, waited for, and goes on; one that stays in view is one scan."""
    two_devices(w)
    camera = Camera(w)
    camera.sees(SERIAL, SECRET)
    x = Reading(w, camera.words('--count', '2', '--json'))
    x.wait_for('Done in ')
    camera.unplug()
    x.wait_for('was unplugged: plug it in again')
    camera.sees(*SECOND[:2])
    x.wait_for('It is back.')
    result = x.end(None)
    expect(results(result), [(SERIAL, 'done'), (SECOND[0], 'done')], 'results', result)
    expect(len([e for e in result.events if e['event'] == 'scan']), 2, 'scans', result)


def row_camera_absent(w):
    """What to do about a camera that is not there is said, and nothing is waited for."""
    w.cloud()
    camera = Camera(w)
    result = Reading(w, camera.words('--json')).end(None)
    expect(result.code, 2, 'exit code', result)
    expect(result.last['fault'], 'scanner', 'fault', result)
    assert 'plug it in' in result.err, result.err
