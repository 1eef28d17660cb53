"""The audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.buckets import BUCKET, LOCK, LOGGING, POLICY, publicly_blocked
from phoenix_policies.predicates.iam import statements
from phoenix_policies.predicates.regions import everywhere, in_use, may_be_the_peers
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, some, truth, unknown

HIPAA_1: Final = ("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)")
HIPAA_2: Final = (
    "164.308(a)(1)(ii)(D)",
    "164.308(a)(3)(ii)(A)",
    "164.312(b)",
    "164.312(c)(1)",
    "164.312(c)(2)",
)

TRAIL: Final = "aws:cloudtrail/trail:Trail"
SIX_YEARS_DAYS: Final = 2192


def _management(trail: Resource) -> Truth:
    """Every management event is recorded, whatever the selectors say."""
    advanced = trail["advancedEventSelectors"].each()
    if advanced:
        return some(
            some(
                f["field"].equals("eventCategory") & f["equals"].contains("Management")
                for f in s["fieldSelectors"].each()
            )
            # any further field leaves some of the events out
            & every(f["field"].equals("eventCategory") for f in s["fieldSelectors"].each())
            for s in advanced
        )
    basic = trail["eventSelectors"].each()
    if not basic:
        return truth(True)
    return some(
        ~s["includeManagementEvents"].is_false
        & s["readWriteType"].equals(None, "All")
        & s["excludeManagementEventSources"].is_empty
        for s in basic
    )


@stack_rule(
    "cloudtrail-exists-multi-region",
    "aws:cloudtrail/trail:Trail",
    hipaa=HIPAA_1,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.CRITICAL,
    remedy="Declare a trail with is_multi_region_trail, global events, logging on and all management events.",
    sources=(
        "config:MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "config:CLOUD_TRAIL_ENABLED",
        "config:CLOUDTRAIL_SECURITY_TRAIL_ENABLED",
        "prowler:cloudtrail_multi_region_enabled",
        "prowler:cloudtrail_multi_region_enabled_logging_management_events",
        "checkov:CKV_AWS_67",
        "checkov:CKV_AWS_251",
    ),
)
def trail_exists(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """A multi-region trail exists."""
    found = some(
        t["isMultiRegionTrail"].is_true
        & ~t["includeGlobalServiceEvents"].is_false
        & ~t["enableLogging"].is_false
        & _management(t)
        for t in everywhere(stack, TRAIL)
    )
    if not found.value and may_be_the_peers(stack):
        found = found | unknown("peer stack")
    subjects = list(stack.of(TRAIL)) or list(in_use(stack).values())[:1]
    for one in subjects[:1]:
        yield one, found.otherwise("no trail records every management event of every region")


@rule(
    "cloudtrail-multi-region",
    "aws:cloudtrail/trail:Trail",
    hipaa=HIPAA_1,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Set is_multi_region_trail.",
    sources=(
        "config:MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "prowler:cloudtrail_multi_region_enabled",
        "checkov:CKV_AWS_67",
    ),
)
def trail_multi_region(trail: Resource) -> Iterable[Clause]:
    """Trails cover every region."""
    yield trail["isMultiRegionTrail"].is_true.otherwise("records one region")


@rule(
    "cloudtrail-log-validation",
    "aws:cloudtrail/trail:Trail",
    hipaa=HIPAA_2,
    soc2=("CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Set enable_log_file_validation.",
    sources=(
        "cdk_nag:HIPAA.Security-CloudTrailLogFileValidationEnabled",
        "config:CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
        "prowler:cloudtrail_log_file_validation_enabled",
        "checkov:CKV_AWS_36",
    ),
)
def trail_log_validation(trail: Resource) -> Iterable[Clause]:
    """Trail files are signed."""
    yield trail["enableLogFileValidation"].is_true.otherwise("its files can be changed unnoticed")


@rule(
    "cloudtrail-kms",
    "aws:cloudtrail/trail:Trail",
    "aws:cloudtrail/eventDataStore:EventDataStore",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set kms_key_id to the logs key.",
    sources=(
        "cdk_nag:HIPAA.Security-CloudTrailEncryptionEnabled",
        "config:CLOUD_TRAIL_ENCRYPTION_ENABLED",
        "prowler:cloudtrail_kms_encryption_enabled",
        "checkov:CKV_AWS_35",
        "checkov:CKV_AWS_294",
    ),
)
def trail_kms(trail: Resource) -> Iterable[Clause]:
    """Trails and event stores use a customer key."""
    yield trail["kmsKeyId"].is_set.otherwise("has no customer managed key")


@rule(
    "cloudtrail-cloudwatch-logs",
    "aws:cloudtrail/trail:Trail",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(6)(i)",
        "164.308(a)(6)(ii)",
        "164.312(b)",
    ),
    soc2=("CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    remedy="Set cloud_watch_logs_group_arn and cloud_watch_logs_role_arn.",
    sources=(
        "cdk_nag:HIPAA.Security-CloudTrailCloudWatchLogsEnabled",
        "config:CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        "prowler:cloudtrail_cloudwatch_logging_enabled",
        "checkov:CKV2_AWS_10",
    ),
)
def trail_cloudwatch_logs(trail: Resource) -> Iterable[Clause]:
    """Trails stream to CloudWatch Logs."""
    for key in ("cloudWatchLogsGroupArn", "cloudWatchLogsRoleArn"):
        yield trail[key].is_set.otherwise(f"{key} is not set")


def _object_events(trail: Resource) -> Truth:
    basic = some(
        s["readWriteType"].equals(None, "All")
        & some(
            d["type"].equals("AWS::S3::Object") & d["values"].is_set
            for d in s["dataResources"].each()
        )
        for s in trail["eventSelectors"].each()
    )
    reads, writes = (
        some(
            some(
                f["field"].equals("resources.type") & f["equals"].contains("AWS::S3::Object")
                for f in s["fieldSelectors"].each()
            )
            & ~some(
                f["field"].equals("readOnly") & f["equals"].contains(other)
                for f in s["fieldSelectors"].each()
            )
            for s in trail["advancedEventSelectors"].each()
        )
        for other in ("false", "true")
    )
    return basic | (reads & writes)


@stack_rule(
    "cloudtrail-data-events",
    "aws:cloudtrail/trail:Trail",
    hipaa=HIPAA_1,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Select AWS::S3::Object for the PHI buckets, reads and writes.",
    sources=(
        "config:CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
        "config:CLOUDTRAIL_ALL_READ_S3_DATA_EVENT_CHECK",
        "config:CLOUDTRAIL_ALL_WRITE_S3_DATA_EVENT_CHECK",
        "prowler:cloudtrail_s3_dataevents_read_enabled",
        "prowler:cloudtrail_s3_dataevents_write_enabled",
    ),
)
def trail_data_events(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Object level access to PHI buckets is recorded."""
    recorded = some(_object_events(t) for t in stack.of(TRAIL))
    for trail in stack.of(TRAIL):
        yield trail, recorded.otherwise("does not record access to objects")
        excluded = some(
            s["excludeManagementEventSources"].contains("kms.amazonaws.com")
            for s in trail["eventSelectors"].each()
        )
        excluded = excluded | some(
            f["field"].equals("eventSource") & f["notEquals"].contains("kms.amazonaws.com")
            for s in trail["advancedEventSelectors"].each()
            for f in s["fieldSelectors"].each()
        )
        yield trail, (~excluded).otherwise("leaves KMS events out")


