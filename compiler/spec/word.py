"""A word of the spec: a string type that says what it is, shows an example, and knows a neighbour."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Check = Callable[[str], object]
_SHOWN = 80


def shown(text: object) -> str:
    """A text in quotes as a message can hold it: not all of a long one."""
    return repr(text if len(str(text)) <= _SHOWN else f"{str(text)[:_SHOWN]}…")


@dataclass(frozen=True)
class Word:
    """A string type.

    `what` names it in a sentence ("is not …"); `pattern` must match the whole text; `check` may raise
    ValueError for what a pattern cannot say; `neighbour` gives another valid value. With `secret`, what
    stands in the word's place may be a secret that was pasted there, and no message repeats it.
    `hint` adds to the message, `mend` gives what a text was meant to be, if that is certain, and `guess` what
    it may be meant to be.
    """

    what: str
    pattern: str
    example: str
    neighbour: Callable[[str], str]
    check: Check | None = None
    secret: bool = False
    hint: Callable[[str], str] | None = None
    mend: Callable[[str], str] | None = None
    guess: Callable[[str], str] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.accept, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$", "examples": [self.example]}

    def accept(self, text: str) -> str:
        """`text`, if it is such a word.

        Raises:
            ValueError: it is not; the message says what one looks like.
        """
        if not re.fullmatch(self.pattern, text):
            given = "what is written here" if self.secret else shown(text)
            why = self.hint(text) if self.hint else ""
            raise ValueError(f"{given} is not {self.what}, such as {self.example}{why and f': {why}'}")
        if self.check is not None:
            self.check(text)
        return text
