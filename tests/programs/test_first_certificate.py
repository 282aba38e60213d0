"""The links that nginx reads: to a self-signed pair until the real one is there, and never over a file."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess

import first_certificate
import pytest

from tests.native.needs import needs

HOSTNAME = "llm.example.org"


@pytest.fixture
def scene(tmp_path):
    """A configuration, and the folders that it names."""
    places = {name: str(tmp_path / name / HOSTNAME) for name in ("link", "real", "first")}
    config = {
        "certificates": {HOSTNAME: places},
        "openssl": needs("openssl"),
        "reload_command": ["touch", str(tmp_path / "reloaded")],
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    return tmp_path


def run(scene, *options):
    return first_certificate.main(["--config", str(scene / "config.json"), *options])


def pair(scene, folder):
    place = scene / folder / HOSTNAME
    place.mkdir(parents=True)
    for name in ("fullchain.pem", "privkey.pem"):
        (place / name).write_text(folder)


def led_to(scene):
    return os.readlink(scene / "link" / HOSTNAME).split("/")[-2]


def test_a_pair_is_made_where_none_is(scene):
    assert run(scene) == 0
    assert led_to(scene) == "first"
    key = scene / "link" / HOSTNAME / "privkey.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    told = subprocess.run(
        ["openssl", "x509", "-in", str(key.with_name("fullchain.pem")), "-noout", "-ext", "subjectAltName"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"DNS:{HOSTNAME}" in told.stdout
    assert sorted(one.name for one in (scene / "first").iterdir()) == [HOSTNAME]


def test_a_second_run_makes_nothing_new(scene, capsys):
    run(scene)
    before = (scene / "link" / HOSTNAME / "privkey.pem").read_bytes()
    capsys.readouterr()
    assert run(scene) == 0 and "nothing to do" in capsys.readouterr().out
    assert (scene / "link" / HOSTNAME / "privkey.pem").read_bytes() == before


def test_it_changes_over_to_the_real_one_and_back(scene):
    run(scene)
    pair(scene, "real")
    assert run(scene) == 0 and led_to(scene) == "real"
    shutil.rmtree(scene / "real")
    assert run(scene) == 0 and led_to(scene) == "first"


def test_with_the_real_one_no_pair_is_made(scene):
    pair(scene, "real")
    assert run(scene) == 0 and led_to(scene) == "real" and not (scene / "first").exists()


def test_half_a_real_pair_is_none(scene):
    pair(scene, "real")
    (scene / "real" / HOSTNAME / "privkey.pem").unlink()
    assert run(scene) == 0 and led_to(scene) == "first"


def test_check_changes_nothing(scene):
    assert run(scene, "--check") == 3
    assert sorted(one.name for one in scene.iterdir()) == ["config.json"]
    run(scene)
    assert run(scene, "--check") == 0


@pytest.mark.parametrize("what", ["folder", "link"])
def test_what_is_not_its_own_is_left_alone(scene, what, capsys):
    (scene / "link").mkdir()
    place = scene / "link" / HOSTNAME
    if what == "folder":
        place.mkdir()
    else:
        place.symlink_to("/elsewhere")
    assert run(scene) == 1 and str(place) in capsys.readouterr().err
    assert place.is_symlink() == (what == "link")


def test_a_file_in_the_pairs_place_is_not_overwritten(scene, capsys):
    (scene / "first" / HOSTNAME).mkdir(parents=True)
    (scene / "first" / HOSTNAME / "privkey.pem").write_text("somebody's")
    assert run(scene) == 1 and "move it away" in capsys.readouterr().err
    assert (scene / "first" / HOSTNAME / "privkey.pem").read_text() == "somebody's"


def test_openssl_that_fails_leaves_nothing(scene, capsys):
    config = json.loads((scene / "config.json").read_text())
    (scene / "config.json").write_text(json.dumps({**config, "openssl": "false"}))
    assert run(scene) == 1
    assert re.search(r"false req .* exits 1\n", capsys.readouterr().err)
    assert list((scene / "first").iterdir()) == []


def test_only_reload_reloads(scene):
    run(scene)
    assert not (scene / "reloaded").exists()
    assert run(scene, "--reload") == 0 and (scene / "reloaded").exists()


def test_a_wrong_configuration(scene):
    (scene / "config.json").write_text("{}")
    assert run(scene) == 78
