"""Buckets: encryption, versions, objects, events."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.buckets import (
    BUCKET,
    LOGGING,
    OWNERSHIP,
    encrypted,
    keeps_versions,
    keyed,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")
HIPAA_2: Final = ("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)")

PUBLIC_ACLS: Final = ("public-read", "public-read-write", "authenticated-read", "website")


@rule(
    "s3-no-public-acl",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketAclV2:BucketAclV2",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Remove the ACL; owners are enforced by BucketOwnershipControls.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketPublicReadProhibited",
        "cdk_nag:HIPAA.Security-S3BucketPublicWriteProhibited",
        "config:S3_BUCKET_PUBLIC_READ_PROHIBITED",
        "config:S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        "prowler:s3_bucket_public_write_acl",
        "prowler:s3_bucket_public_list_acl",
        "checkov:CKV_AWS_20",
        "checkov:CKV_AWS_57",
        "checkov:CKV2_AWS_43",
        "checkov:CKV_AWS_375",
        "compliance_policies:aws-s3-bucket-disallow-public-read",
    ),
)
def no_public_acl(one: Resource) -> Iterable[Clause]:
    """Buckets and objects have no public ACL."""
    yield (~one["acl"].equals(*PUBLIC_ACLS)).otherwise(f"its ACL is {one['acl'].shown}")
    grants = [*one["grants"].each(), *one["accessControlPolicy"].each("grants")]
    for grant in grants:
        for uri in (grant["uri"], grant["grantee"]["uri"]):
            public = uri.matches(r"(?:AllUsers|AuthenticatedUsers)$")
            yield (~public).otherwise("grants access to everybody")


@stack_rule(
    "s3-acl-disabled",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add BucketOwnershipControls with BucketOwnerEnforced.",
    sources=(
        "config:S3_BUCKET_ACL_PROHIBITED",
        "prowler:s3_bucket_acl_prohibited",
        "checkov:CKV2_AWS_65",
    ),
)
def acl_disabled(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Bucket ACLs are disabled."""
    for bucket in stack.of(BUCKET):
        enforced = some(
            stack.refers(one, bucket, "bucket")
            & one["rule"]["objectOwnership"].equals("BucketOwnerEnforced")
            for one in stack.of(OWNERSHIP)
        )
        yield bucket, enforced.otherwise("accepts ACLs")


