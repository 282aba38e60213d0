"""What AWS must allow, and no more: an IAM policy a role of host, and the worker's security group.

They lie in the host's own folder as files for people: an operator attaches them to the instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.artifact import Artifact, Host, Place, Target
from compiler.formats.json import Json, Value
from compiler.spec.hosts import GpuWorker, Ingress
from compiler.spec.runtime import Runtime
from targets import common
from targets.policies import group, statements


def places(runtime: Runtime) -> Iterable[Place]:
    """Hosts that ask AWS for anything, where there is an AWS."""
    if runtime.aws is None:
        return []
    return [Host(name) for name, host in sorted(runtime.hosts.items()) if not isinstance(host, Ingress)]


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """The host's IAM policy; for a worker, its security group."""
    name = common.name_of(place)
    host = runtime.hosts[name]
    if isinstance(host, GpuWorker):
        wanted = statements.of_worker(runtime, name)
        yield _page(runtime, "security-group", group.of_worker(runtime, runtime.served_by(name)))
    else:
        wanted = statements.of_control_plane(runtime, name)
    yield _page(runtime, "iam-policy", {"Version": "2012-10-17", "Statement": wanted})


def _page(runtime: Runtime, name: str, value: Value) -> Artifact:
    return Artifact(common.config_path(runtime, f"aws/{name}"), Json(value), root="person")


TARGET = Target("policies", places, plan)
