"""Cases of the rules about Aurora across zones and regions."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    alone,
    depending,
    given,
    having,
    in_region,
    lacking,
    together,
    without,
)

_CLUSTER = "aws:rds/cluster:Cluster"
_GLOBAL = given(
    "global",
    "aws:rds/globalCluster:GlobalCluster",
    {"globalClusterIdentifier": "phoenix", "engine": "aurora-postgresql"},
    outputs={"id": "phoenix"},
)


def _member(name: str, cluster: str, zone: str) -> Given:
    return given(
        name,
        "aws:rds/clusterInstance:ClusterInstance",
        {"clusterIdentifier": cluster, "availabilityZone": zone},
        depends={"clusterIdentifier": [cluster]},
    )


def _cluster(name: str, region: str, **changes: Any) -> Given:
    return given(
        name,
        _CLUSTER,
        {
            "engine": "aurora-postgresql",
            "clusterIdentifier": name,
            "globalClusterIdentifier": "phoenix",
            "masterUsername": "phoenix_owner",
            "storageEncrypted": True,
            "deletionProtection": True,
            "backupRetentionPeriod": 35,
            "enabledCloudwatchLogsExports": ["postgresql"],
            "iamDatabaseAuthenticationEnabled": True,
            "copyTagsToSnapshot": True,
            "tags": {"DataClassification": "phi"},
            **changes,
        },
        outputs={"id": name},
        region=region,
    )


_PRIMARY = _cluster("primary", "us-east-1")
_SECONDARY = _cluster("secondary", "us-west-2")
_WRITER = _member("writer", "primary", "us-east-1a")
_READER = _member("reader", "primary", "us-east-1b")
_STANDBY = _member("standby", "secondary", "us-west-2a")
_KEY = "arn:aws:kms:us-west-2:481516234299:key/data"

CASES = [
    Cases(
        rule="aurora-multi-az-instances",
        compliant=[_PRIMARY, _WRITER, _READER],
        passes={
            "a standby region keeps one": alone(
                given(
                    "secondary",
                    _CLUSTER,
                    {"engine": "aurora-postgresql", "globalClusterIdentifier": "phoenix"},
                    outputs={"id": "secondary"},
                ),
                _STANDBY,
            )
        },
        fails={
            "one instance": without("reader"),
            "none": without("reader", "writer"),
            "one zone": having("availabilityZone", "us-east-1a", on="reader"),
            "one subnet": together(
                having("dbSubnetGroupName", "data"),
                adding(
                    given(
                        "data",
                        "aws:rds/subnetGroup:SubnetGroup",
                        {"name": "data", "subnetIds": ["subnet-1"]},
                    )
                ),
            ),
        },
        unknown={
            "whose instance is unknown": together(
                having("clusterIdentifier", UNKNOWN, on="reader"),
                depending("clusterIdentifier", on="reader"),
            )
        },
    ),
    Cases(
        rule="aurora-in-global-cluster",
        compliant=[_PRIMARY],
        passes={
            "the source of a global cluster": together(
                lacking("globalClusterIdentifier"),
                adding(
                    given(
                        "global",
                        _GLOBAL.type,
                        {"sourceDbClusterIdentifier": "primary"},
                        depends={"sourceDbClusterIdentifier": ["primary"]},
                    )
                ),
            ),
        },
        fails={"one region only": lacking("globalClusterIdentifier")},
        unknown={
            "identifier unknown": having("globalClusterIdentifier", UNKNOWN),
            "classification unknown": together(
                lacking("globalClusterIdentifier"), having("tags.DataClassification", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="aurora-global-has-secondary-region",
        compliant=[_GLOBAL, _PRIMARY, _WRITER, _SECONDARY, _STANDBY],
        fails={
            "the secondary left": lacking("globalClusterIdentifier", on="secondary"),
            "twice in one region": together(
                in_region("us-east-1", on="secondary"),
                adding(_cluster("other", "us-west-2", globalClusterIdentifier="x")),
            ),
            "headless": without("standby"),
        },
        unknown={
            "seen alone": without("secondary", "standby"),
            "membership unknown": together(
                having("globalClusterIdentifier", UNKNOWN, on="secondary"),
                depending("globalClusterIdentifier", on="secondary"),
            ),
        },
    ),
    Cases(
        rule="aurora-dr-parity",
        compliant=[_GLOBAL, _PRIMARY, _SECONDARY],
        passes={
            "logs in another order": together(
                having("enabledCloudwatchLogsExports", ["postgresql", "upgrade"], on="primary"),
                having("enabledCloudwatchLogsExports", ["upgrade", "postgresql"], on="secondary"),
            ),
            "another global cluster": having("globalClusterIdentifier", "other", on="secondary"),
        },
        fails={
            "encryption": having("storageEncrypted", False, on="secondary"),
            "protection": lacking("deletionProtection", on="secondary"),
            "backups": having("backupRetentionPeriod", 7, on="secondary"),
            "logs": having("enabledCloudwatchLogsExports", [], on="secondary"),
        },
        unknown={
            "seen alone": without("secondary"),
            "a setting unknown": having("deletionProtection", UNKNOWN, on="secondary"),
        },
    ),
    Cases(
        rule="rds-snapshot-copy-cmk",
        compliant=[
            given(
                "copy",
                "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
                {"destinationRegion": "us-west-2", "kmsKeyId": _KEY},
            ),
            given(
                "backups",
                "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
                {"kmsKeyId": _KEY, "retentionPeriod": 35},
                region="us-west-2",
            ),
        ],
        fails={
            "no key": lacking("kmsKeyId"),
            "the source region's key": having(
                "kmsKeyId", "arn:aws:kms:us-east-1:481516234299:key/data"
            ),
            "AWS's default of a week": lacking("retentionPeriod", on="backups"),
        },
        unknown={"key unknown": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="rds-snapshot-not-public",
        compliant=[given("snapshot", "aws:rds/clusterSnapshot:ClusterSnapshot", {})],
        fails={
            "everybody": having("sharedAccounts", ["all"]),
            "a strange account": having("sharedAccounts", ["210987654321"]),
        },
        unknown={"unknown": having("sharedAccounts", UNKNOWN)},
    ),
]
