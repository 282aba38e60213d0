#!/usr/bin/env python3
"""Makes the tables of compiler/formats/since/: which releases of systemd and nginx read each directive.

What a release reads is what its parser lists, so the parsers' own lists are read, release by release:
systemd's manual dates a group of directives once, also those that joined the group later. `values.json`
beside the tables is kept by hand.

    tools/directive_versions.py nginx GIT
    tools/directive_versions.py systemd GIT TREE...

GIT is a git directory with the releases' tags, TREE an unpacked source of a release that GIT has no tag of.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "compiler/formats/since"
Version = tuple[int, ...]
Item = tuple[str, str]  # a section, or a block of nginx, and a name in it
Read = Mapping[Version, frozenset[Item]]

OLDEST_SYSTEMD = 247  # no spec may name an older one: HostBase.systemd
SECTIONS = ("Install", "Mount", "Path", "Service", "Slice", "Socket", "Timer", "Unit")
GPERF = "src/core/load-fragment-gperf.gperf"
MACRO = re.compile(r"(?:m4_define\(`?|\{%-? macro )(\w+)")
MACRO_END = re.compile(r"\{%-? endmacro|'?\)m4_dnl|\)dnl")
USE = re.compile(r"(?:\{\{ ?)?(\w+)\('?(\w+)'?\)")
LINE = re.compile(r"`?(\$1|\{\{ ?type ?\}\}|[A-Z]\w+)\.(\w+), *(\w+)")
NO_LONGER = "config_parse_warn_compat"  # takes the line, warns, and does nothing

COMMAND = re.compile(r'\{\s*ngx_string\("(\w+)"\),\s*(NGX_[A-Z0-9_|\s]+),')
VARIABLE = re.compile(r'\{\s*ngx_string\("(\w+)"\),\s*(?:NULL|ngx_http_log_\w+|\d+,\s*ngx_http_log_\w+)')
BLOCKS = {
    "NGX_MAIN_CONF": "main",
    "NGX_EVENT_CONF": "events",
    "NGX_HTTP_MAIN_CONF": "http",
    "NGX_HTTP_SRV_CONF": "server",
    "NGX_HTTP_SIF_CONF": "server.if",
    "NGX_HTTP_LOC_CONF": "location",
    "NGX_HTTP_LIF_CONF": "location.if",
    "NGX_HTTP_LMT_CONF": "limit_except",
    "NGX_HTTP_UPS_CONF": "upstream",
}
VARIABLES = "$"


def git(repository: Path, *words: str, given: str = "") -> str:
    """What git prints."""
    line = ["git", "-C", str(repository), *words]
    done = subprocess.run(line, input=given.encode(), stdout=subprocess.PIPE, check=True)
    return done.stdout.decode("utf-8", "replace")


def tags(repository: Path, shape: str) -> Iterator[tuple[Version, str]]:
    """The releases of a repository, oldest first; the shape's group is the version."""
    found = [(re.fullmatch(shape, tag), tag) for tag in git(repository, "tag").split()]
    yield from sorted((version(match[1]), tag) for match, tag in found if match)


def version(text: str) -> Version:
    """1.22.1 as numbers."""
    return tuple(int(part) for part in text.split("."))


def systemd_items(text: str) -> frozenset[Item]:
    """What systemd's table of unit file settings reads: gperf's input, before m4 or jinja made it."""
    macros: dict[str, list[str]] = {}
    items: set[Item] = set()
    current = ""
    for line in text.splitlines():
        if begun := MACRO.match(line):
            current = begun[1]
            macros[current] = []
        elif MACRO_END.match(line):
            current = ""
        elif (found := LINE.match(line)) and found[3] != NO_LONGER:
            if current:
                macros[current].append(found[2])
            else:
                items.add((found[1], found[2]))
        elif (used := USE.match(line)) and used[1] in macros:
            items |= {(used[2], name) for name in macros[used[1]]}
    return frozenset(item for item in items if item[0] in SECTIONS)


def systemd(repository: Path, trees: Sequence[Path]) -> dict[Version, frozenset[Item]]:
    """What each release reads: those with a tag, then the trees."""
    read = {}
    for release, tag in tags(repository, r"v(\d+)"):
        if release[0] >= OLDEST_SYSTEMD:
            names = git(repository, "ls-tree", "--name-only", tag, "src/core/").split()
            (file,) = (name for name in names if name in (f"{GPERF}.in", f"{GPERF}.m4"))
            read[release] = systemd_items(git(repository, "show", f"{tag}:{file}"))
    for tree in trees:
        read[version((tree / "meson.version").read_text().split(".")[0])] = systemd_items(
            (tree / f"{GPERF}.in").read_text("utf-8")
        )
    return dict(sorted(read.items()))


