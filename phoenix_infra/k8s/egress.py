"""The way out: each external host by name, through the egress gateway, for the callers that declare it (A8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.authorization_policy import AllowCallers, AllowRule
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.addon_namespaces import MESH_EGRESS
from phoenix_infra.workloads.call_graph import egress_port
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.platform_egress import ExternalHost, principals

EGRESS_GATEWAY_NAME = "egress"
EGRESS_SERVICE = f"istio-egress.{MESH_EGRESS}.svc.cluster.local"
EGRESS_SELECTOR: Mapping[str, str] = {"app": "istio-egress", "istio": "egress"}


@dataclass(frozen=True, kw_only=True)
class EgressServers:
    """A server for each host; its name, sent inside the mesh's mutual TLS, picks the route."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "Gateway"

    hosts: tuple[ExternalHost, ...]

    def spec(self) -> Mapping[str, object]:
        """ISTIO_MUTUAL: the gateway knows who calls, and still never opens the caller's own TLS."""
        return {
            "selector": dict(EGRESS_SELECTOR),
            "servers": [
                {
                    "port": {
                        "number": host.port.number,
                        "name": f"tls-{host.port.number}-{host.slug}"[:60],
                        "protocol": "TLS",
                    },
                    "hosts": [host.host],
                    "tls": {"mode": "ISTIO_MUTUAL", "minProtocolVersion": "TLSV1_3"},
                }
                for host in self.hosts
            ],
        }


@dataclass(frozen=True, kw_only=True)
class EgressDestination:
    """How proxies talk to the egress gateway: mutual TLS, with the external host as server name."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "DestinationRule"

    hosts: tuple[ExternalHost, ...]

    def spec(self) -> Mapping[str, object]:
        """One subset for each host."""
        return {
            "host": EGRESS_SERVICE,
            "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}},
            "subsets": [
                {
                    "name": host.slug,
                    "trafficPolicy": {
                        "tls": {"mode": "ISTIO_MUTUAL", "sni": host.host},
                        "portLevelSettings": [
                            {
                                "port": {"number": host.port.number},
                                "tls": {"mode": "ISTIO_MUTUAL", "sni": host.host},
                            }
                        ],
                    },
                }
                for host in self.hosts
            ],
        }


@dataclass(frozen=True, kw_only=True)
class ServiceEntry:
    """A name that REGISTRY_ONLY proxies may know."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "ServiceEntry"

    host: ExternalHost

    def spec(self) -> Mapping[str, object]:
        """TLS, resolved by DNS."""
        number = self.host.port.number
        return {
            "hosts": [self.host.host],
            "location": "MESH_EXTERNAL",
            "resolution": "DNS",
            "ports": [{"number": number, "name": f"tls-{number}", "protocol": "TLS"}],
        }


@dataclass(frozen=True, kw_only=True)
class EgressRoute:
    """From any proxy to the egress gateway, and from there to the host."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "VirtualService"

    host: ExternalHost

    def spec(self) -> Mapping[str, object]:
        """The first hop by server name, the second by port."""
        host, number = self.host, self.host.port.number
        gateway = f"{MESH_EGRESS}/{EGRESS_GATEWAY_NAME}"
        return {
            "hosts": [host.host],
            "gateways": ["mesh", gateway],
            "tls": [
                {
                    "match": [{"gateways": ["mesh"], "port": number, "sniHosts": [host.host]}],
                    "route": [
                        {
                            "destination": {
                                "host": EGRESS_SERVICE,
                                "subset": host.slug,
                                "port": {"number": number},
                            }
                        }
                    ],
                }
            ],
            "tcp": [
                {
                    "match": [{"gateways": [gateway], "port": number}],
                    "route": [{"destination": {"host": host.host, "port": {"number": number}}}],
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class EgressArgs:
    """Every external host, and the graph that knows the callers' identities."""

    hosts: tuple[ExternalHost, ...]
    graph: Connectivity
    after: Sequence[pulumi.Resource] = ()


class Egress(pulumi.ComponentResource):
    """Gateway, destination, and for each host its entry, its route and its callers."""

    def __init__(
        self, name: str, args: EgressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:Egress", name, None, opts)
        labels = recommended_labels("egress", component="gateway")
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        bodies: dict[str, EgressServers | EgressDestination | ServiceEntry | EgressRoute] = {
            "gateway": EgressServers(hosts=args.hosts),
            "destination": EgressDestination(hosts=args.hosts),
        }
        for host in args.hosts:
            bodies[f"{host.slug}-entry"] = ServiceEntry(host=host)
            bodies[f"{host.slug}-route"] = EgressRoute(host=host)
        for role, body in bodies.items():
            object_name = EGRESS_GATEWAY_NAME if role in {"gateway", "destination"} else role
            custom_resource(
                f"{name}-{role}",
                body,
                name=object_name,
                namespace=MESH_EGRESS,
                labels=labels,
                opts=child,
            )
        callers = AllowCallers(
            selector=EGRESS_SELECTOR,
            rules=tuple(
                AllowRule(
                    principals=principals(host, args.graph),
                    ports=(egress_port(host.port).number,),
                    server_names=(host.host,),
                )
                for host in args.hosts
            ),
        )
        custom_resource(
            f"{name}-callers",
            callers,
            name="callers",
            namespace=MESH_EGRESS,
            labels=labels,
            opts=child,
        )
        self.register_outputs({})
