"""Networks: flow logs, subnets and the instances started in them."""

from __future__ import annotations

from collections.abc import Iterable

from phoenix_policies.controls import Severity
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause

VPC = "aws:ec2/vpc:Vpc"
FLOW_LOG = "aws:ec2/flowLog:FlowLog"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@stack_rule(
    "vpc-flow-logs-enabled",
    VPC,
    FLOW_LOG,
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Add an aws.ec2.FlowLog with vpc_id of this VPC.",
    sources=(
        "cdk_nag:HIPAA.Security-VPCFlowLogsEnabled",
        "cdk_nag:AwsSolutions-VPC7",
        "config:VPC_FLOW_LOGS_ENABLED",
        "prowler:vpc_flow_logs_enabled",
        "checkov:CKV2_AWS_11",
    ),
)
def vpc_flow_logs_enabled(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Every VPC has a flow log attached."""
    for vpc in stack.of(VPC):
        flow_logs = stack.referrers(vpc, FLOW_LOG, "vpcId")
        yield vpc, flow_logs.exists.otherwise("no flow log refers to this VPC")


@rule(
    "vpc-flow-log-traffic-all",
    FLOW_LOG,
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    remedy='Set traffic_type="ALL".',
    sources=("prowler:vpc_flow_logs_enabled",),
)
def vpc_flow_log_traffic_all(flow_log: Resource) -> Iterable[Clause]:
    """Flow logs capture accepted and rejected traffic."""
    traffic = flow_log["trafficType"]
    yield traffic.equals("ALL").otherwise(f"captures {traffic.shown} traffic, not ALL")


@rule(
    "launch-template-imdsv2",
    LAUNCH_TEMPLATE,
    hipaa=(
        "164.308(a)(1)(ii)(B)",
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.8"),
    severity=Severity.HIGH,
    remedy='Set metadata_options with http_tokens="required".',
    sources=(
        "cdk_nag:HIPAA.Security-EC2IMDSv2Enabled",
        "config:EC2_LAUNCH_TEMPLATE_IMDSV2_CHECK",
        "config:EC2_IMDSV2_CHECK",
        "prowler:ec2_launch_template_imdsv2_required",
        "checkov:CKV_AWS_79",
    ),
)
def launch_template_imdsv2(template: Resource) -> Iterable[Clause]:
    """Instances answer metadata requests only with a session token (IMDSv2)."""
    metadata = template["metadataOptions"]
    off = metadata["httpEndpoint"].equals("disabled")
    tokens = metadata["httpTokens"].equals("required")
    yield (tokens | off).otherwise("metadata is served without a session token (IMDSv1)")
