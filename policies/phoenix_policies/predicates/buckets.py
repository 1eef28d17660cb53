"""A bucket and the resources that a bucket's protection is split over."""

from __future__ import annotations

from typing import Final

from phoenix_policies.predicates.iam import refuses_plain_text, statements
from phoenix_policies.resource import Resource
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Truth, some, truth
from phoenix_policies.values import Value

BUCKET: Final = "aws:s3/bucket:Bucket"
POLICY: Final = "aws:s3/bucketPolicy:BucketPolicy"
PUBLIC_BLOCK: Final = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
OWNERSHIP: Final = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
LOGGING: Final = "aws:s3/bucketLogging:BucketLogging"
LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
REPLICATION: Final = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_KEYED: Final = ("aws:kms", "aws:kms:dsse")
_BUCKET_ACTIONS: Final = ("s3:ListBucket", "s3:GetBucketPolicy")
_OBJECT_ACTIONS: Final = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
_AUDIT_WRITERS: Final = (
    ("aws:cloudtrail/trail:Trail", ("s3BucketName",)),
    ("aws:cfg/deliveryChannel:DeliveryChannel", ("s3BucketName",)),
    ("aws:ec2/flowLog:FlowLog", ("logDestination",)),
    ("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", ("logDestinationConfigs",)),
)


def publicly_blocked(bucket: Resource, stack: Stack) -> Truth:
    """A public access block of this very bucket."""
    return stack.referrers(bucket, PUBLIC_BLOCK, "bucket").exists


def keeps_versions(bucket: Resource, stack: Stack) -> Truth:
    """Versioning is Enabled; Suspended is not."""
    inline = bucket["versioning"]["enabled"].is_true
    return inline | some(
        stack.refers(one, bucket, "bucket")
        & one["versioningConfiguration"]["status"].equals("Enabled")
        for one in stack.of(VERSIONING)
    )


def _rules(bucket: Resource, stack: Stack) -> list[tuple[Truth, Value]]:
    inline = bucket["serverSideEncryptionConfiguration"]
    found = [(truth(True), each) for each in (*inline["rule"].each(), *inline["rules"].each())]
    for one in stack.of(ENCRYPTION):
        found += [(stack.refers(one, bucket, "bucket"), each) for each in one["rules"].each()]
    return found


def encrypted(bucket: Resource, stack: Stack) -> Truth:
    """An encryption configuration with at least one rule."""
    return some(joined for joined, _ in _rules(bucket, stack))


def keyed(bucket: Resource, stack: Stack) -> Truth:
    """SSE-KMS with a customer managed key."""
    return some(
        joined
        & each["applyServerSideEncryptionByDefault"]["sseAlgorithm"].equals(*_KEYED)
        & each["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"].is_set
        & ~each["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"].matches("alias/aws/s3$")
        for joined, each in _rules(bucket, stack)
    )


def tls_only(bucket: Resource, stack: Stack) -> Truth:
    """A policy that refuses everybody's clear-text requests to the bucket and to its objects."""
    return _refuses(bucket["policy"]) | some(
        stack.refers(one, bucket, "bucket") & _refuses(one["policy"]) for one in stack.of(POLICY)
    )


def _refuses(policy: Value) -> Truth:
    """Reads and writes of everything in the bucket, and what is asked of the bucket itself."""
    found = statements(policy)
    whole = some(
        refuses_plain_text(one, _BUCKET_ACTIONS)
        & one.resources.any(lambda arn: not arn.endswith("/*"))
        for one in found
    )
    inside = some(
        refuses_plain_text(one, _OBJECT_ACTIONS) & one.resources.any(lambda arn: arn.endswith("*"))
        for one in found
    )
    return whole & inside


def receives_audit(bucket: Resource, stack: Stack) -> Truth:
    """CloudTrail, Config, flow logs, WAF or access logs are written to it, or its tag says audit."""
    written = some(
        stack.refers(one, bucket, *keys) for kind, keys in _AUDIT_WRITERS for one in stack.of(kind)
    )
    tagged = bucket["tags"]["Purpose"].matches("(?i)audit") | bucket["tags"]["Role"].matches(
        "(?i)^audit$"
    )
    return written | tagged
