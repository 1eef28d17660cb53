"""The account's audit trail: every region, validated, with data events on buckets that hold health records."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudtrail, cloudwatch, iam

from phoenix_infra.naming import role_path

METRIC_NAMESPACE = "PhoenixGuardian/Audit"


def _any_of(*names: str, source: str = "") -> str:
    """A filter pattern over event names, where needed of one service only."""
    events = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}) && ({events}) }}" if source else f"{{ {events} }}"


def _policy_events() -> tuple[str, ...]:
    attached = tuple(
        f"{verb}{owner}Policy"
        for owner in ("Group", "Role", "User")
        for verb in ("Attach", "Delete", "Detach", "Put")
    )
    return (
        *attached,
        "CreatePolicy",
        "CreatePolicyVersion",
        "DeletePolicy",
        "DeletePolicyVersion",
        "SetDefaultPolicyVersion",
    )


AUDIT_FILTERS: Mapping[str, str] = {
    "unauthorized-calls": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    "console-without-mfa": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    "console-failures": '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
    "root-usage": (
        '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) '
        '&& ($.eventType != "AwsServiceEvent") }'
    ),
    "iam-changes": _any_of(*_policy_events()),
    "organization-changes": "{ $.eventSource = organizations.amazonaws.com }",
    "security-group-changes": _any_of(
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
        "RevokeSecurityGroupIngress",
        "RevokeSecurityGroupEgress",
        "CreateSecurityGroup",
        "DeleteSecurityGroup",
        "ModifySecurityGroupRules",
    ),
    "network-acl-changes": _any_of(
        "CreateNetworkAcl",
        "CreateNetworkAclEntry",
        "DeleteNetworkAcl",
        "DeleteNetworkAclEntry",
        "ReplaceNetworkAclEntry",
        "ReplaceNetworkAclAssociation",
    ),
    "gateway-changes": _any_of(
        "CreateCustomerGateway",
        "DeleteCustomerGateway",
        "AttachInternetGateway",
        "CreateInternetGateway",
        "DeleteInternetGateway",
        "DetachInternetGateway",
    ),
    "route-changes": _any_of(
        "CreateRoute",
        "CreateRouteTable",
        "ReplaceRoute",
        "ReplaceRouteTableAssociation",
        "DeleteRouteTable",
        "DeleteRoute",
        "DisassociateRouteTable",
        source="ec2.amazonaws.com",
    ),
    "vpc-changes": _any_of(
        "CreateVpc",
        "DeleteVpc",
        "ModifyVpcAttribute",
        "AcceptVpcPeeringConnection",
        "CreateVpcPeeringConnection",
        "DeleteVpcPeeringConnection",
        "RejectVpcPeeringConnection",
    ),
    "trail-changes": _any_of(
        "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"
    ),
    "config-changes": _any_of(
        "StopConfigurationRecorder",
        "DeleteDeliveryChannel",
        "PutDeliveryChannel",
        "PutConfigurationRecorder",
        source="config.amazonaws.com",
    ),
    "bucket-policy-changes": _any_of(
        "PutBucketAcl",
        "PutBucketPolicy",
        "PutBucketCors",
        "PutBucketLifecycle",
        "PutBucketReplication",
        "DeleteBucketPolicy",
        "DeleteBucketCors",
        "DeleteBucketLifecycle",
        "DeleteBucketReplication",
        source="s3.amazonaws.com",
    ),
    "key-deletion": _any_of("DisableKey", "ScheduleKeyDeletion", source="kms.amazonaws.com"),
}
"""Changes that somebody hears of (CIS AWS Foundations 4.1 to 4.15), matched by event name, not by message."""


@dataclass(frozen=True, kw_only=True)
class TrailArgs:
    """Where the trail is kept."""

    trail_name: str
    account_id: str
    region: str
    bucket_name: pulumi.Input[str]
    """Once its policy lets CloudTrail write."""
    key_prefix: str
    data_event_bucket_arns: Sequence[str]
    logs_key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    retention_days: int
    permissions_boundary_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class Trail(pulumi.ComponentResource):
    """One trail for the account, with a log group that alarms read."""

    arn: pulumi.Output[str]
    log_group_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: TrailArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Trail", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/cloudtrail/{args.trail_name}",
            retention_in_days=args.retention_days,
            kms_key_id=args.logs_key_arn,
            skip_destroy=True,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        role_arn = _delivery_role(name, args, child)
        trail = cloudtrail.Trail(
            name,
            name=args.trail_name,
            s3_bucket_name=args.bucket_name,
            s3_key_prefix=args.key_prefix,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            kms_key_id=args.logs_key_arn,
            sns_topic_name=args.topic_arn,
            cloud_watch_logs_group_arn=pulumi.Output.concat(log_group.arn, ":*"),
            cloud_watch_logs_role_arn=role_arn,
            advanced_event_selectors=_selectors(args.data_event_bucket_arns),
            insight_selectors=[
                cloudtrail.TrailInsightSelectorArgs(insight_type=insight)
                for insight in ("ApiCallRateInsight", "ApiErrorRateInsight")
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        _audit_alarms(name, args, log_group, child)
        self.arn = trail.arn
        self.log_group_name = log_group.name
        self.register_outputs({"arn": self.arn})


def _selectors(
    bucket_arns: Sequence[str],
) -> list[cloudtrail.TrailAdvancedEventSelectorArgs]:
    field = cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
    selector = cloudtrail.TrailAdvancedEventSelectorArgs
    return [
        selector(
            name="Management events",
            field_selectors=[field(field="eventCategory", equals=["Management"])],
        ),
        selector(
            name="Objects that may hold health records",
            field_selectors=[
                field(field="eventCategory", equals=["Data"]),
                field(field="resources.type", equals=["AWS::S3::Object"]),
                field(
                    field="resources.ARN", starts_withs=[f"{arn}/" for arn in sorted(bucket_arns)]
                ),
            ],
        ),
    ]


def _delivery_role(name: str, args: TrailArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    log_group_arn = (
        f"arn:aws:logs:{args.region}:{args.account_id}:log-group:/aws/cloudtrail/{args.trail_name}"
    )
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "cloudtrail.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
            }
        ],
    }
    permissions = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"{log_group_arn}:log-stream:*",
            }
        ],
    }
    role = iam.Role(
        f"{name}-delivery",
        path=role_path("service"),
        description="CloudTrail writes to its log group",
        assume_role_policy=json.dumps(trust),
        permissions_boundary=args.permissions_boundary_arn,
        tags=args.tags,
        opts=child,
    )
    policy = iam.Policy(
        f"{name}-delivery-policy",
        path=role_path("service"),
        policy=json.dumps(permissions),
        tags=args.tags,
        opts=child,
    )
    attachment = iam.RolePolicyAttachment(
        f"{name}-delivery-attachment", role=role.name, policy_arn=policy.arn, opts=child
    )
    return pulumi.Output.all(role.arn, attachment.id).apply(lambda pair: str(pair[0]))


def _audit_alarms(
    name: str,
    args: TrailArgs,
    log_group: cloudwatch.LogGroup,
    child: pulumi.ResourceOptions,
) -> None:
    for role, pattern in AUDIT_FILTERS.items():
        cloudwatch.LogMetricFilter(
            f"{name}-{role}",
            name=f"{args.trail_name}-{role}",
            log_group_name=log_group.name,
            pattern=pattern,
            metric_transformation=cloudwatch.LogMetricFilterMetricTransformationArgs(
                name=role, namespace=METRIC_NAMESPACE, value="1", default_value="0"
            ),
            opts=child,
        )
        cloudwatch.MetricAlarm(
            f"{name}-{role}-alarm",
            name=f"{args.trail_name}-{role}",
            alarm_description=f"The audit trail shows {role.replace('-', ' ')}",
            namespace=METRIC_NAMESPACE,
            metric_name=role,
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            treat_missing_data="notBreaching",
            actions_enabled=True,
            alarm_actions=[args.topic_arn],
            tags=args.tags,
            opts=child,
        )
