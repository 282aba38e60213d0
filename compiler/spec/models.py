"""Models: the one that is served, those that are staged, and those that were turned down."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Node, doc_only
from compiler.spec.scalars import FileName, Line, RelativePath, Repository, ServedName
from compiler.spec.units import Size

Quantization = Literal["none", "fp8", "awq", "gptq", "nvfp4", "mxfp4"]


class Stored(Node):
    """A model whose files are kept on a worker's NVMe."""

    family: Annotated[Line, doc_only()]
    """The name that people use."""
    repository: Repository
    """Owner and name in the model hub; the directory is named after it."""
    quantization: Annotated[Quantization, doc_only()]
    """How the weights are stored."""
    weights: Size
    """Size of all files; the free space that a download needs."""
    manifest: RelativePath | None
    """The list of files with sizes and sha256, beside the spec; null until it has been recorded."""

    @property
    def directory(self) -> str:
        """The directory's name: the repository with its slash as a hyphen (truth book, section 9)."""
        return self.repository.replace("/", "-")


class Primary(Stored):
    """A model that is served."""

    status: Literal["primary"]
    """Served."""
    served_name: ServedName
    """The model id in the API; clients send exactly this (truth book, section 12)."""


class Staged(Stored):
    """A model kept on NVMe for later trials; never served (truth book, section 4)."""

    status: Literal["staged"]
    """Kept for trials."""
    script: FileName
    """The command that fetches it; it never changes what is served."""


class Rejected(Node):
    """A model that was considered and turned down."""

    status: Literal["rejected"]
    """Turned down."""
    repository: Repository
    """Owner and name in the model hub."""
    reason: Line
    """Why; the provider catalogue says it to whoever asks for the model."""


Model = Annotated[Primary | Staged | Rejected, Field(discriminator="status")]
