"""Who may talk to the nodes and their pods, and what these may reach: every rule names its caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

API_PORT = 443
FIRST_UNPRIVILEGED_PORT = 1025
LAST_PORT = 65535
ANYWHERE = "0.0.0.0/0"
INTERNET_PORTS = {
    443: "HTTPS through NAT, from the egress gateway",
    6514: "syslog over TLS to the SIEM",
}
"""A8: nothing else leaves; NetworkPolicies narrow the senders to the egress gateway."""
DATA_PORTS = {
    5432: "PostgreSQL",
    6379: "Redis",
    9098: "Kafka with IAM",
    2049: "NFS for models on EFS",
}


@dataclass(frozen=True, kw_only=True)
class NodeSecurityArgs:
    """The nodes' surroundings."""

    vpc_id: pulumi.Input[str]
    cluster_name: str
    cluster_security_group_id: pulumi.Input[str]
    data_cidrs: Sequence[str]
    tags: Mapping[str, str]


class NodeSecurity(pulumi.ComponentResource):
    """The nodes' security group; load balancers add their own way in beside their own group."""

    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: NodeSecurityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:NodeSecurity", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = ec2.SecurityGroup(
            name,
            description="Nodes and pods of the EKS cluster",
            vpc_id=args.vpc_id,
            revoke_rules_on_delete=True,
            tags={**args.tags, "Name": name, f"kubernetes.io/cluster/{args.cluster_name}": "owned"},
            opts=child,
        )
        control_plane = args.cluster_security_group_id
        for role, first, last, what in (
            ("webhooks-https", API_PORT, API_PORT, "webhooks on 443"),
            (
                "webhooks",
                FIRST_UNPRIVILEGED_PORT,
                LAST_PORT,
                "kubelets, webhooks and API services on the ports their charts choose",
            ),
        ):
            vpc.SecurityGroupIngressRule(
                f"{name}-from-control-plane-{role}",
                security_group_id=group.id,
                referenced_security_group_id=control_plane,
                ip_protocol="tcp",
                from_port=first,
                to_port=last,
                description=f"From the control plane: {what}",
                tags=args.tags,
                opts=child,
            )
        vpc.SecurityGroupIngressRule(
            f"{name}-from-nodes",
            security_group_id=group.id,
            referenced_security_group_id=group.id,
            ip_protocol="-1",
            description="From nodes and pods: narrowed by NetworkPolicy and the mesh",
            tags=args.tags,
            opts=child,
        )
        vpc.SecurityGroupIngressRule(
            f"{name}-to-control-plane",
            security_group_id=control_plane,
            referenced_security_group_id=group.id,
            ip_protocol="tcp",
            from_port=API_PORT,
            to_port=API_PORT,
            description="From nodes and pods: the Kubernetes API",
            tags=args.tags,
            opts=child,
        )
        _egress(name, args, group, child)
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})


def _egress(
    name: str, args: NodeSecurityArgs, group: ec2.SecurityGroup, child: pulumi.ResourceOptions
) -> None:
    vpc.SecurityGroupEgressRule(
        f"{name}-out-nodes",
        security_group_id=group.id,
        referenced_security_group_id=group.id,
        ip_protocol="-1",
        description="From nodes and pods to each other",
        tags=args.tags,
        opts=child,
    )
    vpc.SecurityGroupEgressRule(
        f"{name}-out-control-plane",
        security_group_id=group.id,
        referenced_security_group_id=args.cluster_security_group_id,
        ip_protocol="tcp",
        from_port=API_PORT,
        to_port=API_PORT,
        description="From nodes and pods to the Kubernetes API",
        tags=args.tags,
        opts=child,
    )
    for port, what in INTERNET_PORTS.items():
        vpc.SecurityGroupEgressRule(
            f"{name}-out-{port}",
            security_group_id=group.id,
            cidr_ipv4=ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=f"From nodes: {what}",
            tags=args.tags,
            opts=child,
        )
    for port, what in DATA_PORTS.items():
        for cidr in args.data_cidrs:
            vpc.SecurityGroupEgressRule(
                f"{name}-out-{port}-{cidr}",
                security_group_id=group.id,
                cidr_ipv4=cidr,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"From pods to the data subnets: {what}",
                tags=args.tags,
                opts=child,
            )
