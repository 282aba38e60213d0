"""Route-sync's discovery with real boto3 against moto's server, over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from tests.programs.route_fakes import NETWORK, Edge, Site, run, worker

boto3 = pytest.importorskip("boto3", reason="the hosts' other Pythons have no boto3; make test has it")
pytest.importorskip("moto", reason="make test has it")

REGION = "eu-central-1"
TAGS = {"Role": "llm-gpu", "Stage": "production"}
TYPE = "g5.xlarge"


@pytest.fixture(scope="module")
def cloud() -> Iterator[str]:
    """The URL of a cloud of our own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{url}/moto-api/data.json", timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield url
        process.terminate()


@pytest.fixture
def ec2(cloud: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    for key, value in {
        "AWS_ENDPOINT_URL": cloud,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(key, value)
    urllib.request.urlopen(
        urllib.request.Request(f"{cloud}/moto-api/reset", method="POST"), timeout=10
    ).close()
    return boto3.client("ec2", region_name=REGION)


@pytest.fixture
def subnet(ec2: Any) -> str:
    return make_subnet(ec2, "10.20.0.0/16")


def make_subnet(ec2: Any, network: str) -> str:
    vpc = ec2.create_vpc(CidrBlock=network)["Vpc"]["VpcId"]
    return str(ec2.create_subnet(VpcId=vpc, CidrBlock=network)["Subnet"]["SubnetId"])


def start(ec2: Any, subnet: str, address: str, tags: Dict[str, str] = TAGS, kind: str = TYPE) -> str:
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    done = ec2.run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, InstanceType=kind, SubnetId=subnet,
        PrivateIpAddress=address, TagSpecifications=[{"ResourceType": "instance", "Tags": listed}],
    )  # fmt: skip
    return str(done["Instances"][0]["InstanceId"])


def found(**changes: Any) -> List[Any]:
    from route_discovery import discover
    from route_settings import Discovery

    fields = {"tags": TAGS, "instance_type": TYPE, "network": "10.20.0.0/16", "primary_tag": None, **changes}
    return discover(Discovery(kind="ec2", addresses=(), **fields), REGION)


def addresses(**changes: Any) -> List[str]:
    return [candidate.address for candidate in found(**changes)]


class TestDiscovery:
    def test_by_all_tags_and_type(self, ec2, subnet):
        start(ec2, subnet, "10.20.0.10")
        start(ec2, subnet, "10.20.0.9")
        start(ec2, subnet, "10.20.0.11", {"Role": "llm-gpu"})
        start(ec2, subnet, "10.20.0.12", {**TAGS, "Stage": "test"})
        start(ec2, subnet, "10.20.0.13", kind="t3.micro")
        assert addresses() == ["10.20.0.9", "10.20.0.10"]
        assert addresses(instance_type=None) == ["10.20.0.9", "10.20.0.10", "10.20.0.13"]

    def test_running_ones_only(self, ec2, subnet):
        one, two = start(ec2, subnet, "10.20.0.1"), start(ec2, subnet, "10.20.0.2")
        start(ec2, subnet, "10.20.0.3")
        ec2.stop_instances(InstanceIds=[one])
        ec2.terminate_instances(InstanceIds=[two])
        assert addresses() == ["10.20.0.3"]
        ec2.start_instances(InstanceIds=[one])
        assert addresses() == ["10.20.0.1", "10.20.0.3"]

    def test_private_addresses_inside_the_network_only(self, ec2, subnet):
        start(ec2, subnet, "10.20.0.1")
        start(ec2, make_subnet(ec2, "10.30.0.0/16"), "10.30.0.1")
        assert addresses() == ["10.20.0.1"]

    def test_takes_no_wildcard_of_a_filter_for_a_match(self, ec2, subnet):
        start(ec2, subnet, "10.20.0.1", {"Role": "llm-gpu"})
        start(ec2, subnet, "10.20.0.2", {"Role": "llm-*"})
        assert addresses(tags={"Role": "llm-*"}) == ["10.20.0.2"]

    def test_of_the_primary_tag(self, ec2, subnet):
        from route_settings import PrimaryTag

        start(ec2, subnet, "10.20.0.1", {**TAGS, "Primary": "yes"})
        start(ec2, subnet, "10.20.0.2", {**TAGS, "Primary": "no"})
        start(ec2, subnet, "10.20.0.3")
        marked = [candidate.primary for candidate in found(primary_tag=PrimaryTag("Primary", "yes"))]
        assert marked == [True, False, False]

    def test_over_several_pages(self, ec2, subnet, monkeypatch):
        import route_discovery

        monkeypatch.setattr(route_discovery, "PAGE", 5)
        for number in range(1, 13):
            start(ec2, subnet, f"10.20.1.{number}")
        assert len(addresses()) == 12

    def test_of_nothing(self, ec2, subnet):
        assert found() == []


class TestTrouble:
    def test_an_api_that_is_not_there(self, ec2, monkeypatch):
        from route_settings import Exit, Fault

        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        with pytest.raises(Fault, match=REGION) as caught:
            found()
        assert caught.value.code == Exit.DISCOVERY

    def test_no_credentials(self, ec2, monkeypatch):
        from route_settings import Exit, Fault

        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        with pytest.raises(Fault, match="credentials") as caught:
            found()
        assert caught.value.code == Exit.DISCOVERY

    def test_a_refusal_names_its_code_and_the_permission(self, ec2, monkeypatch):
        from route_settings import Exit, Fault

        with pytest.raises(Fault, match=r"ec2:DescribeInstances") as caught, refusing(monkeypatch):
            found()
        assert caught.value.code == Exit.DISCOVERY
        assert "UnauthorizedOperation" in str(caught.value) and "sekret" not in str(caught.value)

    def test_a_python_without_boto3_is_told(self, monkeypatch):
        """What once happened to the operators (truth book, section 7)."""
        from route_settings import Exit, Fault

        monkeypatch.setitem(sys.modules, "boto3", None)
        with pytest.raises(Fault, match="wrapper") as caught:
            found()
        assert caught.value.code == Exit.CONFIGURATION


def refusing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An API that says no, with more words than anybody should see."""
    import contextlib
    import http.server
    import threading

    error = b"<Error><Code>UnauthorizedOperation</Code><Message>sekret</Message></Error>"
    body = b"<Response><Errors>" + error + b"</Errors></Response>"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, *args: object) -> None:
            """Say nothing."""

    @contextlib.contextmanager
    def serving() -> Iterator[None]:
        with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield
            server.shutdown()

    return serving()


def test_a_route_follows_an_instance(ec2, tmp_path: Path, capsys):
    """From the tags to the route file: discovered, gated, published; then another instance takes over."""
    from sync_route import main

    from tests.programs.route_scene import Appliers

    subnet = make_subnet(ec2, NETWORK)
    with worker("127.0.0.11") as (_, port), worker("127.0.0.12", port):
        edges = {"edge-1": Edge(tmp_path / "edge-1", port=port)}
        site = Site(tmp_path / "control", edges, port)
        primary = {"key": "Primary", "value": "yes"}
        site.at(kind="ec2", tags=TAGS, instance_type=TYPE, primary_tag=primary)
        first = start(ec2, subnet, "127.0.0.11")
        start(ec2, subnet, "127.0.0.13")  # runs, and serves nothing
        assert main(site.argv(), Appliers(edges)) == 0
        assert edges["edge-1"].file.read_text() == f"server 127.0.0.11:{port} max_fails=0;\n"

        second = start(ec2, subnet, "127.0.0.12")
        assert main(site.argv(), Appliers(edges)) == 12
        ec2.create_tags(Resources=[second], Tags=[{"Key": "Primary", "Value": "yes"}])
        assert main(site.argv(), Appliers(edges)) == 0
        assert edges["edge-1"].file.read_text() == f"server 127.0.0.12:{port} max_fails=0;\n"

        ec2.stop_instances(InstanceIds=[first, second])
        assert main(site.argv(), Appliers(edges)) == 11
        assert edges["edge-1"].file.read_text() == f"server 127.0.0.12:{port} max_fails=0;\n"


def test_without_credentials_the_old_route_stays(ec2, tmp_path: Path, monkeypatch):
    """The whole program, as a process."""
    from tests.programs.route_fakes import SYNC

    edges = {"edge-1": Edge(tmp_path / "edge-1")}
    site = Site(tmp_path / "control", edges, 30100)
    site.at(kind="ec2", tags=TAGS)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    done = run([str(SYNC), *site.argv("--json")])
    assert done.returncode == 10, done.stderr
    assert "credentials" in json.loads(done.stdout)["routes"][0]["error"]
