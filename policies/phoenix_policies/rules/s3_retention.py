"""Buckets: how long objects are kept, and where else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.buckets import (
    BUCKET,
    LIFECYCLE,
    LOCK,
    REPLICATION,
    keeps_versions,
    keyed,
    publicly_blocked,
    receives_audit,
    tls_only,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import TRUE, Clause, Truth, some, truth
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.310(d)(2)(i)",)
HIPAA_2: Final = (
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(B)",
    "164.308(a)(7)(ii)(C)",
    "164.310(a)(2)(i)",
    "164.312(a)(2)(ii)",
    "164.312(a)(2)(iv)",
    "164.312(e)(2)(ii)",
)

SIX_YEARS_DAYS: Final = 2192


def _expires_early(lifecycle: Value) -> Iterable[tuple[str, Truth]]:
    for each in (
        lifecycle["rules"].each()
        if not lifecycle["rules"].is_missing
        else lifecycle["lifecycleRules"].each()
    ):
        on = each["status"].equals("Enabled") | each["enabled"].is_true
        for key, days in (
            ("expiration", each["expiration"]["days"]),
            ("noncurrentVersionExpiration", each["noncurrentVersionExpiration"]["noncurrentDays"]),
            ("noncurrentVersionExpiration", each["noncurrentVersionExpiration"]["days"]),
        ):
            if not days.is_missing:
                yield key, on & ~days.at_least(SIX_YEARS_DAYS) & ~days.equals(0)


@stack_rule(
    "s3-audit-lifecycle-six-years",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    hipaa=("164.312(b)", "164.316(b)(2)(i)"),
    soc2=("CC2.1", "CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Set the expiration to 2192 days or more.",
)
def audit_lifecycle_six_years(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Audit objects are not expired before six years."""
    for bucket in stack.of(BUCKET):
        # A copy is not the record: how long backups stay is the backup plan's decision (A6, dumps 30 days).
        original = ~bucket["tags"]["Retention"].matches("(?i)^backup$")
        record = receives_audit(bucket, stack) | (
            bucket["tags"]["DataClassification"].matches("(?i)^phi$") & original
        )
        lifecycles = [(TRUE, bucket.props)]
        lifecycles += [(stack.refers(o, bucket, "bucket"), o.props) for o in stack.of(LIFECYCLE)]
        for joined, lifecycle in lifecycles:
            for key, early in _expires_early(lifecycle):
                yield (
                    bucket,
                    (~(joined & record & early)).otherwise(f"{key} comes before six years"),
                )


