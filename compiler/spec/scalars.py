"""The words of the spec: string types that say what they are, show an example, and know a neighbour.

A neighbour is another valid value close to the given one; the leaf walk and line provenance change one
leaf to its neighbour and look at which outputs move (docs/architecture.md).
"""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import Annotated

from compiler.spec import secret_places, slips, steps
from compiler.spec.word import Word


def _longer(text: str) -> str:
    return text + "x"


def _next_version(text: str) -> str:
    return re.sub(r"\d+\Z", lambda found: str(int(found[0]) + 1), text)


_HOST = r"(?=.{1,253}$)"  # RFC 1035, 2.3.4, in the text form
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = r"(?=.{1,41}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_PATH = r"[A-Za-z0-9_.+@=:-]+"

Identifier = Annotated[str, Word("a short name", _NAME, "edge-1", _longer, hint=slips.name_hint)]
"""A name that becomes part of unit names, users and paths."""
Variable = Annotated[
    str,
    Word(
        "an environment variable",
        r"[A-Z_][A-Z0-9_]*",
        "LLM_BASE_URL",
        lambda v: v + "_X",
        hint=slips.variable_hint,
    ),
]
Hostname = Annotated[
    str,
    Word(
        "a host name",
        rf"{_HOST}(?:{_LABEL}\.)+{_LABEL}",
        "llm.example.org",
        lambda v: "x" + v,
        hint=slips.host_hint,
        mend=slips.host,
    ),
]
HostAddress = Annotated[
    str,
    Word(
        "a host name or IPv4 address",
        rf"{_HOST}(?:{_LABEL}\.)*{_LABEL}",
        "edge-1.example.org",
        steps.neighbour_host,
        slips.check_host,
        hint=slips.host_hint,
        mend=slips.host,
    ),
]
AbsolutePath = Annotated[
    str,
    Word(
        "an absolute path",
        rf"(?:/{_PATH})+",
        "/mnt/nvme",
        _longer,
        slips.check_absolute,
        hint=slips.path_hint,
        mend=slips.shortest,
    ),
]
RelativePath = Annotated[
    str,
    Word(
        "a path below the spec's folder",
        rf"{_PATH}(?:/{_PATH})*",
        "locks/engine.txt",
        _longer,
        slips.check_relative,
        hint=slips.relative_hint,
        mend=slips.relative,
    ),
]
KernelPath = Annotated[
    str,
    Word(
        "a path of a tuned kernel below the spec's folder",
        rf"(?:{_PATH}/)*[A-Za-z0-9_.=-][A-Za-z0-9_.=,\[\] -]*\.json",
        "kernels/E=8,N=512,device_name=NVIDIA_X1,dtype=fp8_w8a8,block_shape=[128, 128].json",
        lambda v: v.replace(".json", "x.json"),
        slips.check_relative,
    ),
]
"""The engine's own names for such files have commas, brackets and blanks in them."""
FileName = Annotated[
    str,
    Word(
        "a file name",
        r"\.?[A-Za-z0-9_][A-Za-z0-9_.-]*",
        "install.sh",
        lambda v: "x" + v,
        hint=slips.command_hint,
    ),
]
UnitName = Annotated[
    str,
    Word(
        "a unit name",
        r"[A-Za-z0-9:_.\\@-]+\.(?:service|mount|target|socket)",
        "mnt-nvme.mount",
        lambda v: "x" + v,
        hint=slips.unit_hint,
    ),
]
PackageName = Annotated[
    str, Word("a package name", r"[a-z0-9][a-z0-9+.-]+", "ninja-build", lambda v: v + "-x")
]
Command = Annotated[
    str, Word("a command name", r"[A-Za-z0-9_.+][A-Za-z0-9_.+-]*", "ninja", _longer, hint=slips.command_hint)
]
Version = Annotated[
    str,
    Word(
        "a version",
        r"[0-9]+(?:\.[0-9]+)*(?:(?:\.post|rc|a|b)[0-9]+)?",
        "1.22.1",
        _next_version,
        hint=slips.version_hint,
        mend=slips.version,
    ),
]
Distribution = Annotated[
    str,
    Word(
        "a distribution and its version",
        r"debian-[0-9]+|ubuntu-[0-9]{2}\.(?:04|10)",
        "debian-12",
        lambda v: re.sub(r"\d+", lambda found: str(int(found[0]) + 1), v, count=1),
        hint=slips.release_hint,
        mend=slips.distribution,
        guess=slips.half_a_version,
    ),
]
Address = Annotated[
    str,
    Word(
        "an IPv4 address",
        r"[0-9.]+",
        "10.20.1.5",
        steps.next_address,
        ipaddress.IPv4Address,
        hint=slips.address_hint,
        mend=slips.address,
    ),
]
Network = Annotated[
    str,
    Word(
        "an IPv4 network",
        r"[0-9.]+/[0-9]+",
        "10.20.0.0/16",
        steps.other_network,
        slips.check_network,
        hint=slips.network_hint,
        mend=slips.network,
        guess=slips.with_length,
    ),
]
UrlPath = Annotated[
    str,
    Word(
        "an absolute URL path",
        r"(?:/(?!\.\.?(?:/|$))[A-Za-z0-9_.~-]+)+",
        "/v1/models",
        _longer,
        hint=slips.url_hint,
        mend=slips.url_path,
    ),
]
UrlPrefix = Annotated[
    str,
    Word(
        "a URL prefix",
        r"(?:/[A-Za-z0-9_~-]+)*",
        "/llm",
        lambda v: v + "/x",
        hint=slips.url_hint,
        mend=slips.url_path,
    ),
]
ServedName = Annotated[
    str,
    Word(
        "a served model id",
        r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*",
        "coder-30b",
        _longer,
        hint=slips.colon_hint,
        mend=slips.without_colon,
    ),
]
"""Without a colon: engines keep it for adapters (truth book, section 12)."""
OldName = Annotated[
    str, Word("a model id of the time before", r"[A-Za-z0-9][A-Za-z0-9._/:-]*", "coder:30b", _longer)
]
Repository = Annotated[
    str,
    Word(
        "a model repository",
        r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+",
        "acme/coder-30b-fp8",
        _longer,
        hint=slips.repository_hint,
        mend=slips.repository,
    ),
]
Location = Annotated[
    str,
    Word(
        "a location",
        r"(?:s3://[a-z0-9][a-z0-9.-]+(?:/[A-Za-z0-9_.=-]+)*|https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9_.~=-]+)*|(?:/[A-Za-z0-9_.+@=:-]+)+)",
        "s3://models.example/weights",
        _longer,
        hint=slips.location_hint,
        mend=slips.location,
    ),
]
SecretRef = Annotated[
    str,
    Word(
        "a reference to a secret",
        rf"ssm:(?:/[A-Za-z0-9_.-]+)+|file:(?:/{_PATH})+",
        "ssm:/site/api-key",
        _longer,
        secret_places.check,
        secret=True,
        hint=secret_places.hint,
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
Region = Annotated[
    str,
    Word("an AWS region", r"[a-z]{2}(?:-[a-z]+)+-[0-9]", "eu-central-1", _next_version, mend=slips.region),
]
InstanceType = Annotated[
    str, Word("an EC2 instance type", r"[a-z0-9-]+\.[a-z0-9-]+", "g6e.12xlarge", _longer)
]
TagText = Annotated[str, Word("an AWS tag", r"[A-Za-z0-9 _.:/=+@-]{1,128}", "gpu-worker", _longer)]
_TEXT = r"(?!…$)(?!\s)[^\x00-\x1f\x7f\x85\u2028\u2029]+(?<!\s)"  # not only the sign for what is to come
Line = Annotated[str, Word("one line of text", _TEXT, "Shared coding runtime", _longer)]
"""Free text for people, on one line, without blanks around it."""
ArgumentName = Annotated[
    str,
    Word(
        "an argument's name without dashes",
        r"[a-z][a-z0-9-]*",
        "chunked-prefill-size",
        _longer,
        mend=slips.argument,
    ),
]
RuleCode = Annotated[str, Word("a rule's code", r"DN[0-9]{3}", "DN046", _next_version, mend=slips.rule_code)]
"""`dncompile rules` lists them."""
Date = Annotated[
    str,
    Word(
        "a date",
        r"20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])",
        "2026-04-22",
        lambda v: f"{v[:8]}{int(v[8:]) % 28 + 1:02}",
        date.fromisoformat,
        mend=slips.date,
    ),
]
