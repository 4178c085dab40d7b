#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# initramfs.sh OUT KVER - a tiny initramfs: mounts this machine's root (9p, read-only) under a tmpfs overlay and hands
# over to init.sh inside it. There is no image to build, and nothing on the host changes.
set -eu
out=$1
kver=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/bin" "$dir/mod" "$dir/proc" "$dir/sys" "$dir/dev"
cp "$(command -v busybox)" "$dir/bin/busybox"

# in the order of their dependencies, each once
n=10
for module in $(for m in virtio_pci 9pnet_virtio 9p overlay; do
        /sbin/modprobe -S "$kver" --show-depends "$m"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'); do
        cp "$module" "$dir/mod/$n-${module##*/}"
        n=$((n + 1))
done

cat > "$dir/init" <<'INIT'
#!/bin/busybox sh
B=/bin/busybox
die() { $B echo "initramfs: $1 failed"; $B poweroff -f; }
$B mount -t proc proc /proc
for m in /mod/*.ko; do $B insmod "$m" || die "$m"; done
opt=trans=virtio,version=9p2000.L,msize=524288
$B mkdir /lower /over /new
$B mount -t 9p -o $opt,cache=loose,ro host /lower || die 9p
$B mount -t tmpfs tmpfs /over
$B mkdir /over/up /over/work
$B mount -t overlay -o lowerdir=/lower,upperdir=/over/up,workdir=/over/work overlay /new || die overlay
$B umount /proc
$B mount -t tmpfs tmpfs /new/run
$B mkdir -p /new/run/vm
$B mount -t 9p -o $opt,cache=none share /new/run/vm || die share
exec $B switch_root /new /bin/sh /run/vm/init.sh
INIT
chmod +x "$dir/init"
(cd "$dir" && find . | cpio -o -H newc 2>/dev/null | gzip -1) > "$out"
