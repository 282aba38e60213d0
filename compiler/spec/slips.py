"""What people write instead of a word of the spec, and what they mean by it.

Each function takes a text and gives what was certainly meant: whoever calls it holds the result against the
word's own type. Hints are for what is not certain.
"""

from __future__ import annotations

import ipaddress
import posixpath
import re

from compiler.spec.word import shown

_NAME = 41  # characters of a short name
_HOST = 253  # of a host name (RFC 1035)


def host(text: str) -> str:
    """A host name out of a URL that says nothing else, in lower case, without a dot at its end."""
    name = re.sub(r"\A(?:https|ssh|tcp)://", "", text.strip().lower()).removesuffix("/")
    return name.removesuffix(":443").removesuffix(".")


def check_host(text: str) -> None:
    """Refuse numbers and dots that are no address."""
    if text.replace(".", "").isdigit():
        ipaddress.IPv4Address(text)


def host_hint(text: str) -> str:
    """Why a text is no host name."""
    if "://" in text or "/" in text:
        return "without scheme, port and path"
    if re.search(r":[0-9]+\Z", text):
        return "without the port"
    if "@" in text:
        return "without the user"
    if "*" in text:
        return "there are no wildcards"
    if "_" in text:
        return "host names have no underscore"
    if len(text) > _HOST:
        return f"at most {_HOST} characters"
    return "" if "." in text else "with its domain"


def without_colon(text: str) -> str:
    """A served name: the colon is kept for adapters."""
    return text.replace(":", "-")


def colon_hint(text: str) -> str:
    """Why a text is no served name."""
    return "the colon is reserved for adapters" if ":" in text else ""


def shortest(text: str) -> str:
    """An absolute path without what it can do without; `..` may lead through a link, and stays."""
    return (
        "/" + "/".join(part for part in text.split("/") if part not in ("", ".")) if text[:1] == "/" else text
    )


def path_hint(text: str) -> str:
    """Why a text is no absolute path."""
    if text == "/":
        return "the root directory is never meant"
    if text[:1] in ("~", "$") or "${" in text:
        return "written out, without ~ and variables"
    if text.startswith("./") or text[:1] not in ("/", ""):
        return "it begins with a slash"
    return "leave out the slash at its end" if text.endswith("/") else ""


def check_absolute(text: str) -> None:
    """Refuse a path that is not in its shortest form."""
    if "//" in text or "/./" in f"{text}/" or "/../" in f"{text}/":
        plain = posixpath.normpath(text).replace("//", "/")
        raise ValueError(f"{shown(text)} is not in its shortest form: write {plain}")


def check_relative(text: str) -> None:
    """Refuse a path that is not in its shortest form, or that leads out of its folder."""
    if ".." in posixpath.normpath(text).split("/"):
        raise ValueError(f"{shown(text)} leads out of the spec's folder")
    if f"/{text}" != shortest(f"/{text}") or "/../" in text:
        raise ValueError(f"{shown(text)} is not in its shortest form: write {posixpath.normpath(text)}")


def relative(text: str) -> str:
    """A path without `./` before it."""
    return shortest(f"/{text.removeprefix('./')}")[1:] if text[:1] not in ("/", "") else text


def relative_hint(text: str) -> str:
    """Why a text is no path below the spec's folder."""
    return "not an absolute one" if text.startswith("/") else ""


def url_path(text: str) -> str:
    """A path of a URL with one slash before it and none at its end."""
    plain = text.strip("/")
    if not plain:
        return ""
    return f"/{plain}" if plain[0].isalnum() and "://" not in text else text


def url_hint(text: str) -> str:
    """Why a text is no path of a URL."""
    if "://" in text:
        return "without scheme and host name"
    return "without a slash at its end" if text.endswith("/") else ""


def network(text: str) -> str:
    """The network that an address with a length is in."""
    try:
        return str(ipaddress.IPv4Network(text, strict=False)) if "/" in text else text
    except ValueError:
        return text


def check_network(text: str) -> None:
    """Refuse a network with host bits, and say which one it is in."""
    if str(ipaddress.IPv4Network(text, strict=False)) != text:
        raise ValueError(f"{text} has host bits set: the network is {network(text)}")


def network_hint(text: str) -> str:
    """Why a text is no network."""
    if ":" in text:
        return "not one of IPv6"
    return "with its length, /16 or /32 for example" if re.fullmatch(r"[0-9.]+", text) else ""


def with_length(text: str) -> str:
    """The network that an address without a length may stand for: as large as its zeros at the end say."""
    if not re.fullmatch(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}", text.strip()):
        return ""
    parts = text.strip().split(".")
    zeros = next((at for at, part in enumerate(reversed(parts)) if int(part)), len(parts) - 1)
    return network(f"{text.strip()}/{32 - 8 * zeros}")


def region(text: str) -> str:
    """A region with its hyphens, and without the letter of a zone after it."""
    found = re.fullmatch(r"([a-z]{2})[ _-]?([a-z]+(?:[ _-][a-z]+)*)[ _-]?([0-9])[a-z]?", text.strip().lower())
    return re.sub("[ _]", "-", f"{found[1]}-{found[2]}-{found[3]}") if found else text


