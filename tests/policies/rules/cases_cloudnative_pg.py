"""Cases of the rules on PostgreSQL inside the cluster."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
    given,
    having,
    lacking,
    together,
    without,
)

_POSTGRES: dict[str, Any] = {
    "synchronous": {"method": "any", "number": 1},
    "pg_hba": ["hostssl all all 10.0.0.0/8 scram-sha-256"],
    "shared_preload_libraries": ["pgaudit"],
    "parameters": {"log_connections": "on", "ssl_min_protocol_version": "TLSv1.3"},
}
_CLUSTER = given(
    "database",
    "kubernetes:postgresql.cnpg.io/v1:Cluster",
    {
        "metadata": {"name": "phoenix-db", "namespace": "phoenix-data"},
        "spec": {
            "instances": 3,
            "enableSuperuserAccess": False,
            "affinity": {"topologyKey": "topology.kubernetes.io/zone"},
            "storage": {"storageClass": "phi", "size": "50Gi"},
            "walStorage": {"storageClass": "phi", "size": "10Gi"},
            "monitoring": {"enablePodMonitor": True},
            "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "4Gi"}},
            "plugins": [{"name": "barman-cloud.cloudnative-pg.io"}],
            "postgresql": _POSTGRES,
        },
    },
)
_STORE = given(
    "store",
    "kubernetes:barmancloud.cnpg.io/v1:ObjectStore",
    {
        "spec": {
            "retentionPolicy": "35d",
            "configuration": {
                "destinationPath": "s3://backups",
                "data": {"encryption": "aws:kms"},
                "wal": {"encryption": "aws:kms"},
            },
        }
    },
)
_SCHEDULE = given(
    "schedule",
    "kubernetes:postgresql.cnpg.io/v1:ScheduledBackup",
    {
        "metadata": {"name": "daily", "namespace": "phoenix-data"},
        "spec": {"schedule": "0 0 2 * * *", "cluster": {"name": "phoenix-db"}},
    },
)
_CLASS = given(
    "phi",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    {
        "metadata": {"name": "phi"},
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"encrypted": "true", "kmsKeyId": "arn:aws:kms:us-east-1:1:key/k"},
    },
)


def _hba(line: str) -> Bend:
    return having("spec.postgresql.pg_hba.1", line)


def _parameter(name: str, value: Any) -> Bend:
    return having(["spec", "postgresql", "parameters", name], value)


CASES = [
    Cases(
        rule="cnpg-instances",
        compliant=[_CLUSTER],
        passes={
            "the older setting": together(
                lacking("spec.postgresql.synchronous"), having("spec.minSyncReplicas", 1)
            ),
            "spread by constraints": together(
                lacking("spec.affinity"),
                having(
                    "spec.topologySpreadConstraints",
                    [{"topologyKey": "topology.kubernetes.io/zone"}],
                ),
            ),
        },
        fails={
            "two": having("spec.instances", 2),
            "one, the default": lacking("spec.instances"),
            "nobody confirms a commit": lacking("spec.postgresql.synchronous"),
            "no disruption budget": having("spec.enablePDB", False),
            "nodes, not zones": having("spec.affinity.topologyKey", "kubernetes.io/hostname"),
            "zones named, but not kept apart": having("spec.affinity.enablePodAntiAffinity", False),
            "the operator's default topology": lacking("spec.affinity"),
            "spread over nodes": together(
                lacking("spec.affinity"),
                having(
                    "spec.topologySpreadConstraints", [{"topologyKey": "kubernetes.io/hostname"}]
                ),
            ),
        },
        unknown={"number not known": having("spec.instances", UNKNOWN)},
    ),
    Cases(
        rule="cnpg-backup-configured",
        compliant=[_CLUSTER, _STORE, _SCHEDULE],
        passes={
            "in the cluster's own section": together(
                without("store"),
                having(
                    "spec.backup",
                    {
                        "retentionPolicy": "5w",
                        "barmanObjectStore": {
                            "data": {"encryption": "aws:kms"},
                            "wal": {"encryption": "aws:kms"},
                        },
                    },
                ),
            ),
            "a hospital's own store encrypts by itself": together(
                having(
                    "spec.configuration.endpointURL", "https://s3.hospital.internal", on="store"
                ),
                lacking("spec.configuration.data", on="store"),
            ),
            "snapshots of the volumes": together(
                without("store"),
                having(
                    "spec.backup", {"retentionPolicy": "30d", "volumeSnapshot": {"className": "s"}}
                ),
            ),
            "every four hours": having("spec.schedule", "0 0 */4 * * *", on="schedule"),
        },
        fails={
            "nowhere": without("store"),
            "not by this cluster": lacking("spec.plugins"),
            "for a week": having("spec.retentionPolicy", "7d", on="store"),
            "not encrypted": lacking("spec.configuration.wal.encryption", on="store"),
            "with the store's own key": having(
                "spec.configuration.data.encryption", "AES256", on="store"
            ),
            "never": without("schedule"),
            "suspended": having("spec.suspend", True, on="schedule"),
            "weekly": having("spec.schedule", "0 0 2 * * 0", on="schedule"),
            "another cluster's": having("spec.cluster.name", "reports", on="schedule"),
            "of that name in another namespace": having(
                "metadata.namespace", "reports", on="schedule"
            ),
        },
        unknown={
            "retention not known": having("spec.retentionPolicy", UNKNOWN, on="store"),
            "whose schedule is not known": having("spec.cluster.name", UNKNOWN, on="schedule"),
            "the cluster's name is not known": having("metadata.name", UNKNOWN),
            "encryption not known": having(
                "spec.configuration.data.encryption", UNKNOWN, on="store"
            ),
        },
    ),
    Cases(
        rule="cnpg-storage-encrypted",
        compliant=[_CLUSTER, _CLASS],
        passes={
            "a class that a hospital promises to encrypt": together(
                having("spec.storage.storageClass", "standard-encrypted"),
                lacking("spec.walStorage"),
                without("phi"),
            )
        },
        fails={
            "no class": lacking("spec.storage.storageClass"),
            "a class that nobody declares": having("spec.storage.storageClass", "gp2"),
            "the log elsewhere": having("spec.walStorage.storageClass", "gp2"),
            "a class that does not encrypt": having("parameters.encrypted", "false", on="phi"),
        },
        unknown={
            "class not known": having("spec.storage.storageClass", UNKNOWN),
            "encryption not known": having("parameters.encrypted", UNKNOWN, on="phi"),
        },
    ),
    Cases(
        rule="cnpg-dr-replica",
        compliant=[_CLUSTER, _STORE],
        passes={
            "follows another cluster": together(
                without("store"), having("spec.replica", {"enabled": True, "source": "other"})
            ),
            "a store in its own section": together(
                without("store"),
                having("spec.backup.barmanObjectStore", {"destinationPath": "s3://backups"}),
            ),
            "another cluster follows it": together(
                without("store"),
                adding(
                    given(
                        "twin",
                        _CLUSTER.type,
                        {"spec": {"externalClusters": [{"name": "phoenix-db"}]}},
                    )
                ),
            ),
        },
        fails={
            "in one place": without("store"),
            "a store that it does not use": lacking("spec.plugins"),
        },
        unknown={
            "whether it follows is not known": together(
                without("store"), having("spec.replica", {"enabled": UNKNOWN})
            )
        },
    ),
    Cases(
        rule="cnpg-access-hardened",
        compliant=[_CLUSTER],
        passes={
            "the operator's own floor of TLS 1.3": lacking(
                "spec.postgresql.parameters.ssl_min_protocol_version"
            ),
            "audited by a parameter": together(
                lacking("spec.postgresql.shared_preload_libraries"),
                _parameter("pgaudit.log", "all"),
            ),
            "plain text for one subnet is the mesh's": _hba(
                "host all app 10.0.1.0/24 scram-sha-256"
            ),
        },
        fails={
            "a superuser with a password": having("spec.enableSuperuserAccess", True),
            "ALTER SYSTEM for the whole cluster": having("spec.enableAlterSystem", True),
            "ALTER SYSTEM": having("spec.postgresql.enableAlterSystem", True),
            "no password asked": _hba("hostssl all all 10.0.0.0/8 trust"),
            "no password asked locally": _hba("local all all trust"),
            "everybody without TLS": _hba("host all all 0.0.0.0/0 scram-sha-256"),
            "everybody without TLS, set in tabs": _hba("host\tall\tall\tall\tscram-sha-256"),
            "never with TLS": _hba("hostnossl all all ::/0 scram-sha-256"),
            "not audited": lacking("spec.postgresql.shared_preload_libraries"),
            "connections not logged": lacking("spec.postgresql.parameters.log_connections"),
            "TLS 1.0": _parameter("ssl_min_protocol_version", "TLSv1"),
        },
        unknown={
            "parameters not known": having("spec.postgresql.parameters", UNKNOWN),
            "a line not known": having("spec.postgresql.pg_hba", UNKNOWN),
        },
    ),
    Cases(
        rule="cnpg-monitored",
        compliant=[_CLUSTER],
        fails={
            "not scraped": lacking("spec.monitoring"),
            "no requests": lacking("spec.resources.requests"),
            "no limits": lacking("spec.resources.limits"),
        },
        unknown={"not known": having("spec.monitoring.enablePodMonitor", UNKNOWN)},
    ),
]
