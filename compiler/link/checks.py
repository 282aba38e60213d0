"""Each thing that an output needs is provided, none twice, and no output is there for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.artifact import Host
from compiler.formats.unit import Unit
from compiler.link import packages
from compiler.link.graph import Scope
from compiler.link.paths import above, matches
from compiler.link.reads import is_list
from compiler.link.thing import EVERYWHERE, Needs, Thing
from compiler.link.trouble import Trouble

_WORDS = {
    "path": "the path {}",
    "mount": "a file system at {}",
    "unit": "the unit {}",
    "user": "the user {}",
    "group": "the group {}",
    "command": "the command {}",
    "package": "the package {}",
    "module": "the module {}",
    "variable": "the variable {}",
    "credential": "the credential {}",
    "parameter": "leave to read the parameter {}",
    "keys": "an authorized_keys file in {}",
    "upstream": "the upstream {}",
    "port": "the port {}",
    "login": "a login {}",
    "service": "a worker's port {}",
    "url": "a route that answers {}",
}
_GIVEN = {"path": "paths", "unit": "units", "command": "commands"}


def called(thing: Thing) -> str:
    """A thing, for a message."""
    return _WORDS[thing.kind].format(thing.name)


def dangling(scope: Scope) -> Iterator[Trouble]:
    """A need that nothing of its place provides; each thing once, whoever else needs it or a part of it."""
    told: set[Thing] = set()
    for path, need in scope.all_needs():
        thing = need.thing
        known = thing in told or any(Thing(thing.kind, one) in told for one in above(thing.name))
        if not known and thing.kind not in {*EVERYWHERE, "credential"} and not scope.providers(thing):
            told.add(thing)
            yield _not_pinned(scope, path, need) if thing.kind == "module" else missing(scope, path, need)


def missing(scope: Scope, path: str, need: Needs) -> Trouble:
    """That nothing provides what an output needs."""
    where = f"`{scope.place.name}`" if isinstance(scope.place, Host) else scope.place.folder
    given = _GIVEN.get(need.thing.kind)
    ways = "correct the name, or let a target or an installer of this place make it"
    if given and isinstance(scope.place, Host):
        ways = f"{ways}; what its image brings is written under `hosts.{scope.place.name}.given.{given}`"
    said = f"{need.word} in {path} needs {called(need.thing)}, and nothing on {where} provides it"
    return _lacking(scope, path, need.line, need.thing.name, said, ways)


def _lacking(scope: Scope, path: str, line: int, token: str, said: str, ways: str) -> Trouble:
    return Trouble("DN240", scope.place, path, line, token, said, ways)


def _not_pinned(scope: Scope, path: str, need: Needs) -> Trouble:
    """That no list of packages has what a program imports: the list is where it can be mended."""
    lists = sorted(one for one, found in scope.artifacts.items() if is_list(found))
    name = need.thing.name.rpartition("/")[2]
    said = f"{path} imports {name}, and no list of packages of `{_called(scope)}` has it, nor is it beside it"
    ways = f"pin {name} in the list, with hashes"
    return _lacking(scope, (lists or [path])[0], 0, name, said, ways)


def _called(scope: Scope) -> str:
    return getattr(scope.place, "name", "") or scope.place.folder


def twice(scope: Scope) -> Iterator[Trouble]:
    """A thing that two outputs provide, of which one would win."""
    for thing, providers in scope.offers.items():
        owners = {one.offer.by or one.source: one for one in providers if not one.offer.shared}
        if len(owners) > 1:
            first, second = list(owners.values())[:2]
            said = f"{called(thing)} is provided by {second.source} and by {first.source}"
            ways = "let one of the two have another"
            yield Trouble("DN241", scope.place, second.source, second.offer.line, thing.name, said, ways)


def unused(scope: Scope) -> Iterator[Trouble]:
    """An output that no other needs, that no package's program reads and that nobody starts by hand."""
    if not isinstance(scope.place, Host):
        return
    used = {provider for _, provider in scope.used()}
    for path in scope.artifacts:
        if path not in used and not is_root(scope, path):
            said = f"nothing on `{scope.place.name}` uses {path}"
            ways = "leave it out of the target, or let something use it"
            yield Trouble("DN242", scope.place, path, 0, "", said, ways, "warning")


def is_root(scope: Scope, path: str) -> bool:
    """What is used by somebody who is no output: systemd, a daemon of a package, an operator, a person."""
    artifact = scope.artifacts[path].planned.artifact
    enabled = isinstance(artifact.content, Unit) and artifact.content.enabled
    readers = packages.readers(scope.has).values()
    globs = [*packages.run(scope.has), *(glob for globs in readers for glob in globs)]
    return (
        bool(artifact.root or artifact.included_by) or enabled or any(matches(path, glob) for glob in globs)
    )
