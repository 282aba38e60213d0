"""Streams through the running ingress: unbuffered, and whole while the route moves away from their worker."""

from __future__ import annotations

import json
import statistics
import threading

import pytest

pytestmark = pytest.mark.native

PAUSE = 0.05


def events(reply):
    """What the engine sent, in order."""
    lines = [line for line in reply.body.split(b"\n\n") if line]
    return [json.loads(line.removeprefix(b"data: ")) for line in lines]


def test_each_chunk_comes_when_it_is_sent(edge, record_property):
    reply = edge.complete(stream=True, chunks=20, pause=PAUSE)
    sent = [event["sent"] for event in events(reply)]
    assert reply.headers["content-type"] == "text/event-stream" and len(sent) == len(reply.moments) == 20
    late = [came - went for came, went in zip(reply.moments, sent, strict=True)]
    record_property("median_ms", 1000 * statistics.median(late))
    assert statistics.median(late) < 0.02 and max(late) < PAUSE, late


def test_nothing_is_compressed(edge):
    """A compressed stream waits for enough to compress."""
    hostname, target = edge.url
    headers = {"Accept-Encoding": "gzip, br", "Authorization": "Bearer a-token-of-the-tests"}
    body = json.dumps({"stream": True, "chunks": 3, "pause": 0}).encode()
    reply = edge.ask(hostname, "POST", target, body, headers=headers)
    assert "content-encoding" not in reply.headers and len(events(reply)) == 3
    assert "accept-encoding" not in edge.engines[0].hits[-1].headers


def test_a_stream_ends_on_its_worker_while_the_route_moves(edge):
    old, new = edge.addresses
    streamed = []
    ask = threading.Thread(
        target=lambda: streamed.append(edge.complete(stream=True, chunks=40, pause=PAUSE)), daemon=True
    )
    before = edge.hits()
    ask.start()
    edge.until(lambda: edge.hits() > before)
    told = edge.publish(new)
    assert told == {
        "ok": True,
        "changed": True,
        "servers": [new],
        "port": edge.port,
        "generation": edge.generation,
    }
    edge.until(lambda: edge.served_by(new))
    assert ask.is_alive(), "the stream was to go on during the flip"
    assert all(edge.served_by(new) for _ in range(5))
    ask.join(10)
    assert [event["number"] for event in events(streamed[0])] == list(range(40))
    assert {event["engine"] for event in events(streamed[0])} == {old}


def test_without_a_worker_the_client_is_told_when_to_come_again(edge):
    edge.seed()
    edge.until(lambda: edge.complete(source="127.0.0.7").status != 200)
    reply = edge.complete(source="127.0.0.7")
    proxy = edge.site.runtime.proxy
    assert (reply.status, reply.headers["retry-after"]) == (503, str(proxy.retry_after.seconds))
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["strict-transport-security"] == f"max-age={proxy.tls.hsts.seconds}"
    assert reply.json()["error"] == {
        "message": "No worker answers right now; wait and try again.",
        "type": "server_error",
        "param": None,
        "code": "no_worker",
    }


def test_a_worker_that_is_gone_gives_the_same(edge):
    """Nobody listens at the address: what a stopped instance looks like once its address is free."""
    assert edge.publish(edge.nobody)["ok"]
    edge.until(lambda: edge.complete(source="127.0.0.6").status == 503, seconds=10)
    assert edge.complete(source="127.0.0.6").json()["error"]["code"] == "no_worker"


def test_a_route_that_nginx_refuses_leaves_the_old_one(edge):
    assert edge.publish(edge.addresses[0])["ok"]
    edge.until(lambda: edge.served_by(edge.addresses[0]))
    broken = edge.cell.path("/etc/nginx/conf.d/zz-broken.conf")
    broken.write_text("no_such_directive;\n")
    told = edge.publish(edge.addresses[1])
    broken.unlink()
    assert not told["ok"] and "the old route stands" in told["error"] and "no_such_directive" in told["error"]
    assert edge.served_by(edge.addresses[0])
