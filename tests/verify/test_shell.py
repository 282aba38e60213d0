"""shellcheck and shfmt read every shipped script, and complain at the line of the spec."""

from __future__ import annotations

import pytest

from tests.verify.conftest import Wants
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import compiled, verified

SBIN = "hosts/gpu-worker/root/usr/local/sbin"
INSTALL = f"{SBIN}/install_gpu_sglang_runtime.sh"
STAGE = f"{SBIN}/acquire_qwen35_122b_nvfp4.sh"
SYNC = "hosts/linux-origin/root/usr/local/bin/run_llm_route_sync.sh"
DEPLOY = "clients/backend/deploy.sh"
# A script's last line is what the spec says; the lines before it are the same in every one.
OF_STAGE = "program: model_store.py"

WRONG = [
    Fault(INSTALL, '"$@"', "$@", "Double quote array expansions", "name: desineuron"),
    Fault(SYNC, '"$@"', "$*", "to prevent whitespace problems", "program: sync_llm_route.py"),
    Fault(DEPLOY, '"$here"/', "$here/", "Double quote to prevent globbing", "file: backend.env"),
    Fault(STAGE, "set -eu", "set -eu\nunused=1", "unused appears unused", OF_STAGE),
    Fault(STAGE, "set -eu", "set -eu\n[[ -d $HOME ]]", "In POSIX sh, [[ ]] is undefined", OF_STAGE),
    Fault(STAGE, ".json run", ".json run 'x", "Couldn't parse this single quoted string", OF_STAGE),
    Fault(STAGE, "set -eu", "cd /opt", "Use 'cd ... || exit'", ""),
]
LAID = [
    Fault(STAGE, ".json run", ".json   run", "lays this out otherwise", OF_STAGE),
    Fault(INSTALL, "exec ", "exec  ", "lays this out otherwise", "name: desineuron"),
    Fault(SYNC, ' "$@"', ' "$@" ;', "lays this out otherwise", "program: sync_llm_route.py"),
    Fault(DEPLOY, "exec ", "  exec ", "lays this out otherwise", "file: backend.env"),
    Fault(STAGE, "set -eu", "if true; then", 'must end with "fi"', ""),
    Fault(STAGE, "set -eu", "set  -eu", "lays this out otherwise", ""),
]


@pytest.fixture(autouse=True)
def tools(wants: Wants):
    wants("shellcheck", "shfmt")


@pytest.mark.parametrize("check", ["shellcheck", "shfmt"])
@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_script_is_clean(spec: str, check: str):
    assert verified(only=[check], spec=spec) == []


@pytest.mark.parametrize("fault", WRONG, ids=lambda one: one.name)
def test_a_fault_of_a_script_is_told(fault: Fault):
    assert_told(fault, "shellcheck", "DN420")


@pytest.mark.parametrize("fault", LAID, ids=lambda one: one.name)
def test_a_script_that_is_laid_out_otherwise_is_told(fault: Fault):
    assert_told(fault, "shfmt", "DN421")


def test_a_script_without_a_suffix_is_one_too():
    _, linked = compiled("book")
    hooks = [path for scope in linked.scopes.values() for path in scope.artifacts if "renewal-hooks" in path]
    assert hooks
    hook = Fault(f"hosts/ingress/root{hooks[0]}", "set -eu", "cd /opt", "Use 'cd ...", "")
    assert_told(hook, "shellcheck", "DN420")
