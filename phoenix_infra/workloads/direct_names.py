"""Names that services of the mesh use without the egress gateway, with their callers (A8)."""

from collections.abc import Iterator
from dataclasses import dataclass

from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.call_graph import is_injected
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.external_peers import EXTERNAL_PEERS, ExternalPeer, Way, hosts_of
from phoenix_infra.workloads.ports import Port


@dataclass(frozen=True, kw_only=True)
class DirectName:
    """Hosts that pods of the mesh reach without the egress gateway: endpoints inside the VPC or site."""

    peer: str
    hosts: tuple[str, ...]
    port: Port
    callers: tuple[str, ...]


def direct_names(settings: GuardianSettings) -> tuple[DirectName, ...]:
    """Names of AWS endpoints and of the object store."""
    return tuple(
        DirectName(peer=peer.name, hosts=hosts, port=peer.port, callers=callers)
        for peer, callers in _called(settings)
        if peer.way in {Way.OBJECT_STORE, Way.AWS_ENDPOINT} and (hosts := hosts_of(peer, settings))
    )


def _called(settings: GuardianSettings) -> Iterator[tuple[ExternalPeer, tuple[str, ...]]]:
    """Peers with the pods of the mesh that name them; Jobs outside it need no entry."""
    for name, peer in EXTERNAL_PEERS.items():
        callers = tuple(
            sorted(
                unit.name
                for unit in (*SERVICES, *AGENTS)
                if name in unit.external_peers and is_injected(unit.namespace)
            )
        )
        if callers and hosts_of(peer, settings):
            yield peer, callers
