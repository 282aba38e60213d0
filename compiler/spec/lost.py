"""What is said of names that lead nowhere, and of notes about nothing."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Edit, Related
from compiler.source.document import Data
from compiler.spec import mending, near, variants
from compiler.spec.node import Refers
from compiler.spec.path import SpecPath, dotted
from compiler.spec.references import Lost, model_of, named_by
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, reach, slot_at
from compiler.spec.word import Word
from compiler.spec.written import written

_MOST = 12


def told(data: Data, lost: Lost) -> Diagnostic:
    """What is said of a name that leads nowhere."""
    first, *others = lost.places
    kind = lost.refers.role or lost.refers.status
    narrowed = f" that is `{kind}`" if kind else ""
    meant = _meant(data, lost)
    return Diagnostic(
        "DN024",
        f"`{lost.value}` is `{lost.is_instead}`, and `{dotted(first)}` takes only what is `{kind}`"
        if lost.is_instead
        else f"`{dotted(first)}` names `{lost.value}`, and `{lost.refers.table}` has no such entry{narrowed}",
        path=first,
        help=_another_kind(data, lost) if lost.is_instead else _way(data, lost, meant),
        related=tuple(Related(f"`{dotted(one)}` names it, too", one) for one in others[:_MOST]),
        edits=(Edit(first, written(meant)),) if meant and not others else (),
    )


def certain(data: Data, lost: Lost) -> str | None:
    """What is certain to be meant: not where several places agree on the name."""
    return _meant(data, lost) if len(lost.places) == 1 else None


def _meant(data: Data, lost: Lost) -> str | None:
    if lost.is_instead:
        return None
    return named_by(data, lost.refers, lost.value)[0] or near.certain(lost.value, lost.keys)


def _way(data: Data, lost: Lost, meant: str | None) -> str:
    """What to write for a name that no entry has: the one that was meant, or how a new entry is made."""
    said = of_a_field(data, lost.refers, lost.value)
    close = [meant] if meant else near.slips(lost.value, lost.keys)
    if said or close:
        return said or near.asked(close)
    table = tuple(lost.refers.table.split("."))
    slot = slot_at(Runtime, data, (*table, lost.value)) if _may_be_a_key(data, table, lost.value) else None
    known = f"{_there_are(lost.keys)}{_renamed(lost)}"
    if slot is None:
        return known
    needs = f" with `{variants.tag_of(slot)}: {_kind(lost)}`" if _kind(lost) else ""
    return f"no such entry yet: add `{lost.value}` under `{lost.refers.table}`{needs}; {known}"


def _renamed(lost: Lost) -> str:
    """The entry that may have had this name before, if nothing names another."""
    where = f"at all {len(lost.places)} places" if len(lost.places) > 1 else "here"
    return f"; was it renamed? nothing names `{lost.spare}`: write it {where}" if lost.spare else ""


def of_a_field(data: Data, refers: Refers, value: object) -> str:
    """What is said where the text is what a field of the entry says, and not the entry's name."""
    key, name = named_by(data, refers, value)
    return f"that is the `{name}` of `{refers.table}.{key}`: write `{key}`" if key else ""


def _kind(lost: Lost) -> str:
    return lost.refers.role or lost.refers.status or ""


def _there_are(keys: Sequence[str]) -> str:
    more = " and more" if len(keys) > _MOST else ""
    return f"there are: {', '.join(keys[:_MOST])}{more}" if keys else "there are none"


def _may_be_a_key(data: Data, table: SpecPath, name: str) -> bool:
    """Whether a new entry of the table may have this name."""
    slot = slot_at(Runtime, data, table)
    names = slot.names if slot else None
    word = names.note(Word) if names else None
    return names is not None and (word is None or mending.fits(data, Slot(str, (word,)), name))


def _another_kind(data: Data, lost: Lost) -> str:
    """What to do with an entry of another role or status: name another, or make it one that is wanted."""
    place = (*lost.refers.table.split("."), lost.value)
    others = _there_are(lost.keys)
    reason = reach(data, (*place, "reason"))
    if isinstance(reason, str):
        return f"it was turned down: {reason}; {others}"
    if lost.refers.status is None:
        return others
    slot, now = slot_at(Runtime, data, place), model_of(data, place)
    wanted = [one for one in slot.models if variants.variant(one, "status") == _kind(lost)] if slot else []
    if now is None or not wanted:
        return others
    fields = wanted[0].model_fields
    lacks = [name for name, field in fields.items() if field.is_required() and name not in now.model_fields]
    goes = [name for name in now.model_fields if name not in fields]
    gets = f" with {_all(lacks)}" if lacks else ""
    leaves = f", and take away {_all(goes)}" if goes else ""
    return f"{others}; or give `{dotted(place)}` `status: {_kind(lost)}`{gets}{leaves}"


def _all(names: Sequence[str]) -> str:
    return " and ".join(f"`{one}`" for one in names)


def about_nothing(data: Data, path: SpecPath) -> Diagnostic:
    """What is said of a note whose field is not there."""
    model = model_of(data, path[:-2])
    fields = list(model.model_fields) if model else []
    close, meant = near.nearest(path[-1], fields), near.certain(path[-1], fields)
    here = dotted(path[:-2]) or "the spec"
    return Diagnostic(
        "DN025",
        f"`{dotted(path)}` is a note about `{path[-1]}`, and `{here}` has no such field",
        path=path,
        on_key=True,
        reason="a note is carried to where its field is explained",
        help=near.asked([meant] if meant else close) if close else f"its fields are: {', '.join(fields)}",
        edits=(Edit(path, meant, on_key=True),) if meant else (),
    )


def empty_note(path: SpecPath) -> Diagnostic:
    """What is said of `why:`, `assumed:` or `waive:` with nothing behind it."""
    name = str(path[-1])
    wanted = "the code of a rule, and the reason" if name == "waive" else "the text"
    return Diagnostic(
        "DN027",
        f"`{dotted(path)}`: nothing is written here",
        path=path,
        on_key=True,
        reason="what is meant to be explained would be carried nowhere, and nobody would see it",
        help=f"write {wanted}, in quotes if it begins with # (a comment begins there); or take `{name}` away",
    )
