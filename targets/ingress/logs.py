"""Where nginx writes its logs: it opens them as root, and appends to whatever is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

# The system's own (hier(7), file-hierarchy(7)), and what is gone after a boot.
_SYSTEM = """/bin /boot /dev /etc /home /lib /lib64 /proc /root /run /sbin /sys /tmp /usr /var/lib /var/tmp"""
_SHARED = ("/", "/data", "/media", "/mnt", "/opt", "/srv", "/var")
_OTHERS = """auth.log btmp cron.log daemon.log dpkg.log kern.log lastlog mail.log messages syslog user.log
wtmp"""


def _logs(runtime: Runtime) -> Iterator[tuple[str, str]]:
    del runtime
    yield from (("proxy", name) for name in ("access_log", "error_log"))


def a_place_for_logs(runtime: Runtime, section: str, name: str) -> Iterator[Finding]:
    """A log is below /var/log, or in a folder of its own that is none of the system's."""
    path: SpecPath = (section, name)
    place = PurePosixPath(getattr(runtime.proxy, name))
    inside = next((one for one in _SYSTEM.split() if PurePosixPath(one) in place.parents), None)
    if inside:
        told = f"{place} is in {inside}, and nginx would append to it as root"
    elif str(place.parent) in _SHARED:
        told = f"{place} is in {place.parent}, which is no folder for logs"
    elif place.parent == PurePosixPath("/var/log") and place.name in _OTHERS.split():
        told = f"{place} is written by the system itself"
    else:
        return
    yield Finding(path, told, f"write a file below /var/log/nginx, such as /var/log/nginx/{runtime.name}.log")


RULES = (
    Rule(
        "DN351",
        each(_logs, a_place_for_logs),
        "nginx opens its logs as root: requests that anybody sends would be written there (nginx: error_log)",
    ),
)
