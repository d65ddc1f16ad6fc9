#!/bin/sh
# The first program of a machine: does what systemd does before the agent, and then becomes the init of busybox, which
# starts the agent and powers the machine off when it is told to. Should it fail, the kernel falls, and qemu ends.
set -eu
export PATH=/sbin:/bin
busybox mkdir -p /bin /proc /sys /dev /run /tmp /root /var/lib/curfew /job /disk
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
for module in /modules/*; do
    [ ! -e "$module" ] || insmod "$module"
done

# The network by the first card, the metadata service alone by the second.
ip link set lo up
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
ip route add default via 10.0.2.2
ip address add 169.254.169.15/24 dev eth1
ip link set eth1 up

# A place for the work, as large as the largest it may want: the memory is the limit.
mount -t tmpfs -o size=2g work /job

# As systemd has it: memory is accounted down to the unit, and no further.
service=/sys/fs/cgroup/system.slice/curfew-agent.service
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
mkdir /sys/fs/cgroup/system.slice
echo +memory >/sys/fs/cgroup/system.slice/cgroup.subtree_control
mkdir "$service"

sh /prepare
exec /bin/init
