"""What was certainly meant is offered as an edit, which mends the finding; a guess is only asked about."""

from __future__ import annotations

import pytest

from compiler.fix import mend
from compiler.pipeline import compile_document
from compiler.pretty import as_text, show
from targets import TARGETS
from tests.compiler.material import document
from tests.compiler.spec.edited import SMALL, findings, only, text, write

# at, what is written, what was meant
CERTAIN = [
    ("hosts.edge.python", "3.11", '"3.11"'),
    ("hosts.edge.python", "3.10", '"3.10"'),
    ("hardware.gpus.l4.compute_capability", "8.9", '"8.9"'),
    ("engine.version", "0.5", '"0.5"'),
    ("engine.version", "v0.5.10.post1", "0.5.10.post1"),
    ("title", "12", '"12"'),
    ("date", "2026-1-31", "2026-01-31"),
    ("serving.coding.port", '"30000"', "30000"),
    ("serving.coding.port", "30_000", "30000"),
    ("serving.coding.port", "[30000]", "30000"),
    ("serving.coding.tp_size", "4.0", "4"),
    ("serving.coding.context_length", "65536e0", "65536"),
    ("serving.coding.mem_fraction_static", "85%", "0.85"),
    ("serving.coding.mem_fraction_static", "0,85", "0.85"),
    ("serving.coding.mem_fraction_static", '"0.85"', "0.85"),
    ("serving.coding.enable_metrics", "yes", "true"),
    ("serving.coding.enable_metrics", '"On"', "true"),
    ("serving.coding.trust_remote_code", "off", "false"),
    ("serving.coding.features.continuous_batching", "yes", "true"),
    ("serving.coding.log_level", "WARNING", "warning"),
    ("serving.coding.log_level", "wraning", "warning"),
    ("serving.coding.workers", "gpu-1", "[gpu-1]"),
    ("clients.editor.modes", "code, Ask", "[code, ask]"),
    ("aws.operators", "10.20.0.0/24", "[10.20.0.0/24]"),
    ("version", '"1"', "1"),
    ("models.coder.weights", "32 gb", "32GB"),
    ("models.coder.quantization", "FP8", "fp8"),
    ("models.coder.served_name", "coder:30b", "coder-30b"),
    ("models.coder.repository", "https://hub.example/acme/coder-30b-fp8", "acme/coder-30b-fp8"),
    ("engine.stop_timeout", "2 minutes", "2m"),
    ("engine.stop_timeout", "1h30m", "90m"),
    ("engine.lock", "./locks/engine.txt", "locks/engine.txt"),
    ("hosts.edge.os", "Debian 12", "debian-12"),
    ("hosts.edge.ssh.address", "edge.example.org.", "edge.example.org"),
    ("hosts.gpu-1.nvme.mount", "/mnt/nvme/", "/mnt/nvme"),
    ("hosts.gpu-1.address.last_seen", "10.20.1.5/32", "10.20.1.5"),
    ("network", "10.20.1.5/16", "10.20.0.0/16"),
    ("network", "10.20.0.0/255.255.0.0", "10.20.0.0/16"),
    ("public.base", "v1", "/v1"),
    ("public.routes.talk.prefix", "/talk/", "/talk"),
    ("public.routes.talk.prefix", "talk", "/talk"),
    ("public.routes.code.prefix", "/", '""'),
    ("public.routes.code.hostname", "https://Code.example.org/", "code.example.org"),
    ("rehydration.source", "s3://acme-models/weights/", "s3://acme-models/weights"),
    ("hosts.gpu-1.role", "GPU", "gpu"),
    ("hosts.control.role", "controlplane", "control-plane"),
    ("models.coder.status", "primry", "primary"),
    ("clients.editor.route", "Code", "code"),
    ("hosts.edge.nginx", "nginx/1.22.1", "1.22.1"),
    ("hosts.edge.nginx", "1.22.1-9+deb12u4", "1.22.1"),
    ("clients.service.file", "../service.env", "service.env"),
    ("clients.editor.context", "131,072", "131072"),
    ("aws.region", "eu-central1", "eu-central-1"),
    ("aws.region", "eu_central_1a", "eu-central-1"),
    ("serving.coding.model", "acme/Coder-30b-fp8", "coder"),
    ("serving.coding.model", "coder-30b", "coder"),
]
# at, what is written, what is asked or said
UNCERTAIN = [
    ("public.routes.talk.prefix", "'?? !'", ""),
    ("engine.stop_timeout", "60", "write 60s for seconds or 60m for minutes"),
    ("engine.stop_timeout", "60sek", "did you mean `60s`?"),
    ("models.coder.weights", "32G", "did you mean `32GB` or `32GiB`?"),
    ("serving.coding.mem_fraction_static", "85", "write 0.85 for 85 %"),
    ("serving.coding.context_length", "64k", "write 65536 for 64 × 1024, or 64000"),
    ("hosts.gpu-1.role", "gpu-worker", "did you mean `gpu`?"),
    ("hosts.gpu-1.role", "worker", "roles are\n  control-plane: owns routing and orchestration"),
    ("hosts.edge.nginx", "1.22", "write the three parts, such as 1.22.1"),
    ("network", "10.20.0.0", "for example 10.20.0.0/16"),
    ("serving.coding.workers", "gpu-3", "for example [gpu-2], as in `serving.talking`"),
    (
        "serving.coding.workers",
        "[gpu-3]",
        "add `gpu-3` under `hosts` with `role: gpu`; there are: gpu-1, gpu-2",
    ),
    ("serving.coding.workers", "[gpu-worker]", "add `gpu-worker` under `hosts` with `role: gpu`"),
    ("serving.coding.workers", "[GPU 3]", "did you mean `gpu-3`?"),
    ("hardware.instances.`g6.12xlarge`.gpu", "l40s", "add `l40s` under `hardware.gpus`; there are: l4"),
    ("hosts.gpu-1.instance", "g6.xlarge", "add `g6.xlarge` under `hardware.instances`; there are: g6.12x"),
    ("serving.coding.model", "next", "or give `models.next` `status: primary` with `served_name`"),
    ("serving.coding.model", "next", ", and take away `script`"),
    ("serving.coding.model", "other", "it was turned down: its kernels need newer GPUs; there are: coder, "),
    ("serving.coding.model", "a b/c", "did you mean `a-b-c`?"),
    ("public.routes.code.access", "token", "`bearer` demands the API key, `network` an address"),
    ("public.routes.code.access", "none", "`open` lets everybody in"),
    ("public.routes.code.access", "opne", "`bearer` demands the API key"),
    (
        "models.coder.quantization",
        "int4",
        "\nHow the weights are stored.",
    ),
    (
        "serving.coding.port",
        "301000",
        "write a number from 1 to 65535, such as 30000, as in `serving.talking`",
    ),
    ("serving.coding.mem_fraction_static", "0", "write a number that is more than 0 and less than 1"),
    ("hosts.gpu-1.os", "alpine-3", "for example ubuntu-22.04, as in `hosts.gpu-2`"),
    ("aws.operators", "10.0.0.0", "write a list, for example [10.0.0.0/8]"),
    ("network", "10.20.1.0", "for example 10.20.1.0/24"),
    ("proxy.tls", "null", "write a mapping with `certificates`, `acme_webroot`, `hsts`, `session_timeout`"),
    ("serving.coding.workers", "{gpu-1: true}", "write a list, for example [gpu-1]"),
    ("clients.service.variables", "[A, B]", "for example {LLM_BASE_URL: base_url}"),
    ("engine.unit", "SGLang", "did you mean `sglang`?"),
    ("version", "2", "write 1"),
    ("hosts.gpu-1.os", "ubuntu22", "for example ubuntu-22.04"),
    ("clients.editor.context", "131.072", "for example"),
    ("clients.catalogue.kind", "cline", "kinds are\n  roo: a settings file for Roo Code"),
    ("clients.service.variables.LLM_MODEL", "x", "write `model`"),
    ("clients.service.variables.LLM_API_KEY", "x", "write `api_key`"),
    ("secrets.api_key", "/acme/api-key", "write `ssm:/acme/api-key`"),
]


