# SPDX-License-Identifier: Apache-2.0
"""What keeps a modem from its network: a battery, an APN, a card that is not there."""
from world import SECRET, expect

BORON = 'B40HAB000ABCDEF'


def boron(w, *options, device=(), fault='device-offline', code=17):
    w.device('--platform', 'boron', *device, serial=BORON)
    result = w.setup(*options, claim='none', wifi=False, label=w.file('label-boron', f'{BORON} {SECRET}\n'))
    w.expect_fault(result, fault, code)
    return result


def row_battery_empty(w):
    """Two percent, as the device says itself: told within a minute, not after ten."""
    result = boron(w, device=('--fault', 'low-power'))
    assert 'battery that is at 2 percent' in result.err, result.err
    assert 'modem is not registered' not in result.err, result.err
    assert result.last['ms'] < 60000, result.last


def row_sim_slot_empty(w):
    world = w.file('world.ini', '[cellular]\ninternal = ok\nexternal = none\n')
    result = boron(w, '--sim', 'external', device=('--world', world, '--boot-ms', '50'), fault='sim',
                   code=16)
    assert 'is there a card in the slot?' in result.err, result.err


def apn(w, *options):
    world = w.file('world.ini', '[cellular]\ninternal = ok\nexternal = ok\napn = m2m.example\nregister-ms = 200\n')
    w.device('--platform', 'boron', '--world', world, '--boot-ms', '50', serial=BORON)
    result = w.setup('--sim', 'external', '--timeout', '30', *options, claim='none', wifi=False,
                     label=w.file('label-boron', f'{BORON} {SECRET}\n'))
    expect(result.last['outcome'], 'failed', 'outcome', result)
    assert 'internal' not in result.err, result.err
    return result


def row_apn_wrong(w):
    assert 'the APN "internet"' in apn(w, '--apn', 'internet').err


def row_apn_missing(w):
    assert 'no APN was given' in apn(w).err
