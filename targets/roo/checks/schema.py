"""roo-schema: each settings file against the JSON Schema that was derived from the client's own types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.verify.check import Check, Found, Subject
from compiler.verify.json_lines import At, dotted
from compiler.verify.site import Site
from targets.roo.checks.settings import derived, read, subjects

_MANY = 8


def complaints(value: object) -> list[tuple[At, str]]:
    """What the schema says of a document, each with the path that it is about."""
    import jsonschema

    found = jsonschema.Draft7Validator(derived()).iter_errors(value)
    made = [(tuple(one.absolute_path), _said(one)) for error in found for one in _meant(error)]
    return sorted(made, key=lambda one: (list(map(str, one[0])), one[1]))


def _meant(error: Any) -> Iterator[Any]:
    """Of "is none of these shapes": what keeps it from being the one whose inside was looked at."""
    inside = [
        one
        for one in error.context
        if len(one.absolute_path) > len(error.absolute_path) or one.validator == "required"
    ]
    if not inside:
        yield error
    for one in inside:
        yield from _meant(one)


def _said(error: Any) -> str:
    if error.validator == "enum" and len(error.validator_value) > _MANY:
        return f"{error.instance!r} is none of the {len(error.validator_value)} texts that it may be"
    return str(error.message)


def checked(site: Site, subject: Subject) -> Iterator[Found]:
    """Each part that has a wrong type, or is missing: the client refuses the file, or skips the profile."""
    settings = read(site, subject)
    if settings.refused:
        yield settings.found((), f"the client refuses the file: {settings.refused}")
        return
    for path, message in complaints(settings.value):
        skipped = path[:2] == ("providerProfiles", "apiConfigs")
        outcome = "skips this profile" if skipped and len(path) > 2 else "refuses the file"
        yield settings.found(path, f"{dotted(path)}: {message}; the client {outcome}")


CHECKS = (Check("roo-schema", "DN432", ("python:jsonschema",), subjects, checked),)
