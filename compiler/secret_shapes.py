"""What a secret looks like: one place for what is blotted out of messages, and for what a spec may not hold.

The two differ on purpose. A message loses nothing when a harmless word is blotted out; a spec that is refused
for one cannot be compiled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Each alternative starts in few places of a text and is bounded or taken whole, so that time stays linear.
_RUN = r"(?<![A-Za-z0-9+])(?=[A-Za-z+]*[0-9])(?=[0-9+]*[A-Za-z])[A-Za-z0-9+]{16,}={0,2}"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_KNOWN = r"(?<![A-Za-z0-9])(?:sk|ghp|gho|hf|xox[a-z])[-_][A-Za-z0-9_-]{16,}"
# A name and a password, which may have slashes in it; a port and a path are none.
_USER = r"[^/\s:@\"'`]{1,100}:(?![0-9]{1,5}(?:[/\s\"'`?#,.;)]|\Z))[^\s@\"'`]{1,100}"
_LOGIN = rf"(?<=://){_USER}(?=[@…\"'`]|\Z)"
_MAYBE = re.compile(rf"{_LOGIN}|(?:{_UUID}|{_RUN}|{_KNOWN})(?:[-_][A-Za-z0-9]+)*")

# Public by nature: OpenSSH public keys, and hashes that say what they are hashes of.
_PUBLIC = re.compile(
    r"(?:ssh-[a-z0-9]+|ecdsa-sha2-nistp[0-9]+) AAAA[A-Za-z0-9+/]+={0,2}"
    r"|\b(?i:sha-?(?:256|384|512))[:-][A-Za-z0-9+/]{43,86}={0,2}(?![A-Za-z0-9+/=])"
    r"|(?:(?i:sha-?(?:1|256|512)|md5|commit|revision|rev|blob|raw|resolve)[\"']?[ :=/]{1,3}[\"']?|@)"
    r"[0-9a-f]{32,128}\b"
)
# Keys with the marks of those who issue them, private keys, names and passwords in an address.
_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[A-Za-z_-]{0,80}[0-9])[A-Za-z0-9_-]{20}|gh[opsu]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30}"
    r"|glpat-[A-Za-z0-9_-]{20}|hf_[A-Za-z0-9]{30}|nvapi-[A-Za-z0-9_-]{30}|xox[a-z]-[A-Za-z0-9-]{20}"
    r"|A[KS]IA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}|eyJ[A-Za-z0-9_-]{8,400}\.eyJ"
    rf")|-----BEGIN [A-Z ]{{0,40}}PRIVATE KEY|://{_USER}@"
)
# `api_key: …`, `AWS_SECRET_ACCESS_KEY=…`, `Authorization: Bearer …`, "the password is …".
_ASSIGNED = re.compile(
    r"(?i:(?:(?:api|access)[-_ ]?key|password|passwd|secret|token)[\"'`]?"
    r"(?:\s{0,3}[:=]\s{0,3}|\s{1,3}is\s{1,3}(?!(?-i:[A-Z]{1,40}_[A-Z0-9_]{1,80})(?![^\s.,;)])))"
    r"|\bbearer\s{1,3})[\"'`]?"
    r"(?!ssm:|file:)(?=[^\s\"'`]{0,80}[0-9])(?=[^\s\"'`]{0,80}[A-Za-z])(?P<value>[A-Za-z0-9!#$%&*+./=?@^_~-]{8})"
)
_REST = re.compile(r"[^\s\"'`]{0,200}")
_HEXADECIMAL = re.compile(r"(?=(?:[a-fA-F]*[0-9]){3})(?=[0-9]*[a-fA-F])[0-9a-fA-F]{32,}")
# What generators draw from: base64, base64url and plain letters and digits.
_DRAWN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,}")
_PIECE = re.compile(r"[A-Za-z0-9]+")
_NAMED = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LEAST = 20  # characters of what a generator has drawn
_LONGEST_PIECE = 12  # characters: names are cut into shorter ones
# Words for each character: letters and digits in random order fall into many short words. Of keys drawn at
# random 97 % are known at 32 characters, 98 % at AWS's 40, 87 % at 20 to 24 (20,000 each); names are not.
_LONG, _SHORT, _ONE_CASE = 0.38, 0.43, 0.36

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_NAMES = frozenset({"token", "secret", "password", "passwd", "passphrase", "credential", "credentials"})
_KEYS = frozenset({"api", "ssh", "private", "secret", "access"})
# Whose values are hashes of something public.
_DIGESTS = frozenset({"revision", "commit", "sha", "sha256", "digest", "hash"})
# What a model's tokens are called by: no such name is a secret's.
_OF_MODELS = frozenset(
    {"first", "per", "max", "min", "total", "new", "next", "prompt", "completion", "output"}
)


def secrets_in(text: str) -> Iterator[tuple[int, int]]:
    """Where what can hardly be anything but a secret starts and ends, in no order."""
    rest = _PUBLIC.sub(_blank, text)
    for shape in (_ISSUED, _ASSIGNED):
        yield from ((found.start(), _end(text, found)) for found in shape.finditer(rest))
    yield from (found.span() for found in _DRAWN.finditer(rest) if _is_drawn(found[0]))


def is_secret(text: str) -> bool:
    """Whether `text` holds what can hardly be anything but a secret."""
    return any(True for _ in secrets_in(text))


def may_be_secrets_in(text: str) -> Iterator[tuple[int, int]]:
    """Where what may be a token starts and ends, with the words that hang on it, in order: never shown."""
    rest = _PUBLIC.sub(_blank, text)
    drawn = [one.span() for one in _DRAWN.finditer(rest) if _is_drawn(one[0])]
    given = [(one.start("value"), _end(text, one)) for one in _ASSIGNED.finditer(rest)]
    found = sorted([*drawn, *given, *(_whole(text, *one.span()) for one in _MAYBE.finditer(rest))])
    yield from _joined(found)


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Sorted spans, with those that meet made one."""
    begun, last = -1, -1
    for start, end in spans:
        if start > last:
            if last > 0:
                yield begun, last
            begun = start
        last = max(last, end)
    if last > 0:
        yield begun, last


