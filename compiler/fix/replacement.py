"""An edit of the spec as a change of its text: which stretch goes, and what stands there then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.diagnostics import Edit
from compiler.fix import removal
from compiler.fix.layout import Entry, Layout, Node
from compiler.fix.removal import Absent, Refused, Replacement
from compiler.source import read_text
from compiler.source.document import Data
from compiler.source.scalars import BadScalar, resolve
from compiler.spec.path import SpecPath


@dataclass(frozen=True, slots=True)
class Change:
    """An edit with its place: the path as it is written, what the data is then, and how the text changes."""

    path: SpecPath
    edit: Edit
    value: Data
    replacements: tuple[Replacement, ...]


def change(layout: Layout, edit: Edit) -> Change:
    """How the text of `layout` changes.

    Raises:
        Absent: nothing is written at the path yet.
        Refused: an alias stands for the place, or the edit cannot be made without losing something.
    """
    entry = layout.find(edit.path, edit.span)
    if layout.through_alias(edit.path):
        raise Refused("the value is written elsewhere, and an alias stands for it here")
    if entry is None:
        raise Absent("the place is not written in the spec")
    renaming = edit.on_key and edit.text is not None
    if layout.shared(entry, on_key=renaming):
        raise Refused("an alias repeats what is written here, and would change with it")
    if edit.text is None:
        return Change(entry.path, edit, None, removal.removal(layout, entry))
    return Change(entry.path, edit, _meaning(edit), (_replaced(layout, entry, edit, edit.text),))


def apply(text: str, replacements: Iterable[Replacement]) -> str:
    """The text after all of them; they do not overlap."""
    parts, last = [], 0
    for one in sorted(replacements, key=lambda one: (one.start, one.end)):
        parts += [text[last : one.start], one.text]
        last = one.end
    return "".join([*parts, text[last:]])


def _meaning(edit: Edit) -> Data:
    """What the text of an edit is as data: the new value, or the new key."""
    if edit.text is None or "\n" in edit.text:
        raise Refused("the new text has several lines")
    document, _ = read_text(f"{edit.text}: 0" if edit.on_key else edit.text, "")
    data = document.data if document else None
    if edit.on_key and isinstance(data, dict) and len(data) == 1:
        return next(iter(data))
    if edit.on_key or (document is None and edit.text.strip()):
        raise Refused("the new text is not YAML")
    return data


def _replaced(layout: Layout, entry: Entry, edit: Edit, text: str) -> Replacement:
    node = entry.key if edit.on_key and entry.key else entry.value
    if node.kind == "block":
        raise Refused("a whole block stands there")
    if node.start == node.end and not node.quote:
        return _filled(layout, node, text)
    return Replacement(node.start, node.end, _quoted(text, node.quote, is_key=edit.on_key))


def _filled(layout: Layout, node: Node, text: str) -> Replacement:
    """Put a value where none was written."""
    before = layout.text[layout.line_start(node.start) : node.start]
    if not before.rstrip().endswith((":", "-")):
        raise Refused("there is no colon to write the value behind")
    return Replacement(node.start, node.start, text if before[-1:].isspace() else f" {text}")


def _quoted(text: str, quote: str, *, is_key: bool) -> str:
    """Plain text in the quotes that stood there before, where it means the same in them."""
    if not quote or not text or not text[0].isalnum() or quote in text or "\\" in text:
        return text
    try:
        same = is_key or resolve(text) == text
    except BadScalar:
        same = False
    plain = ": " not in text and " #" not in text and text == text.strip()
    return f"{quote}{text}{quote}" if same and plain and not text.endswith(":") else text
