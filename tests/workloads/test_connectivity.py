"""The emitted policies, evaluated independently, allow exactly the declared matrix: nothing missing, nothing extra."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from phoenix_infra.preview import Graph
from phoenix_infra.workloads.catalogue import SERVICES
from phoenix_infra.workloads.connectivity import AddressRange, Connectivity, Edge, PodGroup
from phoenix_infra.workloads.namespaces import NAMESPACES
from phoenix_infra.workloads.ports import DNS_TCP, DNS_UDP, MERGED_METRICS

sys.path.insert(0, str(Path(__file__).parent))
from policy_evaluator import Address, End, Mesh, Network, Pod

OURS = {space.name for space in NAMESPACES}
STRANGER = Pod(namespace="default", labels=(("app", "stranger"),), principal=None)
OUTSIDE = Address("198.51.100.7")


def _manifests(graph: Graph, kind: str) -> list[Mapping[str, Any]]:
    return [
        node.inputs
        for node in graph.resources
        if node.type.rpartition(":")[2] == kind and node.kind == "custom"
    ]


@pytest.fixture
def network(application: Graph, connectivity: Connectivity) -> Network:
    """The emitted NetworkPolicies; a namespace carries its own name as the API server sets it."""
    names = {peer.namespace for peer in connectivity.peers.values() if isinstance(peer, PodGroup)}
    return Network(
        policies=_manifests(application, "NetworkPolicy"),
        namespaces={name: {"kubernetes.io/metadata.name": name} for name in {*names, "default"}},
    )


@pytest.fixture
def mesh(application: Graph) -> Mesh:
    """The emitted AuthorizationPolicies."""
    return Mesh(policies=_manifests(application, "AuthorizationPolicy"))


def _end(connectivity: Connectivity, name: str) -> End:
    peer = connectivity.peers[name]
    if isinstance(peer, AddressRange):
        base, _, _ = peer.cidrs[0].partition("/")
        return Address(base)
    return Pod(
        namespace=peer.namespace,
        labels=tuple(sorted(peer.labels.items())),
        principal=peer.principal if peer.in_mesh else None,
    )


def _application_groups(connectivity: Connectivity) -> list[str]:
    """Pods whose policies this layer emits."""
    return [
        name
        for name, peer in connectivity.peers.items()
        if isinstance(peer, PodGroup)
        and peer.namespace in OURS
        and name not in {"database", "cache", "kafka"}
    ]


def _ours(edge: Edge, groups: set[str]) -> bool:
    return edge.source in groups or edge.target in groups


def test_every_declared_connection_is_allowed_by_the_network(
    connectivity: Connectivity, network: Network, application: Graph
) -> None:
    groups = set(_application_groups(connectivity)) & _emitted(application)
    refused = [
        f"{edge.source} -> {edge.target}:{edge.port.number}"
        for edge in connectivity.edges
        if _ours(edge, groups)
        and not network.allows(
            _end(connectivity, edge.source),
            _end(connectivity, edge.target),
            edge.port.number,
            edge.port.protocol.transport,
        )
    ]
    assert refused == []


def _emitted(application: Graph) -> set[str]:
    """Pods of this stack; a warm standby has no migration."""
    return {policy["metadata"]["name"] for policy in _manifests(application, "NetworkPolicy")} - {
        "default-deny",
        "allow-dns",
    }


def test_nothing_that_is_not_declared_is_allowed_by_the_network(
    connectivity: Connectivity, network: Network, application: Graph
) -> None:
    groups = sorted(set(_application_groups(connectivity)) & _emitted(application))
    declared = _reachable(connectivity)
    ports = sorted(
        {(edge.port.number, edge.port.protocol.transport) for edge in connectivity.edges}
        | {(22, "TCP"), (9999, "TCP"), (8080, "UDP")}
    )
    extra: list[str] = []
    for name in groups:
        own = _end(connectivity, name)
        for other_name in connectivity.peers:
            other = _end(connectivity, other_name)
            for port, protocol in ports:
                if network.allows(own, other, port, protocol) and not declared(
                    name, other_name, port, protocol
                ):
                    extra.append(f"{name} -> {other_name}:{port}/{protocol}")
                if network.allows(other, own, port, protocol) and not declared(
                    other_name, name, port, protocol
                ):
                    extra.append(f"{other_name} -> {name}:{port}/{protocol}")
    assert sorted(set(extra)) == []


def _reachable(connectivity: Connectivity) -> Any:
    """Declared, also by address: two ranges may hold the same addresses (VPC endpoints, data stores)."""
    exact = {
        (edge.source, edge.target, edge.port.number, edge.port.protocol.transport)
        for edge in connectivity.edges
    }
    ranges: dict[str, Address] = {
        name: Address(peer.cidrs[0].partition("/")[0])
        for name, peer in connectivity.peers.items()
        if isinstance(peer, AddressRange)
    }

    def covers(range_name: str, address: Address) -> bool:
        from ipaddress import ip_address, ip_network

        peer = connectivity.peers[range_name]
        assert isinstance(peer, AddressRange)
        return any(ip_address(address.ip) in ip_network(cidr) for cidr in peer.cidrs)

    def declared(source: str, target: str, port: int, protocol: str) -> bool:
        if (source, target, port, protocol) in exact:
            return True
        return any(
            (source, name, port, protocol) in exact and covers(name, ranges[target])
            for name in ranges
            if target in ranges
        ) or any(
            (name, target, port, protocol) in exact and covers(name, ranges[source])
            for name in ranges
            if source in ranges
        )

    return declared


@pytest.mark.parametrize("end", [STRANGER, OUTSIDE], ids=["another namespace", "the internet"])
def test_strangers_neither_reach_nor_are_reached(
    end: End, connectivity: Connectivity, network: Network, application: Graph
) -> None:
    for name in set(_application_groups(connectivity)) & _emitted(application):
        own = _end(connectivity, name)
        for port in (80, 443, 5432, 8080, 15020):
            assert not network.allows(end, own, port, "TCP")
            assert not network.allows(own, end, port, "TCP")


def test_dns_is_open_to_every_pod_even_one_that_nobody_declared(network: Network) -> None:
    cluster_dns = Pod(namespace="kube-system", labels=(("k8s-app", "kube-dns"),), principal=None)
    for namespace in OURS:
        unknown = Pod(namespace=namespace, labels=(("app", "unknown"),), principal=None)
        for port in (DNS_UDP, DNS_TCP):
            assert network.allows(unknown, cluster_dns, 53, port.protocol.transport)
        assert not network.allows(unknown, cluster_dns, 443, "TCP")


def test_the_mesh_admits_exactly_the_declared_callers(
    connectivity: Connectivity, mesh: Mesh
) -> None:
    services = {spec.name for spec in SERVICES}
    declared = {
        (edge.source, edge.target)
        for edge in connectivity.edges
        if edge.target in services and edge.port.number != MERGED_METRICS.number
    }
    callers = [name for name, peer in connectivity.peers.items() if isinstance(peer, PodGroup)]
    admitted: set[tuple[str, str]] = set()
    for source_name in callers:
        source = _end(connectivity, source_name)
        assert isinstance(source, Pod)
        for target_name in services:
            target = _end(connectivity, target_name)
            assert isinstance(target, Pod)
            if mesh.allows(source, target, 8080):
                admitted.add((source_name, target_name))
            for port in (80, 9090, 15000, 22):
                assert not mesh.allows(source, target, port), (
                    f"{source_name} -> {target_name}:{port}"
                )
    assert admitted == declared


def test_a_caller_without_an_identity_is_refused_by_the_mesh(
    connectivity: Connectivity, mesh: Mesh
) -> None:
    for spec in SERVICES:
        target = _end(connectivity, spec.name)
        assert isinstance(target, Pod)
        assert not mesh.allows(STRANGER, target, 8080)


def test_mutual_tls_is_strict_in_every_namespace_of_the_mesh(application: Graph) -> None:
    strict = {
        item["metadata"]["namespace"]: item["spec"]
        for item in _manifests(application, "PeerAuthentication")
        if item["metadata"]["namespace"] in OURS
    }
    assert strict == {
        space.name: {"mtls": {"mode": "STRICT"}} for space in NAMESPACES if space.injection
    }


def test_the_evaluator_sees_one_rule_too_many_and_one_too_few(
    connectivity: Connectivity, network: Network
) -> None:
    gateway, privacy = _end(connectivity, "api-gateway"), _end(connectivity, "privacy-engine")
    auth = _end(connectivity, "auth-service")
    everything: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    open_all: list[dict[str, Any]] = [
        {
            "metadata": {"name": "open", "namespace": namespace},
            "spec": {**everything, "ingress": [{}], "egress": [{}]},
        }
        for namespace in ("phoenix-api", "phoenix-fed")
    ]
    without = [item for item in network.policies if item["metadata"]["name"] != "auth-service"]

    assert not network.allows(gateway, privacy, 8080, "TCP")
    assert Network(policies=[*network.policies, *open_all], namespaces=network.namespaces).allows(
        gateway, privacy, 8080, "TCP"
    )
    assert network.allows(gateway, auth, 8080, "TCP")
    assert not Network(policies=without, namespaces=network.namespaces).allows(
        gateway, auth, 8080, "TCP"
    )
