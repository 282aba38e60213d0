#!/bin/sh
# Runs a command with a tree as its root: the base's /usr read-only below it, the tree's own /usr/local over that.
# Everything here is private to this process and gone with it.
#
# usage: cell.sh TREE BASE COMMAND...
set -eu
tree=$1 base=$2
shift 2
mount --make-rprivate /
mount --bind "$tree" "$tree"
# With all that is mounted below: without privileges what a mount hides stays hidden.
mount --rbind "$base/usr" "$tree/usr"
# Without privileges the kernel may refuse this; but then nothing there is ours to write either.
mount -o remount,bind,ro "$tree/usr" 2>/dev/null || [ ! -w "$tree/usr" ]
mount --bind "$tree/local" "$tree/usr/local"
mount --bind /dev/null "$tree/dev/null"
mount -t proc proc "$tree/proc" 2>/dev/null || mount --rbind /proc "$tree/proc"
cd "$tree"
exec chroot "$tree" "$@"
