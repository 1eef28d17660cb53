"""The bucket that holds every stack's state: versioned, locked, logged and replicated (G-034, A7.4)."""

import pulumi
import pulumi_aws as aws

from phoenix_infra.aws.s3 import Bucket, BucketArgs, Lifecycle
from phoenix_infra.aws.s3_replication import BucketReplication, BucketReplicationArgs
from phoenix_infra.layers.bucket_plans import ACCESS_LOGS, delivery_statements
from phoenix_infra.naming import PRODUCT, Tags
from phoenix_infra.settings.models import BootstrapSettings

STATE_HISTORY_DAYS = 365
ACCESS_LOG_RETENTION_DAYS = 2557


def build_state_bucket(
    settings: BootstrapSettings,
    *,
    home: aws.Provider,
    recovery: aws.Provider,
    key_arn: pulumi.Input[str],
    replica_key_arn: pulumi.Input[str],
    boundary_arn: pulumi.Input[str],
    tags: Tags,
) -> None:
    """Declares the bucket and its replica, each with an access-log bucket beside it."""
    stack = settings.stack
    names = {
        stack.region: settings.state_backend.bucket_name,
        stack.recovery_region: f"{PRODUCT}-state-{stack.account_id}-{stack.recovery_region}",
    }
    keys = {stack.region: key_arn, stack.recovery_region: replica_key_arn}
    buckets: dict[str, Bucket] = {}
    for region, provider in ((stack.region, home), (stack.recovery_region, recovery)):
        suffix = "" if region == stack.region else "-replica"
        options = pulumi.ResourceOptions(providers=[provider])
        logs_name = f"{PRODUCT}-state-logs-{stack.account_id}-{region}"
        service_tags = tags.for_service("state")
        access_logs = Bucket(
            f"state-{ACCESS_LOGS}{suffix}",
            BucketArgs(
                bucket_name=logs_name,
                account_id=stack.account_id,
                lifecycle=Lifecycle(
                    expire_after_days=ACCESS_LOG_RETENTION_DAYS,
                    noncurrent_expire_after_days=ACCESS_LOG_RETENTION_DAYS,
                ),
                kms_key_arn=None,
                access_log_bucket=None,
                statements=delivery_statements(
                    ACCESS_LOGS, logs_name, stack.account_id, [region], ""
                ),
                tags={**service_tags, "Purpose": ACCESS_LOGS, "Retention": "audit"},
            ),
            options,
        )
        buckets[region] = Bucket(
            f"state{suffix}",
            BucketArgs(
                bucket_name=names[region],
                account_id=stack.account_id,
                lifecycle=Lifecycle(noncurrent_expire_after_days=STATE_HISTORY_DAYS),
                kms_key_arn=keys[region],
                access_log_bucket=access_logs.id,
                object_lock_days=settings.state_backend.lock_retention_days,
                tags={**service_tags, "Purpose": "state", "Retention": "state"},
            ),
            options,
        )
    BucketReplication(
        "state-replication",
        BucketReplicationArgs(
            source_bucket=buckets[stack.region].id,
            source_bucket_name=names[stack.region],
            source_region=stack.region,
            source_key_arn=key_arn,
            destination_bucket=buckets[stack.recovery_region].id,
            destination_bucket_name=names[stack.recovery_region],
            destination_region=stack.recovery_region,
            destination_key_arn=replica_key_arn,
            account_id=stack.account_id,
            object_locked=True,
            permissions_boundary_arn=boundary_arn,
            tags=tags.for_service("state"),
        ),
        pulumi.ResourceOptions(providers=[home]),
    )
