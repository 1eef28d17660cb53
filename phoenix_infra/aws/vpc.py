"""A VPC over three zones: public, private and isolated subnets, a NAT gateway per zone, nothing open by default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import ec2

from phoenix_infra.settings.subnets import SubnetTier

ISOLATED_TIERS = (
    SubnetTier.DATA,
    SubnetTier.ENDPOINT,
    SubnetTier.CONTROL_PLANE,
    SubnetTier.TRANSIT,
)
ANYWHERE = "0.0.0.0/0"
_KUBERNETES_ROLE = {
    SubnetTier.PUBLIC: {"kubernetes.io/role/elb": "1"},
    SubnetTier.PRIVATE: {"kubernetes.io/role/internal-elb": "1"},
}


@dataclass(frozen=True, kw_only=True)
class VpcArgs:
    """Address plan of one region."""

    cidr: str
    subnet_cidrs: Mapping[SubnetTier, Mapping[str, str]]
    """Tier, zone and range (settings.subnets.subnet_cidrs)."""
    nat: Literal["per-zone", "single"]
    tags: Mapping[str, str]


class Vpc(pulumi.ComponentResource):
    """The network of a region; routes beyond it (endpoints, hospitals) are added by their own components."""

    vpc_id: pulumi.Output[str]
    subnet_ids: Mapping[SubnetTier, Mapping[str, pulumi.Output[str]]]
    private_route_table_ids: Mapping[str, pulumi.Output[str]]
    isolated_route_table_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Vpc", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        vpc = ec2.Vpc(
            name,
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        # Without a rule of its own the default group is closed, whoever lands in it.
        ec2.DefaultSecurityGroup(
            f"{name}-default",
            vpc_id=vpc.id,
            ingress=[],
            egress=[],
            tags={**args.tags, "Name": f"{name}-default-closed"},
            opts=child,
        )
        ec2.DefaultRouteTable(
            f"{name}-default",
            default_route_table_id=vpc.default_route_table_id,
            routes=[],
            tags={**args.tags, "Name": f"{name}-default-empty"},
            opts=child,
        )
        subnets = _subnets(name, args, vpc, child)
        _public_routes(name, args, vpc, subnets[SubnetTier.PUBLIC], child)
        private_tables = _private_routes(name, args, vpc, subnets, child)
        isolated_table = ec2.RouteTable(
            f"{name}-isolated",
            vpc_id=vpc.id,
            tags={**args.tags, "Name": f"{name}-isolated"},
            opts=child,
        )
        for tier in ISOLATED_TIERS:
            for zone, subnet in subnets[tier].items():
                _associate(f"{name}-{tier}-{zone}", subnet, isolated_table, child)

        self.vpc_id = vpc.id
        self.subnet_ids = {
            tier: {zone: subnet.id for zone, subnet in by_zone.items()}
            for tier, by_zone in subnets.items()
        }
        self.private_route_table_ids = {zone: t.id for zone, t in private_tables.items()}
        self.isolated_route_table_id = isolated_table.id
        self.register_outputs({"vpc_id": self.vpc_id})


def _subnets(
    name: str, args: VpcArgs, vpc: ec2.Vpc, child: pulumi.ResourceOptions
) -> dict[SubnetTier, dict[str, ec2.Subnet]]:
    return {
        tier: {
            zone: ec2.Subnet(
                f"{name}-{tier}-{zone}",
                vpc_id=vpc.id,
                availability_zone=zone,
                cidr_block=cidr,
                map_public_ip_on_launch=False,
                private_dns_hostname_type_on_launch="ip-name",
                tags={
                    **args.tags,
                    **_KUBERNETES_ROLE.get(tier, {}),
                    "Name": f"{name}-{tier}-{zone}",
                    "tier": tier.value,
                },
                opts=child,
            )
            for zone, cidr in by_zone.items()
        }
        for tier, by_zone in args.subnet_cidrs.items()
    }


def _public_routes(
    name: str,
    args: VpcArgs,
    vpc: ec2.Vpc,
    subnets: Mapping[str, ec2.Subnet],
    child: pulumi.ResourceOptions,
) -> None:
    gateway = ec2.InternetGateway(name, vpc_id=vpc.id, tags={**args.tags, "Name": name}, opts=child)
    table = ec2.RouteTable(
        f"{name}-public",
        vpc_id=vpc.id,
        tags={**args.tags, "Name": f"{name}-public", "tier": SubnetTier.PUBLIC.value},
        opts=child,
    )
    ec2.Route(
        f"{name}-public-internet",
        route_table_id=table.id,
        destination_cidr_block=ANYWHERE,
        gateway_id=gateway.id,
        opts=child,
    )
    for zone, subnet in subnets.items():
        _associate(f"{name}-public-{zone}", subnet, table, child)


def _private_routes(
    name: str,
    args: VpcArgs,
    vpc: ec2.Vpc,
    subnets: Mapping[SubnetTier, Mapping[str, ec2.Subnet]],
    child: pulumi.ResourceOptions,
) -> dict[str, ec2.RouteTable]:
    """One table per zone, so that a zone's outage takes only its own way out with it (X-88)."""
    public = subnets[SubnetTier.PUBLIC]
    nat_zones = list(public) if args.nat == "per-zone" else list(public)[:1]
    gateways: dict[str, ec2.NatGateway] = {}
    for zone in nat_zones:
        address = ec2.Eip(
            f"{name}-nat-{zone}",
            domain="vpc",
            tags={**args.tags, "Name": f"{name}-nat-{zone}"},
            opts=child,
        )
        gateways[zone] = ec2.NatGateway(
            f"{name}-{zone}",
            subnet_id=public[zone].id,
            allocation_id=address.allocation_id,
            connectivity_type="public",
            tags={**args.tags, "Name": f"{name}-{zone}"},
            opts=child,
        )
    tables: dict[str, ec2.RouteTable] = {}
    for zone, subnet in subnets[SubnetTier.PRIVATE].items():
        tables[zone] = ec2.RouteTable(
            f"{name}-private-{zone}",
            vpc_id=vpc.id,
            tags={**args.tags, "Name": f"{name}-private-{zone}"},
            opts=child,
        )
        ec2.Route(
            f"{name}-private-{zone}-out",
            route_table_id=tables[zone].id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=gateways.get(zone, gateways[nat_zones[0]]).id,
            opts=child,
        )
        _associate(f"{name}-private-{zone}", subnet, tables[zone], child)
    return tables


def _associate(
    name: str, subnet: ec2.Subnet, table: ec2.RouteTable, child: pulumi.ResourceOptions
) -> None:
    ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=child)
