"""How the cluster is entered and left: gateway, egress, Grafana's route, and who may use each."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.authorization_policy import AllowCallers, AllowRule
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.egress import Egress, EgressArgs
from phoenix_infra.k8s.gateway import MeshGateway, MeshGatewayArgs
from phoenix_infra.k8s.http_route import HttpRoute
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.layers.hosts import EdgeHosts
from phoenix_infra.settings.edge import RateLimit
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.workloads.addon_connectivity import LOAD_BALANCERS
from phoenix_infra.workloads.addons_delivery import LOAD_TESTER
from phoenix_infra.workloads.addons_monitoring import GRAFANA_HOST_LABEL, STACK
from phoenix_infra.workloads.connectivity import AddressRange, Connectivity
from phoenix_infra.workloads.namespaces import DELIVERY, MONITOR
from phoenix_infra.workloads.platform_egress import external_hosts
from phoenix_infra.workloads.platform_endpoints import INGRESS_GATEWAY
from phoenix_infra.workloads.ports import GRAFANA, HTTP
from phoenix_infra.workloads.routes import route_namespaces, routes
from phoenix_infra.workloads.spec import WORKLOAD_LABEL


@dataclass(frozen=True, kw_only=True)
class EntryArgs:
    """What the gateways need to know."""

    settings: GuardianSettings
    graph: Connectivity
    issuer: str
    target_group_arns: Mapping[str, pulumi.Input[str]]
    in_cluster: pulumi.ResourceOptions
    after: tuple[pulumi.Resource, ...]


def build_entry(args: EntryArgs) -> None:
    """Declares both gateways' configuration; the pods come with their charts."""
    settings = args.settings
    balancers = args.graph.peers[LOAD_BALANCERS]
    if not isinstance(balancers, AddressRange):
        raise TypeError("load balancers are an address range")
    MeshGateway(
        "mesh-gateway",
        MeshGatewayArgs(
            hosts=gateway_hosts(settings),
            namespaces=tuple(sorted({*route_namespaces(routes(settings)), MONITOR})),
            issuer=args.issuer,
            source_cidrs=(*balancers.cidrs, *_hospital_ranges(settings)),
            overload_requests_per_second=_rate_limit(settings).overload_requests_per_second_per_pod,
            target_group_arns=args.target_group_arns,
            after=args.after,
        ),
        args.in_cluster,
    )
    Egress(
        "egress",
        EgressArgs(hosts=external_hosts(settings), graph=args.graph, after=args.after),
        args.in_cluster,
    )
    _grafana(args)
    _load_tester(args)


def grafana_host(settings: GuardianSettings) -> str:
    """Where the on-call opens dashboards; resolved by the private zone only."""
    return f"{GRAFANA_HOST_LABEL}.internal.{settings.stack.domain}"


def gateway_hosts(settings: GuardianSettings) -> tuple[str, ...]:
    """Every name that the gateway serves: the services', the edge's own, and Grafana's."""
    names = {host for hosts in routes(settings).values() for host in hosts}
    if isinstance(settings, RegionalSettings):
        edge = EdgeHosts.of(settings)
        names |= {*edge.public, edge.origin, edge.hospitals}
    return tuple(sorted({*names, grafana_host(settings)}))


def _hospital_ranges(settings: GuardianSettings) -> tuple[str, ...]:
    """An NLB keeps the client's address: hospitals come as themselves."""
    return tuple(sorted(item.effective_cidr for item in settings.hospitals.connections))


def _rate_limit(settings: GuardianSettings) -> RateLimit:
    return settings.edge.rate_limit if isinstance(settings, RegionalSettings) else RateLimit()


def _grafana(args: EntryArgs) -> None:
    labels = recommended_labels("grafana", component="observability")
    opts = pulumi.ResourceOptions.merge(
        args.in_cluster, pulumi.ResourceOptions(depends_on=list(args.after))
    )
    route = HttpRoute(hosts=(grafana_host(args.settings),), service=f"{STACK}-grafana", port=80)
    callers = AllowCallers(
        selector={"app.kubernetes.io/name": "grafana"},
        rules=(AllowRule(principals=(INGRESS_GATEWAY.principal,), ports=(GRAFANA.number,)),),
    )
    for role, body in (("route", route), ("callers", callers)):
        custom_resource(
            f"grafana-{role}", body, name="grafana", namespace=MONITOR, labels=labels, opts=opts
        )


def _load_tester(args: EntryArgs) -> None:
    """The identity of the load tester and of the Jobs that borrow it; Flagger alone may call it."""
    labels = recommended_labels(LOAD_TESTER, component="delivery")
    opts = pulumi.ResourceOptions.merge(
        args.in_cluster, pulumi.ResourceOptions(depends_on=list(args.after))
    )
    kubernetes.core.v1.ServiceAccount(
        LOAD_TESTER,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=LOAD_TESTER, namespace=DELIVERY, labels=labels
        ),
        automount_service_account_token=False,
        opts=opts,
    )
    flagger = args.graph.group("flagger").principal
    custom_resource(
        f"{LOAD_TESTER}-callers",
        AllowCallers(
            selector={WORKLOAD_LABEL: LOAD_TESTER},
            rules=(AllowRule(principals=(flagger,), ports=(HTTP.number,)),),
        ),
        name=LOAD_TESTER,
        namespace=DELIVERY,
        labels=labels,
        opts=opts,
    )
