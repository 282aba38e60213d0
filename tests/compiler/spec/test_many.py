"""Specs with very many mistakes: the first are shown, the rest is counted, and it costs little."""

from __future__ import annotations

import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest

from compiler.source.bounded import MOST
from compiler.spec.load import load
from tests.compiler.material import document
from tests.compiler.spec.edited import TEXT, add, loaded, write

ROOT = Path(__file__).parents[3]
UNKNOWN = TEXT + "".join(f"key{number}: 1\n" for number in range(24_000))
WRONG = TEXT.replace("operators: [10.20.0.0/24]", f"operators: [{', '.join(repeat('x', 48_000))}]")
NAMES = TEXT.replace("\nmodels:\n", "\nmodels:\n" + "".join(f"  X{number}: 1\n" for number in range(24_000)))
LOST = TEXT + "".join(f"  c{n}: {{kind: catalogue, route: r{n}, file: a.json}}\n" for n in range(2_000))
NOTES = f"{TEXT}why: {{{', '.join(f'n{number}: x' for number in range(24_000))}}}\n"
HOSTILE = {"unknown": UNKNOWN, "wrong": WRONG, "names": NAMES, "lost": LOST, "notes": NOTES}
SECONDS, MEGABYTES = 2.5, 200


@pytest.mark.parametrize("name", HOSTILE)
def test_the_first_are_shown_and_the_rest_is_counted(name: str):
    found = load(document(HOSTILE[name])).findings
    assert len(found) == MOST + 1
    assert {one.code for one in found[:-1]} <= {"DN020", "DN021", "DN023", "DN024", "DN025"}
    assert found[-1].code == "DN026" and found[-1].span == found[-2].span
    assert "more findings of this kind are not shown" in found[-1].message


MEASURED = """\
import resource, sys
from compiler.source import read_text
from compiler.spec.load import load
document, _ = read_text(sys.stdin.read(), "spec.yaml")
print(len(load(document).findings))
used = resource.getrusage(resource.RUSAGE_SELF)
# ru_maxrss would be that of the process that started this one, where that was larger.
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(used.ru_utime + used.ru_stime, int(peak) // 1024)
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_it_costs_little(name: str):
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        input=HOSTILE[name],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    count, seconds, megabytes = done.stdout.split()
    assert int(count) == MOST + 1
    assert float(seconds) < SECONDS and int(megabytes) < MEGABYTES


def test_so_many_alone_need_no_count():
    found = loaded(write("aws.operators", f"[{', '.join(repeat('x', MOST))}]")).findings
    assert len(found) == MOST and {one.code for one in found} == {"DN023"}


def test_one_more_is_counted_in_the_singular():
    found = loaded(write("aws.operators", f"[{', '.join(repeat('x', MOST + 1))}]")).findings
    assert found[-1].message == "1 more finding of this kind is not shown"


def test_they_come_in_the_order_of_the_file():
    found = loaded(add("", "zz: 1"), write("title", "3"), write("engine.version", "3"), add("aws", "qq: 1"))
    places = [one.span.line for one in found.findings if one.span]
    assert places == sorted(places) and len(places) == 4


def test_a_good_spec_pays_for_no_message():
    code = "import sys; from compiler.source import read_text; from compiler.spec.load import load;"
    code += "load(read_text(sys.stdin.read(), 'x')[0]);"
    code += "print(sorted(one for one in sys.modules if one in ('difflib', 'ast', 'compiler.spec.repair')))"
    done = subprocess.run(
        [sys.executable, "-c", code], input=TEXT, capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "compiler.spec.repair" not in done.stdout and "difflib" not in done.stdout
