"""VPC flow logs: every flow, accepted or not, into an encrypted log group kept for seven years (L-009)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2

AGGREGATION_SECONDS = 60
FIELDS = (
    "version",
    "account-id",
    "vpc-id",
    "subnet-id",
    "instance-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "tcp-flags",
    "flow-direction",
    "traffic-path",
    "pkt-src-aws-service",
    "pkt-dst-aws-service",
    "log-status",
)
"""The default format lacks what an investigation asks first: which pod, which way out, which service."""


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """What is watched and where it is kept."""

    vpc_id: pulumi.Input[str]
    log_group_name: str
    retention_days: int
    kms_key_arn: pulumi.Input[str]
    delivery_role_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class FlowLogs(pulumi.ComponentResource):
    """The record of who talked to whom in a VPC."""

    log_group_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = cloudwatch.LogGroup(
            name,
            name=args.log_group_name,
            retention_in_days=args.retention_days,
            kms_key_id=args.kms_key_arn,
            deletion_protection_enabled=True,
            tags={**args.tags, "Record": "audit"},
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(protect=True, retain_on_delete=True)
            ),
        )
        ec2.FlowLog(
            name,
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=log_group.arn,
            iam_role_arn=args.delivery_role_arn,
            max_aggregation_interval=AGGREGATION_SECONDS,
            log_format=" ".join(f"${{{field}}}" for field in FIELDS),
            tags=args.tags,
            opts=child,
        )
        self.log_group_arn = log_group.arn
        self.register_outputs({"log_group_arn": self.log_group_arn})
