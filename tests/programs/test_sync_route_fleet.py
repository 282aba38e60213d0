"""Route-sync over several ingresses: all of them change, or none."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import pytest

from tests.programs.route_fakes import SEED
from tests.programs.route_scene import PUBLICATION, SPLIT, Scene, setting


@pytest.fixture
def scene(tmp_path, capsys):
    with setting(tmp_path, capsys) as made:
        yield made


def silent_at_publication(asked: Dict[str, Any], answer: bytes) -> Optional[bytes]:
    return None if "servers" in asked else answer


class TestAllOrNone:
    @pytest.fixture(autouse=True)
    def published(self, scene):
        scene.run()
        scene.site.at("127.0.0.2")

    def old(self, scene: Scene) -> List[str]:
        return [scene.line("127.0.0.1")] * 2

    def test_an_ingress_that_cannot_be_read_keeps_all_back(self, scene):
        scene.appliers.trouble["edge-2"] = lambda *_: None
        code, result = scene.run()
        assert (code, scene.stands(), scene.appliers.publications()) == (PUBLICATION, self.old(scene), [])
        assert "edge-2" in result["routes"][0]["error"]

    def test_an_ingress_that_refuses_takes_the_others_back(self, scene):
        edge = scene.edges["edge-2"]
        edge.set(test_command=edge.command("test", "false"))
        code, _ = scene.run()
        assert (code, scene.stands()) == (PUBLICATION, self.old(scene))
        assert scene.appliers.publications() == [
            ("edge-1", ("127.0.0.2",), 2),
            ("edge-2", ("127.0.0.2",), 2),
            ("edge-1", ("127.0.0.1",), 3),
        ]

    def test_the_next_run_goes_on_with_newer_generations(self, scene):
        edge = scene.edges["edge-2"]
        edge.set(test_command=edge.command("test", "false"))
        scene.run()
        edge.set(test_command=edge.command("test"))
        code, _ = scene.run()
        assert (code, scene.stands()) == (0, [scene.line("127.0.0.2")] * 2)
        assert {generation for _, _, generation in scene.appliers.publications()} == {4}

    def test_an_ingress_that_applies_and_falls_silent_is_taken_back_too(self, scene):
        def loses_the_answer_once(asked: Dict[str, Any], answer: bytes) -> Optional[bytes]:
            return None if asked.get("generation") == 2 else answer

        scene.appliers.trouble["edge-2"] = loses_the_answer_once
        assert (scene.run()[0], scene.stands()) == (PUBLICATION, self.old(scene))

    def test_an_ingress_that_cannot_be_taken_back_is_told(self, scene):
        def deaf_afterwards(asked: Dict[str, Any], answer: bytes) -> Optional[bytes]:
            return None if len(scene.appliers.publications()) >= 2 else answer

        scene.appliers.trouble["edge-1"] = deaf_afterwards
        scene.appliers.trouble["edge-2"] = silent_at_publication
        code, result = scene.run()
        assert code == SPLIT and "edge-1" in result["routes"][0]["error"]

    def test_an_ingress_without_an_old_route_is_told(self, scene):
        scene.edges["edge-1"].file.write_bytes(SEED)
        scene.appliers.trouble["edge-2"] = lambda asked, answer: None if "servers" in asked else answer
        code, result = scene.run()
        assert code == SPLIT and "edge-1 had no route before" in result["routes"][0]["error"]

    @pytest.mark.parametrize(
        "lie",
        [
            b"", b"\n", b"ok\n", b"[]\n", b"\xff\n", b'{"ok":true}\n',
            b'{"ok":1,"servers":[],"port":0,"generation":0}\n',
            b'{"ok":true,"changed":true,"servers":["127.0.0.3"],"port":30100,"generation":2}\n',
            b'{"ok":true,"changed":true,"servers":"127.0.0.2","port":30100,"generation":2}\n',
            b'{"ok":true,"changed":true,"servers":["\x1b[2J"],"port":30100,"generation":2}\n',
            b'{"ok":true,"changed":true,"servers":["127.0.0.2"],"port":true,"generation":2}\n',
            b'{"ok":false}\n', b'{"ok":false,"error":"\\u001b[2J"}\n', b"[" * 100_000,
        ],
    )  # fmt: skip
    def test_an_answer_that_is_not_the_appliers_is_no_success(self, scene, lie):
        scene.appliers.trouble["edge-2"] = lambda asked, answer: (
            lie if asked.get("generation") == 2 else answer
        )
        code, result = scene.run()
        assert (code, scene.stands()) == (PUBLICATION, self.old(scene))
        assert result["routes"][0]["error"].isprintable()