def _end(text: str, found: re.Match[str]) -> int:
    """With the rest of the word."""
    more = _REST.match(text, found.end())
    return more.end() if more else found.end()


def _blank(public: re.Match[str]) -> str:
    return " " * len(public[0])


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """With the words before it that hang on it."""
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] in "-_"):
        start -= 1
    return start, end


def _is_drawn(run: str) -> bool:
    """Hexadecimal digits, or letters and digits in no order that a name has; of a path, any part of it."""
    return _looks_drawn(run) or any(_looks_drawn(part) for part in run.split("/") if len(part) >= _LEAST)


def _looks_drawn(run: str) -> bool:
    pieces = _PIECE.findall(run)
    if any(_HEXADECIMAL.fullmatch(piece) for piece in pieces):
        return True
    longest = max(map(len, pieces), default=0)
    if longest < _LONGEST_PIECE or not any(sign.isdigit() for sign in run):
        return False
    length = sum(map(len, pieces))
    share = sum(len(_NAMED.findall(piece)) for piece in pieces) / length
    if run.lower() == run or run.upper() == run:
        return longest >= 24 and share > _ONE_CASE
    return share > (_LONG if length >= 32 else _SHORT)


def names_secret(name: str) -> bool:
    """Whether a thing of this name holds a secret, by its last word: `api-key`, `HfToken`, `PASSWORD`."""
    words = ["", *(word.lower() for word in _WORD.findall(name))]
    if words[-1] == "key":
        return words[-2] in _KEYS
    return words[-1] == "apikey" or (words[-1] in _NAMES and words[-2] not in _OF_MODELS)


def may_hold_secret(name: str) -> bool:
    """Whether a secret may be pasted beside this name: a table of secrets or a public key, too."""
    words = [word.lower() for word in _WORD.findall(name)]
    return names_secret(name) or words[-1:] == ["secrets"] or words[-2:] == ["public", "key"]


def is_digest(name: str, value: str) -> bool:
    """Whether a field of this name holds the hash of something public: a revision, a commit, a digest."""
    last = (_WORD.findall(name) or [""])[-1].lower()
    return last in _DIGESTS and re.fullmatch(r"[0-9a-f]{32,128}", value) is not None
