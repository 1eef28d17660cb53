"""The connectivity of one stack: the catalogue's calls, its external peers and the platform's baseline (A8)."""

from collections.abc import Iterator

from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.settings.database import CloudNativePgDatabase
from phoenix_infra.settings.kafka import MskKafka, StrimziKafka
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.storage import CompatibleStorage
from phoenix_infra.workloads import ports
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.connectivity import AddressRange, Connectivity, Edge, Peer, PodGroup
from phoenix_infra.workloads.external_peers import EXTERNAL_PEERS, Way, hosts_of
from phoenix_infra.workloads.jobs import JobSpec
from phoenix_infra.workloads.namespaces import DATA, is_injected
from phoenix_infra.workloads.platform_endpoints import (
    DNS,
    EGRESS_GATEWAY,
    INGRESS_GATEWAY,
    LOAD_TESTER,
    MESH_CONTROL_PLANE,
    PLATFORM_ENDPOINTS,
    PROMETHEUS_SERVER,
    TELEMETRY_COLLECTOR,
    VAULT_SERVER,
)
from phoenix_infra.workloads.scaling import jobs_of
from phoenix_infra.workloads.spec import (
    CACHE_TARGET,
    DATABASE_TARGET,
    KAFKA_TARGET,
    WORKLOAD_LABEL,
    AgentSpec,
    WorkloadSpec,
)

POD_IDENTITY_AGENT = AddressRange(name="pod-identity-agent", cidrs=("169.254.170.23/32",))
"""docs.aws.amazon.com/eks, EKS Pod Identity agent."""
AWS_ENDPOINTS = "aws-endpoints"
OBJECT_STORE = "object-store"
GATEWAY_TARGETS: tuple[str, ...] = (
    "api-gateway",
    "dashboard-backend",
    "mobile-api",
    "honeypot-controller",
)
"""What the mesh gateway may call (A8)."""
LOAD_TESTER_TARGETS: tuple[str, ...] = ("api-gateway",)

Unit = WorkloadSpec | AgentSpec | JobSpec


def connectivity(settings: GuardianSettings) -> Connectivity:
    """Every pod group, address range and allowed connection of the application namespaces."""
    units: tuple[Unit, ...] = (*SERVICES, *AGENTS, *jobs_of(settings))
    groups = (*(pod_group(unit) for unit in units), *PLATFORM_ENDPOINTS)
    peers: dict[str, Peer] = {group.name: group for group in groups}
    peers |= {peer.name: peer for peer in _backends(settings)}
    peers |= {item.name: item for item in _ranges(settings)}
    edges: dict[Edge, None] = {}
    for unit in units:
        edges |= dict.fromkeys(_declared(unit, settings))
        edges |= dict.fromkeys(_baseline(unit, settings))
    edges |= dict.fromkeys(_entry())
    return Connectivity(peers=peers, edges=tuple(edges))


def pod_group(unit: Unit) -> PodGroup:
    """The pods of a catalogue entry, by the label that Flagger leaves alone (X-37)."""
    return PodGroup(
        name=unit.name,
        namespace=unit.namespace,
        labels={WORKLOAD_LABEL: unit.name},
        service_account=unit.name,
        in_mesh=is_injected(unit.namespace),
    )


def _backends(settings: GuardianSettings) -> Iterator[Peer]:
    """Database, cache and event log: pods of the cluster, or addresses in the VPC (X-10, X-24, X-62)."""
    managed = settings.network.cidr if isinstance(settings, RegionalSettings) else ""
    if isinstance(settings.database, CloudNativePgDatabase):
        yield _data_pods(DATABASE_TARGET, {"cnpg.io/cluster": "phoenix-db"}, "phoenix-db")
    else:
        yield AddressRange(name=DATABASE_TARGET, cidrs=(managed,))
    if isinstance(settings.cache, SentinelCache):
        yield _data_pods(CACHE_TARGET, {"app.kubernetes.io/name": "redis"}, "redis")
    else:
        yield AddressRange(name=CACHE_TARGET, cidrs=(managed,))
    if isinstance(settings.kafka, StrimziKafka):
        yield _data_pods(KAFKA_TARGET, {"strimzi.io/cluster": "phoenix-kafka"}, "phoenix-kafka")
    elif isinstance(settings.kafka, MskKafka):
        yield AddressRange(name=KAFKA_TARGET, cidrs=(managed,))


def _data_pods(name: str, labels: dict[str, str], service_account: str) -> PodGroup:
    return PodGroup(
        name=name, namespace=DATA, labels=labels, service_account=service_account, in_mesh=False
    )


