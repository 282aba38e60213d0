"""The state that the steps of start-up change, and the record of who changed what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from targets.sglang.flags import Scalar

OLD = "0.5.10.post1"
NEW = "0.5.13.post1"

Name = Literal[
    "overlap_scheduling",
    "prefix_cache",
    "page_size",
    "attention_backend",
    "prefill_backend",
    "decode_backend",
    "chunked_prefill_size",
    "mixed_chunk",
    "strategy",
    "hierarchical_cache",
]
Source = Mapping[str, str]


def server(old: int | None, new: int | None) -> Source:
    """Lines of srt/server_args.py in the two versions; None where one of them has no such line."""
    return at(*(f"srt/server_args.py:{line}" if line else "" for line in (old, new)))


def at(old: str, new: str) -> Source:
    """Places in the wheels of the two versions, as file:line below `sglang/`."""
    return {OLD: old, NEW: new}


@dataclass(frozen=True, slots=True)
class Change:
    """A value that the engine replaces by itself; it says so in its log at most."""

    name: Name
    before: Scalar
    after: Scalar
    reason: str
    source: str
    """The line that does it, as file:line below `sglang/` in the wheel."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the engine would end at start."""

    reason: str
    source: str
    """The line that does it, as file:line below `sglang/` in the wheel."""


@dataclass
class Run:
    """The arguments on their way through start-up."""

    version: str
    given: Mapping[str, Scalar]
    """The arguments without a field here, by name without dashes."""
    capability: int
    """Compute capability × 10: 89 for 8.9."""
    hybrid: bool
    tensor: int
    pipeline: int
    data: int
    overlap_scheduling: bool
    prefix_cache: bool
    page_size: int | None
    attention_backend: str | None
    prefill_backend: str | None
    decode_backend: str | None
    chunked_prefill_size: int | None
    """Tokens; 0 or less is off, and None is not known here."""
    mixed_chunk: bool
    strategy: str
    hierarchical_cache: bool
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def old(self) -> bool:
        return self.version == OLD

    @property
    def major(self) -> int:
        return self.capability // 10

    @property
    def blackwell(self) -> bool:
        """As `is_blackwell_supported` (srt/utils/common.py:247 and 270), with a CUDA that is new enough."""
        return self.major in {10, 11, 12}

    @property
    def buffered(self) -> bool:
        """As `enable_mamba_extra_buffer` (srt/server_args.py:6055 and 7363)."""
        return self.strategy in {"extra_buffer", "extra_buffer_lazy"}

    @property
    def backends(self) -> tuple[str | None, str | None]:
        """For prefill and for decoding, as `get_attention_backends`."""
        return self.prefill_backend or self.attention_backend, self.decode_backend or self.attention_backend

    @property
    def drafts(self) -> str | None:
        """The algorithm of speculative decoding, in the engine's own spelling."""
        name = self.text("speculative-algorithm")
        return {"NEXTN": "EAGLE"}.get(name.upper(), name.upper()) if name else None

    def on(self, switch: str) -> bool:
        return self.given.get(switch) is True

    def text(self, name: str) -> str | None:
        value = self.given.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int | None:
        value = self.given.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def put(self, name: Name, value: Scalar, reason: str, source: Source) -> None:
        """Set a value, and note it where that changes something."""
        before = getattr(self, name)
        if before != value:
            setattr(self, name, value)
            self.changes.append(Change(name, before, value, reason, source[self.version]))

    def refuse(self, reason: str, source: Source) -> None:
        """Note why the engine would not start."""
        self.refusals.append(Refusal(reason, source[self.version]))
