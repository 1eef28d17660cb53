"""What the add-ons' values depend on: literals of one stack, so that a preview knows every value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class CloudProfile:
    """The AWS side of a cluster; absent on a hospital's own site."""

    account_id: str
    region: str
    vpc_cidr: str
    vpc_tags: Mapping[str, str]
    """By which a controller finds the VPC: tags are literals, ids are not."""
    vault_unseal_key_alias: str
    """Alias of the KMS key that unseals Vault (A7.6); an alias is a literal, an ARN is not."""


@dataclass(frozen=True, kw_only=True)
class ObjectStore:
    """Where logs, traces and cluster backups go: S3, or the site's S3-compatible endpoint."""

    endpoint_host: str
    region: str
    log_bucket: str
    trace_bucket: str
    cluster_backup_bucket: str
    compatible: bool
    """Path-style addressing and a static key pair from a Secret; with S3 it is Pod Identity."""


@dataclass(frozen=True, kw_only=True)
class NetworkProfile:
    """Address ranges that network policies must name because they are no pods."""

    pod_cidr: str
    """Range of nodes and pods; with the VPC CNI pods have VPC addresses."""
    service_cidr: str
    kubernetes_api_cidrs: tuple[str, ...]
    """Where the API server answers, and where webhook calls come from."""
    aws_endpoint_cidrs: tuple[str, ...]
    """Interface endpoints of the VPC."""


@dataclass(frozen=True, kw_only=True)
class ClusterProfile:
    """One cluster, as its add-ons see it."""

    name: str
    environment: str
    domain: str
    kubernetes_version: str
    cloud: CloudProfile | None
    network: NetworkProfile
    object_store: ObjectStore
    block_storage_class: str
    """Encrypted, ReadWriteOnce, deleted with its claim."""
    data_storage_class: str
    """Encrypted, ReadWriteOnce, retained."""
    database_backend: Literal["aurora-global", "cnpg"]
    cache_backend: Literal["elasticache-global", "sentinel"]
    kafka_backend: Literal["none", "msk", "strimzi"]
    ingress_nginx: bool
    velero: bool
    flux_owned: tuple[str, ...]
    metrics_retention_days: int
    metrics_volume_gib: int
    siem_host: str
    consortium_host: str
    git_repository_url: str
    git_revision: str
    database_host: str
    database_port: int = 5432
