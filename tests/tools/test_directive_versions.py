"""The tool that makes the tables: from parsers' sources to spans, on repositories made for the test."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from compiler.formats import directives
from tools import directive_versions as tool

M4 = """\
m4_define(`EXEC_CONTEXT_CONFIG_ITEMS',
`$1.User,        config_parse_user_group,  0, offsetof($1, x)
$1.Capabilities, config_parse_warn_compat, DISABLED_LEGACY, 0
m4_ifdef(`HAVE_PAM',
`$1.PAMName,     config_parse_string,      0, 0',
`$1.PAMName,     config_parse_warn_compat, DISABLED_CONFIGURATION, 0')'
)m4_dnl
Unit.After,      config_parse_unit_deps,   UNIT_AFTER, 0
EXEC_CONTEXT_CONFIG_ITEMS(Service)m4_dnl
EXEC_CONTEXT_CONFIG_ITEMS(Swap)m4_dnl
Timer.OnBootSec, config_parse_timer,       0, 0
"""
JINJA = """\
{%- macro EXEC_CONTEXT_CONFIG_ITEMS(type) -%}
{{type}}.User,   config_parse_user_group,  0, offsetof({{type}}, x)
{{ type }}.Nice, config_parse_exec_nice,   0, 0
{%- endmacro -%}
Unit.After,      config_parse_unit_deps,   UNIT_AFTER, 0
{{ EXEC_CONTEXT_CONFIG_ITEMS('Service') }}
"""
PAGE = """\
<varlistentry><term><varname>Nice=</varname></term><term><varname>Slower=</varname></term><listitem>
<xi:include href="version-info.xml" xpointer="v249"/></listitem></varlistentry>
<varlistentry><term><varname>User=</varname></term><listitem><para/></listitem></varlistentry>
"""
SOURCE = """\
static ngx_command_t commands[] = {
    { ngx_string("zone"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF
                        |NGX_CONF_TAKE1,
      x },
    { ngx_string("include"), NGX_ANY_CONF|NGX_CONF_TAKE1, x },
    { ngx_string("proxy_timeout"), NGX_STREAM_MAIN_CONF|NGX_CONF_TAKE1, x },
    ngx_null_command
};
static ngx_http_variable_t variables[] = {
    { ngx_string("host"), NULL, f, 0, 0, 0 },
    { ngx_string("pipe"), 1, ngx_http_log_pipe },
};
static ngx_conf_enum_t words[] = { { ngx_string("off"), OFF }, { ngx_null_string, 0 } };
"""


def test_both_spellings_of_systemds_list_are_read():
    service = {("Service", "User"), ("Service", "PAMName")}
    assert tool.systemd_items(M4) == {("Unit", "After"), ("Timer", "OnBootSec"), *service}
    assert tool.systemd_items(JINJA) == {("Unit", "After"), ("Service", "User"), ("Service", "Nice")}


def test_nginx_lists_directives_by_block_and_variables():
    found = set(tool.nginx_items(SOURCE))
    assert {block for block, name in found if name == "include"} == set(tool.BLOCKS.values())
    assert {one for one in found if one[1] != "include"} == {
        ("http", "zone"),
        ("server", "zone"),
        ("$", "host"),
        ("$", "pipe"),
    }


@pytest.mark.parametrize(
    ("has", "span"),
    [
        ("1.2.0 1.2.1 1.3.0 1.3.1 1.4.0", "1.2.0"),
        ("1.3.1 1.4.0", "1.3.1"),
        ("1.2.1 1.3.1 1.4.0", "1.2.1 1.3.1"),
        ("1.2.0 1.2.1 1.3.0", "1.2.0-1.3.1"),
    ],
)
def test_spans_say_from_when_to_when(has, span):
    releases = ["1.2.0", "1.2.1", "1.3.0", "1.3.1", "1.4.0"]
    read = {tool.version(one): frozenset({("http", "x")} if one in has.split() else ()) for one in releases}
    (found,) = tool.spans(read).values()
    assert found == span
    for one in releases:
        assert (directives.standing(found, one) == "read") == (one in has.split()), one


def test_the_manual_dates_what_came_between_two_sources():
    old, new = {("Unit", "Old"), ("Unit", "Kept")}, {("Unit", "Kept"), *(("Unit", name) for name in "ABC")}
    read: tool.Read = {(255,): frozenset(old), (258,): frozenset(new)}
    filled = tool.between(read, {"A": 256, "B": 240})  # B: a group's date; C has none
    assert list(filled) == [(255,), (256,), (257,), (258,)]
    assert filled[256,] == filled[257,] == {("Unit", "Kept"), ("Unit", "A")}
    assert filled[258,] == new


def git(repository: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(repository), *who, *words], check=True, capture_output=True)


def release(repository: Path, tag: str, **files: str) -> None:
    for name, text in files.items():
        place = repository / name.replace("__", "/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", tag)
    git(repository, "tag", tag)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    place = tmp_path / "repository"
    place.mkdir()
    git(place, "init", "--quiet")
    return place


def test_a_table_of_nginx_from_its_releases(repository, tmp_path):
    release(
        repository, "release-1.9.0", **{"src__http__a.c": SOURCE, "src__core__b.c": "", "src__event__c.c": ""}
    )
    release(repository, "release-1.10.0", **{"src__http__a.c": SOURCE.replace("NGX_HTTP_MAIN_CONF|", "")})
    assert tool.main(["nginx", str(repository)]) == 0
    table = json.loads((tmp_path / "nginx.json").read_text())
    assert table["directives"]["zone"] == {"http": "1.9.0-1.10.0", "server": "1.9.0"}
    assert table["variables"] == {"host": "1.9.0", "pipe": "1.9.0"}
    assert table["sources"] == {"read": ["1.10.0"]}


def test_a_table_of_systemd_from_its_releases_and_a_tree(repository, tmp_path):
    release(repository, "v246", **{f"{tool.GPERF}.m4".replace("/", "__"): M4})
    release(repository, "v247", note="x")
    tree = tmp_path / "tree"
    for name, text in {
        "meson.version": "250.1\n",
        f"{tool.GPERF}.in": JINJA,
        "man/systemd.exec.xml": PAGE,
    }.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    assert tool.main(["systemd", str(repository), str(tree)]) == 0
    table = json.loads((tmp_path / "systemd.json").read_text())
    assert table["Service"] == {"Nice": "249", "PAMName": "247-248", "User": "247"}
    assert table["Timer"] == {"OnBootSec": "247-248"}


@pytest.mark.parametrize("name", ["nginx", "systemd"])
def test_the_committed_tables_are_as_the_tool_writes_them(tmp_path, monkeypatch, name):
    committed = (tool.FOLDER / f"{name}.json").read_text()
    table = json.loads(committed)
    assert len(committed.splitlines()) > 800
    monkeypatch.setattr(tool, "FOLDER", tmp_path)
    tool.write(name, table, table.pop("sources")["read"])
    assert (tmp_path / f"{name}.json").read_text() == committed
