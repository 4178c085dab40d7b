# SPDX-License-Identifier: Apache-2.0
"""claims.py BUILD USAGE - what `usher cloud` costs for 200 devices against a virtual cloud that answers at once: wall time,
requests per device and peak memory, a row for each way to say which devices; and what the cloud counted against its
limits. Numbers; it fails only if a device was not done."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'sim-e2e'))
from rows_batch import MANY, PRODUCT, cloud_with, device, listed  # noqa: E402
from world import TOKEN, World  # noqa: E402

WAYS = (
    ('claim by id', 'id', ('claim',), {}),
    ('claim by serial number, of a product', 'serial', ('claim', '--product', str(PRODUCT)), {'product_id': PRODUCT}),
    ('add to a product and claim', 'id', ('add-to-product', '--product', str(PRODUCT), '--claim-user', 'team@example.com'), {}),
)


def main():
    build, usage = sys.argv[1:]
    print(f'# usher cloud, {MANY} devices from a list\n| what | wall | requests each | peak KiB | fullest limit of the cloud |')
    for title, key, words, more in WAYS:
        with World(build) as w:
            rows = [device(n, **more) for n in range(MANY)]
            cloud_with(w, rows)
            command = [usage, w.usher, 'cloud', *words, '--json', '--cloud', w.url, '--token-file', w.file('token', TOKEN),
                       '--from', listed(w, rows, key)]
            r = subprocess.run(command, capture_output=True, text=True, env=w.environment(), stdin=subprocess.DEVNULL)
            us, kib = r.stderr.splitlines()[-1].split()
            if r.returncode or json.loads(r.stdout.splitlines()[-1])['done'] != MANY:
                sys.exit(f'{title}: exit code {r.returncode}\n{r.stderr}')
            counted = w.ask_cloud('/sim/requests')
            fullest = max(counted['classes'].items(), key=lambda c: c[1]['peak'] / c[1]['limit'])
            print(f'| {title} | {int(us) / 1e6:.2f} s | {counted["total"] / MANY:.2f} | {kib} | '
                  f'{fullest[0]}: {fullest[1]["peak"]} of {fullest[1]["limit"]} |')


if __name__ == '__main__':
    main()
