#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# root.sh DIR KVER - DIR/image: a small Debian of this machine's release for virtual machines that need a whole system:
# systemd, udev, D-Bus, polkit, bluetoothd, and the modules of kernel KVER below that cameras, scanners and disks are
# played with. Made by mmdebstrap, as root or with sudo; this machine's own apt stays as it is. Made once: again only if
# this file, the kernel or the release on the mirror changes. Exit status 77: neither root nor sudo is at hand.
set -eu
packages=systemd-sysv,udev,dbus,polkitd,bluez,kmod,dmsetup,e2fsprogs
modules="vivid dummy_hcd libcomposite usb_f_hid usb_f_acm usbhid hid_generic cdc_acm evdev uinput uhid
        bluetooth hci_vhci ctr ecb cmac sha512_generic jitterentropy_rng drbg algif_hash algif_skcipher
        loop dm_mod dm_flakey dm_log_writes ext4 autofs4 virtio_pci 9p 9pnet_virtio"
# What would only take time: nobody logs in, nothing outlives the machine.
masked="getty.target serial-getty@.service systemd-initctl.socket systemd-update-utmp.service
        systemd-update-utmp-runlevel.service systemd-random-seed.service systemd-journal-flush.service
        systemd-firstboot.service systemd-machine-id-commit.service systemd-binfmt.service systemd-repart.service
        systemd-pcrphase.service systemd-pcrphase-sysinit.service systemd-pstore.service systemd-remount-fs.service
        systemd-ask-password-wall.path systemd-ask-password-console.path systemd-tmpfiles-clean.timer
        dpkg-db-backup.timer fstrim.timer dev-hugepages.mount dev-mqueue.mount proc-sys-fs-binfmt_misc.automount
        sys-fs-fuse-connections.mount sys-kernel-tracing.mount"

finish() { # TREE KVER IMAGE
        tree=$1 kver=$2
        units=$tree/etc/systemd/system
        # perl comes with the packages' own scripts, which have run
        rm -rf "$tree"/usr/lib/*/perl* "$tree"/usr/lib/*/libperl* "$tree"/usr/share/perl* "$tree"/usr/lib/*/gconv \
                "$tree"/usr/share/i18n "$tree"/var/cache/* "$tree"/var/lib/apt "$tree"/dev/*
        for unit in $masked; do
                ln -sf /dev/null "$units/$unit"
        done
        echo vm > "$tree/etc/hostname"
        echo 0123456789abcdef0123456789abcdef > "$tree/etc/machine-id"
        : > "$tree/etc/fstab"
        mkdir -p "$tree/etc/systemd/journald.conf.d" "$tree/vm" "$tree/mod"
        printf '[Journal]\nStorage=volatile\n' > "$tree/etc/systemd/journald.conf.d/vm.conf"
        cat > "$units/vm.service" <<EOT
[Unit]
Description=the command line of vm.sh
After=multi-user.target

[Service]
Type=exec
ExecStart=/vm/command.sh
StandardOutput=file:/dev/ttyS1
StandardError=inherit
WorkingDirectory=/run
EOT
        mkdir -p "$units/multi-user.target.wants"
        ln -sf ../vm.service "$units/multi-user.target.wants/"

        for m in $modules; do
                /sbin/modprobe -S "$kver" --show-depends "$m"
        done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > "$3.modules"
        mkdir -p "$tree/lib/modules/$kver"
        cp "/lib/modules/$kver"/modules.builtin* "/lib/modules/$kver/modules.order" "$tree/lib/modules/$kver/"
        while read -r m; do
                mkdir -p "$tree${m%/*}"
                cp "$m" "$tree$m"
        done < "$3.modules"
        /sbin/depmod -b "$tree" "$kver"
        rm "$3.modules"

        # 96 MB are free. It is never written to: what a machine writes is that machine's.
        /sbin/mke2fs -q -F -t ext4 -O ^has_journal -b 4096 -d "$tree" "$3" "$(($(du -sm "$tree" | cut -f1) + 96))M"
}

if [ "$1" = --finish ]; then
        shift
        finish "$@"
        exit
fi

dir=$1 kver=$2
mkdir -p "$dir"
exec 9> "$dir/lock"
flock 9
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
index() { apt-get indextargets --format "\$($1)" 'Created-By: Packages' "Release: $release" 'Component: main' | head -n1; }
mirror=$(index REPO_URI)
list=$(index FILENAME)
list=${list%%_dists_*}_dists_${release}_InRelease # signed anew with every point release
stamp="$kver $release $mirror $(cat "$list" "$0" 2> /dev/null | cksum)"
[ "$(cat "$dir/made-of" 2> /dev/null)" != "$stamp" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
        sudo -n true < /dev/null 2> /dev/null || { echo "CANNOT RUN: the guest's root is made as root, or with sudo that asks nothing" >&2; exit 77; }
        as_root='sudo -n'
fi
began=$(date +%s)
rm -f "$dir/made-of" "$dir/image"
$as_root rm -rf "$dir/tree"
{
        $as_root mmdebstrap --quiet --variant=essential --aptopt='Acquire::Retries "3"' --include="$packages" \
                --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
                --dpkgopt='path-exclude=/usr/share/locale/*' --format=directory "$release" "$dir/tree" "$mirror" &&
                $as_root sh "$0" --finish "$dir/tree" "$kver" "$dir/image"
} < /dev/null > "$dir/log" 2>&1 9>&- || { cat "$dir/log" >&2; exit 1; }
$as_root rm -rf "$dir/tree"
echo "$stamp" > "$dir/made-of"
echo "the guest's root: $(du -m "$dir/image" | cut -f1) MB, made in $(($(date +%s) - began)) s"
