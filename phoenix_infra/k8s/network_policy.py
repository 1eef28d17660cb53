"""NetworkPolicies: default deny both ways, DNS for all, and one policy per pod group from the call graph."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.connectivity import Connectivity, Edge, Peer, PodGroup
from phoenix_infra.workloads.platform_endpoints import DNS
from phoenix_infra.workloads.ports import DNS_TCP, DNS_UDP, Port

network = kubernetes.networking.v1
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""Set by the API server on every namespace; nothing else can be relied on (X-03)."""
BOTH_WAYS = ("Ingress", "Egress")


def default_deny(
    resource_name: str, namespace: str, opts: pulumi.ResourceOptions
) -> kubernetes.networking.v1.NetworkPolicy:
    """Selects every pod and allows nothing, in both directions (X-69)."""
    return network.NetworkPolicy(
        resource_name,
        metadata=_metadata("default-deny", namespace),
        spec=network.NetworkPolicySpecArgs(
            pod_selector=kubernetes.meta.v1.LabelSelectorArgs(), policy_types=list(BOTH_WAYS)
        ),
        opts=opts,
    )


def allow_dns(
    resource_name: str, namespace: str, opts: pulumi.ResourceOptions
) -> kubernetes.networking.v1.NetworkPolicy:
    """Every pod may ask the cluster's DNS, over UDP and TCP (X-05, X-05b)."""
    return network.NetworkPolicy(
        resource_name,
        metadata=_metadata("allow-dns", namespace),
        spec=network.NetworkPolicySpecArgs(
            pod_selector=kubernetes.meta.v1.LabelSelectorArgs(),
            policy_types=["Egress"],
            egress=[
                network.NetworkPolicyEgressRuleArgs(
                    to=[_peer(DNS)], ports=[_port(DNS_UDP), _port(DNS_TCP)]
                )
            ],
        ),
        opts=opts,
    )


@dataclass(frozen=True, kw_only=True)
class GroupPolicyArgs:
    """The pods that a policy is about, and the graph it is derived from."""

    group: PodGroup
    graph: Connectivity
    owner: str = "platform"


def group_policy(
    resource_name: str, args: GroupPolicyArgs, opts: pulumi.ResourceOptions
) -> kubernetes.networking.v1.NetworkPolicy:
    """Everything that one group of pods may open and accept, and nothing else."""
    group, graph = args.group, args.graph
    ingress = _by_peer(graph.ingress_of(group.name), graph, outgoing=False)
    egress = _by_peer(
        (edge for edge in graph.egress_of(group.name) if edge.target != DNS.name),
        graph,
        outgoing=True,
    )
    return network.NetworkPolicy(
        resource_name,
        # Groups of add-ons are named `addon/pod`, which is no name for an object.
        metadata=_metadata(group.name.replace("/", "-"), group.namespace, args.owner),
        spec=network.NetworkPolicySpecArgs(
            pod_selector=_selector(group.labels),
            policy_types=list(BOTH_WAYS),
            ingress=[
                network.NetworkPolicyIngressRuleArgs(from_=peers, ports=ports)
                for peers, ports in ingress
            ]
            or None,
            egress=[
                network.NetworkPolicyEgressRuleArgs(to=peers, ports=ports)
                for peers, ports in egress
            ]
            # The API server forgets an empty list, and every update would write it again.
            or None,
        ),
        opts=opts,
    )


Rule = tuple[
    Sequence[kubernetes.networking.v1.NetworkPolicyPeerArgs],
    Sequence[kubernetes.networking.v1.NetworkPolicyPortArgs],
]


def _by_peer(edges: Iterable[Edge], graph: Connectivity, *, outgoing: bool) -> list[Rule]:
    """One rule for each peer, with all its ports."""
    ports_of: dict[str, list[Port]] = {}
    for edge in edges:
        ports_of.setdefault(edge.target if outgoing else edge.source, []).append(edge.port)
    return [
        (_peers(graph.peers[name]), [_port(port) for port in ports])
        for name, ports in sorted(ports_of.items())
    ]


def _peers(peer: Peer) -> list[kubernetes.networking.v1.NetworkPolicyPeerArgs]:
    if isinstance(peer, PodGroup):
        return [_peer(peer)]
    return [
        network.NetworkPolicyPeerArgs(
            ip_block=network.IPBlockArgs(
                cidr=cidr, except_=list(peer.excluded_cidrs) if peer.excluded_cidrs else None
            )
        )
        for cidr in peer.cidrs
    ]


def _peer(group: PodGroup) -> kubernetes.networking.v1.NetworkPolicyPeerArgs:
    """Namespace and pod selector in one element: both must match."""
    return network.NetworkPolicyPeerArgs(
        namespace_selector=_selector({NAMESPACE_LABEL: group.namespace}),
        pod_selector=_selector(group.labels),
    )


def _selector(labels: Mapping[str, str]) -> kubernetes.meta.v1.LabelSelectorArgs:
    return kubernetes.meta.v1.LabelSelectorArgs(match_labels=dict(labels))


def _port(port: Port) -> kubernetes.networking.v1.NetworkPolicyPortArgs:
    return network.NetworkPolicyPortArgs(port=port.number, protocol=port.protocol.transport)


def _metadata(
    name: str, namespace: str, owner: str = "platform"
) -> kubernetes.meta.v1.ObjectMetaArgs:
    return kubernetes.meta.v1.ObjectMetaArgs(
        name=name,
        namespace=namespace,
        labels=recommended_labels(name, component="network-policy", owner=owner),
    )
