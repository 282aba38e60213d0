"""Rehydration with real files, a real HTTP server with ranges, and processes that are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, List, Tuple, Type

import model_fetch
import model_manifest
import pytest
import rehydrate
from hostkit import config, files
from model_shelf import Settings

from tests.programs.rehydrate_fakes import FILES, RangeHandler, Store

MOUNTED = "import os, sys\nos.path.ismount = lambda path: True\nimport rehydrate\n"
Serve = Callable[[Type[BaseHTTPRequestHandler]], Tuple[str, int]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_fetch, "BACKOFF_SECONDS", 0.001)


def work(
    store: Store, command: str = "run", *, dry_run: bool = False, mounted: bool = True
) -> rehydrate.Outcome:
    settings = config.load(Settings, str(store.settings))
    (outcome,) = rehydrate.work(settings, command, dry_run=dry_run, is_mount=lambda path: mounted)
    return outcome


def https(store: Store, serve: Serve, **faults: Any) -> Type[RangeHandler]:
    handler = type("Handler", (RangeHandler,), {"root": store.source, "asked": [], **faults})
    host, port = serve(handler)
    store.describe(kind="https", location=f"http://{host}:{port}/models")
    return handler


# ---- the whole way


def test_a_model_comes_from_a_directory_and_is_marked(store: Store) -> None:
    outcome = work(store)
    assert (outcome.state, outcome.code) == ("fetched", 0)
    assert outcome.fetched_bytes == sum(map(len, FILES.values()))
    assert store.found() == FILES
    proof = model_manifest.digest(str(store.manifest))
    assert (store.directory / ".complete").read_text() == f"{proof}\n"


def test_a_second_run_reads_nothing_from_the_source(store: Store, serve: Serve) -> None:
    handler = https(store, serve)
    assert work(store).state == "fetched"
    asked = len(handler.asked)
    assert asked >= len([one for one in FILES.values() if one])
    again = work(store)
    assert (again.state, again.code, again.fetched_bytes) == ("complete", 0, 0)
    assert len(handler.asked) == asked


def test_pieces_are_asked_for_by_range(store: Store, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_fetch, "PIECE_BYTES", 1000)
    handler = https(store, serve)
    assert work(store).state == "fetched"
    large = [start for path, start in handler.asked if path == "model-00001.safetensors"]
    assert large == list(range(0, len(FILES["model-00001.safetensors"]), 1000))


def test_the_command_says_it_in_json(
    store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setitem(rehydrate.work.__kwdefaults__, "is_mount", lambda path: True)
    code = rehydrate.main(["--config", str(store.settings), "--json", "verify"])
    assert code == 1
    (model,) = json.loads(capsys.readouterr().out)["models"]
    assert model["state"] == "incomplete"


# ---- what is refused before anything is touched


def test_nothing_is_made_where_nothing_is_mounted(store: Store) -> None:
    outcome = work(store, mounted=False)
    assert (outcome.state, outcome.code) == ("refused", 73)
    assert "nothing is mounted at" in outcome.reason
    assert not store.directory.exists()


def test_a_directory_outside_the_mount_is_refused(store: Store, tmp_path: Path) -> None:
    store.describe(directory=str(tmp_path / "elsewhere"))
    outcome = work(store)
    assert outcome.code == 73
    assert "is not below" in outcome.reason
    assert not (tmp_path / "elsewhere").exists()


def test_too_little_space_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    total = sum(map(len, FILES.values()))
    usage = SimpleNamespace(free=int(total * 1.1) - 1)
    monkeypatch.setattr("model_shelf.shutil.disk_usage", lambda path: usage)
    outcome = work(store)
    assert outcome.code == 73
    assert "make room" in outcome.reason
    usage.free += 1
    assert work(store).code == 0


def test_space_for_what_is_there_is_not_asked_for_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert work(store).code == 0
    (store.directory / "config.json").unlink()
    total = sum(map(len, FILES.values()))
    usage = SimpleNamespace(free=len(FILES["config.json"]) + int(total * 0.1) + 1)
    monkeypatch.setattr("model_shelf.shutil.disk_usage", lambda path: usage)
    assert work(store).code == 0


def test_without_a_recorded_manifest_nothing_is_fetched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["/lib/rehydrate.py"])
    store.describe(manifest=None)
    outcome = work(store)
    assert (outcome.state, outcome.code) == ("refused", 78)
    assert f"`/lib/rehydrate.py manifest {store.directory} > model-a.manifest.json`" in outcome.reason
    assert not store.directory.exists()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"path": "../config.json"}, "without `..`"),
        ({"path": "/config.json"}, "must be relative"),
        ({"path": ".complete"}, "without hidden"),
        ({"path": "a//b"}, "empty parts"),
        ({"path": "a.partial"}, "unfinished download"),
        ({"path": "a\nb"}, "must be relative"),
        ({"path": "tokenizer.json"}, "stands there twice"),
        ({"path": "tokenizer.json/x"}, "is also its directory"),
        ({"size": -1}, "cannot have -1 bytes"),
        ({"sha256": "A" * 64}, "64 lower-case"),
    ],
)
def test_a_manifest_that_cannot_be_right_is_refused(
    store: Store, change: Dict[str, object], why: str
) -> None:
    manifest = json.loads(store.manifest.read_text())
    manifest["files"][0].update(change)
    store.manifest.write_text(json.dumps(manifest))
    outcome = work(store)
    assert outcome.code == 78
    assert why in outcome.reason
    assert not store.directory.exists()


def test_a_link_does_not_lead_out_of_the_directory(store: Store, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    store.directory.mkdir(parents=True)
    (store.directory / "sub").symlink_to(outside)
    outcome = work(store)
    assert outcome.code == 1
    assert "by a link" in outcome.reason
    assert list(outside.iterdir()) == []


def test_a_dry_run_touches_nothing(store: Store) -> None:
    outcome = work(store, dry_run=True)
    assert (outcome.state, outcome.code) == ("would be fetched", 3)
    assert not store.directory.exists()


def test_one_run_at_a_time(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    with files.locked(str(store.lock)):
        assert rehydrate.main(["run", "--config", str(store.settings)]) == 75
    assert "another run is at work" in capsys.readouterr().err


def test_two_at_once_make_one_whole_model(store: Store, serve: Serve) -> None:
    handler = https(store, serve, delay=3)
    first = store.start(MOUNTED)
    end = time.monotonic() + 30
    while not handler.asked:  # from here on the first holds the lock, for at least one answer's delay
        assert time.monotonic() < end and first.poll() is None
        time.sleep(0.01)
    assert (store.start(MOUNTED).wait(60), first.wait(60)) == (75, 0)
    assert store.found() == FILES


# ---- sources that fail


@pytest.mark.parametrize("times", [1, 4])
def test_a_source_that_stumbles_is_asked_again(store: Store, serve: Serve, times: int) -> None:
    handler = https(store, serve, stumbles={"config.json": times})
    assert work(store).code == 0
    assert [path for path, _ in handler.asked].count("config.json") == times + 1


def test_a_source_that_keeps_failing_is_given_up(store: Store, serve: Serve) -> None:
    https(store, serve, stumbles={"config.json": 5})
    outcome = work(store)
    assert outcome.code == 1
    assert "answers 503; given up after 5 attempts" in outcome.reason
    assert not (store.directory / ".complete").exists()


def test_a_source_that_cuts_the_answer_short_is_asked_again(store: Store, serve: Serve) -> None:
    handler = https(store, serve, short={"config.json": 2})
    assert work(store).code == 0
    assert [path for path, _ in handler.asked].count("config.json") == 3
    assert store.found() == FILES


def test_a_file_that_the_source_lacks_is_not_asked_for_again(store: Store, serve: Serve) -> None:
    handler = https(store, serve)
    (store.source / "config.json").unlink()
    outcome = work(store)
    assert outcome.code == 1
    assert "config.json answers 404" in outcome.reason
    assert [path for path, _ in handler.asked].count("config.json") == 1


def test_a_redirect_is_not_followed(store: Store, serve: Serve) -> None:
    https(store, serve, redirect=True)
    assert "give the location that it leads to" in work(store).reason


def test_a_server_without_ranges_is_refused(
    store: Store, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_fetch, "PIECE_BYTES", 1000)
    https(store, serve, ranges=False)
    outcome = work(store)
    assert outcome.code == 1
    assert "no ranges" in outcome.reason


def test_a_server_that_is_not_there(store: Store) -> None:
    store.describe(kind="https", location="http://127.0.0.1:1/models")
    assert "refused" in work(store).reason


@pytest.mark.parametrize("kind", ["https", "directory"])
def test_a_file_of_another_size_is_another_version(store: Store, serve: Serve, kind: str) -> None:
    if kind == "https":
        https(store, serve)
    with (store.source / "config.json").open("ab") as stream:
        stream.write(b" ")
    outcome = work(store)
    assert outcome.code == 1
    assert "another version of the model" in outcome.reason
    assert not (store.directory / "config.json").exists()


def test_wrong_bytes_of_the_right_size_never_get_the_name(store: Store) -> None:
    right = FILES["config.json"]
    (store.source / "config.json").write_bytes(b"x" * len(right))
    outcome = work(store)
    assert outcome.code == 1
    assert "do not have the manifest's sha256, twice" in outcome.reason
    assert not (store.directory / "config.json").exists()
    assert not (store.directory / ".complete").exists()
    (store.source / "config.json").write_bytes(right)
    assert work(store).code == 0
    assert store.found() == FILES


def test_a_source_directory_that_is_not_there(store: Store, tmp_path: Path) -> None:
    store.describe(location=str(tmp_path / "nowhere"))
    outcome = work(store)
    assert outcome.code == 1
    assert "is its file system mounted?" in outcome.reason


# ---- going on


def test_a_damaged_rest_of_an_earlier_run_is_begun_anew(store: Store) -> None:
    store.directory.mkdir(parents=True)
    (store.directory / "config.json.partial").write_bytes(b"not the beginning")
    (store.directory / "tokenizer.json.partial").write_bytes(b"x" * 9999)
    assert work(store).code == 0
    assert store.found() == FILES


def test_the_rest_of_another_model_is_swept_away(store: Store) -> None:
    store.directory.mkdir(parents=True)
    (store.directory / "old.safetensors.partial").write_bytes(b"old")
    assert work(store).code == 0
    assert store.found() == FILES


@pytest.mark.parametrize("after", [1, 3, 7, 12, 20])
def test_killed_and_run_again(store: Store, serve: Serve, after: int) -> None:
    killed: List[subprocess.Popen[bytes]] = []
    reached = threading.Event()

    def kill(count: int) -> None:
        if count == after:
            reached.set()
            while not killed:
                time.sleep(0.001)
            killed[0].send_signal(signal.SIGKILL)

    handler = https(store, serve, told=staticmethod(kill))
    pieces = "import model_fetch\nmodel_fetch.PIECE_BYTES = 1000\n"
    killed.append(store.start(MOUNTED + pieces))
    assert killed[0].wait(60) == -signal.SIGKILL
    assert reached.is_set()
    assert not (store.directory / ".complete").exists()
    handler.told = staticmethod(lambda count: None)
    handler.asked.clear()
    again = store.start(MOUNTED + pieces)
    assert again.wait(60) == 0
    assert store.found() == FILES
    total = sum(len(one) for one in FILES.values())
    assert len(handler.asked) * 1000 <= total + 1000 * len(FILES) - 1000 * max(0, after - 9)


# ---- verify and manifest


def test_verify_finds_what_rotted_and_run_repairs_it(store: Store) -> None:
    assert work(store).code == 0
    assert work(store, "verify").state == "verified"
    path = store.directory / "model-00001.safetensors"
    data = bytearray(path.read_bytes())
    data[77] ^= 1
    path.write_bytes(bytes(data))
    assert work(store).state == "complete"  # size and marker cannot tell
    kept = work(store, "verify", dry_run=True)
    assert kept.code == 1
    assert (store.directory / ".complete").exists()
    rotten = work(store, "verify")
    assert "model-00001.safetensors has the right size and another content" in rotten.reason
    assert not (store.directory / ".complete").exists()
    repaired = work(store)
    assert (repaired.state, repaired.fetched_bytes) == ("fetched", len(data))
    assert store.found() == FILES


def test_a_truncated_file_is_noticed_without_hashing(store: Store) -> None:
    assert work(store).code == 0
    with (store.directory / "model-00001.safetensors").open("r+b") as stream:
        stream.truncate(10)
    assert work(store).state == "fetched"
    assert store.found() == FILES


def test_another_manifest_makes_the_marker_void(store: Store) -> None:
    assert work(store).code == 0
    store.manifest.write_text(store.manifest.read_text() + "\n")
    outcome = work(store)
    assert (outcome.state, outcome.fetched_bytes) == ("verified", 0)


def test_a_model_that_is_there_is_adopted_without_its_source(store: Store) -> None:
    assert work(store).code == 0
    (store.directory / ".complete").unlink()
    store.source.rename(store.source.parent / "away")
    assert work(store).state == "verified"
    assert work(store).state == "complete"


def test_manifest_prints_what_a_manifest_must_be(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    (store.source / ".git").mkdir()
    (store.source / ".git" / "HEAD").write_text("x")
    (store.source / "a.partial").write_text("x")
    assert rehydrate.main(["manifest", str(store.source)]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(store.manifest.read_text())


@pytest.mark.parametrize("what", ["nowhere", "empty"])
def test_manifest_of_nothing_fails(tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert rehydrate.main(["manifest", str(tmp_path / what)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert str(tmp_path / what) in said.err


# ---- configuration


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"free_space_factor": 0.5}, "free_space_factor"),
        ({"parallel": 0}, "above 0"),
        ({"bandwidth_bytes_per_second": 0}, "null for no limit"),
        ({"paralel": 8}, "did you mean"),
    ],
)
def test_a_wrong_configuration_is_refused(
    store: Store, change: Dict[str, object], why: str, capsys: Any
) -> None:
    store.configure(**change)
    assert rehydrate.main(["--config", str(store.settings), "run"]) == 78
    assert why in capsys.readouterr().err


def test_a_missing_lock_directory_is_told(store: Store, tmp_path: Path, capsys: Any) -> None:
    store.configure(lock=str(tmp_path / "no" / "lock"))
    assert rehydrate.main(["--config", str(store.settings), "run"]) == 1
    assert "the lock cannot be taken" in capsys.readouterr().err


def test_run_without_a_configuration_is_wrong_usage(capsys: Any) -> None:
    with pytest.raises(SystemExit) as fault:
        rehydrate.main(["run"])
    assert fault.value.code == 2


def test_the_limit_on_bandwidth_is_kept_over_all_threads(store: Store) -> None:
    total = sum(map(len, FILES.values()))
    store.configure(bandwidth_bytes_per_second=2 * total)
    begun = time.monotonic()
    assert work(store).code == 0
    largest = max(map(len, FILES.values()))  # what was asked for last need not be waited for
    assert time.monotonic() - begun >= (total - largest) / (2 * total)


def test_models_fail_one_by_one(store: Store, tmp_path: Path) -> None:
    store.configure(models=[str(tmp_path / "absent.json"), str(store.description)])
    settings = config.load(Settings, str(store.settings))
    outcomes = rehydrate.work(settings, "run", dry_run=False, is_mount=lambda path: True)
    assert [one.code for one in outcomes] == [78, 0]


def test_the_program_runs_as_a_script(store: Store) -> None:
    program = store.install() / "rehydrate.py"
    done = subprocess.run(
        [sys.executable, str(program), "run", "--config", str(store.settings)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 73  # tmp_path is no mount point
    assert "Traceback" not in done.stderr
    assert os.access(program, os.X_OK)