@pytest.mark.parametrize(("at", "new", "meant"), CERTAIN)
def test_a_certain_edit_says_and_mends_it(at: str, new: str, meant: str):
    (finding,) = [one for one in findings(write(at, new)) if one.code in ("DN022", "DN023", "DN024")]
    (edit,) = finding.edits
    assert edit.text == meant
    assert meant.strip('"') in finding.help
    assert not [one for one in findings(write(at, meant)) if one.code in ("DN022", "DN023", "DN024")]


@pytest.mark.parametrize(("at", "new", "said"), UNCERTAIN)
def test_a_guess_is_no_edit(at: str, new: str, said: str):
    first = next(one for one in findings(write(at, new)) if one.code in ("DN022", "DN023", "DN024"))
    assert said in first.help.replace("write a list of", "write a list")
    assert first.edits == ()


def test_a_number_is_shown_as_it_is_written():
    finding = only(write("hosts.edge.python", "3.10"))
    assert finding.message == "`hosts.edge.python`: text is wanted here, and 3.10 is the number 3.1"


SECRET = "hunter2"
PASTED = [
    write("secrets.api_key", SECRET),
    write("secrets.api_key", f"[{SECRET}]"),
    write("secrets.api_key", f"{{x: {SECRET}}}"),
    write("secrets", SECRET),
    write("secrets", f"{{api_key: {SECRET}, other: {SECRET}}}"),
    write("clients.service.variables.LLM_API_KEY", SECRET),
    write("clients.service.variables", SECRET),
    {"at": "secrets", "add": f"more: {SECRET}"},
    {"at": "clients.service", "add": f"more: {SECRET}"},
    {"at": "proxy", "add": f"password: {SECRET}"},
    {"at": "route_sync.public_key", "write": SECRET},
]


