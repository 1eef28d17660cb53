"""Zones and certificates of the edge: the primary owns both zones, each region its certificates."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.acm import DnsCertificate, DnsCertificateArgs
from phoenix_infra.aws.route53 import (
    PrivateZone,
    PrivateZoneArgs,
    PublicZone,
    PublicZoneArgs,
    ZoneMembership,
    ZoneMembershipArgs,
)
from phoenix_infra.layers.edge_region import edge_logs_key
from phoenix_infra.layers.hosts import EdgeHosts
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext


@dataclass(frozen=True, kw_only=True)
class Zones:
    """Hosted zones by id."""

    public_id: pulumi.Output[str]
    private_id: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """Issued certificates by use."""

    origin: pulumi.Output[str]
    hospitals: pulumi.Output[str]
    delivery: pulumi.Output[str] | None
    """On the primary, in us-east-1."""


def build_zones(
    context: RegionalContext,
    keys: Keys,
    network: Network,
    hosts: EdgeHosts,
    primary: PrimaryOutputs | None,
) -> Zones:
    """Declares the zones on the primary; the recovery VPC joins the private one."""
    if primary is not None:
        private_id = pulumi.Output.from_input(primary.private_zone_id)
        ZoneMembership(
            "hospital-zone-membership",
            ZoneMembershipArgs(
                zone_id=private_id, vpc_id=network.vpc_id, vpc_region=context.region
            ),
            context.regional(),
        )
        return Zones(
            public_id=pulumi.Output.from_input(primary.public_zone_id), private_id=private_id
        )
    tags = context.tags.for_service("edge")
    private = PrivateZone(
        "hospital-zone",
        PrivateZoneArgs(
            domain=hosts.hospital_zone,
            vpc_id=network.vpc_id,
            vpc_region=context.region,
            tags=tags,
        ),
        context.regional(),
    )
    return Zones(public_id=_public_zone_id(context, keys), private_id=private.zone_id)


def _public_zone_id(context: RegionalContext, keys: Keys) -> pulumi.Output[str]:
    given = context.settings.edge.hosted_zone_id
    if given is not None:
        return pulumi.Output.from_input(given)
    return PublicZone(
        "public-zone",
        PublicZoneArgs(
            domain=context.settings.identity.domain,
            account_id=context.settings.identity.account_id,
            logs_key_arn=edge_logs_key(context, keys),
            tags=context.tags.for_service("edge"),
        ),
        # Query logs and signing keys of Route 53 live in us-east-1.
        context.edge(),
    ).zone_id


def build_certificates(context: RegionalContext, zones: Zones, hosts: EdgeHosts) -> Certificates:
    """The validation records of a name are the same for every certificate of the account."""
    tags = context.tags.for_service("edge")
    regional = {
        role: DnsCertificate(
            f"{role}-certificate",
            DnsCertificateArgs(
                host=host,
                zone_id=zones.public_id,
                declare_records=context.is_primary,
                tags=tags,
            ),
            context.regional(),
        ).arn
        for role, host in (("origin", hosts.origin), ("hospitals", hosts.hospitals))
    }
    delivery: pulumi.Output[str] | None = None
    if context.is_primary:
        first, *others = hosts.public
        delivery = DnsCertificate(
            "delivery-certificate",
            DnsCertificateArgs(
                host=first,
                other_hosts=others,
                zone_id=zones.public_id,
                declare_records=True,
                tags=tags,
            ),
            context.edge(),
        ).arn
    return Certificates(
        origin=regional["origin"], hospitals=regional["hospitals"], delivery=delivery
    )
