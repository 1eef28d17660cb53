"""Cases of the rules on how long objects are kept, and where else."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    given,
    having,
    in_region,
    lacking,
    together,
    without,
)
from tests.policies.rules.cases_s3 import of_another, of_unknown
from tests.policies.rules.fixtures_buckets import (
    BLOCK,
    BUCKET,
    ENCRYPTION,
    LOCK,
    OF_RECORDS,
    POLICY,
    RECORDS,
    VERSIONING,
)

_TRAIL = given(
    "trail",
    "aws:cloudtrail/trail:Trail",
    {"s3BucketName": "records"},
    depends={"s3BucketName": ["records"]},
)
_LIFECYCLE = given(
    "lifecycle",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    {
        "bucket": "records",
        "rules": [
            {
                "status": "Enabled",
                "expiration": {"days": 2557},
                "noncurrentVersionExpiration": {"noncurrentDays": 2557},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            }
        ],
    },
    depends=OF_RECORDS,
)
_REPLICA = given(
    "replica",
    BUCKET,
    {"bucket": "records-dr", "tags": {"DataClassification": "phi"}},
    outputs={"arn": "arn:aws:s3:::records-dr"},
    region="us-west-2",
)
_REPLICATION = given(
    "replication",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    {
        "bucket": "records",
        "rules": [
            {
                "status": "Enabled",
                "filter": {"prefix": ""},
                "deleteMarkerReplication": {"status": "Disabled"},
                "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
                "destination": {
                    "bucket": "arn:aws:s3:::records-dr",
                    "metrics": {"status": "Enabled"},
                    "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
                    "encryptionConfiguration": {
                        "replicaKmsKeyId": "arn:aws:kms:us-west-2:481516234299:key/2"
                    },
                },
            }
        ],
    },
    depends={**OF_RECORDS, "rules": ["replica"]},
)
_RULE = "rules.0"
_TO = f"{_RULE}.destination"
_SOURCE = given("source", BUCKET, {"bucket": "source"}, region="us-east-1")
_TO_RECORDS = given(
    "replication",
    _REPLICATION.type,
    {
        "bucket": "source",
        "rules": [{"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::records"}}],
    },
    depends={"bucket": ["source"], "rules": ["records"]},
)

CASES = [
    Cases(
        rule="s3-audit-lifecycle-six-years",
        compliant=[RECORDS, _LIFECYCLE],
        passes={
            "a rule that is off": together(
                having(f"{_RULE}.expiration.days", 90, on="lifecycle"),
                having(f"{_RULE}.status", "Disabled", on="lifecycle"),
            ),
            "no record": together(
                having(f"{_RULE}.expiration.days", 90, on="lifecycle"), having("tags", {})
            ),
        },
        fails={
            "a quarter of a year": having(f"{_RULE}.expiration.days", 90, on="lifecycle"),
            "older versions sooner": having(
                f"{_RULE}.noncurrentVersionExpiration.noncurrentDays", 30, on="lifecycle"
            ),
            "the trail's files": together(
                having("tags", {}),
                adding(_TRAIL),
                having(f"{_RULE}.expiration.days", 365, on="lifecycle"),
            ),
            "stated on the bucket": having(
                "lifecycleRules", [{"enabled": True, "expiration": {"days": 30}}]
            ),
        },
        unknown={
            "not known": having(f"{_RULE}.expiration.days", UNKNOWN, on="lifecycle"),
            "whose lifecycle is not known": together(
                having(f"{_RULE}.expiration.days", 90, on="lifecycle"), of_unknown("lifecycle")
            ),
        },
    ),
    Cases(
        rule="s3-audit-bucket-object-lock",
        compliant=[RECORDS, _TRAIL, LOCK],
        passes={"receives no audit records": together(without("trail", "lock"))},
        fails={
            "no lock": lacking("objectLockEnabled"),
            "no retention": without("lock"),
            "a lock that can be lifted": having(
                "rule.defaultRetention.mode", "GOVERNANCE", on="lock"
            ),
            "a year": having("rule.defaultRetention.years", 1, on="lock"),
            "marked by a tag": together(
                without("trail", "lock"), having("tags", {"Purpose": "audit"})
            ),
            "of another bucket": of_another("lock"),
        },
        unknown={
            "not known": having("rule", UNKNOWN, on="lock"),
            "of an unknown bucket": of_unknown("lock"),
        },
    ),
    Cases(
        rule="s3-lifecycle-present",
        compliant=[RECORDS, _LIFECYCLE],
        fails={
            "none": without("lifecycle"),
            "every rule is off": having(f"{_RULE}.status", "Disabled", on="lifecycle"),
            "of another bucket": of_another("lifecycle"),
        },
        unknown={
            "not known": having("rules", UNKNOWN, on="lifecycle"),
            "of an unknown bucket": of_unknown("lifecycle"),
        },
    ),
    Cases(
        rule="s3-abort-incomplete-uploads",
        compliant=[_LIFECYCLE],
        fails={
            "a month": having(f"{_RULE}.abortIncompleteMultipartUpload.daysAfterInitiation", 30),
            "never": lacking(f"{_RULE}.abortIncompleteMultipartUpload"),
            "off": having(f"{_RULE}.status", "Disabled"),
        },
        unknown={"not known": having(f"{_RULE}.abortIncompleteMultipartUpload", UNKNOWN)},
    ),
    Cases(
        rule="s3-replication-cross-region",
        compliant=[RECORDS, _REPLICATION, _REPLICA],
        passes={
            "holds no PHI": together(without("replication", "replica"), having("tags", {})),
            "joined while names are unknown": together(
                having("bucket", UNKNOWN, on="replication"),
                having(f"{_TO}.bucket", UNKNOWN, on="replication"),
            ),
        },
        fails={
            "none": together(without("replication"), without("replica")),
            "off": having(f"{_RULE}.status", "Disabled", on="replication"),
            "some of it": having(f"{_RULE}.filter.prefix", "exports/", on="replication"),
            "what carries a tag": having(
                f"{_RULE}.filter", {"tag": {"key": "copy", "value": "yes"}}, on="replication"
            ),
            "what carries tags under a prefix": having(
                f"{_RULE}.filter",
                {"and": {"prefix": "a/", "tags": {"copy": "yes"}}},
                on="replication",
            ),
            "in the same region": in_region("us-east-1", on="replica"),
            "of another bucket": of_another("replication"),
        },
        unknown={
            "not known": having(f"{_RULE}.status", UNKNOWN, on="replication"),
            "of an unknown bucket": of_unknown("replication"),
        },
    ),
    Cases(
        rule="s3-replication-encrypted",
        compliant=[_REPLICATION],
        fails={
            "encrypted objects are skipped": lacking(f"{_RULE}.sourceSelectionCriteria"),
            "switched off": having(
                f"{_RULE}.sourceSelectionCriteria.sseKmsEncryptedObjects.status", "Disabled"
            ),
            "no key": lacking(f"{_TO}.encryptionConfiguration"),
        },
        unknown={"not known": having(f"{_TO}.encryptionConfiguration", UNKNOWN)},
    ),
    Cases(
        rule="s3-replication-monitored",
        compliant=[_REPLICATION],
        fails={
            "no metrics": lacking(f"{_TO}.metrics"),
            "no time": having(f"{_TO}.replicationTime.status", "Disabled"),
            "not decided": lacking(f"{_RULE}.deleteMarkerReplication"),
        },
        unknown={"not known": having(f"{_TO}.metrics.status", UNKNOWN)},
    ),
    Cases(
        rule="s3-replication-destination-hardened",
        compliant=[_TO_RECORDS, _SOURCE, RECORDS, VERSIONING, ENCRYPTION, POLICY, BLOCK],
        passes={
            "a rule that is off": together(
                having(f"{_RULE}.status", "Disabled"), without("policy", "block")
            )
        },
        fails={
            "no versions": without("versioning"),
            "suspended": having("versioningConfiguration.status", "Suspended", on="versioning"),
            "no key": without("encryption"),
            "clear text": without("policy"),
            "public": without("block"),
        },
        unknown={
            "not known": having("policy", UNKNOWN, on="policy"),
            "of an unknown bucket": of_unknown("block"),
        },
    ),
]
