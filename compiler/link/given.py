"""What a host has without us: its distribution, its image, its mounts, as the spec says it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.link.packages import ALWAYS, brought
from compiler.link.thing import Offers, Thing
from compiler.spec.hosts import GpuWorker, Host
from compiler.spec.runtime import Runtime


def offers(runtime: Runtime, host: Host) -> Iterator[Offers]:
    """Everything that a host has before the first of our files; before the cutover, the old server's port."""
    given = host.given
    for package in (*ALWAYS, *given.packages):
        yield from (_given(thing) for thing in brought(package))
    yield from (_given(Thing("command", name)) for name in given.commands)
    yield from (_given(Thing("unit", name)) for name in given.units)
    yield from (_given(Thing("path", path)) for path in given.paths)
    if isinstance(host, GpuWorker):
        yield from _of_worker(host)
        if runtime.cutover.phase != "live":
            yield _given(Thing("port", str(runtime.cutover.port_before)))


def _given(thing: Thing) -> Offers:
    return Offers(thing, 0, shared=True)


def _of_worker(host: GpuWorker) -> Iterator[Offers]:
    yield _given(Thing("mount", host.nvme.mount))
    yield _given(Thing("path", host.nvme.mount))
    if host.nvme.unit:
        yield _given(Thing("unit", host.nvme.unit))
    yield Offers(Thing("path", host.given.cuda), 0, whole=True, shared=True)
    yield _given(Thing("command", "nvcc"))
