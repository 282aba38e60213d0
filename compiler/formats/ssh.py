"""OpenSSH's lists of keys: authorized_keys and known_hosts (sshd(8))."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.formats.safe import HEADER, Unsafe, refuse

# In a list of known hosts these make a name a pattern, a list, a hash or a comment.
_PATTERN = " ,*?!|#@"


@dataclass(frozen=True, slots=True)
class AuthorizedKey:
    """A key that may do one thing: run `command`, coming from one of `sources`, and nothing else."""

    key: str
    command: str
    sources: tuple[str, ...]

    def line(self) -> str:
        """The entry."""
        command = refuse(self.command, "a forced command", '\\"')
        sources = ",".join(
            refuse(source, "an item of a list of addresses", ' ,\\"') for source in self.sources
        )
        return f'restrict,from="{sources}",command="{command}" {refuse(self.key, "a public key", "#")}'


@dataclass(frozen=True, slots=True)
class AuthorizedKeys:
    """All entries of one user; with none, `empty` says what must happen first.

    `command` is what they are let in for, with the first entry or before it.
    """

    entries: tuple[AuthorizedKey, ...]
    empty: str
    command: str

    def render(self) -> bytes:
        """The file's bytes."""
        lines = [f"# {HEADER}", *(entry.line() for entry in self.entries)]
        if not self.entries:
            lines.append(f"# {refuse(self.empty, 'a comment', '')}")
        return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Hosts by address, port and key."""

    hosts: tuple[tuple[str, int, str], ...]

    def render(self) -> bytes:
        """The file's bytes."""
        lines = [f"# {HEADER}"]
        for address, port, key in self.hosts:
            if not address:
                raise Unsafe(address, "a host", "it is empty")
            name = address if port == 22 else f"[{address}]:{port}"
            lines.append(f"{refuse(name, 'a host', _PATTERN)} {refuse(key, 'a public key', '#')}")
        return ("\n".join(lines) + "\n").encode()
