"""One AWS region, primary or recovery: the tour from keys to workloads."""

from collections.abc import Mapping

import pulumi

from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.model_store import SharedModels
from phoenix_infra.k8s.storage_class import SHARED_CLASS, StorageClassesArgs
from phoenix_infra.layers.access import build_access
from phoenix_infra.layers.alerts import build_alerts
from phoenix_infra.layers.backup import Backup, build_backup
from phoenix_infra.layers.cluster import Cluster, build_cluster
from phoenix_infra.layers.data import Data, build_data, global_ids
from phoenix_infra.layers.detection import build_detection
from phoenix_infra.layers.edge import Edge, build_edge
from phoenix_infra.layers.hospitals import build_tunnel_alarms
from phoenix_infra.layers.identities import build_identities
from phoenix_infra.layers.keys import Keys, build_keys
from phoenix_infra.layers.network import Network, build_network
from phoenix_infra.layers.platform import PlatformArgs, PlatformDatabase, build_platform
from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.layers.workloads import WorkloadsArgs, build_workloads
from phoenix_infra.outputs import PrimaryOutputs, RecoveryOutputs, StackOutputs
from phoenix_infra.providers import RegionalContext, regional_context
from phoenix_infra.settings.models import RegionalSettings
from phoenix_infra.settings.stack import RecoveryStack

CRD_RELEASES = ("istiod", "cert-manager", "kube-prometheus-stack", "keda", "flagger")
"""Releases whose CRDs and webhooks the services' objects need."""


def build_region(settings: RegionalSettings) -> StackOutputs:
    """Both regions are built by the same lines; what differs is said by the settings and the primary's outputs."""
    context = regional_context(settings, pulumi.get_stack())
    stack = settings.stack
    primary = PrimaryOutputs.read(stack.primary_stack) if isinstance(stack, RecoveryStack) else None
    keys = build_keys(context, primary)
    network = build_network(context, keys)
    cluster = build_cluster(context, keys, network)
    data = build_data(context, keys, network, cluster, primary)
    alerts = build_alerts(context, keys)
    edge = build_edge(
        context, keys, network, cluster=cluster, data=data, alerts=alerts, primary=primary
    )
    build_access(context, keys, network, cluster)
    build_tunnel_alarms(context, network.hospitals, alerts.topic_arn)
    build_identities(context, keys, cluster, data=data, edge=edge)
    build_detection(context, keys, data, edge, alerts)
    backup = build_backup(context, keys, alerts, primary)
    _in_cluster(context, keys, cluster, data, edge)
    if primary is not None:
        return RecoveryOutputs(
            cluster_name=cluster.name, cluster_endpoint=cluster.endpoint, vpc_id=network.vpc_id
        )
    return _primary_outputs(keys, network, cluster, data=data, edge=edge, backup=backup)


def _in_cluster(
    context: RegionalContext, keys: Keys, cluster: Cluster, data: Data, edge: Edge
) -> None:
    """What runs in the cluster: the platform first, the services upon it."""
    settings = context.settings
    profile = profile_of(settings, context.naming, database_host=_database_alias(context))
    platform = build_platform(
        PlatformArgs(
            settings=settings,
            profile=profile,
            in_cluster=cluster.in_cluster(),
            database=PlatformDatabase(
                host=data.database.host, port=data.database.port, name=data.database.name
            ),
            secret_prefix=f"{context.naming.parameter('platform')}/",
            storage=StorageClassesArgs(
                data_key_arn=keys.data_arn,
                file_system_id=data.files.file_system_id,
                cluster_name=cluster.name,
            ),
            target_group_arns={
                "alb": edge.target_group_arn,
                "nlb": edge.hospital_target_group_arn,
            },
        )
    )
    build_workloads(
        WorkloadsArgs(
            settings=settings,
            graph=platform.connectivity,
            in_cluster=cluster.in_cluster(),
            registry_host=settings.workloads.registry or data.registry_host,
            backends=_backends(data),
            models=SharedModels(
                storage_class=SHARED_CLASS,
                volume_handle=pulumi.Output.concat(
                    data.files.file_system_id, "::", data.files.access_point_id
                ),
            ),
            block_storage_class=profile.block_storage_class,
            job_configuration=_job_configuration(context, data),
            after=tuple(platform.releases[name] for name in CRD_RELEASES),
            namespaces=platform.namespaces,
        )
    )


def _backends(data: Data) -> Backends:
    return Backends(
        database_host=data.database.host,
        database_reader_host=data.database.reader_host,
        database_port=data.database.port,
        database_name=data.database.name,
        cache_host=data.cache.host,
        cache_port=data.cache.port,
        kafka_bootstrap=data.kafka.bootstrap_brokers if data.kafka is not None else None,
    )


def _job_configuration(context: RegionalContext, data: Data) -> Mapping[str, str]:
    return {
        "BACKUP_BUCKET": data.storage.backups.name,
        "BACKUP_KEY_ALIAS": f"alias/{context.naming.prefix}-backup",
        "S3_ENDPOINT_URL": f"https://s3.{context.region}.amazonaws.com",
    }


def _database_alias(context: RegionalContext) -> str:
    """A name of ours for the writer, so that charts' values stay literal."""
    return f"database.internal.{context.settings.stack.domain}"


def _primary_outputs(
    keys: Keys, network: Network, cluster: Cluster, *, data: Data, edge: Edge, backup: Backup
) -> PrimaryOutputs:
    global_database_id, global_cache_id = global_ids(data)
    credentials = data.cache.credentials
    return PrimaryOutputs(
        cluster_name=cluster.name,
        cluster_endpoint=cluster.endpoint,
        vpc_id=network.vpc_id,
        global_database_id=global_database_id,
        global_cache_id=global_cache_id,
        cache_application_password=pulumi.Output.secret(credentials.application),
        cache_monitoring_password=pulumi.Output.secret(credentials.monitoring),
        cache_disabled_password=pulumi.Output.secret(credentials.disabled),
        public_zone_id=edge.public_zone_id,
        private_zone_id=edge.private_zone_id,
        origin_secret=pulumi.Output.secret(edge.origin_secret),
        backup_vault_arn=backup.vault_arn,
        data_key_arn=keys.data_arn,
        logs_key_arn=keys.logs_arn,
        secrets_key_arn=keys.secrets_arn,
        backup_key_arn=keys.backup_arn,
        replica_data_key_arn=keys.peer_data_arn,
        replica_logs_key_arn=keys.peer_logs_arn,
        replica_secrets_key_arn=keys.peer_secrets_arn,
        replica_backup_key_arn=keys.peer_backup_arn,
    )
