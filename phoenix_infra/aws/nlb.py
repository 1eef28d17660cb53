"""The internal network load balancer that hospitals reach through their tunnels (G-025)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, lb, vpc

HTTPS_PORT = 443
HEALTH_PATH = "/health"
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-3-2021-06"


@dataclass(frozen=True, kw_only=True)
class HospitalEntryArgs:
    """A region's private entry."""

    balancer_name: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    node_security_group_id: pulumi.Input[str]
    gateway_port: int
    certificate_arn: pulumi.Input[str]
    hospital_cidrs: Mapping[str, str]
    """Hospital to its effective range."""
    access_log_bucket: pulumi.Input[str]
    access_log_prefix: str
    tags: Mapping[str, str]


class HospitalEntry(pulumi.ComponentResource):
    """TLS in, TLS to the mesh gateway; only connected hospitals get in."""

    arn_suffix: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    target_group_arn_suffix: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: HospitalEntryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:HospitalEntry", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        security_group = _security_group(name, args, child)
        balancer = lb.LoadBalancer(
            name,
            name=args.balancer_name,
            load_balancer_type="network",
            internal=True,
            subnets=args.subnet_ids,
            security_groups=[security_group.id],
            enable_deletion_protection=True,
            enable_cross_zone_load_balancing=True,
            enable_zonal_shift=True,
            access_logs=lb.LoadBalancerAccessLogsArgs(
                bucket=args.access_log_bucket, prefix=args.access_log_prefix, enabled=True
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        targets = lb.TargetGroup(
            f"{name}-gateway",
            name=f"{args.balancer_name}-gw",
            vpc_id=args.vpc_id,
            target_type="ip",
            protocol="TLS",
            port=args.gateway_port,
            deregistration_delay=30,
            preserve_client_ip="true",
            health_check=lb.TargetGroupHealthCheckArgs(
                enabled=True,
                protocol="HTTPS",
                port="traffic-port",
                path=HEALTH_PATH,
                interval=10,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            tags=args.tags,
            opts=child,
        )
        lb.Listener(
            f"{name}-tls",
            load_balancer_arn=balancer.arn,
            protocol="TLS",
            port=HTTPS_PORT,
            ssl_policy=TLS_POLICY,
            certificate_arn=args.certificate_arn,
            default_actions=[
                lb.ListenerDefaultActionArgs(type="forward", target_group_arn=targets.arn)
            ],
            tags=args.tags,
            opts=child,
        )
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.target_group_arn = targets.arn
        self.target_group_arn_suffix = targets.arn_suffix
        self.security_group_id = security_group.id
        self.register_outputs({"target_group_arn": self.target_group_arn})


def _security_group(
    name: str, args: HospitalEntryArgs, child: pulumi.ResourceOptions
) -> ec2.SecurityGroup:
    hospitals = ec2.ManagedPrefixList(
        f"{name}-hospitals",
        name=f"{args.balancer_name}-hospitals",
        address_family="IPv4",
        # A rule over a prefix list counts as this many: the account's quota must allow it.
        max_entries=max(len(args.hospital_cidrs), 1),
        entries=[
            ec2.ManagedPrefixListEntryArgs(cidr=cidr, description=hospital)
            for hospital, cidr in sorted(args.hospital_cidrs.items())
        ],
        tags=args.tags,
        opts=child,
    )
    group = ec2.SecurityGroup(
        f"{name}-security-group",
        vpc_id=args.vpc_id,
        description="HTTPS from connected hospitals to the mesh gateway",
        tags=args.tags,
        opts=child,
    )
    vpc.SecurityGroupIngressRule(
        f"{name}-from-hospitals",
        security_group_id=group.id,
        prefix_list_id=hospitals.id,
        ip_protocol="tcp",
        from_port=HTTPS_PORT,
        to_port=HTTPS_PORT,
        description="HTTPS from connected hospitals",
        tags=args.tags,
        opts=child,
    )
    for role, owner, peer in (
        ("to-gateway", group.id, args.node_security_group_id),
        ("gateway-from-balancer", args.node_security_group_id, group.id),
    ):
        rule = vpc.SecurityGroupEgressRule if role == "to-gateway" else vpc.SecurityGroupIngressRule
        rule(
            f"{name}-{role}",
            security_group_id=owner,
            referenced_security_group_id=peer,
            ip_protocol="tcp",
            from_port=args.gateway_port,
            to_port=args.gateway_port,
            description="TLS between the load balancer of the hospitals and the mesh gateway",
            tags=args.tags,
            opts=child,
        )
    return group
