# Builds a root file system in memory and becomes systemd, as process 1 of namespaces of its own (see
# systemd-root.ts). Nothing of the machine can be written from inside: what is needed of it is bound read-only, and
# no unit of the machine is known there.
#   $1 an empty folder   $2 the package   $3 its node_modules   $4 the folder with bin/node in it
set -eu
root=$1
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc/systemd/system etc/systemd/user run tmp var root proc sys dev old home/trader opt/breakout opt/node
mkdir var/tmp
chmod 1777 tmp var/tmp
ln -s ../run var/run

bind() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}
bind /usr usr
bind "$2" opt/breakout
bind "$3" opt/breakout/node_modules
bind "$4" opt/node
for folder in bin sbin lib lib64; do
  if [ -L "/$folder" ]; then ln -s "usr/$folder" "$folder"; elif [ -d "/$folder" ]; then mkdir "$folder" && bind "/$folder" "$folder"; fi
done
cp /etc/ld.so.cache etc/

mount -t proc proc proc
bind proc/sys proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
mkdir dev/shm dev/pts dev/mqueue
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 tmpfs run

printf '%s\n' root:x:0:0::/root:/bin/sh trader:x:1000:1000::/home/trader:/bin/sh nobody:x:65534:65534::/:/bin/false > etc/passwd
printf '%s\n' root:x:0: trader:x:1000: nogroup:x:65534: > etc/group
printf '%s\n' 'passwd: files systemd' 'group: files systemd' > etc/nsswitch.conf
echo 0123456789abcdef0123456789abcdef > etc/machine-id
mkdir -p run/user/1000 run/systemd/unit-root
chown 1000:1000 home/trader run/user/1000
chmod 700 run/user/1000

for target in sysinit basic shutdown network-online multi-user default; do
  printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' "$target" > "etc/systemd/system/$target.target"
  cp "etc/systemd/system/$target.target" etc/systemd/user/
done
# The log, so that `journalctl` says why something failed.
cp /lib/systemd/system/systemd-journald.service /lib/systemd/system/systemd-journald.socket etc/systemd/system/
printf 'Wants=systemd-journald.service\n' >> etc/systemd/system/default.target
cat > etc/systemd/system/user@.service <<'UNIT'
[Service]
Type=notify
User=%i
Delegate=yes
Environment=XDG_RUNTIME_DIR=/run/user/%i HOME=/home/trader
Environment=SYSTEMD_UNIT_PATH=/home/trader/.config/systemd/user:/etc/systemd/user SYSTEMD_GENERATOR_PATH=/nonexistent SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/nonexistent
ExecStart=/lib/systemd/systemd --user
UNIT

pivot_root . old
umount -l /old
rmdir /old
exec env -i container=breakout PATH=/opt/node/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  SYSTEMD_UNIT_PATH=/etc/systemd/system SYSTEMD_GENERATOR_PATH=/nonexistent SYSTEMD_ENVIRONMENT_GENERATOR_PATH=/nonexistent \
  /lib/systemd/systemd --system --unit=default.target --show-status=no
