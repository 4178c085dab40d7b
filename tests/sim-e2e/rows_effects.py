# SPDX-License-Identifier: Apache-2.0
"""What a virtual device and the virtual cloud say that was set: --effects."""
import signal

import effects
from world import OWNER, SERIAL, SSID, expect


def effects_of_two_setups(w, *options, repeats):
    """The device's MODE button brings it back into listening mode between them."""
    path = w.folder / 'effects'
    w.cloud()
    w.device('--effects', str(path), *options)
    w.expect_done(w.setup())
    first = w.effects(path)
    w.press(signal.SIGUSR1)
    w.expect_done(w.setup())
    lines = w.effects(path)
    assert {(e['who'], e['serial']) for e in lines} == {('device', SERIAL)}, lines
    assert [e['time'] for e in lines] == sorted(e['time'] for e in lines), lines
    expect({e['effect']: e['to'] for e in lines if e['effect'] == 'wifi-joined'}, {'wifi-joined': SSID}, 'network')
    expect(effects.judge(lines, undone=('listening-stopped',)), ([], repeats), 'what happened twice, and repeats')
    expect(effects.judge(lines)[0], [(SERIAL, 'listening-stopped')], 'what the button took back')
    return ([(e['effect'], e['changed']) for e in part] for part in (first, lines[len(first):]))


def row_effects_of_device(w):
    """Set up twice: what stays has changed once, and the second time is told as what it is."""
    first, second = effects_of_two_setups(w, repeats=1)
    expect(first, [('claim-code', True), ('wifi-joined', True), ('listening-stopped', True)], 'first')
    expect(second, [('wifi-joined', False), ('listening-stopped', True)], 'second')


def row_effects_of_old_device(w):
    """The same with a setup flag in flash."""
    first, second = effects_of_two_setups(w, '--os', '3.3.1', repeats=2)
    expect(sorted(first), [(name, True) for name in ('claim-code', 'listening-stopped', 'setup-done', 'wifi-joined')], 'first')
    expect(sorted(second), [('listening-stopped', True), ('setup-done', False), ('wifi-joined', False)], 'second')


def row_effects_of_cloud(w):
    """Both programs write to one file. Set up twice: the cloud has claimed and named the device once."""
    path = w.folder / 'effects'
    w.cloud(options=('--effects', str(path)))
    w.device('--effects', str(path))
    said = []
    for _ in range(2):
        before = len(said)
        w.expect_done(w.setup('--name', 'Lamp'))
        w.press(signal.SIGUSR1)
        said = w.effects(path)
    assert {(e['who'], e['serial']) for e in said} == {('device', SERIAL), ('cloud', SERIAL), ('cloud', None)}, said
    cloud = [[(e['effect'], e['to'], e['changed']) for e in part if e['who'] == 'cloud' and e['serial']]
             for part in (said[:before], said[before:])]
    expect([e for e in cloud[0] if e[0] in ('claimed', 'renamed')], [('claimed', OWNER, True), ('renamed', 'Lamp', True)], 'first')
    expect([e for e in cloud[1] if e[2] and e[0] not in ('online', 'offline')], [], 'what changed the second time')
    expect(effects.judge(said, undone=('listening-stopped', 'online', 'offline'))[0], [], 'what happened twice')
