"""A stack's settings as its add-ons see them: literals only."""

from phoenix_infra.naming import PRODUCT, Naming
from phoenix_infra.settings.models import GuardianSettings, OnPremSettings, RegionalSettings
from phoenix_infra.settings.storage import CompatibleStorage
from phoenix_infra.workloads.cluster_profile import (
    CloudProfile,
    ClusterProfile,
    NetworkProfile,
    ObjectStore,
)
from phoenix_infra.workloads.namespaces import DATA

SITE_OBJECT_STORE_REGION = "us-east-1"
"""S3-compatible stores ignore the region, yet clients must sign with one."""
VAULT_UNSEAL_PURPOSE = "vault"
"""The key of this purpose unseals Vault (A7.6)."""
CLUSTER_DATABASE_HOST = f"phoenix-db-rw.{DATA}.svc.cluster.local"
BLOCK_STORAGE_CLASS = "gp3-encrypted"
DATA_STORAGE_CLASS = "gp3-encrypted-retain"


def profile_of(
    settings: GuardianSettings, naming: Naming, *, database_host: str | None = None
) -> ClusterProfile:
    """The profile of a stack's cluster; `database_host` is the internal alias of a managed database."""
    platform = settings.platform
    return ClusterProfile(
        name=naming.cluster,
        environment=settings.stack.environment,
        domain=settings.stack.domain,
        kubernetes_version=_kubernetes_version(settings),
        cloud=_cloud(settings, naming),
        network=_network(settings),
        object_store=_object_store(settings, naming),
        block_storage_class=settings.storage.storage_class
        if isinstance(settings.storage, CompatibleStorage)
        else BLOCK_STORAGE_CLASS,
        data_storage_class=settings.storage.storage_class
        if isinstance(settings.storage, CompatibleStorage)
        else DATA_STORAGE_CLASS,
        database_backend=settings.database.backend,
        cache_backend=settings.cache.backend,
        kafka_backend=settings.kafka.backend,
        ingress_nginx=platform.ingress_nginx,
        velero=platform.velero,
        flux_owned=platform.flux_owned,
        metrics_retention_days=platform.metrics_retention_days,
        metrics_volume_gib=platform.metrics_volume_gib,
        siem_host=platform.siem_host,
        consortium_host=platform.consortium_host,
        git_repository_url=platform.gitops.repository_url,
        git_revision=platform.gitops.revision,
        database_host=database_host or CLUSTER_DATABASE_HOST,
    )


def node_count(settings: GuardianSettings) -> int:
    """The most nodes there can be; a DaemonSet runs on each."""
    if isinstance(settings, OnPremSettings):
        return sum(pool.count for pool in settings.platform.node_pools)
    capacity = settings.capacity
    return capacity.general_nodes.maximum + capacity.gpu_nodes.maximum


def _kubernetes_version(settings: GuardianSettings) -> str:
    if isinstance(settings, RegionalSettings):
        return settings.cluster.kubernetes_version
    if settings.platform.kubernetes_version is None:
        raise ValueError(
            "phoenix:platform kubernetes_version is missing: a given cluster must say its version"
        )
    return settings.platform.kubernetes_version


def _cloud(settings: GuardianSettings, naming: Naming) -> CloudProfile | None:
    if not isinstance(settings, RegionalSettings):
        return None
    identity = settings.identity
    return CloudProfile(
        account_id=identity.account_id,
        region=identity.region,
        vpc_cidr=settings.network.cidr,
        vpc_tags={"Name": "main", "Project": PRODUCT, "Role": settings.stack.kind},
        vault_unseal_key_alias=f"alias/{naming.prefix}-{VAULT_UNSEAL_PURPOSE}",
    )


def _network(settings: GuardianSettings) -> NetworkProfile:
    if isinstance(settings, RegionalSettings):
        vpc = settings.network.cidr
        return NetworkProfile(
            pod_cidr=vpc,
            service_cidr=settings.cluster.service_cidr,
            kubernetes_api_cidrs=(vpc,),
            aws_endpoint_cidrs=(vpc,),
        )
    cluster = settings.platform.cluster_network
    if cluster is None:
        raise ValueError(
            "phoenix:platform cluster_network is missing: a given cluster must say its pod, "
            "service and node ranges"
        )
    return NetworkProfile(
        pod_cidr=cluster.pod_cidr,
        service_cidr=cluster.service_cidr,
        kubernetes_api_cidrs=cluster.node_cidrs,
        aws_endpoint_cidrs=(),
    )


def _object_store(settings: GuardianSettings, naming: Naming) -> ObjectStore:
    storage = settings.storage
    if isinstance(storage, CompatibleStorage):
        return ObjectStore(
            endpoint_host=storage.endpoint_host,
            region=SITE_OBJECT_STORE_REGION,
            log_bucket=storage.log_bucket,
            trace_bucket=storage.log_bucket,
            cluster_backup_bucket=storage.backup_bucket,
            compatible=True,
        )
    if not isinstance(settings, RegionalSettings):
        raise TypeError("storage.backend s3 needs a stack in an AWS region; use s3-compatible")
    identity = settings.identity
    logs = naming.bucket("logs", identity.account_id)
    return ObjectStore(
        endpoint_host=f"s3.{identity.region}.amazonaws.com",
        region=identity.region,
        log_bucket=logs,
        trace_bucket=logs,
        cluster_backup_bucket=naming.bucket("backups", identity.account_id),
        compatible=False,
    )
