# SPDX-License-Identifier: Apache-2.0
"""A list whose program is killed over and over: run to its end by the same command every device is done, and nothing was done
twice."""
import os
import random
import signal
import subprocess
import time

from fleet import Fleet
from world import expect

LONG = 'USHER_LONG' in os.environ
KILLS, DEVICES = (200, 300) if LONG else (30, 60)
POINTS = ('after-claim', 'after-effect', 'before-commit')
BACK_MS = 15000
FIFTY, TARGET_S = 50, 60
PASSINGS = (1, 2, 3, 5, 8, 13) if LONG else (1, 4, 9)


def row_list_kills(w):
    """Killed at random moments."""
    seed = int(os.environ.get('USHER_SEED') or random.SystemRandom().randrange(1 << 32))
    print(f'{KILLS} kills, {DEVICES} devices, USHER_SEED={seed}', flush=True)
    moments, fleet, killed = random.Random(seed), Fleet(w, DEVICES), 0
    while killed < KILLS:
        process = fleet.start()
        try:
            code = process.wait(moments.uniform(0.3, 3))
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if code != -signal.SIGKILL:
            break
        killed += 1
        # the cloud counts requests by its clock: for it a machine that died comes back after a while, not two hundred times in minutes
        w.ask_cloud('/sim/clock', {'advance_ms': BACK_MS})
        if fleet.journals.exists():
            fleet.check_journal(f'after kill {killed}')
    print(f'{killed} of {KILLS} kills', flush=True)
    end(fleet)
    expect(killed, KILLS, 'kills before the list was done')


def row_list_kill_points(w):
    """Killed between the store's word and the first step, between an effect and its record, before a commit."""
    fleet = Fleet(w, 4 * len(PASSINGS))
    for passing in PASSINGS:
        for point in POINTS:
            process = fleet.start(USHER_KILL_AT=f'{point}:{passing}')
            expect(process.wait(120), -signal.SIGKILL, f'how it ended at {point}:{passing}')
            fleet.check_journal(f'after {point}:{passing}')
    end(fleet)


def end(fleet):
    """Run to its end. A job at which usher has died three times at one step is given up, for it may be the cause; the same command
    asks for it anew."""
    for _ in range(3):
        process = fleet.start()
        if process.wait(60 + 10 * fleet.count) != 24:
            break
    fleet.check_done(process)
    fleet.check_effects()
    failed = [e for e in fleet.told() if e['event'] == 'result' and e['outcome'] != 'done']
    expect([e for e in failed if 'usher has ended by itself' not in (e['cause'] or '')], [], 'other results')
    print(f'{len(failed)} given up and asked for anew')


def row_list_fifty(w):
    """50 devices on one adapter of five slots: how long it takes is a benchmark's (tests/bench/fifty.py), here it has five times that."""
    fleet, began = Fleet(w, FIFTY), time.monotonic()
    fleet.check_done(fleet.start())
    took = time.monotonic() - began
    fleet.check_effects()
    print(f'{FIFTY} devices: {took:.1f} s')
    assert took < 5 * TARGET_S, took
    counted = w.ask_cloud('/sim/requests')['classes']
    expect({name: used['refused'] for name, used in counted.items() if used['refused']}, {}, 'requests over a limit of the cloud')
