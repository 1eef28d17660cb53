"""The connectivity of the whole cluster: the services' call graph joined with what the add-ons declare."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.settings.database import CloudNativePgDatabase
from phoenix_infra.settings.kafka import StrimziKafka
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads import ports
from phoenix_infra.workloads.addon import Addon, AddonPod, AddonPort, Destination, Privilege
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addons_data import CNPG_OPERATOR_DEPLOYMENT
from phoenix_infra.workloads.addons_mesh import EXTERNAL_PORTS, GATEWAY_STATUS_PORT
from phoenix_infra.workloads.call_graph import (
    AWS_ENDPOINTS,
    OBJECT_STORE,
    POD_IDENTITY_AGENT,
    connectivity,
)
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.connectivity import AddressRange, Connectivity, Edge, Peer, PodGroup
from phoenix_infra.workloads.platform_endpoints import (
    EGRESS_GATEWAY,
    INGRESS_GATEWAY,
    MESH_CONTROL_PLANE,
    PLATFORM_ENDPOINTS,
    PROMETHEUS_SERVER,
)
from phoenix_infra.workloads.ports import Port, Protocol
from phoenix_infra.workloads.spec import CACHE_TARGET, DATABASE_TARGET, KAFKA_TARGET

KUBERNETES_API = "kubernetes-api"
NODES = "nodes"
LOAD_BALANCERS = "load-balancers"
INTERNET = "internet"
GRAFANA_GROUP = "kube-prometheus-stack-grafana"
INSTANCE_METADATA = "169.254.169.254/32"
KUBELET = Port(name="kubelet", number=10250, protocol=Protocol.TLS)
API_SERVER_PORTS = (443, 6443)
"""The service's and kubeadm's; EKS answers on the first alone."""
CNPG_STATUS = Port(name="status", number=8000, protocol=Protocol.TLS)
CNPG_METRICS = Port(name="metrics", number=9187)
REDIS_METRICS = Port(name="metrics", number=9121)
KAFKA_INTERNAL = tuple(
    Port(name=f"internal-{number}", number=number, protocol=Protocol.TLS)
    for number in (8443, 9090, 9091)
)
KAFKA_METRICS = Port(name="metrics", number=9404)


def group_name(addon: Addon, pod: AddonPod) -> str:
    """The name of a pod's group: the one that services already use, or one made of add-on and pod."""
    namespace = addon.namespace_of(pod)
    for endpoint in PLATFORM_ENDPOINTS:
        if endpoint.namespace == namespace and endpoint.labels.items() <= pod.labels.items():
            return endpoint.name
    return pod.name if pod.name.startswith(addon.name) else f"{addon.name}-{pod.name}"


def cluster_connectivity(
    settings: GuardianSettings, catalogue: AddonCatalogue, profile: ClusterProfile
) -> Connectivity:
    """One graph; the policies of services and of add-ons are cut from it."""
    services = connectivity(settings)
    peers: dict[str, Peer] = dict(services.peers)
    peers |= {item.name: item for item in _ranges(profile)}
    for addon, pod in catalogue.pods():
        peers[group_name(addon, pod)] = PodGroup(
            name=group_name(addon, pod),
            namespace=addon.namespace_of(pod),
            labels=pod.labels,
            service_account=pod.service_account,
            in_mesh=pod.in_mesh,
        )
    edges = dict.fromkeys(services.edges)
    for addon, pod in catalogue.pods():
        edges |= dict.fromkeys(_edges(addon, pod, catalogue))
    edges |= dict.fromkeys(_entry())
    edges |= dict.fromkeys(_backend_edges(settings))
    if profile.cloud:
        edges = {edge: None for edge in edges if not _is_unused_api_port(edge)}
    return Connectivity(peers=peers, edges=tuple(edges))


def _is_unused_api_port(edge: Edge) -> bool:
    """The VPC's range stands for the API server of EKS, and pods of the VPC listen on 6443 too."""
    return edge.target == KUBERNETES_API and edge.port.number != API_SERVER_PORTS[0]


def _ranges(profile: ClusterProfile) -> Iterator[AddressRange]:
    network = profile.network
    first_service = next(IPv4Network(network.service_cidr).hosts())
    yield AddressRange(
        name=KUBERNETES_API, cidrs=(*network.kubernetes_api_cidrs, f"{first_service}/32")
    )
    yield AddressRange(name=NODES, cidrs=network.kubernetes_api_cidrs)
    yield AddressRange(name=LOAD_BALANCERS, cidrs=network.kubernetes_api_cidrs)
    yield AddressRange(name=INTERNET, cidrs=("0.0.0.0/0",), excluded_cidrs=(INSTANCE_METADATA,))


