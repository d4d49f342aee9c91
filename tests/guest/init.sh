#!/bin/busybox sh
# The first process of the guest: loads the modules, mounts what the host serves by every dialect, exercises it, and
# switches off. Says what came of each step in one line that begins with "guest:", which is what the host reads.

/bin/busybox --install -s /bin
export PATH=/bin
mkdir -p /proc /sys /dev /tmp /mnt /again /loose /plain /unix /live /oracle
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /tmp
while read -r module; do insmod "/modules/$module" || echo "guest: failed module $module"; done < /modules/order
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
mount -t ext4 /dev/vda /oracle
port=$(sed 's/.*goblin\.port=\([0-9]*\).*/\1/' /proc/cmdline)

now() { cut -d. -f1 /proc/uptime; }

step() {
    name=$1
    begin=$(now)
    shift
    if "$@" > /tmp/said 2>&1; then
        echo "guest: ok $name $(($(now) - begin))"
    else
        echo "guest: failed $name: $(head -c 600 /tmp/said | tr '\n' ' ')"
    fi
}

# 9p MOUNTPOINT VERSION OPTIONS
nine() {
    mount -t 9p -o "trans=tcp,port=$port,version=$2,uname=root,access=any,msize=131096,$3" 10.0.2.2 "$1"
}

tar_in() { # MOUNT SOURCE
    mkdir "$1/tar-$3" && tar cf - -C "$2" . | tar xof - -C "$1/tar-$3"
}

# Through a mount of its own, so that what comes out is the server's and not of this kernel's cache.
tar_out() { # VERSION OPTIONS SOURCE NAME
    mkdir -p /out "/tmp/back-$4" && nine /out "$1" "$2" || return 1
    tar cf - -C "/out/tar-$4" . | tar xof - -C "/tmp/back-$4" || return 1
    umount /out && goblin-guest same "$3" "/tmp/back-$4"
}

# A read that waits for an event is given up when its reader is killed, and the connection goes on.
events() {
    cat /live/status && grep -q rev /live/status || return 1
    timeout 1 cat /live/event@end
    [ $? -ge 124 ] || return 1
    echo "add 5" > /live/ctl || return 1
    echo "add 500" > /live/ctl && return 1
    grep -q '"rev":5' /live/status || return 1
    goblin-guest events /live/event | grep '"count":5' || return 1
    [ -z "$(goblin-guest events /live/event@end)" ]
}

falls_back() {
    nine /unix 9p2000.u cache=none || return 1
    echo text > /unix/by-u && [ "$(cat /unix/by-u)" = text ] && ls -l /unix && rm /unix/by-u
}

plain_links() {
    ln -s target /mnt/a-link && ls -l /plain/ && rm /mnt/a-link
}

step mount-9p2000.L nine /mnt 9p2000.L cache=none,aname=/files
step mount-again nine /again 9p2000.L cache=none,aname=/files
step mount-loose nine /loose 9p2000.L cache=loose,aname=/files
step mount-9p2000 nine /plain 9p2000 cache=none,aname=/files
step mount-live nine /live 9p2000.L cache=none,aname=/live
step falls-back-from-9p2000.u falls_back
step random-9p2000.L goblin-guest random /mnt/r1 /oracle/r1 1 "$(sed 's/.*goblin\.count=\([0-9]*\).*/\1/' /proc/cmdline)" full
step random-loose goblin-guest random /loose/r2 /oracle/r2 2 1000 content
step random-9p2000 goblin-guest random /plain/r3 /oracle/r3 3 1000 plain
step xattrs goblin-guest xattrs /mnt/x /oracle/x
step locks goblin-guest locks /mnt /again /oracle
step events events
step symlinks-seen-by-9p2000 plain_links
mkdir /tmp/many /tmp/few
goblin-guest populate /tmp/many 5000
step tar-in-of-5000 tar_in /loose /tmp/many 1
umount /loose
step tar-out-of-5000 tar_out 9p2000.L cache=loose,aname=/files /tmp/many 1
mkdir /tmp/few/d
cp /tmp/many/d000/f0000* /tmp/few/d
step tar-in-by-9p2000 tar_in /plain /tmp/few 2
step tar-out-by-9p2000 tar_out 9p2000 cache=none,aname=/files /tmp/few 2
step umount umount /mnt /again /plain /unix /live
echo "guest: end"
poweroff -f
