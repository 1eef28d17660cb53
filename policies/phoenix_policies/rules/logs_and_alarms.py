"""Log groups and alarms."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import statements
from phoenix_policies.predicates.regions import same
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some

HIPAA_1: Final = ("164.312(b)", "164.316(b)(2)(i)")
HIPAA_2: Final = ("164.308(a)(6)(i)", "164.308(a)(6)(ii)", "164.312(b)")

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
TRAIL: Final = "aws:cloudtrail/trail:Trail"
EVENT_RULE: Final = "aws:cloudwatch/eventRule:EventRule"
EVENT_TARGET: Final = "aws:cloudwatch/eventTarget:EventTarget"
METRIC_FILTER: Final = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
SIX_YEARS_DAYS: Final = 2192
ONE_YEAR_DAYS: Final = 365


@rule(
    "log-group-kms",
    "aws:cloudwatch/logGroup:LogGroup",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set kms_key_id to the logs key.",
    sources=(
        "cdk_nag:HIPAA.Security-CloudWatchLogGroupEncrypted",
        "config:CLOUDWATCH_LOG_GROUP_ENCRYPTED",
        "prowler:cloudwatch_log_group_kms_encryption_enabled",
        "checkov:CKV_AWS_158",
    ),
)
def log_group_kms(one: Resource) -> Iterable[Clause]:
    """Log groups use a customer key."""
    yield one["kmsKeyId"].is_set.otherwise("has no customer managed key")


@rule(
    "log-group-retention-set",
    "aws:cloudwatch/logGroup:LogGroup",
    hipaa=HIPAA_1,
    soc2=("CC2.1", "CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    remedy="Set retention_in_days to 365 or more; audit logs keep 2557.",
    sources=(
        "cdk_nag:HIPAA.Security-CloudWatchLogGroupRetentionPeriod",
        "config:CW_LOGGROUP_RETENTION_PERIOD_CHECK",
        "prowler:cloudwatch_log_group_retention_policy_specific_days_enabled",
        "checkov:CKV_AWS_66",
        "checkov:CKV_AWS_338",
    ),
)
def log_group_retention_set(one: Resource) -> Iterable[Clause]:
    """Log groups state a retention."""
    days = one["retentionInDays"]
    kept = days.at_least(ONE_YEAR_DAYS) | days.equals(0)
    yield kept.otherwise(f"keeps {days.shown} days")


AUDIT_WRITERS: Final = (
    (TRAIL, ("cloudWatchLogsGroupArn",)),
    ("aws:ec2/flowLog:FlowLog", ("logDestination", "logGroupName")),
    ("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", ("logDestinationConfigs",)),
)
_AUDIT_NAME: Final = re.compile(
    r"^/aws/eks/.+/cluster$|^/aws/rds/(?:cluster|instance)/|^aws-waf-logs-|audit|flow-?logs?",
    re.IGNORECASE,
)


def _is_audit_name(name: object) -> bool:
    return isinstance(name, str) and _AUDIT_NAME.search(name) is not None


def _audit(one: Resource, stack: Stack) -> Truth:
    written = some(
        stack.refers(w, one, *keys) for kind, keys in AUDIT_WRITERS for w in stack.of(kind)
    )
    return written | _declared_audit(one)


def _declared_audit(one: Resource) -> Truth:
    named = one["name"].satisfies(_is_audit_name)
    tagged = one["tags"]["Purpose"].matches("(?i)audit") | one["tags"]["Role"].equals("audit")
    return named | tagged


@stack_rule(
    "audit-log-retention-six-years",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudtrail/trail:Trail",
    "aws:ec2/flowLog:FlowLog",
    "aws:eks/cluster:Cluster",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "aws:rds/cluster:Cluster",
    hipaa=HIPAA_1,
    soc2=("CC2.1", "CC7.2", "CC7.3"),
    severity=Severity.CRITICAL,
    remedy="Set retention_in_days to 2192 or more; 2557 is seven years.",
)
def audit_log_retention(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Audit log groups keep six years."""
    for one in stack.of(LOG_GROUP):
        days = one["retentionInDays"]
        kept = days.at_least(SIX_YEARS_DAYS) | days.equals(0)
        yield (
            one,
            (kept | ~_audit(one, stack)).otherwise(f"keeps audit records for {days.shown} days"),
        )


@rule(
    "log-group-deletion-protection",
    "aws:cloudwatch/logGroup:LogGroup",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)", "164.312(c)(2)"),
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.2"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set skip_destroy (or deletion protection), and protect.",
)
def log_group_deletion_protection(one: Resource) -> Iterable[Clause]:
    """Audit log groups resist deletion."""
    audit = _declared_audit(one)
    kept = one["deletionProtectionEnabled"].is_true | one["skipDestroy"].is_true
    yield (kept | ~audit).otherwise("goes with the program")


@rule(
    "log-resource-policy-scoped",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Bind each service to aws:SourceArn or aws:SourceAccount.",
    sources=("prowler:cloudwatch_log_group_not_publicly_accessible",),
)
def log_resource_policy_scoped(one: Resource) -> Iterable[Clause]:
    """Log resource policies are not public."""
    for statement in statements(one["policyDocument"]):
        yield (~statement.public).otherwise(f"{statement.place} lets anyone in")
        service = some(p.is_set for p in statement.principals("Service"))
        bound = statement.bound_to(("aws:SourceArn", "aws:SourceAccount"))
        yield (~(statement.allows & service) | bound).otherwise(
            f"{statement.place} is bound to no source"
        )


