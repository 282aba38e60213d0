"""Another organisation compiles with no change to code, and nothing of the first one is in its outputs.

The words of the first are collected from its data by their types, so that a new value is looked for from the
day that it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, get_origin

import pytest

from compiler.source.document import Data
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, node_for, part, reach, step
from compiler.spec.units import Quantity
from tests.book import reading
from tests.book.compiling import FIRST, SECOND, Outputs, bundle, document, mutated
from tests.book.fields import COMMENTARY, field, leaves

# Fields whose values two organisations may share, and why.
SHARED_FIELDS = {
    "Endpoint.path": "OpenAI's API",
    "Public.base": "the same",
    "Engine.commands": "the engine's needs",
    "Engine.modules": "the same",
    "Engine.packages": "the same",
    "Features.attention_backend": "one of the engine's",
    "Features.attention_fallbacks": "the same",
    "Given.commands": "the driver's tools",
    "GivenToWorker.commands": "the same",
    "HostBase.python": "a distribution's",
    "Ingress.nginx": "the same",
}
# Words of the first spec that are also common words, and the files in which they may stand.
PROGRAMS = r"/usr/local/lib/|/deploy_client\.py$"
SHARED_WORDS = {
    "127.0.0.1": r"/upstream-\w+\.servers$",  # the loopback address stands for no worker
    "Name": PROGRAMS,  # a word of the language
    "backend": r"/launch\.json$|^docs/",  # as in --attention-backend
    "coding": PROGRAMS,  # an example of a profile, in comments
    "ingress": PROGRAMS
    + r"|manifest\.json$|^docs/|/00-nordlys\.conf$",  # the role, and the target of this name
    "sglang": r"",  # the engine's own name
    "true": r"",  # what a tag says, and JSON
}
# A number that says which site this is; smaller ones are anybody's.
LARGE = 10_000


def is_word(slot: Slot) -> bool:
    """Whether a text of this slot is chosen by the spec's author: neither a quantity nor one of a list."""
    kinds = [arm.annotation for arm in slot.arms()]
    quantity = any(isinstance(kind, type) and issubclass(kind, Quantity) for kind in kinds)
    return not quantity and not all(get_origin(kind) is Literal for kind in kinds)


def values() -> Iterator[tuple[str, str]]:
    for path, slot in leaves(FIRST).items():
        value, owner = reach(document(FIRST).data, path), field(FIRST, path)
        owner = "HostBase.python" if path[0] == "hosts" and path[-1] == "python" else owner
        if isinstance(value, str) and value and is_word(slot):
            yield value, owner
        elif isinstance(value, int) and value >= LARGE:
            yield str(value), owner


def keys(data: Data, slot: Slot | None, path: SpecPath = ()) -> Iterator[str]:
    """The names that the author gave: keys of mappings that are no models."""
    if slot is None or COMMENTARY.intersection(path):
        return
    model = node_for(slot, data)
    names = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, tuple) else ()
    for name in names:
        if isinstance(name, str) and (model is None or name not in model.model_fields):
            yield name
        yield from keys(part(data, name), step(slot, data, name), (*path, name))


@cache
def words() -> dict[str, str]:
    """Every word of the first spec with what it is."""
    found: dict[str, str] = {}
    for word, owner in values():
        if owner not in SHARED_FIELDS:
            found.setdefault(word, owner)
    return dict.fromkeys(keys(document(FIRST).data, Slot(Runtime)), "a name") | found


def betrayed(outputs: Outputs, word: str) -> list[str]:
    """The outputs that have a word in their path or content, where it may not be."""
    pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])".encode())
    found = [path for path, data in outputs.items() if pattern.search(path.encode()) or pattern.search(data)]
    allowed = SHARED_WORDS.get(word)
    return [path for path in found if allowed is None or not re.search(allowed, path)]


def test_nothing_of_the_first_organisation_is_in_the_outputs_of_the_second():
    found = {word: betrayed(bundle(SECOND), word) for word in words()}
    assert {word: paths[:3] for word, paths in found.items() if paths} == {}


