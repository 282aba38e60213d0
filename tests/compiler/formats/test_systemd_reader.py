"""The reader that judges units: it sees what systemd sees, faults included."""

from __future__ import annotations

import pytest

from tests.compiler.formats import systemd_reader as systemd


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a b", ["a", "b"]),
        ("'a b' \"c d\"", ["a b", "c d"]),
        (r'"a\"b" c\\d', ['a"b', r"c\d"]),
        ("''", [""]),
        (r"a\sb", ["a b"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]):
    assert systemd.words(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/bin/x a", [["/bin/x", "a"]]),
        ("-+/bin/x a", [["/bin/x", "a"]]),
        ("/bin/x a ; /bin/y b", [["/bin/x", "a"], ["/bin/y", "b"]]),
        ('/bin/x ";" a;', [["/bin/x", ";", "a;"]]),
        ('/bin/x $$a %%b "$$"', [["/bin/x", "$a", "%b", "$"]]),
        ("/bin/$$ x", [["/bin/$$", "x"]]),
    ],
)
def test_commands(text: str, found: list[list[str]]):
    assert systemd.command(text) == found


@pytest.mark.parametrize("text", ["/bin/x $A", "/bin/x ${A}", "/bin/x %n", "/bin/x $$$A", '"a', r"a\q", ""])
def test_what_systemd_would_expand_or_refuse(text: str):
    with pytest.raises(systemd.Misread):
        systemd.command(text)


def test_sections_and_lines():
    text = b"# c\n[A]\n; c\nk = v\\\n# c\n  w\n\n[B]\nk=\n"
    assert systemd.sections(text) == [("A", [("k", "v   w")]), ("B", [("k", "")])]


@pytest.mark.parametrize("text", [b"k=v\n", b"[A]\nword\n", b"[A\n", "[A]\nk=\ufffe\n".encode()])
def test_what_is_no_unit(text: bytes):
    with pytest.raises(systemd.Misread):
        systemd.sections(text)
