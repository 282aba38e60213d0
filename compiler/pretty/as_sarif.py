"""Diagnostics as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), for code scanning."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.pages import Page
from compiler.pretty.as_pages import explained
from compiler.pretty.conceal import conceal
from compiler.pretty.regions import Region, Regions, regions
from compiler.spec.path import dotted

Json = dict[str, Any]
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
# The compiler, or the machine it ran on, could not do its work: nothing that the spec is to blame for.
_FAULTS = re.compile(r"DN9\d\d\Z")
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?\Z")
# Half a character, and none of those that stand for a byte of a name that is not UTF-8.
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def show(
    findings: Sequence[Diagnostic],
    spec: str,
    lines: Sequence[str],
    *,
    titles: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> str:
    """One run of the compiler.

    Args:
        findings: concealed before.
        spec: the name of the spec, as it was given.
        lines: its text.
        titles: what each code is about in general.
        root: the folder that names of files start from, as a rule the current one.
    """
    log = _Log(spec, lines, titles or {}, root or Path.cwd(), regions(findings, lines))
    return _document(log.run(findings))


def rules(pages: Mapping[str, Page]) -> str:
    """A log without results, for programs that want to know what there is to be found."""
    driver = {**_driver(), "rules": [_rule(page) for page in pages.values()]}
    return _document({"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": []})


def _document(run: Json) -> str:
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _driver() -> Json:
    return {"name": "dncompile", **_version()}


def _rule(page: Page) -> Json:
    """What is known of a code when it has not been found."""
    return {
        "id": page.code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.rule.reason if page.rule else page.title},
        "help": {"text": explained(page)},
        "defaultConfiguration": {"level": page.rule.severity if page.rule else "error"},
        "properties": {"waivable": bool(page.rule and page.rule.waivable)},
    }


class _Log:
    def __init__(
        self, spec: str, lines: Sequence[str], titles: Mapping[str, str], root: Path, edits: Regions
    ) -> None:
        self.spec = spec
        self.lines = lines
        self.titles = titles
        self.root = root
        self.edits = edits

    def run(self, findings: Sequence[Diagnostic]) -> Json:
        """Results for what is wrong with the spec or the tree, notifications for what is wrong with us."""
        found = [one for one in findings if not _FAULTS.match(one.code)]
        faults = [one for one in findings if _FAULTS.match(one.code)]
        codes = sorted({one.code for one in found})
        invocation: Json = {"executionSuccessful": not faults}
        if faults:
            invocation["toolExecutionNotifications"] = [self.notification(one) for one in faults]
        driver = {**_driver(), "rules": [self.rule(code, found) for code in codes]}
        seen: Counter[str] = Counter()
        return {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that dncompile was run in."}}},
            "results": [self.result(one, codes.index(one.code), seen) for one in found],
        }

    def rule(self, code: str, findings: Sequence[Diagnostic]) -> Json:
        """What is known of a code: its title, or what its findings say of it."""
        mine = [one for one in findings if one.code == code]
        reason = next((one.reason for one in mine if one.reason), "")
        help_ = next((one.help for one in mine if one.help), "")
        title = self.titles.get(code) or reason or code
        rule: Json = {"id": code, "shortDescription": {"text": title}}
        rule["fullDescription"] = {"text": reason or title}
        rule["help"] = {"text": help_ or reason or title}
        rule["defaultConfiguration"] = {"level": mine[0].severity}
        return rule

    def notification(self, found: Diagnostic) -> Json:
        """A fault of the compiler."""
        return {
            "descriptor": {"id": found.code},
            "level": found.severity,
            "message": {"text": _words(found)},
        }

    def result(self, found: Diagnostic, index: int, seen: Counter[str]) -> Json:
        """One finding."""
        result: Json = {
            "ruleId": found.code,
            "ruleIndex": index,
            "level": found.severity,
            "message": {"text": _words(found)},
        }
        place = self.location(found)
        if place:
            result["locations"] = [place]
        if found.related:
            result["relatedLocations"] = [
                self.related(number, one) for number, one in enumerate(found.related)
            ]
        edits = self.edits(found)
        if edits:
            result["fixes"] = [self.fix(found, edits)]
        result["partialFingerprints"] = {"findingHash/v1": self.fingerprint(found, seen)}
        return result

    def location(self, found: Diagnostic) -> Json:
        """The file, the stretch of its text and the path in the spec, as far as they are known."""
        place: Json = {}
        if found.file is not None:
            place["physicalLocation"] = {"artifactLocation": self.artifact(found.file)}
        elif found.span is not None:
            place["physicalLocation"] = self.physical(found.span)
        if found.path:
            place["logicalLocations"] = [{"fullyQualifiedName": conceal(dotted(found.path))}]
        return place

    def related(self, number: int, other: Related) -> Json:
        """Another place that a finding is about."""
        place: Json = {"id": number, "message": {"text": other.message}}
        if other.span is not None:
            place["physicalLocation"] = self.physical(other.span)
        return place

    def physical(self, span: Span) -> Json:
        """A stretch of a line of the spec; a mark beyond the line is cut there."""
        place: Json = {"artifactLocation": self.artifact(self.spec)}
        if span.line > 0 and span.column > 0:
            end = span.column + max(0, span.width)
            if span.line <= len(self.lines):
                end = min(end, len(self.lines[span.line - 1].rstrip("\r")) + 1)
            region = {"startLine": span.line, "startColumn": span.column}
            place["region"] = {**region, "endColumn": max(span.column, end)}
        return place

    def artifact(self, name: str) -> Json:
        """A file by its URI: below the root relative to it, elsewhere as it is on this machine."""
        whole = PurePosixPath(os.path.normpath(self.root / name))
        if whole.is_relative_to(self.root):
            return {"uri": _quoted(str(whole.relative_to(self.root))), "uriBaseId": _ROOT}
        return {"uri": f"file://{_quoted(str(whole))}"}

    def fix(self, found: Diagnostic, edits: list[Region]) -> Json:
        """All edits of a finding: they mend it together."""
        changes = [
            {"artifactLocation": self.artifact(self.spec), "replacements": [_made(one) for one in edits]}
        ]
        return {"description": {"text": found.help or found.message}, "artifactChanges": changes}

    def fingerprint(self, found: Diagnostic, seen: Counter[str]) -> str:
        """The same in the next run, wherever the lines have moved: made of the code and the path."""
        about = json.dumps([found.code, self.artifact(found.file or self.spec)["uri"], *found.path])
        seen[about] += 1
        return hashlib.sha256(f"{about} {seen[about]}".encode()).hexdigest()[:32]


def _made(edit: Region) -> Json:
    region = {
        "startLine": edit.line,
        "startColumn": edit.column,
        "endLine": edit.end_line,
        "endColumn": edit.end_column,
    }
    made: Json = {"deletedRegion": region}
    if edit.text:
        made["insertedContent"] = {"text": edit.text}
    return made


def _words(found: Diagnostic) -> str:
    parts = [found.message, found.reason and f"why: {found.reason}", found.help and f"help: {found.help}"]
    return "\n".join(part for part in parts if part)


def _version() -> Json:
    try:
        version = metadata.version("dncompile")
    except metadata.PackageNotFoundError:
        return {}
    return {"semanticVersion": version} if _SEMANTIC.match(version) else {"version": version}


def _quoted(path: str) -> str:
    """The path of a URI (RFC 3986): bytes that are not unreserved in percents."""
    raw = os.fsencode(_NO_BYTE.sub("\ufffd", path))
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)
