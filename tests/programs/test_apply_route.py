"""The route applier, as systemd starts it: one request on stdin, one answer on stdout."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.programs.route_fakes import APPLY, ENV, SEED, Edge, answer, publication

NEW = b"server 127.0.0.2:30100 max_fails=0;\n"


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    return Edge(tmp_path)


class TestPublication:
    def test_goes_through_test_and_reload(self, edge):
        found = edge.publish("127.0.0.2", generation=7)
        assert found == {
            "ok": True,
            "changed": True,
            "servers": ["127.0.0.2"],
            "port": 30100,
            "generation": 7,
        }
        assert edge.file.read_bytes() == NEW
        assert edge.ran() == ["test", "reload"]
        assert edge.file.stat().st_mode & 0o777 == 0o644

    def test_leaves_no_temporary_file(self, edge):
        edge.publish("127.0.0.2", generation=7)
        assert [path.name for path in edge.file.parent.iterdir()] == ["upstream-coding.servers"]
        assert sorted(path.name for path in edge.state.parent.iterdir()) == ["coding.json", "coding.previous"]

    def test_keeps_the_previous_file_for_an_operator(self, edge):
        edge.publish("127.0.0.2", generation=7)
        assert (edge.state.parent / "coding.previous").read_bytes() == SEED

    def test_of_the_same_place_touches_nothing_but_the_generation(self, edge):
        edge.publish("127.0.0.2", generation=7)
        found = edge.publish("127.0.0.2", generation=8)
        assert found == {
            "ok": True,
            "changed": False,
            "servers": ["127.0.0.2"],
            "port": 30100,
            "generation": 8,
        }
        assert edge.ran() == ["test", "reload"]

    @pytest.mark.parametrize("generation", [6, 7])
    def test_of_an_old_generation_is_refused(self, edge, generation):
        edge.publish("127.0.0.2", generation=7)
        before = edge.everything()
        found = edge.publish("127.0.0.3", generation=generation)
        assert found["ok"] is False and "not newer than 7" in found["error"]
        assert edge.everything() == before

    def test_sorts_several_servers_by_number(self, tmp_path):
        edge = Edge(tmp_path / "edge", workers=2)
        assert edge.publish("127.0.0.10", "127.0.0.9", generation=1)["servers"] == ["127.0.0.9", "127.0.0.10"]
        assert edge.file.read_bytes() == (
            b"server 127.0.0.9:30100 max_fails=0;\nserver 127.0.0.10:30100 max_fails=0;\n"
        )

    def test_creates_a_file_that_nobody_seeded(self, edge):
        edge.file.unlink()
        assert edge.publish("127.0.0.2", generation=1)["changed"] is True
        assert edge.file.read_bytes() == NEW

    def test_dry_run_says_and_changes_nothing(self, edge):
        before = edge.everything()
        found = answer(edge.call(publication(), "--dry-run"))
        assert found == {
            "ok": True,
            "changed": True,
            "servers": ["127.0.0.2"],
            "port": 30100,
            "generation": 7,
        }
        assert edge.everything() == before

    def test_goes_through_a_socket(self, edge):
        """As systemd does it: stdin and stdout are one connection."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            argv = [sys.executable, str(APPLY), "--config", str(edge.config)]
            with subprocess.Popen(argv, stdin=theirs.fileno(), stdout=theirs.fileno(), env=ENV) as process:
                theirs.close()
                ours.sendall(publication())
                assert json.loads(ours.recv(65536))["ok"] is True
                assert process.wait(10) == 0


class TestReading:
    def test_says_nowhere_before_the_first_publication(self, edge):
        assert edge.read() == {"ok": True, "changed": False, "servers": [], "port": 0, "generation": 0}

    def test_says_what_is_published(self, edge):
        edge.publish("127.0.0.2", generation=7)
        assert edge.read() == {
            "ok": True,
            "changed": False,
            "servers": ["127.0.0.2"],
            "port": 30100,
            "generation": 7,
        }

    @pytest.mark.parametrize(
        "standing",
        [SEED, b"", b"server 127.0.0.3:30100 max_fails=0;\n", NEW + b"# a hand\n", NEW.rstrip(), b"\xff\xfe"],
        ids=["seed", "empty", "other", "edited", "cut", "not text"],
    )
    def test_says_nowhere_when_the_file_is_not_what_was_committed(self, edge, standing):
        """A crash between rename and commit, or a hand edit: the next route-sync must publish again."""
        edge.publish("127.0.0.2", generation=7)
        edge.file.write_bytes(standing)
        assert edge.read() == {"ok": True, "changed": False, "servers": [], "port": 0, "generation": 7}
        assert edge.publish("127.0.0.2", generation=8)["changed"] is True
        assert edge.file.read_bytes() == NEW
        assert edge.ran() == ["test", "reload", "test", "reload"]

    @pytest.mark.parametrize(
        "damage", ["", "{", "[]", '{"servers":1}', '{"servers":["127.0.0.2"],"port":"x","generation":1}']
    )
    def test_outlives_a_damaged_state(self, edge, damage):
        edge.publish("127.0.0.2", generation=7)
        edge.state.write_text(damage)
        assert edge.read()["servers"] == []
        assert edge.publish("127.0.0.2", generation=8)["changed"] is True


