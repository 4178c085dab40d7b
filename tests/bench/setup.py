# SPDX-License-Identifier: Apache-2.0
"""setup.py BUILD USAGE - what a setup costs: wall time, exchanges and memory of `usher setup` against a virtual device at
several connection intervals and loops of its firmware with the cloud answering at once, and the time to --help. Medians; numbers, no judgement."""
import json
import os
import pathlib
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'sim-e2e'))
from world import World  # noqa: E402

# interval, loop, from a picture
WAYS = ((0, 0, False), (30, 0, False), (30, 1, False), (30, 30, False), (30, 100, False), (50, 0, False), (50, 100, False),
        (30, 0, True))
RUNS, STARTS = 7, 30
if 'USHER_SMALL' in os.environ:
    RUNS, STARTS, WAYS = 1, 3, (WAYS[0], WAYS[1], WAYS[-1])
LOCAL = ('session', 'identity', 'set-claim-code', 'wifi-choose', 'wifi-join', 'setup-done')


def measured(usage, words, environment):
    r = subprocess.run([usage, *words], capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL)
    us, kib = r.stderr.splitlines()[-1].split()
    if r.returncode:
        sys.exit(f'{words}: exit code {r.returncode}\n{r.stderr}')
    return int(us) / 1000, int(kib), r.stdout


def local_ms(events):
    """From the first handshake byte to stop listening: all of it, and the join alone."""
    done = {e['step']: e['ms'] for e in events if e.get('state') == 'done'}
    return sum(done.get(step, 0) for step in LOCAL), done['wifi-join']


def one(build, usage, interval, loop, image, seed):
    with World(build) as w:
        w.cloud()
        w.device('--interval-ms', str(interval), '--loop-ms', str(loop), '--loop-seed', str(seed), '--dtls-ms', '0')
        sticker = ('--image', w.sticker('--rotate', '10')) if image else ()
        ms, kib, out = measured(usage, [w.usher, *w.arguments('--json', *sticker)], w.environment())
        events = [json.loads(line) for line in out.splitlines()]
        return ms, *local_ms(events), events[-1]['exchanges'], kib


def main():
    build, usage = sys.argv[1:]
    print('# usher setup against a virtual Argon, medians of', RUNS)
    print('| interval | loop | wall ms | local ms, join taken out | target | exchanges | target | peak KiB | target |')
    print('|---:|---:|---:|---:|---:|---:|---:|---:|---:|')
    joining = 0  # the virtual device's own time for it, as seen without a connection interval
    at_once = {}  # local ms at an interval without a loop: a loop of 1 ms may cost one interval more
    for interval, loop, image in WAYS:
        runs = [one(build, usage, interval, loop, image, seed) for seed in range(RUNS)]
        wall, local, join, exchanges, kib = (statistics.median(column) for column in zip(*runs))
        joining = joining or join
        if loop == 0:
            at_once[interval] = local
        target = {0: '800', 1: f'{at_once.get(30, 0) - joining + 30:.0f}'}.get(loop, '-') if interval == 30 else '-'
        print(f'| {interval} ms{", picture" if image else ""} | {loop} ms | {wall:.0f} | {local - joining:.0f} | {target} | {exchanges:.0f} | 6 '
              f'| {kib:.0f} | {"-" if image else 16384} |')
    with World(build) as w:
        for words in (['--help'], ['setup', '--help']):
            times = [measured(usage, [w.usher, *words], w.environment())[0] for _ in range(STARTS)]
            print(f'| usher {" ".join(words)} | {statistics.median(times):.1f} ms | target 10 ms |')


if __name__ == '__main__':
    main()
