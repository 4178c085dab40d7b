#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh ARCHITECTURE BUILD - builds usher for another architecture below BUILD/cross, and runs it in an emulator: its
# first words, a picture, a setup against usher-sim (all of them programs of the other architecture), and the fast unit
# tests (armhf's only if USHER_LONG is set). Exit status 77: this machine lacks something, and it is said what.
#
# The emulator of user programs has no seccomp. usher-decode, which reads no picture uncaged, must refuse there; then a
# test's decoder without the cage takes its place. Nothing that usher ships can be told to do without.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=$1 plain=$2
case $arch in
arm64) triplet=aarch64-linux-gnu machine=aarch64 ;;
armhf) triplet=arm-linux-gnueabihf machine=arm ;;
*) echo "arm64 and armhf are built, not $arch" >&2; exit 1 ;;
esac
mkdir -p "$plain/cross/$arch"
room=$(cd "$plain/cross/$arch" && pwd)
sysroot=$room/sysroot build=$room/build stage=$room/stage

lack=
for p in "$triplet-g++:g++-$triplet" "qemu-$machine:qemu-user" mmdebstrap:mmdebstrap apt-get:apt; do
    command -v "${p%%:*}" >/dev/null || lack="$lack ${p#*:}"
done
[ -z "$lack" ] || { echo "CANNOT RUN: cross builds need these Debian packages:$lack" >&2; exit 77; }
emulator=$(command -v "qemu-$machine")

began=$(date +%s)
phase() {
    now=$(date +%s)
    echo "$arch: $* ($((now - began)) s)"
    began=$now
}
fail() {
    echo "$arch: $*" >&2
    exit 1
}

"$here/sysroot.sh" "$arch" "$sysroot" >"$room/sysroot.log" 2>&1 || { cat "$room/sysroot.log" >&2; fail "no sysroot"; }
phase "sysroot of $(du -sm "$sysroot" | cut -f1) MB"

# Meson runs tests by this. While usher is built nothing may be run that was built for the other machine. 77: skipped.
cat >"$room/emulate" <<EOT
#!/bin/sh
[ -z "\${USHER_BUILDING:-}" ] || { echo "the build wants to run \$1" >&2; exit 1; }
case \${1##*/} in
test-label-sandbox | test-label-cage | test-camera-cage | test-camera-scan) echo "there is no seccomp in the emulator"; exit 77 ;;
test-label-child | test-label-decoder | test-camera-source) echo "the emulator's own memory and descriptors are the child's, too"; exit 77 ;;
test-label-server) echo "a frame has 80 ms, which are not enough in the emulator"; exit 77 ;;
test-label-decode | test-label-photo) [ -n "\${USHER_LONG:-}" ] || { echo "takes a minute in the emulator"; exit 77; } ;;
esac
exec $emulator -L $sysroot "\$@"
EOT
chmod +x "$room/emulate"
cache=$(command -v ccache >/dev/null && echo "'ccache', " || :)
cat >"$room/machine.ini" <<EOT
[binaries]
c = [$cache'$triplet-gcc', '--sysroot=$sysroot']
cpp = [$cache'$triplet-g++', '--sysroot=$sysroot']
ar = '$triplet-ar'
strip = '$triplet-strip'
pkgconfig = 'pkg-config'
exe_wrapper = '$room/emulate'

[properties]
sys_root = '$sysroot'
pkg_config_libdir = ['$sysroot/usr/lib/$triplet/pkgconfig', '$sysroot/usr/share/pkgconfig']

[host_machine]
system = 'linux'
cpu_family = '$machine'
cpu = '$machine'
endian = 'little'
EOT
[ -f "$build/build.ninja" ] || meson setup "$build" "$here/../.." --cross-file "$room/machine.ini" >"$room/setup.log" 2>&1 ||
    { cat "$room/setup.log" >&2; fail "cannot be configured"; }
USHER_BUILDING=1 ninja -C "$build" >"$room/build.log" 2>&1 || { grep -v '^\[' "$room/build.log" | tail -n 60 >&2; fail "does not build"; }
! grep 'warning: ' "$room/build.log" >&2 || fail "does not build without warnings"
for made in usher.1 usher; do
    cmp "$plain/data/$made" "$build/data/$made" >&2 || fail "data/$made is another one than in the plain build: see data/tables.c"
done
phase "built"

# What usher starts as its decoder is looked for beside it first.
decoder() { # PROGRAM FILE
    cc -O1 -DEMULATOR="\"$emulator\"" -DSYSROOT="\"$sysroot\"" -DPROGRAM="\"$1\"" -o "$2" "$here/launch.c"
}
mkdir -p "$stage/setup/cli" "$stage/tests/sim"
for program in setup/cli/usher tests/sim/usher-sim; do
    printf '#!/bin/sh\nexec %s -L %s %s "$@"\n' "$emulator" "$sysroot" "$build/$program" >"$stage/$program"
    chmod +x "$stage/$program"
done
usher=$stage/setup/cli/usher
[ "$("$usher" version)" = "$("$plain/setup/cli/usher" version)" ] || fail "usher version says '$("$usher" version)'"

decoder "$build/setup/label/usher-decode" "$build/setup/cli/usher-decode"
"$usher" label "$here/../wire/pictures/dm_clean_0000.jpg" >"$room/caged" 2>&1 && fail "a picture was read without a cage"
grep -q seccomp "$room/caged" || { cat "$room/caged" >&2; fail "it is not said that the cage is missing"; }
decoder "$build/tests/cross/usher-decode-uncaged" "$build/setup/cli/usher-decode"
for row in label-verb picture; do
    python3 -B "$here/../sim-e2e/run.py" "$stage" "$row" || fail "$row is not as it should be"
done
phase "usher version, usher label, usher setup (decoder without its cage)"

[ "$arch" = arm64 ] || [ -n "${USHER_LONG:-}" ] || exit 0
decoder "$build/tests/cross/usher-decode-uncaged" "$build/tests/unit/label/usher-decode"
meson test -C "$build" --no-rebuild --suite fast --timeout-multiplier 20 --print-errorlogs >"$room/test.log" 2>&1 ||
    { cat "$room/test.log" >&2; fail "unit tests fail"; }
phase "fast unit tests: $(sed -n 's/^\(Ok\|Skipped\): *\([0-9]*\) *$/\2 \1/p' "$room/test.log" | paste -sd, | tr 'OS' 'os')"
