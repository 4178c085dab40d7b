#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# vm.sh [-t SECONDS] [-m MEGABYTES] [-o DIR] COMMAND... - runs COMMAND as root in a virtual machine that sees this
# machine's files (changes are thrown away) under a kernel of its own.
#
# QEMU emulates (TCG): no KVM, no privilege, no terminal. -icount ties the guest's clock to executed instructions, so
# that times measured inside repeat however busy the host is. In the guest DIR is /run/vm; after the run it holds
# stdout, stderr, rc, dmesg, console.
#
# Exit status: the command's; 77 when this machine cannot run it (says what is missing); 124 when the time is over;
# 125 when the machine did not come up.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
secs=300 mb=512 dir=
while getopts t:m:o: o; do
        case $o in
        t) secs=$OPTARG ;;
        m) mb=$OPTARG ;;
        o) dir=$OPTARG ;;
        *) exit 125 ;;
        esac
done
shift $((OPTIND - 1))

lack=
for p in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio /sbin/modprobe:kmod; do
        command -v "${p%%:*}" >/dev/null || lack="$lack ${p#*:}"
done
kernel=$(ls /boot/vmlinuz-* 2>/dev/null | sort -V | tail -n1)
kver=${kernel#/boot/vmlinuz-}
[ -n "$kernel" ] && [ -d "/lib/modules/$kver" ] || lack="$lack linux-image-amd64"
if [ -n "$lack" ]; then
        echo "vm.sh: THE VIRTUAL MACHINE CANNOT RUN HERE: missing Debian packages:$lack" >&2
        exit 77
fi

if [ -z "$dir" ]; then
        dir=$(mktemp -d)
        trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
rm -f "$dir/rc" "$dir/console"
"$here/initramfs.sh" "$dir/initramfs" "$kver"
cp "$here/init.sh" "$dir/"
echo "VM_CWD='$(pwd)'" > "$dir/env"
printf '%s\n' "$*" > "$dir/cmd"
rc=0
timeout -k 5 "$secs" qemu-system-x86_64 \
        -machine q35 -accel tcg,thread=single -icount shift=0,sleep=on -cpu max -smp 1 -m "$mb" \
        -kernel "$kernel" -initrd "$dir/initramfs" \
        -append "console=ttyS0 quiet panic=-1 oops=panic mitigations=off audit=0 apparmor=0" \
        -nodefaults -no-user-config -no-reboot -display none -serial "file:$dir/console" \
        -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
        -virtfs "local,path=$dir,mount_tag=share,security_model=none" \
        </dev/null >"$dir/qemu.log" 2>&1 || rc=$?
rm -f "$dir/initramfs"
if [ -f "$dir/rc" ]; then
        cat "$dir/stdout"
        cat "$dir/stderr" >&2
        exit "$(cat "$dir/rc")"
fi
[ ! -f "$dir/stdout" ] || cat "$dir/stdout"
[ ! -f "$dir/stderr" ] || cat "$dir/stderr" >&2
cat "$dir/qemu.log" "$dir/console" >&2 || :
if [ "$rc" = 124 ] || [ "$rc" = 137 ]; then
        echo "vm.sh: stopped after $secs s" >&2
        exit 124
fi
exit 125
