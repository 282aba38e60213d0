"""What the table says that packages bring, against the releases themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.link.packages import ALWAYS, table
from compiler.verify.tools import Tools
from tests.verify.conftest import Wants

RELEASES = ("debian-11", "debian-12", "debian-13")
# Made by a program of the package and by no package: certbot's folders, c++ by a link of alternatives.
IN_ROOTS = (*ALWAYS, "nginx", "openssl")

pytestmark = pytest.mark.native


@pytest.fixture(params=RELEASES)
def root(request: pytest.FixtureRequest, wants: Wants) -> Path:
    wants("roots")
    found = Tools().root(request.param)
    assert found is not None
    return found


def lacks(root: Path, package: str, entry: dict[str, list[str]]) -> list[str]:
    """What a release does not have of what the table says."""
    found = [path for path in entry.get("paths", ()) if not (root / path.lstrip("/")).exists()]
    units = [root / "usr/lib/systemd/system", root / "lib/systemd/system"]
    found += [one for one in entry.get("units", ()) if not any((folder / one).exists() for folder in units)]
    for kind, file in (("users", "passwd"), ("groups", "group")):
        names = {line.split(":")[0] for line in (root / "etc" / file).read_text().splitlines()}
        found += [name for name in entry.get(kind, ()) if name not in names]
    return [f"{package or 'the base system'}: {one}" for one in found]


@pytest.mark.parametrize("package", IN_ROOTS)
def test_a_release_has_what_the_table_says(root: Path, package: str):
    assert lacks(root, package, dict(table()[package])) == []


def test_what_a_release_lacks_is_seen(root: Path):
    wrong = {"paths": ["/usr/bin/none"], "units": ["none.service"], "users": ["nobody-else"]}
    assert len(lacks(root, "x", wrong)) == 3
