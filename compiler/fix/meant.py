"""What the data of a spec is after edits: the text that was edited must read as this and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compiler.fix.removal import Refused
from compiler.fix.replacement import Change
from compiler.source.document import Data
from compiler.spec.path import SpecPath

Step = Callable[[Data], Data]


def meant(data: Data, changes: Iterable[Change]) -> Data:
    """The data with new values, then without what goes, then with new keys; a change given twice is one.

    Last items and deepest keys come first, so that each path is still good when its turn comes.

    Raises:
        Refused: a new key is there already.
    """
    once = {(one.path, one.edit.on_key): one for one in changes}
    for change in sorted(once.values(), key=_turn):
        data = _at(data, change.path[:-1], _step(change))
    return data


def _turn(change: Change) -> tuple[int, int, int]:
    last = change.path[-1]
    kind = 1 if change.edit.text is None else 2 if change.edit.on_key else 0
    return kind, -len(change.path), -last if isinstance(last, int) else 0


def _step(change: Change) -> Step:
    name, value = change.path[-1], change.value
    if change.edit.text is None:
        return lambda data: _without(data, name)
    if change.edit.on_key and isinstance(name, str):
        return lambda data: _renamed(data, name, str(value))
    return lambda data: _at(data, (name,), lambda _: value)


def _without(data: Data, name: str | int) -> Data:
    if isinstance(data, dict):
        return {key: one for key, one in data.items() if key != name}
    if isinstance(data, tuple):
        return tuple(one for index, one in enumerate(data) if index != name)
    return data


def _renamed(data: Data, name: str, new: str) -> Data:
    if not isinstance(data, dict):
        return data
    if new in data and new != name:
        raise Refused("its new key stands there already")
    return {new if key == name else key: one for key, one in data.items()}


def _at(data: Data, path: SpecPath, step: Step) -> Data:
    if not path:
        return step(data)
    name = path[0]
    if isinstance(data, dict):
        return {key: _at(one, path[1:], step) if key == name else one for key, one in data.items()}
    if isinstance(data, tuple):
        return tuple(_at(one, path[1:], step) if index == name else one for index, one in enumerate(data))
    return data
