#!/bin/bash
# usage: machine.sh FOLDER
# Makes FOLDER the root of a small machine with systemd and cloud-init, once: a few minutes, 450 MB. Needs root.
set -eu
folder=$1
mkdir -p "$(dirname "$folder")"
exec 9>"$folder.lock"
flock 9
[ ! -d "$folder" ] || exit 0

# The release and the mirror that this computer itself is installed from.
# shellcheck source=/dev/null
. /etc/os-release
# shellcheck disable=SC2016 # it is apt that fills it in
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
new=$folder.new
rm -rf "$new"
debootstrap --variant=minbase \
    --include=systemd,systemd-sysv,dbus,iproute2,curl,wget,ca-certificates "$VERSION_CODENAME" "$new" "$mirror"
# Not by --include: its dependencies are more than debootstrap can order.
chroot "$new" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends cloud-init
rm -rf "$new"/var/cache/apt/archives/*.deb "$new"/var/lib/apt/lists/*

# Nobody logs in on the console, and cloud-init leaves alone what a folder has not: disks, locales, ssh's keys.
ln -sf /dev/null "$new/etc/systemd/system/console-getty.service"
cat >"$new/etc/cloud/cloud.cfg.d/99-test.cfg" <<'END'
datasource_list: [NoCloud, None]
resize_rootfs: false
growpart: {mode: "off"}
ssh_deletekeys: false
ssh_genkeytypes: []
locale: false
manage_etc_hosts: false
END
mv "$new" "$folder"
