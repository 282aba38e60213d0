"""A secret in a long text is named by the words around it, which can be shown."""

from __future__ import annotations

import pytest

from compiler.rules import check
from tests.compiler.material import SPEC, put, runtime

SECRET = "Zq8vT2mK/4nRw7yLp0Xc+B5sJd9fGhE1aUoI3tNk"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SECRET, "looks like a secret"),
        (f"it opens with {SECRET} for now", "looks like it holds a secret, after “it opens with”"),
        (f"{SECRET} opens it", "looks like it holds a secret, before “opens it”"),
    ],
)
def test_which_word_is_meant(text: str, said: str):
    found = check(runtime(put(("cutover", "assumed"), text), spec=SPEC))
    assert [one.message.partition("` ")[2] for one in found if one.code == "DN087"] == [said]
