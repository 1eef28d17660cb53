"""The pre-made failover records: a failover writes a metric, never a record (A7.3, X-38)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch, route53

SWITCH_NAMESPACE = "PhoenixGuardian/Failover"
SWITCH_METRIC = "PrimaryRegionActive"
"""1: the primary region serves; 0: the recovery region does. Written by the failover tool in the recovery region."""
SWITCH_PERIOD_SECONDS = 60
CLOUDFRONT_ZONE_ID = "Z2FDTNDATAQYW2"
"""The hosted zone of every CloudFront distribution (docs.aws.amazon.com/general, CloudFront endpoints)."""


@dataclass(frozen=True, kw_only=True)
class ActiveRegionSwitchArgs:
    """The alarm that stands for "the primary region is active"."""

    alarm_name: str
    recovery_region: str
    alarm_topic_arn: pulumi.Input[str]
    """In the recovery region, like the alarm."""
    tags: Mapping[str, str]


class ActiveRegionSwitch(pulumi.ComponentResource):
    """Lives in the recovery region: the switch must work while the primary region does not."""

    health_check_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: ActiveRegionSwitchArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ActiveRegionSwitch", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        alarm = cloudwatch.MetricAlarm(
            name,
            name=args.alarm_name,
            alarm_description="Traffic has moved to the recovery region",
            namespace=SWITCH_NAMESPACE,
            metric_name=SWITCH_METRIC,
            statistic="Minimum",
            period=SWITCH_PERIOD_SECONDS,
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=1,
            # No data says nothing: the last decision stands.
            treat_missing_data="missing",
            actions_enabled=True,
            alarm_actions=[args.alarm_topic_arn],
            ok_actions=[args.alarm_topic_arn],
            tags=args.tags,
            opts=child,
        )
        check = route53.HealthCheck(
            f"{name}-health-check",
            type="CLOUDWATCH_METRIC",
            cloudwatch_alarm_name=alarm.name,
            cloudwatch_alarm_region=args.recovery_region,
            insufficient_data_health_status="LastKnownStatus",
            tags={**args.tags, "Name": args.alarm_name},
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        self.health_check_id = check.id
        self.register_outputs({"health_check_id": self.health_check_id})


@dataclass(frozen=True, kw_only=True)
class FailoverRecordArgs:
    """One region's half of a failover pair."""

    zone_id: pulumi.Input[str]
    host: str
    role: Literal["PRIMARY", "SECONDARY"]
    region: str
    target_host: pulumi.Input[str]
    target_zone_id: pulumi.Input[str]
    health_check_id: pulumi.Input[str] | None
    """On the PRIMARY half."""


class FailoverRecord(pulumi.ComponentResource):
    """An alias to this region's load balancer."""

    def __init__(
        self, name: str, args: FailoverRecordArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:FailoverRecord", name, None, opts)
        route53.Record(
            name,
            zone_id=args.zone_id,
            name=args.host,
            type="A",
            set_identifier=args.region,
            failover_routing_policies=[route53.RecordFailoverRoutingPolicyArgs(type=args.role)],
            health_check_id=args.health_check_id,
            aliases=[
                route53.RecordAliasArgs(
                    name=args.target_host,
                    zone_id=args.target_zone_id,
                    # Traffic moves when the database has moved, not when a target is unwell.
                    evaluate_target_health=False,
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class DeliveryRecordsArgs:
    """Public names that lead to the content delivery network."""

    zone_id: pulumi.Input[str]
    hosts: Sequence[str]
    distribution_host: pulumi.Input[str]


class DeliveryRecords(pulumi.ComponentResource):
    """An A and an AAAA alias for each public name."""

    def __init__(
        self, name: str, args: DeliveryRecordsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:DeliveryRecords", name, None, opts)
        for host in sorted(args.hosts):
            for record_type in ("A", "AAAA"):
                route53.Record(
                    f"{name}-{host}-{record_type.lower()}",
                    zone_id=args.zone_id,
                    name=host,
                    type=record_type,
                    aliases=[
                        route53.RecordAliasArgs(
                            name=args.distribution_host,
                            zone_id=CLOUDFRONT_ZONE_ID,
                            evaluate_target_health=False,
                        )
                    ],
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({})
