"""An editor's settings file, by schema, by what its import does, and by the client's own code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostic
from compiler.verify.tools import Tools
from targets.roo.checks import own, settings
from tests.native.needs import needs
from tests.verify.planting import Change, verified

FILE = "clients/roo/roo-code-settings.json"
ROO = "clients.roo"
AT_ITS_LINE: list[tuple[Change, str, str]] = [
    # what a target would do, part of the message, the field of the spec that its line comes from
    (('"maxTokens"', '"maxToken"'), "maxToken is no key of the client", f"{ROO}.max_tokens"),
    (('"contextWindow"', '"context"'), "context is no key of the client", f"{ROO}.context"),
    (('"apiProvider": "openai",\n', ""), "the import succeeds, and the profile is gone", f"{ROO}.profile"),
    (('"id": "desineuron-sglang",\n', ""), "makes another at each start", f"{ROO}.profile"),
    (("https://llm", "llm"), "no scheme and host", "public.routes.llm.hostname"),
    (('.in/v1"', '.in"'), "does not end in /v1: nothing answers there", "public.routes.llm.hostname"),
    (('/v1"', '/v1/chat/completions"'), "adds the endpoint itself", "public.routes.llm.hostname"),
    (("https://llm", "https://me@llm"), "more than an address", "public.routes.llm.hostname"),
    (("131072", "131072.5"), "contextWindow is no whole number", f"{ROO}.context"),
    (("131072", "-1"), "contextWindow is no whole number", f"{ROO}.context"),
    (("131072", "262144"), "above the 131072 tokens", f"{ROO}.context"),
    (("16384", "-1"), "maxTokens is no whole number", f"{ROO}.max_tokens"),
    (("16384", "131073"), "more than a fifth of the context", f"{ROO}.max_tokens"),
    ((": 0.1", ": 9"), "modelTemperature is outside 0 to 2", f"{ROO}.temperature.chosen"),
    (('"code": "desineuron-sglang"', '"code": "desineuron"'), "`code` names its profile", f"{ROO}.profile"),
    (('"code": "desineuron-sglang"', '"code": "nobody"'), "the id `nobody`, which no", f"{ROO}.profile"),
    (('"architect"', '"planner"'), "the client has no mode `planner`", f"{ROO}.profile"),
    (('Name": "desineuron"', 'Name": "team"'), "there is no profile `team`", f"{ROO}.profile"),
    (('"qwen3.6-35b-a3b"', '"qwen3.6"'), "not what the server serves", "models.coder.served_name"),
    (('"qwen3.6-35b-a3b"', '"${MODEL}"'), "the client replaces no", "models.coder.served_name"),
    (('"apiProvider": "openai"', '"apiProvider": "groq"'), "`groq`, which the client has not", ""),
    (('"apiProvider": "openai"', '"apiProvider": "lmstudio"'), "does not ask the public route", ""),
    (('"openAiStreamingEnabled": true', '"ollamaNumCtx": 4096'), "a key of another provider", ""),
    (('"supportsPromptCache": false', '"supportsPromptCache": true'), "a cache of another API", ""),
    (('"includeMaxTokens": true', '"includeMaxTokens": null'), "includeMaxTokens is missing", ""),
    (('        "id"', '        "id": "x",\n        "id"'), "twice, and the first is dropped", ""),
]
BY_SCHEMA: list[tuple[Change, str, str]] = [
    (("16384", '"16384"'), "'16384' is not of type 'number'", f"{ROO}.max_tokens"),
    (("131072", "[131072]"), "[131072] is not of type 'number'; the client skips", f"{ROO}.context"),
    ((": 0.1", ': "0.1"'), "'0.1' is not of type", f"{ROO}.temperature.chosen"),
    (('"https://llm.desineuron.in/v1"', "443"), "443 is not of type 'string'", "public.routes.llm.hostname"),
    (('"qwen3.6-35b-a3b"', "36"), "36 is not of type 'string'", "models.coder.served_name"),
    (('"code": "desineuron-sglang"', '"code": 1'), "the client refuses the file", f"{ROO}.profile"),
    (('Name": "desineuron"', 'Name": null'), "None is not of type 'string'", f"{ROO}.profile"),
    (('"contextWindow": 131072,\n', ""), "'contextWindow' is a required property", ""),
    (('"openai"', '"openia"'), "'openia' is none of the", ""),
    (('"providerProfiles"', '"providerProfile"'), "'providerProfiles' is a required property", ""),
    (("131072,", "131072"), "the client refuses the file: it is no JSON", ""),
    (("{", "\ufeff{"), "begins with a byte order mark", ""),
    (("131072", "NaN"), "NaN stands where a number must", ""),
]
BY_ZOD: list[tuple[Change, str, str]] = [
    (('"maxTokens"', '"maxToken"'), "maxToken: is no key of the client", f"{ROO}.max_tokens"),
    (('"modelTemperature"', '"temperature"'), "temperature: is no key", f"{ROO}.temperature.chosen"),
    (('"openAiBaseUrl"', '"openAiUrl"'), "openAiUrl: is no key", "public.routes.llm.hostname"),
    (("16384", '"16384"'), "Expected number, received string", f"{ROO}.max_tokens"),
    (("131072", "null"), "Expected number, received null", f"{ROO}.context"),
    (('"qwen3.6-35b-a3b"', "36"), "Expected string, received number", "models.coder.served_name"),
    (('"code": "desineuron-sglang"', '"code": 1'), "Expected string", f"{ROO}.profile"),
    (("131072,", "131072"), "Expected ','", ""),
]


def expect(found: list[Diagnostic], code: str, part: str, field: str) -> None:
    """A finding with this part, at this field of the spec, or at none where no line of the spec made it."""
    held = [one for one in found if part in one.message]
    assert held, [one.message for one in found]
    assert {one.code for one in found} == {code}
    assert ".".join(map(str, held[0].path)) == field
    assert FILE in held[0].reason
    assert ("fault of the compiler" in held[0].help) == (not field)


@pytest.fixture
def zod() -> str:
    """Node, with the client's types; the test is skipped without them, and fails in CI."""
    node = needs("node")
    if not (own.installed() / "node_modules").is_dir():
        why = "the editor's types are not installed: `make tools` gets them"
        pytest.fail(why, pytrace=False) if os.environ.get("CI") == "true" else pytest.skip(why)
    return node


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_editor_takes_its_file(spec: str):
    assert verified(only=["roo-schema", "roo-import"], spec=spec) == []


