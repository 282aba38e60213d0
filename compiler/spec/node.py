"""The base of every spec model: frozen, strict, annotated, and able to note what is read from it.

Noting reads is what makes outputs traceable: while a listener is set, every read of a field is reported with
the path of the node, so that an artifact knows every leaf it may depend on. Without a listener the cost is
one lookup of a context variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from compiler.spec.path import SpecPath
from compiler.spec.scalars import RuleCode

Listener = Callable[[SpecPath], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)

Note = Annotated[str, Field(min_length=1, examples=["so decided on 2026-01-31"])]
Notes = Note | dict[str, Note]


class DocOnly:
    """Marks a field that only the hand-off page and other documents carry; no machine reads it."""


class RuleOnly:
    """Marks a field that a rule holds the spec against; no output has it."""


class VerifyOnly:
    """Marks a field that a check of `dncompile verify` holds the outputs against; no output has it."""


class Concealed:
    """Marks a field in whose place a secret may be pasted by mistake: no message shows what stands there."""


@dataclass(frozen=True)
class Opens:
    """Marks a field of which one choice opens what the others guard: no message proposes it."""

    choice: str


@dataclass(frozen=True)
class Refers:
    """Marks a field that names a key of the mapping at the dotted path `table`.

    `role` or `status` narrow it to entries whose field of that name has that value.
    """

    table: str
    role: str | None = None
    status: str | None = None


def doc_only() -> Any:
    """The metadata of a field for people: the leaf walk does not ask it to change a machine's file."""
    return DocOnly()


class Node(BaseModel):
    """A mapping of the spec.

    Every mapping may say `why:` a decision was taken, what is `assumed:` (what the operators have not
    confirmed) and which rules it may `waive:`, as one text or by field.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        protected_namespaces=(),
        defer_build=True,
    )

    why: Notes | None = None
    """The reason for this decision: one text, or a text by field. Carried into the hand-off page."""
    assumed: Notes | None = None
    """What the truth book does not say and somebody must confirm: one text, or a text by field."""
    waive: dict[RuleCode, Notes] | None = None
    """Rules that are broken here on purpose, by code: the reason as one text, or a text by field."""

    _path: SpecPath = PrivateAttr(default=())

    def __getattribute__(self, name: str) -> Any:
        value = super().__getattribute__(name)
        listener = _listener.get()
        if listener is not None and name in type(self).__pydantic_fields__:
            listener((*_place(self), name))
        return value

    def model_dump(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As pydantic's, but every leaf below counts as read: a dump bypasses attribute access."""
        listener = _listener.get()
        if listener is not None:
            for path in leaves(self):
                listener(path)
        return super().model_dump(*args, **kwargs)

    def place(self) -> SpecPath:
        """Where in the spec this node stands."""
        return _place(self)


def _place(node: Node) -> SpecPath:
    private = cast(dict[str, Any] | None, object.__getattribute__(node, "__pydantic_private__"))
    return private["_path"] if private else ()


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Report every field read below to `listener` while the block runs."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def children(value: object) -> Iterator[tuple[str | int, object]]:
    """The named parts of a node, a mapping or a sequence, in order, without counting as reads."""
    if isinstance(value, Node):
        yield from value.__dict__.items()
    elif isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from enumerate(value)


def part(value: object, name: str | int) -> object:
    """One named part of a node, a mapping or a sequence, or none, without counting as a read."""
    if isinstance(value, Node):
        return value.__dict__.get(str(name))
    if isinstance(value, dict):
        return value.get(name)
    return value[name] if isinstance(value, tuple) and isinstance(name, int) and name < len(value) else None


def at(value: object, path: SpecPath) -> object:
    """What stands at `path` below `value`, read as a field: a listener hears of it, and may refuse it."""
    for name in path:
        value = getattr(value, str(name)) if isinstance(value, Node) else part(value, name)
    return value


def leaves(value: object, path: SpecPath | None = None) -> Iterator[SpecPath]:
    """The path of every scalar below `value`."""
    here = value.place() if path is None and isinstance(value, Node) else path or ()
    if not isinstance(value, Node | dict | tuple):
        yield here
    for name, child in children(value):
        yield from leaves(child, (*here, name))


def settle(value: object, path: SpecPath = ()) -> None:
    """Tell every node below `value` where it stands. Done once, after validation."""
    if isinstance(value, Node):
        private = cast(dict[str, Any], object.__getattribute__(value, "__pydantic_private__"))
        private["_path"] = path
    for name, child in children(value):
        settle(child, (*path, name))
