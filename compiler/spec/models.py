"""Models: the one that is served, those that are staged, and those that were turned down."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Node, RuleOnly, doc_only
from compiler.spec.scalars import FileName, Line, RelativePath, Repository, ServedName
from compiler.spec.units import Count, Size

Quantization = Literal[
    "none", "fp8", "awq", "gptq", "nvfp4", "mxfp4", "compressed-tensors", "w8a8_fp8", "w8a8_int8"
]


class Figure(Node):
    """A figure and where it was read."""

    value: Count
    """The figure."""
    source: Annotated[Line, doc_only()]
    """Where it was read or measured: a file of the model's repository, a page, a log."""


class Memory(Node):
    """What a model takes of the GPUs' memory beside its weights; the arithmetic of the fit is a rule's."""

    attention_layers: Figure
    """Layers that keep keys and values of every token."""
    kv_heads: Figure
    """Heads of keys and values in such a layer."""
    head_dim: Figure
    """Numbers in one head's key, and in its value."""
    state_bytes: Figure | None = None
    """Bytes of state that one request of a hybrid model keeps, whatever its length; null for other models."""


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
    hybrid: Annotated[bool, RuleOnly()]
    """Whether some of its layers keep a state beside the cache (Mamba, gated delta, linear attention): the
    `layer_types` or `layers_block_type` of its config.json name such layers. Engines treat these models
    differently (truth book, sections 5 and 13).
    """
    memory: Annotated[Memory | None, RuleOnly()] = None
    """Figures for the fit; null where nobody has read them, and then the fit is not checked."""


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
