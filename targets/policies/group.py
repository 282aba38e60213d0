"""The worker's security group: the API's port, from those who have business with it (EC2's own field
names).
"""

from __future__ import annotations

from compiler.formats.json import Value
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

HTTPS = 443


def of_worker(runtime: Runtime, serving: Serving) -> Value:
    """Inbound: the API from the ingresses' and the control planes' groups; the ranks' rendezvous from nobody.

    The rendezvous listens on every address even when it is told a loopback one, so the group must not open
    it.
    """
    peers = [*(name for name, _ in runtime.ingresses()), *(name for name, _ in runtime.control_planes())]
    return {
        "GroupName": f"{runtime.name}-{runtime.engine.unit}",
        "Description": f"{runtime.title}: model server",
        "SecurityGroupIngress": [
            {
                "IpProtocol": "tcp",
                "FromPort": serving.port,
                "ToPort": serving.port,
                "SourceSecurityGroupName": f"{runtime.name}-{peer}",
                "Description": f"API from {peer}",
            }
            for peer in peers
        ],
        "SecurityGroupEgress": [
            {
                "IpProtocol": "tcp",
                "FromPort": HTTPS,
                "ToPort": HTTPS,
                "CidrIp": "0.0.0.0/0",
                "Description": "parameters, models and packages",
            }
        ],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    }
