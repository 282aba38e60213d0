"""Who does what: roles of hosts, and what their work needs (truth book, sections 2 and 14)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rules.finding import Finding
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime


def one_profile_a_worker(runtime: Runtime) -> Iterator[Finding]:
    """Each host of role `gpu` is in the workers of one profile, once."""
    for name, _ in runtime.workers():
        profiles = [
            key for key, one in sorted(runtime.serving.items()) for worker in one.workers if worker == name
        ]
        if len(profiles) != 1:
            given = " and ".join(f"`{key}`" for key in profiles) or "no profile"
            yield Finding(
                ("hosts", name),
                f"the worker `{name}` serves {given}",
                "list it once, under `workers:` of one profile",
                on_key=True,
            )


def roles_are_filled(runtime: Runtime) -> Iterator[Finding]:
    """There is at least one host for each role that the runtime cannot do without."""
    for role, hosts in (("control-plane", runtime.control_planes()), ("ingress", runtime.ingresses())):
        if not any(True for _ in hosts):
            yield Finding(
                ("hosts",), f"no host has the role `{role}`", "add one, or correct a `role:`", on_key=True
            )


def aws_is_described(runtime: Runtime) -> Iterator[Finding]:
    """`aws:` is there when anything is looked up in it."""
    if runtime.aws is None:
        for path in _from_aws(runtime):
            yield Finding(
                path, "this is looked up in AWS, and the spec has no `aws:`", "add `aws:` with its region"
            )


def _from_aws(runtime: Runtime) -> Iterator[SpecPath]:
    for key, serving in sorted(runtime.serving.items()):
        if serving.discovery.source == "ec2":
            yield ("serving", key, "discovery", "source")
    for name in ("api_key", "admin_api_key", "route_sync_ssh_key"):
        if getattr(runtime.secrets, name).startswith("ssm:"):
            yield ("secrets", name)
    if runtime.rehydration.source.startswith("s3:"):
        yield ("rehydration", "source")
