#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# initramfs.sh KIND OUT KVER PROGRAM... - what the virtual machine starts with, in its memory: the PROGRAMs with their
# libraries and the scripts of this folder as /vm, busybox, kernel modules; for KIND "small" also D-Bus, bluetoothd and
# its tools, so that it is all there is; for KIND "root" what it takes to mount the root that root.sh makes.
#
# Nothing is read from the host while tests run. The guest's clock jumps over idle time (vm.sh), and would jump over
# the host's reads, too.
set -eu
kind=$1
out=$2
kver=$3
shift 3
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# copy FILE...: to the same place; of a machine that has a root they are looked for below /libs (root-init.sh)
to=$dir
[ "$kind" = small ] || to=$dir/libs
copy() {
        for f; do
                [ -e "$to$f" ] || { mkdir -p "$to${f%/*}" && cp -L "$f" "$to$f"; }
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

# a system of its own
small_system() {
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
}

for d in bin dev etc proc run sys tmp var/lib/bluetooth var/run usr/bin usr/sbin root; do
        mkdir -p "$dir/$d"
done
ln -s bin "$dir/sbin"
cp "$(command -v busybox)" "$dir/bin/busybox"
for a in $("$dir/bin/busybox" --list); do
        [ "$a" = busybox ] || ln -s busybox "$dir/bin/$a"
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
# module_set NAME MODULE...: as /mod/NAME
module_set() {
        n=100
        mkdir -p "$dir/mod/$1"
        for m in $(shift && modules "$@"); do
                cp "$m" "$dir/mod/$1/$n-${m##*/}"
                n=$((n + 1))
        done
}
module_set share virtio_pci 9pnet_virtio 9p
if [ "$kind" = small ]; then
        small_system
        module_set bluetooth ctr ecb cmac sha512_generic jitterentropy_rng drbg algif_hash algif_skcipher hci_vhci
        ln -s vm/init.sh "$dir/init"
else
        module_set root nfit nd_pmem ext4
        ln -s vm/root-init.sh "$dir/init"
fi
(cd "$dir" && find . | cpio -o -H newc 2>/dev/null) > "$out"
