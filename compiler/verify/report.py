"""What is said at the end of a verify: each check, what it was asked about, and what was not asked at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compiler.verify.run import Answer


def table(answers: Sequence[Answer]) -> str:
    """One line a check, then one for each that was not made and why."""
    made, unmade = [], []
    for name in dict.fromkeys(one.check.name for one in answers):
        own = [one for one in answers if one.check.name == name]
        asked = [one for one in own if not one.unable]
        if asked:
            made.append(_line(name, asked))
        unmade += _reasons(name, own)
    return "\n".join([*made, *unmade])


def _line(name: str, asked: Sequence[Answer]) -> str:
    complaints = sum(len(one.found) for one in asked)
    kept = sum(one.kept for one in asked)
    said = f"{complaints} complaint{'s' * (complaints != 1)}" if complaints else "ok"
    known = f", {kept} known from before" if kept else ""
    return f"{name:<18} {said:<14} {len(asked)} asked{known}"


def _reasons(name: str, own: Iterable[Answer]) -> list[str]:
    reasons = dict.fromkeys(one.unable for one in own if one.unable)
    return [f"{name:<18} not made: {reason}" for reason in reasons]