def test_the_name_of_the_first_is_nowhere_even_as_a_part_of_a_word():
    name = str(reach(document(FIRST).data, ("name",))).encode()
    assert [
        path for path, data in bundle(SECOND).items() if name in path.encode() or name in data.lower()
    ] == []


def test_each_kind_of_word_is_collected():
    owners = set(words().values())
    assert {
        "Runtime.name",
        "Route.hostname",
        "WorkerAddress.last_seen",
        "Runtime.network",
        "Nvme.mount",
        "Aws.region",
        "Primary.served_name",
        "Primary.repository",
        "Staged.script",
        "Rejected.repository",
        "Ec2Discovery.tags",
        "RouteSync.wrapper",
        "Secrets.api_key",
        "Serving.port",
        "Rehydration.source",
        "Legacy.providers",
        "a name",
    } <= owners


@pytest.mark.parametrize("word", ["g6.12xlarge", "velocity", "ollama"])
def test_a_planted_word_is_seen(word: str):
    assert word in words()
    path = "hosts/node-1/root/etc/nordlys/launch.json"
    assert betrayed({path: f'{{"x": "/srv/{word}/y"}}'.encode()}, word) == [path]


def test_each_exception_is_needed():
    found = {
        word: [
            path
            for path, data in bundle(SECOND).items()
            if word.encode() in data and re.search(allowed, path)
        ]
        for word, allowed in SHARED_WORDS.items()
    }
    assert [word for word, paths in found.items() if not paths or word not in words()] == []


# ── What the second organisation's hosts get


INGRESS = [
    "/etc/nginx/conf.d/00-nordlys.conf",
    "/etc/nginx/conf.d/nordlys-agents.fjordlab.example.conf",
    "/etc/nginx/conf.d/nordlys-chat.fjordlab.example.conf",
    "/etc/nginx/nordlys/agents.locations",
    "/etc/nginx/nordlys/studio.locations",
    "/etc/nginx/nordlys/upstream-agents.servers",
    "/etc/nginx/nordlys/upstream-chat.servers",
    "/etc/systemd/system/nordlys-route-applier.socket",
    "/usr/local/sbin/setup-edge.sh",
    "/var/lib/nordlys/route-user/.ssh/authorized_keys",
]
CONTROL_PLANE = [
    "/etc/nordlys/known_hosts",
    "/etc/nordlys/steer.env",
    "/etc/systemd/system/nordlys-steer.timer",
    "/usr/local/bin/steer-now",
    "/usr/local/lib/nordlys/steer.py",
    "/usr/local/sbin/setup-helm.sh",
]
WORKER = [
    "/etc/nordlys/inference.env",
    "/etc/nordlys/launch.json",
    "/etc/nordlys/models/gpt-oss.manifest.json",
    "/etc/systemd/system/nordlys-inference.service",
    "/etc/systemd/system/nordlys-lookout.timer",
    "/etc/systemd/system/nordlys-refill.service",
    "/usr/local/lib/nordlys/refill.py",
    "/usr/local/sbin/fetch-gpt-oss.sh",
    "/usr/local/sbin/setup-lookout.sh",
    "/usr/local/sbin/setup-node.sh",
]
KERNELS = "/etc/nordlys/kernels/configs/triton_3_6_0"
KERNEL = f"{KERNELS}/E=129,N=176,device_name=NVIDIA_H100_80GB_HBM3,dtype=fp8_w8a8,block_shape=[128, 128].json"
EXPECTED = {
    "edge-east": INGRESS,
    "edge-west": [*INGRESS, "/etc/nginx/conf.d/example_ssl.conf"],
    "helm-1": CONTROL_PLANE,
    "helm-2": CONTROL_PLANE,
    "node-1": [*WORKER, "/etc/nordlys/models/chat-70b.manifest.json"],
    "node-2": [*WORKER, "/etc/nordlys/models/chat-70b.manifest.json"],
    "node-3": [*WORKER, "/etc/nordlys/models/agent-air.json", KERNEL],
}
ABSENT = {
    "edge-east": [
        "/etc/nginx/conf.d/example_ssl.conf",
        "/etc/nginx/conf.d/nordlys-studio.fjordlab.example.conf",
    ],
    "node-1": ["/etc/nordlys/models/agent-air.json", KERNEL, "/etc/nordlys/aws/iam-policy.json"],
    "node-3": ["/etc/nordlys/models/chat-70b.json", "/etc/nordlys/models/agent-air.manifest.json"],
    "helm-1": ["/etc/systemd/system/nordlys-inference.service", "/etc/nordlys/aws/iam-policy.json"],
}


