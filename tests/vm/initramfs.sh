#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# initramfs.sh OUT KVER PROGRAM... - everything the virtual machine needs, in its memory: busybox, kernel modules, D-Bus,
# bluetoothd and its tools, the PROGRAMs with their libraries, and the scripts of this folder as /vm.
#
# Nothing is read from the host while tests run. The guest's clock jumps over idle time (vm.sh), and would jump over
# the host's reads, too.
set -eu
out=$1
kver=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# copy FILE...: to the same place
copy() {
        for f; do
                [ -e "$dir$f" ] || { mkdir -p "$dir${f%/*}" && cp -L "$f" "$dir$f"; }
        done
}

libraries() {
        copy $(ldd "$1" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }')
}

# program FILE: with its libraries
program() {
        copy "$1"
        libraries "$1"
}

for d in bin dev etc proc run sys tmp var/lib/bluetooth var/run usr/bin usr/sbin root; do
        mkdir -p "$dir/$d"
done
ln -s bin "$dir/sbin"
cp "$(command -v busybox)" "$dir/bin/busybox"
for a in $("$dir/bin/busybox" --list); do
        [ "$a" = busybox ] || ln -s busybox "$dir/bin/$a"
done

for p in dbus-daemon busctl bluetoothctl btmgmt btvirt; do
        program "$(command -v $p)"
done
program /usr/libexec/bluetooth/bluetoothd
copy /etc/passwd /etc/group /usr/share/dbus-1/system.conf
for f in /usr/share/dbus-1/system.d/*.conf /etc/dbus-1/system.d/*.conf; do
        [ ! -f "$f" ] || copy "$f"
done
printf 'passwd: files\ngroup: files\nhosts: files\n' > "$dir/etc/nsswitch.conf"
printf '127.0.0.1 localhost\n' > "$dir/etc/hosts"
echo 0123456789abcdef0123456789abcdef > "$dir/etc/machine-id"
for f in /lib/x86_64-linux-gnu/libnss_files* /lib/x86_64-linux-gnu/libgcc_s.so.1; do
        [ ! -f "$f" ] || copy "$f"
done
for f in $(/sbin/ldconfig -p | awk '$1 == "libcurl.so.4" { print $NF }'); do # usher loads it at run time
        program "$f"
done

mkdir -p "$dir/vm"
cp "$here"/*.sh "$here/../../data/bluetooth/main.conf.usher" "$dir/vm/"
for p; do
        libraries "$p"
        cp -L "$p" "$dir/vm/" # wherever the build folder is, also below /run
done

# modules in the order of their dependencies; the share's ones are loaded last, when results are handed out
modules() {
        for m; do
                /sbin/modprobe -S "$kver" --show-depends "$m"
        done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}
mkdir -p "$dir/mod/bluetooth" "$dir/mod/share"
for set in "bluetooth ctr ecb cmac sha512_generic jitterentropy_rng drbg algif_hash algif_skcipher hci_vhci" "share virtio_pci 9pnet_virtio 9p"; do
        n=100
        for m in $(modules ${set#* }); do
                cp "$m" "$dir/mod/${set%% *}/$n-${m##*/}"
                n=$((n + 1))
        done
done
ln -s vm/init.sh "$dir/init"
(cd "$dir" && find . | cpio -o -H newc 2>/dev/null) > "$out"
