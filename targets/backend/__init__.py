"""Environment files for services that use the runtime, and the script that puts one in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from compiler.artifact import Artifact, Place, Target
from compiler.formats.env import Env
from compiler.formats.marked import Url
from compiler.formats.script import Beside, Script
from compiler.formats.verbatim import Verbatim
from compiler.spec import clients
from compiler.spec.public import Route
from compiler.spec.runtime import Runtime
from targets import common

_PROGRAM = Path(__file__).parent / "programs" / "deploy_client.py"
_SCRIPT = "deploy.sh"  # where the spec has no name for it


def places(runtime: Runtime) -> Iterable[Place]:
    """Every client of this kind."""
    return common.clients(runtime, "env")


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """The environment file, and beside it the script and program that put it in place with its secrets."""
    client = cast(clients.Env, runtime.clients[common.name_of(place)])
    route = runtime.public.routes[client.route]
    variables = sorted(client.variables.items())
    yield Artifact(
        client.file,
        Env(
            tuple((name, _fact(runtime, route, fact)) for name, fact in variables if fact != "api_key"),
            tuple((name, runtime.secrets.api_key) for name, fact in variables if fact == "api_key"),
        ),
    )
    words = ("python3", Beside(_PROGRAM.name), "--env", Beside(client.file))
    about = "checks that the route serves the model, then puts the environment file in place"
    yield Artifact(client.deploy_script or _SCRIPT, Script(words, about), 0o755)
    yield Artifact(_PROGRAM.name, Verbatim(_PROGRAM), 0o755)


def _fact(runtime: Runtime, route: Route, fact: clients.Fact) -> str:
    known = {
        "base_url": common.base(runtime, route),
        "chat_url": Url(runtime.chat_url(route)),
        "models_url": Url(runtime.models_url(route)),
        "model": runtime.primary(runtime.serving[route.serving]).served_name,
    }
    return known[fact]


TARGET = Target("backend", places, plan)
