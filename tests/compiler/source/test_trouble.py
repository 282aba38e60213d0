"""What is not YAML is said in the words of a person, at the place where it went wrong."""

from __future__ import annotations

import re

import pytest
import yaml

from compiler.source import read_text, trouble

# text, line, column, a part of the message, a part of the help, line and column of the related place
TROUBLES = [
    ("a: some text\n  and more of it: x\n", 2, 17, "the text of the line above", "indent it like", None),
    (
        "a:\n    - b\n   - c\n    - d\n",
        3,
        4,
        "indented otherwise",
        "by 4 blanks, like the item on line 2",
        (2, 5),
    ),
    ("a: 1\nb:\n  c d\n  e: 1\n", 3, 3, "no colon stands after this key", "write `c: d`", None),
    ("a: >-\n    b\n   c\nd: 1\n", 2, 5, "indented otherwise", "by 3 blanks", None),
    ("a:\n\tb: 1\n\tc: 2\n  \td: 3\n", 2, 1, "only blanks can, and on 2 more lines", "blanks", (3, 1)),
    ("a:\n\tb: 1\n\tc: 2\n", 2, 1, "only blanks can, and on 1 more line below", "blanks", (3, 1)),
    ("a: \"x\nb: '\\d'\n", 1, 4, "the quote that opens here", "close it", (2, 5)),
    ("a:\n\tb: 1\n", 2, 1, "a tab", "indent with blanks", None),
    ("a: 1\n\tb: 2\n", 2, 1, "a tab", "indent with blanks", None),
    ("a:\n  \tb: 1\n", 2, 3, "a tab", "indent with blanks", None),
    ("a:\n  - b\n\t- c\n", 3, 1, "a tab", "indent with blanks", None),
    ("a: |\n\tx\n", 2, 1, "a tab", "indent with blanks", None),
    ("a: 1\n\t\nb: 2\n", 2, 1, "a tab", "indent with blanks", None),
    ("-\ta\n", 1, 2, "a tab", "indent with blanks", None),
    ("a: b: c\n", 1, 5, "a second colon", "in quotes if the colon", None),
    ("a: 1\n   b: 2\n", 2, 4, "indented otherwise", "at the left margin, like `a` on line 1", (1, 1)),
    ("a:1\nb: 2\n", 1, 1, "no blank stands after the colon", "write `a: 1`", None),
    ("a\nb: 2\n", 1, 1, "no colon stands after this key", "write `a:`", None),
    ("a:\u00a01\nb: 2\n", 1, 1, "no blank stands after the colon", "write `a: 1`", (1, 3)),
    ("a: 1\nb 2\nc: 3\n", 2, 1, "no colon stands", "`key: value`", None),
    ("b: 2\na:1\n", 2, 1, "no blank stands after the colon", "with a blank", None),
    ("a: 'x\nb: 1\n", 1, 4, "the quote that opens here", "in '…' write ''", None),
    ('a: "x\nb: 1\n', 1, 4, "the quote that opens here", 'in "…" write \\"', None),
    ("a: 'x\n---\nb: 1\n", 1, 4, "the quote that opens here", "close it", (2, 1)),
    ('a: "C:\\path"\n', 1, 7, "no such escape", "write \\\\", None),
    ('a: "\\ud800"\n', 1, 7, "no such escape", "write \\\\", None),
    ("a: 'it's'\n", 1, 8, "something follows the value", "write ''", None),
    ("a: [x] y\nb: 1\n", 1, 8, "something follows the value", "in quotes", None),
    ("[x] y\n", 1, 5, "something follows the value", "in quotes", None),
    ("a: [1, 2\nb: 3\n", 1, 4, "the list that opens here", "close it with ]", (2, 2)),
    ("a: {b: 1\nc: 2\n", 1, 4, "the mapping that opens here", "close it with }", (2, 2)),
    ("a: [1, 2\n", 1, 4, "the list that opens here", "close it with ]", None),
    ("a: ['b' c]\n", 1, 9, "a comma or ] is missing", "commas", (1, 4)),
    ("a: }\n", 1, 4, "a value is missing before }", "in quotes", None),
    ("{a: [1,,2]}\n", 1, 8, "a value is missing before ,", "write the value", None),
    ("a: 1\n}\n", 2, 1, "no bracket is open that }", "delete it", None),
    ("a: @x\n", 1, 4, "cannot start with @", "in quotes", None),
    ("a: `x`\n", 1, 4, "cannot start with `", "in quotes", None),
    ("- *.example.org\n", 1, 3, "cannot start with *", "in quotes", None),
    ("a: &\n", 1, 4, "cannot start with &", "in quotes", None),
    ("a: ? b\n", 1, 4, "cannot start with a ?", "in quotes", None),
    ("a: - b\n", 1, 4, "a list cannot start", "[a, b]", None),
    ("a:\n    b: 1\n  c: 2\n", 2, 5, "indented otherwise", "by 2 blanks, like `c` on line 3", (3, 3)),
    ("-\n  a: 1\n b: 2\n", 3, 2, "indented otherwise", "by 2 blanks, like `a` on line 2", (2, 3)),
    ("a: 1\n- b\n", 2, 1, "an item of a list stands among keys", "below its key", (1, 1)),
    ("a:\n  - b\n  c: 1\n", 3, 3, "among the items of a list", "start it with `- `", (2, 3)),
    (" a: 1\nb: 2\n", 1, 2, "indented otherwise", "at the left margin, like `b`", (2, 1)),
    ("{a: 1}\nb: 2\n", 2, 1, "does not belong to what stands above", "close every bracket", None),
    (": x\n", 1, 1, "no key stands before this colon", "`key: value`", None),
    ("a: |x\n  b\n", 1, 5, "can follow a | or >", "on the next line", None),
    ("...\na: 1\n", 1, 1, "a document ends", "delete the line with ...", None),
    ("a:\n  - {", 2, 6, "the file ends where", "close what is open", None),
    ("a: {b: [", 1, 9, "the file ends where", "close what is open", None),
    ("a: 'x", 1, 4, "the quote that opens here", "close it", None),
    ("%YAML 1.2\n%YAML 1.2\n--- {a: 1}\n", 2, 1, "found duplicate", "indentation", None),
]


