"""What an operator types at 3 a.m., and to bring hosts up: commands with the paths of this very spec."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.spec.runtime import Runtime

_PUT = "aws ssm put-parameter --type SecureString"


@dataclass(frozen=True, slots=True)
class Help:
    """One line of the table: what is seen, on which kind of host, what to type, and what it tells or does."""

    seen: str
    host: str
    command: str
    then: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of bringing up: why it is taken, and the commands."""

    about: str
    commands: tuple[str, ...]


def table(runtime: Runtime) -> list[Help]:
    """From the outside in: routes, workers, models."""
    return [*_routes(runtime), *_workers(runtime), *_models(runtime)]


def _routes(runtime: Runtime) -> list[Help]:
    wrapper = f"sudo /usr/local/bin/{runtime.route_sync.wrapper}"
    return [
        Help(
            "a route answers 503, no worker",
            "control plane",
            f"{wrapper} --dry-run",
            "says which worker passes",
        ),
        Help(
            "a worker passes and is not routed to",
            "control plane",
            wrapper,
            "publishes it; the exit code says why not",
        ),
        Help("nginx does not take a change", "ingress", "sudo nginx -t", "names the file and the line"),
    ]


def _workers(runtime: Runtime) -> list[Help]:
    engine, layout = runtime.engine_unit(), runtime.layout
    program = f"{layout.lib}/watchdog.py --config {layout.etc}/watchdog.json"
    lease = r"""printf '{"holder":"%s","until":%s}' "$(id -un)" $(($(date +%s)+3600))"""
    return [
        Help(
            "a worker's state is unclear",
            "worker",
            f"cat {layout.run}/watchdog.json",
            "state and reason, a minute old",
        ),
        Help(
            "the engine does not start", "worker", f"journalctl -u {engine} -e", "78 is a wrong configuration"
        ),
        Help(
            "the watchdog says latched",
            "worker",
            f"sudo {program} --reset",
            "after the cause is gone: restarts did not help",
        ),
        Help(
            "a GPU is missing",
            "worker",
            "nvidia-smi",
            "no restart brings it back; stop and start the instance",
        ),
        Help(
            "somebody must work undisturbed",
            "worker",
            f"{lease} | sudo tee {layout.lease}",
            "for an hour the watchdog keeps still",
        ),
    ]


def _models(runtime: Runtime) -> list[Help]:
    unit = runtime.layout.unit(runtime.rehydration.unit)
    mounts = sorted({worker.nvme.unit for _, worker in runtime.workers() if worker.nvme.unit})
    mounted = [
        Help(
            "the NVMe is not mounted",
            "worker",
            f"sudo systemctl start {mount}",
            "first; nothing else starts before",
        )
        for mount in mounts
    ]
    ready = all(runtime.primary(one).manifest for _, one in sorted(runtime.serving.items()))
    fetch = (
        "fetches and verifies the model; the watchdog does the same by itself"
        if ready
        else "REFUSES: no manifest is recorded (see Models); copy the model from where you have it"
    )
    return [
        *mounted,
        Help("the NVMe is empty after a stop", "worker", f"sudo systemctl start {unit}", fetch),
        Help("how far the fetching is", "worker", f"journalctl -fu {unit}", "progress, and why it stopped"),
    ]


def steps(runtime: Runtime) -> list[Step]:
    """From bare hosts to an answer: secrets, workers, ingresses, control planes."""
    return [*_secrets(runtime), *_hosts(runtime)]


def _secrets(runtime: Runtime) -> list[Step]:
    secrets = runtime.secrets
    return [
        Step("Make the two API keys, once", (_random(secrets.api_key), _random(secrets.admin_api_key))),
        Step(
            "Make route-sync's key pair, once; the public half goes into the spec, at route_sync.public_key",
            (
                "ssh-keygen -q -t ed25519 -N '' -C route-sync -f route-sync",
                _stored(secrets.route_sync_ssh_key),
            ),
        ),
    ]


def _random(reference: str) -> str:
    kind, _, place = reference.partition(":")
    if kind == "ssm":
        made = 'printf %s "$(openssl rand -hex 24)"'  # the shell's own printf: no process shows it
        return f"{made} | {_PUT} --name {place} --value file:///dev/stdin"
    return f"(umask 077; openssl rand -hex 24 | sudo tee {place} >/dev/null)"


def _stored(reference: str) -> str:
    kind, _, place = reference.partition(":")
    if kind == "ssm":
        return f"{_PUT} --name {place} --value file://route-sync"
    return f"sudo install -m 0600 route-sync {place}"


def _hosts(runtime: Runtime) -> list[Step]:
    engine = [runtime.engine.installer, runtime.watchdog.installer]
    return [
        *(_host(name, engine) for name, _ in runtime.workers()),
        *(_host(name, [runtime.ingress.installer]) for name, _ in runtime.ingresses()),
        *(_certificates(runtime, name) for name, _ in runtime.ingresses()),
        *(_host(name, [runtime.route_sync.installer]) for name, _ in runtime.control_planes()),
    ]


def _host(name: str, installers: list[str]) -> Step:
    return Step(
        f"Give {name} its files, look at what would happen, then let it happen",
        (
            f"tools/push.py --sudo {name} {name}:/",
            *(f"ssh {name} sudo {script} --check" for script in installers),
            *(f"ssh {name} sudo {script} --start" for script in installers),
        ),
    )


def _certificates(runtime: Runtime, name: str) -> Step:
    """Until then nginx answers with self-signed pairs."""
    tls = runtime.proxy.tls
    hostnames = sorted({route.hostname for _, route in runtime.routes() if route.server == "own"})
    if tls.deploy_hooks is None:
        unit = runtime.layout.unit("certificates")
        folders = " and ".join(f"{tls.certificates}/{hostname}" for hostname in hostnames)
        about = f"Put fullchain.pem and privkey.pem for {name} into {folders}"
        return Step(about, (f"ssh {name} sudo systemctl start {unit}",))
    hook = f"{tls.deploy_hooks}/{runtime.name}"
    call = f"sudo certbot certonly --webroot -w {tls.acme_webroot} --deploy-hook {hook}"
    return Step(
        f"Get the certificates of {name}, once its hostnames lead to it and port 80 is open",
        (f"ssh {name} sudo apt-get install certbot", *(f"ssh {name} {call} -d {one}" for one in hostnames)),
    )
