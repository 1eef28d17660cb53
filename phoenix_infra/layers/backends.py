"""The in-cluster data backends of a stack that has no managed ones (X-10, X-24, X-62, A7.8)."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.k8s.cloudnative_pg import DatabaseCluster, DatabaseClusterArgs
from phoenix_infra.k8s.namespace import NamespaceQuota, SecureNamespace, SecureNamespaceArgs
from phoenix_infra.k8s.network_policy import GroupPolicyArgs, group_policy
from phoenix_infra.k8s.sentinel import Sentinel, SentinelArgs
from phoenix_infra.k8s.strimzi import EventLog, EventLogArgs
from phoenix_infra.settings.cache import SentinelCache
from phoenix_infra.settings.database import CloudNativePgDatabase
from phoenix_infra.settings.kafka import StrimziKafka
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.addons_telemetry import OBJECT_STORE_SECRET
from phoenix_infra.workloads.backend_demand import backend_demand
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.demand import namespace_demand
from phoenix_infra.workloads.namespaces import DATA, NAMESPACES
from phoenix_infra.workloads.spec import CACHE_TARGET, DATABASE_TARGET, KAFKA_TARGET


@dataclass(frozen=True, kw_only=True)
class BackendsArgs:
    """One cluster, and the releases whose CRDs the backends are of."""

    settings: GuardianSettings
    profile: ClusterProfile
    graph: Connectivity
    in_cluster: pulumi.ResourceOptions
    after: tuple[pulumi.Resource, ...]


def runs_backends(settings: GuardianSettings) -> bool:
    """Whether any backend's pods are in this cluster."""
    return (
        isinstance(settings.database, CloudNativePgDatabase)
        or isinstance(settings.cache, SentinelCache)
        or isinstance(settings.kafka, StrimziKafka)
    )


def build_backends(args: BackendsArgs) -> pulumi.Resource:
    """Declares the data namespace with room for the backends, and the backends; answers the namespace."""
    settings, profile = args.settings, args.profile
    namespace = _namespace(args)
    after = (namespace, *args.after)
    if isinstance(settings.database, CloudNativePgDatabase):
        DatabaseCluster(
            "database",
            DatabaseClusterArgs(
                database=settings.database,
                storage_class=profile.data_storage_class,
                endpoint_host=profile.object_store.endpoint_host,
                backup_bucket=profile.object_store.cluster_backup_bucket,
                credentials_secret=OBJECT_STORE_SECRET,
                after=after,
            ),
            args.in_cluster,
        )
    if isinstance(settings.cache, SentinelCache):
        Sentinel(
            "cache",
            SentinelArgs(
                cache=settings.cache, storage_class=profile.data_storage_class, after=after
            ),
            args.in_cluster,
        )
    if isinstance(settings.kafka, StrimziKafka):
        EventLog(
            "events",
            EventLogArgs(
                kafka=settings.kafka, storage_class=profile.data_storage_class, after=after
            ),
            args.in_cluster,
        )
    _policies(args, namespace)
    return namespace


def _namespace(args: BackendsArgs) -> pulumi.Resource:
    space = next(item for item in NAMESPACES if item.name == DATA)
    jobs = namespace_demand(DATA, args.settings)
    pods = backend_demand(args.settings)
    return SecureNamespace(
        DATA,
        SecureNamespaceArgs(
            space=space,
            environment=args.settings.stack.environment,
            quota=NamespaceQuota(
                cpu_millicores=jobs.cpu_millicores + pods.cpu_millicores,
                memory_mib=jobs.memory_mib + pods.memory_mib,
                pods=jobs.pods + pods.pods,
                gpus=jobs.gpus,
                claims=pods.claims,
            ),
        ),
        args.in_cluster,
    ).namespace


def _policies(args: BackendsArgs, namespace: pulumi.Resource) -> None:
    """One policy for the pods of each backend; managed backends are address ranges and have none."""
    options = pulumi.ResourceOptions.merge(
        args.in_cluster, pulumi.ResourceOptions(depends_on=[namespace])
    )
    settings = args.settings
    for target, is_here in (
        (DATABASE_TARGET, isinstance(settings.database, CloudNativePgDatabase)),
        (CACHE_TARGET, isinstance(settings.cache, SentinelCache)),
        (KAFKA_TARGET, isinstance(settings.kafka, StrimziKafka)),
    ):
        if is_here:
            group_policy(
                f"{target}-policy",
                GroupPolicyArgs(group=args.graph.group(target), graph=args.graph),
                options,
            )
