#!/usr/bin/env python3
"""Makes the ingresses send each route to the workers that serve its model now.

It exists because a GPU worker's private address changes whenever the instance is stopped and started, while
the public contract stays. A timer on the control plane runs it; an operator may run it at any time. For each
route it looks for the workers, lets only those pass that serve the exact model, asks every ingress where it
sends the route, publishes to all of them or to none, and looks at the public URLs. Where nothing has changed
nothing is published. Whatever goes wrong before the publication, the old route stays.

Exit codes (of several routes, the first that is not 0):
    0   every route goes where it should, and the public sees it; with --dry-run: what would change was said
    2   wrong usage
    10  discovery: the cloud's API was not reached or refused; look at credentials and network
    11  too few workers pass the gate; look at the GPU worker
    12  more workers pass the gate than the route has; stop one, or tag the primary ones
    13  publication: an ingress did not answer or refused; every ingress has its old route
    14  publication: an ingress refused and another could not be put back; they may disagree, look at once
    15  published, but a public URL does not show it; the message says whether the old route was put back
    75  another run is under way
    78  the configuration is wrong, or the port is refused by it
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import Any, ContextManager, Dict, List, Optional, Sequence

from hostkit import config, files, talk
from route_discovery import discover
from route_gate import Prober, choose
from route_publish import Fleet, Ssh, Standing, Transport, learned_hosts
from route_settings import Exit, Fault, RouteSettings, Settings, State


def main(argv: Sequence[str], transport: Optional[Transport] = None) -> int:
    """Synchronise every route; see the module's docstring for the exit codes.

    Args:
        argv: the command line.
        transport: how to talk to the ingresses; ssh unless a test brings its own.
    """
    options = _options(argv)
    try:
        results = _synchronise(options, transport)
    except config.ConfigError as fault:
        return _fail(str(fault), Exit.CONFIGURATION, options.json)
    except files.Busy as fault:
        return _fail(f"another run is under way ({fault}); nothing was done", Exit.BUSY, options.json)
    except OSError as fault:
        told = f"{fault.filename or 'a file'}: {fault.strerror or fault}; do the unit's directories exist?"
        return _fail(told, Exit.CONFIGURATION, options.json)
    code = next((int(result["exit"]) for result in results if result["exit"]), 0)
    whole = {"dry_run": options.dry_run, "routes": results, "exit": code}
    talk.emit(whole if options.json else {one["serving"]: _told(one) for one in results}, options.json)
    return code


def _synchronise(options: argparse.Namespace, transport: Optional[Transport]) -> List[Dict[str, Any]]:
    settings = config.load(Settings, options.config)
    port = _port(settings, options)
    over = transport or Ssh(settings.ssh_key, learned_hosts(settings.state))
    sync = Sync(settings, port, over, dry_run=options.dry_run)
    with _alone(settings.lock, options.dry_run):
        return [sync.route(route) for route in settings.routes]


class Sync:
    """One run over the routes."""

    def __init__(self, settings: Settings, port: int, transport: Transport, *, dry_run: bool) -> None:
        self._settings = settings
        self._port = port
        self._fleet = Fleet(settings.ingresses, transport)
        self._prober = Prober(_token(settings.token_file), settings.gate_timeout_seconds)
        self._dry_run = dry_run

    def route(self, route: RouteSettings) -> Dict[str, Any]:
        """What became of one route; a fault of one does not keep the others from being synchronised."""
        result: Dict[str, Any] = {
            "serving": route.serving,
            "changed": False,
            "error": None,
            "exit": int(Exit.DONE),
        }
        try:
            self._synchronise(route, result)
        except Fault as fault:
            result.update(error=str(fault), exit=int(fault.code))
            talk.error(f"{route.serving}: {fault}")
        return result

    def _synchronise(self, route: RouteSettings, result: Dict[str, Any]) -> None:
        healthy, failed = self._prober.healthy(
            discover(route.discovery, self._settings.region or ""), self._port, route
        )
        for reason in failed:
            talk.warning(f"{route.serving}: passed over: {reason}")
        servers = choose(healthy, failed, route)
        before = self._fleet.read(route.serving)
        wanted = Standing(servers, self._port, self._next_generation(route.serving, before))
        differs = [name for name, standing in before.items() if not standing.same_place(wanted)]
        result.update(servers=list(servers), port=self._port, changed=bool(differs))
        result["ingresses"] = {name: str(standing) for name, standing in before.items()}
        for name in differs:
            note = " (dry run)" if self._dry_run else ""
            talk.info(f"{route.serving}: {name}: {before[name]} -> {wanted}{note}")
        if self._dry_run:
            return
        if differs:
            self._remember(route.serving, wanted.generation)
            self._fleet.publish(route.serving, wanted, before)
            result["generation"] = wanted.generation
        self._confirm(route, wanted, before if differs else {})

    def _confirm(self, route: RouteSettings, wanted: Standing, before: Dict[str, Standing]) -> None:
        """The public sees the model; if not, and if the old workers still serve, they get the route back.

        A route is not given back to workers that fail the gate: that could only be worse.
        """
        wrong = self._prober.confirm(route, self._settings.confirm_timeout_seconds)
        if not wrong:
            return
        told = "; ".join(wrong)
        if not before:
            raise Fault(Exit.UNCONFIRMED, f"the route is as it was, but {told}")
        if not self._still_good(route, before):
            raise Fault(
                Exit.UNCONFIRMED,
                f"published, but {told}; the old workers no longer pass the gate, so the new route stays",
            )
        left = self._fleet.restore(route.serving, wanted, before)
        if left:
            raise Fault(
                Exit.SPLIT, f"{told}; the old route could not be put back everywhere: {'; '.join(left)}"
            )
        raise Fault(Exit.UNCONFIRMED, f"{told}; the old route was put back")

    def _still_good(self, route: RouteSettings, before: Dict[str, Standing]) -> bool:
        places = {(server, standing.port) for standing in before.values() for server in standing.servers}
        everywhere = all(standing.servers for standing in before.values())
        return everywhere and not any(
            self._prober.gate(server, port, route) for server, port in sorted(places)
        )

    def _next_generation(self, serving: str, before: Dict[str, Standing]) -> int:
        return (
            max(
                [
                    self._state().generations.get(serving, 0),
                    *(standing.generation for standing in before.values()),
                ]
            )
            + 1
        )

    def _state(self) -> State:
        """The ingresses know the generations too, so a lost or damaged state costs nothing but a warning."""
        if not os.path.exists(self._settings.state):
            return State(1, {})
        try:
            return config.load(State, self._settings.state)
        except config.ConfigError as fault:
            talk.warning(f"{fault}; going on by what the ingresses say")
            return State(1, {})

    def _remember(self, serving: str, generation: int) -> None:
        """Before the publication, so that no generation is ever used twice."""
        generations = {**self._state().generations, serving: generation}
        files.write_json(self._settings.state, {"version": 1, "generations": generations})


def _told(result: Dict[str, Any]) -> str:
    """One route's result, for a person; what differed at which ingress was logged before."""
    if result["error"]:
        return f"failed ({result['exit']}): {result['error']}"
    place = ", ".join(f"{server}:{result['port']}" for server in result["servers"])
    if not result["changed"]:
        return f"{place}, as before"
    return (
        f"{place}, published as generation {result['generation']}"
        if "generation" in result
        else f"{place}, not yet published"
    )


