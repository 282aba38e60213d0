"""Whatever was masked as a secret is to be renewed, whichever finding is about its line."""

from __future__ import annotations

import pytest

from compiler.pipeline import compile_document
from compiler.pretty import show
from compiler.source import read_text
from targets import TARGETS
from tests.compiler.spec.edited import SMALL, TEXT

LINE = "  api_key: ssm:/acme/api-key\n"
MASKED = {
    "DN006": "  api_key: hunter2: x\n",
    "DN006 quote": "  api_key: 'hunter2\n",
    "DN012": "  api_key: hunter2\n  api_key: hunter3\n",
    "DN023": "  api_key: hunter2\n",
    "DN020": "  api_key: ssm:/acme/api-key\n  passphrase: hunter2\n",
}


def shown(line: str) -> str:
    text = TEXT.replace(LINE, line)
    made, found = read_text(text, "runtime.yaml", partial=True)
    every = found if made is None else compile_document(made, SMALL, TARGETS, found).findings
    return show(every, "runtime.yaml", text.split("\n"), "text", colour=False)


@pytest.mark.parametrize("code", MASKED)
def test_a_masked_secret_is_to_be_renewed(code: str):
    said = shown(MASKED[code])
    assert f"error[{code[:5]}]" in said and "•••" in said and "hunter" not in said
    assert "renew it if it was real" in said


def test_a_line_without_a_secret_is_not():
    said = shown("  api_key: ssm:/acme/api-key\n  because: it is so\n  : x\n")
    assert "error[" in said and "•••" not in said and "renew" not in said


@pytest.mark.parametrize("line", ["  api_key: a: b\n", "  api_key: [a\n"])
def test_what_is_read_no_further_is_said(line: str):
    assert "more may follow once this is mended: what stands below was not read" in shown(line)
