"""Known secrets in the environment and in the secret store reach no output, no log and no diagnostic."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cases import ROOT, folder_of

ENVIRONMENT, STORE = "canary-of-the-environment-5f1c0a9e7d3b", "canary-of-the-store-8b2e4d6f0a1c"
# What programs of every kind read secrets from.
NAMES = ("LLM_API_KEY", "SGLANG_API_TOKEN", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "PASSWORD")
COMMANDS = {
    "build": ["build", "--out", "out"],
    "check": ["check", "--out", "out"],
    "verify": ["verify"],
}
FORMATS = ["text", "json", "github", "sarif"]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The second spec with a secret store that holds what it says; it keeps all secrets in files.

    The store is not below /tmp: a spec may keep no secret where it is gone after a boot.
    """
    folder = tmp_path_factory.mktemp("canary")
    shutil.copytree(folder_of("nordlys"), folder, dirs_exist_ok=True)
    place = folder / "runtime.yaml"
    text = place.read_text("utf-8")
    store = Path(tempfile.mkdtemp(dir="/var/tmp"))
    for name in ("inference-users", "inference-admins", "steer"):
        (store / name).write_text(STORE)
        assert f"file:/srv/vault/{name}" in text
        text = text.replace(f"file:/srv/vault/{name}", f"file:{store}/{name}")
    place.write_text(text)
    (folder / "broken.yaml").write_text(text.replace("tp_size: ", "tp_sise: ").replace("port: ", "port: x"))
    yield folder
    shutil.rmtree(store)


def run(spec: Path, name: str, *words: str) -> str:
    """Everything that a command says and writes."""
    secrets = dict.fromkeys(NAMES, ENVIRONMENT)
    env = {**os.environ, **secrets, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(spec / "cache")}
    argv = [sys.executable, "-m", "compiler.cli", *words, "--spec", name]
    done = subprocess.run(argv, cwd=spec, env=env, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def written(spec: Path) -> str:
    """Every file below the folder that the test did not put there: outputs, and answers that are kept."""
    folders = [spec / "out", spec / "cache"]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["runtime.yaml", "broken.yaml"])
def test_no_canary_is_seen(spec: Path, name: str, command: str, form: str):
    said = run(spec, name, *COMMANDS[command], "--format", form)
    assert name == "runtime.yaml" or "DN" in said
    for canary in (ENVIRONMENT, STORE):
        assert canary not in said
        assert canary not in written(spec)


def test_a_canary_in_an_output_would_be_seen(spec: Path):
    run(spec, "runtime.yaml", *COMMANDS["build"])
    (output,) = (spec / "out").glob("hosts/node-1/root/etc/nordlys/launch.json")
    assert STORE not in written(spec)
    output.chmod(0o644)
    output.write_text(f"{output.read_text()}{STORE}")
    assert STORE in written(spec)
