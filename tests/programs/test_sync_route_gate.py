"""Route-sync's gate: who gets the traffic, and what the public must see afterwards."""

from __future__ import annotations

import time
from typing import Any, Dict, List

import pytest

from tests.programs.route_fakes import CONTEXT, MODEL, SEED, TOKEN, worker
from tests.programs.route_scene import AMBIGUOUS, UNCONFIRMED, UNHEALTHY, setting


@pytest.fixture
def scene(tmp_path, capsys):
    with setting(tmp_path, capsys) as made:
        yield made


WRONG: Dict[str, Dict[str, Any]] = {
    "another model": {"model": "another-model"},
    "a longer name": {"model": MODEL + "-2"},
    "the name in other letters": {"model": MODEL.upper()},
    "a shorter context": {"context": CONTEXT // 2},
    "a longer context": {"context": CONTEXT * 2},
    "no context": {"context": None},
    "starting": {"status": 503},
    "a redirect": {"status": 302},
    "another token": {"token": "another"},
    "not JSON": {"models_body": b"<html>"},
    "not UTF-8": {"models_body": b"\xff"},
    "a list": {"models_body": b"[]"},
    "data is no list": {"models_body": b'{"data":{}}'},
    "models that are no objects": {"models_body": b'{"data":[1,null,"x"]}'},
    "an id that is a list": {"models_body": b'{"data":[{"id":["x"]}]}'},
    "deep": {"models_body": b"[" * 100_000},
    "too much": {"models_body": b" " * 2_000_000},
    "no completion": {"completion_status": 500},
    "an empty completion": {
        "completion": {"choices": [{"message": {"content": ""}}], "usage": {"completion_tokens": 0}}
    },
    "no choice": {"completion": {"choices": []}},
    "a completion of another shape": {"completion": {"choices": {"a": 1}, "usage": []}},
    "a message of another shape": {"completion": {"choices": ["ready"]}},
}


class TestGate:
    @pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
    def test_keeps_the_old_route(self, scene, wrong):
        scene.site.at("127.0.0.2")
        scene.run()
        scene.site.at("127.0.0.1")
        vars(scene.workers[0]).update(wrong)
        code, result = scene.run()
        assert (code, scene.stands()) == (UNHEALTHY, [scene.line("127.0.0.2")] * 2)
        assert scene.appliers.sent == []
        assert "127.0.0.1" in result["routes"][0]["error"]

    def test_keeps_the_old_route_when_nobody_listens(self, scene):
        scene.site.at("127.0.0.9")
        code, result = scene.run()
        assert code == UNHEALTHY and "127.0.0.9" in result["routes"][0]["error"]

    def test_asks_with_the_token(self, scene):
        token = scene.site.folder / "token"
        token.write_text(TOKEN + "\n")
        scene.site.set(token_file=str(token))
        scene.workers[0].token = TOKEN
        assert scene.run()[0] == 0

    def test_takes_thoughts_for_an_answer(self, scene):
        scene.workers[0].completion = {"choices": [{"message": {"content": None, "reasoning_content": "Hm"}}]}
        assert scene.run()[0] == 0

    def test_passes_over_the_unfit_ones(self, scene):
        scene.site.at("127.0.0.1", "127.0.0.2", "127.0.0.9")
        scene.workers[0].model = "another"
        assert scene.run()[0] == 0
        assert scene.stands() == [scene.line("127.0.0.2")] * 2

    def test_refuses_to_choose_among_equals(self, scene):
        scene.site.at("127.0.0.1", "127.0.0.2")
        code, result = scene.run()
        assert (code, scene.stands()) == (AMBIGUOUS, [SEED.decode()] * 2)
        told = result["routes"][0]["error"]
        assert "127.0.0.1" in told and "127.0.0.2" in told
        assert "goes to exactly 1" in told and "Stop the surplus" in told

    def test_too_few_for_the_route(self, scene):
        scene.site.at("127.0.0.1", "127.0.0.9", workers=2)
        code, result = scene.run()
        told = result["routes"][0]["error"]
        assert code == UNHEALTHY and "1 of the 2 workers" in told
        assert "fewer workers in this serving profile" in told


class TestConfirmation:
    @pytest.fixture
    def public(self, scene):
        """A stand-in for the public URL; the real one, nginx, is in test_sync_route_chain.py."""
        with worker() as (behaviour, port):
            self.url = f"http://127.0.0.1:{port}/llm/v1/models"
            yield behaviour

    def test_the_public_sees_it(self, scene, public):
        scene.site.at("127.0.0.1", public_urls=[self.url])
        assert scene.run()[0] == 0
        assert public.asked == ["/llm/v1/models"]

    def test_waits_for_the_reload(self, scene, public):
        scene.site.at("127.0.0.1", public_urls=[self.url])
        public.status = 502

        class Mending(List[str]):
            def append(self, path: str) -> None:
                public.status = 200
                super().append(path)

        public.asked = Mending()
        assert scene.run()[0] == 0

    def test_an_unchanged_route_is_looked_at_too(self, scene, public):
        scene.site.at("127.0.0.1", public_urls=[self.url])
        scene.run()
        public.model = "another"
        code, result = scene.run()
        assert (code, scene.appliers.publications()) == (UNCONFIRMED, [])
        assert self.url in result["routes"][0]["error"]

    def test_puts_the_old_route_back_while_it_is_good(self, scene, public):
        scene.run()
        public.status = 502
        scene.site.at("127.0.0.2", public_urls=[self.url])
        code, result = scene.run()
        assert (code, scene.stands()) == (UNCONFIRMED, [scene.line("127.0.0.1")] * 2)
        assert "put back" in result["routes"][0]["error"]

    def test_does_not_put_back_a_dead_worker(self, scene, public):
        scene.run()
        public.status = 502
        scene.workers[0].status = 503
        scene.site.at("127.0.0.2", public_urls=[self.url])
        code, result = scene.run()
        assert (code, scene.stands()) == (UNCONFIRMED, [scene.line("127.0.0.2")] * 2)
        assert "the new route stays" in result["routes"][0]["error"]

    def test_is_limited_in_time(self, scene, public):
        public.status = 502
        scene.site.at("127.0.0.1", public_urls=[self.url])
        began = time.monotonic()
        assert scene.run()[0] == UNCONFIRMED
        assert time.monotonic() - began < 6

    def test_a_dry_run_asks_no_public_url(self, scene, public):
        scene.site.at("127.0.0.1", public_urls=[self.url])
        scene.run("--dry-run")
        assert public.asked == []