def host_files(host: str) -> set[str]:
    root = f"hosts/{host}/root"
    return {path.removeprefix(root) for path in bundle(SECOND) if path.startswith(f"{root}/")}


def test_there_is_a_folder_for_each_host_and_client():
    folders = {"/".join(path.split("/")[:2]) for path in bundle(SECOND) if path.count("/") > 1}
    clients = {"crm", "pairing", "registry", "robots", "vscode", "yardstick"}
    assert folders == {f"hosts/{name}" for name in EXPECTED} | {f"clients/{name}" for name in clients}


@pytest.mark.parametrize("host", EXPECTED)
def test_each_host_has_its_files(host: str):
    assert set(EXPECTED[host]) - host_files(host) == set()


@pytest.mark.parametrize("host", ABSENT)
def test_no_host_has_what_is_not_its_own(host: str):
    assert host_files(host).intersection(ABSENT[host]) == set()


@pytest.mark.parametrize(
    ("host", "listens"), [("edge-east", ["443", "ssl"]), ("edge-west", ["443", "ssl", "http2"])]
)
def test_each_nginx_gets_the_http2_that_it_knows(host: str, listens: list[str]):
    page = bundle(SECOND)[f"hosts/{host}/root/etc/nginx/conf.d/nordlys-chat.fjordlab.example.conf"]
    server = [block["block"] for block in reading.nginx(page) if block["directive"] == "server"][-1]
    assert reading.directives(server, "listen") == [listens, ["[::]:443", *listens[1:]]]
    assert reading.directives(server, "http2") == ([["on"]] if "http2" not in listens else [])


def test_routes_ask_for_what_their_profile_wants():
    pages = {
        key: bundle(SECOND)[f"hosts/edge-east/root/etc/nginx/nordlys/{key}.locations"]
        for key in ("tools", "studio")
    }
    tools = reading.below(reading.nginx(pages["tools"]), "location", "=", "/team/tools/v1/embeddings")
    studio = reading.below(reading.nginx(pages["studio"]), "location", "=", "/inference/v1/models")
    assert (
        reading.below(tools, "if", "$nordlys_has_bearer", "=", "0")
        and reading.directives(tools, "allow") == []
    )
    assert reading.directives(studio, "allow") == [["10.60.0.0/15"]]
    assert reading.directives(studio, "proxy_pass") == [["http://nordlys-chat/v1/models"]]


def test_a_route_for_networks_that_names_none_lets_nobody_in():
    path = "hosts/edge-east/root/etc/nginx/nordlys/chat.locations"
    page = mutated(SECOND, (("public", "routes", "chat", "networks"), ()))[path]
    models = reading.below(reading.nginx(page), "location", "=", "/v1/models")
    assert (reading.directives(models, "allow"), reading.directives(models, "deny")) == ([], [["all"]])


def test_no_key_is_asked_of_the_profile_without_one():
    keys = {
        host: reading.loads(bundle(SECOND)[f"hosts/{host}/root/etc/nordlys/watchdog.json"])[
            "token_credential"
        ]
        for host in ("node-1", "node-3")
    }
    assert keys == {"node-1": None, "node-3": "api-key"}


def test_a_tuned_kernel_arrives_byte_for_byte_under_the_name_that_the_engine_looks_for():
    source = SECOND.parent / "kernels" / KERNEL.rpartition("/")[2]
    assert bundle(SECOND)[f"hosts/node-3/root{KERNEL}"] == source.read_bytes()
