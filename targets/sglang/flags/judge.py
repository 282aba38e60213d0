"""Would the parser of a version take this argument, and does it say what it seems to say?

Stricter than argparse, which takes abbreviations (`--tp 4`), aliases, and a quoted number for a number:
a spec names each flag in full, and a value has the flag's type. Pure functions; a `Problem` is in words.
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from compiler.spec.near import slips
from targets.sglang.flags import Flag, Scalar, dashed, having, spellings

Kind = Literal["unknown", "alias", "abbreviation", "deprecated", "type", "choice", "outdated"]

_HUMAN = re.compile(r"\d+|\d+(?:Ki|Mi|Gi|Ti)|\d+(?:\.\d+)?[kMGT]")
_NUMBER = re.compile(r"-(?:\d+|\d*\.\d+)")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an argument, and what to write instead."""

    kind: Kind
    message: str
    help: str = ""
    name: str | None = None
    """The name to write instead, spelt with dashes if the given one was."""
    value: Scalar = None
    """The value to write instead; None where there is none to propose."""
    certain: bool = False
    """Does the proposal mean to the engine what was written, or what can only have been meant?"""
    secret: bool = False
    """Does what is written open something? Then it is not repeated, and nothing is proposed."""


def judge_name(flags: Mapping[str, Flag], name: str) -> Problem | None:
    """Is this a flag's full name, and one that stays?"""
    flag = flags.get(dashed(name))
    if flag is None:
        return _other_spelling(flags, name) or _abbreviation(flags, name) or _unknown(flags, name)
    return _deprecated(flags, flag, name) if flag.deprecated else None


def judge_value(flag: Flag, value: Scalar) -> Problem | None:
    """Is this scalar of the flag's type, and among its choices?"""
    problem = _JUDGES[flag.type](flag, value)
    return problem or _reads_as_flag(flag, value) or _choice(flag, value)


# ── Names


def _like(given: str, name: str) -> str:
    return name if given.startswith("--") else name[2:]


def _other_spelling(flags: Mapping[str, Flag], name: str) -> Problem | None:
    """An alias, or what turns a switch off: one flag has one name in a spec."""
    for spelling, flag in spellings(flags):
        if spelling == dashed(name):
            full = _like(name, flag.name)
            if spelling == flag.negation:
                return Problem("alias", f"`{name}` turns `{full}` off", f"write `{full}: false`", full, False)
            message = f"`{name}` is another name of `{full}`"
            return Problem("alias", message, f"write `{full}`", full, certain=True)
    return None


def _abbreviation(flags: Mapping[str, Flag], name: str) -> Problem | None:
    """The parser completes a beginning that is that of one flag only, today."""
    known = dict(flags) | dict(spellings(flags))
    meant = sorted({flag.name for spelling, flag in known.items() if spelling.startswith(dashed(name))})
    if not meant:
        return None
    if len(meant) > 1:
        message = f"`{name}` is the beginning of {len(meant)} flags"
        return Problem("abbreviation", message, f"write one in full, such as `{_like(name, meant[0])}`")
    full = _like(name, meant[0])
    begun = min(
        (one for one in known if one.startswith(dashed(name)) and known[one].name == meant[0]), key=len
    )
    alias = "" if begun == meant[0] else f", another name of `{full}`"
    message = (
        f"`{name}` is the beginning of `{_like(name, begun)}`{alias}, and another flag may begin like it in "
        "the next version"
    )
    return Problem("abbreviation", message, f"write `{full}`", full, certain=True)


def _unknown(flags: Mapping[str, Flag], name: str) -> Problem:
    spelt = dashed(name).replace("_", "-").lower()
    known = dict(flags) | dict(spellings(flags))
    others = having(name)
    message = f"there is no flag `{name}`" + (
        f" in this version; {', '.join(others)} has it" if others else ""
    )
    away = "take it away" + (", or pin a version that has it" if others else "")
    close = difflib.get_close_matches(spelt, known, n=1, cutoff=0.75)
    if not close:
        return Problem("unknown", message, away)
    meant = [spelt] if spelt in known else slips(spelt, close)
    full = _like(name, known[close[0]].name)
    if not meant:
        return Problem("unknown", message, f"{away}; near in name: `{full}`, another thing perhaps")
    return Problem("unknown", message, f"did you mean `{full}`?", full, certain=spelt in known)


def _deprecated(flags: Mapping[str, Flag], flag: Flag, name: str) -> Problem:
    """The engine's own words; its proposal is certain where both flags set the same field."""
    new = flags.get(flag.instead or "")
    message = f"`{name}` is deprecated: {flag.deprecated}"
    if new is None:
        return Problem("deprecated", message, "take it away")
    full, same = _like(name, new.name), (new.dest, new.type) == (flag.dest, flag.type)
    return Problem("deprecated", message, f"write `{full}`", full, certain=same)


# ── Values


