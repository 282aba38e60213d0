"""What ships, as it lies on the hosts: programs that start, shell that is clean, configurations that load.

A program's folder on a host is one flat place, so only the compiled tree shows that every module came along.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.native.needs import needs
from tests.native.site import ROOT, compiled

pytestmark = pytest.mark.native

HOSTS = sorted(compiled().runtime.hosts)
# The oldest that is promised, and the hosts' own.
PYTHONS = sorted({"3.9", *(host.python for host in compiled().runtime.hosts.values())})
# Configuration below /etc/<name>/, and the class that its program loads it with.
LOADERS = {
    "apply-route.json": "route_request:Settings",
    "discovery.json": "discover:Settings",
    "first-certificate.json": "first_certificate:Settings",
    "install-*.json": "install_config:Settings",
    "launch.json": "launch:Settings",
    "llm-route-sync.json": "route_settings:Settings",
    "models/*.json": "model_manifest:Model",
    "rehydrate.json": "model_shelf:Settings",
    "stage-*.json": "model_shelf:Settings",
    "watchdog.json": "watchdog_settings:Settings",
}
FOR_PEOPLE = "aws/*.json"
LOAD = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
from hostkit import config
for line in sys.stdin.read().splitlines():
    path, module, name = line.split()
    config.load(getattr(importlib.import_module(module), name), path)
"""


def interpreter(version: str) -> str:
    """A Python of that version; no distribution has them all, so one that is not to be had is skipped."""
    if sys.version.startswith(f"{version}."):
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = [str(path) for path in sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"))]
    for candidate in filter(None, [shutil.which(f"python{version}"), *installed]):
        if subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    pytest.skip(f"no Python {version} here")


@pytest.fixture(scope="module")
def trees(site, tmp_path_factory):
    """Every host's tree on disk."""
    folder = tmp_path_factory.mktemp("trees")
    for host in HOSTS:
        site.lay(host, folder / host)
    return folder


def programs(folder: Path) -> list[Path]:
    """Those that are run, not imported."""
    return [path for path in sorted(folder.glob("*.py")) if "__main__" in path.read_text()]


def library(site, trees, host: str) -> Path:
    return trees / host / site.runtime.layout.lib.lstrip("/")


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize("host", HOSTS)
def test_every_program_starts_from_its_folder(site, trees, host, version):
    found = programs(library(site, trees, host))
    assert len(found) >= 3
    for program in found:
        helps(interpreter(version), program)


def helps(python: str, program: Path) -> None:
    """The program says how it is used, under the name that it has here, and what its exit codes mean."""
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    words = [python, "-B", str(program), "--help"]
    done = subprocess.run(words, cwd="/", env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), program.name
    assert done.stdout.startswith(f"usage: {program.name} "), done.stdout
    told = done.stdout.lower().partition("exit codes")[2]
    assert exit_codes(program) <= set(re.findall(r"\d+", told)), f"{program.name}: {told}"
    assert done.stdout.isascii(), f"{program.name}: a host's terminal may not have every letter"


def exit_codes(program: Path) -> set[str]:
    """Those that the program's docstring names: each begins a line, or a clause of a sentence."""
    text = (ast.get_docstring(ast.parse(program.read_text())) or "").lower().partition("exit codes")[2]
    found = set(re.findall(r"(?:^ +|[:;]\s+)(\d+) ", text, re.MULTILINE))
    assert len(found) >= 2, program.name
    return found


def test_a_clients_program_starts_beside_its_files(site, tmp_path):
    found = {path: file.data for path, file in site.bundle.items() if path.startswith("clients/")}
    for path, data in found.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    started = programs_below(tmp_path)
    assert started
    for program in started:
        helps(sys.executable, program)


def programs_below(folder: Path) -> list[Path]:
    return [program for place in sorted(folder.rglob("*")) if place.is_dir() for program in programs(place)]


@pytest.mark.parametrize("version", PYTHONS)
@pytest.mark.parametrize("host", HOSTS)
def test_every_configuration_loads_with_its_programs_own_loader(site, trees, host, version):
    etc = trees / host / site.runtime.layout.etc.lstrip("/")
    lines = [
        f"{path} {loader.replace(':', ' ')}"
        for path in sorted(etc.rglob("*.json"))
        if (loader := loader_of(str(path.relative_to(etc)))) is not None
    ]
    assert len(lines) >= 2
    load(interpreter(version), library(site, trees, host), lines)


def loader_of(name: str) -> str | None:
    """The class that takes a configuration; each has one, or is for people."""
    if fnmatch(name, FOR_PEOPLE):
        return None
    (found,) = [loader for pattern, loader in LOADERS.items() if fnmatch(name, pattern)]
    return found


def load(python: str, folder: Path, lines: list[str]) -> None:
    words = [python, "-B", "-c", LOAD, str(folder)]
    given = "\n".join(lines)
    done = subprocess.run(words, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr.splitlines()[-1]


def test_a_key_too_many_is_caught(site, trees, tmp_path):
    host = site.role("gpu")
    right = trees / host / f"{site.runtime.layout.etc}/launch.json".lstrip("/")
    wrong = tmp_path / "launch.json"
    wrong.write_text(right.read_text().replace('"port"', '"prot": 1, "port"'))
    with pytest.raises(AssertionError, match="prot: is unknown; did you mean 'port'"):
        load(sys.executable, library(site, trees, host), [f"{wrong} launch Settings"])


def test_every_program_is_its_source_byte_for_byte(site):
    sources = {path.read_bytes() for path in ROOT.glob("targets/*/programs/**/*.py")}
    shipped = {
        path: file.data
        for path, file in site.bundle.items()
        if path.endswith(".py") and not path.startswith("docs/")
    }
    assert len(shipped) > 20
    assert [path for path, data in shipped.items() if data not in sources] == []


def scripts(site) -> dict[str, bytes]:
    """Every compiled file that a shell runs."""
    return {path: file.data for path, file in site.bundle.items() if re.match(rb"#!/bin/(ba)?sh", file.data)}


@pytest.mark.parametrize(("tool", "words"), [("shellcheck", ["-x"]), ("shfmt", ["-d"])])
def test_every_shell_script_is_clean(site, tmp_path, tool, words):
    found = scripts(site)
    assert {path for path in site.bundle if path.endswith(".sh")} <= set(found)
    for path, data in found.items():
        assert site.bundle[path].executable, path
        place = tmp_path / path.replace("/", "-")
        place.write_bytes(data)
    done = subprocess.run(
        [needs(tool), *words, *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_script_runs_a_program_that_is_there(site):
    for path, data in scripts(site).items():
        words = data.decode().splitlines()[-1].split()
        assert words[0] == "exec" and words[-1] == '"$@"', path
        folder = path.partition("/root/")[0]
        for word in words[1:-1]:
            known = word.startswith(("/usr/local/", "/etc/"))
            assert not known or f"{folder}/root{word}" in site.bundle, f"{path}: {word}"
