#!/usr/bin/env python3
"""Puts a client's compiled environment file in place, after asking the route whether it serves the model.

It exists so that a client is never pointed at a route that does not answer with the exact model id, and
so that its token goes from its holder to one file of mode 0600 and nowhere else. There is one provider:
where it does not answer, nothing changes. It stands alone: Python 3.9 or newer, nothing else.

The compiled file says which secrets belong to it and where they are kept, `# secret NAME from ssm:/path`.
A value is taken from --secret, then from --secrets, then from the host's file that `file:/path` names, then
from the file that is in place, then from a prompt.

A variable's meaning is the ending of its name: …MODELS_URL, else …BASE_URL, else …CHAT_URL; …MODEL.

Exit codes:
    0   in place, or nothing to do
    1   the route does not serve the model, or a file cannot be read or written; nothing is changed
    2   wrong usage
    3   --check: the route serves the model, and the file would change
    78  the compiled file is not usable
"""

from __future__ import annotations

import argparse
import getpass
import http.client
import json
import os
import re
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

TIMEOUT_SECONDS = 20.0
ANSWER_BYTES = 1 << 20
LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")
PLAIN = re.compile(r"[A-Za-z0-9._+/=:@-]+")  # no reader expands these
REFERENCE = re.compile(r"# secret ([A-Za-z_][A-Za-z0-9_]*) from ((?:ssm|file):/\S+)")
# How the list of models is addressed, by the ending of a variable's name; the first one counts.
ADDRESSES: Dict[str, Callable[[str], str]] = {
    "MODELS_URL": lambda url: url,
    "BASE_URL": lambda url: f"{url.rstrip('/')}/models",
    "CHAT_URL": lambda url: re.sub(r"/chat/completions/*$", "", url) + "/models",
}


class Refused(Exception):
    """Nothing is changed; the text says why."""

    code = 1


class Unusable(Refused):
    """A file that was given is not what it should be."""

    code = 78


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the compiled address only."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def main(argv: Sequence[str]) -> int:
    """Check the route and put the file in place; see the module's docstring for the exit codes."""
    options = _options(argv)
    try:
        said, code = deploy(options)
    except Refused as fault:
        print(f"{fault}; nothing is changed", file=sys.stderr)
        return fault.code
    except OSError as fault:
        where = fault.filename or options.target
        print(f"{where}: {fault.strerror or fault}; nothing is changed", file=sys.stderr)
        return 1
    print(said)
    return code


def deploy(options: argparse.Namespace) -> Tuple[str, int]:
    """What `main` does: what to say, and the exit code.

    Raises:
        Refused: the route or a file is not as it should be.
        OSError: a file cannot be read or written.
    """
    compiled, target = Path(options.env), Path(options.target)
    settings, text = parse(compiled), read(compiled)
    secrets = gather(dict(REFERENCE.findall(text)), offers(options), target)
    wanted = compose(text, secrets).encode()
    check_route(*route_of(settings), next(iter(secrets.values()), None))
    if target.exists() and target.read_bytes() == wanted and not target.stat().st_mode & 0o077:
        return f"{target} is up to date: nothing to do", 0
    if options.check:
        return f"{target} would change", 3
    return f"{target} is in place{put(target, wanted)}", 0


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        Unusable: it holds no text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unusable(f"{path} holds no text") from None


