"""Networks: flow logs, default groups and endpoints of AWS services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import statements
from phoenix_policies.predicates.network import (
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    SECURITY_GROUP_RULE,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, unknown

HIPAA_1: Final = ("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)")
HIPAA_2: Final = ("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)")

VPC: Final = "aws:ec2/vpc:Vpc"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
BUCKET: Final = "aws:s3/bucket:Bucket"
BUCKET_ENCRYPTION: Final = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
)
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
SUBNET: Final = "aws:ec2/subnet:Subnet"
CLUSTER: Final = "aws:eks/cluster:Cluster"
SIX_YEARS_DAYS: Final = 2190
REQUIRED_ENDPOINTS: Final = ("s3", "ecr.api", "ecr.dkr", "sts", "logs", "kms", "secretsmanager")
"""What nodes and data stores need when they have no way to the internet."""
OWN_CALLERS: Final = (
    "aws:PrincipalOrgID",
    "aws:PrincipalAccount",
    "aws:ResourceOrgID",
    "aws:ResourceAccount",
)


@stack_rule(
    "vpc-flow-logs-enabled",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/flowLog:FlowLog",
    hipaa=HIPAA_1,
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
    "aws:ec2/flowLog:FlowLog",
    hipaa=HIPAA_1,
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
    "vpc-flow-log-aggregation-interval",
    "aws:ec2/flowLog:FlowLog",
    hipaa=HIPAA_1,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set max_aggregation_interval=60.",
)
def vpc_flow_log_aggregation_interval(flow_log: Resource) -> Iterable[Clause]:
    """Flow logs use the short aggregation window."""
    window = flow_log["maxAggregationInterval"]
    yield (window.at_least(60) & window.at_most(60)).otherwise(
        "gathers traffic for ten minutes before it is logged"
    )


@stack_rule(
    "vpc-flow-log-destination-protected",
    "aws:ec2/flowLog:FlowLog",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:s3/bucket:Bucket",
    hipaa=("164.312(a)(2)(iv)", "164.312(b)", "164.312(e)(2)(ii)", "164.316(b)(2)(i)"),
    soc2=("C1.1", "CC2.1", "CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Send flow logs to a log group with kms_key_id and retention_in_days of at least 2192, or to an encrypted bucket.",
)
def vpc_flow_log_destination_protected(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Flow log destination is encrypted and retained."""
    for flow_log in stack.of(FLOW_LOG):
        groups = stack.referents(flow_log, LOG_GROUP, "logDestination")
        buckets = stack.referents(flow_log, BUCKET, "logDestination")
        for group in groups:
            kept = group["retentionInDays"]
            long_enough = kept.at_least(SIX_YEARS_DAYS) | kept.equals(0, 0.0)
            yield flow_log, group["kmsKeyId"].is_set.otherwise(f"{group.name} has no key of ours")
            yield flow_log, long_enough.otherwise(f"{group.name} keeps logs {kept.shown} days")
        for bucket in buckets:
            encrypted = stack.referrers(bucket, BUCKET_ENCRYPTION, "bucket").exists
            yield flow_log, encrypted.otherwise(f"{bucket.name} has no encryption of its own")
        found = groups.exists | buckets.exists
        if found.value is not True:
            destination = flow_log["logDestination"]
            elsewhere = destination.is_set & unknown(destination.path)
            yield flow_log, elsewhere.otherwise("states no destination")


@stack_rule(
    "vpc-default-security-group-closed",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Add an aws.ec2.DefaultSecurityGroup with vpc_id of this VPC, without ingress and egress.",
    sources=(
        "cdk_nag:HIPAA.Security-VPCDefaultSecurityGroupClosed",
        "config:VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "prowler:ec2_securitygroup_default_restrict_traffic",
        "checkov:CKV2_AWS_12",
    ),
)
def vpc_default_security_group_closed(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Default security group of each VPC has no rules."""
    for vpc in stack.of(VPC):
        managed = stack.referrers(vpc, DEFAULT_GROUP, "vpcId")
        yield (
            vpc,
            managed.exists.otherwise("the default security group is as AWS made it: open inside"),
        )
    apart = [
        one
        for one in stack.of(SECURITY_GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
        if not stack.referents(one, SECURITY_GROUP, "securityGroupId").sure
    ]
    for group in stack.of(DEFAULT_GROUP):
        for side in ("ingress", "egress"):
            yield group, group[side].is_empty.otherwise(f"has {side} rules")
        opened = some(stack.refers(one, group, "securityGroupId") for one in apart)
        yield group, (~opened).otherwise("rules of their own open it")


@rule(
    "vpc-no-default-vpc",
    "aws:ec2/defaultVpc:DefaultVpc",
    "aws:ec2/defaultSubnet:DefaultSubnet",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy="Place resources in the stack's own VPC; adopt a default one only with force_destroy=True, to remove it.",
    sources=("checkov:CKV_AWS_148",),
)
def vpc_no_default_vpc(network: Resource) -> Iterable[Clause]:
    """Default VPC and default subnets are not used."""
    # adopted with force_destroy it is on its way out: that is how a program removes what AWS made
    yield network["forceDestroy"].is_true.otherwise(
        "adopts what AWS made: public subnets and an open group"
    )


@stack_rule(
    "vpc-endpoints-for-private-access",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    hipaa=HIPAA_2,
    soc2=("CC6.6",),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add aws.ec2.VpcEndpoint resources for the services named, interface endpoints with private_dns_enabled=True.",
    sources=("prowler:vpc_endpoint_for_ec2_enabled", "prowler:vpc_endpoint_multi_az_enabled"),
)
def vpc_endpoints_for_private_access(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Private VPCs reach AWS APIs through endpoints."""
    if not any(stack.of(CLUSTER, "aws:rds/cluster:Cluster", "aws:rds/instance:Instance")):
        return
    for vpc in stack.of(VPC):
        endpoints = list(stack.of(ENDPOINT))
        for service in REQUIRED_ENDPOINTS:
            suffix = rf"\.{service.replace('.', '[.]')}$"
            here = some(
                stack.refers(one, vpc, "vpcId") & one["serviceName"].matches(suffix)
                for one in endpoints
            )
            yield vpc, here.otherwise(f"has no endpoint for {service}")
    for endpoint in stack.of(ENDPOINT):
        interface = endpoint["vpcEndpointType"].equals("Interface")
        yield (
            endpoint,
            (~interface | endpoint["privateDnsEnabled"].is_true).otherwise(
                "clients resolve the service's public addresses"
            ),
        )


@rule(
    "vpc-endpoint-policy-scoped",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set a policy that allows our own accounts only, by aws:PrincipalAccount or aws:PrincipalOrgID.",
    sources=("prowler:vpc_endpoint_connections_trust_boundaries",),
)
def vpc_endpoint_policy_scoped(endpoint: Resource) -> Iterable[Clause]:
    """VPC endpoint policies are not open."""
    policy = endpoint["policy"]
    yield policy.is_set.otherwise("has the default policy: everybody, everything")
    for statement in statements(policy):
        open_to_all = (
            statement.allows
            & statement.any_principal
            & statement.all_actions
            & statement.any_resource
            & ~statement.bound_to(OWN_CALLERS)
        )
        yield (~open_to_all).otherwise(f"{statement.place} allows everybody everything")
