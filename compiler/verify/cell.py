"""A host's tree as the root of a file system, for programs that read absolute paths.

Mounts, network and processes are private and end with the command; nothing of the machine is changed. The
programs are those of a release's root file system, or else the machine's own. For root the host's accounts
are real; anybody else gets a user namespace that has only root, so all accounts are that one there.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compiler.artifact import Place
from compiler.process import Done, run
from compiler.verify.check import Unable
from compiler.verify.site import Site

_SCRIPT = Path(__file__).with_suffix(".sh")
_FOLDERS = ("dev", "proc", "run", "tmp", "usr", "local", "etc", "var/lib", "var/log", "var/cache", "root")
_LINKS = ("bin", "sbin", "lib", "lib64")
_BORROWED = ("alternatives", "ld.so.cache", "nsswitch.conf", "os-release", "ssl/openssl.cnf")
# What a cell could do to the machine that it runs on. The clock is the machine's, in a namespace or not.
_DROPPED = "-sys_time,-sys_boot,-sys_module,-sys_rawio,-sys_pacct,-syslog,-wake_alarm,-mknod"
_PRIVATE = ("--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FIRST = 900  # of the numbers of accounts that sysusers.d asks for
_MAKES = frozenset("dDeqQv")  # the types of tmpfiles.d(5) that end in a directory


@dataclass(frozen=True)
class Cell:
    """A tree that commands can be run in."""

    tree: Path
    base: Path

    def run(self, *argv: str, given: str = "", environment: Mapping[str, str] | None = None) -> Done:
        """Run a command in the cell to its end.

        Raises:
            Unable: this account may make no namespaces.
        """
        if not possible():
            raise Unable(f"no private namespaces here: {_refusal()}")
        words = [*_unshare(), "sh", str(_SCRIPT), str(self.tree), str(self.base), *argv]
        return run(words, given=given, environment={"PATH": _PATH, "LC_ALL": "C", **(environment or {})})

    def path(self, inside: str) -> Path:
        """Where a path of the cell lies outside."""
        moved = inside.replace("/usr/local", "/local", 1) if inside.startswith("/usr/local/") else inside
        return self.tree / moved.lstrip("/")


def possible() -> bool:
    """Whether this account may make the namespaces of a cell."""
    return not _refusal()


def of_host(site: Site, place: Place, base: Path | None = None) -> Cell:
    """A cell with a host's files, on a given root, or that of its release, or else this machine's own."""
    base = base or site.base(place)
    tree = site.folder()
    for name in _FOLDERS:
        (tree / name).mkdir(parents=True, exist_ok=True)
    tree.chmod(0o755)
    _borrow(base, tree)
    site.lay(place, tree)
    _separate_local(tree)
    (tree / "dev/null").touch()
    return Cell(tree, base)


def prepare(cell: Cell) -> None:
    """The folders and accounts that the tree asks systemd for, as systemd makes them at boot."""
    for words in _entries(cell.tree / "etc/tmpfiles.d"):
        if words[0][0] in _MAKES and len(words) > 1:
            cell.path(words[1]).mkdir(parents=True, exist_ok=True)
    asked = (words for words in _entries(cell.tree / "etc/sysusers.d") if words[0][0] == "u")
    with (cell.tree / "etc/passwd").open("a") as users, (cell.tree / "etc/group").open("a") as groups:
        for number, words in enumerate(asked, start=_FIRST):
            own = number if os.geteuid() == 0 else 0
            users.write(f"{words[1]}:x:{own}:{own}::/nonexistent:/usr/sbin/nologin\n")
            groups.write(f"{words[1]}:x:{own}:\n")


def _entries(folder: Path) -> Iterator[list[str]]:
    """The lines of files in columns, each as its words."""
    for file in sorted(folder.glob("*.conf")):
        for line in file.read_text().splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def _unshare() -> list[str]:
    who = () if os.geteuid() == 0 else ("--map-root-user",)
    drop = ("--bounding-set", _DROPPED, "--inh-caps", _DROPPED)
    return ["unshare", *_PRIVATE, *who, "setpriv", *drop]


@cache
def _refusal() -> str:
    """Why there can be no cell; empty where there can."""
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        return "unshare and setpriv are not installed (util-linux)"
    # The mount is tried too: some systems allow the namespace, and nothing in it.
    done = run([*_unshare(), "mount", "--make-rprivate", "/"])
    return done.said.strip() or f"unshare ended with {done.code}" if done.code else ""


def _borrow(base: Path, tree: Path) -> None:
    """What a distribution brings outside /usr: links, accounts, how names are looked up."""
    for name in _LINKS:
        if (base / "usr" / name).exists():
            (tree / name).symlink_to(f"usr/{name}")
    for name in _BORROWED:
        source, to = base / "etc" / name, tree / "etc" / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, to, symlinks=True)
        elif source.exists():
            shutil.copy(source, to)
    for name in ("passwd", "group"):
        (tree / "etc" / name).write_text(_accounts((base / "etc" / name).read_text()))


def _accounts(text: str) -> str:
    """Accounts or groups, each with a number that exists in the cell."""
    if os.geteuid() == 0:
        return text
    return "".join(f"{_as_root(line)}\n" for line in text.splitlines())


def _as_root(line: str) -> str:
    name, _, *rest = line.split(":")
    numbers = 2 if len(rest) == 5 else 1  # passwd(5) has a user and a group in each line, group(5) a group
    return ":".join([name, "x", *["0"] * numbers, *rest[numbers:]])


def _separate_local(tree: Path) -> None:
    """The cell binds the base's /usr over the tree's, and the tree's /usr/local over that."""
    local = tree / "usr/local"
    if local.exists():
        (tree / "local").rmdir()
        local.rename(tree / "local")
