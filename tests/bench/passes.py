# SPDX-License-Identifier: Apache-2.0
"""passes.py BUILD [USHER]: what a setup with a claim code costs a device whose loop takes up to 100 ms a pass, at an
interval of 30 ms: from the first handshake byte to stop listening, without the 300 ms for which the virtual device switches
its coprocessor on, medians. With another usher (of an earlier build) the
two take turns, against the same virtual devices, and the ratio is printed. Numbers, no judgement."""
import os
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'sim-e2e'))
from world import World  # noqa: E402

SMALL = 'USHER_SMALL' in os.environ
RUNS, LOOPS = (1, (100,)) if SMALL else (11, (1, 30, 100, 200))
COPROCESSOR_MS = 300
ROWS = ('session', 'identity', 'set-claim-code', 'wifi-choose', 'wifi-join', 'setup-done')


def one(build, usher, loop, seed):
    """Milliseconds of each row, all of them together, and exchanges."""
    with World(build) as w:
        w.usher = usher or w.usher
        w.cloud()
        w.device('--interval-ms', '30', '--loop-ms', str(loop), '--loop-seed', str(seed), '--dtls-ms', '0', '--join-ms', '0')
        result = w.run(*w.arguments('--json'))
        if result.code:
            sys.exit(f'exit code {result.code}\n{result.err}')
        done = {e['step']: e['ms'] for e in result.events if e.get('state') == 'done'}
        ms = [done.get(row, 0) - (COPROCESSOR_MS if row == 'wifi-join' else 0) for row in ROWS]
        return [*ms, sum(ms), result.last['exchanges']]


def main():
    build, *other = sys.argv[1:]
    ushers = {'this': None, **({'other': other[0]} if other else {})}
    print(f'# usher setup with a claim code, join at once, interval 30 ms, medians of {RUNS}')
    print(f'| loop | usher | {" | ".join(ROWS)} | all, ms | target | exchanges | target |')
    print('|---:|---|' + '---:|' * (len(ROWS) + 4))
    for loop in LOOPS:
        runs = {name: [] for name in ushers}
        for seed in range(RUNS):
            for name, usher in ushers.items():
                runs[name].append(one(build, usher, loop, seed))
        total = {}
        for name, found in runs.items():
            *ms, total[name], exchanges = (statistics.median(column) for column in zip(*found))
            print(f'| {loop} ms | {name} | {" | ".join(f"{m:.0f}" for m in ms)} | {total[name]:.0f} | '
                  f'{"1400" if loop == 100 else "-"} | {exchanges:.0f} | 5 |')
        if other:
            print(f'| {loop} ms | this / other | {"| " * len(ROWS)}| {total["this"] / total["other"]:.2f} | | | |')


if __name__ == '__main__':
    main()
