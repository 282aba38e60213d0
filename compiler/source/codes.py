"""Everything that can be wrong with a spec as text or as YAML, with what to write instead."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.secret_shapes import may_hold_secret
from compiler.spec.path import SpecPath

_LONGEST_NAME = 60
_UNSAID = "what is written here"
_KEPT = "write where the secret is kept (`ssm:/…` or `file:/…`), and never the secret"


def short(text: str) -> str:
    """A name from the file as a message can hold it: one line, and not all of a long one."""
    return _one_line(text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…")


def _one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def unreadable(name: str, problem: str) -> Diagnostic:
    """The file cannot be read at all."""
    return Diagnostic(
        "DN001",
        f"{_one_line(name)} cannot be read: {problem}",
        file=name,
        help="run the command where the file is, or name it with --spec PATH",
    )


def too_large(size: int, limit: int, unit: str, where: Span | None = None, path: SpecPath = ()) -> Diagnostic:
    """More bytes than any truth book has, or one text with more characters than a person can take."""
    whole = where is None
    return Diagnostic(
        "DN002",
        f"{'the spec' if whole else 'this text'} has {size} {unit}, and at most {limit} are read",
        path=path,
        span=where or Span(1, 1),
        reason="a truth book is written by people; anything of this size is something else",
        help="name the truth book with --spec PATH, and leave logs and data out of it"
        if whole
        else "close the quote above if one is open, or name a file that holds the text",
    )


def not_utf8(where: Span, seen: str) -> Diagnostic:
    """Bytes that are not UTF-8; `seen` is what stands there."""
    return Diagnostic("DN003", f"the file is not UTF-8: {seen}", span=where, help="save the file as UTF-8")


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
    """No document, or one without a value."""
    return Diagnostic(
        "DN005", "the spec is empty", span=Span(1, 1), help="start from specs/runtime.yaml in the repository"
    )


def not_yaml(problem: str, where: Span, help_: str, opened: Related | None = None) -> Diagnostic:
    """libyaml could not parse it."""
    related = (opened,) if opened else ()
    return Diagnostic("DN006", f"this is not YAML: {problem}", span=where, help=help_, related=related)


def bad_character(where: Span, sign: str, path: SpecPath = ()) -> Diagnostic:
    """A control character, or one that no reader of the file can see."""
    if sign == "\r":
        reason, way = "some readers end a line here, others do not", "save the file with the same line ends"
    elif sign in "\x85\u2028\u2029":
        reason, way = "some readers end a line here, others do not", "delete it, or begin a new line"
    elif ord(sign) < 0xA0:
        reason, way = "YAML allows no control characters", 'delete it; in "…", \\x1b stands for one'
    else:
        reason, way = "it does not show, and changes what is read", "delete it"
    problem = f"the character U+{ord(sign):04X} stands here"
    return Diagnostic("DN007", problem, path=path, span=where, reason=reason, help=way)


def several_documents(where: Span, *, marked: bool) -> Diagnostic:
    """A second `---`, or more text after `...`."""
    return Diagnostic(
        "DN008",
        "a second YAML document starts here",
        span=where,
        reason="one file is one truth book; a reader could take either document",
        help="delete the line with ---" if marked else "delete the line with ... above",
    )


def tag(name: str, where: Span, path: SpecPath = ()) -> Diagnostic:
    """`!something`."""
    secret = holds_secret(path)
    return Diagnostic(
        "DN009",
        f"{'a tag' if secret else f'the tag {short(name)}'} is not part of the language",
        path=path,
        span=where,
        reason="a tag makes some readers build something else than what is written",
        help=_KEPT if secret else "delete the tag; put the text in quotes if it starts with !",
        secret=secret,
    )


def key_not_text(problem: str, where: Span, path: SpecPath) -> Diagnostic:
    """A mapping, list or alias as a key; a key that nobody could look up, or that hides something."""
    return Diagnostic(
        "DN010",
        f"a key must be text, and this one {problem}",
        path=path,
        span=where,
        help="write a plain word before the colon; text with braces or brackets goes in quotes",
    )


def merge_key(where: Span, path: SpecPath) -> Diagnostic:
    """`<<:`."""
    return Diagnostic(
        "DN011",
        "merge keys are not part of the language",
        path=path,
        span=where,
        reason="YAML 1.2 has none, and they hide where a value was written",
        help="write the values out",
    )


def duplicate_key(key: str, where: Span, first: Span, path: SpecPath) -> Diagnostic:
    """The same key twice in one mapping."""
    return Diagnostic(
        "DN012",
        f"the key `{short(key)}` stands here a second time; the first is on line {first.line}",
        path=path,
        on_key=True,
        span=where,
        reason="most readers silently take the last one",
        help="keep one of the two",
        related=(Related("the first one", span=first),),
    )


def bad_scalar(problem: str, help_: str, where: Span, path: SpecPath) -> Diagnostic:
    """A plain value that readers, or people and readers, disagree about."""
    secret = holds_secret(path)
    if secret:
        problem, help_ = f"{_UNSAID} can be read in more than one way", _KEPT
    return Diagnostic("DN013", problem, path=path, span=where, help=help_, secret=secret)


def holds_secret(path: SpecPath) -> bool:
    """Whether a secret may have been pasted at a place: then no message repeats what stands there."""
    return any(isinstance(name, str) and may_hold_secret(name) for name in path)


def too_deep(limit: int, where: Span) -> Diagnostic:
    """Nesting."""
    return Diagnostic(
        "DN014",
        f"the nesting is deeper than {limit} levels here",
        span=where,
        reason="a truth book nests less than ten levels; this is a bracket too many, or an attack",
        help="close the brackets above, or put the text in quotes",
    )


def too_many_nodes(limit: int, where: Span) -> Diagnostic:
    """Size after aliases are expanded."""
    return Diagnostic(
        "DN015",
        f"the spec has more than {limit} values once its aliases are expanded",
        span=where,
        reason="a few nested aliases can stand for billions of values",
        help="write the values out that are meant",
    )


def unknown_alias(name: str, where: Span, path: SpecPath) -> Diagnostic:
    """`*name` before `&name`."""
    secret = holds_secret(path)
    problem = f"no value above is named &{short(name)}"
    return Diagnostic(
        "DN016",
        "no value above has the name that is written here with *" if secret else problem,
        path=path,
        span=where,
        reason="a * at the start of a value means the value that was named with & before",
        help=_KEPT if secret else "put the text in quotes if it starts with *, or name a value above",
        secret=secret,
    )


def directive(name: str, where: Span) -> Diagnostic:
    """`%YAML 1.1`, `%TAG` and the like."""
    return Diagnostic(
        "DN017",
        f"the directive {short(name)} is not part of the language",
        span=where,
        reason="the spec is always YAML 1.2, whatever a directive says",
        help="delete the line; put the text in quotes if it starts with %",
    )


def open_quote(where: Span, closed: Span, key: Span) -> Diagnostic:
    """A quote that another one closes, lines later."""
    return Diagnostic(
        "DN018",
        f"the quote that opens here is not closed before line {closed.line}, "
        "and what looks like keys stands between",
        span=where,
        reason="all that stands between the two is read as one text",
        help="close the quote on its line; for long text write >- and the text below it, indented",
        related=(Related("this is taken for text", span=key), Related("it is closed here", span=closed)),
    )


def conflict(where: Span, others: tuple[Span, ...]) -> Diagnostic:
    """The markers of a merge that a person must finish."""
    return Diagnostic(
        "DN019",
        "a merge conflict is not resolved",
        span=where,
        reason="both sides of the merge stand in the file, and only a person knows which is right",
        help="keep what is right of the two sides, and delete the lines with <<<<<<<, ======= and >>>>>>>",
        related=tuple(Related("a marker of the merge", span=other) for other in others),
    )
