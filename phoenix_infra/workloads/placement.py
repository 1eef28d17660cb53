"""Every pod that a stack may run at once, for the capacity check (X-26, X-27, X-29, X-53)."""

from collections.abc import Iterator

from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.settings.capacity import PodDemand, Pool
from phoenix_infra.settings.database import CloudNativePgDatabase
from phoenix_infra.settings.kafka import StrimziKafka
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.addon import AddonPod, PodKind
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_quota import pod_request
from phoenix_infra.workloads.call_graph import is_injected
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.demand import pod_demand, service_pod_demand
from phoenix_infra.workloads.gpu import GPU_NODES
from phoenix_infra.workloads.scaling import scaling_of

MIB_PER_GIB = 1024
EVERY_TAINT = "*"


def pods_of(settings: GuardianSettings, addons: AddonCatalogue) -> tuple[PodDemand, ...]:
    """Services and agents, add-ons, and the backends that run in the cluster."""
    return (*_services(settings), *_agents(), *_addons(addons), *_backends(settings))


def _services(settings: GuardianSettings) -> Iterator[PodDemand]:
    for spec in SERVICES:
        one, scaling = service_pod_demand(spec, settings), scaling_of(spec, settings)
        yield PodDemand(
            name=spec.name,
            pool="gpu" if one.gpus else "general",
            cpu_millicores=one.cpu_millicores,
            memory_mib=one.memory_mib,
            gpus=one.gpus,
            minimum=scaling.minimum,
            maximum=scaling.maximum,
            database_clients=spec.uses_database,
        )


def _agents() -> Iterator[PodDemand]:
    pools: tuple[Pool, ...] = ("general", "gpu")
    for agent in AGENTS:
        one = pod_demand(
            agent.resources, in_mesh=is_injected(agent.namespace), vault=agent.needs_vault
        )
        for pool in pools:
            yield PodDemand(
                name=agent.name,
                pool=pool,
                cpu_millicores=one.cpu_millicores,
                memory_mib=one.memory_mib,
                daemon=True,
            )


def _addons(addons: AddonCatalogue) -> Iterator[PodDemand]:
    for addon, pod in addons.pods():
        cpu_millicores, memory_mib = pod_request(pod)
        for pool in _pools(pod):
            yield PodDemand(
                name=f"{addon.name}/{pod.name}",
                pool=pool,
                cpu_millicores=cpu_millicores,
                memory_mib=memory_mib,
                minimum=pod.replicas,
                maximum=pod.maximum,
                daemon=pod.kind is PodKind.DAEMON_SET,
            )


def _pools(pod: AddonPod) -> tuple[Pool, ...]:
    """Where it runs: GPU nodes are tainted, and only what tolerates the taint goes there."""
    tolerates_gpu = EVERY_TAINT in pod.tolerates or GPU_NODES.taint_key in pod.tolerates
    if GPU_NODES.label_key in pod.node_selector:
        return ("gpu",)
    if pod.kind is PodKind.DAEMON_SET and tolerates_gpu:
        return ("general", "gpu")
    return ("general",)


def _backends(settings: GuardianSettings) -> Iterator[PodDemand]:
    database, cache, kafka = settings.database, settings.cache, settings.kafka
    if isinstance(database, CloudNativePgDatabase):
        yield _set("database", database.instances, database.cpu * 1000, database.memory_gib)
    if isinstance(cache, SentinelCache):
        yield _set("cache", cache.replicas, 2000, cache.memory_gib)
    if isinstance(kafka, StrimziKafka):
        yield _set("kafka", kafka.brokers, 1000, 4)


def _set(name: str, replicas: int, cpu_millicores: int, memory_gib: int) -> PodDemand:
    return PodDemand(
        name=name,
        pool="general",
        cpu_millicores=cpu_millicores,
        memory_mib=memory_gib * MIB_PER_GIB,
        minimum=replicas,
        maximum=replicas,
    )
