"""nginx: `nginx -t` over a host's whole tree, with its real paths and the host's own version, offline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from compiler.artifact import Place
from compiler.process import run
from compiler.spec.hosts import Ingress
from compiler.verify import cell as cells
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.consumers import nginx_main
from compiler.verify.site import Site

_NGINX = "/usr/sbin/nginx"
# To standard error `nginx: [emerg] …`; once a log is open also `2026/11/25 03:44:25 [emerg] 12#12: …`.
_SAID = re.compile(
    r"^(?:nginx: |[\d/]{10} [\d:]{8} )\[(?P<level>emerg|alert|crit|error|warn)\] (?:\d+#\d+: )?(?:\*\d+ )?"
    r"(?P<message>.*?)(?: in (?P<path>/\S+?):(?P<line>\d+))?$",
    re.MULTILINE,
)
_NAME = re.compile(r"^\s*server_name (\S+);")
_VERSION = re.compile(rb"nginx version: nginx/(\d+\.\d+\.\d+)")
_CERTIFICATES = frozenset({"ssl_certificate", "ssl_certificate_key"})
_MADE = ("var/log/nginx", "var/lib/nginx")  # by nginx's package, outside of /etc
_PAIR = (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x -keyout - -out -"
)


def subjects(site: Site) -> Iterator[Subject]:
    """Each host with files of nginx: all of them at once, with what makes the folders that they name."""
    for place, host in site.hosts():
        files = site.files(place)
        paths = tuple(path for path in files if path.startswith(nginx_main.FOLDER))
        beside = tuple(path for path in files if path.startswith(("/etc/tmpfiles.d/", "/etc/sysusers.d/")))
        if paths and isinstance(host, Ingress):
            base = _base(site, host)
            around = (nginx_main.TEXT, nginx_main.others(files), *_certificates(site, place))
            by = _identity(base) if base else ""
            yield Subject(place, (*paths, *beside), (host.os, host.nginx, by, *around))


def test(site: Site, subject: Subject) -> Iterator[Found]:
    """What nginx itself says of the tree."""
    cell = cells.of_host(site, subject.place, _base_or_unable(site, subject))
    cells.prepare(cell)
    nginx_main.bring(cell.base, cell.tree)
    for folder in _MADE:
        (cell.tree / folder).mkdir(parents=True, exist_ok=True)
    others = nginx_main.others(site.files(subject.place))
    cell.path(nginx_main.OTHERS).write_text(others)
    _certify(cell.path(path) for path in (*_certificates(site, subject.place), nginx_main.PAIR))
    done = cell.run(_NGINX, "-t", "-q")
    found = list(dict.fromkeys(_found(site, subject, said) for said in _SAID.finditer(done.said)))
    if done.code and not found:
        raise Unable(done.said.strip() or f"nginx ended with {done.code}")
    yield from found


def _base_or_unable(site: Site, subject: Subject) -> Path:
    host = next(host for place, host in site.hosts() if place == subject.place)
    base = _base(site, host) if isinstance(host, Ingress) else None
    if base is not None:
        return base
    there = [f"{_version(one)} ({_called(one)})" for one in _bases(site, host.os) if _version(one)]
    here = f"here is {', '.join(there)}" if there else "here is none"
    raise Unable(f"the host has nginx {subject.facts[1]}, {here}; `make roots` gets those of Debian")


def _base(site: Site, host: Ingress) -> Path | None:
    """The root file system with an nginx of the host's version, its own release's first."""
    same = (one for one in _bases(site, host.os) if _series(_version(one)) == _series(host.nginx))
    return next(same, None)


def _bases(site: Site, release: str) -> list[Path]:
    """The root of a release, this machine, and the roots of others, which may have its nginx, too."""
    own = site.tools.root(release)
    here = [Path("/")] if site.tools.program("nginx") else []
    return list(dict.fromkeys([*([own] if own else []), *here, *site.tools.all_roots()]))


def _series(version: str) -> str:
    """What decides how a file is read: major and minor."""
    return version.rpartition(".")[0]


def _called(base: Path) -> str:
    return "this machine" if base == Path("/") else base.name


def _version(base: Path) -> str:
    """What `nginx -v` prints there, taken from the program, which then need not run; empty without nginx."""
    return _read_version(_identity(base), base / _NGINX.lstrip("/"))


@cache
def _read_version(identity: str, file: Path) -> str:
    found = _VERSION.search(file.read_bytes()) if identity else None
    return found[1].decode() if found else ""


def _identity(base: Path) -> str:
    """Another nginx may give another answer."""
    file = base / _NGINX.lstrip("/")
    return f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" if file.exists() else ""


def _certificates(site: Site, place: Place) -> list[str]:
    """Where nginx reads certificates that something brings; a path that nothing brings stays empty."""
    scope = site.scopes[place]
    needs = {need.thing for _, need in scope.all_needs() if need.word in _CERTIFICATES}
    return sorted(thing.name for thing in needs if scope.providers(thing))


def _found(site: Site, subject: Subject, said: re.Match[str]) -> Found:
    message, path, line = said["message"], said["path"], int(said["line"] or 0)
    own = [one for one in subject.paths if one.startswith(nginx_main.FOLDER)]
    if path in own and line:
        text = "".join(site.text(subject.place, path).splitlines()[line - 1 : line])
        return Found(path, line, message, nginx_main.at_fault(message, text))
    named = _named(site, subject.place, own, message)
    if path is None and named is not None:
        return Found(*named[:2], message, named[2])
    return _foreign(subject, own[0], message, path, line)


def _named(site: Site, place: Place, own: list[str], message: str) -> tuple[str, int, str] | None:
    """The line that holds what nginx quotes, or the longest name, of a complaint without a place."""
    quoted = sorted(nginx_main.QUOTED.findall(message), key=len, reverse=True)
    names = sorted(_lines(site, place, own, _NAME), key=lambda one: -len(one[2]))
    if "server_names_hash" in message and names:
        return names[0]
    words = (re.compile(rf"(?<![\w./-])({re.escape(word)})(?![\w./-])") for word in quoted)
    return next((one for word in words for one in _lines(site, place, own, word)), None)


def _lines(
    site: Site, place: Place, own: list[str], wanted: re.Pattern[str]
) -> Iterator[tuple[str, int, str]]:
    """Each line of our files that a pattern finds, with its first group."""
    for path in own:
        for number, line in enumerate(site.text(place, path).splitlines(), start=1):
            if not line.lstrip().startswith("#") and (found := wanted.search(line)):
                yield path, number, found[1]


def _foreign(subject: Subject, first: str, message: str, path: str | None, line: int) -> Found:
    """A complaint about a file that the host's package brings, or about none at all."""
    name = getattr(subject.place, "name", "")
    if path is None:
        return Found(first, 0, message, at=f"hosts.{name}.nginx")
    help_ = f"{path} comes with nginx; a site of it is replaced when `hosts.{name}.takes_over` names it"
    return Found(first, 0, f"{message} in {path}:{line}", help=help_, at=f"hosts.{name}.takes_over")


def _certify(files: Iterable[Path]) -> None:
    """One throw-away pair for all; each file holds both halves, so that it does for either."""
    pair = run(["openssl", *_PAIR.split()]).out
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(pair)


CHECKS = (Check("nginx", "DN401", ("openssl", "setpriv", "unshare"), subjects, test),)
