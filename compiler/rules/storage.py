"""Storage: model state and caches lie on the instance store, and nothing that must outlast it (section 2)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.spec.argument_words import paths_in
from compiler.spec.hosts import GpuWorker
from compiler.spec.node import at
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from compiler.spec.written import written

# ProtectHome= and PrivateTmp= of the engine's unit (systemd.exec(5)).
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - named, not used
# The root disk's and the kernel's (hier(7), file-hierarchy(7)).
_SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr")
_PARENTS = ("/media", "/mnt", "/opt", "/srv", "/var", "/var/lib", "/var/cache", "/var/log")


def below(path: str, folder: str) -> bool:
    """Whether `path` lies below `folder`, after normalising both."""
    return posixpath.normpath(path).startswith(posixpath.normpath(folder) + "/")


def _in(path: str, folder: str) -> bool:
    return below(f"{path}/.", folder) or posixpath.normpath(path) == posixpath.normpath(folder)


def kept_on_nvme(_: Runtime, name: str, worker: GpuWorker) -> Iterator[Finding]:
    """Models and caches are below the mount, each in a folder of its own."""
    nvme = worker.nvme
    place: SpecPath = ("hosts", name, "nvme")
    mount = Related("the instance store", (*place, "mount"))
    found: list[Finding] = []
    for field, path in (("models", nvme.models), ("cache", nvme.cache)):
        if path is not None and not below(path, nvme.mount):
            meant = f"{nvme.mount}/{field}"
            edits = (Edit((*place, field), written(meant)),)
            mounted = path == nvme.mount
            told = f"{path} is the instance store itself, and {field} have a folder of their own there"
            told = told if mounted else f"{path} is not below {nvme.mount}, so it is on the root disk"
            found.append(Finding((*place, field), told, f"write {meant}", related=(mount,), edits=edits))
    yield from found
    if found:
        return
    models, cache = nvme.model_root, nvme.cache_root
    if _in(models, cache) or _in(cache, models):
        field = "cache" if nvme.cache is not None else "models"
        told = f"models lie in {models} and caches in {cache}: one is inside the other"
        yield Finding((*place, field), told, f"write {nvme.mount}/{field}, or leave both out")


def mount_is_a_volume(runtime: Runtime, name: str, worker: GpuWorker) -> Iterator[Finding]:
    """The instance store is mounted where the engine sees it and where nothing else is."""
    mount = worker.nvme.mount
    layout = runtime.layout
    own = (layout.etc, layout.lib, layout.opt, layout.run, layout.state)
    covered = next((path for path in own if _in(path, mount)), None)
    hidden = next((path for path in _HIDDEN if _in(mount, path)), None)
    system = next((path for path in _SYSTEM if _in(mount, path)), None)
    if hidden:
        told = f"{mount} is in {hidden}, which the engine's unit does not let it see"
    elif system or mount in _PARENTS:
        told = f"{mount} is the system's own, on its root disk or made anew at each boot"
    elif covered:
        told = f"the instance store at {mount} hides {covered}, where installers put our own files"
    else:
        return
    yield Finding(
        ("hosts", name, "nvme", "mount"), told, "write where the instance store is, such as /mnt/nvme"
    )


def _lasting(runtime: Runtime) -> Iterator[tuple[str, SpecPath]]:
    del runtime
    yield "models come back from there", ("rehydration", "source")
    yield "the engine's key is fetched from there", ("secrets", "api_key")
    yield "the engine's key is fetched from there", ("secrets", "admin_api_key")


def outlasts_a_stop(runtime: Runtime, why: str, path: SpecPath) -> Iterator[Finding]:
    """What a worker needs after a stop is not on the instance store that the stop has emptied."""
    location = str(at(runtime, path)).removeprefix("file:")
    for name, worker in runtime.workers():
        if location.startswith("/") and _in(location, worker.nvme.mount):
            yield Finding(
                path,
                f"this is on the instance store of `{name}`, which is empty after a stop, and {why}",
                "name a place outside the instance store",
                related=(Related(f"the instance store of `{name}`", ("hosts", name, "nvme", "mount")),),
            )
            return


# Names of arguments whose value begins with a slash as well, and is part of a URL.
_OF_URLS = re.compile(r".*(?:root-path|route-prefix|url(?:-.*)?|endpoint)")


def arguments_name_nvme(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """A path among the engine's arguments is below the mount of each worker."""
    for name, value in sorted(serving.arguments.items()):
        paths = () if _OF_URLS.fullmatch(name) else paths_in(value)
        for path in map(posixpath.normpath, paths):
            host = next((one for one in serving.workers if not below(path, _mount(runtime, one))), None)
            if host is not None:
                mount = _mount(runtime, host)
                yield Finding(
                    ("serving", key, "arguments", name),
                    f"`{name}` is given {path}, which is not below {mount}, the instance store of `{host}`",
                    f"write a path below {mount}, or waive this where the engine only reads it",
                    related=(Related(f"the instance store of `{host}`", ("hosts", host, "nvme", "mount")),),
                )
                break


def _mount(runtime: Runtime, host: str) -> str:
    return runtime.worker(host).nvme.mount


RULES = (
    Rule(
        "DN066",
        each(Runtime.workers, kept_on_nvme),
        "model state and caches stay on NVMe and never on the root disk (truth book, section 2)",
    ),
    Rule(
        "DN067",
        each(Runtime.workers, mount_is_a_volume),
        "the instance store is a volume of its own, for models and caches alone (truth book, section 2)",
    ),
    Rule(
        "DN068",
        each(_lasting, outlasts_a_stop),
        "instance store is empty after a stop; models come back from elsewhere (truth book, sections 8, 9)",
    ),
    Rule(
        "DN069",
        each(Runtime.profiles, arguments_name_nvme),
        "what the engine writes is large, and the root disk is small (truth book, section 2)",
        waivable=True,
    ),
)
