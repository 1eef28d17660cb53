"""PostgreSQL in the cluster: three instances, backups to an object store, a pooler (G-050..G-058, X-10, X-18, X-19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import pulumi

from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.settings.database import CloudNativePgDatabase
from phoenix_infra.workloads.namespaces import DATA
from phoenix_infra.workloads.postgresql_parameters import postgresql_parameters

CLUSTER_NAME = "phoenix-db"
STORE_NAME = "phoenix-db-backups"
DATABASE_NAME = "phoenix"
OWNER = "phoenix_migration"
VAULT_USER = "vault"
VAULT_USER_SECRET = "phoenix-db-vault"  # noqa: S105  a Secret's name, not a secret
IMAGE = "ghcr.io/cloudnative-pg/postgresql"
BARMAN_PLUGIN = "barman-cloud.cloudnative-pg.io"
LIBRARIES = ("pgaudit", "pg_stat_statements")
GROUP_ROLES = ("phoenix_application", "phoenix_dump", "phoenix_auditor")
GRAFANA = "grafana"
GRAFANA_SECRET = "phoenix-db-grafana"  # noqa: S105  a Secret's name, not a secret
BACKUP_SCHEDULE = "0 0 1 * * *"
"""Daily at one; CloudNativePG's schedules begin with seconds."""


@dataclass(frozen=True, kw_only=True)
class ObjectStore:
    """Where WAL and base backups go; encryption at rest is the store's."""

    API_VERSION: ClassVar[str] = "barmancloud.cnpg.io/v1"
    KIND: ClassVar[str] = "ObjectStore"

    endpoint_host: str
    bucket: str
    retention_days: int
    credentials_secret: str

    def spec(self) -> Mapping[str, object]:
        """Compressed, with a key pair of its own."""
        return {
            "retentionPolicy": f"{self.retention_days}d",
            "configuration": {
                "destinationPath": f"s3://{self.bucket}/{CLUSTER_NAME}",
                "endpointURL": f"https://{self.endpoint_host}",
                "s3Credentials": {
                    "accessKeyId": {
                        "name": self.credentials_secret,
                        "key": "AWS_ACCESS_KEY_ID",
                    },
                    "secretAccessKey": {
                        "name": self.credentials_secret,
                        "key": "AWS_SECRET_ACCESS_KEY",
                    },
                },
                "wal": {"compression": "gzip", "maxParallel": 4, "encryption": "aws:kms"},
                "data": {"compression": "gzip", "jobs": 2, "encryption": "aws:kms"},
            },
            "instanceSidecarConfiguration": {
                "resources": {
                    "requests": {"cpu": "100m", "memory": "256Mi"},
                    "limits": {"cpu": "1", "memory": "512Mi"},
                }
            },
        }


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The database cluster; no superuser, no ALTER SYSTEM, one synchronous standby."""

    API_VERSION: ClassVar[str] = "postgresql.cnpg.io/v1"
    KIND: ClassVar[str] = "Cluster"

    database: CloudNativePgDatabase
    storage_class: str

    def spec(self) -> Mapping[str, object]:
        """The cluster as the operator reads it."""
        database = self.database
        return {
            "instances": database.instances,
            "imageName": f"{IMAGE}:{database.image_tag}@{database.image_digest}",
            "imagePullPolicy": "IfNotPresent",
            "primaryUpdateStrategy": "unsupervised",
            "primaryUpdateMethod": "switchover",
            "enableSuperuserAccess": False,
            "enablePDB": True,
            "priorityClassName": "phoenix-platform-critical",
            "inheritedMetadata": {"labels": dict(self._labels())},
            "bootstrap": {
                "initdb": {
                    "database": DATABASE_NAME,
                    "owner": OWNER,
                    "dataChecksums": True,
                    "encoding": "UTF8",
                    "postInitApplicationSQL": [
                        f"CREATE EXTENSION IF NOT EXISTS {library}" for library in LIBRARIES
                    ],
                }
            },
            "managed": {"roles": _roles()},
            "postgresql": {
                "parameters": dict(postgresql_parameters(database)),
                "enableAlterSystem": False,
                "shared_preload_libraries": list(LIBRARIES),
                "pg_hba": [
                    "hostssl all all all scram-sha-256",
                    "hostnossl all all all reject",
                ],
                "synchronous": {
                    "method": "any",
                    "number": 1,
                    "dataDurability": "required",
                },
            },
            "plugins": [
                {
                    "name": BARMAN_PLUGIN,
                    "isWALArchiver": True,
                    "parameters": {"barmanObjectName": STORE_NAME},
                }
            ],
            "storage": {
                "storageClass": self.storage_class,
                "size": f"{database.data_volume_gib}Gi",
            },
            "walStorage": {
                "storageClass": self.storage_class,
                "size": f"{database.wal_volume_gib}Gi",
            },
            "resources": {
                "requests": {
                    "cpu": str(database.cpu),
                    "memory": f"{database.memory_gib}Gi",
                },
                "limits": {
                    "cpu": str(database.cpu),
                    "memory": f"{database.memory_gib}Gi",
                },
            },
            "affinity": {
                "enablePodAntiAffinity": True,
                "podAntiAffinityType": "required",
                "topologyKey": "topology.kubernetes.io/zone",
            },
            "monitoring": {"enablePodMonitor": True},
        }

    def _labels(self) -> Mapping[str, str]:
        return recommended_labels(
            CLUSTER_NAME, component="database", owner="database", data_classification="phi"
        )


def _roles() -> list[dict[str, object]]:
    """Group roles that own grants, Vault's own login that makes members of them, and Grafana's."""
    groups: list[dict[str, object]] = [
        {
            "name": name,
            "ensure": "present",
            "login": False,
            "inherit": True,
            "bypassrls": name == "phoenix_dump",
        }
        for name in GROUP_ROLES
    ]
    return [
        *groups,
        {
            "name": VAULT_USER,
            "ensure": "present",
            "login": True,
            "createrole": True,
            "inRoles": [*GROUP_ROLES, OWNER],
            "passwordSecret": {"name": VAULT_USER_SECRET},
        },
        {
            "name": GRAFANA,
            "ensure": "present",
            "login": True,
            "passwordSecret": {"name": GRAFANA_SECRET},
        },
    ]


@dataclass(frozen=True, kw_only=True)
class GrafanaDatabase:
    """Grafana's own database in the same cluster: two replicas share no file (X-46)."""

    API_VERSION: ClassVar[str] = "postgresql.cnpg.io/v1"
    KIND: ClassVar[str] = "Database"

    def spec(self) -> Mapping[str, object]:
        """Kept when the object is deleted."""
        return {
            "name": GRAFANA,
            "owner": GRAFANA,
            "cluster": {"name": CLUSTER_NAME},
            "databaseReclaimPolicy": "retain",
        }