@stack_rule(
    "s3-audit-bucket-object-lock",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    hipaa=("164.312(b)", "164.312(c)(1)", "164.312(c)(2)", "164.316(b)(2)(i)"),
    soc2=("CC2.1", "CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.CRITICAL,
    remedy="Set object_lock_enabled and a BucketObjectLockConfiguration in COMPLIANCE mode for six years or more.",
    sources=(
        "cdk_nag:NIST.800.53.R4-S3BucketDefaultLockEnabled",
        "config:S3_BUCKET_DEFAULT_LOCK_ENABLED",
        "prowler:s3_bucket_object_lock",
        "checkov:CKV_AWS_143",
    ),
)
def audit_bucket_object_lock(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Audit buckets are write-once."""
    for bucket in stack.of(BUCKET):
        audit = receives_audit(bucket, stack)
        locked = bucket["objectLockEnabled"].is_true | bucket["objectLockConfiguration"][
            "objectLockEnabled"
        ].equals("Enabled")
        kept = some(
            stack.refers(one, bucket, "bucket") & _keeps_six_years(one["rule"]["defaultRetention"])
            for one in stack.of(LOCK)
        ) | _keeps_six_years(bucket["objectLockConfiguration"]["rule"]["defaultRetention"])
        yield bucket, (locked | ~audit).otherwise("receives audit records and has no object lock")
        yield bucket, (kept | ~audit).otherwise("its audit records can be deleted within six years")


def _keeps_six_years(retention: Value) -> Truth:
    long = retention["years"].at_least(6) | retention["days"].at_least(SIX_YEARS_DAYS)
    return retention["mode"].equals("COMPLIANCE") & long


@stack_rule(
    "s3-lifecycle-present",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    hipaa=HIPAA_1,
    soc2=("C1.2", "CC6.5"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a lifecycle configuration that ages noncurrent versions.",
    sources=(
        "config:S3_VERSION_LIFECYCLE_POLICY_CHECK",
        "config:S3_LIFECYCLE_POLICY_CHECK",
        "prowler:s3_bucket_lifecycle_enabled",
        "checkov:CKV2_AWS_61",
    ),
)
def lifecycle_present(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Buckets have a lifecycle policy."""
    for bucket in stack.of(BUCKET):
        aged = bucket["lifecycleRules"].is_set | some(
            stack.refers(one, bucket, "bucket")
            & some(r["status"].equals("Enabled") for r in one["rules"].each())
            for one in stack.of(LIFECYCLE)
        )
        yield bucket, aged.otherwise("keeps everything for ever")


@rule(
    "s3-abort-incomplete-uploads",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    hipaa=HIPAA_1,
    soc2=("C1.2", "CC6.5"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add abort_incomplete_multipart_upload of 7 days or less.",
    sources=("checkov:CKV_AWS_300",),
)
def abort_incomplete_uploads(one: Resource) -> Iterable[Clause]:
    """Incomplete uploads are cleaned."""
    cleaned = some(
        each["status"].equals("Enabled")
        & each["abortIncompleteMultipartUpload"]["daysAfterInitiation"].at_most(7)
        for each in one["rules"].each()
    )
    yield cleaned.otherwise("keeps the parts of uploads that never finished")


@stack_rule(
    "s3-replication-cross-region",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.310(d)(2)(iv)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Add a BucketReplicationConfig to a bucket in the recovery region.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketReplicationEnabled",
        "config:S3_BUCKET_REPLICATION_ENABLED",
        "config:S3_BUCKET_CROSS_REGION_REPLICATION_ENABLED",
        "prowler:s3_bucket_cross_region_replication",
        "checkov:CKV_AWS_144",
        "compliance_policies:aws-s3-bucket-configure-replication-configuration",
        "compliance_policies:aws-s3-bucket-enable-replication-configuration",
    ),
)
def replication_cross_region(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Data buckets replicate to another region."""
    for bucket in stack.of(BUCKET):
        data = bucket["tags"]["DataClassification"].matches("(?i)^phi$")
        replica = some(
            stack.refers(one, bucket, "rules.destination.bucket") for one in stack.of(REPLICATION)
        )
        copied = some(
            stack.refers(one, bucket, "bucket")
            & some(_whole_copy(one, each, bucket, stack) for each in one["rules"].each())
            for one in stack.of(REPLICATION)
        )
        yield bucket, (copied | replica | ~data).otherwise("exists in one region only")


def _whole_copy(one: Resource, each: Value, bucket: Resource, stack: Stack) -> Truth:
    whole = (
        each["filter"]["prefix"].equals(None, "")
        & each["prefix"].equals(None, "")
        & each["filter"]["tag"].is_empty
        & each["filter"]["and"].is_empty
    )
    elsewhere = some(
        stack.refers(one, other, "rules.destination.bucket")
        & truth(not bucket.region or other.region != bucket.region)
        for other in stack.of(BUCKET)
        if other is not bucket
    )
    outside = each["destination"]["bucket"].is_set
    target = (
        elsewhere
        if elsewhere.value is not False
        else outside & truth(not _declared(one, stack, bucket))
    )
    return each["status"].equals("Enabled") & whole & target


def _declared(one: Resource, stack: Stack, bucket: Resource) -> bool:
    return any(
        stack.refers(one, other, "rules.destination.bucket").value
        for other in stack.of(BUCKET)
        if other is not bucket
    )


@rule(
    "s3-replication-encrypted",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    hipaa=HIPAA_2,
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Set sse_kms_encrypted_objects Enabled and replica_kms_key_id; without them KMS objects are skipped.",
)
def replication_encrypted(one: Resource) -> Iterable[Clause]:
    """Replicated objects stay KMS encrypted."""
    for each in one["rules"].each():
        selected = each["sourceSelectionCriteria"]["sseKmsEncryptedObjects"]["status"].equals(
            "Enabled"
        )
        keyed_copy = each["destination"]["encryptionConfiguration"]["replicaKmsKeyId"].is_set
        yield selected.otherwise("encrypted objects are skipped")
        yield keyed_copy.otherwise("the copy has no key")


@rule(
    "s3-replication-monitored",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    hipaa=(
        "164.308(a)(6)(i)",
        "164.308(a)(6)(ii)",
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(b)",
    ),
    soc2=("A1.2", "CC5.2", "CC7.2", "CC7.3", "CC7.4", "CC7.5", "CC9.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Enable metrics and replication time, and decide about delete markers.",
)
def replication_monitored(one: Resource) -> Iterable[Clause]:
    """Replication has metrics and time control."""
    for each in one["rules"].each():
        destination = each["destination"]
        for key in ("metrics", "replicationTime"):
            yield destination[key]["status"].equals("Enabled").otherwise(f"{key} is off")
        yield each["deleteMarkerReplication"]["status"].is_set.otherwise(
            "delete markers are not decided"
        )


@stack_rule(
    "s3-replication-destination-hardened",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    hipaa=HIPAA_2,
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Give the replica bucket versioning, its key, a TLS-only policy and a public access block.",
)
def replication_destination_hardened(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Replica buckets meet the same controls as sources."""
    for one in stack.of(REPLICATION):
        on = some(each["status"].equals("Enabled") for each in one["rules"].each())
        for replica in stack.referents(one, BUCKET, "rules.destination.bucket"):
            for held, what in (
                (keeps_versions(replica, stack), "keeps no versions"),
                (keyed(replica, stack), "has no customer managed key"),
                (tls_only(replica, stack), "answers requests without TLS"),
                (publicly_blocked(replica, stack), "has no public access block"),
            ):
                yield replica, (held | ~on).otherwise(f"is a replica and {what}")
