"""gixy-ng: what nginx takes and nobody wants, such as a header that is lost or a host that is believed.

It is handed the tree as `nginx -T` prints it, in one file with real paths, so that it reads nothing of this
machine. Its libraries shadow crossplane, which is why it has an environment of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from compiler.process import run
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.consumers import nginx_main
from compiler.verify.site import Site

# Of another application's server: gixy tells a finding at its first place alone, and that must be ours.
_OTHER = (
    "listen 80 default_server; listen [::]:80 default_server; listen 443 ssl default_server; "
    "listen [::]:443 ssl default_server; ssl_protocols TLSv1.3; "
    "add_header Strict-Transport-Security max-age=15552000 always;"
)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is meant to be so, by the name of gixy's check."""

    name: str
    path: str
    """A regular expression that the path of the file matches."""
    why: str


WAIVED = (
    Waiver(
        "hsts_header",
        r"/etc/nginx/conf\.d/",
        "each location sets it: nginx drops a server's headers where a location has any of its own",
    ),
    Waiver(
        "return_bypasses_allow_deny",
        r"\.locations$",
        "a wrong method is refused before the address is looked at, and the answer tells nobody anything",
    ),
)


def subjects(site: Site) -> Iterator[Subject]:
    """Each host with files of nginx: all of them at once."""
    for place, _ in site.hosts():
        files = site.files(place)
        paths = tuple(sorted(path for path in files if path.startswith(nginx_main.FOLDER)))
        if paths:
            yield Subject(place, paths, (nginx_main.TEXT, nginx_main.others(files, _OTHER)))


def lint(site: Site, subject: Subject) -> Iterator[Found]:
    """Every finding in our files that is not waived."""
    texts = {nginx_main.CONF: nginx_main.TEXT, nginx_main.OTHERS: subject.facts[1]}
    texts |= {path: site.text(subject.place, path) for path in subject.paths}
    dump = site.folder() / "nginx.conf"
    parts = [f"# configuration file {path}:\n{text.rstrip()}\n" for path, text in texts.items()]
    dump.write_text("".join(parts))
    program = site.tools.program("gixy")
    if program is None:
        raise Unable("gixy not installed")
    done = run([str(program), "--format", "json", "--no-default-vars", str(dump)])
    starts = list(accumulate((part.count("\n") for part in parts), initial=0))
    try:
        told: list[dict[str, Any]] = json.loads(done.out)
    except ValueError:
        raise Unable(f"gixy failed: {done.said.strip() or done.code}") from None
    for one in sorted(told, key=lambda one: (one.get("line") or 0, one["plugin"], one["reason"])):
        path, line = _place(one, list(texts), starts)
        if path in subject.paths and not _waived(str(one["plugin"]), path):
            yield Found(path, line, _words(one))


def _place(one: dict[str, Any], paths: Sequence[str], starts: Sequence[int]) -> tuple[str, int]:
    """The file and line of a finding, from its line in the dump."""
    line = one.get("line") or 1
    at = max(number for number, start in enumerate(starts[:-1]) if start < line)
    return paths[at], max(line - starts[at] - 1, 0)


def _waived(name: str, path: str) -> bool:
    return any(one.name == name and re.search(one.path, path) for one in WAIVED)


def _words(one: dict[str, Any]) -> str:
    """What gixy says, on one line."""
    said = [str(one["summary"]).rstrip("."), str(one["reason"]).rstrip(".")]
    return f"[{one['plugin']}] {': '.join(' '.join(part.split()) for part in said if part)}"


CHECKS = (Check("gixy", "DN402", ("gixy",), subjects, lint),)
