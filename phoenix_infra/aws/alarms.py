"""CloudWatch alarms from a table: each says what it means, and each has somebody who hears it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch


@dataclass(frozen=True, kw_only=True)
class AlarmSpec:
    """One metric against one threshold."""

    name: str
    description: str
    namespace: str
    metric: str
    statistic: Literal["Average", "Maximum", "Minimum", "Sum"]
    comparison: Literal[
        "GreaterThanThreshold", "GreaterThanOrEqualToThreshold", "LessThanThreshold"
    ]
    threshold: float
    period_seconds: int = 60
    periods: int = 5
    missing_data: Literal["breaching", "notBreaching", "missing", "ignore"] = "notBreaching"
    dimensions: Mapping[str, pulumi.Input[str]] = field(
        default_factory=dict[str, "pulumi.Input[str]"]
    )


@dataclass(frozen=True, kw_only=True)
class QuotaSpec:
    """A service quota that growth or a failover could hit."""

    name: str
    service: str
    resource: str
    usage_class: str
    threshold_percent: int = 80


@dataclass(frozen=True, kw_only=True)
class AlarmsArgs:
    """A region's alarms of one subject."""

    name_prefix: str
    alarms: Sequence[AlarmSpec]
    quotas: Sequence[QuotaSpec] = ()
    topic_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class Alarms(pulumi.ComponentResource):
    """Alarm and recovery both go to the topic; the event bus carries the alarm on to whoever is on call."""

    def __init__(
        self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Alarms", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        for spec in args.alarms:
            cloudwatch.MetricAlarm(
                f"{name}-{spec.name}",
                name=f"{args.name_prefix}-{spec.name}",
                alarm_description=spec.description,
                namespace=spec.namespace,
                metric_name=spec.metric,
                dimensions=spec.dimensions,
                statistic=spec.statistic,
                comparison_operator=spec.comparison,
                threshold=spec.threshold,
                period=spec.period_seconds,
                evaluation_periods=spec.periods,
                datapoints_to_alarm=spec.periods,
                treat_missing_data=spec.missing_data,
                actions_enabled=True,
                alarm_actions=[args.topic_arn],
                ok_actions=[args.topic_arn],
                tags=args.tags,
                opts=child,
            )
        for quota in args.quotas:
            _quota_alarm(name, quota, args, child)
        self.register_outputs({})


def _quota_alarm(
    name: str, quota: QuotaSpec, args: AlarmsArgs, child: pulumi.ResourceOptions
) -> None:
    usage = cloudwatch.MetricAlarmMetricQueryArgs(
        id="usage",
        return_data=False,
        metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
            namespace="AWS/Usage",
            metric_name="ResourceCount",
            period=300,
            stat="Maximum",
            dimensions={
                "Type": "Resource",
                "Service": quota.service,
                "Resource": quota.resource,
                "Class": quota.usage_class,
            },
        ),
    )
    share = cloudwatch.MetricAlarmMetricQueryArgs(
        id="percent",
        expression="usage / SERVICE_QUOTA(usage) * 100",
        label="Percent of the quota in use",
        return_data=True,
    )
    cloudwatch.MetricAlarm(
        f"{name}-{quota.name}",
        name=f"{args.name_prefix}-{quota.name}",
        alarm_description=f"{quota.service} {quota.usage_class} {quota.resource} nears its quota",
        metric_queries=[usage, share],
        comparison_operator="GreaterThanThreshold",
        threshold=quota.threshold_percent,
        evaluation_periods=1,
        treat_missing_data="notBreaching",
        actions_enabled=True,
        alarm_actions=[args.topic_arn],
        ok_actions=[args.topic_arn],
        tags=args.tags,
        opts=child,
    )
