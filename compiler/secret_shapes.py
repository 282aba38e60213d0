"""What a secret looks like: one place for what is blotted out of messages, and for what a spec may not hold.

The two differ on purpose. A message loses nothing when a harmless word is blotted out; a spec that is refused
for one cannot be compiled.
"""

from __future__ import annotations

import re

# Each alternative starts in few places of a text and is bounded or taken whole, so that time stays linear.
_RUN = r"(?<![A-Za-z0-9+])(?=[A-Za-z+]*[0-9])(?=[0-9+]*[A-Za-z])[A-Za-z0-9+]{16,}={0,2}"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_KNOWN = r"(?<![A-Za-z0-9])(?:sk|ghp|gho|hf|xox[a-z])[-_][A-Za-z0-9_-]{16,}"
_LOGIN = r"(?<=://)[^/\s:@]{1,100}:[^/\s:@]{1,100}(?=@)"
MAYBE = re.compile(rf"{_LOGIN}|(?:{_UUID}|{_RUN}|{_KNOWN})(?:[-_][A-Za-z0-9]+)*")
"""What may be a token, with the words that hang on it: never shown."""

# Public by nature: OpenSSH public keys, and hashes that say what they are hashes of.
_PUBLIC = re.compile(
    r"(?:ssh-[a-z0-9]+|ecdsa-sha2-nistp[0-9]+) AAAA[A-Za-z0-9+/]+={0,2}"
    r"|(?:(?i:sha-?(?:1|256|512)|md5|commit|revision|rev|blob|raw|resolve)[ :=/]{1,3}|@)[0-9a-f]{32,128}\b"
)
# Keys with the marks of those who issue them, private keys, names and passwords in an address.
_ISSUED = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?=[A-Za-z_-]{0,80}[0-9])[A-Za-z0-9_-]{20}|gh[opsu]_[A-Za-z0-9]{30}|github_pat_[A-Za-z0-9_]{30}"
    r"|glpat-[A-Za-z0-9_-]{20}|hf_[A-Za-z0-9]{30}|nvapi-[A-Za-z0-9_-]{30}|xox[a-z]-[A-Za-z0-9-]{20}"
    r"|A[KS]IA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}|eyJ[A-Za-z0-9_-]{8,400}\.eyJ"
    r")|-----BEGIN [A-Z ]{0,40}PRIVATE KEY|://[^/\s:@]{1,100}:[^/\s:@]{1,100}@"
)
_ASSIGNED = re.compile(
    r"(?i:api[-_ ]?key|password|passwd|secret|token)[\"'`]?\s{0,3}[:=]\s{0,3}[\"'`]?"
    r"(?!ssm:|file:)(?=[^\s\"'`]{0,80}[0-9])(?=[^\s\"'`]{0,80}[A-Za-z])[A-Za-z0-9!#$%&*+./=?@^_~-]{8}"
)
_LONG = re.compile(r"(?<![A-Za-z0-9+])[A-Za-z0-9+]{32,}")
_HEXADECIMAL = re.compile(r"(?=(?:[a-fA-F]*[0-9]){3})(?=[0-9]*[a-fA-F])[0-9a-fA-F]+")
_KINDS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|\++")
_RANDOM_SHARE = 0.45  # of random letters and digits, six in ten are of another kind than the one before

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_NAMES = frozenset({"token", "secret", "password", "passwd", "passphrase", "credential", "credentials"})
_KEYS = frozenset({"api", "ssh", "private", "secret", "access"})
# Whose values are hashes of something public.
_DIGESTS = frozenset({"revision", "commit", "sha", "sha256", "digest", "hash"})
# What a model's tokens are called by: no such name is a secret's.
_OF_MODELS = frozenset(
    {"first", "per", "max", "min", "total", "new", "next", "prompt", "completion", "output"}
)


def is_secret(text: str) -> bool:
    """Whether `text` holds what can hardly be anything but a secret."""
    rest = _PUBLIC.sub(" ", text)
    if _ISSUED.search(rest) or _ASSIGNED.search(rest):
        return True
    return any(_is_random(run) for run in _LONG.findall(rest))


def _is_random(run: str) -> bool:
    """Hexadecimal digits, or letters and digits in no order that a name has."""
    if _HEXADECIMAL.fullmatch(run):
        return True
    return len(_KINDS.findall(run)) > _RANDOM_SHARE * len(run) and any(sign.isdigit() for sign in run)


def names_secret(name: str) -> bool:
    """Whether a thing of this name holds a secret, by its last word: `api-key`, `HfToken`, `PASSWORD`."""
    words = ["", *(word.lower() for word in _WORD.findall(name))]
    if words[-1] == "key":
        return words[-2] in _KEYS
    return words[-1] == "apikey" or (words[-1] in _NAMES and words[-2] not in _OF_MODELS)


def is_digest(name: str, value: str) -> bool:
    """Whether a field of this name holds the hash of something public: a revision, a commit, a digest."""
    last = (_WORD.findall(name) or [""])[-1].lower()
    return last in _DIGESTS and re.fullmatch(r"[0-9a-f]{32,128}", value) is not None
