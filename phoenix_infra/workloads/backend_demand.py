"""What the in-cluster backends ask of their namespace and of the cluster."""

from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.settings.database import CloudNativePgDatabase
from phoenix_infra.settings.kafka import StrimziKafka
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.addon_quota import AddonDemand

MIB_PER_GIB = 1024
SPARE_INSTANCES = 1
"""The operators replace a member before they remove the old one."""
POOLER_PODS = 2


def backend_demand(settings: GuardianSettings) -> AddonDemand:
    """All backends of this stack that are pods."""
    cpu = memory = pods = claims = 0
    if isinstance(settings.database, CloudNativePgDatabase):
        count = settings.database.instances + SPARE_INSTANCES
        cpu += count * (settings.database.cpu * 1000 + 100) + POOLER_PODS * 100
        memory += count * (settings.database.memory_gib * MIB_PER_GIB + 256) + POOLER_PODS * 128
        pods += count + POOLER_PODS
        claims += count * 2
    if isinstance(settings.cache, SentinelCache):
        count = settings.cache.replicas
        cpu += count * 2200
        memory += count * (settings.cache.memory_gib * MIB_PER_GIB + 256)
        pods += count
        claims += count
    if isinstance(settings.kafka, StrimziKafka):
        count = settings.kafka.brokers + SPARE_INSTANCES
        cpu += count * 1000 + 200
        memory += count * 4 * MIB_PER_GIB + 512
        pods += count + 1
        claims += count
    return AddonDemand(cpu_millicores=cpu, memory_mib=memory, pods=pods, claims=claims)
