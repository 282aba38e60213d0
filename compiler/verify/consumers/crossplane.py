"""crossplane: another reader of nginx's language, which knows where a directive may stand and what it takes.

It reads every file with its includes, and needs no nginx: on a machine without one it is what remains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from compiler.verify.check import Check, Found, Subject
from compiler.verify.consumers import nginx_main
from compiler.verify.site import Site

_INCLUDE = re.compile(r"^(\s*include\s+)/", re.MULTILINE)
_AROUND = re.compile(r"^\[Errno \d+\] | in \S+:\d+$")
# Blocks whose lines are no directives: a pattern and a value.
_TABLES = frozenset({"charset_map", "geo", "map", "split_clients", "types"})
# Directives that are newer than crossplane's table, with the names of its masks.
_NEWER = {
    "http2": ("NGX_HTTP_MAIN_CONF", "NGX_HTTP_SRV_CONF", "NGX_CONF_FLAG"),
    "ssl_reject_handshake": ("NGX_HTTP_MAIN_CONF", "NGX_HTTP_SRV_CONF", "NGX_CONF_FLAG"),
}


def subjects(site: Site) -> Iterator[Subject]:
    """Each host with files of nginx: all of them at once."""
    for place, _ in site.hosts():
        files = site.files(place)
        paths = tuple(path for path in files if path.startswith(nginx_main.FOLDER))
        if paths:
            yield Subject(place, paths, (nginx_main.TEXT, nginx_main.others(files)))


def parse(site: Site, subject: Subject) -> Iterator[Found]:
    """Every complaint about our files, read together from the main file on."""
    analyzer = _taught()
    import crossplane  # noqa: PLC0415 - not a dependency of the compiler

    folder = site.folder()
    _lay(site, subject, folder)
    payload = crossplane.parse(f"{folder}{nginx_main.CONF}")
    for one in payload["errors"]:
        yield from _complaint(site, subject, folder, one)
    for one in payload["config"]:
        path = one["file"].removeprefix(str(folder))
        if path in subject.paths:
            yield from _unknown(path, one["parsed"], analyzer.DIRECTIVES)
    yield from _unread(site, subject, {one["file"].removeprefix(str(folder)) for one in payload["config"]})


def _taught() -> Any:
    """crossplane's analyzer, with the directives that its table lacks."""
    from crossplane import analyzer  # noqa: PLC0415 - not a dependency of the compiler

    for name, masks in _NEWER.items():
        analyzer.DIRECTIVES.setdefault(name, [sum(getattr(analyzer, mask) for mask in masks)])
    return analyzer


def _lay(site: Site, subject: Subject, folder: Path) -> None:
    """The files below a folder, each including the others there; every line keeps its number."""
    texts = {path: site.text(subject.place, path) for path in subject.paths}
    for path, text in {
        **texts,
        nginx_main.CONF: nginx_main.TEXT,
        nginx_main.OTHERS: subject.facts[1],
    }.items():
        file = folder / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_INCLUDE.sub(rf"\1{folder}/", text))


def _complaint(site: Site, subject: Subject, folder: Path, one: dict[str, Any]) -> Iterator[Found]:
    path, line = one["file"].removeprefix(str(folder)), one["line"] or 0
    message = _AROUND.sub("", one["error"].replace(str(folder), ""))
    if path in subject.paths:
        text = "".join(site.text(subject.place, path).splitlines()[line - 1 : line])
        yield Found(path, line, message, nginx_main.at_fault(message, text))
    else:  # it ended in a file of nginx, but a brace of ours that is missing is noticed only there
        yield Found(subject.paths[0], 0, f"{message} in {path}:{line}")


def _unknown(path: str, parsed: Sequence[dict[str, Any]], known: dict[str, Any]) -> Iterator[Found]:
    for one in parsed:
        name = one["directive"]
        if name not in known:
            yield Found(path, one["line"], f'unknown directive "{name}"', name)
        if "block" in one and name not in _TABLES:
            yield from _unknown(path, one["block"], known)


def _unread(site: Site, subject: Subject, read: set[str]) -> Iterator[Found]:
    """Our files that no include reaches."""
    for path in subject.paths:
        if path not in read:
            taken_over = site.files(subject.place)[path].planned.artifact.keep == "takes_over"
            at = f"hosts.{getattr(subject.place, 'name', '')}.takes_over" if taken_over else ""
            yield Found(path, 0, f"no file of nginx includes {path}", at=at)


CHECKS = (Check("crossplane", "DN403", ("python:crossplane",), subjects, parse),)
