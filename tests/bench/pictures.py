# SPDX-License-Identifier: Apache-2.0
"""pictures.py BUILD MAKER USAGE: how long photographs of 12, 24 and 48 megapixels take through usher label, each format, and
how much memory. Numbers; only a sticker that is not read makes the exit status 1."""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

FORMATS = pathlib.Path(__file__).parent.parent / 'wire' / 'pictures' / 'formats'
SIZES = ((4032, 3024), (5712, 4284), (8064, 6048))
if 'USHER_SMALL' in os.environ:
    SIZES = SIZES[:1]
TEXT = b'ARNHAB000ABCDEF abcDEF123456789'


def make(maker, folder, width, height):
    subprocess.run([maker, folder, str(width), str(height)], check=True)
    tiles = sorted(pathlib.Path(folder).glob('tile-*.heic'))
    # a grid has 256 tiles in each direction at most, as many as there are here
    subprocess.run([sys.executable, FORMATS / 'heif_grid.py', str(-(-width // 512)), str(width), str(height), '1',
                    f'{folder}/tiles.heic', *map(str, tiles)], check=True)
    for tile in tiles:
        tile.unlink()


def measure(usher, usage, path):
    """CPU seconds, wall seconds, peak memory in MB, whether the sticker was read."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([usage, usher, 'label', '--show-secret', path], capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall_us, peak_kb = done.stderr.split()[-2:]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, int(wall_us) / 1e6, int(peak_kb) / 1024, all(part in done.stdout for part in TEXT.split())


def main():
    build, maker, usage = sys.argv[1:]
    usher, missed = f'{build}/setup/cli/usher', 0
    print('| picture | megapixels | file, MB | CPU, s | wall, s | peak memory, MB | read |')
    print('|---|---:|---:|---:|---:|---:|---|')
    for width, height in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            make(maker, folder, width, height)
            for path in sorted(pathlib.Path(folder).iterdir()):
                cpu, wall, peak, read = measure(usher, usage, path)
                missed += not read
                print(f'| {path.name} | {width * height / 1e6:.0f} | {path.stat().st_size / 1e6:.1f} | {cpu:.2f} | '
                      f'{wall:.2f} | {peak:.0f} | {"yes" if read else "NO"} |', flush=True)
    sys.exit(missed > 0)


if __name__ == '__main__':
    main()
