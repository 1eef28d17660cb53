"""Istio ServiceEntry: a name outside the mesh that listed namespaces may use; all else is unreachable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.workloads.ports import Port


@dataclass(frozen=True, kw_only=True)
class ServiceEntry:
    """Hosts on one port, visible to the namespaces that call them."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "ServiceEntry"

    hosts: Sequence[pulumi.Input[str]]
    port: Port
    visible_in: tuple[str, ...]
    resolve: bool = True
    """Through DNS by the proxy; wildcard hosts keep the address that the client resolved."""

    def spec(self) -> Mapping[str, object]:
        """Outside the mesh: TLS is the client's own, end to end."""
        return {
            "hosts": list(self.hosts),
            "ports": [
                {
                    "name": self.port.name,
                    "number": self.port.number,
                    "protocol": self.port.protocol.upper(),
                }
            ],
            "location": "MESH_EXTERNAL",
            "resolution": "DNS" if self.resolve else "NONE",
            "exportTo": list(self.visible_in),
        }
