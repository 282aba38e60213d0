"""Names that are taken: commands and folders of the system, which a file of ours would shadow or overwrite.

Commands are those of Debian 12's required and important packages, of nginx, openssh, systemd, python3, curl,
git, openssl and rsync (`dpkg -L`), and what operators commonly have beside them. Folders are those that the
same packages, and common daemons, have below /etc, /run, /opt and /var/lib.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rule import Finding, Rule, each
from compiler.spec.models import Staged
from compiler.spec.node import at
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_FOLDERS = """
alternatives apparmor apt aws bash boot ca-certificates chrony cloud cni containerd cron cryptsetup cuda
dbus default dhcp docker dpkg environment fail2ban fonts fstab fwupd git group grub gshadow hostname hosts
init initramfs-tools iproute2 issue kernel kubernetes ldap letsencrypt libvirt locale localtime lock log
logcheck logrotate lvm machine-id man mdadm mime modprobe modules motd mount mtab network networks nginx
ntp nvidia openssh openvpn opt os-release pam passwd perl pki podman polkit-1 postfix postgresql private
profile protocols python python3 resolvconf rpc rsyslog samba security selinux services shadow shells shm
skel snap snapd snmp ssh ssl subgid subuid sudo sudoers sv sysctl systemd terminfo timezone tmpfiles udev
udisks2 ufw update-manager usbutils user utmp vim wireguard xdg xml xtables zfs
"""
_COMMANDS = """
accessdb add-shell addgroup addpart adduser agetty apropos apt apt-cache apt-cdrom apt-config apt-get
apt-key apt-mark arch arp arpd at aws b2sum badblocks base32 base64 basename basenc bash bashbug
blkdiscard blkid blkzone blockdev bridge busctl c++ c_rehash capsh captoinfo cat catman cc certbot chage
chattr chcon chcpu chfn chgpasswd chgrp chmem chmod choom chown chpasswd chroot chrt chsh cksum clear
clear_console cmake cmp comm containerd cp cpgr cppw cron crontab csplit ctrlaltdel ctstat curl cut dash
date dcb dd deb-systemd-helper deb-systemd-invoke debconf debconf-apt-progress debconf-communicate
debconf-copydb debconf-escape debconf-set-selections debconf-show debugfs delgroup delpart deluser devlink
df dhclient diff diff3 dig dir dircolors dirname dmesg dnsdomainname docker domainname dpkg dpkg-deb
dpkg-divert dpkg-fsys-usrunmess dpkg-maintscript-helper dpkg-preconfigure dpkg-query dpkg-realpath
dpkg-reconfigure dpkg-split dpkg-statoverride dpkg-trigger du dumpe2fs e2freefrag e2fsck e2image e2label
e2mmpstatus e2scrub e2scrub_all e2undo e4crypt e4defrag echo egrep env eqn expand expiry expr factor
faillock faillog fallocate false fgrep filefrag find findfs findmnt flock fmt fold free fsck fsck.cramfs
fsck.ext2 fsck.ext3 fsck.ext4 fsck.minix fsfreeze fstab-decode fstrim g++ gcc genl geqn getcap getconf
getent getopt getpcaps getty git git-receive-pack git-shell git-upload-archive git-upload-pack gpasswd gpg
gpgv gpic grep groff grog grops grotty groupadd groupdel groupmems groupmod groups grpck grpconv grpunconv
gtbl gunzip gzexe gzip halt hardlink head helpztags hostid hostname hostnamectl htop i386 iconv
iconvconfig id ifconfig infocmp infotocap init insmod install installkernel invoke-rc.d ionice ip ipcmk
ipcrm ipcs ipmaddr iptables iptunnel ischroot isosize join journalctl jq kernel-install kill killall5
kubectl last lastb lastlog ld.so ldattach ldconfig ldd less lessecho lessfile lesskey lesspipe lexgrog
link linux32 linux64 ln lnstat locale localectl localedef logger login loginctl logname losetup ls lsattr
lsblk lscpu lsipc lslocks lslogins lsmem lsmod lsns lsof make man man-recode mandb manpath mawk mcookie
md5sum md5sum.textutils mesg mii-tool mkdir mke2fs mkfifo mkfs mkfs.bfs mkfs.cramfs mkfs.ext2 mkfs.ext3
mkfs.ext4 mkfs.minix mkhomedir_helper mklost+found mknod mkswap mktemp modprobe more mount mountpoint mv
namei nameif nano neqn netstat networkctl newgrp newusers nft nginx nice ninja nisdomainname nl node nohup
nologin npm nproc nroff nsenter nslookup nstat numactl numfmt nvcc nvidia-modprobe nvidia-smi od
openssl pam-auth-update pam_getenv pam_namespace_helper pam_timestamp_check partx passwd paste pathchk
pdb3 perl perl5.36.0 pgrep pic pidof pidwait ping pinky pip pip3 pivot_root pkill pldd plipconfig pmap
podman poweroff pr preconv printenv printf prlimit ps ptx pwck pwconv pwd pwdx pwhistory_helper pwunconv
py3clean py3compile py3versions pydoc3 pygettext3 python python3 python3.11 rarp rbash rdma readlink
readprofile realpath reboot remove-shell rename.ul renice reset resize2fs resizepart rev rgrep rm rmdir
rmmod rmt-tar route routel rrsync rsync rsync-ssl rtacct rtcwake rtmon rtstat run-parts runcon runlevel
runuser savelog scalar scp screen script scriptlive scriptreplay sdiff sed select-editor sensible-browser
sensible-editor sensible-pager seq service setarch setcap setpriv setsid setterm sftp sg sh sha1sum
sha224sum sha256sum sha384sum sha512sum shadowconfig shred shuf shutdown skill slabtop slattach sleep
slogin snap snice soelim sort split ss ssh ssh-add ssh-agent ssh-argv0 ssh-copy-id ssh-keygen ssh-keyscan
sshd start-stop-daemon stat stdbuf strace stty su sudo sulogin sum swaplabel swapoff swapon switch_root
sync sysctl systemctl systemd systemd-analyze systemd-ask-password systemd-cat systemd-cgls systemd-cgtop
systemd-creds systemd-cryptenroll systemd-delta systemd-detect-virt systemd-escape systemd-firstboot
systemd-id128 systemd-inhibit systemd-machine-id-setup systemd-mount systemd-notify systemd-path
systemd-repart systemd-run systemd-socket-activate systemd-stdio-bridge systemd-sysext systemd-sysusers
systemd-tmpfiles systemd-tty-ask-password-agent systemd-umount tabs tac tail tar tarcat taskset tbl tc
tcpdump tee telinit tempfile test tic timedatectl timeout tipc tload tmux toe top touch tput tr traceroute
troff true truncate tset tsort tty tune2fs tzselect uclampset udevadm ufw umount uname uncompress unexpand
uniq unix_chkpwd unix_update unlink unshare unzip update-alternatives update-passwd update-rc.d
update-shells uptime useradd userdel usermod users utmpdump uv vdir vdpa vi vigr vim vipw visudo vmstat
wall watch wc wdctl wget whatis whereis which.debianutils who whoami wipefs x86_64 xargs yes ypdomainname
zcat zcmp zdiff zdump zegrep zfgrep zforce zgrep zic zip zless zmore znew zramctl
"""
_FOLDER = frozenset(_FOLDERS.split())
_COMMAND = frozenset(_COMMANDS.split())
_SBIN, _BIN = "/usr/local/sbin", "/usr/local/bin"


def _named(runtime: Runtime) -> Iterator[tuple[str, SpecPath]]:
    """Everything that gets a name in a folder that others use, by that folder."""
    yield "/etc", ("name",)
    for section in ("engine", "route_sync", "ingress", "watchdog"):
        yield _SBIN, (section, "installer")
    yield _BIN, ("route_sync", "wrapper")
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Staged):
            yield _SBIN, ("models", key, "script")


def is_free(runtime: Runtime, folder: str, path: SpecPath) -> Iterator[Finding]:
    """No name of ours is the system's: not the runtime's, and not that of a command."""
    name = str(at(runtime, path))
    if folder == "/etc" and name in _FOLDER:
        told = f"/etc/{name}, /run/{name} or /var/lib/{name} is the system's, and our files would lie in it"
        yield Finding(path, told, "write a name of your own, such as your organisation's")
    elif folder != "/etc" and name in _COMMAND:
        told = f"{folder}/{name} would run wherever anybody means the system's `{name}`"
        yield Finding(path, told, f"write a name that says what it does, such as run-{name}-for-llm")


RULES = (
    Rule(
        "DN142",
        each(_named, is_free),
        "/usr/local comes first on the PATH of every account, and what lies in another's folder is read by it"
        " (hier(7); truth book, section 2)",
    ),
)
