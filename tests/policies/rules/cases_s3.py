"""Cases of the rules on buckets: encryption, versions, objects, events."""

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
    alone,
    depending,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)
from tests.policies.rules.fixtures_buckets import (
    BUCKET,
    ENCRYPTION,
    LOGGING,
    OF_RECORDS,
    OWNERSHIP,
    RECORDS,
    VERSIONING,
)

_ENCRYPTED = "rules.0.applyServerSideEncryptionByDefault"


def of_another(name: str) -> Bend:
    """The resource speaks about another bucket."""
    return together(having("bucket", "other", on=name), depending("bucket", on=name))


def of_unknown(name: str) -> Bend:
    """Nothing says whose bucket the resource speaks about."""
    return together(having("bucket", UNKNOWN, on=name), depending("bucket", on=name))


CASES = [
    Cases(
        rule="s3-no-public-acl",
        compliant=[given("acl", "aws:s3/bucketAcl:BucketAcl", {"acl": "private"})],
        fails={
            "public": having("acl", "public-read"),
            "every AWS customer": having("acl", "authenticated-read"),
            "a grant to everybody": together(
                lacking("acl"),
                having(
                    "accessControlPolicy",
                    {
                        "grants": [
                            {"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}}
                        ]
                    },
                ),
            ),
            "on an object": together(
                of_type("aws:s3/bucketObjectv2:BucketObjectv2"), having("acl", "public-read-write")
            ),
            "on a twin": together(
                of_type("aws:s3/bucketAclV2:BucketAclV2"), having("acl", "website")
            ),
        },
        unknown={"not known": having("acl", UNKNOWN)},
    ),
    Cases(
        rule="s3-acl-disabled",
        compliant=[RECORDS, OWNERSHIP],
        fails={
            "not stated": without("ownership"),
            "the writer owns": having("rule.objectOwnership", "ObjectWriter", on="ownership"),
            "of another bucket": of_another("ownership"),
        },
        unknown={
            "not known": having("rule", UNKNOWN, on="ownership"),
            "of an unknown bucket": of_unknown("ownership"),
        },
    ),
    Cases(
        rule="s3-versioning",
        compliant=[RECORDS, VERSIONING],
        passes={
            "joined while the name is unknown": having("bucket", UNKNOWN, on="versioning"),
            "twins": together(
                of_type("aws:s3/bucketV2:BucketV2"),
                of_type("aws:s3/bucketVersioningV2:BucketVersioningV2", on="versioning"),
            ),
        },
        fails={
            "none": without("versioning"),
            "suspended": having("versioningConfiguration.status", "Suspended", on="versioning"),
            "of another bucket": of_another("versioning"),
            "a second bucket without": adding(given("second", BUCKET, {"bucket": "second"})),
        },
        unknown={
            "not known": having("versioningConfiguration.status", UNKNOWN, on="versioning"),
            "of an unknown bucket": of_unknown("versioning"),
        },
    ),
    Cases(
        rule="s3-sse-configured",
        compliant=[RECORDS, ENCRYPTION],
        fails={
            "none": without("encryption"),
            "no rule": having("rules", [], on="encryption"),
            "of another bucket": of_another("encryption"),
        },
        unknown={"of an unknown bucket": of_unknown("encryption")},
    ),
    Cases(
        rule="s3-sse-kms-cmk",
        compliant=[RECORDS, ENCRYPTION],
        passes={
            "a bucket of access logs": together(
                without("encryption"),
                having("tags", {"Purpose": "access-logs"}),
                adding(
                    given(
                        "balancer",
                        "aws:lb/loadBalancer:LoadBalancer",
                        {"accessLogs": {"bucket": "records", "enabled": True}},
                        depends={"accessLogs": ["records"]},
                    )
                ),
            )
        },
        fails={
            "SSE-S3": having(f"{_ENCRYPTED}.sseAlgorithm", "AES256", on="encryption"),
            "no key": lacking(f"{_ENCRYPTED}.kmsMasterKeyId", on="encryption"),
            "the AWS managed key": having(
                f"{_ENCRYPTED}.kmsMasterKeyId", "alias/aws/s3", on="encryption"
            ),
        },
        unknown={
            "the key is not known": having(
                f"{_ENCRYPTED}.kmsMasterKeyId", UNKNOWN, on="encryption"
            ),
            "of an unknown bucket": of_unknown("encryption"),
        },
    ),
    Cases(
        rule="s3-bucket-key",
        compliant=[ENCRYPTION],
        passes={"SSE-S3 asks no key": having(f"{_ENCRYPTED}.sseAlgorithm", "AES256")},
        fails={
            "off": having("rules.0.bucketKeyEnabled", False),
            "left out": lacking("rules.0.bucketKeyEnabled"),
        },
        unknown={"not known": having("rules.0.bucketKeyEnabled", UNKNOWN)},
    ),
    Cases(
        rule="s3-access-logging",
        compliant=[RECORDS, LOGGING],
        passes={
            "the bucket of the logs": alone(
                given("logs", BUCKET, {"bucket": "logs"}),
                given(
                    "logging",
                    LOGGING.type,
                    {"bucket": "elsewhere", "targetBucket": "logs"},
                    depends={"targetBucket": ["logs"]},
                ),
            )
        },
        fails={"none": without("logging"), "of another bucket": of_another("logging")},
        unknown={"of an unknown bucket": of_unknown("logging")},
    ),
    Cases(
        rule="s3-object-encrypted",
        compliant=[
            given(
                "page",
                "aws:s3/bucketObjectv2:BucketObjectv2",
                {"serverSideEncryption": "aws:kms", "kmsKeyId": "arn:aws:kms:us-east-1:1:key/1"},
            )
        ],
        passes={"as its bucket": lacking("serverSideEncryption")},
        fails={
            "weaker": having("serverSideEncryption", "AES256"),
            "no key": lacking("kmsKeyId"),
            "an ACL": having("acl", "private"),
        },
        unknown={"not known": having("serverSideEncryption", UNKNOWN)},
    ),
    Cases(
        rule="s3-no-force-destroy",
        compliant=[RECORDS],
        passes={"left out": lacking("forceDestroy")},
        fails={"destroyed with its objects": having("forceDestroy", True)},
        unknown={"not known": having("forceDestroy", UNKNOWN)},
    ),
    Cases(
        rule="s3-event-notifications",
        compliant=[
            RECORDS,
            given(
                "events",
                "aws:s3/bucketNotification:BucketNotification",
                {"bucket": "records", "eventbridge": True},
                depends=OF_RECORDS,
            ),
        ],
        passes={"holds no PHI": together(without("events"), having("tags", {}))},
        fails={"none": without("events"), "of another bucket": of_another("events")},
        unknown={"of an unknown bucket": of_unknown("events")},
    ),
]
