"""The words of the spec: string types that say what they are, show an example, and know a neighbour.

A neighbour is another valid value close to the given one; the leaf walk and line provenance change one
leaf to
its neighbour and look at which outputs move (docs/architecture.md).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

Check = Callable[[str], object]


@dataclass(frozen=True)
class Word:
    """A string type.

    `what` names it in a sentence ("is not …"); `pattern` must match the whole text; `check` may raise
    ValueError for what a pattern cannot say; `neighbour` gives another valid value. With `secret`, what
    stands in the word's place may be a secret that was pasted there, and no message repeats it.
    """

    what: str
    pattern: str
    example: str
    neighbour: Callable[[str], str]
    check: Check | None = None
    secret: bool = False
    hint: Callable[[str], str] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.accept, core_schema.str_schema(strict=True))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": f"^(?:{self.pattern})$", "examples": [self.example]}

    def accept(self, text: str) -> str:
        """`text`, if it is such a word.

        Raises:
            ValueError: it is not; the message says what one looks like.
        """
        if not re.fullmatch(self.pattern, text):
            given = "what is written here" if self.secret else repr(text)
            why = self.hint(text) if self.hint else ""
            raise ValueError(f"{given} is not {self.what}, such as {self.example}{why and f': {why}'}")
        if self.check is not None:
            self.check(text)
        return text


def _longer(text: str) -> str:
    return text + "x"


def _next_version(text: str) -> str:
    return re.sub(r"\d+\Z", lambda found: str(int(found[0]) + 1), text)


def _next_address(text: str) -> str:
    return str(ipaddress.IPv4Address(text) + 1)


def _neighbour_host(text: str) -> str:
    return _next_address(text) if text[-1].isdigit() else f"x{text}"


def _host(text: str) -> None:
    if text.replace(".", "").isdigit():
        ipaddress.IPv4Address(text)


def _other_network(text: str) -> str:
    network = ipaddress.IPv4Network(text)
    return str(next(network.supernet().subnets(new_prefix=network.prefixlen + 1)))


def _absolute(text: str) -> None:
    if "//" in text or "/./" in f"{text}/" or "/../" in f"{text}/":
        raise ValueError(f"{text!r} is not in its shortest form: write it without //, . and ..")


def _path_hint(text: str) -> str:
    if text == "/":
        return "the root directory is never meant"
    return "leave out the slash at its end" if text.endswith("/") else ""


def _colon_hint(text: str) -> str:
    old = text.replace(":", "-")
    return f"the colon is reserved for adapters, write {old}" if ":" in text else ""


def _relative(text: str) -> None:
    _absolute(f"/{text}")


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PATH = r"[A-Za-z0-9_.+@=:-]+"

Identifier = Annotated[str, Word("a short name", r"[a-z][a-z0-9-]{0,40}", "edge-1", _longer)]
"""A name that becomes part of unit names, users and paths."""
Variable = Annotated[
    str, Word("an environment variable", r"[A-Z_][A-Z0-9_]*", "LLM_BASE_URL", lambda v: v + "_X")
]
Hostname = Annotated[
    str, Word("a host name", rf"(?:{_LABEL}\.)+{_LABEL}", "llm.example.org", lambda v: "x" + v)
]
HostAddress = Annotated[
    str,
    Word(
        "a host name or IPv4 address",
        rf"(?:{_LABEL}\.)+{_LABEL}",
        "edge-1.example.org",
        _neighbour_host,
        _host,
    ),
]
AbsolutePath = Annotated[
    str, Word("an absolute path", rf"(?:/{_PATH})+", "/mnt/nvme", _longer, _absolute, hint=_path_hint)
]
RelativePath = Annotated[
    str,
    Word("a path below the spec's folder", rf"{_PATH}(?:/{_PATH})*", "locks/engine.txt", _longer, _relative),
]
KernelPath = Annotated[
    str,
    Word(
        "a path of a tuned kernel below the spec's folder",
        rf"(?:{_PATH}/)*[A-Za-z0-9_.=-][A-Za-z0-9_.=,\[\] -]*\.json",
        "kernels/E=8,N=512,device_name=NVIDIA_X1,dtype=fp8_w8a8,block_shape=[128, 128].json",
        lambda v: v.replace(".json", "x.json"),
        _relative,
    ),
]
"""The engine's own names for such files have commas, brackets and blanks in them."""
FileName = Annotated[
    str, Word("a file name", r"[A-Za-z0-9_][A-Za-z0-9_.-]*", "install.sh", lambda v: "x" + v)
]
UnitName = Annotated[
    str,
    Word(
        "a unit name",
        r"[A-Za-z0-9:_.\\@-]+\.(?:service|mount|target|socket)",
        "mnt-nvme.mount",
        lambda v: "x" + v,
    ),
]
PackageName = Annotated[
    str, Word("a package name", r"[a-z0-9][a-z0-9+.-]+", "ninja-build", lambda v: v + "-x")
]
Command = Annotated[str, Word("a command name", r"[A-Za-z0-9_.+-]+", "ninja", _longer)]
Version = Annotated[
    str, Word("a version", r"[0-9]+(?:\.[0-9]+)*(?:(?:\.post|rc|a|b)[0-9]+)?", "1.22.1", _next_version)
]
Distribution = Annotated[
    str,
    Word(
        "a distribution and its version", r"(?:debian|ubuntu)-[0-9]+(?:\.[0-9]+)?", "debian-12", _next_version
    ),
]
Address = Annotated[
    str, Word("an IPv4 address", r"[0-9.]+", "10.20.1.5", _next_address, ipaddress.IPv4Address)
]
Network = Annotated[
    str, Word("an IPv4 network", r"[0-9.]+/[0-9]+", "10.20.0.0/16", _other_network, ipaddress.IPv4Network)
]
UrlPath = Annotated[str, Word("an absolute URL path", r"(?:/[A-Za-z0-9_.~-]+)+", "/v1/models", _longer)]
UrlPrefix = Annotated[
    str, Word("a URL prefix, or nothing", r"(?:/[A-Za-z0-9_~-]+)*", "/llm", lambda v: v + "/x")
]
ServedName = Annotated[
    str, Word("a served model id", r"[A-Za-z0-9][A-Za-z0-9._/-]*", "coder-30b", _longer, hint=_colon_hint)
]
"""Without a colon: engines keep it for adapters (truth book, section 12)."""
OldName = Annotated[
    str, Word("a model id of the time before", r"[A-Za-z0-9][A-Za-z0-9._/:-]*", "coder:30b", _longer)
]
Repository = Annotated[
    str, Word("a model repository", r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "acme/coder-30b-fp8", _longer)
]
Location = Annotated[
    str,
    Word(
        "a location",
        r"(?:s3://[a-z0-9][a-z0-9.-]+(?:/[A-Za-z0-9_.=-]+)*|https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9_.~=-]+)*|(?:/[A-Za-z0-9_.+@=:-]+)+)",
        "s3://models.example/weights",
        _longer,
    ),
]
SecretRef = Annotated[
    str,
    Word(
        "a reference to a secret",
        rf"(?:ssm|file):(?:/{_PATH})+",
        "ssm:/site/api-key",
        _longer,
        secret=True,
    ),
]
"""Where a secret is kept: an SSM parameter or a file that the operator puts on the host. Never the secret."""
PublicKey = Annotated[
    str,
    Word(
        "an OpenSSH public key",
        r"(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp256) [A-Za-z0-9+/]{60,}={0,2}(?: [A-Za-z0-9@._-]+)?",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfTheControlPlane00000000000000000000000",
        lambda v: v[:-1] + ("A" if v[-1] != "A" else "B"),
        secret=True,
    ),
]
Region = Annotated[str, Word("an AWS region", r"[a-z]{2}(?:-[a-z]+)+-[0-9]", "eu-central-1", _next_version)]
InstanceType = Annotated[
    str, Word("an EC2 instance type", r"[a-z0-9-]+\.[a-z0-9-]+", "g6e.12xlarge", _longer)
]
TagText = Annotated[str, Word("an AWS tag", r"[A-Za-z0-9 _.:/=+@-]{1,128}", "gpu-worker", _longer)]
Line = Annotated[
    str, Word("one line of text", r"[^\x00-\x1f\x7f\x85\u2028\u2029]+", "Shared coding runtime", _longer)
]
"""Free text for people, on one line."""
Date = Annotated[
    str,
    Word(
        "a date",
        r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        "2026-04-22",
        lambda v: f"{int(v[:4]) + 1}{v[4:]}",
    ),
]