@rule(
    "cloudtrail-insights-and-notify",
    "aws:cloudtrail/trail:Trail",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(5)(ii)(B)",
        "164.308(a)(5)(ii)(C)",
        "164.308(a)(6)(ii)",
    ),
    soc2=("CC4.1", "CC6.8", "CC7.1", "CC7.2"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add both insight selectors and an SNS topic.",
    sources=("prowler:cloudtrail_insights_exist", "checkov:CKV_AWS_252"),
)
def trail_insights(trail: Resource) -> Iterable[Clause]:
    """Trails detect anomalies and notify."""
    for kind in ("ApiCallRateInsight", "ApiErrorRateInsight"):
        there = some(s["insightType"].equals(kind) for s in trail["insightSelectors"].each())
        yield there.otherwise(f"{kind} is missing")
    yield trail["snsTopicName"].is_set.otherwise("tells nobody of new files")


@rule(
    "cloudtrail-event-store-retention",
    "aws:cloudtrail/eventDataStore:EventDataStore",
    hipaa=("164.312(b)", "164.316(b)(2)(i)"),
    soc2=("CC2.1", "CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Keep 2192 days, with termination protection, in every region.",
)
def event_store_retention(one: Resource) -> Iterable[Clause]:
    """Event data stores keep six years and resist deletion."""
    kept = one["retentionPeriod"]
    yield (kept.is_empty | kept.at_least(SIX_YEARS_DAYS)).otherwise(f"keeps {kept.shown} days")
    for key in ("terminationProtectionEnabled", "multiRegionEnabled"):
        yield (~one[key].is_false).otherwise(f"{key} is off")
    yield (~one["suspend"].is_true).otherwise("is suspended")


@stack_rule(
    "cloudtrail-bucket-protected",
    "aws:cloudtrail/trail:Trail",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketPolicy:BucketPolicy",
    hipaa=HIPAA_2,
    soc2=("CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.CRITICAL,
    remedy="Give the trail's bucket a public access block, access logging, object lock, and a policy bound to the trail's ARN.",
    sources=(
        "config:CLOUDTRAIL_S3_BUCKET_ACCESS_LOGGING",
        "config:CLOUDTRAIL_S3_BUCKET_PUBLIC_ACCESS_PROHIBITED",
        "prowler:cloudtrail_logs_s3_bucket_access_logging_enabled",
        "prowler:cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
    ),
)
def trail_bucket_protected(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """The trail bucket is private, logged and locked."""
    for trail in stack.of(TRAIL):
        for bucket in stack.referents(trail, BUCKET, "s3BucketName"):
            locked = (
                bucket["objectLockEnabled"].is_true | stack.referrers(bucket, LOCK, "bucket").exists
            )
            logged = stack.referrers(bucket, LOGGING, "bucket").exists
            granted = some(
                stack.refers(policy, bucket, "bucket")
                & some(
                    s.allows
                    & some(p.equals("cloudtrail.amazonaws.com") for p in s.principals("Service"))
                    & s.bound_to(("aws:SourceArn",))
                    for s in statements(policy["policy"])
                )
                for policy in stack.of(POLICY)
            )
            yield (
                bucket,
                publicly_blocked(bucket, stack).otherwise(
                    "the trail's bucket has no public access block"
                ),
            )
            yield bucket, logged.otherwise("the trail's bucket keeps no access log")
            yield bucket, locked.otherwise("the trail's bucket has no object lock")
            yield bucket, granted.otherwise("the trail's bucket is not bound to the trail")
