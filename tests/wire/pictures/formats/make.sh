#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make.sh BUILD - makes the pictures of this folder again: one sticker that never existed, in every format that is read.
# upright.png is what all of them show. Needs imagemagick, webp, libheif-examples and a build of usher.
set -eu
cd "$(dirname "$0")"
room=$(mktemp -d)
trap 'rm -r "$room"' EXIT
"$1/tests/sim/usher-sim" sticker --text "ARNHAB000ABCDEF abcDEF123456789" --out "$room/large.png" --size 320x240 --module 4 \
    --rotate 20 --blur 0.5 --seed 3
convert "$room/large.png" -gravity center -crop 176x144+0+0 +repage -strip upright.png
base=$PWD/upright.png
cd "$room"

# what a camera writes: the rows of the file are not those that a person sees
n=1
for turn in '' -flop '-rotate 180' -flip -transpose '-rotate 270' -transverse '-rotate 90'; do
    convert "$base" $turn -quality 75 turned.jpg
    python3 - turned.jpg exif$n.jpg $n <<'EOF'
import struct, sys
data = open(sys.argv[1], 'rb').read()
order = '<>'[int(sys.argv[3]) % 2]
tiff = (b'II*\0' if order == '<' else b'MM\0*') + struct.pack(order + 'IHHHIHHHHIHHI', 8, 2, 0x10f, 2, 1, 0, 0x112, 3, 0, 1, 0, 0, 0)
tiff = tiff[:10] + struct.pack(order + 'HHII', 0x10f, 2, 1, 0) + struct.pack(order + 'HHIHHI', 0x112, 3, 1, int(sys.argv[3]), 0, 0)
exif = b'Exif\0\0' + tiff
open(sys.argv[2], 'wb').write(data[:2] + b'\xff\xe1' + struct.pack('>H', 2 + len(exif)) + exif + data[2:])
open('exif' + sys.argv[3], 'wb').write(tiff)
EOF
    n=$((n + 1))
done
convert "$base" -rotate 270 turned.png
cwebp -quiet -q 60 turned.png -o turned.webp
webpmux -set exif exif6 turned.webp -o exif6.webp
python3 - turned.png exif6.png exif6 <<'EOF'
import struct, sys, zlib
data, tiff = (open(sys.argv[i], 'rb').read() for i in (1, 3))
chunk = b'eXIf' + tiff
open(sys.argv[2], 'wb').write(data[:33] + struct.pack('>I', len(tiff)) + chunk + struct.pack('>I', zlib.crc32(chunk)) + data[33:])
EOF

convert "$base" -interlace JPEG -quality 60 progressive.jpg
convert "$base" -colorspace CMYK -quality 60 inks.jpg
convert "$base" -fill '#ff8000' -tint 20 -sampling-factor 4:2:0 -quality 60 colour.jpg

convert "$base" -depth 16 -define png:bit-depth=16 -define png:color-type=0 -define png:exclude-chunks=all deep.png
convert "$base" -colors 32 -define png:color-type=3 palette.png
convert "$base" -interlace PNG interlaced.png
# nothing but the ink is there, and what is not there has the colour of ink
convert "$base" -negate -threshold 50% mask.png
convert -size 176x144 xc:black mask.png -alpha off -compose CopyOpacity -composite -define png:color-type=4 clear.png
convert clear.png -define png:color-type=6 clear-colour.png
convert -size 176x144 xc:white -colors 2 clear.png -composite -threshold 50% ink.png
convert ink.png -depth 8 gray:ink.raw
python3 - ink.raw clear-palette.png <<'EOF'
import struct, sys, zlib
W, H, raw = 176, 144, open(sys.argv[1], 'rb').read()
rows = b''.join(b'\0' + bytes(b > 127 for b in raw[y * W:y * W + W]) for y in range(H))
def chunk(kind, body):
    return struct.pack('>I', len(body)) + kind + body + struct.pack('>I', zlib.crc32(kind + body))
open(sys.argv[2], 'wb').write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', W, H, 8, 3, 0, 0, 0)) +
                              chunk(b'PLTE', bytes(6)) + chunk(b'tRNS', b'\xff\0') + chunk(b'IDAT', zlib.compress(rows, 9)) +
                              chunk(b'IEND', b''))
EOF

cwebp -quiet -q 60 "$base" -o lossy.webp
cwebp -quiet -lossless "$base" -o lossless.webp
cwebp -quiet -q 60 clear.png -o clear.webp

heif-enc -q 50 "$base" -o plain.heic
heif-enc -q 50 -b 10 deep.png -o deep.heic
heif-enc -q 50 clear-colour.png -o clear.heic
heif-enc -q 50 -A "$base" -o plain.avif
convert "$base" -rotate 90 -background white -extent 192x192 turned.png
for place in 0+0 96+0 0+96 96+96; do
    convert turned.png -crop 96x96+$place +repage tile-$place.png
    heif-enc -q 50 tile-$place.png -o tile-$place.heic
done
OLD=$OLDPWD
python3 "$OLD/heif_grid.py" 2 144 176 1 tiles.heic tile-0+0.heic tile-96+0.heic tile-0+96.heic tile-96+96.heic

cp exif?.jpg exif6.webp exif6.png progressive.jpg inks.jpg colour.jpg deep.png palette.png interlaced.png clear.png clear-colour.png \
    clear-palette.png ink.png lossy.webp lossless.webp clear.webp plain.heic deep.heic clear.heic plain.avif tiles.heic "$OLD"
