"""A whole ingress in a cell: the compiled tree below Debian's nginx.conf, workers, and a client.

The route is moved by the compiled applier with its compiled configuration; only `systemctl` is a stand-in,
for nothing in a cell is systemd.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import BadStatusLine, HTTPResponse
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from compiler.spec.hosts import GpuWorker
from tests.native import cell as cells
from tests.native.engine import TOKEN, Engine, serve
from tests.native.needs import needs
from tests.native.site import Site

# Debian 12's own, but for comments and what it includes from packages that are not there.
NGINX_CONF = """user {user};
worker_processes 2;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;

events {{
    worker_connections 768;
}}

http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log /var/log/nginx/access.log;
    gzip on;
    include /etc/nginx/conf.d/*.conf;
    include /etc/nginx/sites-enabled/*;
}}
"""
DEFAULT_SITE = """server {
    listen 80 default_server;
    root /var/www/html;
    index index.html;
    server_name _;
}
"""
SYSTEMCTL = """#!/bin/sh
[ "$*" = "reload nginx.service" ] && exec /usr/sbin/nginx -s reload
echo "no such thing in a cell: systemctl $*" >&2
exit 1
"""
NO_ANSWER = (BadStatusLine, ConnectionResetError, ssl.SSLEOFError)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Reply:
    """An answer, with the moments at which its parts came."""

    status: int
    headers: dict[str, str]
    body: bytes
    moments: list[float] = field(default_factory=list)

    def json(self) -> Any:
        return json.loads(self.body)


def stage(site: Site, root: Path, *, keep_default: bool = False) -> None:
    """Lay out an ingress before its nginx starts."""
    taken = tuple(file["path"] for file in site.files(site.role("ingress")) if file["keep"] == "takes_over")
    site.lay(site.role("ingress"), root, without=taken if keep_default else ())
    cells.furnish(root, addresses(site))
    for folder in ("var/log/nginx", "var/lib/nginx", "var/www/html", "run/sshd", "etc/nginx/sites-enabled"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    if keep_default:
        for path in taken:
            (root / path.lstrip("/")).write_text(DEFAULT_SITE)
    user = "www-data" if cells.is_root() else "root"
    (root / "etc/nginx/nginx.conf").write_text(NGINX_CONF.format(user=user))
    (root / "stubs/systemctl").write_text(SYSTEMCTL)
    (root / "stubs/systemctl").chmod(0o755)
    hostnames = sorted({route.hostname for _, route in site.runtime.routes()})
    (root / "etc/hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in ("localhost", *hostnames)))
    _certify(root, site.runtime.proxy.tls.certificates, hostnames)


def addresses(site: Site) -> list[str]:
    """Of the worker that the spec knows, of another one, and of nobody."""
    worker = site.runtime.hosts[site.role("gpu")]
    assert isinstance(worker, GpuWorker)
    network = IPv4Network(site.runtime.network)
    return [worker.address.last_seen or str(network[4]), str(network[3]), str(network[2])]


def _certify(root: Path, folder: str, hostnames: list[str]) -> None:
    """A throw-away certificate, in the places of the real ones; `authority.pem` is what a client trusts."""
    key, certificate = root / "key.pem", root / "authority.pem"
    names = ",".join(f"DNS:{name}" for name in hostnames)
    words = [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    subject = ["-subj", "/CN=throw-away", "-addext", f"subjectAltName={names}"]
    argv = [needs("openssl"), *words, *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(argv, check=True, capture_output=True)
    for name in hostnames:
        place = root / folder.lstrip("/") / name
        place.mkdir(parents=True)
        (place / "privkey.pem").write_bytes(key.read_bytes())
        (place / "fullchain.pem").write_bytes(certificate.read_bytes())


def certify(cell: cells.Cell, site: Site, *options: str) -> cells.Done:
    """What runs before nginx: it makes the links to the certificates."""
    program, config = f"{site.runtime.layout.lib}/first_certificate.py", "first-certificate.json"
    done = cell.run("/usr/bin/python3", program, "--config", f"{site.runtime.layout.etc}/{config}", *options)
    assert done.code == 0, done.err
    return done


class Edge:
    """A running ingress with two workers beside it, of which none is published yet."""

    def __init__(self, site: Site, cell: cells.Cell) -> None:
        self.site, self.cell = site, cell
        *self.addresses, self.nobody = addresses(site)
        self.port = next(iter(site.runtime.serving.values())).port
        self.engines = [self._engine(address) for address in self.addresses]
        self.generation = 0
        self._tls = ssl.create_default_context(cafile=str(cell.path("/authority.pem")))

    def _engine(self, address: str) -> Engine:
        serving = next(iter(self.site.runtime.serving.values()))
        engine = Engine(address, self.site.runtime.primary(serving).served_name, serving.context_length)
        serve(engine, self.cell.listen(address, self.port))
        return engine

    def program(self, name: str, *words: str) -> list[str]:
        """The command line of a shipped program."""
        return ["/usr/bin/python3", f"{self.site.runtime.layout.lib}/{name}", *words]

    def publish(self, address: str) -> dict[str, Any]:
        """Move the route with the applier, as systemd would start it for one request."""
        self.generation += 1
        serving = next(iter(self.site.runtime.serving))
        asked = {"version": 1, "serving": serving, "servers": [address], "port": self.port}
        line = json.dumps({**asked, "generation": self.generation}) + "\n"
        config = f"{self.site.runtime.layout.etc}/apply-route.json"
        done = self.cell.run(*self.program("apply_route.py", "--config", config), given=line)
        told = json.loads(done.out)
        assert isinstance(told, dict)
        return told

    def seed(self) -> None:
        """Go back to the route file that the installer leaves."""
        tree = self.site.tree(self.site.role("ingress"))
        path = next(path for path in tree if path.endswith(".servers"))
        self.cell.path(path).write_bytes(tree[path])
        assert self.cell.run("/usr/sbin/nginx", "-s", "reload").code == 0

    def open(self, hostname: str, *, source: str = "127.0.0.1", tls: bool = True) -> Any:
        """A connection to the public port, with the hostname's TLS."""
        plain = self.cell.connect("127.0.0.1", 443 if tls else 80, source)
        plain.settimeout(10)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._tls.wrap_socket(plain, server_hostname=hostname) if tls else plain

    def ask(
        self,
        hostname: str,
        method: str,
        target: str,
        body: bytes | None = None,
        *,
        headers: dict[str, str] = BEARER,
        host: str | None = None,
        source: str = "127.0.0.1",
        tls: bool = True,
    ) -> Reply:
        """One request on a connection of its own; the target goes out as it is given."""
        sized = {} if body is None else {"Content-Length": str(len(body))}
        fields = {"Host": host or hostname, "Connection": "close", **headers, **sized}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        with self.open(hostname, source=source, tls=tls) as connection:
            connection.sendall(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
            with contextlib.suppress(OSError):  # an early refusal closes before the body is through
                connection.sendall(body or b"")
            return _reply(connection, method)

    @property
    def url(self) -> tuple[str, str]:
        """Hostname and path of the first route's completions."""
        _, route = next(iter(self.site.runtime.routes()))
        return route.hostname, self.target(route, "chat_completions")

    def target(self, route: Any, endpoint: str) -> str:
        """The public path of an endpoint on a route."""
        public = self.site.runtime.public
        return str(route.prefix + public.base + getattr(public.endpoints, endpoint).path)

    def complete(self, source: str = "127.0.0.1", **asked: Any) -> Reply:
        """A completion over the first route; `asked` says what the engine is to do."""
        return self.ask(self.url[0], "POST", self.url[1], json.dumps(asked).encode(), source=source)

    def served_by(self, address: str) -> bool:
        """Whether new requests get to this worker."""
        return self.complete(source="127.0.0.8").body.find(address.encode()) >= 0

    def hits(self) -> int:
        """How many requests got to a worker."""
        return sum(len(engine.hits) for engine in self.engines)

    def until(self, told: Callable[[], bool], seconds: float = 5) -> None:
        """Wait for what nginx does on its own time, a reload above all."""
        end = time.monotonic() + seconds
        while not told():
            assert time.monotonic() < end, "it did not come to pass"
            time.sleep(0.02)


def _reply(connection: Any, method: str) -> Reply:
    with HTTPResponse(connection, method=method) as reply:
        reply.begin()
        parts, moments = [], []
        while part := reply.read1(65536):
            parts.append(part)
            moments.append(time.monotonic())
        headers = {name.lower(): value for name, value in reply.getheaders()}
        return Reply(reply.status, headers, b"".join(parts), moments)


@contextlib.contextmanager
def running(site: Site, root: Path) -> Iterator[Edge]:
    """An ingress as it comes out of the compiler, running."""
    stage(site, root)
    with started(site, root) as edge:
        yield edge


@contextlib.contextmanager
def started(site: Site, root: Path) -> Iterator[Edge]:
    """A staged ingress, with its directories made by its own tmpfiles.d and nginx up."""
    needs("nginx")
    with cells.running(root) as cell:
        ours = [path for path in site.tree(site.role("ingress")) if path.startswith("/etc/tmpfiles.d/")]
        made = cell.run(needs("systemd-tmpfiles"), "--create", *ours)
        assert made.code == 0, made.err
        certify(cell, site)
        edge = Edge(site, cell)
        cell.start("/usr/sbin/nginx", "-g", "daemon off;", log="/var/log/nginx/start.log")
        edge.until(lambda: _answers(edge))
        yield edge


def _answers(edge: Edge) -> bool:
    with contextlib.suppress(cells.Unreachable):
        edge.cell.connect("127.0.0.1", 443).close()
        return True
    return False
