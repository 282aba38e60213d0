"""Who provides what, for one host, client or folder of pages; and who needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from compiler.artifact import Place
from compiler.link.paths import above
from compiler.link.thing import Needs, Offers, Thing
from compiler.render import Rendered

GIVEN = ""  # the source of what a host has without us


@dataclass(frozen=True, slots=True)
class Provided:
    """An offer, and the path of the artifact that makes it."""

    source: str
    offer: Offers


@dataclass(slots=True)
class Scope:
    """One place: its artifacts by path, what they offer and what they need."""

    place: Place
    artifacts: dict[str, Rendered] = field(default_factory=dict)
    offers: dict[Thing, list[Provided]] = field(default_factory=dict)
    needs: dict[str, list[Needs]] = field(default_factory=dict)
    """By the path of an artifact."""
    folders: dict[str, str] = field(default_factory=dict)
    """Each directory that holds an artifact, with one that it holds."""

    def offer(self, source: str, offers: Iterable[Offers]) -> None:
        """Note what an artifact, or the host itself, provides."""
        for one in offers:
            self.offers.setdefault(one.thing, []).append(Provided(source, one))

    def hold(self, path: str, one: Rendered) -> None:
        """Note an artifact: it provides itself, and the directories above it."""
        self.artifacts[path] = one
        self.offer(path, [Offers(Thing("path", path), 0)])
        for parent in above(path):
            self.folders.setdefault(parent, path)

    def has(self, thing: Thing) -> bool:
        """Whether the thing itself is provided."""
        return thing in self.offers

    def providers(self, thing: Thing) -> list[Provided]:
        """Everything that provides a thing; nothing, if it dangles."""
        found = self.offers.get(thing)
        if found:
            return found
        if thing.kind in ("path", "module"):
            return self._around(thing)
        return self._instance(thing) if thing.kind == "unit" else []

    def _around(self, thing: Thing) -> list[Provided]:
        """What provides everything below a path that is above this one, or a directory of artifacts."""
        for parent in above(thing.name):
            found = [one for one in self.offers.get(Thing(thing.kind, parent), ()) if one.offer.whole]
            if found:
                return found
        inside = self.folders.get(thing.name) if thing.kind == "path" else None
        return [Provided(inside, Offers(thing, 0, shared=True))] if inside else []

    def _instance(self, thing: Thing) -> list[Provided]:
        """`name@x.service` is an instance of `name@.service`."""
        stem, at, rest = thing.name.partition("@")
        template = Thing("unit", f"{stem}@.{rest.rpartition('.')[2]}")
        return self.offers.get(template, []) if at else []

    def used(self) -> Iterator[tuple[str, str]]:
        """For each need that is met by an artifact: who needs, and who provides."""
        for source, need in self.all_needs():
            for one in self.providers(need.thing):
                if one.source not in (GIVEN, source):
                    yield source, one.source

    def all_needs(self) -> Iterator[tuple[str, Needs]]:
        """Every need with the path of the artifact that has it."""
        for source, needs in self.needs.items():
            yield from ((source, need) for need in needs)
