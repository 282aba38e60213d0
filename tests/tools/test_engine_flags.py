"""The table of launch arguments is read from a wheel's text, in both layouts; what is not read is said."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tools import engine_flags
from tools.wheel_constants import Unread, Wheel
from tools.wheel_flags import raw_count, rows

VERSION = "9.9.9"
CALLS = """
import argparse
from sglang.srt.utils import SHARED, Mode, human_readable_int
from sglang.srt.parsers import Parser
raise RuntimeError("imported, and it must only be read")
COLORS = ["red", *SHARED]
COLORS_OF_NIGHT = COLORS + ["black"]

class OldAction(argparse.Action):
    def __init__(self, option_strings, dest, new_flag=None, nargs=0, default=False, **kwargs):
        pass

class ServerArgs:
    model_path: str
    size: int = 1024 * 1024
    mode: str = SHARED[0]

    def _handle(self):
        deprecated_names = {"old": "new"}

    @staticmethod
    def add_cli_args(parser):
        parser.add_argument("--model-path", "--model", type=str, required=True)
        parser.add_argument("--size", type=human_readable_int, default=ServerArgs.size)
        parser.add_argument("--color", type=str, choices=COLORS_OF_NIGHT, default=ServerArgs.mode)
        parser.add_argument("--mode", choices=[m.name.lower() for m in Mode], help="x" + f"{1}")
        names = list(Parser.Table.keys())
        parser.add_argument("--name", type=str, choices=["auto"] + names)
        parser.add_argument("--speed", type=float, nargs="+")
        parser.add_argument("--on", action="store_true", help="[Deprecated] Use --size instead.")
        parser.add_argument("--dark", action=OldAction, new_flag="--color", dest="mode", help="Night.")
        parser.add_argument("--maybe", action=argparse.BooleanOptionalAction)
        parser.add_argument("--hidden", default=argparse.SUPPRESS, type=int)
        parser.add_argument("--host", type=str, default=socket.gethostname(), choices=seen())
"""
UTILS = """
SHARED = ("green", "blue")
class Mode(IntEnum):
    NONE = 0
    ALL = 1
"""
PARSERS = 'class Parser:\n    Table: dict = {"json": Json, "xml": Xml}\n'
FIELDS = '''
class PathAction(argparse.Action):
    pass
class Model(msgspec.Struct):
    """As `no_cli=True` says."""
    _NS_PATH = "model"
    model_path: A[str, Arg(help="The path.", aliases=["--model"])]
    tp_size: A[int, Arg(help="x", cli_name="--tensor-parallel-size", aliases=["--tp-size"])] = 1
    ratio: A[Optional[float], "A ratio."] = None
    on: A[bool, "A switch."] = False
    both: A[Optional[bool], Arg(action=argparse.BooleanOptionalAction)] = None
    kind: A[Literal["a", "b"], Arg(help="x")] = "a"
    level: A[Optional[Literal[1, 2]], "x"] = None
    many: A[Optional[List[int]], "x"] = None
    texts: A[List[str], Arg(help="x", nargs="*")] = msgspec.field(default_factory=list)
    shape: A[Optional[Dict[str, int]], Arg(help="x", type_parser=json.loads)] = None
    own: A[Optional[List[str]], Arg(action=PathAction, action_kwargs={"type": str, "nargs": "*"})] = None
    inner: A[str, Arg(no_cli=True)] = "x"
    marked: A[Optional[Dict[str, int]], NS("model")] = None
    plain: str = ""
'''
SERVER = """
class ServerArgs(Model):
    def add_cli_args(parser):
        add_cli_args_from_dataclass(parser, ServerArgs)
        parser.add_argument("--late", type=str, choices=late(), default=_declared_default("plain"))
def late():
    if imported:
        return now()
    from sglang.srt.utils import SHARED
    return list(SHARED)
