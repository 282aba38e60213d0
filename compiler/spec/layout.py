"""Where things lie on a host: the usual places of the Filesystem Hierarchy Standard, below the runtime's
name.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths and names that follow from `name:`."""

    name: str

    @property
    def etc(self) -> str:
        """Configuration."""
        return f"/etc/{self.name}"

    @property
    def lib(self) -> str:
        """Shipped programs."""
        return f"/usr/local/lib/{self.name}"

    @property
    def opt(self) -> str:
        """Python environments."""
        return f"/opt/{self.name}"

    @property
    def run(self) -> str:
        """State of this boot."""
        return f"/run/{self.name}"

    @property
    def state(self) -> str:
        """State that survives a boot."""
        return f"/var/lib/{self.name}"

    @property
    def credentials(self) -> str:
        """Secrets, readable by root alone."""
        return f"{self.etc}/credentials"

    @property
    def locks(self) -> str:
        """Hash-locked requirement lists."""
        return f"{self.etc}/locks"

    @property
    def models(self) -> str:
        """Descriptions and manifests of models."""
        return f"{self.etc}/models"

    @property
    def aws_tools(self) -> str:
        """The environment of the programs that talk to AWS."""
        return f"{self.opt}/aws-tools"

    @property
    def bind_file(self) -> str:
        """Where a worker's private address is written at start."""
        return f"{self.run}/bind.env"

    @property
    def lease(self) -> str:
        """While this file's time has not run out, nobody but its writer restarts anything."""
        return f"{self.run}/maintenance.json"

    @property
    def route_user(self) -> str:
        """The ingress's account that may do one thing: hand in a route."""
        return f"{self.name}-route"

    def unit(self, suffix: str, kind: str = "service") -> str:
        """A unit's full name."""
        return f"{self.name}-{suffix}.{kind}"

    def unit_path(self, unit: str) -> str:
        """Where a unit of ours lies."""
        return f"/etc/systemd/system/{unit}"
