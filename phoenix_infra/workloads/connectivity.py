"""Who may connect to whom: one graph from which mesh and network policies are derived, on both ends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from phoenix_infra.workloads.ports import Port


@dataclass(frozen=True, kw_only=True)
class PodGroup:
    """Pods that policies select by namespace and labels."""

    name: str
    namespace: str
    labels: Mapping[str, str]
    service_account: str
    in_mesh: bool
    """Whether its pods hold a mesh certificate; only then can the mesh tell callers apart."""

    @property
    def principal(self) -> str:
        """Its identity in mutual TLS, as AuthorizationPolicies write it."""
        return f"cluster.local/ns/{self.namespace}/sa/{self.service_account}"


@dataclass(frozen=True, kw_only=True)
class AddressRange:
    """Peers that are no pods: endpoints of a VPC, managed data stores, load balancers."""

    name: str
    cidrs: tuple[str, ...]
    excluded_cidrs: tuple[str, ...] = ()


Peer = PodGroup | AddressRange


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One allowed connection."""

    source: str
    target: str
    port: Port
    platform: bool = False
    """Part of the baseline (DNS, mesh control, telemetry, secrets) rather than of the call graph (A8)."""


@dataclass(frozen=True, kw_only=True)
class Connectivity:
    """The whole graph of one stack."""

    peers: Mapping[str, Peer]
    edges: tuple[Edge, ...]
    _from: Mapping[str, tuple[Edge, ...]] = field(init=False, repr=False)
    _to: Mapping[str, tuple[Edge, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Every end of every edge is a declared peer; a misspelt name must not become a missing rule."""
        for edge in self.edges:
            for end in (edge.source, edge.target):
                if end not in self.peers:
                    raise ValueError(
                        f"{edge.source} -> {edge.target}:{edge.port.number}: {end!r} is not declared"
                    )
        object.__setattr__(self, "_from", _grouped(self.edges, "source"))
        object.__setattr__(self, "_to", _grouped(self.edges, "target"))

    def group(self, name: str) -> PodGroup:
        """The pods of this name; raises KeyError for anything that is no pod group."""
        peer = self.peers[name]
        if not isinstance(peer, PodGroup):
            raise KeyError(f"{name} is no group of pods")
        return peer

    def egress_of(self, name: str) -> tuple[Edge, ...]:
        """Connections that these pods open, in a stable order."""
        return self._from.get(name, ())

    def ingress_of(self, name: str) -> tuple[Edge, ...]:
        """Connections that these pods accept, in a stable order."""
        return self._to.get(name, ())

    def callers_in_mesh(self, name: str, port: Port) -> tuple[str, ...]:
        """Principals that may call a port of these pods through the mesh."""
        return tuple(
            sorted(
                {
                    source.principal
                    for edge in self.ingress_of(name)
                    if edge.port.number == port.number
                    and isinstance(source := self.peers[edge.source], PodGroup)
                    and source.in_mesh
                }
            )
        )


def _grouped(edges: Iterable[Edge], end: str) -> dict[str, tuple[Edge, ...]]:
    found: dict[str, set[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.source if end == "source" else edge.target, set()).add(edge)
    return {name: tuple(sorted(these, key=edge_order)) for name, these in found.items()}


def edge_order(edge: Edge) -> tuple[str, str, int, str]:
    """Sorts edges the same way in every build."""
    return (edge.source, edge.target, edge.port.number, edge.port.protocol.transport)
