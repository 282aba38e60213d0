"""Quantities with units, as people write them: `30s`, `32MiB`.

A quantity is kept in its smallest unit, as an integer, so that no float ever changes a byte of the output.
It is more than nothing: a time-out of zero means "at once" to one program, "never" to the next, and a third
refuses it. `DurationOrNone` is for the few fields where no time at all has one meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from compiler.spec.near import asked, nearest
from compiler.spec.word import shown

_PRECISE = 100  # so large a number is rounded by half a percent at most
_PART = r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([A-Za-z]+)"


@dataclass(frozen=True, order=True, slots=True)
class Quantity:
    """A whole number of the smallest unit; subclasses say which units there are, largest first.

    `WORDS` are longer names of units and what they mean, `USUAL` what a number without a unit may be, and
    `MAYBE` short words that may mean several units.
    """

    count: int

    UNITS: ClassVar[dict[str, int]]
    WORDS: ClassVar[dict[str, str]]
    USUAL: ClassVar[dict[str, str]]
    MAYBE: ClassVar[dict[str, tuple[str, ...]]] = {}
    WHAT: ClassVar[str]
    WHOLE: ClassVar[str]
    MOST: ClassVar[int]
    EXAMPLE: ClassVar[str]

    @classmethod
    def parse(cls, text: object) -> Self:
        """A quantity from its text.

        Raises:
            ValueError: no unit, an unknown unit, a fraction of the smallest unit, or too much.
        """
        if isinstance(text, cls):
            return text
        found = (
            re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)([A-Za-z]+)", text)
            if isinstance(text, str)
            else None
        )
        if found is None or found[2] not in cls.UNITS:
            units = ", ".join(cls.UNITS)
            raise ValueError(
                f"{shown(text)} is not {cls.WHAT}: write a number and a unit ({units}), such as {cls.EXAMPLE}"
            )
        exact = Decimal(found[1]) * cls.UNITS[found[2]]
        if exact != int(exact):
            raise ValueError(f"{text} is not a whole number of {cls.WHOLE}")
        if exact > cls.MOST:
            raise ValueError(f"{text} is more than any program takes: write {cls(cls.MOST)} at most")
        return cls(int(exact))

    @classmethod
    def more_than_nothing(cls, text: object) -> Self:
        """A quantity from its text, and not of zero.

        Raises:
            ValueError: as `parse`, and for zero.
        """
        made = cls.parse(text)
        if not made.count:
            raise ValueError(f"{shown(text)} is nothing: write more than zero, such as {cls.EXAMPLE}")
        return made

    @classmethod
    def mended(cls, text: object) -> str | None:
        """What was certainly meant by a text with blanks, longer words for units, or several parts."""
        if not isinstance(text, str) or not re.fullmatch(rf"(?:\s*{_PART})+\s*", text):
            return None
        parts = [f"{number}{cls._unit_called(word)}" for number, word in re.findall(_PART, text)]
        try:
            total = cls(sum(cls.parse(part).count for part in parts))
        except ValueError:
            return None
        return parts[0] if len(parts) == 1 else str(total)

    @classmethod
    def _rounded(cls, number: Decimal, unit: str) -> str:
        """About the same in a smaller unit: the largest that is off by half a percent at most."""
        smaller = [one for one in cls.UNITS if cls._is_part(one, unit)]
        counts = [(round(number * cls.UNITS[unit] / cls.UNITS[one]), one) for one in smaller]
        count, word = next((one for one in counts if one[0] >= _PRECISE), counts[-1])
        return f"{max(count, 1)}{word}"

    @classmethod
    def _is_part(cls, one: str, unit: str) -> bool:
        """Whether `unit` is made of whole `one`."""
        return cls.UNITS[unit] % cls.UNITS[one] == 0

    @classmethod
    def _unit_called(cls, word: str) -> str:
        return word if word in cls.UNITS else cls.WORDS.get(word.lower(), "?")

    @classmethod
    def advice(cls, given: object) -> str:
        """What to write for a number without a unit, or with one that is near to one that there is."""
        found = re.fullmatch(r"\s*([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*([A-Za-z]*)\s*", str(given))
        if found is None or isinstance(given, bool):
            return ""
        number, word = found.groups()
        if not word:
            ways = [f"{number}{unit} for {name}" for unit, name in cls.USUAL.items()]
            return f"write {', '.join(ways[:-1])} or {ways[-1]}"
        if word in cls.UNITS:
            exact = Decimal(number) * cls.UNITS[word]
            in_between = 0 < exact <= cls.MOST and exact != int(exact)
            about = cls._rounded(Decimal(number), word) if in_between else ""
            return about and f"write {about}, which is {number}{word} rounded"
        near = nearest(word, {*cls.UNITS, *cls.WORDS})
        units = dict.fromkeys(cls._unit_called(one) for one in [*near, *cls.MAYBE.get(word.lower(), ())])
        return asked(f"{number}{unit}" for unit in units) if units else ""

    def __str__(self) -> str:
        """In the largest unit that divides it."""
        unit = self._unit()
        return f"{self.count // self.UNITS[unit]}{unit}"

    def neighbour(self) -> Self:
        """One more of the largest unit that divides it."""
        return type(self)(self.count + self.UNITS[self._unit()])

    def _unit(self) -> str:
        dividing = [unit for unit, size in self.UNITS.items() if self.count and self.count % size == 0]
        return max(dividing, key=lambda unit: self.UNITS[unit], default=next(reversed(self.UNITS)))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return plain_schema(cls.more_than_nothing)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return cls.json_schema("(?=[0.]*[1-9])")

    @classmethod
    def json_schema(cls, first: str = "") -> JsonSchemaValue:
        """The type for editors; `first` is looked for at the beginning of the text."""
        units = "|".join(cls.UNITS)
        return {
            "type": "string",
            "pattern": rf"^{first}[0-9]{{1,12}}(\.[0-9]{{1,6}})?({units})$",
            "examples": [cls.EXAMPLE],
        }


def plain_schema(parse: Callable[[object], Quantity]) -> CoreSchema:
    """What is made of a text by `parse`, and written as a text again."""
    return core_schema.no_info_plain_validator_function(
        parse, serialization=core_schema.to_string_ser_schema()
    )


class Duration(Quantity):
    """A length of time; the smallest unit is a millisecond."""

    UNITS: ClassVar[dict[str, int]] = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
    WORDS: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("days", "day", "d"), "d"),
        **dict.fromkeys(("hours", "hour", "hrs", "hr", "h"), "h"),
        **dict.fromkeys(("minutes", "minute", "mins", "min"), "m"),
        **dict.fromkeys(("seconds", "second", "secs", "sec", "s"), "s"),
        **dict.fromkeys(("milliseconds", "millisecond", "msec"), "ms"),
    }
    USUAL: ClassVar[dict[str, str]] = {"s": "seconds", "m": "minutes"}
    WHAT: ClassVar[str] = "a length of time"
    WHOLE: ClassVar[str] = "milliseconds"
    MOST: ClassVar[int] = 3650 * 86_400_000  # systemd's and Python's clocks overflow, somewhere above
    EXAMPLE: ClassVar[str] = "30s"

    @property
    def seconds(self) -> int | float:
        """In seconds; an integer where it is a whole number of them."""
        whole, rest = divmod(self.count, 1000)
        return whole if not rest else self.count / 1000


class Size(Quantity):
    """An amount of memory or storage, in bytes; GB is 10⁹ and GiB 2³⁰."""

    UNITS: ClassVar[dict[str, int]] = {
        "TiB": 2**40,
        "GiB": 2**30,
        "MiB": 2**20,
        "KiB": 2**10,
        "TB": 10**12,
        "GB": 10**9,
        "MB": 10**6,
        "kB": 10**3,
        "B": 1,
    }
    WORDS: ClassVar[dict[str, str]] = {
        "kib": "KiB",
        "mib": "MiB",
        "gib": "GiB",
        "tib": "TiB",
        "kb": "kB",
        "mb": "MB",
        "gb": "GB",
        "tb": "TB",
        "b": "B",
        "bytes": "B",
    }
    USUAL: ClassVar[dict[str, str]] = {"GiB": "2³⁰ bytes", "GB": "10⁹", "MiB": "2²⁰"}
    MAYBE: ClassVar[dict[str, tuple[str, ...]]] = {
        "k": ("KiB", "kB"),
        "m": ("MiB", "MB"),
        "g": ("GiB", "GB"),
        "t": ("TiB", "TB"),
    }
    WHAT: ClassVar[str] = "an amount of storage"
    WHOLE: ClassVar[str] = "bytes"
    MOST: ClassVar[int] = 2**53  # a number in JSON is exact up to here, in whatever language reads it
    EXAMPLE: ClassVar[str] = "32MiB"

    @property
    def bytes(self) -> int:
        """In bytes."""
        return self.count


class OrNone:
    """Beside a quantity's type: it may be zero as well."""

    def __get_pydantic_core_schema__(self, source: type[Quantity], _: GetCoreSchemaHandler) -> CoreSchema:
        return plain_schema(source.parse)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        return Duration.json_schema()


DurationOrNone = Annotated[Duration, OrNone()]
Port = Annotated[int, Field(ge=1, le=65535, examples=[8443])]
Connections = Annotated[int, Field(ge=1, le=65535, examples=[64])]  # nginx: limit_conn takes no more
Count = Annotated[int, Field(ge=1, le=1_000_000_000, examples=[4])]
Whole = Annotated[int, Field(ge=0, le=1_000_000_000, examples=[0])]
Fraction = Annotated[float, Field(gt=0, lt=1, examples=[0.88])]
Factor = Annotated[float, Field(ge=1, le=10, examples=[1.1])]
Exposure = Annotated[float, Field(ge=0, le=10, examples=[3.0])]
Rate = Annotated[float, Field(gt=0, examples=[212.76])]
Temperature = Annotated[float, Field(ge=0, le=2, examples=[0.1])]