@stack_rule(
    "s3-versioning",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.310(d)(2)(iv)",
        "164.312(c)(1)",
        "164.312(c)(2)",
    ),
    soc2=("A1.2", "CC6.1", "CC7.2", "CC7.5"),
    severity=Severity.HIGH,
    remedy="Add a BucketVersioning with status Enabled.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketVersioningEnabled",
        "config:S3_BUCKET_VERSIONING_ENABLED",
        "prowler:s3_bucket_object_versioning",
        "checkov:CKV_AWS_21",
    ),
)
def versioning(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every bucket keeps versions."""
    for bucket in stack.of(BUCKET):
        yield bucket, keeps_versions(bucket, stack).otherwise("keeps no versions")


@stack_rule(
    "s3-sse-configured",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Add a BucketServerSideEncryptionConfiguration with a rule.",
    sources=(
        "config:S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "prowler:s3_bucket_default_encryption",
        "checkov:CKV_AWS_19",
        "compliance_policies:aws-s3-bucket-enable-server-side-encryption",
    ),
)
def sse_configured(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every bucket has an explicit encryption configuration."""
    for bucket in stack.of(BUCKET):
        yield bucket, encrypted(bucket, stack).otherwise("states no encryption")


@stack_rule(
    "s3-sse-kms-cmk",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set aws:kms with the key of the stack.",
    sources=(
        "cdk_nag:HIPAA.Security-S3DefaultEncryptionKMS",
        "config:S3_DEFAULT_ENCRYPTION_KMS",
        "prowler:s3_bucket_kms_encryption",
        "checkov:CKV_AWS_145",
        "compliance_policies:aws-s3-bucket-configure-server-side-encryption-kms",
        "compliance_policies:aws-s3-bucket-configure-server-side-encryption-customer-managed-key",
    ),
)
def sse_kms_cmk(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Data buckets use SSE-KMS with a customer key."""
    for bucket in stack.of(BUCKET):
        target = some(
            stack.refers(one, bucket, "accessLogs.bucket", "connectionLogs.bucket")
            for one in stack.of("aws:lb/loadBalancer:LoadBalancer")
        ) | some(stack.refers(one, bucket, "targetBucket") for one in stack.of(LOGGING))
        excused = target & bucket["tags"]["Purpose"].matches("(?i)log")
        yield (
            bucket,
            (keyed(bucket, stack) | excused).otherwise(
                "is not encrypted with a customer managed key"
            ),
        )


@rule(
    "s3-bucket-key",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    hipaa=("164.308(a)(7)(ii)(C)",),
    soc2=("A1.1",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set bucket_key_enabled.",
    sources=("compliance_policies:aws-s3-bucket-enable-server-side-encryption-bucket-key",),
)
def bucket_key(one: Resource) -> Iterable[Clause]:
    """S3 bucket keys reduce KMS load."""
    for each in one["rules"].each():
        by_key = each["applyServerSideEncryptionByDefault"]["sseAlgorithm"].equals(
            "aws:kms", "aws:kms:dsse"
        )
        yield (~by_key | each["bucketKeyEnabled"].is_true).otherwise("asks KMS for every object")


@stack_rule(
    "s3-access-logging",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketLoggingV2:BucketLoggingV2",
    "aws:cloudtrail/trail:Trail",
    hipaa=HIPAA_2,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    remedy="Add a BucketLogging to the access-log bucket of the region.",
    sources=(
        "cdk_nag:HIPAA.Security-S3BucketLoggingEnabled",
        "cdk_nag:AwsSolutions-S1",
        "config:S3_BUCKET_LOGGING_ENABLED",
        "prowler:s3_bucket_server_access_logging_enabled",
        "checkov:CKV_AWS_18",
        "awsguard:s3-bucket-logging-enabled",
    ),
)
def access_logging(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Buckets log access."""
    for bucket in stack.of(BUCKET):
        logged = (
            bucket["loggings"].is_set
            | bucket["logging"].is_set
            | some(
                stack.refers(one, bucket, "bucket") & ~stack.refers(one, bucket, "targetBucket")
                for one in stack.of(LOGGING)
            )
        )
        target = some(stack.refers(one, bucket, "targetBucket") for one in stack.of(LOGGING))
        yield bucket, (logged | target).otherwise("keeps no access log")


@rule(
    "s3-object-encrypted",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Leave server_side_encryption out, or set aws:kms with kms_key_id.",
    sources=("checkov:CKV_AWS_186", "checkov:CKV_AWS_181"),
)
def object_encrypted(one: Resource) -> Iterable[Clause]:
    """Objects written by the program are not weaker than the bucket."""
    algorithm = one["serverSideEncryption"]
    kept = algorithm.equals(None) | (
        algorithm.equals("aws:kms", "aws:kms:dsse") & one["kmsKeyId"].is_set
    )
    yield kept.otherwise("is weaker than its bucket")
    yield one["acl"].is_empty.otherwise("carries an ACL")


@rule(
    "s3-no-force-destroy",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.CRITICAL,
    remedy="Remove force_destroy.",
)
def no_force_destroy(bucket: Resource) -> Iterable[Clause]:
    """Buckets are not force-destroyed."""
    yield (~bucket["forceDestroy"].is_true).otherwise("is destroyed with its objects")


@stack_rule(
    "s3-event-notifications",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucketNotification:BucketNotification",
    hipaa=HIPAA_2,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a BucketNotification with eventbridge.",
    sources=(
        "config:S3_EVENT_NOTIFICATIONS_ENABLED",
        "prowler:s3_bucket_event_notifications_enabled",
        "checkov:CKV2_AWS_62",
    ),
)
def event_notifications(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Data buckets emit events."""
    for bucket in stack.of(BUCKET):
        data = bucket["tags"]["DataClassification"].matches("(?i)^phi$")
        emits = stack.referrers(
            bucket, "aws:s3/bucketNotification:BucketNotification", "bucket"
        ).exists
        yield bucket, (emits | ~data).otherwise("tells nobody about new objects")
