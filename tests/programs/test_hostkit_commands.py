"""Commands: one that fails, hangs or is absent becomes one line."""

from __future__ import annotations

import pytest
from hostkit import commands


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["sh", "-c", "echo a; echo b >&2; exit 3"], "sh -c echo a; echo b >&2; exit 3 exits 3: a b"),
        (["false"], "false exits 1"),
        (["no-such-command"], "no-such-command: No such file or directory"),
        (["sleep", "9"], "sleep took longer than 0.2 s"),
    ],
)
def test_what_does_not_succeed_is_one_line(argv: list[str], told: str) -> None:
    timeout = 0.2 if argv[0] == "sleep" else 10.0
    with pytest.raises(commands.CommandError) as caught:
        commands.run(argv, timeout)
    assert str(caught.value) == told


def test_last_words_are_bounded_and_success_is_silent() -> None:
    commands.run(("true",), 10.0)
    with pytest.raises(commands.CommandError) as caught:
        commands.run(["sh", "-c", "head -c 5000 /dev/zero | tr '\\0' x; exit 1"], 10.0)
    assert str(caught.value).endswith(": " + 300 * "x")
