"""Hosted zones: the public one signed and logged, the private one for hospitals (X-76)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, kms, route53

LOG_RETENTION_DAYS = 2557


@dataclass(frozen=True, kw_only=True)
class PublicZoneArgs:
    """The domain of a product."""

    domain: str
    account_id: str
    logs_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class PublicZone(pulumi.ComponentResource):
    """A signed public zone whose queries are logged; lives in us-east-1 by AWS's choice."""

    zone_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PublicZoneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:PublicZone", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        zone = route53.Zone(
            name,
            name=args.domain,
            comment="Phoenix Guardian",
            force_destroy=False,
            # Changes to the zone stay possible while us-east-1 is impaired.
            enable_accelerated_recovery=True,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        log_group = cloudwatch.LogGroup(
            f"{name}-query-log",
            name=f"/aws/route53/{args.domain}",
            retention_in_days=LOG_RETENTION_DAYS,
            kms_key_id=args.logs_key_arn,
            skip_destroy=True,
            tags=args.tags,
            opts=child,
        )
        policy = cloudwatch.LogResourcePolicy(
            f"{name}-query-log-policy",
            policy_name=f"route53-{args.domain.replace('.', '-')}",
            policy_document=log_group.arn.apply(
                lambda arn: _query_log_policy(arn, args.account_id)
            ),
            opts=child,
        )
        route53.QueryLog(
            f"{name}-query-logging",
            zone_id=zone.zone_id,
            cloudwatch_log_group_arn=log_group.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        _sign(name, zone, args, child)
        self.zone_id = zone.zone_id
        self.register_outputs({"zone_id": self.zone_id})


def _query_log_policy(log_group_arn: str, account_id: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "Route53QueryLogs",
                    "Effect": "Allow",
                    "Principal": {"Service": "route53.amazonaws.com"},
                    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                    "Resource": f"{log_group_arn}:*",
                    "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                }
            ],
        }
    )


def _sign(
    name: str, zone: route53.Zone, args: PublicZoneArgs, child: pulumi.ResourceOptions
) -> None:
    """DNSSEC; the DS record still has to be handed to the registrar by a person."""
    key = kms.Key(
        f"{name}-signing-key",
        description=f"DNSSEC key of {args.domain}",
        customer_master_key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        deletion_window_in_days=30,
        policy=_signing_key_policy(args.account_id),
        tags=args.tags,
        opts=pulumi.ResourceOptions(parent=child.parent, protect=True, retain_on_delete=True),
    )
    signing = route53.KeySigningKey(
        f"{name}-key-signing-key",
        name="phoenix",
        hosted_zone_id=zone.zone_id,
        key_management_service_arn=key.arn,
        status="ACTIVE",
        opts=child,
    )
    route53.HostedZoneDnsSec(
        f"{name}-dnssec",
        hosted_zone_id=signing.hosted_zone_id,
        signing_status="SIGNING",
        opts=child,
    )


def _signing_key_policy(account_id: str) -> str:
    own = {"StringEquals": {"aws:SourceAccount": account_id}}
    service = {"Service": "dnssec-route53.amazonaws.com"}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AccountAdministers",
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "Route53Signs",
                    "Effect": "Allow",
                    "Principal": service,
                    "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"],
                    "Resource": "*",
                    "Condition": own,
                },
                {
                    "Sid": "Route53Grants",
                    "Effect": "Allow",
                    "Principal": service,
                    "Action": "kms:CreateGrant",
                    "Resource": "*",
                    "Condition": {**own, "Bool": {"kms:GrantIsForAWSResource": "true"}},
                },
            ],
        }
    )


@dataclass(frozen=True, kw_only=True)
class PrivateZoneArgs:
    """Names that hospitals resolve through their tunnels."""

    domain: str
    vpc_id: pulumi.Input[str]
    vpc_region: str
    tags: Mapping[str, str]


class PrivateZone(pulumi.ComponentResource):
    """A private zone; the other region's VPC joins by an association of its own."""

    zone_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: PrivateZoneArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:PrivateZone", name, None, opts)
        zone = route53.Zone(
            name,
            name=args.domain,
            comment="Private names for hospitals",
            force_destroy=False,
            vpcs=[route53.ZoneVpcArgs(vpc_id=args.vpc_id, vpc_region=args.vpc_region)],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True, ignore_changes=["vpcs"]),
        )
        self.zone_id = zone.zone_id
        self.register_outputs({"zone_id": self.zone_id})


@dataclass(frozen=True, kw_only=True)
class ZoneMembershipArgs:
    """A VPC that resolves a zone of another stack."""

    zone_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    vpc_region: str


class ZoneMembership(pulumi.ComponentResource):
    """Joins the recovery region's VPC to the hospitals' zone."""

    def __init__(
        self, name: str, args: ZoneMembershipArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ZoneMembership", name, None, opts)
        route53.ZoneAssociation(
            name,
            zone_id=args.zone_id,
            vpc_id=args.vpc_id,
            vpc_region=args.vpc_region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
