"""The way out: each external name through the mesh's egress gateway, for its declared callers only (A8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.authorization_policy import AllowCallers, AllowRule
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.service_entry import ServiceEntry
from phoenix_infra.k8s.virtual_service import EgressRoute
from phoenix_infra.workloads.call_graph import egress_port
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.platform_endpoints import EGRESS_GATEWAY
from phoenix_infra.workloads.ports import Port

GATEWAY_HOST = f"{EGRESS_GATEWAY.name}.{EGRESS_GATEWAY.namespace}.svc.cluster.local"


@dataclass(frozen=True, kw_only=True)
class ExternalName:
    """One host, its port, and the pod groups that may reach it."""

    host: str
    port: Port
    callers: tuple[str, ...]

    @property
    def subset(self) -> str:
        """A name for Kubernetes objects."""
        return self.host.replace(".", "-").replace("*", "any")


@dataclass(frozen=True, kw_only=True)
class EgressServer:
    """The egress gateway's listener for one name; mutual TLS of the mesh says who is asking."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "Gateway"

    name: ExternalName

    def spec(self) -> Mapping[str, object]:
        """Opens the mesh's own TLS and nothing inside it."""
        port = self.name.port
        return {
            "selector": dict(EGRESS_GATEWAY.labels),
            "servers": [
                {
                    "port": {
                        "number": port.number,
                        "name": f"tls-{self.name.subset}",
                        "protocol": "TLS",
                    },
                    "hosts": [self.name.host],
                    "tls": {"mode": "ISTIO_MUTUAL", "minProtocolVersion": "TLSV1_3"},
                }
            ],
        }


@dataclass(frozen=True, kw_only=True)
class EgressSubsets:
    """How sidecars speak to the egress gateway: mutual TLS, with the external name as server name."""

    API_VERSION: ClassVar[str] = "networking.istio.io/v1"
    KIND: ClassVar[str] = "DestinationRule"

    names: tuple[ExternalName, ...]

    def spec(self) -> Mapping[str, object]:
        """One subset per name."""
        return {
            "host": GATEWAY_HOST,
            "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}},
            "subsets": [
                {
                    "name": name.subset,
                    "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL", "sni": name.host}},
                }
                for name in self.names
            ],
        }


@dataclass(frozen=True, kw_only=True)
class EgressRoutingArgs:
    """All external names of a stack."""

    names: tuple[ExternalName, ...]
    graph: Connectivity
    after: Sequence[pulumi.Resource] = ()


class EgressRouting(pulumi.ComponentResource):
    """ServiceEntry, listener and route per name; one destination rule; one policy by caller and name."""

    def __init__(
        self, name: str, args: EgressRoutingArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Everything lives in the egress gateway's namespace."""
        super().__init__("phoenix:k8s:EgressRouting", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        namespace = EGRESS_GATEWAY.namespace
        labels = recommended_labels("egress", component="mesh-routing")
        for item in args.names:
            callers = {args.graph.group(caller).namespace for caller in item.callers}
            visible_in = tuple(sorted({*callers, namespace}))
            route = EgressRoute(
                host=item.host,
                port=item.port,
                gateway=f"{namespace}/{item.subset}",
                gateway_host=GATEWAY_HOST,
                subset=item.subset,
                visible_in=visible_in,
            )
            entry = ServiceEntry(hosts=(item.host,), port=item.port, visible_in=visible_in)
            for role, body in (
                ("entry", entry),
                ("listener", EgressServer(name=item)),
                ("route", route),
            ):
                custom_resource(
                    f"{name}-{item.subset}-{role}",
                    body,
                    name=item.subset,
                    namespace=namespace,
                    labels=labels,
                    opts=child,
                )
        if args.names:
            for role, body in (
                ("subsets", EgressSubsets(names=args.names)),
                ("callers", _callers(args)),
            ):
                custom_resource(
                    f"{name}-{role}",
                    body,
                    name="egress-routing",
                    namespace=namespace,
                    labels=labels,
                    opts=child,
                )
        self.register_outputs({})


def _callers(args: EgressRoutingArgs) -> AllowCallers:
    """A caller may ask for its own names only."""
    return AllowCallers(
        selector=EGRESS_GATEWAY.labels,
        rules=tuple(
            AllowRule(
                principals=tuple(
                    sorted(args.graph.group(caller).principal for caller in item.callers)
                ),
                ports=(egress_port(item.port).number,),
                server_names=(item.host,),
            )
            for item in args.names
        ),
    )
