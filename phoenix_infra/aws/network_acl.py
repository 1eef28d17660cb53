"""Network ACLs: a stateless second fence, one per tier, with the return way of every way in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

FIRST_RULE = 100
RULE_STEP = 10
MAXIMUM_ENTRIES = 20
"""AWS's quota per direction."""
ALL_PROTOCOLS = "-1"
ICMP = "1"
DESTINATION_UNREACHABLE = 3
FRAGMENTATION_NEEDED = 4


@dataclass(frozen=True, kw_only=True)
class AclEntry:
    """One allowed flow in one direction; what no entry allows is denied."""

    cidr: str
    protocol: str = "6"
    first_port: int = 0
    last_port: int = 0
    icmp_type: int | None = None
    icmp_code: int | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkAclArgs:
    """The fence of one tier."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Mapping[str, pulumi.Input[str]]
    """Zone to subnet."""
    ingress: Sequence[AclEntry]
    egress: Sequence[AclEntry]
    tags: Mapping[str, str]


class NetworkAcl(pulumi.ComponentResource):
    """One ACL, its entries and the subnets behind it."""

    network_acl_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: NetworkAclArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:NetworkAcl", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        acl = ec2.NetworkAcl(name, vpc_id=args.vpc_id, tags={**args.tags, "Name": name}, opts=child)
        for egress, entries in ((False, args.ingress), (True, args.egress)):
            if len(entries) > MAXIMUM_ENTRIES:
                raise ValueError(f"network ACL {name}: {len(entries)} entries, AWS allows 20")
            for index, entry in enumerate(entries):
                number = FIRST_RULE + index * RULE_STEP
                ec2.NetworkAclRule(
                    f"{name}-{'out' if egress else 'in'}-{number}",
                    network_acl_id=acl.id,
                    egress=egress,
                    rule_number=number,
                    rule_action="allow",
                    protocol=entry.protocol,
                    cidr_block=entry.cidr,
                    from_port=None if entry.protocol in {ALL_PROTOCOLS, ICMP} else entry.first_port,
                    to_port=None if entry.protocol in {ALL_PROTOCOLS, ICMP} else entry.last_port,
                    icmp_type=entry.icmp_type,
                    icmp_code=entry.icmp_code,
                    opts=child,
                )
        for zone, subnet_id in args.subnet_ids.items():
            ec2.NetworkAclAssociation(
                f"{name}-{zone}", network_acl_id=acl.id, subnet_id=subnet_id, opts=child
            )
        self.network_acl_id = acl.id
        self.register_outputs({"network_acl_id": self.network_acl_id})


def tcp(cidr: str, first_port: int, last_port: int | None = None) -> AclEntry:
    """A range of TCP ports."""
    return AclEntry(cidr=cidr, first_port=first_port, last_port=last_port or first_port)


def everything(cidr: str) -> AclEntry:
    """Every protocol; for ranges of ours, behind which security groups decide."""
    return AclEntry(cidr=cidr, protocol=ALL_PROTOCOLS)


def path_mtu(cidr: str) -> AclEntry:
    """ICMP "fragmentation needed": without it large packets vanish on links with a smaller MTU."""
    return AclEntry(
        cidr=cidr,
        protocol=ICMP,
        icmp_type=DESTINATION_UNREACHABLE,
        icmp_code=FRAGMENTATION_NEEDED,
    )