@rule(
    "alarm-has-actions",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    hipaa=HIPAA_2,
    soc2=("CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    remedy="Set alarm_actions, and leave actions_enabled on.",
    sources=(
        "cdk_nag:HIPAA.Security-CloudWatchAlarmAction",
        "config:CLOUDWATCH_ALARM_ACTION_CHECK",
        "config:CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK",
        "prowler:cloudwatch_alarm_actions_enabled",
        "prowler:cloudwatch_alarm_actions_alarm_state_configured",
        "checkov:CKV_AWS_319",
    ),
)
def alarm_has_actions(one: Resource) -> Iterable[Clause]:
    """Alarms do something."""
    yield (~one["actionsEnabled"].is_false).otherwise("its actions are off")
    yield one["alarmActions"].is_set.otherwise("tells nobody")


@stack_rule(
    "capacity-alarms",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:rds/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:sqs/queue:Queue",
    hipaa=("164.308(a)(6)(i)", "164.308(a)(6)(ii)", "164.308(a)(7)(ii)(C)", "164.312(b)"),
    soc2=("A1.1", "CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an alarm whose dimensions name the resource.",
)
def capacity_alarms(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Data stores and load balancers have capacity alarms."""
    watched = (
        "aws:rds/cluster:Cluster", "aws:elasticache/replicationGroup:ReplicationGroup", "aws:lb/loadBalancer:LoadBalancer",
        "aws:sqs/queue:Queue",
    )  # fmt: skip
    for one in stack.of(*watched):
        alarmed = stack.referrers(
            one, ALARM, "dimensions", "metricQueries.metric.dimensions"
        ).exists
        yield one, alarmed.otherwise("no alarm watches it")


FILTERS: Final = {
    "identity": (
        "UnauthorizedOperation|AccessDenied",
        "ConsoleLogin",
        "Failed authentication|FAILURE|Failure",
        "Root",
        "PolicyVersion|AttachRolePolicy|PutRolePolicy",
        "organizations",
    ),
    "network": ("SecurityGroup", "NetworkAcl", "Gateway", "Route", "Vpc"),
    "data": (
        "StopLogging|DeleteTrail|UpdateTrail",
        "ConfigurationRecorder",
        "PutBucketPolicy",
        "ScheduleKeyDeletion|DisableKey",
    ),
}


def _alarmed(one: Resource, stack: Stack) -> Truth:
    """Whether an alarm that tells somebody watches the metric of this filter."""
    metric = one["metricTransformation"]
    return some(
        same(alarm["metricName"], metric["name"])
        & same(alarm["namespace"], metric["namespace"])
        & alarm["alarmActions"].is_set
        & ~alarm["actionsEnabled"].is_false
        for alarm in stack.of(ALARM)
    )


def _filters(stack: Stack, kind: str) -> Iterable[tuple[Resource, Clause]]:
    told = [(one["pattern"], _alarmed(one, stack)) for one in stack.of(METRIC_FILTER)] + [
        (
            one["eventPattern"],
            ~one["state"].equals("DISABLED") & stack.referrers(one, EVENT_TARGET, "rule").exists,
        )
        for one in stack.of(EVENT_RULE)
    ]
    for trail in stack.of(TRAIL):
        for wanted in FILTERS[kind]:
            seen = some(pattern.matches(wanted) & heard for pattern, heard in told)
            yield trail, seen.otherwise(f"nobody is told of {wanted.replace('|', ' or ')}")


@stack_rule(
    "security-filters-identity",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:sns/topic:Topic",
    hipaa=HIPAA_2,
    soc2=("CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a metric filter with an alarm, or an event rule with a target, for each event.",
    sources=(
        "prowler:cloudwatch_log_metric_filter_unauthorized_api_calls",
        "prowler:cloudwatch_log_metric_filter_sign_in_without_mfa",
        "prowler:cloudwatch_log_metric_filter_authentication_failures",
        "prowler:cloudwatch_log_metric_filter_root_usage",
        "prowler:cloudwatch_log_metric_filter_policy_changes",
        "prowler:cloudwatch_log_metric_filter_aws_organizations_changes",
    ),
)
def security_filters_identity(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Alarms exist for identity events."""
    yield from _filters(stack, "identity")


@stack_rule(
    "security-filters-network",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:sns/topic:Topic",
    hipaa=HIPAA_2,
    soc2=("CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a metric filter with an alarm, or an event rule with a target, for each event.",
    sources=(
        "prowler:cloudwatch_log_metric_filter_security_group_changes",
        "prowler:cloudwatch_changes_to_network_acls_alarm_configured",
        "prowler:cloudwatch_changes_to_network_gateways_alarm_configured",
        "prowler:cloudwatch_changes_to_network_route_tables_alarm_configured",
        "prowler:cloudwatch_changes_to_vpcs_alarm_configured",
    ),
)
def security_filters_network(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Alarms exist for network changes."""
    yield from _filters(stack, "network")


@stack_rule(
    "security-filters-data-and-audit",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:sns/topic:Topic",
    hipaa=HIPAA_2,
    soc2=("CC5.2", "CC7.2", "CC7.3", "CC7.4"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a metric filter with an alarm, or an event rule with a target, for each event.",
    sources=(
        "prowler:cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
        "prowler:cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled",
        "prowler:cloudwatch_log_metric_filter_for_s3_bucket_policy_changes",
        "prowler:cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk",
    ),
)
def security_filters_data_and_audit(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Alarms exist for key, bucket and audit changes."""
    yield from _filters(stack, "data")
