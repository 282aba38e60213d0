"""Facts about routes: hostnames, ports, route-sync (truth book, sections 1, 2, 7 and 15)."""

from __future__ import annotations

from typing import Any

from tests.book import reading
from tests.book.facts.fact import Fact, Tree

ORIGIN, SYNC = "linux-origin", "llm-route-sync"
VELOCITY, LLM = "https://velocity.desineuron.in/llm/v1", "https://llm.desineuron.in/v1"
OTHER_HOST = {"public/routes/llm/hostname": "other.example.org"}
OTHER_PREFIX = {"public/routes/velocity/prefix": "/gpt"}
BEFORE = {"cutover/phase": "before"}
OTHER_PORT = {"serving/coding/port": 30200}
TLS_SERVER = 1


def locations(tree: Tree, route: str) -> list[tuple[str, str, str]]:
    """Each public endpoint of a route: its path, its method, and where it leads."""
    found = []
    for block in tree.nginx(f"desineuron/{route}.locations"):
        if (
            block["directive"] == "location"
            and block["args"][0] == "="
            and "proxy_pass" in _names(block["block"])
        ):
            method = next(
                one["args"][-1] for one in block["block"] if one["args"][:2] == ["$request_method", "!="]
            )
            (target,) = reading.directives(block["block"], "proxy_pass")
            found.append((block["args"][1], method, target[0]))
    return found


def _names(blocks: list[dict[str, Any]]) -> set[str]:
    return {block["directive"] for block in blocks}


def server(tree: Tree, hostname: str, name: str) -> list[list[str]]:
    """A directive of the server that speaks TLS for a hostname."""
    servers = [
        block["block"]
        for block in tree.nginx(f"conf.d/desineuron-{hostname}.conf")
        if block["directive"] == "server"
    ]
    return reading.directives(servers[TLS_SERVER], name)


def route(tree: Tree) -> Any:
    (only,) = tree.json(ORIGIN, SYNC)["routes"]
    return only