class TestRestoring:
    @pytest.fixture(autouse=True)
    def published(self, edge):
        edge.publish("127.0.0.2", generation=7)
        edge.log.write_text("")

    def stands(self, edge: Edge, found: Dict[str, Any]) -> None:
        assert found["ok"] is False and "the old route stands" in found["error"]
        assert edge.file.read_bytes() == NEW
        assert edge.read() == {
            "ok": True,
            "changed": False,
            "servers": ["127.0.0.2"],
            "port": 30100,
            "generation": 7,
        }

    def test_when_nginx_refuses(self, edge):
        edge.set(test_command=edge.command("test", "echo '[emerg] no such thing'; false"))
        found = edge.publish("127.0.0.3", generation=8)
        self.stands(edge, found)
        assert "[emerg] no such thing" in found["error"]
        assert edge.ran() == ["test"]

    def test_when_the_reload_fails_once(self, edge):
        edge.set(
            reload_command=edge.command(
                "reload", f"test -e {edge.folder}/once || {{ touch {edge.folder}/once; false; }}"
            )
        )
        self.stands(edge, edge.publish("127.0.0.3", generation=8))
        assert edge.ran() == ["test", "reload", "reload"]

    def test_says_so_when_the_reload_stays_broken(self, edge):
        edge.set(reload_command=edge.command("reload", "false"))
        found = edge.publish("127.0.0.3", generation=8)
        assert "could not be restored" in found["error"]
        assert edge.file.read_bytes() == NEW

    def test_when_a_command_is_missing(self, edge):
        edge.set(test_command=["no-such-command-here"])
        self.stands(edge, edge.publish("127.0.0.3", generation=8))

    def test_when_the_file_is_changed_in_between(self, edge):
        edge.set(reload_command=edge.command("reload", f"echo other > {edge.file}"))
        found = edge.publish("127.0.0.3", generation=8)
        assert found["ok"] is False and "by somebody else" in found["error"]

    def test_when_the_state_cannot_be_written(self, edge):
        edge.set(reload_command=edge.command("reload", f"rm -f {edge.state}; mkdir -p {edge.state}"))
        found = edge.publish("127.0.0.3", generation=8)
        assert found["ok"] is False and "the old route stands" in found["error"]
        assert edge.file.read_bytes() == NEW

    def test_when_nobody_seeded_the_file(self, edge):
        edge.file.unlink()
        edge.set(test_command=edge.command("test", "false"))
        assert edge.publish("127.0.0.3", generation=8)["ok"] is False
        assert not edge.file.exists()

    def test_when_it_is_told_to_stop(self, edge):
        edge.set(test_command=edge.command("test", "sleep 30"))
        argv = [sys.executable, str(APPLY), "--config", str(edge.config)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV) as process:
            assert process.stdin and process.stdout
            process.stdin.write(publication(servers=["127.0.0.3"], generation=8))
            process.stdin.close()
            while edge.ran() != ["test"]:
                time.sleep(0.01)
            process.send_signal(signal.SIGTERM)
            found = json.loads(process.stdout.read())
        self.stands(edge, found)

    def test_when_a_command_hangs(self, edge, monkeypatch):
        import apply_route
        from hostkit import config
        from route_request import Refused, Route, Settings

        monkeypatch.setattr(apply_route, "COMMAND_SECONDS", 0.2)
        edge.set(test_command=edge.command("test", "sleep 30"))
        desk = apply_route.Desk(config.load(Settings, str(edge.config)), "coding")
        with pytest.raises(Refused, match="took longer"):
            desk.publish(Route(("127.0.0.3",), 30100, 8))
        assert edge.file.read_bytes() == NEW


class TestCircumstances:
    def test_busy(self, edge):
        before = edge.everything()
        with open(edge.settings["lock"], "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            done = edge.call(publication())
        assert done.returncode == 75 and "another request" in answer(done)["error"]
        assert edge.everything() == before

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("network", "0.0.0.0/0"),
            ("network", "8.8.8.0/24"),
            ("network", "169.254.0.0/16"),
            ("network", "10.0.0.1/8"),
            ("network", "anything"),
            ("ports", []),
            ("ports", [70000]),
            ("ports", ["30100"]),
            ("routes", {}),
            ("routes", {"../x": {"file": "/tmp/x", "workers": 1}}),
            ("routes", {"coding": {"file": "relative", "workers": 1}}),
            ("routes", {"coding": {"file": "/tmp/x", "workers": 0}}),
            ("test_command", []),
            ("reload_command", []),
            ("request_limit_bytes", 10),
            ("surprise", 1),
        ],
    )
    def test_a_wrong_configuration_is_told(self, edge, key, value):
        edge.set(**{key: value})
        before = edge.everything()
        done = edge.call(publication())
        assert done.returncode == 78
        assert key in answer(done)["error"] and str(edge.config) in answer(done)["error"]
        assert edge.everything() == before

    def test_a_missing_configuration_is_told(self, edge):
        done = edge.call(publication(), "--config", "/nonexistent/apply-route.json")
        assert done.returncode == 78 and "/nonexistent" in answer(done)["error"]

    def test_a_missing_state_directory_is_told(self, edge):
        edge.state.parent.rmdir()
        done = edge.call(publication())
        assert done.returncode == 1 and answer(done)["ok"] is False
        assert edge.file.read_bytes() == SEED

    def test_a_caller_who_says_nothing_is_not_waited_for(self, edge, monkeypatch):
        import apply_route
        from route_request import Refused

        monkeypatch.setattr(apply_route, "REQUEST_SECONDS", 0.2)
        reading, writing = os.pipe()
        os.write(writing, b'{"version"')
        with pytest.raises(Refused, match="no whole line"):
            apply_route._line(reading, 4096)
        os.close(reading)
        os.close(writing)

    def test_a_caller_who_leaves_is_no_error(self, edge):
        reading, writing = os.pipe()
        os.close(reading)
        argv = [sys.executable, str(APPLY), "--config", str(edge.config)]
        done = subprocess.run(
            argv, input=publication(), stdout=writing, stderr=subprocess.PIPE, env=ENV, check=False
        )
        os.close(writing)
        assert b"Traceback" not in done.stderr and b"Exception" not in done.stderr
        assert edge.file.read_bytes() == NEW
