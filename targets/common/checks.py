"""How exposed a unit is, by systemd's own sum, under the limit that the spec sets for it.

One yardstick for all hosts: the score is this machine's systemd's, whatever a host runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.process import run
from compiler.spec.runtime import Runtime
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.consumers.systemd import UNITS, units
from compiler.verify.site import Site, lay

_SCORE = re.compile(r"Overall exposure level for (\S+?): ([0-9.]+)")
_FIRST_OFFLINE = 250  # the first systemd that scores a file instead of a running unit


def limits(runtime: Runtime) -> dict[tuple[str, str], tuple[str, float]]:
    """The spec's field and the limit, by the target of a unit and its name; of all others without one."""
    engine, nodes = runtime.engine.exposure, runtime.engine.nodes_exposure
    return {
        ("sglang", runtime.engine_unit()): ("engine.exposure", engine),
        ("sglang", ""): ("engine.nodes_exposure", nodes),
        ("watchdog", ""): ("watchdog.exposure", runtime.watchdog.exposure),
        ("rehydrate", ""): ("rehydration.exposure", runtime.rehydration.exposure),
        ("route_sync", ""): ("route_sync.exposure", runtime.route_sync.exposure),
        ("ingress", ""): ("ingress.exposure", runtime.ingress.exposure),
    }


def subjects(site: Site) -> Iterator[Subject]:
    """Each host that has services, with all of them and their limits."""
    facts = tuple(f"{target} {name} {limit}" for (target, name), limit in limits(site.runtime).items())
    for place, _ in site.hosts():
        own = tuple(path for path in units(site, place) if path.endswith(".service"))
        if own:
            yield Subject(place, own, facts)


def security(site: Site, subject: Subject) -> Iterator[Found]:
    """The services whose score is above their limit."""
    scores = _scores(site, subject)
    known = limits(site.runtime)
    for path in subject.paths:
        name = path.removeprefix(UNITS)
        target = site.files(subject.place)[path].planned.target
        at, limit = known.get((target, name)) or known[target, ""]
        score = scores.get(name)
        if score is None:
            yield Found(path, 0, "systemd gives it no score")
        elif score > limit:
            yield Found(path, 0, f"{name} has an exposure of {score}, and at most {limit} is allowed", at=at)


def _scores(site: Site, subject: Subject) -> dict[str, float]:
    _be_new_enough(site)
    folder = site.folder()
    for path in subject.paths:
        lay(folder / path.removeprefix(UNITS), site.files(subject.place)[path])
    files = [str(folder / path.removeprefix(UNITS)) for path in subject.paths]
    words = [_program(site), "security", "--offline=true", "--no-pager", *files]
    done = run(words, environment={"LC_ALL": "C", "SYSTEMD_COLORS": "0"})
    # A template is scored as its instance `i`.
    return {name.replace("@i.", "@."): float(score) for name, score in _SCORE.findall(done.out)}


def _be_new_enough(site: Site) -> None:
    told = re.match(r"systemd (\d+)", run([_program(site), "--version"]).out)
    if told is None or int(told[1]) < _FIRST_OFFLINE:
        raise Unable(f"systemd scores files from {_FIRST_OFFLINE} on, here is {told[1] if told else 'none'}")


def _program(site: Site) -> str:
    return str(site.tools.program("systemd-analyze"))


CHECKS: tuple[Check, ...] = (Check("systemd-security", "DN411", ("systemd-analyze",), subjects, security),)