def parse(path: Path) -> Dict[str, str]:
    """The variables of an environment file.

    Raises:
        Unusable: a line is neither NAME=value nor a comment, or its name stands there twice.
    """
    found: Dict[str, str] = {}
    for number, line in enumerate(read(path).splitlines(), start=1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        parts = LINE.fullmatch(text)
        if not parts or parts[1] in found:
            raise Unusable(f"{path}:{number} is no NAME=value line of its own")
        found[parts[1]] = _unquoted(parts[2].strip())
    return found


def route_of(settings: Dict[str, str]) -> Tuple[str, str]:
    """Where the list of models is, and the id that the client sends.

    Raises:
        Unusable: no variable tells, or several disagree.
    """
    model = _only("MODEL", {value for name, value in settings.items() if name.endswith("MODEL")})
    for ending, address in ADDRESSES.items():
        found = {address(value) for name, value in settings.items() if name.endswith(ending)}
        if found:
            return _only(ending, found), model
    raise Unusable(f"no variable of the compiled file ends in {', '.join(ADDRESSES)}")


def offers(options: argparse.Namespace) -> Dict[str, str]:
    """The secrets that the operator gives.

    Raises:
        Unusable: --secret holds the value itself, or others may read the file of --secrets.
    """
    found: Dict[str, str] = {}
    if options.secrets:
        if os.stat(options.secrets).st_mode & 0o077:
            raise Unusable(f"{options.secrets} can be read by others: chmod 600 it")
        found = parse(Path(options.secrets))
    return {**found, **dict(map(_offer, options.secret))}


def gather(references: Dict[str, str], offered: Dict[str, str], target: Path) -> Dict[str, str]:
    """The value of each secret that the compiled file names.

    Raises:
        Refused: one cannot be had.
        Unusable: one is offered that this client does not have.
    """
    unknown = sorted(set(offered) - set(references))
    if unknown:
        raise Unusable(f"this client has no secret {unknown[0]!r}")
    present = _present(target)
    return {name: _value(name, where, offered, present) for name, where in references.items()}


def check_route(url: str, wanted: str, token: Optional[str]) -> None:
    """Make sure that the route serves the model under exactly this id.

    Raises:
        Refused: it does not.
    """
    served = [entry.get("id") for entry in _ask(url, token) if isinstance(entry, dict)]
    if wanted not in served:
        raise Refused(f"{url} serves {', '.join(map(str, served)) or 'nothing'} and not {wanted}")


def compose(compiled: str, secrets: Dict[str, str]) -> str:
    """The compiled file with the secrets below it."""
    lines = [f"{name}={_quoted(name, value)}\n" for name, value in secrets.items()]
    return "".join([compiled if compiled.endswith("\n") else f"{compiled}\n", *lines])


def put(target: Path, data: bytes) -> str:
    """Write a file of mode 0600 whole or not at all, and keep the one before; what to say about that one."""
    backup = target.with_name(f"{target.name}.previous")
    before = target.read_bytes() if target.exists() else None
    if before is not None:
        _replace(backup, before)
    _replace(target, data)
    return "" if before is None else f"; the one before is {backup}"


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # of mode 0600
    try:
        with open(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _ask(url: str, token: Optional[str]) -> List[Any]:
    if not url.startswith(("http://", "https://")):
        raise Unusable(f"{url[:80]!r} is no http address")
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.build_opener(NoRedirects).open(request, timeout=TIMEOUT_SECONDS) as reply:
            listed = json.loads(reply.read(ANSWER_BYTES))["data"]
    except urllib.error.HTTPError as fault:
        fault.close()
        refused = fault.code in (401, 403)
        hint = ": the token is wrong or missing; give another with --secret" if refused else ""
        raise Refused(f"{url} answers {fault.code}{hint}") from None
    except (OSError, http.client.HTTPException) as fault:
        raise Refused(f"{url} does not answer ({getattr(fault, 'reason', fault)})") from None
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{url} does not answer with a list of models") from None
    return listed if isinstance(listed, list) else []


def _present(target: Path) -> Dict[str, str]:
    """What is in place; a file that this program did not write may look like anything."""
    try:
        return parse(target)
    except (FileNotFoundError, Unusable):
        return {}


def _offer(text: str) -> Tuple[str, str]:
    name, _, source = text.partition("=")
    if not source.startswith("@"):
        raise Unusable("--secret takes NAME=@FILE: everybody on this machine can see a command line")
    return name, read(Path(source[1:])).strip()


def _value(name: str, where: str, offered: Dict[str, str], present: Dict[str, str]) -> str:
    value = offered.get(name, "")
    if not value and where.startswith("file:"):
        value = read(Path(where[len("file:") :])).strip()
    value = value or present.get(name, "")
    if not value and sys.stdin.isatty():
        value = getpass.getpass(f"{name} ({where}): ").strip()
    if not value:
        raise Refused(f"{name} is missing: it is kept in {where}; give it with --secret {name}=@FILE")
    return value


def _quoted(name: str, value: str) -> str:
    if PLAIN.fullmatch(value):
        return value
    if not value.isprintable() or not value.isascii() or set(value) & set("'\\"):
        raise Refused(f"{name} holds a character that readers of environment files take differently")
    return f"'{value}'"


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _only(ending: str, found: Set[str]) -> str:
    if len(found) != 1:
        raise Unusable(f"variables that end in {ending} should have one value, and have {len(found)}")
    return found.pop()


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Put an environment file in place, if the route serves it.",
        epilog="Exit codes" + (__doc__ or "").rpartition("Exit codes")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--env", required=True, metavar="FILE", help="the compiled environment file")
    parser.add_argument("--secrets", metavar="FILE", help="your file of secrets, mode 0600: NAME=value lines")
    parser.add_argument("--target", required=True, metavar="PATH", help="where the client reads it")
    parser.add_argument("--secret", action="append", default=[], metavar="NAME=@FILE", help="one secret")
    parser.add_argument("--check", action="store_true", help="say what would change, change nothing")
    return parser.parse_args(argv)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        print("interrupted; nothing is changed", file=sys.stderr)
        sys.exit(130)
