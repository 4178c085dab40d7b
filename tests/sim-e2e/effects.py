# SPDX-License-Identifier: Apache-2.0
"""Judges lines of `usher-sim device --effects`: an effect happens once to a device, however often it is asked for."""
from collections import Counter


def judge(lines, undone=()):
    """What has changed a device twice, as (serial, effect), and how often something was set that was so before.
    undone: effects that the test itself takes back meanwhile, with a button or a reset. What concerns no one device has no
    serial number, and may happen any number of times."""
    changes = Counter((e['serial'], e['effect']) for e in lines
                      if e['changed'] and e['serial'] is not None and e['effect'] not in undone)
    return sorted(key for key, n in changes.items() if n > 1), sum(not e['changed'] for e in lines)
