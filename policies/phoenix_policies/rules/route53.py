"""Zones, records and health checks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import is_private, network
from phoenix_policies.predicates.regions import everywhere, may_be_the_peers, same
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth, unknown
from phoenix_policies.values import Value

HIPAA_1: Final = (
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(B)",
    "164.308(a)(7)(ii)(C)",
    "164.310(a)(2)(i)",
    "164.312(a)(2)(ii)",
)

RECORD: Final = "aws:route53/record:Record"
HEALTH_CHECK: Final = "aws:route53/healthCheck:HealthCheck"
ZONE: Final = "aws:route53/zone:Zone"
RESOLVER_LOG: Final = (
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
)
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
_ENDPOINT: Final = re.compile(r"(?:amazonaws\.com|cloudfront\.net)\.?$")


def _failover(record: Resource, role: str) -> Truth:
    return some(policy["type"].equals(role) for policy in record["failoverRoutingPolicies"].each())


def _apart(first: Value, second: Value) -> Truth:
    """Known to be of two zones; a zone that is not known yet says nothing against the pair."""
    return truth(bool(first.text and second.text) and first.text != second.text)


@rule(
    "route53-failover-has-health-check",
    "aws:route53/record:Record",
    "aws:route53/healthCheck:HealthCheck",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Set health_check_id, or evaluate_target_health on the alias.",
)
def failover_has_health_check(one: Resource) -> Iterable[Clause]:
    """Failover records are health checked."""
    if one.type != RECORD:
        return
    checked = one["healthCheckId"].is_set | some(
        a["evaluateTargetHealth"].is_true for a in one["aliases"].each()
    )
    yield (~_failover(one, "PRIMARY") | checked).otherwise(
        "never fails over: nothing checks its health"
    )


@stack_rule(
    "route53-failover-pair",
    "aws:route53/record:Record",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Add a SECONDARY record with another set identifier that leads to the other region.",
)
def failover_pair(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Each primary record has a secondary."""
    records = everywhere(stack, RECORD)
    for primary in stack.of(RECORD):
        paired = some(
            _failover(other, "SECONDARY")
            & same(other["name"], primary["name"])
            & same(other["type"], primary["type"])
            & ~_apart(other["zoneId"], primary["zoneId"])
            & ~same(other["setIdentifier"], primary["setIdentifier"])
            for other in records
            if other is not primary
        )
        if may_be_the_peers(stack):
            paired = paired | unknown("peer stack")
        yield (
            primary,
            (~_failover(primary, "PRIMARY") | paired).otherwise("is a PRIMARY without a SECONDARY"),
        )