ServerArgs = defstruct("ServerArgs")
"""
NEW_LAYOUT = {
    "sglang/srt/server_args.py": SERVER,
    "sglang/srt/arg_groups/fields/model.py": FIELDS,
    "sglang/srt/utils/__init__.py": UTILS,
}
OLD_LAYOUT = {
    "sglang/srt/server_args.py": CALLS,
    "sglang/srt/utils/__init__.py": UTILS,
    "sglang/srt/parsers.py": PARSERS,
}


def wheel(folder: Path, files: dict[str, str]) -> Wheel:
    path = folder / f"sglang-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return Wheel(path)


def read(folder: Path, files: dict[str, str]) -> dict[str, dict[str, Any]]:
    made = wheel(folder, files)
    found = {row.pop("name"): row for row in rows(made)}
    assert len(found) == raw_count(made)
    return found


def test_calls_are_read(tmp_path: Path):
    assert read(tmp_path, OLD_LAYOUT) == {
        "--model-path": {
            "dest": "model_path",
            "type": "str",
            "default": None,
            "aliases": ["--model"],
            "required": True,
        },
        "--size": {"dest": "size", "type": "human int", "default": 1048576},
        "--color": {
            "dest": "color",
            "type": "str",
            "default": "green",
            "choices": ["red", "green", "blue", "black"],
        },
        "--mode": {"dest": "mode", "type": "str", "default": None, "choices": ["none", "all"]},
        "--name": {
            "dest": "name",
            "type": "str",
            "default": None,
            "choices": ["auto", "json", "xml"],
            "outdated": {"old": "new"},
        },
        "--speed": {"dest": "speed", "type": "float", "default": None, "nargs": "+"},
        "--on": {
            "dest": "on",
            "type": "switch",
            "default": False,
            "deprecated": "Use --size instead.",
            "instead": "--size",
        },
        "--dark": {"dest": "mode", "type": "switch", "default": False},
        "--maybe": {"dest": "maybe", "type": "switch", "default": None, "negation": "--no-maybe"},
        "--hidden": {"dest": "hidden", "type": "int", "default": None},
        "--host": {
            "dest": "host",
            "type": "str",
            "default": None,
            "choices": None,
            "unread": ["choices", "default"],
        },
    }


def test_an_action_that_is_named_deprecated_says_what_to_use(tmp_path: Path):
    renamed = {**OLD_LAYOUT, "sglang/srt/server_args.py": CALLS.replace("OldAction", "DeprecatedAction")}
    dark = read(tmp_path, renamed)["--dark"]
    assert (dark["deprecated"], dark["instead"]) == ("Use --color instead.", "--color")


def test_fields_are_read(tmp_path: Path):
    assert read(tmp_path, NEW_LAYOUT) == {
        "--model-path": {
            "dest": "model_path",
            "type": "str",
            "default": None,
            "aliases": ["--model"],
            "required": True,
        },
        "--tensor-parallel-size": {"dest": "tp_size", "type": "int", "default": 1, "aliases": ["--tp-size"]},
        "--ratio": {"dest": "ratio", "type": "float", "default": None},
        "--on": {"dest": "on", "type": "switch", "default": False},
        "--both": {"dest": "both", "type": "switch", "default": None, "negation": "--no-both"},
        "--kind": {"dest": "kind", "type": "str", "default": "a", "choices": ["a", "b"]},
        "--level": {"dest": "level", "type": "int", "default": None, "choices": [1, 2]},
        "--many": {"dest": "many", "type": "int", "default": None, "nargs": "+"},
        "--texts": {"dest": "texts", "type": "str", "default": [], "nargs": "*"},
        "--shape": {"dest": "shape", "type": "json", "default": None},
        "--own": {"dest": "own", "type": "str", "default": None, "nargs": "*"},
        "--late": {"dest": "late", "type": "str", "default": "", "choices": ["green", "blue"]},
    }


def run(folder: Path, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(engine_flags, "TABLES", folder)
    return engine_flags.main([VERSION, str(wheel(folder, files).path)])


def test_the_command_writes_the_same_bytes_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    assert run(tmp_path, OLD_LAYOUT, monkeypatch) == 0
    first = (tmp_path / f"{VERSION}.json").read_bytes()
    backwards = dict(reversed(OLD_LAYOUT.items()))
    assert run(tmp_path, backwards, monkeypatch) == 0
    assert (tmp_path / f"{VERSION}.json").read_bytes() == first
    table = json.loads(first)
    assert (table["version"], table["declared"], len(table["flags"])) == (VERSION, 11, 11)
    said = capsys.readouterr()
    assert said.err.splitlines()[0] == "not read, and so not checked: choices, default of --host"
    assert said.out.splitlines()[0] == f"sglang {VERSION}: 11 flags"


@pytest.mark.parametrize(
    ("files", "why"),
    [
        # declared in a way that only the text shows
        (
            {**OLD_LAYOUT, "sglang/srt/server_args.py": f"{CALLS}\nx.add_argument('--y')\n"},
            "11 flags read and 12",
        ),
        (
            {**NEW_LAYOUT, "sglang/srt/arg_groups/fields/late.py": "    z: A[int, 'x'] = 1\n"},
            "cannot be read",
        ),
        ({}, "the wheel has no sglang.srt.server_args"),
        ({"sglang/srt/server_args.py": "x = 1\n"}, "ServerArgs"),
    ],
)
def test_a_layout_that_is_not_known_writes_nothing(
    tmp_path: Path,
    files: dict[str, str],
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    assert run(tmp_path, files, monkeypatch) == 1
    assert why in capsys.readouterr().err
    assert list(tmp_path.glob("*.json")) == []


def test_a_file_that_is_no_wheel_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "x.whl"
    path.write_text("no zip")
    assert engine_flags.main([VERSION, str(path)]) == 1
    assert engine_flags.main([VERSION, str(tmp_path / "none.whl")]) == 1
    assert capsys.readouterr().err.count("cannot be read") == 2


@pytest.mark.parametrize("argv", [[], ["latest"], ["../0.5.10"], ["0.5.10", "x.whl", "y"]])
def test_wrong_usage_is_said(argv: list[str], capsys: pytest.CaptureFixture[str]):
    assert engine_flags.main(argv) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_what_depends_on_more_than_constants_is_not_guessed(tmp_path: Path):
    made = wheel(
        tmp_path, {"sglang/x.py": "import os\nA = os.environ\nB = [A]\nC = A.get('x')\nD = {**A}\nE = f()"}
    )
    module = made.module("sglang.x")
    assert module is not None
    for name in "ABCDE":
        with pytest.raises(Unread):
            module.named(name)


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(engine_flags.TABLES.glob("*.json")), ids=lambda path: path.stem)
def test_the_committed_tables_are_what_the_wheels_give(path: Path, tmp_path: Path):
    made = engine_flags.rendered(path.stem, Wheel(engine_flags.download(path.stem, tmp_path)))
    assert made == path.read_text(encoding="utf-8")
