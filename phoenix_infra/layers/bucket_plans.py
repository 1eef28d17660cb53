"""What each bucket holds and how it ages: plain data that the storage layer declares (N-013, X-85)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from phoenix_infra.aws.s3 import Lifecycle, Transition, bucket_arn
from phoenix_infra.settings.storage import S3Storage

DAYS_PER_YEAR = 365.25
CONFIG_PREFIX = "config"
TRAIL_PREFIX = "cloudtrail"
GUARDDUTY_PREFIX = "guardduty"
LOAD_BALANCER_PREFIX = "load-balancers"
ACCESS_LOGS = "access-logs"
MINIMUM_GLACIER_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class BucketPlan:
    """One purpose: a bucket in the home region and its replica in the other."""

    purpose: str
    phi: bool
    lifecycle: Lifecycle
    object_lock_days: int | None = None
    key: Literal["data", "logs", "backup"]
    """Purpose of the key that encrypts it."""
    retention_class: str
    """Tag that auditors and rules select records by."""


def bucket_plans(storage: S3Storage) -> tuple[BucketPlan, ...]:
    """The six replicated buckets; access logs have a bucket in each region and no replica."""
    # One day more than the lock: the lock must be over before the lifecycle deletes for good.
    audit_days = _years_in_days(storage.audit_retention_years) + 1
    return (
        BucketPlan(
            purpose="audio",
            key="data",
            phi=True,
            retention_class="medical-record",
            lifecycle=Lifecycle(
                transitions=(
                    Transition(after_days=storage.audio_standard_days, storage_class="STANDARD_IA"),
                    Transition(
                        after_days=storage.audio_standard_days + MINIMUM_GLACIER_DAYS,
                        storage_class="GLACIER_IR",
                    ),
                ),
                expire_after_days=storage.audio_retention_days,
                noncurrent_expire_after_days=storage.audio_retention_days,
            ),
        ),
        BucketPlan(
            purpose="models",
            key="data",
            phi=False,
            retention_class="artifact",
            lifecycle=Lifecycle(noncurrent_expire_after_days=365),
        ),
        BucketPlan(
            purpose="backups",
            key="backup",
            phi=True,
            retention_class="backup",
            object_lock_days=storage.dump_retention_days,
            lifecycle=Lifecycle(
                expire_after_days=storage.dump_retention_days + 1, noncurrent_expire_after_days=7
            ),
        ),
        BucketPlan(
            purpose="logs",
            key="logs",
            phi=False,
            retention_class="log",
            lifecycle=Lifecycle(
                transitions=(
                    Transition(
                        after_days=storage.application_log_hot_days, storage_class="STANDARD_IA"
                    ),
                    Transition(
                        after_days=storage.application_log_hot_days
                        + storage.application_log_warm_days,
                        storage_class="GLACIER_IR",
                    ),
                ),
                expire_after_days=storage.application_log_retention_days,
                noncurrent_expire_after_days=storage.application_log_hot_days,
            ),
        ),
        BucketPlan(
            purpose="evidence",
            key="logs",
            phi=False,
            retention_class="audit",
            # No object lock: AWS Config refuses a bucket with a default retention
            # (docs.aws.amazon.com/config, managing the delivery channel).
            lifecycle=Lifecycle(
                transitions=(
                    Transition(after_days=MINIMUM_GLACIER_DAYS, storage_class="GLACIER_IR"),
                ),
                expire_after_days=audit_days,
                noncurrent_expire_after_days=audit_days,
            ),
        ),
        BucketPlan(
            purpose="audit",
            key="logs",
            phi=False,
            retention_class="audit",
            object_lock_days=_years_in_days(storage.audit_retention_years),
            lifecycle=Lifecycle(
                transitions=(
                    Transition(after_days=MINIMUM_GLACIER_DAYS, storage_class="GLACIER_IR"),
                ),
                expire_after_days=audit_days,
                noncurrent_expire_after_days=audit_days,
            ),
        ),
    )


def access_log_lifecycle(storage: S3Storage) -> Lifecycle:
    """Access logs are audit records: seven years, cold after a quarter."""
    days = _years_in_days(storage.audit_retention_years)
    return Lifecycle(
        transitions=(Transition(after_days=MINIMUM_GLACIER_DAYS, storage_class="GLACIER_IR"),),
        expire_after_days=days,
        noncurrent_expire_after_days=days,
    )


def _years_in_days(years: int) -> int:
    return int(years * DAYS_PER_YEAR) + 1


def delivery_statements(
    purpose: str, bucket_name: str, account_id: str, regions: Sequence[str], trail_arn: str
) -> tuple[Mapping[str, object], ...]:
    """What services may write into a bucket, each bound to this account's own sources."""
    match purpose:
        case "audit":
            return _trail_statements(bucket_name, account_id, trail_arn)
        case "evidence":
            return _config_statements(bucket_name, account_id) + _guardduty_statements(
                bucket_name, account_id, regions
            )
        case "access-logs":
            return _access_log_statements(bucket_name, account_id, regions)
        case _:
            return ()