@dataclass(frozen=True, kw_only=True)
class ScheduledBackup:
    """A base backup each night, by the plug-in."""

    API_VERSION: ClassVar[str] = "postgresql.cnpg.io/v1"
    KIND: ClassVar[str] = "ScheduledBackup"

    def spec(self) -> Mapping[str, object]:
        """The first one at once: point-in-time recovery needs a base."""
        return {
            "schedule": BACKUP_SCHEDULE,
            "immediate": True,
            "suspend": False,
            "backupOwnerReference": "self",
            "cluster": {"name": CLUSTER_NAME},
            "method": "plugin",
            "pluginConfiguration": {"name": BARMAN_PLUGIN},
        }


@dataclass(frozen=True, kw_only=True)
class Pooler:
    """PgBouncer in front of the primary, in transaction mode (X-58)."""

    API_VERSION: ClassVar[str] = "postgresql.cnpg.io/v1"
    KIND: ClassVar[str] = "Pooler"

    maximum_connections: int

    def spec(self) -> Mapping[str, object]:
        """TLS to clients and to the server; two pods on different hosts."""
        return {
            "cluster": {"name": CLUSTER_NAME},
            "instances": 2,
            "type": "rw",
            "pgbouncer": {
                "poolMode": "transaction",
                "parameters": {
                    "max_client_conn": str(self.maximum_connections * 4),
                    "default_pool_size": "20",
                    "client_tls_sslmode": "require",
                    "server_tls_sslmode": "require",
                },
            },
            "template": {
                "metadata": {"labels": {"app.kubernetes.io/name": "phoenix-db-pooler"}},
                "spec": {
                    "containers": [
                        {
                            "name": "pgbouncer",
                            "resources": {
                                "requests": {"cpu": "100m", "memory": "128Mi"},
                                "limits": {"cpu": "1", "memory": "256Mi"},
                            },
                        }
                    ]
                },
            },
        }


@dataclass(frozen=True, kw_only=True)
class DatabaseClusterArgs:
    """Settings, storage and the bucket for backups."""

    database: CloudNativePgDatabase
    storage_class: str
    endpoint_host: str
    backup_bucket: str
    credentials_secret: str
    after: Sequence[pulumi.Resource] = ()


class DatabaseCluster(pulumi.ComponentResource):
    """Cluster, object store, schedule, pooler and Grafana's database."""

    host: str
    reader_host: str

    def __init__(
        self, name: str, args: DatabaseClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:k8s:DatabaseCluster", name, None, opts)
        labels = recommended_labels(
            CLUSTER_NAME, component="database", owner="database", data_classification="phi"
        )
        child = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        kept = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(protect=True))
        store = ObjectStore(
            endpoint_host=args.endpoint_host,
            bucket=args.backup_bucket,
            retention_days=args.database.backup_retention_days,
            credentials_secret=args.credentials_secret,
        )
        cluster = Cluster(database=args.database, storage_class=args.storage_class)
        for role, body, object_name, options in (
            ("store", store, STORE_NAME, child),
            ("cluster", cluster, CLUSTER_NAME, kept),
            ("backup", ScheduledBackup(), f"{CLUSTER_NAME}-daily", child),
            (
                "pooler",
                Pooler(maximum_connections=args.database.limits.max_connections),
                f"{CLUSTER_NAME}-pooler-rw",
                child,
            ),
            ("grafana", GrafanaDatabase(), GRAFANA, child),
        ):
            custom_resource(
                f"{name}-{role}",
                body,
                name=object_name,
                namespace=DATA,
                labels=labels,
                opts=options,
            )
        self.host = f"{CLUSTER_NAME}-rw.{DATA}.svc.cluster.local"
        self.reader_host = f"{CLUSTER_NAME}-ro.{DATA}.svc.cluster.local"
        self.register_outputs({"host": self.host, "reader_host": self.reader_host})
