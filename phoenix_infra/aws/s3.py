"""A bucket with its full protective set: key, versions, owner, lifecycle, logs and a TLS-only policy."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import s3

ABORT_INCOMPLETE_UPLOAD_DAYS = 7


@dataclass(frozen=True, kw_only=True)
class Transition:
    """Age at which objects move to a colder storage class."""

    after_days: int
    storage_class: str


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """How a bucket's objects age (N-013)."""

    transitions: tuple[Transition, ...] = ()
    expire_after_days: int | None = None
    """Absent: current versions stay."""
    noncurrent_expire_after_days: int = 90


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """What a bucket is for and what protects it."""

    bucket_name: str
    account_id: str
    lifecycle: Lifecycle
    kms_key_arn: pulumi.Input[str] | None
    """Absent only for targets of log deliveries that write nothing but SSE-S3 (S3 and load balancer access logs)."""
    access_log_bucket: pulumi.Input[str] | None
    """Absent only for the access-log bucket itself: a bucket must not log into itself."""
    object_lock_days: int | None = None
    """Default retention in COMPLIANCE mode: nobody, not even root, shortens it."""
    statements: Sequence[Mapping[str, object]] = ()
    """Further statements of the bucket policy, for instance what a log delivery service may write."""
    notify_eventbridge: bool = True
    tags: Mapping[str, str]


def bucket_arn(bucket_name: str) -> str:
    """ARN of a bucket by its literal name."""
    return f"arn:aws:s3:::{bucket_name}"


def bucket_policy(args: BucketArgs) -> str:
    """TLS 1.2 or better only, and with a key of ours no other kind of encryption."""
    resources = [bucket_arn(args.bucket_name), f"{bucket_arn(args.bucket_name)}/*"]
    denials: list[Mapping[str, object]] = [
        {
            "Sid": "DenyPlaintextTransport",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": resources,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "DenyOldTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": resources,
            "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        },
    ]
    if args.kms_key_arn is not None:
        denials.append(
            {
                "Sid": "DenyOtherEncryption",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"{bucket_arn(args.bucket_name)}/*",
                # IfExists: a request without the header takes the bucket's default, which is our key.
                "Condition": {
                    "StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}
                },
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": [*denials, *args.statements]})


class Bucket(pulumi.ComponentResource):
    """One bucket and everything that hangs on it."""

    id: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Bucket", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = s3.Bucket(
            name,
            bucket=args.bucket_name,
            force_destroy=False,
            object_lock_enabled=args.object_lock_days is not None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=bucket.id,
            rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=child,
        )
        versioning = s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.id,
            versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled"
            ),
            opts=child,
        )
        s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption", bucket=bucket.id, rules=[_encryption(args)], opts=child
        )
        s3.BucketPolicy(f"{name}-policy", bucket=bucket.id, policy=bucket_policy(args), opts=child)
        # Replication and object lock need versions, so what follows takes the versioned bucket's name.
        s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=versioning.bucket,
            rules=lifecycle_rules(args.lifecycle),
            opts=child,
        )
        _declare_logging_and_lock(name, args, versioning.bucket, child)
        self.id = versioning.bucket
        self.arn = bucket.arn
        self.register_outputs({"id": self.id, "arn": self.arn})


def _declare_logging_and_lock(
    name: str, args: BucketArgs, bucket: pulumi.Output[str], child: pulumi.ResourceOptions
) -> None:
    if args.access_log_bucket is not None:
        s3.BucketLogging(
            f"{name}-access-logging",
            bucket=bucket,
            target_bucket=args.access_log_bucket,
            target_prefix=f"s3/{args.bucket_name}/",
            opts=child,
        )
    if args.object_lock_days is not None:
        s3.BucketObjectLockConfiguration(
            f"{name}-object-lock",
            bucket=bucket,
            rule=s3.BucketObjectLockConfigurationRuleArgs(
                default_retention=s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                    mode="COMPLIANCE", days=args.object_lock_days
                )
            ),
            opts=child,
        )
    if args.notify_eventbridge:
        s3.BucketNotification(f"{name}-notification", bucket=bucket, eventbridge=True, opts=child)


def _encryption(args: BucketArgs) -> s3.BucketServerSideEncryptionConfigurationRuleArgs:
    default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs
    if args.kms_key_arn is None:
        return s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=default(sse_algorithm="AES256")
        )
    return s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=default(
            sse_algorithm="aws:kms", kms_master_key_id=args.kms_key_arn
        ),
        bucket_key_enabled=True,
    )


def lifecycle_rules(lifecycle: Lifecycle) -> list[s3.BucketLifecycleConfigurationRuleArgs]:
    """One rule for the whole bucket."""
    expiration = s3.BucketLifecycleConfigurationRuleExpirationArgs
    whole = s3.BucketLifecycleConfigurationRuleArgs(
        id="age",
        status="Enabled",
        filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        transitions=[
            s3.BucketLifecycleConfigurationRuleTransitionArgs(
                days=transition.after_days, storage_class=transition.storage_class
            )
            for transition in lifecycle.transitions
        ],
        expiration=expiration(days=lifecycle.expire_after_days)
        if lifecycle.expire_after_days is not None
        else expiration(expired_object_delete_marker=True),
        noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=lifecycle.noncurrent_expire_after_days
        ),
        abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=ABORT_INCOMPLETE_UPLOAD_DAYS
        ),
    )
    return [whole]