FACTS = [
    Fact(
        "1",
        "llm.desineuron.in has a server",
        lambda t: server(t, "llm.desineuron.in", "server_name"),
        [["llm.desineuron.in"]],
        OTHER_HOST,
    ),
    Fact(
        "1",
        "velocity.desineuron.in has a server",
        lambda t: server(t, "velocity.desineuron.in", "server_name"),
        [["velocity.desineuron.in"]],
        {"public/routes/velocity/hostname": "other.example.org"},
    ),
    Fact(
        "1",
        "that server includes the route's locations",
        lambda t: (
            ["/etc/nginx/desineuron/velocity.locations"] in server(t, "velocity.desineuron.in", "include")
        ),
        True,
        {"public/routes/velocity/server": "existing"},
    ),
    Fact(
        "1",
        "the public endpoints of velocity, with /llm stripped",
        lambda t: locations(t, "velocity"),
        [
            ("/llm/v1/models", "GET", "http://desineuron-coding/v1/models"),
            ("/llm/v1/chat/completions", "POST", "http://desineuron-coding/v1/chat/completions"),
        ],
        OTHER_PREFIX,
    ),
    Fact(
        "1",
        "the public endpoints of llm",
        lambda t: locations(t, "llm"),
        [
            ("/v1/models", "GET", "http://desineuron-coding/v1/models"),
            ("/v1/chat/completions", "POST", "http://desineuron-coding/v1/chat/completions"),
        ],
        {"public/endpoints/chat_completions/path": "/chats"},
    ),
    Fact(
        "15",
        "the four public URLs on the hand-off page",
        lambda t: sorted(url for row in t.rows("Routes") for url in row[1:3]),
        [f"{LLM}/chat/completions", f"{LLM}/models", f"{VELOCITY}/chat/completions", f"{VELOCITY}/models"],
        OTHER_PREFIX,
    ),
    Fact(
        "16.4",
        "route-sync asks both public model lists",
        lambda t: sorted(route(t)["public_urls"]),
        [f"{LLM}/models", f"{VELOCITY}/models"],
        OTHER_HOST,
    ),
    Fact(
        "1",
        "the worker's last address",
        lambda t: t.json("gpu-worker", "discovery")["last_seen"],
        "172.31.46.190",
        {"hosts/gpu-worker/address/last_seen": "172.31.46.191"},
    ),
    Fact(
        "1",
        "address and port on the hand-off page",
        lambda t: any("last seen at 172.31.46.190:30100" in item for item in t.items("What is served")),
        True,
        OTHER_PORT,
    ),
    Fact("1", "the engine's port", lambda t: t.json("gpu-worker", "launch")["port"], 30100, OTHER_PORT),
    Fact("8", "the watchdog's port", lambda t: t.json("gpu-worker", "watchdog")["port"], 30100, OTHER_PORT),
    Fact(
        "1",
        "the port that the worker's security group opens",
        lambda t: {
            (rule["FromPort"], rule["ToPort"])
            for rule in t.json("gpu-worker", "aws/security-group")["SecurityGroupIngress"]
            if "SourceSecurityGroupName" in rule
        },
        {(30100, 30100)},
        OTHER_PORT,
    ),
    Fact(
        "1",
        "route-sync's port",
        lambda t: reading.env(t.raw(ORIGIN, f"/etc/desineuron/{SYNC}.env")),
        {"LLM_ROUTE_PORT": "30100"},
        BEFORE,
    ),
    Fact(
        "7",
        "the name of route-sync's variable",
        lambda t: t.json(ORIGIN, SYNC)["port_variable"],
        "LLM_ROUTE_PORT",
        {"route_sync/port_variable": "OTHER_PORT"},
    ),
    Fact(
        "1",
        "route-sync publishes no other port",
        lambda t: t.json(ORIGIN, SYNC)["required_port"],
        30100,
        BEFORE,
    ),
    Fact(
        "7",
        "route-sync refuses the port before",
        lambda t: t.json(ORIGIN, SYNC)["refused_ports"],
        [11434],
        {"cutover/port_before": 11435},
    ),
    Fact(
        "1",
        "the ingress takes that port alone",
        lambda t: t.json("ingress", "apply-route")["ports"],
        [30100],
        BEFORE,
    ),
    Fact(
        "1",
        "the hand-off page says where routes lead",
        lambda t: {row[4] for row in t.rows("Routes")},
        {"coding, port 30100"},
        BEFORE,
    ),
    Fact(
        "7",
        "the ingress that route-sync tells",
        lambda t: [one["address"] for one in t.json(ORIGIN, SYNC)["ingresses"]],
        ["llm.desineuron.in"],
        {"hosts/ingress/ssh/address": "10.0.0.1"},
    ),
    Fact(
        "7",
        "the mutable file is the upstream's",
        lambda t: reading.directives(
            reading.below(t.nginx("conf.d/00-desineuron.conf"), "upstream", "desineuron-coding"), "include"
        ),
        [["/etc/nginx/desineuron/upstream-coding.servers"]],
        {"name": "other"},
    ),
    Fact(
        "7",
        "the applier writes that file",
        lambda t: t.json("ingress", "apply-route")["routes"]["coding"]["file"],
        "/etc/nginx/desineuron/upstream-coding.servers",
        {"name": "other"},
    ),
    Fact(
        "3",
        "route-sync looks for this instance type",
        lambda t: route(t)["discovery"]["instance_type"],
        "g6.12xlarge",
        {
            "hardware/instances/g6e.12xlarge": {"gpu": "l4", "count": 4},
            "hosts/gpu-worker/instance": "g6e.12xlarge",
        },
    ),
    Fact(
        "7",
        "route-sync discovers",
        lambda t: route(t)["discovery"]["kind"],
        "ec2",
        {"serving/coding/discovery": {"source": "static"}},
    ),
    Fact(
        "7",
        "the operators' entry runs the program in an environment of its own",
        lambda t: t.command(ORIGIN, "/usr/local/bin/run_llm_route_sync.sh")[:2],
        ["/opt/desineuron/aws-tools/bin/python", "/usr/local/lib/desineuron/sync_llm_route.py"],
        {"route_sync/program": "other.py"},
    ),
    Fact(
        "7",
        "the operators' entry is where they know it",
        lambda t: t.command(ORIGIN, "/usr/local/bin/run_llm_route_sync.sh")[-1],
        "/etc/desineuron/llm-route-sync.env",
        {"route_sync/wrapper": "other.sh"},
    ),
    Fact(
        "7",
        "that environment has boto3",
        lambda t: "boto3" in reading.requirements(t.raw(ORIGIN, "/etc/desineuron/locks/aws-tools.txt")),
        True,
        {"route_sync/lock": "locks/other.txt"},
    ),
    Fact(
        "7",
        "the installer of route-sync",
        lambda t: t.command(ORIGIN, "/usr/local/sbin/install_linux_llm_route_sync.sh")[-1],
        "/etc/desineuron/install-llm-route-sync.json",
        {"route_sync/installer": "other.sh"},
    ),
    Fact(
        "7",
        "the units of the control plane, and no engine among them (section 2)",
        lambda t: t.units(ORIGIN),
        {"desineuron-llm-route-sync.service", "desineuron-llm-route-sync.timer"},
        {"route_sync/unit": "other"},
    ),
    Fact(
        "7",
        "the service runs the program",
        lambda t: t.start(ORIGIN, "desineuron-llm-route-sync.service")[0][1],
        "/usr/local/lib/desineuron/sync_llm_route.py",
        {"route_sync/program": "other.py"},
    ),
    Fact(
        "7",
        "the timer is enabled",
        lambda t: t.json(ORIGIN, "install-llm-route-sync")["enable"],
        ["desineuron-llm-route-sync.timer"],
        {"name": "other"},
    ),
    Fact(
        "17",
        "who does what",
        lambda t: [row[:3] for row in t.rows("Who does what")],
        [
            ["gpu-worker", "gpu", "172.31.46.190"],
            ["ingress", "ingress", "llm.desineuron.in"],
            [ORIGIN, "control-plane", ""],
        ],
        {"hosts/gpu-worker/address/last_seen": "172.31.46.191"},
    ),
]
