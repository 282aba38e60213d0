"""No output holds a secret, and a finding about one does not show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.verify.consumers.secrets import said
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

ETC = "hosts/gpu-worker/root/etc"
LAUNCH = f"{ETC}/desineuron/launch.json"
UNIT = f"{ETC}/systemd/system/desineuron-sglang.service"
BACKEND = "clients/backend/backend.env"
LIB = "hosts/gpu-worker/root/usr/local/lib/desineuron/launch.py"
SERVED = "served_name: qwen3.6-35b-a3b"
HEX = "4f9a0c1be2d37788aa51c0f2e6b7d913" + "4f9a0c1be2d37788"
ISSUED = "sk-proj-" + "Ab3dEf6hIj9kLm2nOp5qRs8t"
PART = "can hardly be anything but a secret"

FAULTS = [
    Fault(BACKEND, "SGLANG_MODEL=qwen3.6-35b-a3b", f"SGLANG_API_TOKEN={HEX}", PART, SERVED),
    Fault(UNIT, "RestartSec=15s", f"ExecReload=/bin/x --api-key {HEX}", PART, "restart_delay: 15s"),
    Fault(LAUNCH, '"port": 30100', f'"key": "{ISSUED}", "port": 30100', PART, "port: 30100"),
    Fault("docs/hand-off.md", "qwen3.6-35b-a3b", f"password: {HEX[:20]}", PART, "family: Qwen 3.6 35B A3B"),
    Fault(LIB, "import os\n", f'import os\n\nTOKEN = "{HEX}"\n', PART, ""),
    Fault(LIB, "import os\n", f"import os  # {ISSUED}\n", PART, ""),
    Fault(
        "clients/roo/roo-code-settings.json",
        "131072",
        f'131072, "openAiApiKey": "{HEX}"',
        PART,
        "context: 131072",
    ),
]


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_no_output_holds_a_secret(spec: str):
    assert verified(only=["secrets"], spec=spec) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_a_secret_is_told_and_not_shown(fault: Fault, tmp_path: Path):
    assert_told(fault, "secrets", "DN444")
    found = verified(only=["secrets"], outputs={fault.output: (fault.old, fault.new)}, kept=tmp_path)
    kept = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file())
    assert found and kept
    for secret in (HEX[:20], ISSUED):
        assert secret not in repr(found) + kept


def test_what_a_program_computes_is_no_secret():
    program = "token = file.read(4096).strip()  # a remark\nx = 'text'\n"
    assert said(program).split() == ["#", "a", "remark", "'text'"]
    assert len(said(program)) == len(program)
    assert said("x = '") == "x = '"
