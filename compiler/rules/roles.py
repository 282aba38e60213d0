"""Who does what: roles of hosts, and what their work needs (truth book, sections 2 and 14)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.hosts import GpuWorker
from compiler.spec.node import at
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Ec2Discovery, Serving
from compiler.spec.unknown import Unknown


def one_profile_a_worker(runtime: Runtime, name: str, worker: GpuWorker) -> Iterator[Finding]:
    """Each host of role `gpu` is in the workers of one profile, once."""
    places: list[tuple[str, SpecPath]] = [
        (key, ("serving", key, "workers", index))
        for key, one in runtime.profiles()
        for index, listed in enumerate(one.workers)
        if listed == name
    ]
    if not places and not _may_be_another(runtime, worker):
        yield Finding(
            ("hosts", name),
            f"the worker `{name}` serves no profile",
            "list it once, under `workers:` of one profile",
            on_key=True,
        )
    for key, path in places[1:]:
        first, at_first = places[0]
        yield Finding(
            path,
            f"the worker `{name}` serves `{first}`" + (" already" if key == first else f", and `{key}` too"),
            "list it once, under `workers:` of one profile",
            related=(Related(f"listed for `{first}`", at_first),),
        )


def _may_be_another(runtime: Runtime, worker: GpuWorker) -> bool:
    """Whether a host may have another role, which none has now, and only its `role:` is a slip."""
    try:
        return not worker.instance
    except Unknown:
        return not any(runtime.control_planes()) or not any(runtime.ingresses())


def roles_are_filled(runtime: Runtime) -> Iterator[Finding]:
    """There is at least one host for each role, a profile for it to serve, and a route to that."""
    hosts = {
        "control-plane": runtime.control_planes(),
        "ingress": runtime.ingresses(),
        "gpu": runtime.workers(),
    }
    for role, filling in hosts.items():
        if not any(True for _ in filling):
            yield Finding(
                ("hosts",), f"no host has the role `{role}`", "add one, or correct a `role:`", on_key=True
            )
    if not runtime.serving:
        yield Finding(("serving",), "there is no serving profile", "add one", on_key=True)
    if not runtime.public.routes:
        yield Finding(("public", "routes"), "there is no public route", "add one", on_key=True)


def _from_elsewhere(runtime: Runtime) -> Iterator[tuple[str, SpecPath]]:
    for key, _ in runtime.profiles():
        yield "ec2", ("serving", key, "discovery", "source")
    for name in ("api_key", "admin_api_key", "route_sync_ssh_key"):
        yield "ssm:", ("secrets", name)
    yield "s3:", ("rehydration", "source")


def aws_is_described(runtime: Runtime) -> Iterator[Finding]:
    """`aws:` is there when anything is looked up in it; what is missing is said once."""
    if runtime.aws is not None:
        return
    sought = [path for kind, path in _from_elsewhere(runtime) if _read(runtime, path).startswith(kind)]
    if sought:
        others = len(sought) - 1
        more = f", and so {'is one' if others == 1 else f'are {others}'} more" if others else ""
        yield Finding(
            sought[0],
            f"this is looked up in AWS{more}, and the spec has no `aws:`",
            "add `aws:` with its region and operators",
            related=tuple(Related("this, too", path) for path in sought[1:]),
        )


def _read(runtime: Runtime, path: SpecPath) -> str:
    try:
        return str(at(runtime, path))
    except Unknown:
        return ""


def discovery_finds_the_workers(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Discovery looks for what the workers are: one machine type in EC2, fixed addresses without it."""
    if isinstance(serving.discovery, Ec2Discovery):
        yield from _one_type(runtime, key, serving)
        return
    for name in serving.workers:
        if runtime.worker(name).address.source == "imds":
            yield Finding(
                ("hosts", name, "address", "source"),
                f"the address of `{name}` may change, and `{key}` is routed to the one that the spec gives",
                "write `static` where the address never changes, or find the workers by `source: ec2`",
                related=(Related("nobody is asked", ("serving", key, "discovery", "source")),),
            )


def _one_type(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    first = serving.workers[0]
    wanted = runtime.worker(first).instance
    for name in serving.workers[1:]:
        instance = runtime.worker(name).instance
        if instance != wanted:
            yield Finding(
                ("hosts", name, "instance"),
                f"EC2 is asked for the {wanted} of `{key}`, and its worker `{name}` is a {instance}",
                "give machines of another type a profile of their own",
                related=(
                    Related(f"`{first}`", ("hosts", first, "instance")),
                    Related(f"the workers of `{key}`", ("serving", key, "workers"), on_key=True),
                ),
            )


def discovery_tells_profiles_apart(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No two profiles look for the same machines in EC2, and none for some of another's."""
    sought = _sought(runtime, serving)
    for other, rival in runtime.profiles() if sought else ():
        theirs = _sought(runtime, rival)
        if sought is None or theirs is None or other == key or sought[0] != theirs[0]:
            continue
        same = sought[1] == theirs[1]
        if (same and other < key) or sought[1] < theirs[1]:
            told = (
                f"`{key}` and `{other}` look for the same machines: each would find the other's workers"
                if same
                else f"the workers of `{other}` have all tags that `{key}` looks for, and would be found, too"
            )
            yield Finding(
                ("serving", key, "discovery"),
                told,
                "give the workers of each profile a tag of their own",
                on_key=True,
                related=(
                    Related(f"the discovery of `{other}`", ("serving", other, "discovery"), on_key=True),
                ),
            )


def _sought(runtime: Runtime, serving: Serving) -> tuple[str, frozenset[tuple[str, str]]] | None:
    """Machine type and tags that EC2 is asked for; none where it is not asked."""
    if not isinstance(serving.discovery, Ec2Discovery):
        return None
    return runtime.worker(serving.workers[0]).instance, frozenset(serving.discovery.tags.items())


RULES = (
    Rule(
        "DN040",
        each(Runtime.workers, one_profile_a_worker),
        "a worker runs one engine; one that serves nothing is idle (truth book, section 14)",
    ),
    Rule("DN041", roles_are_filled, "without them no route is kept or served (truth book, section 2)"),
    Rule(
        "DN042",
        aws_is_described,
        "discovery, parameters and buckets are looked up in a region (facts: route-sync)",
    ),
    Rule(
        "DN070",
        each(Runtime.profiles, discovery_tells_profiles_apart),
        "another profile's worker would be asked for a model that it does not serve (facts: route-sync)",
    ),
    Rule(
        "DN072",
        each(Runtime.profiles, discovery_finds_the_workers),
        "the route follows the worker's current private address; what is not found is not routed to"
        " (truth book, sections 2, 7)",
    ),
)
