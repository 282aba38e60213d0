"""Everything that can be wrong with a spec as text or as YAML, with what to write instead."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic, Span


def unreadable(name: str, problem: str) -> Diagnostic:
    """The file cannot be read at all."""
    return Diagnostic(
        "DN001",
        f"{name} cannot be read: {problem}",
        file=name,
        help="run the command where the file is, or name it with --spec PATH",
    )


def too_large(size: int, limit: int) -> Diagnostic:
    """More bytes than any truth book has."""
    return Diagnostic(
        "DN002",
        f"the spec has {size} bytes, and at most {limit} are read",
        span=Span(1, 1),
        reason="a truth book is written by people; a file of this size is something else",
    )


def not_utf8(where: Span) -> Diagnostic:
    """Bytes that are not UTF-8."""
    return Diagnostic("DN003", "this byte is not UTF-8", span=where, help="save the file as UTF-8")


def byte_order_mark() -> Diagnostic:
    """Some editors put U+FEFF first."""
    return Diagnostic(
        "DN004",
        "the file starts with a byte order mark",
        span=Span(1, 1),
        reason="some readers take it as part of the first key",
        help="save the file as UTF-8 without BOM",
    )


def empty() -> Diagnostic:
    """No document."""
    return Diagnostic(
        "DN005", "the spec is empty", span=Span(1, 1), help="start from specs/runtime.yaml in the repository"
    )


def not_yaml(problem: str, where: Span) -> Diagnostic:
    """libyaml could not parse it."""
    tab = "'\\t'" in problem
    return Diagnostic(
        "DN006",
        f"this is not YAML: {problem}",
        span=where,
        help="indent with blanks: YAML allows no tabs"
        if tab
        else "look at the indentation and quotes here and above",
    )


def bad_character(where: Span) -> Diagnostic:
    """A control character."""
    return Diagnostic("DN007", "YAML does not allow this character", span=where, help="delete it")


def several_documents(where: Span) -> Diagnostic:
    """A second `---`."""
    return Diagnostic(
        "DN008",
        "a second YAML document starts here",
        span=where,
        reason="one file is one truth book; a reader could take either document",
        help="delete the line with ---",
    )


def tag(name: str, where: Span) -> Diagnostic:
    """`!something`."""
    return Diagnostic(
        "DN009", f"the tag {name} is not part of the language", span=where, help="delete the tag"
    )


def key_not_text(where: Span) -> Diagnostic:
    """A mapping, list or alias as a key."""
    return Diagnostic("DN010", "a key must be text", span=where, help="write a plain word before the colon")


def merge_key(where: Span) -> Diagnostic:
    """`<<:`."""
    return Diagnostic(
        "DN011",
        "merge keys are not part of the language",
        span=where,
        reason="YAML 1.2 has none, and they hide where a value was written",
        help="write the values out",
    )


def duplicate_key(key: str, where: Span, first: Span) -> Diagnostic:
    """The same key twice in one mapping."""
    return Diagnostic(
        "DN012",
        f"the key `{key}` stands here a second time; the first is on line {first.line}",
        span=where,
        reason="most readers silently take the last one",
        help="keep one of the two",
    )


def bad_scalar(problem: str, where: Span) -> Diagnostic:
    """A number that readers disagree about."""
    return Diagnostic("DN013", problem, span=where, help="drop the zero, or put the text in quotes")


def too_deep(limit: int, where: Span) -> Diagnostic:
    """Nesting."""
    return Diagnostic("DN014", f"the nesting is deeper than {limit} levels here", span=where)


def too_many_nodes(limit: int, where: Span) -> Diagnostic:
    """Size after aliases are expanded."""
    return Diagnostic(
        "DN015",
        f"the spec has more than {limit} values once its aliases are expanded",
        span=where,
        reason="a few nested aliases can stand for billions of values",
    )


def unknown_alias(name: str, where: Span) -> Diagnostic:
    """`*name` before `&name`."""
    return Diagnostic("DN016", f"no value above is named &{name}", span=where)