def _port(settings: Settings, options: argparse.Namespace) -> int:
    """The port that the operators have set, or that this run is forced to.

    The truth book (section 7) makes flipping it the operator's act of cutting over. Forcing does without the
    required port, for a migration that is under way; a refused port stays refused.
    """
    forced = options.force_port is not None
    port = int(options.force_port) if forced else _set_port(settings.port_variable, options.env_file)
    if not 0 < port < 65536:
        raise config.ConfigError(f"{port} is not a port")
    if port in settings.refused_ports:
        raise config.ConfigError(
            f"port {port} is refused: it is the one from before the cutover (refused_ports)"
        )
    if not forced and settings.required_port not in (None, port):
        told = f"{settings.port_variable} is {port}, but the workers serve at {settings.required_port}"
        raise config.ConfigError(f"{options.env_file}: {told}; correct it there")
    return port


def _set_port(variable: str, env_file: str) -> int:
    text = files.read_env_file(env_file).get(variable, "")
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise config.ConfigError(
            f"{env_file}: {variable} must be set to a port, as in {variable}=8000; it is {text[:20]!r}"
        )
    return int(text)


def _token(path: Optional[str]) -> Optional[str]:
    """The token of the routes; never shown, not even when it is wrong."""
    if path is None:
        return None
    with open(path, encoding="utf-8", errors="replace") as file:
        token = file.read(4096).strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise config.ConfigError(
            f"{path}: one line with the token is expected, of printable characters and without spaces"
        )
    return token


def _alone(lock: str, dry_run: bool) -> ContextManager[object]:
    return contextlib.nullcontext() if dry_run else files.locked(lock)


def _fail(message: str, code: Exit, as_json: bool) -> int:
    talk.error(message)
    if as_json:
        talk.emit({"error": message, "routes": [], "exit": int(code)}, as_json)
    return int(code)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = talk.parser(__doc__, "Send each route to the workers that serve it now.")
    parser.add_argument("--config", required=True, metavar="FILE", help="route-sync.json")
    parser.add_argument("--env-file", required=True, metavar="FILE", help="the operators' file with the port")
    parser.add_argument(
        "--force-port", type=int, metavar="N", help="go to this port in this run, whatever the env file says"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
