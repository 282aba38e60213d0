"""Texts of a program's configuration that say what they are: a path that is read, or written, or a unit.

They print as the texts that they are. Link reads them, so that no need is written down a second time.
"""

from __future__ import annotations

from typing import Self


class Marked(str):
    """A text with a meaning for other outputs."""

    __slots__ = ()


class Reads(Marked):
    """A file or directory that must be there."""

    __slots__ = ()


class Runs(Marked):
    """A program that must be there."""

    __slots__ = ()


class MayRead(Marked):
    """A file that may be there; its directory must."""

    __slots__ = ()


class Writes(Marked):
    """A file that this program makes; its directory must be there."""

    __slots__ = ()


class Makes(Marked):
    """A directory that this program makes, with those above it and everything below."""

    __slots__ = ()


class Mount(Marked):
    """A directory at which a file system is mounted."""

    __slots__ = ()


class UnitName(Marked):
    """A unit that the program asks systemd about, starts or reloads."""

    __slots__ = ()


class UserName(Marked):
    """An account of this host."""

    __slots__ = ()


class GroupName(Marked):
    """A group of this host."""

    __slots__ = ()


class CommandName(Marked):
    """A command that is looked for on the PATH."""

    __slots__ = ()


class Credential(Marked):
    """A credential of the unit that runs the program."""

    __slots__ = ()


class UsesVariable(Marked):
    """A variable that an environment file must hold."""

    __slots__ = ()


class SetsVariable(Marked):
    """A variable of the environment file that this program makes."""

    __slots__ = ()


class Package(Marked):
    """A package of the distribution, with what it brings."""

    __slots__ = ()


class Secret(Marked):
    """Where a secret is kept: `ssm:/…` or `file:/…`."""

    __slots__ = ()


class Url(Marked):
    """An address that a public route must answer."""

    __slots__ = ()


class Base(Marked):
    """The base of a client's addresses; `appends` is what the client puts behind it."""

    __slots__ = ("appends",)
    appends: tuple[str, ...]

    def __new__(cls, url: str, *appends: str) -> Self:
        """`appends` are paths as the client writes them: `/models`."""
        made = super().__new__(cls, url)
        made.appends = appends
        return made


class Built(Marked):
    """A directory that an installer builds from a list of packages, with everything below it."""

    __slots__ = ("source",)
    source: str

    def __new__(cls, path: str, source: str) -> Self:
        """`source` is the path of the list."""
        made = super().__new__(cls, path)
        made.source = source
        return made


class Parameter(Marked):
    """What a policy lets its host read of the secret store; `name` is the parameter's."""

    __slots__ = ("name",)
    name: str

    def __new__(cls, resource: str, name: str) -> Self:
        """`resource` is the policy's own word for it."""
        made = super().__new__(cls, resource)
        made.name = name
        return made


class Login(Marked):
    """An account of another host, which lets the program in."""

    __slots__ = ("host",)
    host: str

    def __new__(cls, user: str, host: str) -> Self:
        """`host` is the name of the host in the spec."""
        made = super().__new__(cls, user)
        made.host = host
        return made


class Binds(int):
    """A port that the program binds."""

    __slots__ = ()


class Connects(int):
    """A port that some worker must bind."""

    __slots__ = ()
