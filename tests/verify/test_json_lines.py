"""Every part of a JSON text has a line, also of one that repeats a key or breaks off."""

from __future__ import annotations

from compiler.verify.json_lines import Lines, dotted, lines

TEXT = '{\n  "a": [\n    1,\n    {"b": 2}\n  ],\n  "c": "x: [y",\n  "c": null\n}\n'


def test_parts_are_found_by_their_path():
    found = lines(TEXT)
    assert found.of == {(): 1, ("a",): 2, ("a", 0): 3, ("a", 1): 4, ("a", 1, "b"): 4, ("c",): 7}
    assert found.twice == (("c",),)


def test_what_is_missing_is_where_it_should_be():
    found = lines(TEXT)
    assert found.nearest(("a", 1, "z", 0)) == 4
    assert found.nearest(("z",)) == 1
    assert Lines().nearest(("z",)) == 0


def test_what_cannot_be_read_has_no_lines():
    assert lines('{"a": ') == lines("[" * 100_000) == Lines()


def test_a_path_is_written_as_a_person_does():
    assert (dotted(("a", 1)), dotted(())) == ("a.1", "the file")