def marks(manual: Path) -> dict[str, int]:
    """The version that a manual page names for each directive."""
    found = {}
    for page in sorted(manual.glob("systemd.*.xml")):
        for entry in re.findall(r"<varlistentry.*?</varlistentry>", page.read_text("utf-8"), re.DOTALL):
            mark = re.search(r'href="version-info.xml" xpointer="v(\d+)"', entry)
            names = re.findall(r"<term>\s*<varname[^>]*>(\w+)=", entry)
            found.update({name: int(mark[1]) for name in names if mark})
    return found


def between(read: Read, marked: Mapping[str, int]) -> dict[Version, frozenset[Item]]:
    """Fills a gap between two releases: what the manual dates into it was read from then on."""
    filled = dict(read)
    for (before, old), (after, new) in pairwise(read.items()):
        for release in range(before[0] + 1, after[0]):
            dated = {item for item in new - old if marked.get(item[1], after[0]) <= release}
            filled[release,] = (old & new) | {item for item in dated if marked[item[1]] > before[0]}
    return dict(sorted(filled.items()))


def nginx_items(text: str) -> Iterator[Item]:
    """What a source file of nginx has nginx read: directives by block, and variables."""
    for name, flags in COMMAND.findall(text):
        words = flags.replace("|", " ").split()
        blocks = (
            BLOCKS.values() if "NGX_ANY_CONF" in words else [BLOCKS[one] for one in words if one in BLOCKS]
        )
        yield from ((block, name) for block in blocks)
    yield from ((VARIABLES, name) for name in VARIABLE.findall(text))


def nginx(repository: Path) -> dict[Version, frozenset[Item]]:
    """What each release reads of main, events and http, with every module of its source."""
    read: dict[Version, frozenset[Item]] = {}
    seen: dict[str, frozenset[Item]] = {}
    for release, tag in tags(repository, r"release-(\d+\.\d+\.\d+)"):
        listed = git(repository, "ls-tree", "-r", tag, "src/core", "src/event", "src/http").splitlines()
        blobs = [line.split()[2] for line in listed if line.endswith(".c")]
        for blob in blobs:
            if blob not in seen:
                seen[blob] = frozenset(nginx_items(git(repository, "cat-file", "blob", blob)))
        read[release] = frozenset().union(*(seen[blob] for blob in blobs))
    return read


def spans(read: Read) -> dict[Item, str]:
    """By item, the releases that begin to read it, and after `-` the one that does so no longer.

    There are several beginnings where an older branch got it too: each but the last holds for its branch.
    """
    releases = list(read)
    found = {}
    for item in sorted(frozenset().union(*read.values())):
        has = [item in read[release] for release in releases]
        begins = [release for at, release in enumerate(releases) if has[at] and not (at and has[at - 1])]
        ends = len(has) - has[::-1].index(True)
        gone = f"-{_text(releases[ends])}" if ends < len(has) else ""
        found[item] = " ".join(map(_text, begins)) + gone
    return found


def _text(release: Version) -> str:
    return ".".join(map(str, release))


def grouped(found: Mapping[Item, str]) -> dict[str, dict[str, str]]:
    """nginx's directives by name, with the blocks that share a span in one key."""
    table: dict[str, dict[str, str]] = {}
    for (block, name), span in sorted(found.items(), key=lambda one: (one[0][1], one[0][0])):
        entry = table.setdefault(name, {})
        same = next((blocks for blocks, other in entry.items() if other == span), None)
        entry[f"{same} {block}" if same else block] = entry.pop(same) if same else span
    return table


def write(name: str, table: Mapping[str, Mapping[str, object]], sources: Iterable[str]) -> None:
    """The table as JSON, an entry a line."""
    parts = []
    for part, entries in {**table, "sources": {"read": list(sources)}}.items():
        lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in entries.items())
        parts.append(f" {json.dumps(part)}: {{\n{lines}\n }}")
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")


def main(words: Sequence[str]) -> int:
    """Reads one program's releases and writes its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("program", choices=("nginx", "systemd"))
    parser.add_argument("git", type=Path)
    parser.add_argument("tree", type=Path, nargs="*")
    given = parser.parse_args(words)
    if given.program == "nginx":
        read = nginx(given.git)
        found = spans(read)
        directives = grouped({item: span for item, span in found.items() if item[0] != VARIABLES})
        variables = {name: span for (block, name), span in found.items() if block == VARIABLES}
        write("nginx", {"directives": directives, "variables": variables}, map(_text, list(read)[-1:]))
    else:
        read = systemd(given.git, given.tree)
        found = spans(between(read, marks(given.tree[-1] / "man")) if given.tree else read)
        sections = {
            part: {name: span for (section, name), span in found.items() if section == part}
            for part in SECTIONS
        }
        write("systemd", sections, map(_text, read))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
