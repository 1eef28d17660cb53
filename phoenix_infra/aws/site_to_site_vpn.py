"""One hospital's site-to-site VPN: two tunnels, IKEv2 with strong proposals only, every negotiation logged (G-017)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, ec2, ec2transitgateway

from phoenix_infra.naming import PRODUCT

ENCRYPTION = ["AES256-GCM-16"]
INTEGRITY = ["SHA2-384", "SHA2-512"]
DH_GROUPS = [19, 20, 21]
"""NIST P-256, P-384 and P-521; the hospital's gateway must offer one of them."""
PHASE1_LIFETIME_SECONDS = 28800
PHASE2_LIFETIME_SECONDS = 3600
DEAD_PEER_TIMEOUT_SECONDS = 30
TUNNEL_ALARM_PERIOD_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class HospitalVpnArgs:
    """One hospital and the gateway it connects to."""

    hospital: str
    customer_gateway_ip: str
    bgp_asn: int
    effective_cidr: str
    """The range our side routes to: the translated one where the hospital has one (A7.13)."""
    vpc_cidr: str
    transit_gateway_id: pulumi.Input[str]
    transit_gateway_attachment_id: pulumi.Input[str]
    """Our VPC's attachment: routes through the gateway work only behind it."""
    hospital_route_table_id: pulumi.Input[str]
    vpc_route_table_id: pulumi.Input[str]
    private_route_table_ids: Mapping[str, pulumi.Input[str]]
    log_group_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class HospitalVpn(pulumi.ComponentResource):
    """Static routes on purpose: a hospital cannot announce a range that is not its own."""

    vpn_connection_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: HospitalVpnArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:HospitalVpn", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags = {**args.tags, "Name": name, "Hospital": args.hospital}
        gateway = ec2.CustomerGateway(
            name,
            type="ipsec.1",
            bgp_asn=str(args.bgp_asn),
            ip_address=args.customer_gateway_ip,
            device_name=args.hospital,
            tags=tags,
            opts=child,
        )
        connection = ec2.VpnConnection(
            name,
            type="ipsec.1",
            customer_gateway_id=gateway.id,
            transit_gateway_id=args.transit_gateway_id,
            static_routes_only=True,
            # Each side may send only what belongs to it, whatever the hospital's router does.
            local_ipv4_network_cidr=args.effective_cidr,
            remote_ipv4_network_cidr=args.vpc_cidr,
            preshared_key_storage="SecretsManager",
            tags=tags,
            opts=child,
            **_tunnel_options(args.log_group_arn),
        )
        ec2transitgateway.RouteTableAssociation(
            name,
            transit_gateway_attachment_id=connection.transit_gateway_attachment_id,
            transit_gateway_route_table_id=args.hospital_route_table_id,
            opts=child,
        )
        ec2transitgateway.Route(
            name,
            destination_cidr_block=args.effective_cidr,
            transit_gateway_attachment_id=connection.transit_gateway_attachment_id,
            transit_gateway_route_table_id=args.vpc_route_table_id,
            opts=child,
        )
        for zone, table_id in args.private_route_table_ids.items():
            ec2.Route(
                f"{name}-{zone}",
                route_table_id=table_id,
                destination_cidr_block=args.effective_cidr,
                # The route is refused until the VPC hangs on the gateway, so it waits for the attachment.
                transit_gateway_id=pulumi.Output.all(
                    args.transit_gateway_id, args.transit_gateway_attachment_id
                ).apply(_first),
                opts=child,
            )
        self.vpn_connection_id = connection.id
        self.register_outputs({"vpn_connection_id": self.vpn_connection_id})


def _first(values: Sequence[str]) -> str:
    return values[0]


def _tunnel_options(log_group_arn: pulumi.Input[str]) -> dict[str, Any]:
    """Both tunnels alike: what an argument per tunnel would repeat."""
    logs = {
        1: ec2.VpnConnectionTunnel1LogOptionsArgs(
            cloudwatch_log_options=ec2.VpnConnectionTunnel1LogOptionsCloudwatchLogOptionsArgs(
                log_enabled=True, log_group_arn=log_group_arn, log_output_format="json"
            )
        ),
        2: ec2.VpnConnectionTunnel2LogOptionsArgs(
            cloudwatch_log_options=ec2.VpnConnectionTunnel2LogOptionsCloudwatchLogOptionsArgs(
                log_enabled=True, log_group_arn=log_group_arn, log_output_format="json"
            )
        ),
    }
    options: dict[str, Any] = {}
    for tunnel, log in logs.items():
        prefix = f"tunnel{tunnel}_"
        options |= {
            f"{prefix}ike_versions": ["ikev2"],
            f"{prefix}phase1_encryption_algorithms": ENCRYPTION,
            f"{prefix}phase2_encryption_algorithms": ENCRYPTION,
            f"{prefix}phase1_integrity_algorithms": INTEGRITY,
            f"{prefix}phase2_integrity_algorithms": INTEGRITY,
            f"{prefix}phase1_dh_group_numbers": DH_GROUPS,
            f"{prefix}phase2_dh_group_numbers": DH_GROUPS,
            f"{prefix}phase1_lifetime_seconds": PHASE1_LIFETIME_SECONDS,
            f"{prefix}phase2_lifetime_seconds": PHASE2_LIFETIME_SECONDS,
            f"{prefix}dpd_timeout_seconds": DEAD_PEER_TIMEOUT_SECONDS,
            f"{prefix}dpd_timeout_action": "restart",
            f"{prefix}startup_action": "start",
            f"{prefix}enable_tunnel_lifecycle_control": True,
            f"{prefix}log_options": log,
        }
    return options


@dataclass(frozen=True, kw_only=True)
class TunnelAlarmsArgs:
    """Whom to call when a hospital's connection fails."""

    hospital: str
    vpn_connection_id: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class TunnelAlarms(pulumi.ComponentResource):
    """One tunnel down is a warning that redundancy is gone; both down is an outage for the hospital."""

    def __init__(
        self, name: str, args: TunnelAlarmsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:TunnelAlarms", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # TunnelState of a connection is 0 (both down), 0.5 (one down) or 1 (AWS/VPN metrics).
        for role, threshold, minutes, what in (
            ("redundancy", 1.0, 15, "one tunnel is down, redundancy is lost"),
            ("down", 0.5, 3, "both tunnels are down"),
        ):
            cloudwatch.MetricAlarm(
                f"{name}-{role}",
                # The pager's route matches alarms by this prefix.
                name=f"{PRODUCT}-{name}-{role}",
                actions_enabled=True,
                alarm_description=f"VPN of hospital {args.hospital}: {what}",
                namespace="AWS/VPN",
                metric_name="TunnelState",
                dimensions={"VpnId": args.vpn_connection_id},
                statistic="Maximum",
                period=TUNNEL_ALARM_PERIOD_SECONDS,
                evaluation_periods=minutes,
                comparison_operator="LessThanThreshold",
                threshold=threshold,
                treat_missing_data="breaching",
                alarm_actions=[args.topic_arn],
                ok_actions=[args.topic_arn],
                tags=args.tags,
                opts=child,
            )
        self.register_outputs({})