@stack_rule(
    "route53-health-check-quality",
    "aws:route53/healthCheck:HealthCheck",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    remedy="Check HTTPS every 10 or 30 seconds with at most three failures, or a CloudWatch alarm that keeps its last status.",
)
def health_check_quality(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Health checks detect failure fast and safely."""
    for one in stack.of(HEALTH_CHECK):
        for clause in _quality(one):
            yield one, clause
        watched = some(
            stack.refers(one, alarm, "cloudwatchAlarmName") for alarm in everywhere(stack, ALARM)
        )
        if may_be_the_peers(stack):
            watched = watched | unknown("peer stack")
        switch = one["type"].equals("CLOUDWATCH_METRIC")
        yield one, (~switch | watched).otherwise("follows an alarm that nothing declares")


def _quality(one: Resource) -> Iterable[Clause]:
    kind = one["type"]
    switch = kind.equals("CLOUDWATCH_METRIC")
    known = kind.equals(
        "HTTPS", "HTTPS_STR_MATCH", "CALCULATED", "RECOVERY_CONTROL", "CLOUDWATCH_METRIC"
    )
    yield known.otherwise(f"is of type {kind.shown}")
    yield (~one["disabled"].is_true).otherwise("is disabled")
    yield (~one["invertHealthcheck"].is_true).otherwise("is inverted")
    kept = one["insufficientDataHealthStatus"].equals("LastKnownStatus")
    yield (~switch | kept).otherwise("changes its mind when its metric is missing")
    probing = kind.equals("HTTPS", "HTTPS_STR_MATCH")
    failures, interval = one["failureThreshold"], one["requestInterval"]
    yield (~probing | failures.is_empty | failures.at_most(3)).otherwise("needs too many failures")
    yield (~probing | interval.equals(10, 30, "10", "30")).otherwise("asks too rarely")
    yield (~probing | ~one["enableSni"].is_false).otherwise("sends no server name")
    asked = one["regions"].each()
    regions = (
        truth(len(asked) == 0 or len(asked) >= 3)
        if not one["regions"].is_unknown
        else one["regions"].is_set
    )
    yield regions.otherwise("asks from too few regions")


@stack_rule(
    "route53-health-check-alarm",
    "aws:route53/healthCheck:HealthCheck",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    hipaa=(
        "164.308(a)(6)(i)",
        "164.308(a)(6)(ii)",
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(b)",
    ),
    soc2=("A1.2", "CC5.2", "CC7.2", "CC7.3", "CC7.4", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a MetricAlarm in us-east-1 with the HealthCheckId and actions.",
)
def health_check_alarm(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Health check changes page someone."""
    for check in stack.of(HEALTH_CHECK):
        paged = some(
            stack.refers(alarm, check, "dimensions")
            & alarm["alarmActions"].is_set
            # the metrics of Route 53 are in this region alone
            & truth(alarm.region in ("", "us-east-1"))
            for alarm in stack.of(ALARM)
        )
        yield check, paged.otherwise("nobody is told when it changes")


@stack_rule(
    "route53-dnssec",
    "aws:route53/zone:Zone",
    "aws:route53/keySigningKey:KeySigningKey",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
    hipaa=(
        "164.312(a)(2)(iv)",
        "164.312(c)(1)",
        "164.312(c)(2)",
        "164.312(e)(1)",
        "164.312(e)(2)(i)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("CC6.1", "CC6.7", "CC7.2"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a KeySigningKey and a HostedZoneDnsSec.",
    sources=("checkov:CKV2_AWS_38",),
)
def dnssec(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Public zones are signed."""
    for zone in stack.of(ZONE):
        private = zone["vpcs"].is_set
        signed = some(
            stack.refers(key, zone, "hostedZoneId") & key["status"].equals(None, "ACTIVE")
            for key in stack.of("aws:route53/keySigningKey:KeySigningKey")
        ) & some(
            stack.refers(one, zone, "hostedZoneId") & one["signingStatus"].equals(None, "SIGNING")
            for one in stack.of("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec")
        )
        yield zone, (private | signed).otherwise("is not signed")


@stack_rule(
    "route53-query-logging",
    "aws:route53/zone:Zone",
    "aws:route53/queryLog:QueryLog",
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)"),
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a QueryLog for the zone and a resolver query log association for the VPC.",
    sources=(
        "prowler:route53_public_hosted_zones_cloudwatch_logging_enabled",
        "checkov:CKV2_AWS_39",
    ),
)
def query_logging(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """DNS queries are logged."""
    for zone in stack.of(ZONE):
        logged = stack.referrers(zone, "aws:route53/queryLog:QueryLog", "zoneId").exists
        yield zone, (zone["vpcs"].is_set | logged).otherwise("its queries are not logged")
    for vpc in stack.of("aws:ec2/vpc:Vpc"):
        resolved = stack.referrers(vpc, RESOLVER_LOG, "resourceId").exists
        yield vpc, resolved.otherwise("the queries of its resolver are not logged")


@rule(
    "route53-zone-not-force-destroyed",
    "aws:route53/zone:Zone",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.HIGH,
    remedy="Remove force_destroy.",
)
def zone_not_force_destroyed(zone: Resource) -> Iterable[Clause]:
    """Zones are not force destroyed."""
    yield (~zone["forceDestroy"].is_true).otherwise("is destroyed with its records")


@stack_rule(
    "route53-no-dangling-records",
    "aws:route53/record:Record",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Point the record at a resource of the stack by its output.",
    sources=("prowler:route53_dangling_ip_subdomain_takeover", "checkov:CKV2_AWS_23"),
)
def no_dangling_records(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Records point at resources of the stack."""
    for record in stack.of(RECORD):
        for target in (*record["records"].each(), *(a["name"] for a in record["aliases"].each())):
            if target.is_unknown or record.property_dependencies.get(
                "records" if "records" in target.path else "aliases"
            ):
                continue
            loose = target.satisfies(_takeable) & record["type"].equals("A", "AAAA", "CNAME")
            held = some(
                truth(bool(target.text) and target.text.rstrip(".") in _addresses(one))
                for one in stack.resources
            )
            yield (
                record,
                (~loose | held).otherwise(
                    f"points at {target.shown}, which this stack does not own"
                ),
            )


def _takeable(target: object) -> bool:
    """A name of AWS, or a public address: somebody else can be given it."""
    if not isinstance(target, str):
        return False
    address = network(target)
    return bool(_ENDPOINT.search(target)) or (address is not None and not is_private(target))


def _addresses(one: Resource) -> tuple[str, ...]:
    return tuple(
        one.outputs[key].text
        for key in ("dnsName", "domainName", "publicIp", "endpoint", "address")
    )
