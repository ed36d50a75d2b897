#!/bin/bash
# Makes the root of a box, waits for a line on standard input, and becomes systemd in it; see box.py, which starts it as
# process 1 of namespaces of its own.
#   box-boot.sh FOLDER
set -euo pipefail
folder=$1 layers=$1/layers root=$1/root

# A layer of memory over this machine's files: nothing that is written inside reaches them.
mkdir "$layers" "$root"
mount -t tmpfs -o mode=0755,size=1g box "$layers"
mkdir "$layers/changes" "$layers/work"
mount -t overlay -o "lowerdir=/,upperdir=$layers/changes,workdir=$layers/work" box "$root"

# A machine that was never booted: without this one's identity, journal, enabled units, mounts and users' timers.
rm -rf "$root"/etc/systemd/system/*.wants "$root"/var/lib/systemd/* "$root"/var/log/journal "$root"/etc/.updated
: >"$root/etc/machine-id"
: >"$root/etc/fstab"
echo box >"$root/etc/hostname"
hostname box
cat >"$root/etc/systemd/system/box.target" <<'UNIT'
[Unit]
Description=Everything a daemon may expect of its machine
Requires=basic.target
After=basic.target
AllowIsolate=yes
UNIT
ln -sf box.target "$root/etc/systemd/system/default.target"
# What concerns the kernel is this machine's, and a login nobody needs.
for unit in systemd-{sysctl,modules-load,timesyncd,hwdb-update,firstboot,logind,update-done}.service ldconfig.service \
        {getty,getty-pre}.target {dev-hugepages,sys-kernel-config,sys-kernel-debug,sys-kernel-tracing}.mount \
        sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

quiet=nosuid,nodev
mount -t proc -o $quiet,noexec proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro,$quiet,noexec "$root/proc/sys"
mount -t sysfs -o ro,$quiet,noexec sysfs "$root/sys"
mount -t cgroup2 -o $quiet,noexec cgroup2 "$root/sys/fs/cgroup"
for place in run:0755 tmp:1777; do
    mount -t tmpfs -o $quiet,mode="${place#*:}" box "$root/${place%:*}"
done
mount -t tmpfs -o nosuid,mode=0755,size=1m box "$root/dev"
mkdir "$root"/dev/{pts,shm,mqueue}
for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs -o $quiet,mode=1777 box "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

# The mounts of /proc here are still the machine's, so this is the number that the machine knows this process by.
read -r number _ </proc/self/stat
echo "$number" >"$folder/leader"
read -r _

cd "$root"
mkdir .before
pivot_root . .before
umount -l .before
rmdir .before
# Outside containers systemd does this itself. Without it the files of LoadCredential= stay out of a service's sight.
mount --make-rshared /
exec env -i container=box PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin LANG=C.UTF-8 \
    /lib/systemd/systemd --system --show-status=no --log-target=journal-or-kmsg </dev/null
