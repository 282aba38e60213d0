"""systemd units: four contexts, and no value leaves its own."""

from __future__ import annotations

import pytest
from hypothesis import given

from compiler.formats import unit
from compiler.formats.safe import Safe, Unsafe
from compiler.spec.units import Duration
from tests.compiler.formats import systemd_reader as systemd
from tests.compiler.formats.hostile import ORDINARY, TEXT, VALUES, accepted, wrong


def service(**directives) -> bytes:
    """A unit with the directives between two others, which must stay what they are."""
    return unit.unit(
        unit.section("Unit", Description="before"), unit.section("Service", **directives, Restart="no")
    ).render()


def directives(data: bytes, key: str) -> list[str]:
    """The values of one directive, if all else is as it was written."""
    (before, first), (name, second) = systemd.sections(data)
    assert (before, first, name, second[-1]) == (
        "Unit",
        [("Description", "before")],
        "Service",
        ("Restart", "no"),
    )
    assert {found for found, _ in second[:-1]} <= {key}
    return [value for _, value in second[:-1]]


def guarded(read):
    """A reader that returns what went wrong instead of the value."""

    def attempt(data: bytes) -> object:
        try:
            return read(data)
        except (systemd.Misread, AssertionError, ValueError) as error:
            return error

    return attempt


def write_word(value: str) -> bytes:
    return service(ExecStart=unit.command(("/bin/x", "first", value, "last")))


def read_word(data: bytes) -> object:
    (line,) = directives(data, "ExecStart")
    ((program, first, *found, last),) = systemd.command(line)
    assert (program, first, last) == ("/bin/x", "first", "last")
    return found[0] if len(found) == 1 else found


def write_last(value: str) -> bytes:
    return service(ExecStart=unit.command(("/bin/x", value)))


def read_last(data: bytes) -> object:
    ((_, *found),) = systemd.command(directives(data, "ExecStart")[0])
    return found[0] if len(found) == 1 else found


def write_program(value: str) -> bytes:
    return service(ExecStart=unit.command((f"/bin/{value}", "x"), prefix="-+"))


def read_program(data: bytes) -> object:
    ((program, x),) = systemd.command(directives(data, "ExecStart")[0])
    assert x == "x" and program.startswith("/bin/")
    return program.removeprefix("/bin/")


def write_item(value: str) -> bytes:
    return service(Environment=unit.environment({"NAME": value}))


def read_item(data: bytes) -> object:
    (item,) = systemd.words(directives(data, "Environment")[0])
    name, _, value = systemd.specifiers(item).partition("=")
    assert name == "NAME"
    return value


def write_list(value: str) -> bytes:
    return service(ReadWritePaths=unit.words(("/a", value, "/b")))


def read_list(data: bytes) -> object:
    first, *found, last = systemd.words(systemd.specifiers(directives(data, "ReadWritePaths")[0]))
    assert (first, last) == ("/a", "/b")
    return found[0] if len(found) == 1 else found


def write_value(value: str) -> bytes:
    return service(Description=value)


def read_value(data: bytes) -> object:
    (found,) = directives(data, "Description")
    return systemd.specifiers(found)


CONTEXTS = {
    "word": (write_word, read_word),
    "last word": (write_last, read_last),
    "program": (write_program, read_program),
    "environment": (write_item, read_item),
    "list": (write_list, read_list),
    "value": (write_value, read_value),
}


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_value_leaves_its_context(context: str):
    write, read = CONTEXTS[context]
    assert wrong(write, guarded(read), VALUES) == []


@pytest.mark.parametrize("context", CONTEXTS)
@given(value=TEXT)
def test_no_text_at_all_leaves_its_context(context: str, value: str):
    write, read = CONTEXTS[context]
    assert wrong(write, guarded(read), [value]) == []


@pytest.mark.parametrize("context", CONTEXTS)
def test_ordinary_values_are_carried(context: str):
    values = [value for value in ORDINARY if context != "list" or " " not in value]
    assert accepted(CONTEXTS[context][0], values) == values


MORE = {
    "word": ["", "$HOME", "%n", 'a"b', "a\\", "'", ";", "{a}", "$$", "-x", "~"],
    "environment": ["", "$HOME", "%n", 'a"b', "a\\", "'", "A=b", " a "],
    "list": ["%n", "$x", "a;b"],
    "value": ["$HOME", "%n", '"a"', "a\\b", "; x", "# x"],
}


@pytest.mark.parametrize("context", MORE)
def test_what_can_be_written_is_not_refused(context: str):
    assert accepted(CONTEXTS[context][0], MORE[context]) == MORE[context]


# ── What the builder refuses


@pytest.mark.parametrize("program", ["bin/x", "", "x", "-/bin/x", "$x", "/bin/a$b", "@/bin/x", "/bin/x\n"])
def test_the_program_of_a_command_is_an_absolute_path(program: str):
    with pytest.raises(Unsafe):
        unit.command((program, "x"))


@pytest.mark.parametrize("prefix", ["@", "!", "++", " ", ":", "/bin/sh "])
def test_other_prefixes_are_refused(prefix: str):
    with pytest.raises(Unsafe):
        unit.command(("/bin/x",), prefix=prefix)


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A\n", "A=B", "é"])
def test_the_name_of_a_variable(name: str):
    with pytest.raises(Unsafe):
        unit.environment({name: "x"})


WRONG_CONTEXT = [
    ("ExecStart", "/bin/x"),
    ("ExecStart", unit.value("/bin/x")),
    ("ExecStartPre", unit.words(["/bin/x"])),
    ("ExecStop", Safe("/bin/x", "nginx")),
    ("Environment", "A=b"),
    ("Environment", unit.value("A=b")),
    ("Description", unit.command(("/bin/x",))),
    ("After", unit.environment({"A": "b"})[0]),
    ("After", Safe("x", "nginx")),
    ("After", Safe("x", "markdown")),
    ("After", "a.service b.service"),
    ("SyslogIdentifier", "two words"),
]


@pytest.mark.parametrize(("key", "given_"), WRONG_CONTEXT)
def test_a_value_made_for_one_context_is_refused_in_another(key: str, given_):
    with pytest.raises(Unsafe):
        unit.section("Service", **{key: given_})


@pytest.mark.parametrize("given_", [["a"], {"a": 1}, object(), b"x", Duration])
def test_what_is_neither_text_nor_number_is_refused(given_):
    with pytest.raises(Unsafe):
        unit.section("Unit", Description=given_)


# ── Spelling


def test_a_unit_as_a_whole():
    made = unit.unit(
        unit.section("Unit", Description="x", After=unit.words(["a.service", "b.target"]), Before=None),
        unit.section(
            "Service",
            Environment=unit.environment({"B": "2", "A": "1 2"}),
            ExecStart=unit.command(("/bin/x", "a b", "c"), prefix="+"),
            RestartSec=Duration.parse("15s"),
            TimeoutSec=Duration.parse("1500ms"),
            RemainAfterExit=True,
            PrivateTmp=False,
            LimitNOFILE=1024,
        ),
        enabled=True,
    )
    assert made.enabled
    assert made.render().decode().splitlines()[1:] == [
        "",
        "[Unit]",
        "Description=x",
        "After=a.service b.target",
        "",
        "[Service]",
        'Environment="A=1 2"',
        'Environment="B=2"',
        'ExecStart=+/bin/x "a b" c',
        "RestartSec=15s",
        "TimeoutSec=1500ms",
        "RemainAfterExit=yes",
        "PrivateTmp=no",
        "LimitNOFILE=1024",
    ]