def address(text: str) -> str:
    """An address without the length that says that it is one."""
    return re.sub(r"\Ahttps?://", "", text.strip()).removesuffix("/").removesuffix("/32")


def address_hint(text: str) -> str:
    """Why a text is no address."""
    if "/" in text:
        return "without the length of its network"
    if re.search(r"[0-9]:[0-9]+\Z", text):
        return "without the port"
    return "not one of IPv6" if text.count(":") > 1 else "not a name"


def version(text: str) -> str:
    """A version without what stands before its number, and without a distribution's revision after it."""
    number = re.sub(r"\A(?:[a-z]+/(?=[0-9])|v|==|=)\s*", "", text.strip(), flags=re.IGNORECASE)
    return re.sub(r"-[0-9][0-9.]*(?:[+~](?:deb|ubuntu)|ubuntu)[A-Za-z0-9.~+]*\Z", "", number)


def version_hint(text: str) -> str:
    """Why a text is no version."""
    inexact = text[:1] in (">", "<", "~", "^") or "*" in text or text in ("latest", "stable")
    return "one exact version, which every host gets" if inexact else ""


def distribution(text: str) -> str:
    """ID and VERSION_ID with a hyphen between, without the point release that VERSION_ID has not."""
    found = re.fullmatch(r"(debian|ubuntu)[ _:-]*([0-9]+)((?:\.[0-9]+)*)", text.strip().lower())
    if found is None:
        return text
    month = re.match(r"\.[0-9]+", found[3]) if found[1] == "ubuntu" else None
    return f"{found[1]}-{found[2]}{month[0] if month else ''}"


def release_hint(text: str) -> str:
    """Why a text is no distribution and its version: each has its own form of VERSION_ID (os-release(5))."""
    if re.match(r"\s*ubuntu", text, re.IGNORECASE):
        return "a release of Ubuntu is a year and a month, 04 or 10"
    return "a release of Debian is one number" if re.match(r"\s*debian", text, re.IGNORECASE) else ""


def half_a_version(text: str) -> str:
    """What a release may be, of a distribution whose versions have a month, where the year alone is right."""
    found = re.match(r"ubuntu[ _:-]*([0-9]{2})(?![0-9])", text.strip().lower())
    return f"ubuntu-{found[1]}.04" if found else ""


def last_part(text: str) -> str:
    """A file's name without its directory."""
    return text.strip().rsplit("/", 1)[-1]


def parameter(text: str) -> str:
    """A parameter's path with its store before it; empty for what may be a secret itself."""
    found = re.fullmatch(r"(?:ssm:)?/?((?:/[a-z][a-z0-9_.-]*){2,})", text.strip())
    return f"ssm:{found[1]}" if found else ""


def is_public(given: object) -> bool:
    """Whether what stands in a secret's place is surely none: the path of its parameter, or a public key."""
    known = r"(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp[0-9]+)(?: [A-Za-z0-9+/]+={0,2}(?: [A-Za-z0-9@._-]+)?)?"
    return isinstance(given, str) and bool(parameter(given) or re.fullmatch(known, given.strip()))


def repository(text: str) -> str:
    """Owner and name out of the address of a page."""
    return re.sub(r"\Ahttps://[^/]+/", "", text.strip()).removesuffix("/").removesuffix(".git")


def repository_hint(text: str) -> str:
    """Why a text is no repository."""
    return "" if "/" in text else "with its owner"


def date(text: str) -> str:
    """A date with two digits for each month and day."""
    found = re.fullmatch(r"(20[0-9]{2})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text.strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def location(text: str) -> str:
    """A location without a slash at its end."""
    return text.strip().rstrip("/")


def location_hint(text: str) -> str:
    """Why a text is no location."""
    return "weights come over TLS only" if text.startswith("http://") else ""


def unit_hint(text: str) -> str:
    """Why a text is no unit's name."""
    return "with its kind at the end" if "." not in text else ""


def folded(text: str) -> str:
    """A text in the signs of a short name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_NAME]


def name_hint(text: str) -> str:
    """Why a text is no short name."""
    if len(text) > _NAME:
        return f"at most {_NAME} characters"
    return "lower-case letters, digits and single hyphens between them, a letter first"


def argument(text: str) -> str:
    """An argument's name as the engine prints it, without its dashes."""
    return text.strip().lstrip("-").replace("_", "-").lower()


def command_hint(text: str) -> str:
    """Why a text is no command or file name."""
    return "the name alone, without its directory" if "/" in text else ""


def variable_hint(text: str) -> str:
    """Why a text is no environment variable."""
    return "capitals, digits and underscores" if text.upper() != text or "-" in text else ""


def rule_code(text: str) -> str:
    """A rule's code in capitals and with three digits."""
    found = re.fullmatch(r"dn[- ]?([0-9]{1,3})", text.strip().lower())
    return f"DN{int(found[1]):03}" if found else text
