"""Every shipped program is linted and typed for its host's Python; their sources are the compiler's own."""

from __future__ import annotations

import pytest

from tests.verify.conftest import Wants
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

LIB = "hosts/gpu-worker/root/usr/local/lib/desineuron"
LAUNCH, WATCHDOG = f"{LIB}/launch.py", f"{LIB}/watchdog.py"
OPTIONS = "options = _options(argv)"

LINTED = [
    Fault(LAUNCH, OPTIONS, "options = _optons(argv)", "Undefined name `_optons`", ""),
    Fault(LAUNCH, "import os\n", "import os\nimport shutil\n", "`shutil` imported but unused", ""),
    Fault(
        LAUNCH,
        OPTIONS,
        f"{OPTIONS}\n    try:\n        x()\n    except* ValueError:\n        pass",
        "3.11",
        "",
    ),
    Fault(WATCHDOG, "def main(", "def main(:", "invalid-syntax", ""),
    Fault(WATCHDOG, "settings = config.load(", "settings = eval(config.load)(", "S307", ""),
    Fault("clients/backend/deploy_client.py", "def main(", "breakpoint()\n\n\ndef main(", "breakpoint", ""),
]
TYPED = [
    Fault(LAUNCH, OPTIONS, "options = _options(1)", 'incompatible type "int"', ""),
    Fault(LAUNCH, "from hostkit import", "from hostkid import", 'module named "hostkid"', ""),
    Fault(LAUNCH, "config.load(Settings, options.config)", "config.load(Settings)", "Missing positional", ""),
    Fault(
        WATCHDOG, "config.load(Settings, options.config)", "config.lode(Settings)", 'no attribute "lode"', ""
    ),
    Fault(
        WATCHDOG, "def main(argv: Sequence[str]) -> int:", "def main(argv):", "missing a type annotation", ""
    ),
]


@pytest.fixture(autouse=True)
def tools(wants: Wants):
    wants("ruff", "mypy")


@pytest.mark.parametrize("check", ["python-lint", "python-types"])
@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_program_is_sound(spec: str, check: str):
    assert verified(only=[check], spec=spec) == []


@pytest.mark.parametrize("fault", LINTED, ids=lambda one: one.name)
def test_a_fault_of_one_program_is_told(fault: Fault):
    assert_told(fault, "python-lint", "DN422")


@pytest.mark.parametrize("fault", TYPED, ids=lambda one: one.name)
def test_a_fault_between_programs_is_told(fault: Fault):
    assert_told(fault, "python-types", "DN423")


def test_what_an_installer_brings_is_taken_as_it_comes():
    """boto3 is not among the programs: a lock that a host's installer reads has it."""
    program = f"{LIB}/fetch_secret.py"
    assert_told(Fault(program, "import boto3", "import boto4", '"boto4"', ""), "python-types", "DN423")


def test_a_hosts_own_python_compiles_its_programs(wants: Wants):
    """Debian 11's Python 3.9 takes no `match`, and says so itself."""
    wants("roots")
    written = '    role: control-plane\n    os: {}\n    systemd: {}\n    python: "{}"\n'
    change = (written.format("debian-12", 252, "3.11"), written.format("debian-11", 247, "3.9"))
    program = "hosts/linux-origin/root/usr/local/lib/desineuron/install.py"
    outputs = {program: ("def main(", "match 1:\n    case _:\n        pass\n\n\ndef main(")}
    assert verified(only=["python-lint"], changes=[change]) == []
    found = verified(only=["python-lint"], changes=[change], outputs=outputs)
    assert {"python-lint: invalid syntax"} < {one.message for one in found}
