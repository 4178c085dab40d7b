#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make.sh - makes the pictures of this folder again: labels of cartons that never existed, with the codes that a factory, a
# carrier and a shop put beside a device's own. Needs zint and imagemagick.
set -eu
cd "$(dirname "$0")"
here=$PWD
room=$(mktemp -d)
trap 'rm -r "$room"' EXIT
cd "$room"
code() { # NAME SYMBOLOGY SCALE TEXT [OPTION]
    name=$1 kind=$2 scale=$3 text=$4
    shift 4
    zint -b "$kind" --scale="$scale" -d "$text" "$@" -o "$name.png"
    convert "$name.png" -colorspace Gray -bordercolor white -border 16 "$name.png"
}
code sticker DATAMATRIX 2 'ARNHAB000ABCDEF abcDEF123456789' --square
code serial CODE128 1 'ARNHAB000ABCDEF'
code iccid CODE128 1 '89014103211118510720'
code shop EANX 1 '401234512345'
code url QRCODE 2 'https://example.com/start?d=ARNHAB000ABCDEF'
code gs1 DATAMATRIX 2 '[01]04012345123456[21]ARNHAB000ABCDEF[10]LOT42' --gs1 --square
code part DATAMATRIX 2 '1PBRN404XKIT Q12 4LCN' --square
code imei DATAMATRIX 2 '352753090000016' --square
# on grey cardboard, slightly turned, as a camera sees it
carton() { # NAME CODE...
    name=$1
    shift
    montage $(printf '%s.png ' "$@") -background white -geometry +12+12 -tile 3x all.png
    convert all.png -bordercolor white -border 20 -background '#908880' -rotate 4 -bordercolor '#908880' -border 40 \
        -colorspace Gray -blur 0x0.7 -quality 60 -strip "$here/$name.jpg"
}
carton sticker-among-codes serial url iccid gs1 sticker part shop imei
carton codes-without-sticker serial url iccid gs1 part shop imei
carton serial-alone serial url iccid shop
