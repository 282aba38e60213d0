"""Where a secret can be kept so that it is found again: one name a place, and one that lasts."""

from __future__ import annotations

import posixpath

_LEVELS = 15
_RESERVED = ("aws", "ssm")
# Empty after a boot (file-hierarchy(7): /run, /tmp, /dev/shm); /var/run leads to /run.
_LOST_AT_BOOT = ("/tmp/", "/run/", "/var/run/", "/dev/shm/")  # noqa: S108 - refused, not written to


def check(reference: str) -> None:
    """Refuse a reference that has another name too, or whose place cannot be or does not last.

    Names of parameters: AWS Systems Manager user guide, "Requirements and constraints for parameter names".
    What is refused is not repeated: it may be a secret.
    """
    store, _, path = reference.partition(":")
    if path != posixpath.normpath(path) or "//" in path:
        raise ValueError(
            "the path is not in its shortest form: write it without `.`, `..` and double slashes"
        )
    if store == "ssm":
        _check_parameter(path)
    elif path.startswith(_LOST_AT_BOOT):
        raise ValueError(
            "the file would be lost at the next boot: keep it where it lasts, such as file:/etc/acme/api-key"
        )


def hint(reference: str) -> str:
    """Why a text is no reference."""
    if not reference.startswith(("ssm:/", "file:/")):
        return ""
    if any(sign.isspace() for sign in reference):
        return "without blanks"
    return "without a slash at its end or two together" if f"{reference}/".count("//") else ""


def _check_parameter(path: str) -> None:
    if path[1:].lower().startswith(_RESERVED):
        raise ValueError(
            "no parameter's name may begin with `aws` or `ssm`, which AWS keeps for itself: "
            "write another, such as ssm:/acme/api-key"
        )
    if path.count("/") > _LEVELS:
        raise ValueError(f"a parameter's name has at most {_LEVELS} levels")
