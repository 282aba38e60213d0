"""What each target makes of the second spec, file by file, as committed copies with their natural suffixes.

The first spec's outputs lie in `generated/`, and `dncompile check` compares them. Programs, locks and other
files that are copied as they are have no snapshot. Where bytes do not matter, the meaning is compared: a unit
by its directives and JSON by its values, so that a comment or an order of keys moves no test.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from compiler import plan as planning
from compiler.artifact import Artifact, Target
from compiler.formats.json import Json
from compiler.formats.unit import Unit
from compiler.formats.verbatim import Given, Verbatim
from compiler.spec.runtime import Runtime
from targets import TARGETS
from tests.book import reading
from tests.book.compiling import SECOND, document, runtime

# A copy is named after its file and not, as syrupy has it, after the test.
pytestmark = pytest.mark.filterwarnings("ignore:\\s*Can not relate snapshot")
FOLDER = Path(__file__).parent / "snapshots"
# One host of each kind: the others of a kind differ in what other tests compare.
HOSTS = {"edge-west", "helm-1", "node-3"}
COPIED = (Verbatim, Given)
COPYING = {"hostkit", "installers"}  # nothing but programs
CLOUD = {"policies"}  # the second organisation has none; the first's policies are in generated/
WRITING = [target for target in TARGETS if target.name not in COPYING | CLOUD]


@cache
def second() -> Runtime:
    return runtime(SECOND, document(SECOND).data)


def files(target: Target) -> dict[str, Artifact]:
    """What a target writes itself, by the path of its committed copy."""
    found = {}
    for one in planning.of_target(second(), target):
        elsewhere = one.path.startswith("hosts/") and one.path.split("/")[1] not in HOSTS
        if not elsewhere and not isinstance(one.artifact.content, COPIED):
            found[one.path.replace("/root/", "/").partition("/")[2].replace("/", "__")] = one.artifact
    return found


def kept(artifact: Artifact) -> str:
    """What is compared: the bytes, or the meaning written in one way."""
    data = artifact.content.render()
    if isinstance(artifact.content, Json):
        return json.dumps(reading.loads(data), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return meaning(reading.unit(data)) if isinstance(artifact.content, Unit) else data.decode()


def meaning(unit: reading.Unit) -> str:
    """A unit without comments; sections and directives in order of name, the values of one in their own."""
    lines = []
    for section, directives in sorted(unit.items()):
        lines += [f"[{section}]"]
        lines += [f"{key}={value}" for key, values in sorted(directives.items()) for value in values]
    return "\n".join(lines) + "\n"


def committed(snapshot: SnapshotAssertion, target: Target, name: str) -> SnapshotAssertion:
    """The committed copy of a file, in its target's folder and with its own suffix."""
    path = Path(name)

    class Copy(SingleFileSnapshotExtension):
        _write_mode = WriteMode.TEXT
        file_extension = path.suffix.removeprefix(".")

        @classmethod
        def dirname(cls, *, test_location: Any) -> str:
            return str(FOLDER / target.name)

        @classmethod
        def get_snapshot_name(cls, *, test_location: Any, index: Any = 0) -> str:
            return path.stem

    return snapshot.use_extension(Copy)


@pytest.mark.parametrize("target", WRITING, ids=[target.name for target in WRITING])
def test_a_target_writes_what_it_wrote(target: Target, snapshot: SnapshotAssertion):
    for name, artifact in files(target).items():
        assert kept(artifact) == committed(snapshot, target, name), name


def test_each_copy_is_of_a_file_that_is_written():
    copies = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file()}
    assert copies == {f"{target.name}/{name}" for target in WRITING for name in files(target)}


def test_targets_without_a_snapshot_write_nothing_of_their_own():
    silent = [target for target in TARGETS if target not in WRITING]
    assert {target.name for target in silent} == COPYING | CLOUD
    assert [name for target in silent for name in files(target)] == []


def test_an_order_of_keys_or_a_comment_is_no_difference():
    page = b"# one\n[Unit]\nWants=b\nAfter=a\n\n[Service]\nExecStart=/x\n"
    assert meaning(reading.unit(page)) == "[Service]\nExecStart=/x\n[Unit]\nAfter=a\nWants=b\n"
