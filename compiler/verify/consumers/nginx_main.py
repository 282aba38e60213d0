"""What nginx reads around our files: its main file, and the servers of other applications.

Neither is ours to judge. The main file here has what Debian's says of http, without what is of no account to
what we write; it stands in where a host's own is not to be had.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from compiler.render import Rendered

QUOTED = re.compile(r'"([^"]+)"')
_OF_THE_NAME = re.compile(r"unknown directive|directive is not (?:allowed here|terminated)")
CONF = "/etc/nginx/nginx.conf"
FOLDER = "/etc/nginx/"
OTHERS = "/etc/nginx/conf.d/zz-other-applications.conf"
PAIR = "/etc/nginx/other-application.pem"
TEXT = """\
user www-data;
worker_processes auto;
pid /run/nginx.pid;

events {
    worker_connections 768;
}

http {
    types_hash_max_size 2048;
    default_type application/octet-stream;
    server_tokens off;
    access_log /var/log/nginx/access.log;
    error_log /var/log/nginx/error.log;

    include /etc/nginx/conf.d/*.conf;
    include /etc/nginx/sites-enabled/*;
}
"""


def at_fault(message: str, line: str) -> str:
    """The text in a line that is at fault: the directive's name, what the complaint quotes, or the values."""
    name, _, parameters = line.strip().rstrip(";{").partition(" ")
    if _OF_THE_NAME.search(message):
        return name
    quoted = [word for word in QUOTED.findall(message) if word in parameters]
    values = [word for word in parameters.split() if word[0].isdigit()]
    return max(quoted or values, key=len, default=parameters)


def others(files: Mapping[str, Rendered], says: str = "listen 443 ssl default_server;") -> str:
    """The servers that are not ours and include files of ours; without them nothing would read these.

    `says` are directives of each server; of all, the first is its ports' default.
    """
    servers: dict[str, list[str]] = {}
    for path, one in files.items():
        if one.planned.artifact.included_by:
            host = one.planned.artifact.included_by.removeprefix("https://")
            servers.setdefault(host, []).append(f"    include {path};\n")
    made = ""
    for number, (host, includes) in enumerate(sorted(servers.items())):
        own = says if number == 0 else says.replace(" default_server", "")
        pair = f"    ssl_certificate {PAIR};\n    ssl_certificate_key {PAIR};\n"
        made += f"server {{\n    {own}\n    server_name {host};\n{pair}{''.join(includes)}}}\n"
    return made


def bring(base: Path, tree: Path) -> None:
    """What nginx's package brings into /etc/nginx and is not ours: a root's own, or else the file above.

    This machine's own /etc/nginx is left out: what stands there says nothing of the host.
    """
    folder = tree / FOLDER.strip("/")
    for name in ("conf.d", "sites-enabled", "modules-enabled"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if base == Path("/"):
        _put(folder / "nginx.conf", TEXT)
        return
    for source in sorted((base / FOLDER.strip("/")).rglob("*")):
        to = folder / source.relative_to(base / FOLDER.strip("/"))
        if source.is_dir() and not source.is_symlink():
            to.mkdir(exist_ok=True)
        elif not to.exists() and not to.is_symlink():
            _copy(source, to)


def _copy(source: Path, to: Path) -> None:
    if source.is_symlink():
        to.symlink_to(source.readlink())
    else:
        to.write_bytes(source.read_bytes())


def _put(file: Path, text: str) -> None:
    if not file.exists():
        file.write_text(text)
