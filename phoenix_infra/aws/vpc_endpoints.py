"""Private ways to AWS: a gateway endpoint for S3 and interface endpoints for what the cluster calls."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

HTTPS = 443
INTERFACE_SERVICES = (
    "autoscaling",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticfilesystem",
    "elasticloadbalancing",
    "events",
    "kms",
    "logs",
    "monitoring",
    "rds",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "wafv2",
)
"""By caller: nodes (ec2, ecr, eks, sts), pods (eks-auth, kms, secretsmanager, sqs, sns, wafv2, rds), controllers
(autoscaling, elasticloadbalancing), CSI drivers (ec2, elasticfilesystem), operators (ssm and its two message services),
telemetry (logs, monitoring, events)."""


@dataclass(frozen=True, kw_only=True)
class VpcEndpointsArgs:
    """Where the endpoints stand and who may use them."""

    vpc_id: pulumi.Input[str]
    region: str
    account_id: str
    subnet_ids: Sequence[pulumi.Input[str]]
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Tables that learn the way to S3."""
    caller_cidrs: Sequence[str]
    """Subnets whose hosts call AWS: nodes, runners and data."""
    image_bucket_arns: Sequence[str]
    """Buckets of AWS that hold container layers and packages; they belong to no account of ours."""
    tags: Mapping[str, str]


class VpcEndpoints(pulumi.ComponentResource):
    """Traffic to AWS stays inside, and an endpoint serves no other account's resources or credentials."""

    security_group_id: pulumi.Output[str]
    s3_endpoint_id: pulumi.Output[str]
    s3_prefix_list_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:VpcEndpoints", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = ec2.SecurityGroup(
            name,
            description="Interface endpoints of AWS services",
            vpc_id=args.vpc_id,
            revoke_rules_on_delete=True,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        for cidr in args.caller_cidrs:
            vpc.SecurityGroupIngressRule(
                f"{name}-from-{cidr}",
                security_group_id=group.id,
                cidr_ipv4=cidr,
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                description="From nodes, pods and runners in the private subnets: AWS APIs",
                tags=args.tags,
                opts=child,
            )
        s3 = ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.region}.s3",
            vpc_endpoint_type="Gateway",
            policy=s3_endpoint_policy(args.account_id, args.image_bucket_arns),
            tags={**args.tags, "Name": f"{name}-s3"},
            opts=child,
        )
        for table, table_id in args.route_table_ids.items():
            ec2.VpcEndpointRouteTableAssociation(
                f"{name}-s3-{table}", vpc_endpoint_id=s3.id, route_table_id=table_id, opts=child
            )
        for service in INTERFACE_SERVICES:
            ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=list(args.subnet_ids),
                security_group_ids=[group.id],
                policy=interface_endpoint_policy(args.account_id),
                tags={**args.tags, "Name": f"{name}-{service}"},
                opts=child,
            )
        self.security_group_id = group.id
        self.s3_endpoint_id = s3.id
        self.s3_prefix_list_id = s3.prefix_list_id
        self.register_outputs({"security_group_id": self.security_group_id})


def interface_endpoint_policy(account_id: str) -> str:
    """Callers of this account only: nobody carries data out with credentials of an account of their own."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "PrincipalsOfThisAccount",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:PrincipalAccount": account_id}},
                }
            ],
        }
    )


def s3_endpoint_policy(account_id: str, image_bucket_arns: Sequence[str]) -> str:
    """Our callers to our buckets, and reading of the buckets in which AWS keeps image layers."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "OurPrincipalsOurBuckets",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {
                        "StringEquals": {
                            "aws:PrincipalAccount": account_id,
                            "aws:ResourceAccount": account_id,
                        }
                    },
                },
                {
                    # Layers are fetched with presigned URLs of ECR, hence without a principal of ours.
                    "Sid": "ImageLayersAndPackages",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:GetObject"],
                    "Resource": list(image_bucket_arns),
                },
            ],
        }
    )
