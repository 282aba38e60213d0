"""Clients of the public routes: the files that people and services take from here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Concealed, Node, Refers, doc_only
from compiler.spec.scalars import FileName, Identifier, RelativePath, Variable
from compiler.spec.units import Count, Duration, Temperature

Fact = Literal["base_url", "chat_url", "models_url", "model", "api_key"]


class ClientBase(Node):
    """What every client has."""

    route: Annotated[Identifier, Refers("public.routes")]
    """The route that the client uses."""
    file: FileName
    """The file that the client reads."""


class TemperatureRange(Node):
    """The team's range, and the value that is compiled in (truth book, section 10)."""

    low: Annotated[Temperature, Field(examples=[0.1]), doc_only()]
    """The lower end of the team's range."""
    high: Annotated[Temperature, Field(examples=[0.3]), doc_only()]
    """The upper end."""
    chosen: Annotated[Temperature, Field(examples=[0.2])]
    """What the client is set to."""


class Roo(ClientBase):
    """A settings file for Roo Code, valid for Zoo Code too."""

    kind: Literal["roo"]
    """Settings of an editor."""
    profile: Identifier
    """The name of the profile in the client; importing replaces one of the same name."""
    context: Count
    """The client's context window, in tokens; its own knob below the server's ceiling (section 10)."""
    max_tokens: Count
    """The longest answer, in tokens."""
    temperature: TemperatureRange
    timeout: Annotated[Duration, doc_only()]
    """After this the client gives up on an answer; the proxy must wait longer."""
    modes: tuple[Literal["architect", "code", "ask", "debug", "orchestrator"], ...]
    """The client's modes that use this profile."""


class Env(ClientBase):
    """An environment file for a service."""

    kind: Literal["env"]
    """An environment file."""
    consumers: Annotated[tuple[RelativePath, ...], doc_only()] = ()
    """Files of the service's repository that read the variables."""
    variables: dict[Variable, Annotated[Fact, Concealed()]]
    """Each variable and the fact that it holds; `api_key` names where the key is kept."""
    deploy_script: FileName | None = None
    """A script beside the file that checks the route and puts the file in place."""


class Catalogue(ClientBase):
    """A JSON list of the providers that a backend may offer."""

    kind: Literal["catalogue"]
    """A provider catalogue."""


class Benchmark(ClientBase):
    """The measured figures as the baseline of the next benchmark."""

    kind: Literal["benchmark"]
    """A benchmark's baseline."""


Client = Annotated[Roo | Env | Catalogue | Benchmark, Field(discriminator="kind")]
