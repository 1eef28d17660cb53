"""The storage layer: every bucket and its replica, owned by the primary stack in both regions (A7.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.s3 import Bucket, BucketArgs, Lifecycle, bucket_arn
from phoenix_infra.aws.s3_account import AccountPublicAccess
from phoenix_infra.aws.s3_replication import BucketReplication, BucketReplicationArgs
from phoenix_infra.layers.bucket_plans import (
    ACCESS_LOGS,
    BucketPlan,
    access_log_lifecycle,
    bucket_plans,
    delivery_statements,
)
from phoenix_infra.layers.keys import Keys
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.storage import S3Storage


@dataclass(frozen=True, kw_only=True)
class BucketContract:
    """How a bucket is reached from this region: names are literals in every stack."""

    name: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class Storage:
    """This region's bucket of each purpose."""

    audio: BucketContract
    models: BucketContract
    backups: BucketContract
    logs: BucketContract
    audit: BucketContract
    evidence: BucketContract
    """Configuration history and findings."""
    access_logs: BucketContract
    written: Mapping[str, pulumi.Output[str]]
    """On the primary: purpose to bucket id, for what must wait until the bucket accepts it."""


def trail_arn(context: RegionalContext) -> str:
    """ARN of the one trail; its name is a literal, so the bucket's policy can name it first."""
    identity = context.settings.identity
    return f"arn:aws:cloudtrail:{context.region}:{identity.account_id}:trail/{trail_name(context)}"


def trail_name(context: RegionalContext) -> str:
    """Name of the account's trail."""
    return f"{context.naming.prefix}-trail"


def build_storage(context: RegionalContext, keys: Keys) -> Storage:
    """Declares the buckets on the primary; elsewhere names them."""
    written = _build_buckets(context, keys) if context.is_primary else {}
    return Storage(
        audio=_contract(context, "audio"),
        models=_contract(context, "models"),
        backups=_contract(context, "backups"),
        logs=_contract(context, "logs"),
        audit=_contract(context, "audit"),
        evidence=_contract(context, "evidence"),
        access_logs=_contract(context, ACCESS_LOGS),
        written=written,
    )


def _contract(context: RegionalContext, purpose: str) -> BucketContract:
    name = context.naming.bucket(purpose, context.settings.identity.account_id)
    return BucketContract(name=name, arn=bucket_arn(name))


def _build_buckets(context: RegionalContext, keys: Keys) -> dict[str, pulumi.Output[str]]:
    storage = context.settings.storage
    if not isinstance(storage, S3Storage):
        raise TypeError("an AWS stack stores objects in S3: set phoenix:storage.backend to s3")
    AccountPublicAccess("account-public-access", context.regional())
    here, there = context.region, context.peer_region
    access_logs = {region: _access_log_bucket(context, storage, region) for region in (here, there)}
    written: dict[str, pulumi.Output[str]] = {}
    for plan in bucket_plans(storage):
        key_arns = _key_arns(context, keys, plan)
        source = _bucket(context, plan, here, access_logs[here].id, key_arns[here])
        replica = _bucket(context, plan, there, access_logs[there].id, key_arns[there])
        _replicate(context, plan, (here, source), (there, replica), key_arns)
        # After a failover the replica is written to: failing back must not lose those objects.
        _replicate(context, plan, (there, replica), (here, source), key_arns)
        written[plan.purpose] = source.id
    written[ACCESS_LOGS] = access_logs[here].id
    return written


def _key_arns(
    context: RegionalContext, keys: Keys, plan: BucketPlan
) -> dict[str, pulumi.Input[str]]:
    """Region to the key of the plan's purpose; the other region has its replica."""
    match plan.key:
        case "data":
            own, peer = keys.data_arn, keys.peer_data_arn
        case "logs":
            own, peer = keys.logs_arn, keys.peer_logs_arn
        case "backup":
            own, peer = keys.backup_arn, keys.peer_backup_arn
    return {context.region: own, context.peer_region: peer}


def _options(context: RegionalContext, region: str) -> pulumi.ResourceOptions:
    return context.regional() if region == context.region else context.peer()


def _access_log_bucket(context: RegionalContext, storage: S3Storage, region: str) -> Bucket:
    suffix = "" if region == context.region else "-replica"
    return Bucket(
        f"{ACCESS_LOGS}{suffix}",
        _args(
            context,
            ACCESS_LOGS,
            region,
            lifecycle=access_log_lifecycle(storage),
            # S3 and load balancers write their access logs with SSE-S3 only, and S3 refuses a
            # target with a default retention (docs.aws.amazon.com/AmazonS3, server access logging).
            kms_key_arn=None,
            access_log_bucket=None,
            tags={
                **context.tags.for_service("storage"),
                "Purpose": ACCESS_LOGS,
                "Retention": "audit",
            },
        ),
        _options(context, region),
    )


def _bucket(
    context: RegionalContext,
    plan: BucketPlan,
    region: str,
    access_log_bucket: pulumi.Output[str],
    key_arn: pulumi.Input[str],
) -> Bucket:
    suffix = "" if region == context.region else "-replica"
    return Bucket(
        f"{plan.purpose}{suffix}",
        _args(
            context,
            plan.purpose,
            region,
            lifecycle=plan.lifecycle,
            kms_key_arn=key_arn,
            access_log_bucket=access_log_bucket,
            object_lock_days=plan.object_lock_days,
            tags={
                **context.tags.for_service("storage", phi=plan.phi),
                "Purpose": plan.purpose,
                "Retention": plan.retention_class,
            },
        ),
        _options(context, region),
    )


def _args(
    context: RegionalContext,
    purpose: str,
    region: str,
    *,
    lifecycle: Lifecycle,
    kms_key_arn: pulumi.Input[str] | None,
    access_log_bucket: pulumi.Input[str] | None,
    tags: Mapping[str, str],
    object_lock_days: int | None = None,
) -> BucketArgs:
    account_id = context.settings.identity.account_id
    bucket_name = context.naming.bucket(purpose, account_id, region)
    return BucketArgs(
        bucket_name=bucket_name,
        account_id=account_id,
        lifecycle=lifecycle,
        kms_key_arn=kms_key_arn,
        access_log_bucket=access_log_bucket,
        object_lock_days=object_lock_days,
        statements=delivery_statements(
            purpose,
            bucket_name,
            account_id,
            (context.region, context.peer_region),
            trail_arn(context),
        ),
        tags=tags,
    )


def _replicate(
    context: RegionalContext,
    plan: BucketPlan,
    source: tuple[str, Bucket],
    destination: tuple[str, Bucket],
    key_arns: Mapping[str, pulumi.Input[str]],
) -> None:
    account_id = context.settings.identity.account_id
    source_region, source_bucket = source
    destination_region, destination_bucket = destination
    suffix = "" if source_region == context.region else "-back"
    BucketReplication(
        f"{plan.purpose}-replication{suffix}",
        BucketReplicationArgs(
            source_bucket=source_bucket.id,
            source_bucket_name=context.naming.bucket(plan.purpose, account_id, source_region),
            source_region=source_region,
            source_key_arn=key_arns[source_region],
            destination_bucket=destination_bucket.id,
            destination_bucket_name=context.naming.bucket(
                plan.purpose, account_id, destination_region
            ),
            destination_region=destination_region,
            destination_key_arn=key_arns[destination_region],
            account_id=account_id,
            object_locked=plan.object_lock_days is not None,
            permissions_boundary_arn=context.boundary_arn,
            tags=context.tags.for_service("storage"),
        ),
        _options(context, source_region),
    )
