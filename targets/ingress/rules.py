"""What nginx and its neighbours demand of a spec beyond its fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.hosts import Ingress
from compiler.spec.path import SpecPath
from compiler.spec.public import Route
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration

_NGINX = PurePosixPath("/etc/nginx")
# "It should be noted that this timeout cannot usually exceed 75 seconds" (nginx: proxy_connect_timeout).
_LONGEST_CONNECT = Duration(75_000)


def taken_over_sites(runtime: Runtime, name: str, host: Ingress) -> Iterator[Finding]:
    """What is taken over is a site of the distribution: none of nginx's own files, and none of ours."""
    ours = (
        f"{_NGINX}/{runtime.name}/",
        f"{_NGINX}/conf.d/{runtime.name}-",
        f"{_NGINX}/conf.d/00-{runtime.name}.",
    )
    for index, text in enumerate(host.takes_over):
        place = PurePosixPath(text)
        if text.startswith(ours):
            told = f"{text} is a file that we write ourselves"
        elif _NGINX not in place.parents:
            told = f"{text} is no file of nginx"
        elif place.parent == _NGINX:
            told = f"{text} is nginx's own file, and without it nginx does not start"
        else:
            continue
        remedy = "take it out; what is taken over is a site, such as /etc/nginx/sites-enabled/default"
        yield Finding(("hosts", name, "takes_over", index), told, remedy)


def logs_are_two_files(runtime: Runtime) -> Iterator[Finding]:
    """The access log holds JSON alone."""
    path: SpecPath = ("proxy", "error_log")
    if runtime.proxy.error_log == runtime.proxy.access_log:
        told = f"errors and requests both go to {runtime.proxy.error_log}"
        related = (Related("one JSON object a request", ("proxy", "access_log")),)
        yield Finding(path, told, "write another file", related=related)


def connects_in_time(runtime: Runtime) -> Iterator[Finding]:
    """A connection to a worker is given up before the kernel gives it up."""
    timeout = runtime.proxy.connect_timeout
    if timeout > _LONGEST_CONNECT:
        told = f"{timeout} to connect to a worker cannot be: the kernel gives up after {_LONGEST_CONNECT}"
        remedy = "write a few seconds; how long an answer may take is `read_timeout`"
        yield Finding(("proxy", "connect_timeout"), told, remedy)


def certificates_of_all(runtime: Runtime, key: str, route: Route) -> Iterator[Finding]:
    """Certificates lie in a folder that has one for each hostname."""
    folder = PurePosixPath(runtime.proxy.tls.certificates)
    if folder.name == route.hostname:
        told = f"{folder} is the folder of {route.hostname} alone, and one for each name is sought in it"
        related = (Related(f"the hostname of `{key}`", ("public", "routes", key, "hostname")),)
        yield Finding(("proxy", "tls", "certificates"), told, f"write {folder.parent}", related=related)


def _hostnames(runtime: Runtime) -> Iterator[tuple[str, Route]]:
    """One route of each hostname."""
    seen: set[str] = set()
    for key, route in runtime.routes():
        if route.hostname not in seen:
            yield key, route
        seen.add(route.hostname)


RULES = (
    Rule(
        "DN340",
        each(Runtime.ingresses, taken_over_sites),
        "a file that is taken over is replaced by an empty one, so that ours answers (truth book, section 2)",
    ),
    Rule(
        "DN341",
        logs_are_two_files,
        "whatever reads the access log stops at the first line that is no JSON (facts: nginx)",
    ),
    Rule(
        "DN342",
        connects_in_time,
        "while the proxy waits for a worker that is gone, its clients wait (nginx: proxy_connect_timeout)",
    ),
    Rule(
        "DN343",
        each(_hostnames, certificates_of_all),
        "nginx does not start without the certificate of a name that it serves (truth book, section 2)",
    ),
)
