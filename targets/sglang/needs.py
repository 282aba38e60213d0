"""What an attention backend needs on the host, beside the lock (truth book, sections 5 and 8)."""

from __future__ import annotations

from collections.abc import Mapping

NEEDS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "flashinfer": (
        ("packages", ("ninja-build",)),
        ("modules", ("flashinfer",)),
        ("commands", ("ninja",)),
        ("commands", ("c++", "g++", "clang++")),
    ),
}
"""By backend: a field of `engine`, and names of which it must hold one.

FlashInfer builds its kernels on first run with ninja and a C++ compiler.
"""
