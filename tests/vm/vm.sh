#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vm.sh [-r ROOT] [-t SECONDS] [-m MEGABYTES] -o DIR -p PROGRAM... COMMAND - runs COMMAND (words without quotes) as root
# in a virtual machine with this machine's kernel, D-Bus and bluetoothd, and the PROGRAMs. With -r it is a whole Debian
# instead, with systemd as PID 1, whose root is kept in the folder ROOT (system.sh).
#
# QEMU emulates (TCG): no KVM, no privilege, no terminal. -icount ties the guest's clock to executed instructions, and
# sleep=off makes it jump over idle time: times measured inside repeat to the millisecond however busy the host is, and
# waiting costs nothing.
#
# Output as it comes; afterwards DIR holds console (the kernel's), output, and what the guest left in /run/keep.
# Exit status: the command's; 77 when this machine cannot run it (says what is missing); 124 when the time is over;
# 125 when the machine did not come up.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
secs=300 mb=384 dir= programs= root=
while getopts r:t:m:o:p: o; do
        case $o in
        r) root=$OPTARG ;;
        t) secs=$OPTARG ;;
        m) mb=$OPTARG ;;
        o) dir=$OPTARG ;;
        p) programs="$programs $OPTARG" ;;
        *) exit 125 ;;
        esac
done
shift $((OPTIND - 1))

lack=
needs="dbus-daemon:dbus bluetoothctl:bluez btvirt:bluez-test-tools busctl:systemd"
[ -z "$root" ] || needs="mmdebstrap:mmdebstrap /sbin/mke2fs:e2fsprogs flock:util-linux apt-get:apt"
for p in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio /sbin/modprobe:kmod $needs; do
        command -v "${p%%:*}" > /dev/null || lack="$lack ${p#*:}"
done
kernel=$(ls /boot/vmlinuz-* 2> /dev/null | sort -V | tail -n1)
kver=${kernel#/boot/vmlinuz-}
{ [ -n "$kernel" ] && [ -r "$kernel" ] && [ -d "/lib/modules/$kver" ]; } || lack="$lack linux-image-amd64"
if [ -n "$lack" ]; then
        echo "vm.sh: THE VIRTUAL MACHINE CANNOT RUN HERE. Missing Debian packages:$lack" >&2
        exit 77
fi

rm -rf "$dir"
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
machine=q35 memory=$mb kind=small
if [ -n "$root" ]; then
        "$here/root.sh" "$root" "$kver"
        kind=root
        # The root is memory that never waits for the host, where a disk would; written pages are this machine's own.
        machine=q35,nvdimm=on memory=$mb,slots=1,maxmem=8G
        image="memory-backend-file,id=root,share=off,mem-path=$root/image,size=$(stat -c %s "$root/image")"
fi
"$here/initramfs.sh" $kind "$dir/initramfs" "$kver" $programs
: > "$dir/output"
tail -f "$dir/output" --pid=$$ -s 0.2 &
rc=0
timeout -k 5 "$secs" qemu-system-x86_64 \
        -machine $machine -accel tcg,thread=single -icount shift=0,sleep=off -cpu max -smp 1 -m "$memory" \
        ${root:+-object "$image" -device nvdimm,memdev=root} -kernel "$kernel" -initrd "$dir/initramfs" \
        -append "console=ttyS0 quiet panic=-1 oops=panic mitigations=off audit=0 selinux=0 apparmor=0 cryptomgr.notests vm.cmd=$(echo "$*" | sed 's/ /%20/g')" \
        -nodefaults -no-user-config -no-reboot -display none \
        -serial "file:$dir/console" -serial "file:$dir/output" \
        -virtfs "local,path=$dir,mount_tag=share,security_model=none" \
        < /dev/null > "$dir/qemu.log" 2>&1 || rc=$?
rm -f "$dir/initramfs"
sleep 0.5 # tail's last look
if [ -s "$dir/rc" ]; then
        exit "$(cat "$dir/rc")"
fi
cat "$dir/qemu.log" "$dir/console" >&2 || :
if [ "$rc" = 124 ] || [ "$rc" = 137 ]; then
        echo "vm.sh: stopped after $secs s" >&2
        exit 124
fi
exit 125
