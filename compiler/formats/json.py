"""JSON files: two blanks of indentation, keys in the order given, text as it is, no NaN."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compiler.formats.safe import Unsafe

Value = Mapping[str, "Value"] | Sequence["Value"] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON document."""

    value: Value

    def render(self) -> bytes:
        """The file's bytes, ending in a newline."""
        try:
            return (json.dumps(self.value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
        except (TypeError, ValueError) as error:
            raise Unsafe(self.value, "a JSON document", str(error)) from error


def canonical(value: Value) -> bytes:
    """The one spelling of a value that hashes are made of."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()