def _ranges(settings: GuardianSettings) -> Iterator[AddressRange]:
    if isinstance(settings, RegionalSettings):
        yield POD_IDENTITY_AGENT
        yield AddressRange(name=AWS_ENDPOINTS, cidrs=(settings.network.cidr,))
        yield AddressRange(name=OBJECT_STORE, cidrs=(settings.network.cidr,))
    elif isinstance(settings.storage, CompatibleStorage):
        yield AddressRange(name=OBJECT_STORE, cidrs=settings.storage.endpoint_cidrs)


def backend_ports(target: str, settings: GuardianSettings) -> tuple[ports.Port, ...]:
    """The ports of a backend in this stack; none when it does not exist there."""
    if target == DATABASE_TARGET:
        return (ports.DATABASE,)
    if target == CACHE_TARGET:
        sentinel = isinstance(settings.cache, SentinelCache)
        return (ports.CACHE, ports.SENTINEL) if sentinel else (ports.CACHE,)
    if isinstance(settings.kafka, StrimziKafka):
        return (ports.KAFKA_STRIMZI,)
    return (ports.KAFKA_MSK,) if isinstance(settings.kafka, MskKafka) else ()


def _declared(unit: Unit, settings: GuardianSettings) -> Iterator[Edge]:
    """What the entry says about itself."""
    for call in () if isinstance(unit, AgentSpec) else unit.calls:
        if call.target in {DATABASE_TARGET, CACHE_TARGET, KAFKA_TARGET}:
            for port in backend_ports(call.target, settings):
                yield Edge(source=unit.name, target=call.target, port=port)
        else:
            target = next(spec for spec in SERVICES if spec.name == call.target)
            yield Edge(source=unit.name, target=target.name, port=target.port)
    for name in unit.external_peers:
        peer = EXTERNAL_PEERS[name]
        if not hosts_of(peer, settings):
            continue
        if peer.way is Way.EGRESS_GATEWAY:
            yield Edge(source=unit.name, target=EGRESS_GATEWAY.name, port=egress_port(peer.port))
        elif peer.way is Way.OBJECT_STORE:
            yield Edge(source=unit.name, target=OBJECT_STORE, port=peer.port)
        elif peer.way is Way.AWS_ENDPOINT:
            yield Edge(source=unit.name, target=AWS_ENDPOINTS, port=peer.port)


def egress_port(port: ports.Port) -> ports.Port:
    """The egress gateway's own port for an external one."""
    return ports.EGRESS_SYSLOG if port is ports.EXTERNAL_SYSLOG else ports.EGRESS_TLS


def _baseline(unit: Unit, settings: GuardianSettings) -> Iterator[Edge]:
    """What every pod needs besides (A8, X-05, X-06)."""
    name = unit.name
    injected = is_injected(unit.namespace)
    for port in (ports.DNS_UDP, ports.DNS_TCP):
        yield Edge(source=name, target=DNS.name, port=port, platform=True)
    if injected:
        yield Edge(
            source=name, target=MESH_CONTROL_PLANE.name, port=ports.MESH_CONTROL, platform=True
        )
    yield Edge(source=name, target=TELEMETRY_COLLECTOR.name, port=ports.TELEMETRY, platform=True)
    if isinstance(unit, JobSpec) and unit.reports_metrics:
        yield Edge(
            source=name, target=TELEMETRY_COLLECTOR.name, port=ports.TELEMETRY_HTTP, platform=True
        )
    if unit.needs_vault:
        yield Edge(source=name, target=VAULT_SERVER.name, port=ports.VAULT, platform=True)
    if not isinstance(unit, AgentSpec) and unit.identity and isinstance(settings, RegionalSettings):
        yield Edge(
            source=name, target=POD_IDENTITY_AGENT.name, port=ports.POD_IDENTITY, platform=True
        )
    if not isinstance(unit, JobSpec):
        yield Edge(
            source=PROMETHEUS_SERVER.name,
            target=name,
            port=ports.MERGED_METRICS if injected else unit.metrics,
            platform=True,
        )


def _entry() -> Iterator[Edge]:
    """Traffic that comes in through the mesh gateway, and the load tester's."""
    for source, targets in (
        (INGRESS_GATEWAY, GATEWAY_TARGETS),
        (LOAD_TESTER, LOAD_TESTER_TARGETS),
    ):
        for target in targets:
            yield Edge(source=source.name, target=target, port=ports.HTTP)
