"""Istio VirtualServices: the gateway's route to a service, and the detour of external names (A8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from phoenix_infra.workloads.ports import Port

MESH = "mesh"


@dataclass(frozen=True, kw_only=True)
class HttpRoute:
    """Hosts at a gateway lead to one service."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "VirtualService"

    hosts: tuple[str, ...]
    gateway: str
    destination: str
    port: int

    def spec(self) -> Mapping[str, object]:
        """With a time-out and few retries, so that one slow pod does not pile requests up."""
        return {
            "hosts": list(self.hosts),
            "gateways": [self.gateway],
            "http": [
                {
                    "timeout": "30s",
                    "retries": {
                        "attempts": 2,
                        "perTryTimeout": "10s",
                        "retryOn": "connect-failure,reset",
                    },
                    "route": [
                        {"destination": {"host": self.destination, "port": {"number": self.port}}}
                    ],
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class EgressRoute:
    """A sidecar sends one external name to the egress gateway, which sends it on."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "VirtualService"

    host: str
    port: Port
    gateway: str
    gateway_host: str
    subset: str
    visible_in: tuple[str, ...]

    def spec(self) -> Mapping[str, object]:
        """The client's TLS stays closed all the way; the mesh reads its server name only."""
        number = self.port.number
        return {
            "hosts": [self.host],
            "gateways": [MESH, self.gateway],
            "exportTo": list(self.visible_in),
            "tls": [
                {
                    "match": [{"gateways": [MESH], "port": number, "sniHosts": [self.host]}],
                    "route": [
                        {
                            "destination": {
                                "host": self.gateway_host,
                                "subset": self.subset,
                                "port": {"number": number},
                            }
                        }
                    ],
                }
            ],
            "tcp": [
                {
                    "match": [{"gateways": [self.gateway], "port": number}],
                    "route": [{"destination": {"host": self.host, "port": {"number": number}}}],
                }
            ],
        }
