#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sysroot.sh ARCHITECTURE DIR - the libraries and headers of examples/packages for another architecture of this
# Debian, in DIR. Nothing is installed and nothing of them is run; this machine's own apt stays as it is. Made once:
# again only if the list or the release changes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
arch=$1 dir=$2
packages=$(sed -n 's/^\([a-z0-9.+-]*-dev\).*/\1/p' "$here/../../examples/packages" | paste -sd,)
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Release: $release" 'Component: main' | head -n1)
stamp="$release $mirror $packages"
[ "$(cat "$dir/made-of" 2>/dev/null)" != "$stamp" ] || exit 0

rm -rf "$dir" "$dir.tar"
mkdir -p "$dir"
# "extract" runs no program of the other architecture. Its device files stay out, and need no root to.
mmdebstrap --quiet --variant=extract --architectures="$arch" --aptopt='Acquire::Retries "3"' --include="$packages" \
    --format=tar "$release" "$dir.tar" "$mirror"
tar -xf "$dir.tar" -C "$dir" --no-same-owner --exclude=./dev --exclude='./var/*' --exclude='./usr/share/doc/*'
rm "$dir.tar"

# libz.so points to /lib/...: that must be this folder's
find "$dir" -type l -lname '/*' | while read -r link; do
    ln -snrf "$dir$(readlink "$link")" "$link"
done
echo "$stamp" >"$dir/made-of"
