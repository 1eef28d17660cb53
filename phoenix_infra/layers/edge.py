"""The edge layer: zones, certificates, web ACLs, content delivery and the region's load balancers (A7.3)."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.alb import PublicEntry, PublicEntryArgs
from phoenix_infra.aws.cloudfront import ORIGIN_HEADER, ContentDelivery, ContentDeliveryArgs
from phoenix_infra.aws.nlb import HospitalEntry, HospitalEntryArgs
from phoenix_infra.aws.route53_failover import (
    ActiveRegionSwitch,
    ActiveRegionSwitchArgs,
    DeliveryRecords,
    DeliveryRecordsArgs,
    FailoverRecord,
    FailoverRecordArgs,
)
from phoenix_infra.aws.secret import Password, PasswordArgs
from phoenix_infra.aws.shield import ShieldProtection, ShieldProtectionArgs
from phoenix_infra.layers.alerts import Alerts
from phoenix_infra.layers.bucket_plans import LOAD_BALANCER_PREFIX
from phoenix_infra.layers.cluster import Cluster
from phoenix_infra.layers.data import Data
from phoenix_infra.layers.dns import Certificates, Zones, build_certificates, build_zones
from phoenix_infra.layers.edge_region import edge_logs_key
from phoenix_infra.layers.hosts import EdgeHosts
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.layers.storage import Storage
from phoenix_infra.layers.web_acls import WebAcls, build_web_acls
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext
from phoenix_infra.workloads.ports import GATEWAY_HTTPS

ORIGIN_SECRET_LENGTH = 48


@dataclass(frozen=True, kw_only=True)
class Edge:
    """What binds to the edge: the mesh gateway joins both target groups."""

    hosts: EdgeHosts
    public_zone_id: pulumi.Output[str]
    private_zone_id: pulumi.Output[str]
    origin_secret: pulumi.Output[str]
    target_group_arn: pulumi.Output[str]
    hospital_target_group_arn: pulumi.Output[str]
    balancer_security_group_id: pulumi.Output[str]
    hospital_balancer_security_group_id: pulumi.Output[str]
    regional_web_acl_arn: pulumi.Output[str]
    blocked_set_arn: pulumi.Output[str]
    """IP set of the regional web ACL that the threat services write."""
    balancer_suffix: pulumi.Output[str]
    target_group_suffix: pulumi.Output[str]
    hospital_balancer_suffix: pulumi.Output[str]
    hospital_target_group_suffix: pulumi.Output[str]
    certificate_arns: dict[str, pulumi.Output[str]]
    """Role to certificate of this region."""
    health_check_id: pulumi.Output[str] | None
    distribution_id: pulumi.Output[str] | None


def build_edge(
    context: RegionalContext,
    keys: Keys,
    network: Network,
    *,
    cluster: Cluster,
    data: Data,
    alerts: Alerts,
    primary: PrimaryOutputs | None = None,
) -> Edge:
    """Both regions have an entry of their own; the primary also owns what is in front of both."""
    hosts = EdgeHosts.of(context.settings)
    zones = build_zones(context, keys, network, hosts, primary)
    certificates = build_certificates(context, zones, hosts)
    acls = build_web_acls(context, keys)
    secret = (
        Password(
            "origin-secret", PasswordArgs(length=ORIGIN_SECRET_LENGTH), context.regional()
        ).value
        if primary is None
        else pulumi.Output.secret(primary.origin_secret)
    )
    public = _public_entry(
        context, network, cluster, data.storage, certificates=certificates, acls=acls, secret=secret
    )
    private = _hospital_entry(context, network, cluster, data.storage, certificates)
    health_check = _switch(context, alerts)
    for name, zone_id, host, entry in (
        ("origin-record", zones.public_id, hosts.origin, public),
        ("hospital-record", zones.private_id, hosts.hospitals, private),
    ):
        _failover_record(context, name, zone_id, host, entry=entry, health_check_id=health_check)
    delivery = _delivery(
        context, keys, zones, hosts, certificates=certificates, acls=acls, secret=secret
    )
    _shield(context, public, delivery)
    return Edge(
        hosts=hosts,
        public_zone_id=zones.public_id,
        private_zone_id=zones.private_id,
        origin_secret=secret,
        target_group_arn=public.target_group_arn,
        hospital_target_group_arn=private.target_group_arn,
        balancer_security_group_id=public.security_group_id,
        hospital_balancer_security_group_id=private.security_group_id,
        regional_web_acl_arn=acls.regional.arn,
        blocked_set_arn=acls.regional.blocked_set_arn,
        balancer_suffix=public.arn_suffix,
        target_group_suffix=public.target_group_arn_suffix,
        hospital_balancer_suffix=private.arn_suffix,
        hospital_target_group_suffix=private.target_group_arn_suffix,
        certificate_arns={"origin": certificates.origin, "hospitals": certificates.hospitals},
        health_check_id=health_check,
        distribution_id=delivery.distribution_id if delivery is not None else None,
    )


def _public_entry(
    context: RegionalContext,
    network: Network,
    cluster: Cluster,
    storage: Storage,
    *,
    certificates: Certificates,
    acls: WebAcls,
    secret: pulumi.Output[str],
) -> PublicEntry:
    settings = context.settings
    return PublicEntry(
        "public-entry",
        PublicEntryArgs(
            balancer_name=f"{context.naming.prefix}-pub",
            region=settings.identity.region,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.public_subnet_ids.values()),
            node_security_group_id=cluster.node_security_group_id,
            gateway_port=GATEWAY_HTTPS.number,
            certificate_arn=certificates.origin,
            minimum_tls_version=settings.edge.minimum_tls_version("alb"),
            origin_header=ORIGIN_HEADER,
            origin_secret=secret,
            web_acl_arn=acls.regional.arn,
            access_log_bucket=_access_log_bucket(storage),
            access_log_prefix=f"{LOAD_BALANCER_PREFIX}/public",
            tags=context.tags.for_service("edge"),
        ),
        context.regional(),
    )


def _hospital_entry(
    context: RegionalContext,
    network: Network,
    cluster: Cluster,
    storage: Storage,
    certificates: Certificates,
) -> HospitalEntry:
    return HospitalEntry(
        "hospital-entry",
        HospitalEntryArgs(
            balancer_name=f"{context.naming.prefix}-hosp",
            vpc_id=network.vpc_id,
            subnet_ids=list(network.private_subnet_ids.values()),
            node_security_group_id=cluster.node_security_group_id,
            gateway_port=GATEWAY_HTTPS.number,
            certificate_arn=certificates.hospitals,
            hospital_cidrs={
                hospital.name: hospital.effective_cidr
                for hospital in context.settings.hospitals.connections
            },
            access_log_bucket=_access_log_bucket(storage),
            access_log_prefix=f"{LOAD_BALANCER_PREFIX}/hospitals",
            tags=context.tags.for_service("edge"),
        ),
        context.regional(),
    )


def _access_log_bucket(storage: Storage) -> pulumi.Input[str]:
    """The bucket once it accepts logs where this stack owns it, its literal name elsewhere."""
    return storage.written.get("access-logs", pulumi.Output.from_input(storage.access_logs.name))


def _switch(context: RegionalContext, alerts: Alerts) -> pulumi.Output[str] | None:
    if alerts.peer_topic_arn is None:
        return None
    return ActiveRegionSwitch(
        "active-region",
        ActiveRegionSwitchArgs(
            alarm_name=f"{context.naming.prefix}-active-region",
            recovery_region=context.peer_region,
            alarm_topic_arn=alerts.peer_topic_arn,
            tags=context.tags.for_service("edge"),
        ),
        context.peer(),
    ).health_check_id


def _failover_record(
    context: RegionalContext,
    name: str,
    zone_id: pulumi.Output[str],
    host: str,
    *,
    entry: PublicEntry | HospitalEntry,
    health_check_id: pulumi.Output[str] | None,
) -> None:
    FailoverRecord(
        name,
        FailoverRecordArgs(
            zone_id=zone_id,
            host=host,
            role="PRIMARY" if context.is_primary else "SECONDARY",
            region=context.region,
            target_host=entry.dns_name,
            target_zone_id=entry.zone_id,
            health_check_id=health_check_id,
        ),
        context.regional(),
    )


def _delivery(
    context: RegionalContext,
    keys: Keys,
    zones: Zones,
    hosts: EdgeHosts,
    *,
    certificates: Certificates,
    acls: WebAcls,
    secret: pulumi.Output[str],
) -> ContentDelivery | None:
    if certificates.delivery is None or acls.delivery is None:
        return None
    edge = context.settings.edge
    delivery = ContentDelivery(
        "content-delivery",
        ContentDeliveryArgs(
            distribution_name=context.naming.prefix,
            account_id=context.settings.identity.account_id,
            hosts=hosts.public,
            origin_host=hosts.origin,
            origin_secret=secret,
            certificate_arn=certificates.delivery,
            minimum_tls_version=edge.minimum_tls_version("cloudfront"),
            price_class=edge.price_class,
            web_acl_arn=acls.delivery.arn,
            logs_key_arn=edge_logs_key(context, keys),
            tags=context.tags.for_service("edge"),
        ),
        context.edge(),
    )
    DeliveryRecords(
        "delivery-records",
        DeliveryRecordsArgs(
            zone_id=zones.public_id,
            hosts=hosts.public,
            distribution_host=delivery.domain_name,
        ),
        context.regional(),
    )
    return delivery


def _shield(
    context: RegionalContext, public: PublicEntry, delivery: ContentDelivery | None
) -> None:
    if context.settings.edge.shield.level != "advanced":
        return
    protected = {"public-entry": public.arn}
    if delivery is not None:
        protected["content-delivery"] = delivery.distribution_arn
    ShieldProtection(
        "shield",
        ShieldProtectionArgs(
            subscribes=context.is_primary,
            protected_arns=protected,
            tags=context.tags.for_service("edge"),
        ),
        context.regional(),
    )
