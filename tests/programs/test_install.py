"""The installer on a host of sets, with real environments, real files and a real secret store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Sequence

import install
import pytest
from hostkit import config, files
from install_config import Settings
from install_host import Done, Step, System, run_command

from tests.programs.install_fakes import VERSION, Host, lock, secret, wheel

UNIT = "demo.timer"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return Host(tmp_path)


def everything(host: Host) -> None:
    """One of each kind of step, but for the environment, which takes seconds."""
    sysusers, tmpfiles = host.etc / "users.conf", host.etc / "dirs.conf"
    sysusers.write_text('# ours\nu demo - "Demo user" / /bin/false\ng demo-group -\n')
    tmpfiles.write_text(f"d {host.folder}/state 0750 {os.getuid()} {os.getgid()} -\n")
    (host.folder / "token").write_text("s3cret\n")
    host.configure(
        packages=["ninja-build", "jq"],
        sysusers=[str(sysusers)],
        tmpfiles=[str(tmpfiles)],
        secrets=[secret(host.folder / "credentials" / "token", {"token": f"file:{host.folder}/token"})],
        enable=[UNIT],
    )


# ---- the whole


def test_everything_is_done_once(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    everything(host)
    assert host.install() == 0
    assert host.packages >= {"ninja-build", "jq"}
    assert host.users == {"demo", "demo-group"}
    assert (host.folder / "state").stat().st_mode & 0o777 == 0o750
    assert (host.folder / "credentials" / "token").read_bytes() == b"s3cret\n"
    assert (host.enabled, host.active) == ({UNIT}, set())
    assert "demo: done, 7 changes" in capsys.readouterr().out
    host.lines.clear()
    assert host.install() == 0
    assert host.changing == []
    assert capsys.readouterr().out == "demo: nothing to do\n"


def test_a_check_changes_nothing(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    everything(host)
    before = sorted(map(str, host.folder.rglob("*")))
    assert host.install("--check", "--json", is_root=False) == 3
    assert host.changing == []
    assert sorted(map(str, host.folder.rglob("*"))) == before
    found = json.loads(capsys.readouterr().out)
    assert found["result"] == "7 changes to make"
    assert f"{UNIT} is not enabled" in found["changes"]
    assert host.install() == 0
    assert host.install("--check") == 0


def test_only_what_is_missing_is_installed(host: Host) -> None:
    everything(host)
    host.packages.add("jq")
    assert host.install() == 0
    (command,) = [line for line in host.changing if " install " in line]
    assert command.endswith("-- ninja-build")


def test_a_failing_step_does_not_keep_the_others(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    everything(host)
    wanted = json.loads(host.config.read_text())
    host.config.write_text(json.dumps({**wanted, "packages": ["no-such-package"]}))
    assert host.install() == 1
    assert host.enabled == {UNIT}
    said = capsys.readouterr()
    assert "Unable to locate package no-such-package" in said.err
    assert "incomplete, 1 problem named above" in said.out


class Liar(Step):
    def describe(self) -> str:
        return "a lie"

    def differs(self) -> List[str]:
        return ["it is not done"]

    def apply(self) -> None:
        return


def test_a_tool_that_does_nothing_is_noticed() -> None:
    report = install.carry_out([Liar()])
    assert report.problems == ["a lie: done, and still it is not done"]


def test_uninstall_and_again(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    everything(host)
    assert host.install() == 0
    assert host.install("--uninstall", "--check") == 3
    assert host.install("--uninstall") == 0
    assert host.enabled == set()
    assert not (host.folder / "credentials" / "token").exists()
    assert "ninja-build" in host.packages
    capsys.readouterr()
    assert host.install("--uninstall") == 0
    assert "nothing to do" in capsys.readouterr().out


def test_what_another_installer_needs_stays(host: Host) -> None:
    everything(host)
    assert host.install() == 0
    (host.etc / "install-other.json").write_text(host.config.read_text())
    assert host.install("--uninstall") == 0
    assert (host.folder / "credentials" / "token").exists()


# ---- starting


def test_a_run_says_which_command_starts_what_it_enabled(host: Host, capsys: Any) -> None:
    host.configure(enable=[UNIT, "demo.service"])
    assert host.install("--json") == 0
    said = capsys.readouterr()
    told = f"not started: {UNIT} demo.service; run this again with --start, or `systemctl start {UNIT} demo."
    assert told in said.err
    assert json.loads(said.out)["not_started"] == [UNIT, "demo.service"]
    assert host.active == set()


def test_units_are_started_once_all_is_right(host: Host, capsys: Any) -> None:
    everything(host)
    assert host.install("--start") == 0
    assert host.active == {UNIT}
    assert host.changing[-2:] == ["systemctl daemon-reload", f"systemctl start -- {UNIT}"]
    said = capsys.readouterr()
    assert "demo: done, 8 changes" in said.out
    assert "not started" not in said.err.replace(f"{UNIT} is not started", "")
    host.lines.clear()
    assert host.install("--start") == 0
    assert host.changing == []
    assert capsys.readouterr().out == "demo: nothing to do\n"


def test_a_check_says_what_would_be_started(host: Host, capsys: Any) -> None:
    host.configure(enable=[UNIT])
    assert host.install() == 0
    capsys.readouterr()
    assert host.install("--check") == 0
    assert capsys.readouterr().err == ""
    assert host.install("--check", "--start") == 3
    assert f"would change: {UNIT} is not started" in capsys.readouterr().err
    assert host.active == set()


def test_only_what_does_not_run_is_started(host: Host) -> None:
    host.configure(enable=[UNIT, "demo.service"])
    host.active.add(UNIT)
    assert host.install("--start") == 0
    assert host.changing[-1] == "systemctl start -- demo.service"


def test_nothing_is_started_where_a_step_failed(host: Host, capsys: Any) -> None:
    host.configure(packages=["no-such-package"], enable=[UNIT])
    assert host.install("--start") == 1
    assert host.active == set()
    assert f"not started: {UNIT}; put right what is named above" in capsys.readouterr().err


def test_a_unit_that_does_not_start_is_told(host: Host, capsys: Any) -> None:
    host.configure(enable=["refused.service"])
    assert host.install("--start") == 1
    assert "Assertion failed on job for refused.service" in capsys.readouterr().err


def test_starting_and_uninstalling_exclude_each_other(host: Host, capsys: Any) -> None:
    with pytest.raises(SystemExit) as left:
        host.install("--start", "--uninstall")
    assert left.value.code == 2
    assert "not allowed with" in capsys.readouterr().err


# ---- refusals


def test_root_is_needed(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    assert host.install(is_root=False) == 77
    assert "must run as root" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"os": {"id": "ubuntu", "version": "22.04"}}, "this host runs debian 12"),
        ({"at_least": {"systemd": "255"}}, "this host's systemd is 252"),
        ({"at_least": {"python": "3.12"}}, "this host's python is 3.11.2; the files are for 3.12 or newer"),
        ({"at_least": {"perl": "5"}}, "at_least.perl: of nginx, python, systemd a version is wanted"),
        ({"at_least": {"nginx": "newest"}}, "at_least.nginx"),
        ({"enabled": []}, "did you mean"),
        ({"disable": []}, "unknown"),
    ],
)
def test_another_host_or_a_wrong_configuration(
    host: Host, change: Dict[str, Any], why: str, capsys: Any
) -> None:
    host.configure(**change)
    assert host.install() == 78
    assert why in capsys.readouterr().err
    assert host.changing == []


def test_an_older_nginx_is_refused_and_a_missing_one_is_installed(host: Host, capsys: Any) -> None:
    host.configure(at_least={"nginx": "1.25.1"}, packages=["nginx"])
    assert host.install() == 0
    assert host.install() == 78
    assert "this host's nginx is 1.22.1; the files are for 1.25.1 or newer" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"mode": "0644"}, "give others nothing"),
        ({"format": "raw", "values": {"a": "file:/a", "b": "file:/b"}}, "a raw secret has exactly one"),
        ({"values": {"a": "hunter2"}}, "values.a: not a reference"),
        ({"values": {"a: b": "file:/a"}}, "is no key"),
        ({"values": {"a": "ssm:/a"}}, "a Python that has boto3 must be"),
    ],
)
def test_a_secret_that_is_not_described_well(
    host: Host, change: Dict[str, Any], why: str, capsys: Any
) -> None:
    host.configure(secrets=[{**secret(host.folder / "x", {"a": "file:/a"}), **change}])
    assert host.install() == 78
    said = capsys.readouterr().err
    assert why in said
    assert "hunter2" not in said


def test_one_run_at_a_time(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    with files.locked(str(host.config)):
        assert host.install() == 75
    assert "another run of this installer" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["u", "x demo", "d %h/x 0755"])
def test_lines_that_are_not_understood_are_told(host: Host, line: str, capsys: Any) -> None:
    path = host.etc / "users.conf"
    path.write_text(line + "\n")
    host.configure(sysusers=[str(path)])
    assert host.install() == 1
    assert str(path) in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("d {0}/there 0755 - - -", None),
        ("d {0}/odd - - - -", None),
        ("d {0}/odd 0755 - - -", "has mode 2750"),
        ("d {0}/there 0700 {1} {2} -", "has mode 0755"),
        ("d {0}/there 0755 nobody-of-ours {2} -", "does not belong to nobody-of-ours"),
        ("d {0}/file 0755 {1} {2} -", "is not a directory"),
        ("d {0}/absent", "is missing"),
        ("f+ {0}/file 0644 {1} {2} - text", None),
        ("e {0}/absent 0755 - - 10d", None),
        ("L+ {0}/absent - - - - /x", "is missing"),
        ("x {0}/absent", None),
        ("r! {0}/absent", None),
        ("d! {0}/absent", None),
    ],
)
def test_places_of_tmpfiles(host: Host, line: str, fault: Any, capsys: Any) -> None:
    there, file, conf = host.folder / "there", host.folder / "file", host.etc / "t.conf"
    odd = host.folder / "odd"
    odd.mkdir()
    if os.getuid() == 0:
        os.chown(odd, 0, 4)  # as Debian's /var/log/nginx: of another group
    odd.chmod(0o2750)
    there.mkdir()
    there.chmod(0o755)
    file.touch()
    file.chmod(0o644)
    conf.write_text(line.format(host.folder, os.getuid(), os.getgid()) + "\n")
    host.configure(tmpfiles=[str(conf)])
    assert host.install("--check") == (3 if fault else 0)
    assert (fault or "") in capsys.readouterr().err


def test_the_program_runs_as_a_script_and_refuses_this_host(host: Host) -> None:
    host.configure(os={"id": "another", "version": "1"})
    roots = [str(path) for path in Path(install.__file__).parents[2].glob("*/programs")]
    done = subprocess.run(
        [sys.executable, install.__file__, "--config", str(host.config)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 78
    assert "the configuration is for another 1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("argv", "code", "reason"),
    [
        (["sh", "-c", "echo first >&2; echo last >&2; exit 4"], 4, "exit 4: last"),
        (["sh", "-c", "echo on stdout; exit 5"], 5, "exit 5"),
        (["no-such-command-of-ours"], 127, "No such file"),
        (["sleep", "10"], 124, "longer than 0 s"),
    ],
)
def test_commands_that_fail(argv: Sequence[str], code: int, reason: str) -> None:
    done = run_command(argv, {}, 0.3)
    assert isinstance(done, Done)
    assert done.code == code
    assert reason in done.reason


# ---- environments


def environment(host: Host, version: str = "1.0", name: str = "tools") -> Path:
    built = wheel(host.folder / "wheels", version)
    path = host.opt / name
    one = {"path": str(path), "python": VERSION, "lock": str(lock(host.etc / "lock.txt", built))}
    host.configure(environments=[one])
    return path


def says(path: Path) -> str:
    """What the environment's command prints: it holds the path of its own Python."""
    return subprocess.run(
        [str(path / "bin" / "demo")], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_environments_are_built_switched_and_kept(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    path = environment(host, "1.0")
    host.packages.clear()
    assert host.install("--check") == 3
    assert host.install() == 0
    assert host.packages == {"python3-venv"}
    assert path.is_symlink()
    assert says(path) == "1.0"
    first = path.resolve()
    capsys.readouterr()
    assert host.install() == 0
    assert "nothing to do" in capsys.readouterr().out

    environment(host, "2.0")
    assert host.install() == 0
    assert says(path) == "2.0"
    assert says(first) == "1.0"  # for the way back

    environment(host, "1.0")
    host.lines.clear()
    assert host.install() == 0
    assert says(path) == "1.0"
    assert not any("pip" in line for line in host.lines)

    assert host.install("--uninstall") == 0
    assert list(host.opt.iterdir()) == []


def test_a_wrong_hash_leaves_the_old_environment(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    path = environment(host, "1.0")
    assert host.install() == 0
    environment(host, "2.0")
    text = (host.etc / "lock.txt").read_text()
    (host.etc / "lock.txt").write_text(text[:-2] + ("0" if text[-2] != "0" else "1") + "\n")
    assert host.install() == 1
    assert says(path) == "1.0"
    assert "pip install" not in capsys.readouterr().out


@pytest.mark.parametrize("at", ["venv", "install"])
def test_an_interrupted_build_is_never_linked(host: Host, at: str) -> None:
    path = environment(host, "1.0")
    half = path.with_name(f"{path.name}-{'0' * 12}")
    half.mkdir()  # of an older list, left by a run that was killed

    def interrupt(argv: Sequence[str]) -> None:
        if at in argv:
            raise KeyboardInterrupt

    host.before = interrupt
    with pytest.raises(KeyboardInterrupt):
        host.install()
    assert not path.exists()
    path.with_name(f"{path.name}.next").symlink_to("nowhere")
    host.before = lambda argv: None
    assert host.install() == 0
    assert says(path) == "1.0"
    assert sorted(host.opt.iterdir()) == [path, path.resolve()]


def test_another_python_is_refused(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    path = host.opt / "tools"
    host.configure(environments=[{"path": str(path), "python": "3.2", "lock": str(host.etc / "lock.txt")}])
    assert host.install() == 1
    assert f"the host's python3 is {VERSION}" in capsys.readouterr().err


def test_a_directory_in_the_way_is_not_touched(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    path = environment(host)
    path.mkdir()
    (path / "precious").touch()
    assert host.install() == 1
    assert "move it away" in capsys.readouterr().err
    assert (path / "precious").exists()


def test_a_lock_that_is_not_there(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    environment(host)
    (host.etc / "lock.txt").unlink()
    assert host.install() == 1
    assert "has the host got its folder?" in capsys.readouterr().err


def test_the_plan_is_a_list_of_steps(host: Host) -> None:
    everything(host)
    steps = install.plan(config.load(Settings, str(host.config)), System(host.run))
    assert [step.describe().split(":")[0].split(" ")[0] for step in steps] == [
        "users",
        "directories",
        "enabled",
        "packages",
        "secret",
    ]