@pytest.mark.parametrize(("text", "line", "column", "message", "help_", "related"), TROUBLES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_trouble(
    text: str, line: int, column: int, message: str, help_: str, related: tuple[int, int] | None, ends: str
):
    document, (finding,) = read_text(text.replace("\n", ends), "spec.yaml")
    assert document is None and finding.code == "DN006" and finding.span is not None
    assert (finding.span.line, finding.span.column) == (line, column)
    assert message in finding.message and help_ in finding.help
    places = [(one.span.line, one.span.column) for one in finding.related if one.span]
    assert places == ([related] if related else [])


def test_every_saying_is_said_here():
    """Each row of the table is the one that some text above asks for, or is a tag or a depth (test_codes)."""
    texts = [text for text, *_ in TROUBLES] + ["a: !<x y\n", "a: !a!b c\n", "[" * 2000]
    asked = set()
    for text in texts:
        with pytest.raises(yaml.YAMLError) as caught:
            list(yaml.parse(text, Loader=yaml.CSafeLoader))
        whole = f"{getattr(caught.value, 'context', None)}: {getattr(caught.value, 'problem', None)}"
        asked.add(next((part for part, _ in trouble._SAYINGS if part in whole), None))
    assert {part for part, _ in trouble._SAYINGS} - asked == set()


def test_what_libyaml_says_otherwise_is_shown_as_it_is():
    finding = trouble.explain(yaml.YAMLError("something new"), ("a: 1",))
    assert finding.code == "DN006" and "something new" in finding.message and finding.help
    assert finding.span is not None and (finding.span.line, finding.span.column) == (1, 1)


def test_no_message_speaks_of_tokens():
    for text, *_ in TROUBLES[:-1]:
        _, (finding,) = read_text(text, "spec.yaml")
        assert not re.search(r"token|expected|context|scann|pars", finding.message), finding.message
