"""What an operator types at 3 a.m., and to bring hosts up: commands with the paths of this very spec."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.spec.runtime import Runtime
from compiler.spec.serving import Ec2Discovery

_RELOAD = "systemctl reload-or-restart nginx"
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
            "the engine does not start",
            "worker",
            f"sudo journalctl -u {engine} -e",
            "78 is a wrong configuration",
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
        else "REFUSES: no manifest is recorded (see Models); copy the model to its directory by hand"
    )
    staged = [
        Help(
            f"{model.repository} is wanted for a trial",
            "worker",
            f"sudo {model.script}",
            "stages it; serves nothing",
        )
        for _, model in runtime.staged()
    ]
    return [
        *mounted,
        Help("the NVMe is empty after a stop", "worker", f"sudo systemctl start {unit}", fetch),
        Help(
            "how far the fetching is", "worker", f"sudo journalctl -fu {unit}", "progress, and why it stopped"
        ),
        *staged,
    ]


def steps(runtime: Runtime) -> list[Step]:
    """From bare hosts to an answer: AWS, secrets, workers, ingresses, control planes."""
    return [*_cloud(runtime), *_secrets(runtime), *_hosts(runtime)]


def _cloud(runtime: Runtime) -> list[Step]:
    """What AWS must know before: groups, roles and the tags by which a worker is found."""
    if runtime.aws is None:
        return []
    folder = f"generated/hosts/HOST/root{runtime.layout.etc}/aws"
    peers = [f"{runtime.name}-{name}" for name, _ in (*runtime.ingresses(), *runtime.control_planes())]
    groups = tuple(
        f"aws ec2 create-security-group --group-name {peer} --description {peer}" for peer in peers
    )
    about = (
        f"Make the groups that the worker's own group names, then attach what lies in {folder} to each host"
    )
    return [Step(about, groups), *_tags(runtime)]


def _tags(runtime: Runtime) -> list[Step]:
    found = []
    for _, serving in sorted(runtime.serving.items()):
        if isinstance(serving.discovery, Ec2Discovery):
            wanted = dict(sorted(serving.discovery.tags.items()))
            if serving.discovery.primary_tag:
                wanted[serving.discovery.primary_tag.key] = serving.discovery.primary_tag.value
            tags = " ".join(f"'Key={key},Value={value}'" for key, value in wanted.items())
            about = f"Tag the instances of {', '.join(serving.workers)}: route-sync finds them by that alone"
            found.append(Step(about, (f"aws ec2 create-tags --resources INSTANCE_ID --tags {tags}",)))
    return found


def _secrets(runtime: Runtime) -> list[Step]:
    secrets = runtime.secrets
    return [
        Step("Make the two API keys, once", (_random(secrets.api_key), _random(secrets.admin_api_key))),
        Step(
            "Make route-sync's key pair, once, outside the checkout",
            (
                'cd "$(mktemp -d)" && ssh-keygen -q -t ed25519 -N "" -C route-sync -f route-sync',
                _stored(secrets.route_sync_ssh_key),
                "shred -u route-sync",
            ),
        ),
        Step(
            "Put the line of route-sync.pub into the spec at route_sync.public_key, and each"
            " ingress's private address at its ssh.address; then compile, and commit both",
            (".venv/bin/dncompile && git add specs generated && git commit",),
        ),
    ]


def _random(reference: str) -> str:
    kind, _, place = reference.partition(":")
    if kind == "ssm":
        made = 'printf %s "$(openssl rand -hex 24)"'  # the shell's own printf: no process shows it
        return f"{made} | {_PUT} --name {place} --value file:///dev/stdin"
    folder = place.rpartition("/")[0]
    return (
        f"sudo install -d -m 0700 {folder} && (umask 077; openssl rand -hex 24 | sudo tee {place} >/dev/null)"
    )


def _stored(reference: str) -> str:
    kind, _, place = reference.partition(":")
    if kind == "ssm":
        return f"{_PUT} --name {place} --value file://route-sync"
    return f"sudo install -m 0600 route-sync {place}"


def _hosts(runtime: Runtime) -> list[Step]:
    return [
        *(step for name, _ in runtime.workers() for step in _worker(runtime, name)),
        *(_host(name, [runtime.ingress.installer], _RELOAD) for name, _ in runtime.ingresses()),
        *(_certificates(runtime, name) for name, _ in runtime.ingresses()),
        *(_host(name, [runtime.route_sync.installer]) for name, _ in runtime.control_planes()),
    ]


def _worker(runtime: Runtime, name: str) -> list[Step]:
    """The engine does not start without its model, so the model comes between installing and starting."""
    installers = [runtime.engine.installer, runtime.watchdog.installer]
    model = runtime.primary(runtime.served_by(name))
    place = runtime.model_directory(runtime.worker(name), model)
    fetch = f"ssh {name} sudo systemctl start {runtime.layout.unit(runtime.rehydration.unit)}"
    bring = fetch if model.manifest else f"rsync -a --mkpath --rsync-path='sudo rsync' MODEL/ {name}:{place}/"
    return [
        Step(
            f"Give {name} its files, look at what would happen, then let it happen",
            (
                _push(name),
                *(f"ssh {name} sudo {script} --check" for script in installers),
                *(f"ssh {name} sudo {script}" for script in installers),
            ),
        ),
        Step(
            f"Bring {name} its model, if it is not there yet, and start",
            (bring, *(f"ssh {name} sudo {script} --start" for script in installers)),
        ),
    ]


def _push(name: str) -> str:
    return f"tools/push.py --sudo {name} {name}:/"


def _host(name: str, installers: list[str], *then: str) -> Step:
    return Step(
        f"Give {name} its files, look at what would happen, then let it happen",
        (
            _push(name),
            *(f"ssh {name} sudo {script} --check" for script in installers),
            *(f"ssh {name} sudo {script} --start" for script in installers),
            *(f"ssh {name} sudo {words}" for words in then),
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
    asking = "sudo certbot certonly -n --agree-tos -m YOUR_ADDRESS"
    call = f"{asking} --webroot -w {tls.acme_webroot} --deploy-hook {hook}"
    return Step(
        f"Get the certificates of {name}, once its hostnames lead to it and port 80 is open",
        (
            f"ssh {name} sudo apt-get install -y certbot",
            *(f"ssh {name} {call} -d {one}" for one in hostnames),
        ),
    )
