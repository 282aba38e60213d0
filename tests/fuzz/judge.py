"""What must hold of any file that is given to the compiler, good or bad."""

from __future__ import annotations

import json
import re
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import get_args

from compiler.diagnostics import Diagnostic, Span, errors
from compiler.pipeline import compile_document
from compiler.pretty import Format, show
from compiler.source import read
from targets import TARGETS

SECONDS = 2.0
HANGING = 10.0
FORMS: tuple[Format, ...] = get_args(Format)
_CODE = re.compile(r"DN[0-9]{3}\Z")
# Control characters, breaks that only some know, and what turns the direction of a line.
_STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
_LONGEST_MESSAGE = 5000


class Hangs(BaseException):
    """Raised by the alarm; no `except Exception` may swallow it."""


def complaints(raw: bytes, place: Path, folder: Path) -> list[str]:
    """What is wrong with how the compiler takes `raw`, written to `place`; an empty list if nothing is.

    `folder` has the files that the spec names.
    """
    place.write_bytes(raw)
    start = time.process_time()
    try:
        with _alarm():
            found = list(_compile(place, folder))
    except Hangs:
        return [f"no end in {HANGING} seconds"]
    except Exception:  # noqa: BLE001 - whatever it is, that is the finding
        return [traceback.format_exc()]
    took = time.process_time() - start
    return [*found, f"took {took:.1f} s"] if took > SECONDS else found


def _compile(place: Path, folder: Path) -> Iterator[str]:
    document, read_findings = read(place, "spec.yaml", partial=True)
    findings: Sequence[Diagnostic] = read_findings
    bundle = None
    if document is not None:
        compiled = compile_document(document, folder, TARGETS, read_findings)
        findings, bundle = compiled.findings, compiled.bundle
    if (bundle is None) != bool(errors(findings)):
        yield f"{len(errors(findings))} errors, and {'no' if bundle is None else 'a'} bundle"
    lines = document.lines if document else _lines(place)
    for one in findings:
        yield from (f"{one.code}: {wrong}: {one}" for wrong in of_finding(one, lines))
    for form in FORMS:
        yield from _shown(findings, lines, form)


def of_finding(found: Diagnostic, lines: Sequence[str]) -> Iterator[str]:
    """What is wrong with one finding."""
    if not _CODE.match(found.code) or found.code == "DN900":
        yield "not a code"
    for text in (found.message, found.reason, found.help):
        if len(text) > _LONGEST_MESSAGE:
            yield f"{len(text)} characters"
    if found.file is None and found.span is None:
        yield "no place"
    spans = [found.span, *(one.span for one in found.related), *(one.span for one in found.edits)]
    yield from (f"{span} is not in the file" for span in spans if span and not _inside(span, lines))


def _inside(span: Span, lines: Sequence[str]) -> bool:
    if not 1 <= span.line <= max(1, len(lines)):
        return False
    line = lines[span.line - 1] if lines else ""
    return 1 <= span.column <= len(line) + 1 and span.width >= 1 and span.column + span.width - 2 <= len(line)


def _shown(findings: Sequence[Diagnostic], lines: Sequence[str], form: Format) -> Iterator[str]:
    text = show(findings, "spec.yaml", lines, form, colour=False)
    steering = sorted(set(_STEERING.findall(text)))
    if steering:
        yield f"characters that steer a terminal, in the form {form}: {steering}"
    if form in ("json", "sarif"):
        json.loads(text)
    elif form == "github" and len(text.splitlines()) != len(findings):
        yield f"{len(text.splitlines())} annotations for {len(findings)} findings"
    elif bool(text) != bool(findings):
        yield f"nothing to see in the form {form}"
    show(findings, "spec.yaml", lines, form, colour=True).encode("utf-8")


def _lines(place: Path) -> list[str]:
    return place.read_bytes().decode("utf-8", errors="replace").split("\n")


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise Hangs

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, HANGING)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
