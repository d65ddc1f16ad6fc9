#!/bin/bash
# usage: boot.sh MACHINE DISK CONSOLE [WITHOUT...]
# Boots MACHINE's systemd in namespaces of its own, with all that it writes kept in DISK and its console on the terminal
# CONSOLE, less the programs WITHOUT. When its network is there it says so on stdout, and goes on when stdin ends.
# It ends as the machine does: power-off is SIGINT's death, a reboot SIGHUP's. Needs root.
set -eu

outside() {
    hierarchy=$(findmnt --noheadings --types cgroup2 --output TARGET | head -n 1)
    group=$hierarchy/curfew-machine-$$
    mkdir "$group"
    echo $$ >"$group/cgroup.procs"
    # The machine goes with whoever has booted it.
    exec setpriv --pdeathsig KILL \
        unshare --mount --propagation private --net --pid --uts --ipc --cgroup --fork --kill-child \
        bash "$0" inside "$@"
}

inside() {
    machine=$1 disk=$2 console=$3
    shift 3
    root=$disk/root
    mkdir -p "$disk/written" "$disk/work" "$root"
    mount -t overlay machine -o "lowerdir=$machine,upperdir=$disk/written,workdir=$disk/work" "$root"
    [ $# -eq 0 ] || (cd "$root/usr/bin" && rm -f -- "$@")
    furnish
    ip link set lo up
    ip address add 169.254.169.254/32 dev lo
    echo up
    cat >/dev/null
    cd "$root"
    pivot_root . mnt
    umount --lazy /mnt
    exec env --ignore-environment container=curfew-test /sbin/init <>/dev/console >&0 2>&0
}

# What a kernel would give a machine. Nothing of it reaches the computer that this runs on.
furnish() {
    mount -t proc proc "$root/proc"
    [ ! -e "$root/proc/sysrq-trigger" ] || mount --bind /dev/null "$root/proc/sysrq-trigger"
    mount -t sysfs -o ro sysfs "$root/sys"
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755 run "$root/run"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for device in null zero full random urandom tty; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
    done
    mkdir "$root/dev/pts" "$root/dev/shm"
    touch "$root/dev/console"
    mount --bind "$console" "$root/dev/console"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
}

if [ "$1" = inside ]; then
    shift
    inside "$@"
else
    outside "$@"
fi
