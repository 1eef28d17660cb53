"""Cases of the rules about a database's encryption and durability."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    given,
    having,
    in_region,
    lacking,
    of_type,
    together,
)

_CLUSTER = "aws:rds/cluster:Cluster"
_INSTANCE = "aws:rds/instance:Instance"
_GLOBAL = "aws:rds/globalCluster:GlobalCluster"
_KEY = "arn:aws:kms:us-east-1:481516234299:key/data"
_DATABASE = given(
    "database",
    _CLUSTER,
    {
        "engine": "aurora-postgresql",
        "storageEncrypted": True,
        "kmsKeyId": _KEY,
        "backupRetentionPeriod": 35,
        "deleteAutomatedBackups": False,
        "deletionProtection": True,
        "copyTagsToSnapshot": True,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": "database-final",
    },
    region="us-east-1",
)
_SOURCE = given(
    "source",
    _INSTANCE,
    {"identifier": "source", "storageEncrypted": True},
    outputs={"id": "source"},
)
_REPLICA = given(
    "replica", _INSTANCE, {"replicateSourceDb": "source"}, depends={"replicateSourceDb": ["source"]}
)

CASES = [
    Cases(
        rule="rds-storage-encrypted",
        compliant=[_DATABASE],
        passes={"a replica of an encrypted one": alone(_REPLICA, _SOURCE)},
        fails={
            "off": having("storageEncrypted", False),
            "AWS's default": lacking("storageEncrypted"),
            "an instance": together(of_type(_INSTANCE), lacking("storageEncrypted")),
            "a global cluster": together(of_type(_GLOBAL), lacking("storageEncrypted")),
            "a replica of a clear one": together(
                alone(_REPLICA, _SOURCE), having("storageEncrypted", False, on="source")
            ),
            "a source of another stack": together(
                lacking("storageEncrypted"), having("snapshotIdentifier", "snapshot-1")
            ),
        },
        unknown={"unknown": having("storageEncrypted", UNKNOWN)},
    ),
    Cases(
        rule="rds-cmk",
        compliant=[_DATABASE],
        fails={
            "no key": lacking("kmsKeyId"),
            "the AWS managed key": having("kmsKeyId", "arn:aws:kms:us-east-1:1:alias/aws/rds"),
        },
        unknown={"unknown": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="rds-kms-key-in-same-region",
        compliant=[_DATABASE],
        passes={
            "a region of its own": together(in_region("us-west-2"), having("region", "us-east-1"))
        },
        fails={
            "another region's key": in_region("us-west-2"),
            "another region by property": having("region", "us-west-2"),
        },
        unknown={"key unknown": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="rds-backup-retention",
        compliant=[_DATABASE],
        passes={"a read replica": alone(_REPLICA)},
        fails={
            "a week": having("backupRetentionPeriod", 7),
            "none": having("backupRetentionPeriod", 0),
            "AWS's default": lacking("backupRetentionPeriod"),
        },
        unknown={"unknown": having("backupRetentionPeriod", UNKNOWN)},
    ),
    Cases(
        rule="rds-delete-automated-backups-off",
        compliant=[_DATABASE],
        fails={"gone with the database": having("deleteAutomatedBackups", True)},
        unknown={"unknown": having("deleteAutomatedBackups", UNKNOWN)},
    ),
    Cases(
        rule="rds-deletion-protection",
        compliant=[_DATABASE],
        fails={
            "off": having("deletionProtection", False),
            "AWS's default": lacking("deletionProtection"),
            "a global cluster": together(of_type(_GLOBAL), lacking("deletionProtection")),
        },
        unknown={"unknown": having("deletionProtection", UNKNOWN)},
    ),
    Cases(
        rule="rds-final-snapshot",
        compliant=[_DATABASE],
        fails={
            "skipped": having("skipFinalSnapshot", True),
            "members torn away": together(of_type(_GLOBAL), having("forceDestroy", True)),
        },
        unknown={"unknown": having("skipFinalSnapshot", UNKNOWN)},
    ),
    Cases(
        rule="rds-copy-tags-to-snapshot",
        compliant=[_DATABASE],
        fails={"AWS's default": lacking("copyTagsToSnapshot")},
        unknown={"unknown": having("copyTagsToSnapshot", UNKNOWN)},
    ),
    Cases(
        rule="rds-instance-multi-az",
        compliant=[given("single", _INSTANCE, {"multiAz": True})],
        passes={"a read replica": adding(_REPLICA)},
        fails={"one zone": having("multiAz", False), "AWS's default": lacking("multiAz")},
        unknown={"unknown": having("multiAz", UNKNOWN)},
    ),
]
