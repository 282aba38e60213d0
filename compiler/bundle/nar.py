"""The NAR hash of a tree: what `nix hash path` prints, so that anybody can check a host's folder.

The format is that of the Nix archive (E. Dolstra's thesis, figure 5.2): strings with a length in front,
padded
to eight bytes; directory entries in byte order; a file is executable or not.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Protocol

Tree = dict[str, "Tree | tuple[bytes, bool]"]


class _Sink(Protocol):
    def update(self, data: bytes, /) -> None: ...


def tree_hash(files: Mapping[str, tuple[bytes, bool]]) -> str:
    """The hash, as `sha256-…`, of a tree given as path → (content, executable)."""
    digest = hashlib.sha256()
    _text(digest, b"nix-archive-1")
    _directory(digest, _tree(files))
    return "sha256-" + base64.b64encode(digest.digest()).decode()


def _tree(files: Mapping[str, tuple[bytes, bool]]) -> Tree:
    root: Tree = {}
    for path, file in files.items():
        *folders, name = path.split("/")
        here = root
        for folder in folders:
            child = here.setdefault(folder, {})
            assert isinstance(child, dict)  # noqa: S101 - the plan refuses a path below a file
            here = child
        here[name] = file
    return root


def _text(sink: _Sink, data: bytes) -> None:
    sink.update(len(data).to_bytes(8, "little") + data + b"\0" * (-len(data) % 8))


def _words(sink: _Sink, *words: bytes) -> None:
    for word in words:
        _text(sink, word)


def _directory(sink: _Sink, tree: Tree) -> None:
    _words(sink, b"(", b"type", b"directory")
    for name in sorted(tree, key=lambda one: one.encode()):
        _words(sink, b"entry", b"(", b"name", name.encode(), b"node")
        node = tree[name]
        if isinstance(node, dict):
            _directory(sink, node)
        else:
            _file(sink, *node)
        _text(sink, b")")
    _text(sink, b")")


def _file(sink: _Sink, data: bytes, executable: bool) -> None:
    _words(sink, b"(", b"type", b"regular", *((b"executable", b"") if executable else ()))
    _words(sink, b"contents", data, b")")
