"""Route-sync: what it publishes, from which port and configuration."""

from __future__ import annotations

import fcntl
import json

import pytest

from tests.programs.route_fakes import SEED, Site
from tests.programs.route_scene import BUSY, CONFIGURATION, UNHEALTHY, setting


@pytest.fixture
def scene(tmp_path, capsys):
    with setting(tmp_path, capsys) as made:
        yield made


class TestPublication:
    def test_goes_to_every_ingress(self, scene):
        code, result = scene.run()
        assert code == 0
        assert scene.stands() == [scene.line("127.0.0.1")] * 2
        assert scene.appliers.publications() == [("edge-1", ("127.0.0.1",), 1), ("edge-2", ("127.0.0.1",), 1)]
        route = result["routes"][0]
        assert (route["serving"], route["changed"], route["servers"], route["generation"]) == (
            "coding",
            True,
            ["127.0.0.1"],
            1,
        )

    def test_of_what_stands_already_sends_nothing(self, scene):
        scene.run()
        code, result = scene.run()
        assert (code, result["routes"][0]["changed"], scene.appliers.publications()) == (0, False, [])
        assert [edge.ran() for edge in scene.edges.values()] == [["test", "reload"]] * 2

    def test_follows_a_moved_worker(self, scene):
        scene.run()
        scene.site.at("127.0.0.2")
        code, _ = scene.run()
        assert (code, scene.stands()) == (0, [scene.line("127.0.0.2")] * 2)
        assert "127.0.0.1" in scene.err and "127.0.0.2" in scene.err

    def test_repairs_one_ingress_that_was_edited(self, scene):
        scene.run()
        scene.edges["edge-2"].file.write_bytes(SEED)
        code, _ = scene.run()
        assert (code, scene.stands()) == (0, [scene.line("127.0.0.1")] * 2)
        assert scene.appliers.publications() == [("edge-2", ("127.0.0.1",), 2)]

    def test_counts_on_from_an_ingress_when_the_state_is_lost(self, scene):
        for generation in range(1, 6):
            scene.edges["edge-2"].publish("127.0.0.3", generation=generation)
        assert scene.run()[0] == 0
        assert {generation for _, _, generation in scene.appliers.publications()} == {6}

    def test_counts_on_from_the_state_when_an_ingress_is_new(self, scene):
        scene.site.state.write_text(json.dumps({"version": 1, "generations": {"coding": 41, "other": 3}}))
        assert scene.run()[0] == 0
        assert {generation for _, _, generation in scene.appliers.publications()} == {42}
        assert json.loads(scene.site.state.read_text()) == {
            "version": 1,
            "generations": {"coding": 42, "other": 3},
        }

    @pytest.mark.parametrize(
        "damage", ["", "{", '{"version":2,"generations":{}}', '{"version":1,"generations":{"coding":"x"}}']
    )
    def test_outlives_a_damaged_state(self, scene, damage):
        scene.site.state.write_text(damage)
        assert scene.run()[0] == 0
        assert str(scene.site.state) in scene.err

    def test_of_several_workers(self, scene):
        for edge in scene.edges.values():
            edge.set(routes={"coding": {"file": str(edge.file), "workers": 2}})
        scene.site.at("127.0.0.3", "127.0.0.2", workers=2)
        assert scene.run()[0] == 0
        assert scene.stands() == [scene.line("127.0.0.2") + scene.line("127.0.0.3")] * 2

    def test_dry_run_says_what_would_change_and_changes_nothing(self, scene):
        before = [edge.everything() for edge in scene.edges.values()]
        code, result = scene.run("--dry-run")
        assert (code, result["dry_run"], result["routes"][0]["changed"]) == (0, True, True)
        assert [edge.everything() for edge in scene.edges.values()] == before
        assert not scene.site.state.exists() and not list((scene.site.folder / "run").iterdir())
        assert f"edge-1: nowhere -> 127.0.0.1:{scene.port}" in scene.err

    def test_one_route_that_fails_does_not_keep_back_another(self, scene):
        for edge in scene.edges.values():
            other = edge.file.with_name("upstream-other.servers")
            edge.set(routes={**edge.settings["routes"], "other": {"file": str(other), "workers": 1}})
        bad = {**Site.route(addresses=["127.0.0.1"]), "model_id": "not-this-one"}
        good = {**Site.route(addresses=["127.0.0.2"]), "serving": "other"}
        scene.site.set(routes=[bad, good])
        code, result = scene.run()
        assert (code, [route["exit"] for route in result["routes"]]) == (UNHEALTHY, [UNHEALTHY, 0])
        assert scene.edges["edge-1"].file.with_name("upstream-other.servers").read_text() == scene.line(
            "127.0.0.2"
        )

    def test_a_second_run_at_once_does_nothing(self, scene):
        with open(scene.site.settings["lock"], "w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            code, _ = scene.run()
        assert (code, scene.appliers.sent) == (BUSY, [])


class TestPort:
    @pytest.mark.parametrize(
        "text",
        ["", "LLM_ROUTE_PORT=\n", "LLM_ROUTE_PORT=abc\n", "LLM_ROUTE_PORT=0\n", "LLM_ROUTE_PORT=70000\n",
         "LLM_ROUTE_PORT=-1\n", "LLM_ROUTE_PORT=\u0663\n", "LLM_ROUTE_PORT=999999999999\n", "OTHER=30100\n",
         "LLM_ROUTE_PORT 30100\n"],
    )  # fmt: skip
    def test_that_is_none(self, scene, text):
        scene.site.env.write_text(text)
        code, _ = scene.run()
        assert (code, scene.appliers.sent) == (CONFIGURATION, [])
        assert scene.err

    def test_that_is_refused(self, scene):
        scene.site.env.write_text("LLM_ROUTE_PORT=11434\n")
        scene.site.set(required_port=None)
        assert scene.run()[0] == CONFIGURATION
        assert "11434" in scene.err and "refused" in scene.err

    def test_that_is_not_the_serving_one(self, scene):
        scene.site.env.write_text("LLM_ROUTE_PORT=30101\n")
        assert scene.run()[0] == CONFIGURATION
        assert "30101" in scene.err and str(scene.site.env) in scene.err

    def test_before_the_cutover_is_the_operators(self, scene):
        scene.site.set(required_port=None)
        assert scene.run()[0] == 0

    def test_can_be_forced_for_one_run(self, scene):
        scene.site.env.write_text("LLM_ROUTE_PORT=30101\n")
        assert scene.run("--force-port", str(scene.port))[0] == 0

    def test_that_is_refused_cannot_be_forced(self, scene):
        assert scene.run("--force-port", "11434")[0] == CONFIGURATION


class TestConfiguration:
    @pytest.mark.parametrize(
        ("where", "value"),
        [
            (("routes",), []),
            (("ingresses",), []),
            (("surprise",), 1),
            (("routes", 0, "workers"), 0),
            (("routes", 0, "discovery", "kind"), "dns"),
            (("routes", 0, "discovery", "addresses"), []),
            (("routes", 0, "discovery", "addresses"), ["10.20.1.5"]),
            (("routes", 0, "discovery", "addresses"), ["localhost"]),
            (("routes", 0, "discovery", "network"), "10.20.0.1/16"),
            (("routes", 0, "public_urls"), ["file:///etc/passwd"]),
            (("ingresses", 0, "address"), "-oProxyCommand=touch x"),
            (("ingresses", 0, "user"), "-x"),
            (("ingresses", 0, "ssh_port"), "22"),
            (("state",), None),
        ],
    )
    def test_that_is_wrong_is_told(self, scene, where, value):
        place = scene.site.settings
        for step in where[:-1]:
            place = place[step]
        place[where[-1]] = value
        scene.site.write()
        assert scene.run()[0] == CONFIGURATION
        assert str(scene.site.config) in scene.err and str(where[-1]) in scene.err

    def test_two_routes_of_one_name(self, scene):
        scene.site.set(routes=[Site.route(addresses=["127.0.0.1"])] * 2)
        assert scene.run()[0] == CONFIGURATION

    @pytest.mark.parametrize("text", ["", "\n", "two words", "two\nlines", "t\u00f6ken"])
    def test_a_token_that_is_none_is_told_and_not_shown(self, scene, text):
        token = scene.site.folder / "token"
        token.write_text(text, encoding="utf-8")
        scene.site.set(token_file=str(token))
        assert scene.run()[0] == CONFIGURATION
        assert str(token) in scene.err and (not text.strip() or text not in scene.err)

    def test_missing_files_and_folders_are_named(self, scene):
        for key, path in (("token_file", "/nonexistent/token"), ("lock", "/nonexistent/lock")):
            scene.site.set(**{key: path})
            assert scene.run()[0] == CONFIGURATION
            assert "/nonexistent" in scene.err
            scene.site.set(token_file=None)
