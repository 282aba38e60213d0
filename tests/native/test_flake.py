"""The flake and the NixOS module, evaluated offline by Debian's nix against a stand-in for nixpkgs.

Nothing is built and nothing is fetched: what is checked is that the files parse, that every output
evaluates, and what the module makes of a host's folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.native.needs import needs

pytestmark = pytest.mark.native

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).parent / "nixpkgs"
FLAKE_FILES = ["flake.nix", "nix/module.nix", "nix/package.nix"]

UNIT = (
    "[Unit]\nDescription=x\n\n[Service]\nExecStart=/usr/bin/true\n\n[Install]\nWantedBy=multi-user.target\n"
)
TIMER = "[Timer]\nOnBootSec=1\n\n[Install]\nWantedBy=timers.target\n"
SYSUSERS = """# users
u svc - "Service account" /var/lib/svc /bin/sh
u quiet - "Another" - /usr/sbin/nologin
g readers -
m svc readers
"""


class Nix:
    """Nix with a store of its own, offline, reading nobody's configuration."""

    def __init__(self, home: Path) -> None:
        settings = {
            "experimental-features": "nix-command flakes",
            "substituters": "",
            "flake-registry": "",
            "sandbox": "false",
            "build-users-group": "",
        }
        self._tools = {tool: needs(tool) for tool in ("nix", "nix-instantiate")}
        self._env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "NIX_STORE_DIR": str(home / "store"),
            "NIX_STATE_DIR": str(home / "state"),
            "NIX_CONF_DIR": str(home / "conf"),
            "NIX_CONFIG": "\n".join(f"{key} = {value}" for key, value in settings.items()),
        }

    def run(self, tool: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the tools; never raises on its exit code."""
        argv = [self._tools[tool], *words]
        return subprocess.run(argv, env=self._env, capture_output=True, text=True, timeout=120, check=False)

    def value(self, expression: str) -> object:
        """The strict JSON value of an expression."""
        done = self.run(
            "nix-instantiate", "--eval", "--strict", "--json", "--read-write-mode", "--expr", expression
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def nix(tmp_path_factory: pytest.TempPathFactory) -> Nix:
    return Nix(tmp_path_factory.mktemp("nix"))


@pytest.fixture
def flake(tmp_path: Path) -> Path:
    """A copy of what the flake reads: in a git tree a flake sees tracked files only."""
    copy = tmp_path / "flake"
    for name in [*FLAKE_FILES, "flake.lock", "pyproject.toml"]:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes((ROOT / name).read_bytes())
    return copy


def check(nix: Nix, flake: Path) -> subprocess.CompletedProcess[str]:
    offline = ["--override-input", "nixpkgs", f"path:{STAND_IN}", "--no-write-lock-file"]
    return nix.run("nix", "flake", "check", "--no-build", f"path:{flake}", *offline)


@pytest.mark.parametrize("name", FLAKE_FILES)
def test_parses(nix: Nix, name: str):
    done = nix.run("nix-instantiate", "--parse", str(ROOT / name))
    assert done.returncode == 0, done.stderr


def test_every_output_evaluates(nix: Nix, flake: Path):
    done = check(nix, flake)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("flake.nix", "runCommand", "runComand"),
        ("nix/package.nix", "  pyyaml,\n", "  pyyamll,\n"),
        ("pyproject.toml", "version =", "versoin ="),
    ],
)
def test_a_planted_fault_is_seen(nix: Nix, flake: Path, file: str, old: str, new: str):
    path = flake / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert check(nix, flake).returncode != 0


def test_the_lock_pins_the_input(nix: Nix, flake: Path):
    locked = json.loads((flake / "flake.lock").read_text())["nodes"]["nixpkgs"]["locked"]
    assert locked["narHash"].startswith("sha256-")
    assert len(locked["rev"]) == 40


def test_the_package_is_the_project(nix: Nix):
    package = nix.value(
        f'let p = (import {STAND_IN}/packages.nix "x86_64-linux").python3Packages'
        f".callPackage {ROOT}/nix/package.nix"
        " { }; in { inherit (p) pname version pyproject; main = p.meta.mainProgram; }"
    )
    assert package == {"pname": "dncompile", "version": "0.1.0", "pyproject": True, "main": "dncompile"}


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A host's folder as the compiler writes it, with one file of each kind that the module tells apart."""
    folder = tmp_path / "host"
    texts = {
        "/etc/systemd/system/x.service": UNIT,
        "/etc/systemd/system/x.timer": TIMER,
        "/etc/systemd/system/x.service.d/more.conf": "[Service]\nNice=5\n",
        "/etc/sysusers.d/x.conf": SYSUSERS,
        "/etc/tmpfiles.d/x.conf": "d /run/x 0755 svc svc -\n",
        "/etc/x/settings.json": "{}\n",
        "/etc/x/route.servers": "server 10.20.1.5:30100;\n",
        "/usr/local/lib/x/tool.py": "print()\n",
    }
    files = []
    for path, text in texts.items():
        target = folder / "root" / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        keep = "seed" if path.endswith(".servers") else "owned"
        owner = "svc" if keep == "seed" else "root"
        files.append(
            {"path": path, "mode": "0640", "owner": owner, "group": "svc", "keep": keep, "target": "x"}
        )
    units = {"x.service": {"enabled": False}, "x.timer": {"enabled": True}}
    (folder / "manifest.json").write_text(json.dumps({"files": files, "units": units}))
    return folder


def evaluate(nix: Nix, host: Path) -> dict[str, Any]:
    """What the module asks of NixOS for that host."""
    value = nix.value(
        f"""
        let
          packages = import {STAND_IN}/packages.nix "x86_64-linux";
          module = import {ROOT}/nix/module.nix {{
            inherit (packages) lib;
            pkgs = packages;
            config.services.dncompile = {{
              enable = true;
              hostFolder = {host};
              links."/usr/bin/python3" = "/somewhere/python3";
            }};
          }};
          c = module.config;
          scripts = map (package: package.script);
        in {{
          units = c.systemd.units;
          unitFiles = scripts c.systemd.packages;
          tmpfiles = scripts c.systemd.tmpfiles.packages;
          rules = c.systemd.tmpfiles.settings."10-dncompile";
          etc = c.environment.etc;
          users = c.users;
          options = builtins.attrNames module.options.services.dncompile;
        }}
        """
    )
    assert isinstance(value, dict)
    return value


@pytest.fixture
def system(nix: Nix, host: Path) -> dict[str, Any]:
    return evaluate(nix, host)


def test_only_enabled_units_are_wanted_and_by_what_they_name(system):
    assert system["units"] == {"x.timer": {"wantedBy": ["timers.target"], "overrideStrategy": "asDropin"}}


def test_every_unit_file_is_in_the_package_with_its_drop_ins(system):
    (script,) = system["unitFiles"]
    for name in ("x.service", "x.timer", "x.service.d/more.conf"):
        assert f"\"$out\"/'lib/systemd/system/{name}'" in script
    assert script.count("install -D") == 3


def test_settings_are_in_etc_with_their_mode_and_owner(system):
    assert list(system["etc"]) == ["x/settings.json"]
    entry = system["etc"]["x/settings.json"]
    assert entry["source"].endswith("/etc/x/settings.json")
    assert (entry["mode"], entry["user"], entry["group"]) == ("0640", "root", "svc")


def test_a_seed_is_copied_when_absent_and_never_owned(system):
    rule = system["rules"]["/etc/x/route.servers"]
    assert list(rule) == ["C"]
    assert (rule["C"]["mode"], rule["C"]["user"]) == ("0640", "svc")


def test_programs_are_linked_from_one_tree(system):
    link = system["rules"]["/usr/local/lib/x/tool.py"]["L+"]["argument"]
    assert link.endswith("-root/usr/local/lib/x/tool.py")


def test_tmpfiles_and_other_paths_of_programs(system):
    (script,) = system["tmpfiles"]
    assert "'lib/tmpfiles.d/x.conf'" in script
    assert system["rules"]["/usr/bin/python3"] == {"L+": {"argument": "/somewhere/python3"}}


def test_accounts_are_those_of_sysusers(system):
    users, groups = system["users"]["users"], system["users"]["groups"]
    assert users == {
        "svc": {
            "isSystemUser": True,
            "group": "svc",
            "extraGroups": ["readers"],
            "home": "/var/lib/svc",
            "shell": "/bin/sh",
        },
        "quiet": {"isSystemUser": True, "group": "quiet", "extraGroups": []},
    }
    assert groups == {"svc": {}, "quiet": {}, "readers": {}}


def test_the_options(system):
    assert system["options"] == ["enable", "hostFolder", "links"]


def test_every_file_of_a_compiled_host_has_its_place(nix: Nix):
    compiled = sorted(path.parent for path in ROOT.glob("generated/hosts/*/manifest.json"))
    assert compiled, "generated/ is missing: make compile"
    for folder in compiled:
        manifest = json.loads((folder / "manifest.json").read_text())
        asked = evaluate(nix, folder)
        missing = [file["path"] for file in manifest["files"] if not has_a_place(file["path"], asked)]
        assert missing == [], folder.name
        assert asked["users"]["users"].keys() == service_accounts(folder), folder.name
        assert asked["units"].keys() == {
            name for name, unit in manifest["units"].items() if unit.get("enabled")
        }
        assert all(unit["wantedBy"] for unit in asked["units"].values())


def service_accounts(folder: Path) -> set[str]:
    lines = [
        line.split()
        for path in folder.glob("root/etc/sysusers.d/*")
        for line in path.read_text().splitlines()
    ]
    return {words[1] for words in lines if words and words[0].startswith("u")}


def has_a_place(path: str, asked: dict[str, Any]) -> bool:
    below_etc = path.removeprefix("/etc/")
    if below_etc.startswith(("systemd/system/", "tmpfiles.d/")):
        return any(f"/{below_etc}'" in script for script in asked["unitFiles"] + asked["tmpfiles"])
    return below_etc.startswith("sysusers.d/") or path in asked["rules"] or below_etc in asked["etc"]


def test_a_host_without_rules_brings_no_empty_package(nix: Nix, tmp_path: Path):
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [], "units": {}}))
    (tmp_path / "root").mkdir()
    asked = evaluate(nix, tmp_path)
    assert asked["tmpfiles"] == asked["unitFiles"] == []
