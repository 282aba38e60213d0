"""Templates print nothing but values that passed a filter of their own format."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from compiler.formats import markdown, nginx, unit
from compiler.formats.safe import Safe, Unsafe
from compiler.formats.template import Format, Template
from compiler.spec.node import Node


class Model(Node):
    """A mapping of a spec."""

    name: str


CONTEXT = {
    "text": "word",
    "number": 1,
    "nothing": None,
    "yes": True,
    "many": ["a"],
    "model": Model(name="x"),
    "of_nginx": nginx.token("word"),
    "of_markdown": markdown.text("word"),
    "of_unit": unit.value("word"),
}


def render(folder: Path, text: str, form: Format = "nginx") -> str:
    place = folder / "x.j2"
    place.write_text(text)
    return Template(place, form, CONTEXT).render().decode()


REFUSED = [
    "{{ text }}",
    "{{ number }}",
    "{{ nothing }}",
    "{{ yes }}",
    "{{ many }}",
    "{{ model }}",
    "{{ model.name }}",
    "{{ of_markdown }}",
    "{{ of_unit }}",
    "{{ 'constant' }}",
    "{{ 1 + 1 }}",
    "{{ (text | token) ~ 'x' }}",
    "{{ (text | token) + 'x' }}",
    "{{ (text | token) * 2 }}",
    "{{ (text | token)[0] }}",
    "{{ (text | token).upper() }}",
    "{{ ''.join([text | token]) }}",
    "{{ '%s' % (text | token) }}",
    "{% set x %}{{ text | token }}{% endset %}{{ x }}",
    "{% macro m() %}{{ text | token }}{% endmacro %}{{ m() }}",
    "{% for one in many %}{{ one }}{% endfor %}",
    "{{ nothing | token }}",
    "{{ yes | token }}",
    "{{ many | token }}",
    "{{ model | token }}",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_passed_no_filter_is_refused(tmp_path: Path, text: str):
    with pytest.raises(Unsafe):
        render(tmp_path, text)


@pytest.mark.parametrize(
    "text", ["{{ of_nginx }}", "{{ of_unit }}", "{{ text }}", "{{ nothing }}", "{{ yes }}"]
)
def test_a_page_takes_only_its_own(tmp_path: Path, text: str):
    with pytest.raises(Unsafe):
        render(tmp_path, text, "markdown")


@pytest.mark.parametrize(
    ("text", "form", "made"),
    [
        ("a {{ text | token }};\n", "nginx", "a word;\n"),
        ("{{ of_nginx }}", "nginx", "word"),
        ("{{ of_markdown | token }}", "nginx", "word"),
        ("{% set x = text | token %}{{ x }}", "nginx", "word"),
        ("{{ text | text }} {{ nothing | text }}", "markdown", "word None"),
        ("{% if yes %}\n  a\n{% endif %}\n", "nginx", "  a\n"),
        ("$x {raw} # kept\n", "nginx", "$x {raw} # kept\n"),
    ],
)
def test_what_passed_one_is_printed(tmp_path: Path, text: str, form: Format, made: str):
    assert render(tmp_path, text, form) == made


@pytest.mark.parametrize(
    "text", ["{{ absent }}", "{{ model.absent }}", "{% if absent %}{% endif %}", "{{ absent | token }}"]
)
def test_a_name_that_is_not_there_is_an_error(tmp_path: Path, text: str):
    with pytest.raises((jinja2.UndefinedError, Unsafe)):
        render(tmp_path, text)


@pytest.mark.parametrize(
    "name", ["safe", "e", "escape", "join", "format", "replace", "tojson", "default", "upper"]
)
def test_a_filter_of_jinja_is_no_way_round(tmp_path: Path, name: str):
    with pytest.raises(jinja2.TemplateAssertionError):
        render(tmp_path, f"{{{{ text | {name} }}}}")


def test_safe_text_knows_its_context():
    assert Safe("x", "nginx").context == "nginx"
    assert not isinstance(Safe("x", "nginx") + "y", Safe)
    assert not isinstance(f"{Safe('x', 'nginx')}", Safe)
