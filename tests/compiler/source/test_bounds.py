"""Files made to exhaust a reader: refused in little time and memory, by a process that lives on."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from itertools import pairwise

import pytest

from compiler.source import read_text
from compiler.source.compose import DEPTH_LIMIT, NODE_LIMIT
from tests.compiler.material import ROOT

MEMORY = 512 * 1024 * 1024
SECONDS = 20
LETTERS = [f"n{number}" for number in range(2000)]


def tower(levels: int, step: int) -> str:
    """Anchors that each wrap the one before in more levels."""
    lines = ["n0: &n0 [x]"]
    for old, new in pairwise(LETTERS[:levels]):
        lines.append(f"{new}: &{new} {'[' * step}*{old}{']' * step}")
    return "\n".join(lines) + "\n"


HOSTILE = {
    "flow sequences": ("[" * 100_000, "DN006"),  # libyaml looks ahead for a colon and gives up first
    "flow sequences with an end": ("[" * 900 + "]" * 900, "DN014"),
    "flow mappings": ("{a: " * 100_000, "DN014"),
    "block sequences": ("- " * 100_000 + "x", "DN014"),
    "block mappings": ("".join(f"{' ' * n}a:\n" for n in range(2500)), "DN014"),
    "a bomb of aliases": (
        "n0: &n0 [x, x]\n"
        + "".join(f"{new}: &{new} [*{old}, *{old}]\n" for old, new in pairwise(LETTERS[:61])),
        "DN015",
    ),
    "a tower of aliases": (tower(2000, 60), "DN014"),
    "a wide list": ("a: [" + "x, " * (NODE_LIMIT + 10) + "]", "DN015"),
    "a long number": ("a: " + "9" * 1_000_000, "DN013"),
    "a long word": ("a: '" + "x" * 1_000_000, "DN006"),
    "many anchors": ("".join(f"k{n}: &a{n} x\n" for n in range(50_000)), None),
}

CHILD = """
import json, sys
from compiler.source import read_text
document, findings = read_text(sys.stdin.read(), "spec.yaml")
print(json.dumps([one.code for one in findings]))
"""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_exhaust_the_reader(name: str):
    text, code = HOSTILE[name]
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        input=text,
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == ([code] if code else [])


def test_the_bound_of_depth_is_exact():
    deep = "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT
    assert read_text(deep, "spec.yaml")[1] == []
    assert [one.code for one in read_text(f"[{deep}]", "spec.yaml")[1]] == ["DN014"]


def test_the_bound_of_depth_counts_what_an_alias_stands_for():
    half = DEPTH_LIMIT // 2
    text = f"- &a {'[' * half}{']' * half}\n- {'[' * (half - 1)}*a{']' * (half - 1)}\n"
    assert read_text(text, "spec.yaml")[1] == []
    text = f"- &a {'[' * half}{']' * half}\n- {'[' * half}*a{']' * half}\n"
    document, (finding,) = read_text(text, "spec.yaml")
    assert document is None and finding.code == "DN014"
    assert finding.span is not None and (finding.span.line, finding.span.column) == (2, half + 3)


def test_the_bound_of_nodes_is_exact():
    assert read_text("[" + "x," * (NODE_LIMIT - 1) + "]", "spec.yaml")[1] == []
    assert [one.code for one in read_text("[" + "x," * NODE_LIMIT + "]", "spec.yaml")[1]] == ["DN015"]
