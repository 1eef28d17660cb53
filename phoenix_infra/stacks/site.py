"""A hospital's own cluster without AWS: platform, in-cluster backends, services (A7.8, G-001)."""

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.backends import Backends
from phoenix_infra.k8s.model_store import SharedModels
from phoenix_infra.layers.platform import PlatformArgs, PlatformDatabase, build_platform
from phoenix_infra.layers.platform_profile import CLUSTER_DATABASE_HOST, profile_of
from phoenix_infra.layers.workloads import WorkloadsArgs, build_workloads
from phoenix_infra.naming import PRODUCT, Naming
from phoenix_infra.outputs import OnPremOutputs
from phoenix_infra.settings.models import OnPremSettings
from phoenix_infra.settings.storage import CompatibleStorage
from phoenix_infra.workloads.namespaces import DATA
from phoenix_infra.workloads.ports import CACHE, DATABASE

DATABASE_NAME = "phoenix"
CRD_RELEASES = ("istiod", "cert-manager", "kube-prometheus-stack", "keda", "flagger")
"""Releases whose CRDs and webhooks the services' objects need."""
STORE_PREFIX = "platform/"
CACHE_HOST = f"redis.{DATA}.svc.cluster.local"
KAFKA_BOOTSTRAP = f"phoenix-kafka-kafka-bootstrap.{DATA}.svc.cluster.local:9094"


def build_site(settings: OnPremSettings) -> OnPremOutputs:
    """The site gives cluster, storage classes and object store; everything in the cluster is ours."""
    naming = Naming(environment=settings.stack.environment, role=settings.stack.kind)
    profile = profile_of(settings, naming)
    provider = kubernetes.Provider(
        "cluster",
        context=settings.platform.kubeconfig_context,
        cluster_identifier=f"{PRODUCT}-{settings.stack.site}",
        enable_server_side_apply=True,
    )
    in_cluster = pulumi.ResourceOptions(providers=[provider])
    platform = build_platform(
        PlatformArgs(
            settings=settings,
            profile=profile,
            in_cluster=in_cluster,
            database=PlatformDatabase(
                host=CLUSTER_DATABASE_HOST, port=DATABASE.number, name=DATABASE_NAME
            ),
            secret_prefix=STORE_PREFIX,
        )
    )
    storage = settings.storage
    if not isinstance(storage, CompatibleStorage):
        raise TypeError("an on-premises stack needs an s3-compatible object store")
    build_workloads(
        WorkloadsArgs(
            settings=settings,
            graph=platform.connectivity,
            in_cluster=in_cluster,
            registry_host=settings.workloads.registry or "",
            backends=Backends(
                database_host=CLUSTER_DATABASE_HOST,
                database_reader_host=CLUSTER_DATABASE_HOST.replace("-rw.", "-ro."),
                database_port=DATABASE.number,
                database_name=DATABASE_NAME,
                cache_host=CACHE_HOST,
                cache_port=CACHE.number,
                kafka_bootstrap=None if settings.kafka.backend == "none" else KAFKA_BOOTSTRAP,
            ),
            models=SharedModels(storage_class=storage.shared_storage_class),
            block_storage_class=storage.storage_class,
            job_configuration={
                "BACKUP_BUCKET": storage.backup_bucket,
                "BACKUP_KEY_ALIAS": "",
                "S3_ENDPOINT_URL": f"https://{storage.endpoint_host}",
            },
            after=tuple(platform.releases[name] for name in CRD_RELEASES),
            namespaces=platform.namespaces,
        )
    )
    return OnPremOutputs(
        site=settings.stack.site, database_host=CLUSTER_DATABASE_HOST, cache_host=CACHE_HOST
    )
