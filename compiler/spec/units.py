"""Quantities with units, as people write them: `30s`, `32MiB`.

A quantity is kept in its smallest unit, as an integer, so that no float ever changes a byte of the output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, order=True, slots=True)
class Quantity:
    """A whole number of the smallest unit; subclasses say which units there are, largest first."""

    count: int

    UNITS: ClassVar[dict[str, int]]
    WHAT: ClassVar[str]
    EXAMPLE: ClassVar[str]

    @classmethod
    def parse(cls, text: object) -> Self:
        """A quantity from its text.

        Raises:
            ValueError: no unit, an unknown unit, or a fraction of the smallest unit.
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
                f"{text!r} is not {cls.WHAT}: write a number and a unit ({units}), such as {cls.EXAMPLE}"
            )
        exact = Decimal(found[1]) * cls.UNITS[found[2]]
        if exact != int(exact):
            raise ValueError(f"{text} is not a whole number of {next(reversed(cls.UNITS))}")
        return cls(int(exact))

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
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        units = "|".join(cls.UNITS)
        return {
            "type": "string",
            "pattern": rf"^[0-9]{{1,12}}(\.[0-9]{{1,6}})?({units})$",
            "examples": [cls.EXAMPLE],
        }


class Duration(Quantity):
    """A length of time; the smallest unit is a millisecond."""

    UNITS: ClassVar[dict[str, int]] = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
    WHAT: ClassVar[str] = "a length of time"
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
    WHAT: ClassVar[str] = "an amount of storage"
    EXAMPLE: ClassVar[str] = "32MiB"

    @property
    def bytes(self) -> int:
        """In bytes."""
        return self.count


Port = Annotated[int, Field(ge=1, le=65535, examples=[8443])]
Count = Annotated[int, Field(ge=1, le=1_000_000_000, examples=[4])]
Whole = Annotated[int, Field(ge=0, le=1_000_000_000, examples=[0])]
Fraction = Annotated[float, Field(gt=0, lt=1, examples=[0.88])]
Factor = Annotated[float, Field(ge=1, le=10, examples=[1.1])]
Rate = Annotated[float, Field(gt=0, examples=[212.76])]
Temperature = Annotated[float, Field(ge=0, le=2, examples=[0.1])]