@pytest.mark.native
@pytest.mark.usefixtures("zod")
@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_the_client_itself_takes_every_file(spec: str):
    assert verified(only=["roo-zod"], spec=spec) == []


@pytest.mark.parametrize(("change", "part", "field"), AT_ITS_LINE, ids=[one[1] for one in AT_ITS_LINE])
def test_what_the_import_drops_or_guesses_is_found(change: Change, part: str, field: str):
    expect(verified(only=["roo-import"], outputs={FILE: change}), "DN433", part, field)


@pytest.mark.parametrize(("change", "part", "field"), BY_SCHEMA, ids=[one[1] for one in BY_SCHEMA])
def test_what_the_schema_refuses_is_found(change: Change, part: str, field: str):
    expect(verified(only=["roo-schema"], outputs={FILE: change}), "DN432", part, field)


@pytest.mark.native
@pytest.mark.usefixtures("zod")
@pytest.mark.parametrize(("change", "part", "field"), BY_ZOD, ids=[one[1] for one in BY_ZOD])
def test_what_the_client_itself_refuses_or_drops_is_found(change: Change, part: str, field: str):
    expect(verified(only=["roo-zod"], outputs={FILE: change}), "DN434", part, field)


def test_two_profiles_with_one_id_are_found():
    second = '"apiConfigs": {"other": {"id": "desineuron-sglang"},'
    found = verified(only=["roo-import"], outputs={FILE: ('"apiConfigs": {', second)})
    assert [one for one in found if "has the id of `other`" in one.message]


def test_a_server_that_was_started_with_less_is_found():
    """The worker's own words count, and not what the spec meant."""
    launch = "hosts/gpu-worker/root/etc/desineuron/launch.json"
    (found,) = verified(only=["roo-import"], outputs={launch: ('"131072"', '"65536"')})
    assert "above the 65536 tokens that the server was started with" in found.message
    assert found.path == ("clients", "roo", "context")


def test_without_node_the_check_is_not_made():
    (found,) = verified(only=["roo-zod"], tools=Tools(absent=frozenset({"node"})), require_tools=True)
    assert found.code == "DN490" and "node not installed" in found.message


def test_without_the_types_the_check_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    needs("node")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (found,) = verified(only=["roo-zod"], require_tools=True)
    assert found.code == "DN490" and "the client's types are not installed" in found.message


def test_the_schema_says_what_it_was_made_from():
    made = settings.derived()
    lock = json.loads(own.LOCK.read_text("utf-8"))["packages"]
    assert made["x-types"] == f"@roo-code/types {lock['node_modules/@roo-code/types']['version']}"
    assert made["x-zod"] == lock["node_modules/zod"]["version"]
    assert all("integrity" in one and "resolved" not in one for name, one in lock.items() if name)
    # Of the parts that a schema cannot hold, this compiler writes none.
    assert all(path.startswith("globalSettings.customModes.") for path in made["x-unexpressed"])


@pytest.mark.native
def test_the_committed_schema_is_what_the_types_give(zod: str, tmp_path: Path):
    for script in own.CLIENT.glob("*.mjs"):
        (tmp_path / script.name).write_bytes(script.read_bytes())
    (tmp_path / "node_modules").symlink_to(own.installed() / "node_modules")
    done = subprocess.run([zod, "derive.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == settings.SCHEMA.read_text("utf-8")
