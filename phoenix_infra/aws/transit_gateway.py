"""The transit gateway of a region: hospitals reach our VPC and never each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2transitgateway


@dataclass(frozen=True, kw_only=True)
class TransitGatewayArgs:
    """Our side of every hospital's connection."""

    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    subnet_ids: Sequence[pulumi.Input[str]]
    asn: int
    tags: Mapping[str, str]


class TransitGateway(pulumi.ComponentResource):
    """Two route tables: hospitals know only our VPC, our VPC knows every hospital."""

    transit_gateway_id: pulumi.Output[str]
    attachment_id: pulumi.Output[str]
    hospital_route_table_id: pulumi.Output[str]
    vpc_route_table_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: TransitGatewayArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:TransitGateway", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        gateway = ec2transitgateway.TransitGateway(
            name,
            description="Hospitals' EHR connectivity",
            amazon_side_asn=args.asn,
            auto_accept_shared_attachments="disable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            dns_support="enable",
            vpn_ecmp_support="disable",
            tags={**args.tags, "Name": name},
            opts=child,
        )
        attachment = ec2transitgateway.VpcAttachment(
            name,
            transit_gateway_id=gateway.id,
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            dns_support="enable",
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
            tags={**args.tags, "Name": name},
            opts=child,
        )
        hospitals, ours = (
            ec2transitgateway.RouteTable(
                f"{name}-{role}",
                transit_gateway_id=gateway.id,
                tags={**args.tags, "Name": f"{name}-{role}"},
                opts=child,
            )
            for role in ("hospitals", "vpc")
        )
        ec2transitgateway.RouteTableAssociation(
            f"{name}-vpc",
            transit_gateway_attachment_id=attachment.id,
            transit_gateway_route_table_id=ours.id,
            opts=child,
        )
        ec2transitgateway.Route(
            f"{name}-to-vpc",
            destination_cidr_block=args.vpc_cidr,
            transit_gateway_attachment_id=attachment.id,
            transit_gateway_route_table_id=hospitals.id,
            opts=child,
        )
        self.transit_gateway_id = gateway.id
        self.attachment_id = attachment.id
        self.hospital_route_table_id = hospitals.id
        self.vpc_route_table_id = ours.id
        self.register_outputs({"transit_gateway_id": self.transit_gateway_id})