def _wrong(flag: Flag, wants: str, value: Scalar, better: Scalar = None) -> Problem:
    """A value of another type; what it can only have meant is certain."""
    message = f"`{flag.word}` takes {wants}, not {_shown(flag, value)}"
    if flag.is_secret:
        return Problem("type", message, "take it out", secret=True)
    if better is not None:
        return Problem("type", message, f"write {_yaml(better)}", None, better, certain=True)
    if flag.choices:
        wants = f"one of {_listed(flag)}"
    default = flag.default is not None and flag.type != "switch" and not isinstance(flag.default, tuple)
    return Problem(
        "type", message, f"write {wants}" + (f"; the default is {flag.default}" if default else "")
    )


def _yaml(value: Scalar) -> str:
    """A scalar as one writes it in YAML: texts in quotes, so that none is taken for something else."""
    return json.dumps(value, ensure_ascii=False)


def _shown(flag: Flag, value: Scalar) -> str:
    if value is None:
        return "nothing"
    if flag.is_secret:
        return "this"
    return f"the text {_yaml(value)}" if isinstance(value, str) else _yaml(value)


def _switch(flag: Flag, value: Scalar) -> Problem | None:
    if isinstance(value, bool):
        return None
    meant = {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None
    return _wrong(flag, "true or false", value, meant)


def _int(flag: Flag, value: Scalar) -> Problem | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    return _wrong(flag, "a whole number", value, _as_int(value))


def _as_int(value: Scalar) -> int | None:
    """The whole number that a text or a fraction can only have meant."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?(?:0|[1-9]\d*)", value):
        return int(value)
    return None


def _float(flag: Flag, value: Scalar) -> Problem | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return None
    meant = float(value) if isinstance(value, str) and re.fullmatch(r"-?\d+(?:\.\d+)?", value) else None
    return _wrong(flag, "a number", value, meant)


def _human_int(flag: Flag, value: Scalar) -> Problem | None:
    """As the engine's `human_readable_int`: case counts, and Ki is 1024 where k is 1000."""
    if isinstance(value, str) and _HUMAN.fullmatch(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return None
    return _wrong(flag, "a whole number, or one like 128Ki", value, _as_int(value))


def _text(flag: Flag, value: Scalar) -> Problem | None:
    if isinstance(value, str):
        return None
    if value is None and flag.nargs in {"?", "*"}:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and flag.choices and value in flag.choices:
        return None
    meant = None if value is None or isinstance(value, bool) or flag.choices else str(value)
    return _wrong(flag, "a text", value, meant)


def _json(flag: Flag, value: Scalar) -> Problem | None:
    """JSON as a text: the engine reads it itself."""
    wants = "a JSON list as a text" if flag.type == "json list" else "JSON as a text"
    if not isinstance(value, str):
        return _wrong(flag, wants, value)
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return _wrong(flag, wants, value)
    return _wrong(flag, wants, value) if flag.type == "json list" and not isinstance(read, list) else None


def _custom(flag: Flag, value: Scalar) -> Problem | None:
    return _wrong(flag, "a value", value) if value is None or isinstance(value, bool) else None


_JUDGES: dict[str, Callable[[Flag, Scalar], Problem | None]] = {
    "switch": _switch,
    "int": _int,
    "float": _float,
    "human int": _human_int,
    "str": _text,
    "json": _json,
    "json list": _json,
    "custom": _custom,
}


def _reads_as_flag(flag: Flag, value: Scalar) -> Problem | None:
    """Argparse takes a word that begins with a dash for a flag, but for numbers and texts with a blank."""
    if not isinstance(value, str) or not value.startswith("-") or value == "-":
        return None
    if _NUMBER.fullmatch(value) or " " in value:
        return None
    shown = "this value" if flag.is_secret else f"`{value}`"
    message = f"{shown} would be read as a flag, and not as the value of `{flag.word}`: it begins with a dash"
    return Problem("type", message, "write a value without the dash", secret=flag.is_secret)


def _choice(flag: Flag, value: Scalar) -> Problem | None:
    if flag.choices is None or isinstance(value, bool) or value is None:
        return None
    if str(value) not in map(str, flag.choices):
        return _no_choice(flag, value)
    new = flag.outdated.get(str(value))
    if new is None:
        return None
    message = f"the engine renames `{flag.word}: {value}` to `{new}` with a warning"
    return Problem("outdated", message, f"write {new}", None, new, certain=True)


def _no_choice(flag: Flag, value: Scalar) -> Problem:
    choices = [str(choice) for choice in flag.choices or () if choice is not None]
    close = difflib.get_close_matches(str(value).lower(), choices, n=1, cutoff=0.6)
    message = f"`{flag.word}` cannot be {_yaml(value)}"
    listed = f"one of {_listed(flag)}"
    if not close:
        return Problem("choice", message, f"write {listed}")
    return Problem("choice", message, f"did you mean `{close[0]}`? It is {listed}", None, close[0])


def _listed(flag: Flag) -> str:
    return ", ".join(str(choice) for choice in flag.choices or () if choice is not None)
