"""The regional application load balancer that admits CloudFront only (X-54, A7.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, lb, vpc, wafv2

from phoenix_infra.settings.section import Region

HTTPS_PORT = 443
HEALTH_PATH = "/health"
IDLE_TIMEOUT_SECONDS = 75
ORIGIN_FACING_PREFIX_LIST: Mapping[Region, str] = {
    "us-east-1": "pl-3b927c52",
    "us-west-2": "pl-82a045eb",
}
"""com.amazonaws.global.cloudfront.origin-facing of each region; the graph makes no look-up."""
TLS_POLICY: Mapping[str, str] = {
    "TLSv1.3": "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "TLSv1.2": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
}
"""Minimum version to the named policy; a load balancer takes no list of its own (A7.14)."""


@dataclass(frozen=True, kw_only=True)
class PublicEntryArgs:
    """A region's entry for requests that come through the content delivery network."""

    balancer_name: str
    region: Region
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    node_security_group_id: pulumi.Input[str]
    gateway_port: int
    certificate_arn: pulumi.Input[str]
    minimum_tls_version: str
    origin_header: str
    origin_secret: pulumi.Input[str]
    web_acl_arn: pulumi.Input[str]
    access_log_bucket: pulumi.Input[str]
    access_log_prefix: str
    tags: Mapping[str, str]


class PublicEntry(pulumi.ComponentResource):
    """Load balancer, listener and the target group that the mesh gateway's pods join."""

    arn: pulumi.Output[str]
    arn_suffix: pulumi.Output[str]
    dns_name: pulumi.Output[str]
    zone_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    target_group_arn_suffix: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PublicEntryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:PublicEntry", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        security_group = _security_group(name, args, child)
        balancer = lb.LoadBalancer(
            name,
            name=args.balancer_name,
            load_balancer_type="application",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[security_group.id],
            enable_deletion_protection=True,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_cross_zone_load_balancing=True,
            enable_zonal_shift=True,
            enable_waf_fail_open=False,
            preserve_host_header=True,
            idle_timeout=IDLE_TIMEOUT_SECONDS,
            access_logs=lb.LoadBalancerAccessLogsArgs(
                bucket=args.access_log_bucket, prefix=args.access_log_prefix, enabled=True
            ),
            connection_logs=lb.LoadBalancerConnectionLogsArgs(
                bucket=args.access_log_bucket, prefix=args.access_log_prefix, enabled=True
            ),
            # Said on purpose: everything else in the account is internal.
            tags={**args.tags, "Exposure": "public"},
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        targets = _target_group(name, args, child)
        _listener(name, args, balancer, targets, child)
        wafv2.WebAclAssociation(
            f"{name}-web-acl",
            resource_arn=balancer.arn,
            web_acl_arn=args.web_acl_arn,
            opts=child,
        )
        self.arn = balancer.arn
        self.arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.target_group_arn = targets.arn
        self.target_group_arn_suffix = targets.arn_suffix
        self.security_group_id = security_group.id
        self.register_outputs({"arn": self.arn, "target_group_arn": self.target_group_arn})


def _security_group(
    name: str, args: PublicEntryArgs, child: pulumi.ResourceOptions
) -> ec2.SecurityGroup:
    group = ec2.SecurityGroup(
        f"{name}-security-group",
        vpc_id=args.vpc_id,
        description="HTTPS from the origin-facing addresses of CloudFront to the mesh gateway",
        tags=args.tags,
        opts=child,
    )
    vpc.SecurityGroupIngressRule(
        f"{name}-from-cloudfront",
        security_group_id=group.id,
        prefix_list_id=ORIGIN_FACING_PREFIX_LIST[args.region],
        ip_protocol="tcp",
        from_port=HTTPS_PORT,
        to_port=HTTPS_PORT,
        description="HTTPS from CloudFront",
        tags=args.tags,
        opts=child,
    )
    vpc.SecurityGroupEgressRule(
        f"{name}-to-gateway",
        security_group_id=group.id,
        referenced_security_group_id=args.node_security_group_id,
        ip_protocol="tcp",
        from_port=args.gateway_port,
        to_port=args.gateway_port,
        description="TLS to the pods of the mesh gateway",
        tags=args.tags,
        opts=child,
    )
    vpc.SecurityGroupIngressRule(
        f"{name}-gateway-from-balancer",
        security_group_id=args.node_security_group_id,
        referenced_security_group_id=group.id,
        ip_protocol="tcp",
        from_port=args.gateway_port,
        to_port=args.gateway_port,
        description="TLS from the public load balancer",
        tags=args.tags,
        opts=child,
    )
    return group


def _target_group(
    name: str, args: PublicEntryArgs, child: pulumi.ResourceOptions
) -> lb.TargetGroup:
    return lb.TargetGroup(
        f"{name}-gateway",
        name=f"{args.balancer_name}-gw",
        vpc_id=args.vpc_id,
        target_type="ip",
        protocol="HTTPS",
        protocol_version="HTTP1",
        port=args.gateway_port,
        deregistration_delay=30,
        load_balancing_algorithm_type="least_outstanding_requests",
        health_check=lb.TargetGroupHealthCheckArgs(
            enabled=True,
            protocol="HTTPS",
            port="traffic-port",
            path=HEALTH_PATH,
            matcher="200",
            interval=10,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        tags=args.tags,
        opts=child,
    )


def _listener(
    name: str,
    args: PublicEntryArgs,
    balancer: lb.LoadBalancer,
    targets: lb.TargetGroup,
    child: pulumi.ResourceOptions,
) -> None:
    listener = lb.Listener(
        f"{name}-https",
        load_balancer_arn=balancer.arn,
        protocol="HTTPS",
        port=HTTPS_PORT,
        ssl_policy=TLS_POLICY[args.minimum_tls_version],
        certificate_arn=args.certificate_arn,
        # Another customer's distribution also comes from CloudFront's addresses: without our header, nothing.
        default_actions=[
            lb.ListenerDefaultActionArgs(
                type="fixed-response",
                fixed_response=lb.ListenerDefaultActionFixedResponseArgs(
                    content_type="text/plain", message_body="forbidden", status_code="403"
                ),
            )
        ],
        tags=args.tags,
        opts=child,
    )
    lb.ListenerRule(
        f"{name}-from-own-distribution",
        listener_arn=listener.arn,
        priority=1,
        conditions=[
            lb.ListenerRuleConditionArgs(
                http_header=lb.ListenerRuleConditionHttpHeaderArgs(
                    http_header_name=args.origin_header,
                    values=[pulumi.Output.secret(args.origin_secret)],
                )
            )
        ],
        actions=[lb.ListenerRuleActionArgs(type="forward", target_group_arn=targets.arn)],
        tags=args.tags,
        opts=child,
    )
