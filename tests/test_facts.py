"""Each literal fact of the truth book is in every output that must carry it, read in the output's own format.

The facts are tables (tests/book/facts/). Each names a change of the spec that makes it false, and is shown to
see it.
"""

from __future__ import annotations

import pytest

from tests.book import reading
from tests.book.compiling import FIRST, Outputs, bundle, mutated
from tests.book.facts import clients, routes, worker
from tests.book.facts.fact import Fact, Tree

FACTS = [*routes.FACTS, *worker.FACTS, *clients.FACTS]
MOUNT = "/opt/dlami/nvme"
WORKER = "hosts/gpu-worker/root"
ENV = f"{WORKER}/etc/desineuron/sglang.env"
STAGED = ("cyankiwi/Qwen3.5-122B-A10B-AWQ-4bit", "cyankiwi-Qwen3.5-122B-A10B-AWQ-4bit")
OLD_ID = "qwen3.6:35b-a3b"
PORT_BEFORE = 11434


def title(fact: Fact) -> str:
    return f"{fact.section}-{fact.what}"


@pytest.mark.parametrize("fact", FACTS, ids=title)
def test_the_outputs_carry_the_fact(fact: Fact):
    assert fact.read(Tree(bundle(FIRST))) == fact.expected


@pytest.mark.parametrize("fact", FACTS, ids=title)
def test_the_check_sees_when_it_is_no_longer_so(fact: Fact):
    assert not fact.holds(Tree(mutated(FIRST, *fact.changes)))


# ── The cutover (sections 1 and 7)


def ports(outputs: Outputs) -> dict[str, object]:
    """Every port to which routes may lead."""
    tree = Tree(outputs)
    return {
        "operators": reading.env(tree.raw("linux-origin", "/etc/desineuron/llm-route-sync.env")),
        "required": tree.json("linux-origin", "llm-route-sync")["required_port"],
        "refused": tree.json("linux-origin", "llm-route-sync")["refused_ports"],
        "ingress": tree.json("ingress", "apply-route")["ports"],
        "page": {row[4] for row in tree.rows("Routes")},
    }


def test_before_the_cutover_every_route_leads_to_the_port_before():
    assert ports(mutated(FIRST, (("cutover", "phase"), "before"))) == {
        "operators": {"LLM_ROUTE_PORT": "11434"},
        "required": None,
        "refused": [],
        "ingress": [PORT_BEFORE],
        "page": {"coding, port 11434"},
    }


def test_after_the_cutover_the_port_before_is_refused_and_nowhere_else():
    found = ports(bundle(FIRST))
    assert found.pop("refused") == [PORT_BEFORE]
    assert str(PORT_BEFORE) not in repr(found)


# ── NVMe only (sections 2 and 9)


def off_nvme(outputs: Outputs) -> list[str]:
    """Directories of models and caches that are not on NVMe."""
    tree = Tree(outputs)
    service = tree.unit("gpu-worker", "desineuron-sglang.service")["Service"]
    made = [row[1] for row in reading.columns(outputs[f"{WORKER}/etc/desineuron/nvme-directories.conf"])]
    models = [tree.json("gpu-worker", f"models/{name}")["directory"] for name in ("coder", "candidate-122b")]
    written = [*directories(outputs[ENV]), *service["ReadWritePaths"][0].split(), *made, *models]
    return [path for path in written if not path.lstrip("-").startswith(f"{MOUNT}/")]


def directories(data: bytes) -> list[str]:
    """Each directory of the engine's environment; where it finds programs and settings is read only."""
    values = reading.env(data)
    return [
        str(values[name]) for name in values if name not in READ_ONLY and str(values[name]).startswith("/")
    ]


READ_ONLY = {"PATH", "CUDA_HOME", "SGLANG_MOE_CONFIG_DIR"}
CACHES = {
    "HOME",
    "XDG_CACHE_HOME",
    "TMPDIR",
    "HF_HOME",
    "CUDA_CACHE_PATH",
    "FLASHINFER_WORKSPACE_BASE",
    "TVM_FFI_CACHE_DIR",
    "TRITON_CACHE_DIR",
    "TORCHINDUCTOR_CACHE_DIR",
    "SGLANG_CACHE_DIR",
    "SGLANG_DG_CACHE_DIR",
    "SGLANG_TORCH_PROFILER_DIR",
    "SGLANG_CUDA_COREDUMP_DIR",
}