def _edges(addon: Addon, pod: AddonPod, catalogue: AddonCatalogue) -> Iterator[Edge]:
    name = group_name(addon, pod)
    for call in pod.calls:
        target_addon, target = catalogue.pod(call.pod)
        yield _platform(name, group_name(target_addon, target), _port(target.port(call.port)))
    if pod.in_mesh:
        yield _platform(name, MESH_CONTROL_PLANE.name, ports.MESH_CONTROL)
    for port in pod.ports:
        if port.webhook:
            yield _platform(KUBERNETES_API, name, _port(port))
    for destination in pod.destinations:
        yield from _destination_edges(name, destination, catalogue)


def _destination_edges(
    name: str, destination: Destination, catalogue: AddonCatalogue
) -> Iterator[Edge]:
    for target, target_ports in _DESTINATIONS.get(destination, ()):
        for port in target_ports:
            yield _platform(name, target, port)
    if destination is Destination.EVERY_METRICS_PORT:
        yield from _scrapes(name, catalogue)
    if destination is Destination.DATABASE and name.endswith(CNPG_OPERATOR_DEPLOYMENT):
        yield _platform(name, DATABASE_TARGET, CNPG_STATUS)


def _scrapes(prometheus: str, catalogue: AddonCatalogue) -> Iterator[Edge]:
    for addon, pod in catalogue.pods():
        on_host = Privilege.HOST_NETWORK in pod.privileges
        for port in pod.ports:
            if port.metrics and not (group_name(addon, pod) == prometheus and on_host):
                target = NODES if on_host else group_name(addon, pod)
                yield _platform(prometheus, target, _port(port))


def _entry() -> Iterator[Edge]:
    """Load balancers reach the mesh gateway: requests, and its readiness."""
    status = Port(name="status", number=GATEWAY_STATUS_PORT)
    for port in (ports.GATEWAY_HTTPS, status):
        yield _platform(LOAD_BALANCERS, INGRESS_GATEWAY.name, port)
    yield _platform(INGRESS_GATEWAY.name, GRAFANA_GROUP, ports.GRAFANA)


def _backend_edges(settings: GuardianSettings) -> Iterator[Edge]:
    """What the pods of in-cluster backends say to each other, to their API server and to their store."""
    scraper = PROMETHEUS_SERVER.name
    if isinstance(settings.database, CloudNativePgDatabase):
        yield from _members(DATABASE_TARGET, ports.DATABASE, CNPG_STATUS)
        yield _platform(DATABASE_TARGET, OBJECT_STORE, ports.EXTERNAL_TLS)
        yield _platform(DATABASE_TARGET, "plugin-barman-cloud", _tls(9090))
        yield _platform(scraper, DATABASE_TARGET, CNPG_METRICS)
        for port in _API_SERVER:
            yield _platform(DATABASE_TARGET, KUBERNETES_API, port)
    if isinstance(settings.cache, SentinelCache):
        yield from _members(CACHE_TARGET, ports.CACHE, ports.SENTINEL)
        yield _platform(scraper, CACHE_TARGET, REDIS_METRICS)
    if isinstance(settings.kafka, StrimziKafka):
        yield from _members(KAFKA_TARGET, *KAFKA_INTERNAL, ports.KAFKA_STRIMZI)
        yield _platform(scraper, KAFKA_TARGET, KAFKA_METRICS)


def _members(name: str, *member_ports: Port) -> Iterator[Edge]:
    for port in member_ports:
        yield _platform(name, name, port)


def _platform(source: str, target: str, port: Port) -> Edge:
    return Edge(source=source, target=target, port=port, platform=True)


def _port(port: AddonPort) -> Port:
    return Port(
        name=port.name,
        number=port.number,
        protocol=Protocol.UDP if port.protocol == "UDP" else Protocol.TCP,
    )


def _tls(number: int) -> Port:
    return replace(ports.AWS_ENDPOINT, name=f"tls-{number}", number=number)


_API_SERVER = tuple(_tls(number) for number in API_SERVER_PORTS)
_DESTINATIONS: Mapping[Destination, tuple[tuple[str, tuple[Port, ...]], ...]] = {
    Destination.KUBERNETES_API: ((KUBERNETES_API, _API_SERVER),),
    Destination.AWS: (
        (AWS_ENDPOINTS, (ports.AWS_ENDPOINT,)),
        (POD_IDENTITY_AGENT.name, (ports.POD_IDENTITY,)),
    ),
    Destination.KUBELETS: ((NODES, (KUBELET,)),),
    Destination.DATABASE: ((DATABASE_TARGET, (ports.DATABASE,)),),
    Destination.KAFKA: ((KAFKA_TARGET, KAFKA_INTERNAL),),
    Destination.OBJECT_STORE: ((OBJECT_STORE, (ports.EXTERNAL_TLS,)),),
    Destination.EGRESS_GATEWAY: ((EGRESS_GATEWAY.name, (ports.EGRESS_TLS,)),),
    Destination.EXTERNAL: ((INTERNET, tuple(_tls(number) for number in EXTERNAL_PORTS)),),
}
"""Where each destination lies; what the mesh gateway may call is in the services' own graph."""
