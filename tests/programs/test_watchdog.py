"""Whole ticks on a host in a folder: what each trouble is called, what is asked of systemd, what is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict

import pytest
import watchdog_host
from hostkit import files
from watchdog_engine import parse_work
from watchdog_state import State, Work

from tests.programs.watchdog_scene import IDLE, UNIT, Engine, Scene


@pytest.fixture
def scene(tmp_path: Path, serve: Any, monkeypatch: pytest.MonkeyPatch) -> Scene:
    engine = Engine()
    _, port = serve(engine.handler())
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setattr(watchdog_host, "CGROUPS", (str(tmp_path / "cgroup"),))
    return Scene(tmp_path, engine, port)


def test_a_healthy_tick_and_its_report(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    assert scene.tick() == 0, capsys.readouterr()
    assert scene.report()["state"] == "healthy"
    metrics = (scene.folder / "watchdog.prom").read_text()
    assert 'watchdog_state{unit="engine.service",state="healthy"} 1\n' in metrics
    assert 'watchdog_state{unit="engine.service",state="busy"} 0\n' in metrics
    assert 'watchdog_gpus_held{unit="engine.service"} 2\n' in metrics
    assert scene.calls() == []
    assert scene.tick() == 0
    assert scene.engine.completions == 1  # not asked again within the interval


def test_no_secret_is_told(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.put("api-key", "wr0ng")
    assert scene.tick("--json") == State.WRONG_TOKEN
    captured = capsys.readouterr()
    assert "wr0ng" not in captured.out + captured.err + (scene.folder / "report.json").read_text()


def test_a_hang_is_suspect_then_restarted_then_paused(scene: Scene) -> None:
    scene.engine.health = 503
    assert [scene.tick() for _ in range(2)] == [State.SUSPECT, State.RESTARTING]
    assert scene.calls() == ["reset-failed engine.service", "--no-block restart engine.service"]
    assert [scene.tick() for _ in range(2)] == [State.SUSPECT, State.BACKING_OFF]
    assert scene.report()["restarts_last_hour"] == 1


def test_a_refused_restart_is_told_and_remembered(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    scene.put("denied", "")
    scene.engine.health = 503
    assert [scene.tick() for _ in range(2)] == [State.SUSPECT, State.POWERLESS]
    assert "Access denied" in capsys.readouterr().err
    assert scene.report()["attempts_since_healthy"] == 1


@pytest.mark.parametrize(
    ("name", "text", "state"),
    [
        ("unit", UNIT.replace("=active", "=failed"), State.SUSPECT),
        ("unit", UNIT.replace("=active", "=inactive").replace("enabled", "disabled"), State.STOPPED),
        ("gpus", "GPU-a, Example G1, 23034\n", State.GPU_MISSING),
        ("gpus", "GPU-a, Other, 23034\n", State.GPU_MISSING),
        ("gpus", "GPU-a, Example G1, 1000\nGPU-b, Example G1, 23034\n", State.GPU_MISSING),
        ("apps", "GPU-a, 1, 5\nGPU-b, 1, 5\n", State.SUSPECT),
        ("model/weights", "1234", State.REHYDRATING),
        ("model/.complete", "other", State.REHYDRATING),
        ("manifest.json", "{", State.MODEL_MISSING),
        ("bind.env", "", State.SUSPECT),
    ],
)
def test_what_a_tick_finds(scene: Scene, name: str, text: str, state: State) -> None:
    scene.put(name, text)
    assert scene.tick() == state
    assert scene.report()["reason"]


@pytest.mark.parametrize(("name", "state"), [("unit", State.BLIND), ("gpus", State.GPU_MISSING)])
def test_tools_that_do_not_answer(scene: Scene, name: str, state: State) -> None:
    (scene.folder / name).unlink()
    assert scene.tick() == state


def test_no_mount_and_no_dependency(scene: Scene, tmp_path: Path) -> None:
    scene.config["dependencies"]["modules"] = ["json", "absent_module"]
    assert scene.tick() == State.DEPENDENCY_MISSING
    assert "absent_module" in scene.report()["reason"]
    scene.config["dependencies"]["commands"] = ["sh", "absent-command"]
    assert scene.tick() == State.DEPENDENCY_MISSING
    scene.config["mount"] = str(tmp_path)
    assert scene.tick() == State.NO_MOUNT


def test_a_wiped_model_is_fetched_once(scene: Scene) -> None:
    (scene.folder / "model/.complete").unlink()
    (scene.folder / "model/weights").unlink()
    assert scene.tick() == State.REHYDRATING
    scene.put("rehydrate", "activating\n")
    assert scene.tick() == State.REHYDRATING
    assert scene.calls() == ["reset-failed rehydrate.service", "--no-block start rehydrate.service"]


def test_a_model_that_only_lacks_its_marker_is_unverified(scene: Scene) -> None:
    (scene.folder / "model/.complete").unlink()
    assert scene.tick() == State.HEALTHY
    assert "`systemctl start rehydrate.service` compares" in scene.report()["reason"]
    assert scene.report()["facts"]["model"]["status"] == "unverified"
    assert scene.calls() == []
    (scene.folder / "model/weights").write_bytes(b"1234")
    assert scene.tick() == State.REHYDRATING


def test_weights_in_one_file_need_no_index(scene: Scene) -> None:
    scene.describe(None)
    model = scene.folder / "model"
    (model / "model.safetensors").write_bytes(b"1")
    assert scene.tick() == State.MODEL_MISSING
    (model / "config.json").write_text("{}")
    assert scene.tick() == State.HEALTHY
    assert "unverified" in scene.report()["reason"]
    assert "systemctl cat rehydrate.service" in scene.report()["reason"]
    (model / "model.safetensors").write_bytes(b"")
    assert scene.tick() == State.MODEL_MISSING
    (model / "model.safetensors").write_bytes(b"1")
    (model / "model-00002-of-00002.safetensors").write_bytes(b"1")
    assert scene.tick() == State.MODEL_MISSING


def test_a_directory_that_is_not_there_is_no_model(scene: Scene) -> None:
    scene.describe(None)
    (scene.folder / "model").rename(scene.folder / "elsewhere")
    assert scene.tick() == State.MODEL_MISSING


def test_a_model_without_a_manifest_is_unverified(scene: Scene) -> None:
    scene.describe(None)
    assert scene.tick() == State.MODEL_MISSING
    index = {"weight_map": {"a": "weights", "b": "weights"}}
    (scene.folder / "model/model.safetensors.index.json").write_text(json.dumps(index))
    assert scene.tick() == State.HEALTHY
    assert "unverified" in scene.report()["reason"]
    (scene.folder / "model/weights").write_bytes(b"")
    assert scene.tick() == State.MODEL_MISSING


def test_busy_asks_for_no_completion(scene: Scene) -> None:
    scene.engine.metrics = IDLE.replace("} 0.0", "} 2.0")
    assert scene.tick() == State.BUSY
    assert scene.engine.completions == 0


def test_an_answer_without_a_token_is_no_completion(scene: Scene) -> None:
    scene.engine.tokens = 0
    assert scene.tick() == State.SUSPECT


def test_wrong_models(scene: Scene) -> None:
    scene.engine.rows = [{"id": "served", "max_model_len": 1}]
    assert scene.tick() == State.WRONG_MODEL
    scene.engine.rows = [{"id": "other"}]
    assert scene.tick() == State.WRONG_MODEL


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ('{"holder": "deploy", "until": %d}', State.MAINTENANCE),
        ('{"holder": "deploy", "until": 5}', State.RESTARTING),
        ('{"holder": "deploy", "until": 99999999999}', State.RESTARTING),
        ('{"holder": "dep', State.RESTARTING),
    ],
)
def test_the_lease(scene: Scene, text: str, state: State) -> None:
    scene.engine.health = 503
    assert scene.tick() == State.SUSPECT
    scene.lease.write_text(text % (time.time() + 600) if "%d" in text else text)
    assert scene.tick() == state


@pytest.mark.parametrize("text", ["", "{", '{"version": 2}', '{"failures": "x"}', "[]"])
def test_a_torn_memory_begins_anew(scene: Scene, capsys: pytest.CaptureFixture[str], text: str) -> None:
    scene.put("memory.json", text)
    scene.engine.health = 503
    assert [scene.tick() for _ in range(2)] == [State.SUSPECT, State.RESTARTING]
    assert "memory is lost" in capsys.readouterr().err


def test_what_cannot_be_remembered_is_not_done(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    (scene.folder / "model/.complete").unlink()
    (scene.folder / "memory.json").mkdir()
    assert scene.tick() == 78
    assert scene.calls() == []
    assert "memory.json" in capsys.readouterr().err


def test_a_dry_run_changes_nothing(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    (scene.folder / "model/weights").write_bytes(b"1234")
    before = sorted(os.listdir(scene.folder))
    assert scene.tick("--dry-run", "--json") == State.REHYDRATING
    assert json.loads(capsys.readouterr().out)["action"] == "rehydrate"
    assert sorted({*before, "calls", "watchdog.json"}) == sorted(os.listdir(scene.folder))
    assert scene.calls() == []


def test_reset_opens_the_latch(scene: Scene) -> None:
    scene.put("memory.json", json.dumps({"version": 1, "failures": 9, "attempts": 3}))
    scene.engine.health = 503
    assert scene.tick() == State.LATCHED
    assert scene.tick("--reset") == 0
    assert scene.tick() == State.SUSPECT


def test_two_runs_at_once(scene: Scene) -> None:
    with files.locked(scene.folder / "memory.json.lock"):
        assert scene.tick() == 75


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unti": 1}, "did you mean 'unit'?"),
        ({"port": 0}, "0 is no port"),
        ({"unit": "engine"}, "'engine' is no name of a service unit"),
        ({"context_length": 0}, "context_length"),
        ({"token_credential": "../k"}, "token_credential"),
        ({"token_credential": "absent"}, "absent: cannot be read"),
        ({"model_description": "/nonexistent"}, "/nonexistent: cannot be read"),
        ({"memory": "/nonexistent/memory.json"}, "/nonexistent/memory.json.lock: No such file"),
        ({"report": "/nonexistent/report.json"}, "do the directories of the configuration exist?"),
    ],
)
def test_refuses_a_configuration(scene: Scene, capsys: Any, changes: Dict[str, Any], message: str) -> None:
    scene.config.update(changes)
    assert scene.tick() == 78
    assert message in capsys.readouterr().err


def test_as_a_process(installed: Path, scene: Scene) -> None:
    command = [sys.executable, str(installed / "watchdog.py"), *scene.words("--json", "--dry-run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == State.SUSPECT, done.stderr  # the real cgroups know no such unit
    assert json.loads(done.stdout)["facts"]["gpus"]["present"] == 2


def test_a_command_that_hangs_is_left_behind(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(watchdog_host.Unseen, match="no answer within"):
        watchdog_host.run(["sh", "-c", "sleep 30 & sleep 30"], 0.2)
    assert time.monotonic() - started < 3
    with pytest.raises(watchdog_host.Unseen, match="absent-command"):
        watchdog_host.run(["absent-command"], 1)


def test_metrics_that_tell_nothing() -> None:
    assert parse_work("") is None
    assert parse_work("sglang:num_running_reqs\nother 3\n") is None
    assert parse_work('sglang:num_running_reqs NaN\nsglang:x_token_y{a="}"} 4\n') == Work(0, 4.0)