def test_models_and_caches_are_on_nvme_only():
    assert off_nvme(bundle(FIRST)) == []


def test_every_cache_that_the_engine_knows_is_moved():
    assert reading.env(bundle(FIRST)[ENV]).keys() >= CACHES
    assert len(directories(bundle(FIRST)[ENV])) == len(CACHES)


@pytest.mark.parametrize("name", sorted(CACHES))
def test_a_cache_on_the_root_disk_is_seen(name: str):
    data = bundle(FIRST)[ENV] + f"{name}=/var/cache/engine\n".encode()
    assert off_nvme({**bundle(FIRST), ENV: data}) == ["/var/cache/engine"]


def test_a_unit_that_may_write_to_the_root_disk_is_seen():
    path = f"{WORKER}/etc/systemd/system/desineuron-sglang.service"
    data = bundle(FIRST)[path].replace(b"ReadWritePaths=", b"ReadWritePaths=/var/lib ")
    assert off_nvme({**bundle(FIRST), path: data}) == ["/var/lib"]


# ── The bind rule (section 3)


def binds(outputs: Outputs) -> list[str]:
    """What is wrong with where the engine listens: only start-up knows the private address."""
    tree = Tree(outputs)
    launch, discovery = tree.json("gpu-worker", "launch"), tree.json("gpu-worker", "discovery")
    wild = [word for word in launch["arguments"] if word == "--host" or word.startswith("0.0.0.0")]
    told = (launch["address_file"], launch["address_variable"])
    return wild + ([] if told == (discovery["output"], discovery["variable"]) else ["not what is discovered"])


def test_the_engine_binds_the_address_that_is_discovered_and_no_wildcard():
    assert binds(bundle(FIRST)) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'"--log-level"', b'"--host", "0.0.0.0", "--log-level"', ["--host", "0.0.0.0"]),
        (b"bind.env", b"other.env", ["not what is discovered"]),
    ],
)
def test_another_bind_is_seen(old: bytes, new: bytes, said: list[str]):
    path = f"{WORKER}/etc/desineuron/launch.json"
    assert binds({**bundle(FIRST), path: bundle(FIRST)[path].replace(old, new)}) == said


# ── What must be nowhere (sections 9 and 12)


def texts(outputs: Outputs) -> dict[str, list[str]]:
    """Every text that decides what is served, routed or asked for, by output."""
    launch = f"{WORKER}/etc/desineuron/launch.json"
    sync = "hosts/linux-origin/root/etc/desineuron/llm-route-sync.json"
    watchdog = f"{WORKER}/etc/desineuron/watchdog.json"
    found = {path: strings(reading.loads(outputs[path])) for path in (launch, sync, watchdog)}
    for path, data in outputs.items():
        if path.startswith("clients/") and path.endswith(".json"):
            found[path] = strings({**reading.loads(data), "refusedModels": None})
        elif path.startswith("clients/") and path.endswith(".env"):
            found[path] = [str(value) for value in reading.env(data).values()]
        elif "/etc/nginx/" in path and not path.endswith(".servers"):
            found[path] = strings(reading.nginx(data))
    return found


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in strings(part)]
    return [value] if isinstance(value, str) else []


def naming(outputs: Outputs, *words: str) -> list[str]:
    return [
        path for path, said in texts(outputs).items() if any(word in text for word in words for text in said)
    ]


def test_the_staged_model_is_neither_launched_nor_routed_nor_asked_for():
    assert len(texts(bundle(FIRST))) > 10
    assert naming(bundle(FIRST), *STAGED) == []


def test_the_old_model_id_is_asked_for_by_nobody():
    assert naming(bundle(FIRST), OLD_ID) == []


def test_a_forbidden_model_is_seen():
    assert naming(mutated(FIRST, (("models", "coder", "repository"), STAGED[0])), *STAGED)


def test_the_old_model_id_does_not_even_compile():
    with pytest.raises(AssertionError, match=r"models\.coder\.served_name.*is not a served model id"):
        mutated(FIRST, (("models", "coder", "served_name"), OLD_ID))


def test_every_client_asks_for_the_one_model_and_the_one_host():
    asked = [
        text for path, said in texts(bundle(FIRST)).items() if path.startswith("clients/") for text in said
    ]
    assert {text for text in asked if "qwen" in text.lower()} == {"qwen3.6-35b-a3b"}
    assert {text.split("/")[2] for text in asked if text.startswith("https://")} == {"llm.desineuron.in"}
