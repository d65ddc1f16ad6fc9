#!/bin/bash
# usage: kernel.sh FOLDER
# Puts the distribution's kernel for virtual machines into FOLDER, once: vmlinuz, and the modules of disk and network in the order in
# which they are loaded. 27 MB are fetched and 9 kept; nothing is installed. Needs apt and busybox, and no root.
set -eu
folder=$1
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
[ ! -d "$folder" ] || exit 0

new=$folder.new
rm -rf "$new"
mkdir -p "$new/package" "$new/modules"
cd "$new"
# Debian's name, and Ubuntu's; the package of this name has nothing but the newest version's name.
package=$(apt-cache depends linux-image-cloud-amd64 linux-image-virtual 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9]\)/\1/p' | head -n 1)
if [ -z "$package" ]; then
    echo "there is no linux-image-cloud-amd64: is this Debian or Ubuntu, and was apt-get update run?"
    exit 1
fi
apt-get download "$package"
dpkg-deb --extract ./*.deb package
version=${package#linux-image-}
# Ubuntu's has disk and network built in.
mkdir -p "package/lib/modules/$version"
busybox depmod -b package "$version"

number=10
for module in virtio_pci virtio_net virtio_blk; do
    # "what needs: what it needs ...", the nearest first, so that the last must be loaded first.
    needed=$(sed -n "s|^\(.*/$module\.ko\): *|\1 |p" "package/lib/modules/$version/modules.dep" | tr ' ' '\n' | tac)
    for file in $needed; do
        [ -z "$(find modules -name "*-${file##*/}")" ] || continue
        cp "package/lib/modules/$version/$file" "modules/$number-${file##*/}"
        number=$((number + 1))
    done
done
mv "package/boot/vmlinuz-$version" vmlinuz
rm -rf package ./*.deb
mv "$new" "$folder"
