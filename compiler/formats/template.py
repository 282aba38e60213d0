"""Files whose layout a person reads: jinja2 templates that print nothing but `Safe` values of their
format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from compiler.formats import markdown, nginx
from compiler.formats.safe import Safe, Unsafe

if TYPE_CHECKING:
    import jinja2

Format = Literal["nginx", "markdown"]
_FORMATS = {"nginx": nginx, "markdown": markdown}


@dataclass(frozen=True)
class Template:
    """A template of a target's folder, its format, and the values that it may print."""

    file: Path
    format: Format
    context: Mapping[str, object]

    def render(self) -> bytes:
        """The file's bytes.

        Raises:
            Unsafe: the template printed something that is not safe in this format.
        """
        environment = _environment(self.file.parent, self.format)
        return environment.get_template(self.file.name).render(self.context).encode()


@cache
def _environment(folder: Path, name: Format) -> jinja2.Environment:
    import jinja2  # noqa: PLC0415 - paid only when a template is rendered

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: _safe(value, name),
        autoescape=False,  # noqa: S701 - `finalize` lets nothing but Safe values through
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.clear()
    environment.filters.update(_FORMATS[name].FILTERS)
    return environment


def _safe(value: Any, context: str) -> Any:
    import jinja2  # noqa: PLC0415 - loaded already, by the environment that calls this

    if isinstance(value, jinja2.Undefined):
        return value
    if not isinstance(value, Safe) or value.context != context:
        raise Unsafe(value, f"printed by a {context} template", f"{value!r} passed no filter of the format")
    return value