def _allow(
    sid: str,
    service: str,
    action: str | list[str],
    resource: str | list[str],
    condition: Mapping[str, Mapping[str, object]],
) -> Mapping[str, object]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    }


def _trail_statements(
    bucket_name: str, account_id: str, trail_arn: str
) -> tuple[Mapping[str, object], ...]:
    own = {"StringEquals": {"aws:SourceArn": trail_arn}}
    prefix = f"{bucket_arn(bucket_name)}/{TRAIL_PREFIX}/AWSLogs/{account_id}/*"
    service = "cloudtrail.amazonaws.com"
    return (
        _allow("TrailReadsAcl", service, "s3:GetBucketAcl", bucket_arn(bucket_name), own),
        _allow("TrailWrites", service, "s3:PutObject", prefix, own),
    )


def _config_statements(bucket_name: str, account_id: str) -> tuple[Mapping[str, object], ...]:
    own = {"StringEquals": {"aws:SourceAccount": account_id}}
    service = "config.amazonaws.com"
    prefix = f"{bucket_arn(bucket_name)}/{CONFIG_PREFIX}/AWSLogs/{account_id}/Config/*"
    return (
        _allow(
            "ConfigReadsBucket",
            service,
            ["s3:GetBucketAcl", "s3:ListBucket"],
            bucket_arn(bucket_name),
            own,
        ),
        _allow("ConfigWrites", service, "s3:PutObject", prefix, own),
    )


def _guardduty_statements(
    bucket_name: str, account_id: str, regions: Sequence[str]
) -> tuple[Mapping[str, object], ...]:
    own = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {
            "aws:SourceArn": [
                f"arn:aws:guardduty:{region}:{account_id}:detector/*" for region in regions
            ]
        },
    }
    service = "guardduty.amazonaws.com"
    return (
        _allow(
            "GuardDutyReadsLocation",
            service,
            "s3:GetBucketLocation",
            bucket_arn(bucket_name),
            own,
        ),
        _allow(
            "GuardDutyWrites",
            service,
            "s3:PutObject",
            f"{bucket_arn(bucket_name)}/{GUARDDUTY_PREFIX}/*",
            own,
        ),
    )


def _access_log_statements(
    bucket_name: str, account_id: str, regions: Sequence[str]
) -> tuple[Mapping[str, object], ...]:
    account = {"StringEquals": {"aws:SourceAccount": account_id}}
    balancers = f"{bucket_arn(bucket_name)}/{LOAD_BALANCER_PREFIX}/*"
    return (
        _allow(
            "BucketAccessLogs",
            "logging.s3.amazonaws.com",
            "s3:PutObject",
            f"{bucket_arn(bucket_name)}/s3/*",
            account,
        ),
        _allow(
            "ApplicationLoadBalancerLogs",
            "logdelivery.elasticloadbalancing.amazonaws.com",
            "s3:PutObject",
            balancers,
            {
                "ArnLike": {
                    "aws:SourceArn": [
                        f"arn:aws:elasticloadbalancing:{region}:{account_id}:loadbalancer/*"
                        for region in regions
                    ]
                }
            },
        ),
        _allow(
            "NetworkLoadBalancerLogs",
            "delivery.logs.amazonaws.com",
            "s3:PutObject",
            balancers,
            account,
        ),
        _allow(
            "NetworkLoadBalancerReadsAcl",
            "delivery.logs.amazonaws.com",
            "s3:GetBucketAcl",
            bucket_arn(bucket_name),
            account,
        ),
    )
