"""The tree's hash is Nix's: by a vector that is known, by its structure, and by `nix hash path` itself."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.bundle.nar import tree_hash
from tests.native.needs import needs

Tree = dict[str, tuple[bytes, bool]]
TREE: Tree = {
    "etc/a": (b"hello", False),
    "etc/a.d/b": (b"", False),
    "etc/a-b": (b"12345678", False),
    "etc/é": ("ü".encode(), False),
    "usr/bin/x": (b"#!/bin/sh\n", True),
    "Z": (b"\0\xff", False),
}
KNOWN = "sha256-pQpattmS9VmO3ZIQUFn66az8GSmB4IvYhTTCFn6SUmo="  # of an empty folder, as every Nix prints it
NAME = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=6
).filter(lambda name: name not in (".", "..") and len(name.encode()) < 50)


def word(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + data + b"\0" * (-len(data) % 8)


def archive(*parts: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(b"".join(map(word, parts))).digest()).decode()


def test_a_known_vector():
    assert tree_hash({}) == KNOWN


def test_the_archive_as_it_is_described():
    file = (b"(", b"type", b"regular", b"executable", b"", b"contents", b"x", b")")
    inner = (b"(", b"type", b"directory", b"entry", b"(", b"name", b"b", b"node", *file, b")", b")")
    outer = (
        b"nix-archive-1",
        b"(",
        b"type",
        b"directory",
        b"entry",
        b"(",
        b"name",
        b"a",
        b"node",
        *inner,
        b")",
        b")",
    )
    assert tree_hash({"a/b": (b"x", True)}) == archive(*outer)


@pytest.mark.parametrize(
    "change",
    [
        {"etc/a": (b"hellO", False)},
        {"etc/a": (b"hello", True)},
        {"etc/new": (b"", False)},
        {"etc/a\0": (b"", False)},
    ],
)
def test_every_change_changes_it(change: Tree):
    assert tree_hash({**TREE, **change}) != tree_hash(TREE)


def test_the_order_of_files_does_not():
    assert tree_hash(dict(reversed(TREE.items()))) == tree_hash(TREE)


def lay(folder: Path, tree: Tree) -> Path:
    folder.mkdir()
    for path, (data, executable) in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        (folder / path).chmod(0o755 if executable else 0o644)
    return folder


def by_nix(folder: Path) -> str:
    words = [needs("nix"), "--extra-experimental-features", "nix-command", "hash", "path", str(folder)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.native
@pytest.mark.parametrize("tree", [{}, TREE])
def test_nix_says_the_same(tmp_path: Path, tree: Tree):
    assert by_nix(lay(tmp_path / "tree", tree)) == tree_hash(tree)


@pytest.mark.native
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAME, st.tuples(st.binary(max_size=20), st.booleans()), max_size=5))
def test_nix_says_the_same_of_any_folder(tmp_path_factory: pytest.TempPathFactory, tree: Tree):
    below = {f"x/{name}": file for name, file in tree.items()}
    assert by_nix(lay(tmp_path_factory.mktemp("nar") / "tree", below or tree)) == tree_hash(below or tree)
