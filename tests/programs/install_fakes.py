"""A host whose packages, users and units are a few sets, and whose Python is the real one.

`Host.run` stands where the installer's one command runner stands; what begins with a path is run for real. It
keeps every command line, and looks at the whole process table while a real command runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Sequence, Set

import install
from install_host import Done, System, run_command

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


class Host:
    """A Debian host below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.etc, self.opt = folder / "etc", folder / "opt"
        for made in (self.etc, self.opt, folder / "credentials"):
            made.mkdir()
        self.packages: Set[str] = {"python3-venv"}
        self.users: Set[str] = set()
        self.enabled: Set[str] = set()
        self.active: Set[str] = set()
        self.lines: List[List[str]] = []
        self.seen: Set[str] = set()
        self.before: Callable[[Sequence[str]], None] = lambda argv: None
        self.release = self.etc / "os-release"
        self.release.write_text('NAME="Debian"\nID=debian\nVERSION_ID="12"\n')
        self.config = self.etc / "install-demo.json"
        self.configure()

    def configure(self, **change: object) -> None:
        settings: Dict[str, object] = {
            "title": "demo",
            "os": {"id": "debian", "version": "12"},
            "at_least": {"systemd": "252", "python": "3.9", "nginx": "1.18.0"},
            "packages": [],
            "sysusers": [],
            "tmpfiles": [],
            "environments": [],
            "secrets": [],
            "secret_region": None,
            "secret_python": None,
            "secret_program": None,
            "enable": [],
        }
        self.config.write_text(json.dumps({**settings, **change}))

    def install(self, *words: str, is_root: bool = True) -> int:
        """Run the installer's command on this host."""
        options = install.parse(["--config", str(self.config), *words])
        return install.install(options, System(self.run, sys.executable, str(self.release), is_root))

    @property
    def changing(self) -> List[str]:
        """The commands that change something."""
        quiet = ("dpkg-query", "getent", "id", "is-enabled", "is-active", "--version", "-c", "-v")
        return [" ".join(line) for line in self.lines if not any(word in line for word in quiet)]

    def run(self, argv: Sequence[str], env: Mapping[str, str], seconds: float) -> Done:
        self.lines.append(list(argv))
        self.before(argv)
        if argv[0].startswith("/"):
            return self._watched(argv, env, seconds)
        answer: Done = getattr(self, f"_{argv[0].replace('-', '_')}")(list(argv[1:]))
        return answer

    def _watched(self, argv: Sequence[str], env: Mapping[str, str], seconds: float) -> Done:
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,))
        watcher.start()
        try:
            return run_command(argv, env, seconds)
        finally:
            over.set()
            watcher.join()

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(0.005):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(path.read_text(errors="replace"))
                except OSError:
                    continue

    def _python3(self, _: List[str]) -> Done:
        return Done(0, "Python 3.11.2\n", "")

    def _nginx(self, _: List[str]) -> Done:
        if "nginx" not in self.packages:
            return Done(127, "", "nginx: No such file or directory")
        return Done(0, "", "nginx version: nginx/1.22.1\n")

    def _dpkg_query(self, words: List[str]) -> Done:
        names = words[words.index("--") + 1 :]
        known = [name for name in names if name in self.packages]
        return Done(0 if known == names else 1, "".join(f"installed {name}\n" for name in known), "")

    def _apt_get(self, words: List[str]) -> Done:
        if "install" in words:
            if "no-such-package" in words:
                return Done(100, "", "E: Unable to locate package no-such-package")
            self.packages |= set(words[words.index("--") + 1 :])
        return Done(0, "", "")

    def _getent(self, words: List[str]) -> Done:
        return Done(0 if words[1] in self.users else 2, "", "")

    def _systemd_sysusers(self, words: List[str]) -> Done:
        for path in words:
            self.users |= {
                line.split()[1] for line in Path(path).read_text().splitlines() if line[:1] in "ug"
            }
        return Done(0, "", "")

    def _systemd_tmpfiles(self, words: List[str]) -> Done:
        for path in words[1:]:
            for line in Path(path).read_text().splitlines():
                _, place, mode = line.split()[:3]
                os.makedirs(place, exist_ok=True)
                os.chmod(place, int(mode, 8))
        return Done(0, "", "")

    def _systemctl(self, words: List[str]) -> Done:
        units = words[words.index("--") + 1 :] if "--" in words else []
        if words[0] == "--version":
            return Done(0, "systemd 252 (252.1)\n+PAM\n", "")
        if words[0] == "is-enabled":
            return Done(0, "enabled\n" if units[0] in self.enabled else "disabled\n", "")
        if words[0] == "is-active":
            return Done(0, "active\n" if units[0] in self.active else "inactive\n", "")
        if words[0] == "enable":
            self.enabled |= set(units)
        if words[0] == "start":
            if "refused.service" in units:
                return Done(1, "", "Assertion failed on job for refused.service.")
            self.active |= set(units)
        if words[0] == "disable":
            self.enabled -= set(units)
            self.active -= set(units)
        return Done(0, "", "")


def wheel(folder: Path, version: str) -> Path:
    """A wheel with a module and a command, built by hand."""
    folder.mkdir(exist_ok=True)
    info = f"demo-{version}.dist-info"
    content = {
        "demo.py": f"VERSION = {version!r}\n\ndef main():\n    print(VERSION)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: demo\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\ndemo = demo:main\n",
    }
    lines = [f"{name},sha256={_record(text)},{len(text)}" for name, text in content.items()]
    content[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"demo-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in content.items():
            archive.writestr(
                zipfile.ZipInfo(name), text
            )  # dated alike, so that equal wheels have equal hashes
    return path


def lock(path: Path, built: Path) -> Path:
    """A hash-locked list with that wheel."""
    digest = hashlib.sha256(built.read_bytes()).hexdigest()
    path.write_text(f"demo=={built.name.split('-')[1]} \\\n    --hash=sha256:{digest}\n")
    return path


def secret(path: Path, values: Mapping[str, str], **change: Any) -> Dict[str, Any]:
    """A secret of the configuration."""
    usual = {"owner": str(os.getuid()), "group": str(os.getgid()), "mode": "0600", "format": "raw"}
    return {"file": str(path), "values": dict(values), **usual, **change}


def _record(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