@pytest.mark.parametrize("change", PASTED, ids=str)
def test_no_word_shows_what_may_be_a_secret(change: dict[str, object]):
    found = findings(change)
    assert found
    lines = text(change).split("\n")
    assert SECRET not in as_text.show(found, "runtime.yaml", lines, colour=False)
    assert SECRET not in repr(found)
    assert "renew it" in show(found, "runtime.yaml", lines, "text", colour=False)


PUBLIC = [
    ("route_sync.public_key", "ssh-ed25519 AAAAC3Nza", "for example ssh-ed25519 AAAAC3"),
    ("route_sync.public_key", "ssh-ed25519", "for example ssh-ed25519 AAAAC3"),
    ("secrets.api_key", "/acme/api-key", "write `ssm:/acme/api-key`"),
]


@pytest.mark.parametrize(("at", "new", "said"), PUBLIC)
def test_what_is_surely_no_secret_is_shown(at: str, new: str, said: str):
    changed_text = text(write(at, new))
    shown = show(findings(write(at, new)), "runtime.yaml", changed_text.split("\n"), "text", colour=False)
    assert f"{at.rpartition('.')[2]}: {new}\n" in shown and said in shown
    assert "renew" not in shown and "•••" not in shown


def test_all_certain_edits_are_made_in_one_go():
    once = {at: new for at, new, _ in CERTAIN}
    wrong = document(text(*(write(at, new) for at, new in once.items())))
    mended = mend(wrong, lambda made, unread: compile_document(made, SMALL, TARGETS, unread).findings)
    assert mended.dropped == ()
    assert [one.message for one in mended.after.findings if one.code in ("DN022", "DN023", "DN024")] == []
    assert len(mended.done) >= len(once)
