#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""heif_grid.py COLUMNS WIDTH HEIGHT TURNS OUT TILE... - one HEIC picture of tiles, as phones write it. Each TILE is a
HEIC file of heif-enc with one picture, all of one size; the tiles lie in rows of COLUMNS, are cut to WIDTH x HEIGHT, and
shown turned left by TURNS quarters. heif-enc cannot write such files."""
import struct
import sys


def box(kind, *content):
    body = b''.join(content)
    return struct.pack('>I4s', 8 + len(body), kind) + body


def full(kind, flags, *content, version=0):
    return box(kind, struct.pack('>I', version << 24 | flags), *content)


def boxes(data):
    at = 0
    while at < len(data):
        size, kind = struct.unpack('>I4s', data[at:at + 8])
        size = size or len(data) - at
        yield kind, data[at + 8:at + size]
        at += size


def find(data, *path):
    for kind in path:
        data = next(body for k, body in boxes(data) if k == kind)
        if kind == b'meta':
            data = data[4:]
    return data


def tile_of(path):
    """hvcC, ispe and coded bytes; heif-enc writes iloc version 0 or 1 with one extent in the file."""
    with open(path, 'rb') as file:
        data = file.read()
    properties = find(data, b'meta', b'iprp', b'ipco')
    coded = next(body for kind, body in boxes(data) if kind == b'mdat')
    return find(properties, b'hvcC'), find(properties, b'ispe'), coded


def main():
    columns, width, height, turns = map(int, sys.argv[1:5])
    tiles = [tile_of(path) for path in sys.argv[6:]]
    rows = len(tiles) // columns
    grid_id = len(tiles) + 1
    grid = struct.pack('>BBBBII', 0, 1, rows - 1, columns - 1, width, height)
    infos = [full(b'infe', 1, struct.pack('>HH4sB', i + 1, 0, b'hvc1', 0), version=2) for i in range(len(tiles))]
    infos.append(full(b'infe', 0, struct.pack('>HH4sB', grid_id, 0, b'grid', 0), version=2))
    properties = box(b'ipco', box(b'hvcC', tiles[0][0]), box(b'ispe', tiles[0][1]),
                     full(b'ispe', 0, struct.pack('>II', width, height)), box(b'irot', bytes([turns])))
    belongs = b''.join(struct.pack('>HBBB', i + 1, 2, 0x81, 2) for i in range(len(tiles)))
    belongs += struct.pack('>HBBB', grid_id, 2, 3, 0x84)
    lengths = [len(t[2]) for t in tiles] + [len(grid)]
    reference = full(b'iref', 0, box(b'dimg', struct.pack('>HH', grid_id, len(tiles)),
                                     *(struct.pack('>H', i + 1) for i in range(len(tiles)))))

    def meta(start):
        places, at = b'', start
        for i, length in enumerate(lengths):
            places += struct.pack('>HHHII', i + 1, 0, 1, at, length)
            at += length
        return full(b'meta', 0, full(b'hdlr', 0, bytes(4), b'pict', bytes(13)),
                    full(b'pitm', 0, struct.pack('>H', grid_id)),
                    full(b'iloc', 0, struct.pack('>HH', 0x4400, len(lengths)), places),
                    full(b'iinf', 0, struct.pack('>H', len(infos)), *infos), reference,
                    box(b'iprp', properties, full(b'ipma', 0, struct.pack('>I', len(tiles) + 1), belongs)))

    kind = box(b'ftyp', b'heic', bytes(4), b'mif1', b'heic')
    start = len(kind) + len(meta(0)) + 8
    with open(sys.argv[5], 'wb') as file:
        file.write(kind + meta(start) + box(b'mdat', *(t[2] for t in tiles), grid))


if __name__ == '__main__':
    main()
