# SPDX-License-Identifier: Apache-2.0
"""fifty.py BUILD USAGE - a list of 50 devices (connection interval 30 ms, loop 100 ms, joins of 2 s) on one adapter: seconds from
the start to all online, owned and named, by slots; what a job at work weighs; what the cloud was asked, by kind, and how near that
came to its limits. Numbers; it fails only if a device was not done, or something was done twice."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'sim-e2e'))
from fleet import Fleet  # noqa: E402
from world import World  # noqa: E402

SMALL = 'USHER_SMALL' in os.environ
DEVICES, SLOTS, MANY = (6, (1, 5), 6) if SMALL else (50, (1, 2, 3, 5), 25)
TARGET_S, TARGET_KIB = 60, 200


def measured(build, usage, count, slots):
    """Seconds to the end, which comes when the last is named; peak KiB; what the cloud counted."""
    with World(build) as w:
        fleet = Fleet(w, count, slots)
        fleet.check_done(fleet.start(usage))
        fleet.check_effects()
        us, kib = fleet.errors.read_text().splitlines()[-1].split()
        return int(us) / 1e6, int(kib), w.ask_cloud('/sim/requests')


def main():
    build, usage = sys.argv[1:]
    print(f'# usher setup --from, {DEVICES} devices, one adapter')
    print('| slots | all online, owned, named | target | against one slot | peak KiB |\n|---:|---:|---:|---:|---:|')
    alone = counted = None
    for slots in SLOTS:
        seconds, kib, counted = measured(build, usage, DEVICES, slots)
        alone = alone or seconds
        target = TARGET_S if slots == max(SLOTS) and not SMALL else '-'
        print(f'| {slots} | {seconds:.1f} s | {target} | {alone / seconds:.2f} | {kib} |', flush=True)
    few, many = (measured(build, usage, MANY, slots)[1] for slots in (1, MANY))
    print(f'| a job at work, {MANY} at once | {(many - few) / (MANY - 1):.0f} KiB | {TARGET_KIB} | | |')
    print(f'\n| what the cloud was asked, {max(SLOTS)} slots | times | a device |\n|---|---:|---:|')
    for kind, entry in sorted(counted['routes'].items()):
        print(f'| {kind} | {entry["n"]} | {entry["n"] / DEVICES:.2f} |')
    print('| limit | fullest | refused |\n|---|---:|---:|')
    for name, used in counted['classes'].items():
        print(f'| {name}: {used["limit"]} in {used["window_s"]} s | {used["peak"]} | {used["refused"]} |')


if __name__ == '__main__':
    main()
