"""Hospital connectivity: a transit gateway and one two-tunnel VPN for each hospital of the settings (G-017)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from phoenix_infra.aws.site_to_site_vpn import (
    HospitalVpn,
    HospitalVpnArgs,
    TunnelAlarms,
    TunnelAlarmsArgs,
)
from phoenix_infra.aws.transit_gateway import TransitGateway, TransitGatewayArgs
from phoenix_infra.aws.vpc import Vpc
from phoenix_infra.layers.keys import Keys
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.subnets import SubnetTier


@dataclass(frozen=True, kw_only=True)
class Hospitals:
    """The connections, by hospital."""

    transit_gateway_id: pulumi.Output[str]
    vpn_connection_ids: Mapping[str, pulumi.Output[str]]


def build_hospitals(context: RegionalContext, keys: Keys, vpc: Vpc) -> Hospitals:
    """Declares the gateway and every hospital's tunnels; each hospital costs the same few resources."""
    settings = context.settings
    tags = context.tags.for_service("hospital-connectivity")
    gateway = TransitGateway(
        "hospitals",
        TransitGatewayArgs(
            vpc_id=vpc.vpc_id,
            vpc_cidr=settings.network.cidr,
            subnet_ids=list(vpc.subnet_ids[SubnetTier.TRANSIT].values()),
            asn=settings.network.transit_gateway_asn,
            tags=tags,
        ),
        context.regional(),
    )
    log_group = cloudwatch.LogGroup(
        "hospital-tunnels",
        name=f"/{context.naming.prefix}/vpn/tunnels",
        retention_in_days=settings.network.flow_log_retention_days,
        kms_key_id=keys.logs_arn,
        deletion_protection_enabled=True,
        tags={**tags, "Record": "audit"},
        opts=pulumi.ResourceOptions(provider=context.cloud, protect=True, retain_on_delete=True),
    )
    connections = {
        hospital.name: HospitalVpn(
            f"hospital-{hospital.name}",
            HospitalVpnArgs(
                hospital=hospital.name,
                customer_gateway_ip=hospital.customer_gateway_ip,
                bgp_asn=hospital.bgp_asn,
                effective_cidr=hospital.effective_cidr,
                vpc_cidr=settings.network.cidr,
                transit_gateway_id=gateway.transit_gateway_id,
                transit_gateway_attachment_id=gateway.attachment_id,
                hospital_route_table_id=gateway.hospital_route_table_id,
                vpc_route_table_id=gateway.vpc_route_table_id,
                private_route_table_ids=vpc.private_route_table_ids,
                log_group_arn=log_group.arn,
                tags=tags,
            ),
            context.regional(),
        )
        for hospital in settings.hospitals.connections
    }
    return Hospitals(
        transit_gateway_id=gateway.transit_gateway_id,
        vpn_connection_ids={name: vpn.vpn_connection_id for name, vpn in connections.items()},
    )


def build_tunnel_alarms(
    context: RegionalContext, hospitals: Hospitals, topic_arn: pulumi.Input[str]
) -> None:
    """Declares the alarms of every connection; called where the alert topic exists."""
    for hospital, connection_id in hospitals.vpn_connection_ids.items():
        TunnelAlarms(
            f"hospital-{hospital}-tunnels",
            TunnelAlarmsArgs(
                hospital=hospital,
                vpn_connection_id=connection_id,
                topic_arn=topic_arn,
                tags=context.tags.for_service("hospital-connectivity"),
            ),
            context.regional(),
        )
