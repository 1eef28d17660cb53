"""The network layer: VPC, record of its flows, and the ways in and out of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.flow_logs import FlowLogs, FlowLogsArgs
from phoenix_infra.aws.iam_role import Role, RoleArgs, service_trust
from phoenix_infra.aws.network_acl import NetworkAcl, NetworkAclArgs
from phoenix_infra.aws.vpc import Vpc, VpcArgs
from phoenix_infra.aws.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs
from phoenix_infra.layers.hospitals import Hospitals, build_hospitals
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network_acls import tier_acls
from phoenix_infra.naming import role_path
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.subnets import SubnetTier, subnet_cidrs, summary

SubnetIds = Mapping[str, pulumi.Output[str]]


@dataclass(frozen=True, kw_only=True)
class Network:
    """What other layers need of the network; ranges and zones are literals."""

    vpc_id: pulumi.Output[str]
    vpc_cidr: str
    subnet_cidrs: Mapping[SubnetTier, Mapping[str, str]]
    public_subnet_ids: SubnetIds
    private_subnet_ids: SubnetIds
    data_subnet_ids: SubnetIds
    endpoint_subnet_ids: SubnetIds
    control_plane_subnet_ids: SubnetIds
    transit_subnet_ids: SubnetIds
    private_route_table_ids: SubnetIds
    endpoint_security_group_id: pulumi.Output[str]
    s3_prefix_list_id: pulumi.Output[str]
    hospitals: Hospitals

    def cidrs(self, tier: SubnetTier) -> list[str]:
        """The ranges of one tier, one per zone."""
        return list(self.subnet_cidrs[tier].values())


def build_network(context: RegionalContext, keys: Keys) -> Network:
    """Declares the VPC and everything attached to it."""
    settings = context.settings.network
    tags = context.tags.for_service("network")
    plan = subnet_cidrs(settings.cidr, settings.availability_zones)
    vpc = Vpc(
        "main",
        VpcArgs(
            cidr=settings.cidr,
            subnet_cidrs=plan,
            nat=settings.nat,
            tags=tags,
        ),
        context.regional(),
    )
    _flow_logs(context, keys, vpc, tags)
    for tier, acl in tier_acls(settings.cidr, plan).items():
        NetworkAcl(
            f"main-{tier}",
            NetworkAclArgs(
                vpc_id=vpc.vpc_id,
                subnet_ids=vpc.subnet_ids[tier],
                ingress=acl.ingress,
                egress=acl.egress,
                tags=tags,
            ),
            context.regional(),
        )
    endpoints = VpcEndpoints(
        "endpoints",
        VpcEndpointsArgs(
            vpc_id=vpc.vpc_id,
            region=context.region,
            account_id=context.settings.identity.account_id,
            subnet_ids=list(vpc.subnet_ids[SubnetTier.ENDPOINT].values()),
            route_table_ids={
                **vpc.private_route_table_ids,
                "isolated": vpc.isolated_route_table_id,
            },
            caller_cidrs=summary(list(plan[SubnetTier.PRIVATE].values())),
            image_bucket_arns=[
                # docs.aws.amazon.com/AmazonECR, "minimum S3 bucket permissions"; AL2023 packages.
                f"arn:aws:s3:::prod-{context.region}-starport-layer-bucket/*",
                f"arn:aws:s3:::al2023-repos-{context.region}-de612dc2/*",
            ],
            tags=tags,
        ),
        context.regional(),
    )
    hospitals = build_hospitals(context, keys, vpc)
    return Network(
        vpc_id=vpc.vpc_id,
        vpc_cidr=settings.cidr,
        subnet_cidrs=plan,
        public_subnet_ids=vpc.subnet_ids[SubnetTier.PUBLIC],
        private_subnet_ids=vpc.subnet_ids[SubnetTier.PRIVATE],
        data_subnet_ids=vpc.subnet_ids[SubnetTier.DATA],
        endpoint_subnet_ids=vpc.subnet_ids[SubnetTier.ENDPOINT],
        control_plane_subnet_ids=vpc.subnet_ids[SubnetTier.CONTROL_PLANE],
        transit_subnet_ids=vpc.subnet_ids[SubnetTier.TRANSIT],
        private_route_table_ids=vpc.private_route_table_ids,
        endpoint_security_group_id=endpoints.security_group_id,
        s3_prefix_list_id=endpoints.s3_prefix_list_id,
        hospitals=hospitals,
    )


def _flow_logs(context: RegionalContext, keys: Keys, vpc: Vpc, tags: Mapping[str, str]) -> None:
    account_id = context.settings.identity.account_id
    group = f"/{context.naming.prefix}/vpc/flow-logs"
    role = Role(
        "flow-logs",
        RoleArgs(
            description="Delivers VPC flow logs to their log group",
            path=role_path("service"),
            trust_policy=service_trust("vpc-flow-logs.amazonaws.com", account_id),
            boundary_arn=context.boundary_arn,
            statements=[
                {
                    "Sid": "Deliver",
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    "Resource": f"arn:aws:logs:{context.region}:{account_id}:log-group:{group}:*",
                }
            ],
            tags=tags,
        ),
        context.regional(),
    )
    FlowLogs(
        "flow-logs",
        FlowLogsArgs(
            vpc_id=vpc.vpc_id,
            log_group_name=group,
            retention_days=context.settings.network.flow_log_retention_days,
            kms_key_arn=keys.logs_arn,
            delivery_role_arn=role.arn,
            tags=tags,
        ),
        context.regional(),
    )
