"""The way in: one origin name that only our distribution can use, moved by a metric and nothing else."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from phoenix_infra.preview import Graph

RECORD = "aws:route53/record:Record"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
LISTENER = "aws:lb/listener:Listener"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
SECRET_MARK = "4dabf18193072939515e22adb298388d"


class Reading(Protocol):
    """What the fixtures give."""

    graph: Graph

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def _failover_records(reading: Reading) -> dict[str, dict[str, Any]]:
    return {n.inputs["name"]: n.inputs for n in reading.of(RECORD) if n.inputs.get("setIdentifier")}


def test_each_failover_name_has_a_primary_and_a_secondary_in_two_regions(
    production: Reading, dr: Reading
) -> None:
    first, second = _failover_records(production), _failover_records(dr)
    assert (
        set(first)
        == set(second)
        == {
            "origin.phoenix-guardian.health",
            "gateway.hospitals.phoenix-guardian.health",
        }
    )
    for host, record in first.items():
        assert record["failoverRoutingPolicies"] == [{"type": "PRIMARY"}]
        assert second[host]["failoverRoutingPolicies"] == [{"type": "SECONDARY"}]
        assert record["setIdentifier"] != second[host]["setIdentifier"]
        assert record["zoneId"] == second[host]["zoneId"]
        assert record["aliases"][0]["name"] != second[host]["aliases"][0]["name"]


def test_traffic_moves_by_a_metric_in_the_recovery_region_only(production: Reading) -> None:
    check = production.inputs("aws:route53/healthCheck:HealthCheck")
    alarm = production.only(ALARM, "active-region")
    assert check["type"] == "CLOUDWATCH_METRIC"
    assert check["cloudwatchAlarmRegion"] == "us-west-2" == alarm.region
    assert check["cloudwatchAlarmName"] == alarm.inputs["name"]
    assert check["insufficientDataHealthStatus"] == "LastKnownStatus", "silence decides nothing"
    for record in _failover_records(production).values():
        assert record["healthCheckId"]
        assert record["aliases"][0]["evaluateTargetHealth"] is False, (
            "an unwell target would move traffic before the database is promoted"
        )


def test_a_failover_changes_no_record_distribution_or_acl(
    region: Reading, changed: Callable[..., Reading]
) -> None:
    failed_over = changed(region.graph.stack, {"phoenix:stack": {"active_region": "us-west-2"}})
    for token in (
        RECORD,
        DISTRIBUTION,
        BALANCER,
        "aws:wafv2/webAcl:WebAcl",
        "aws:route53/healthCheck:HealthCheck",
    ):
        before = {n.urn: n.inputs for n in region.of(token)}
        assert {n.urn: n.inputs for n in failed_over.of(token)} == before, token


def test_only_our_distribution_gets_past_the_public_listener(
    production: Reading, dr: Reading
) -> None:
    header = production.inputs(DISTRIBUTION)["origins"][0]["customHeaders"][0]
    for reading in (production, dr):
        listener = reading.inputs(LISTENER, "public-entry-https")
        assert [a["type"] for a in listener["defaultActions"]] == ["fixed-response"]
        assert listener["defaultActions"][0]["fixedResponse"]["statusCode"] == "403"
        rule = reading.inputs("aws:lb/listenerRule:ListenerRule")
        condition = rule["conditions"][0]["httpHeader"]
        assert condition["httpHeaderName"] == header["name"]
        assert condition["values"] == [header["value"]], "the two sides disagree on the secret"


def test_the_origin_secret_is_marked_wherever_it_appears(region: Reading) -> None:
    condition = region.only("aws:lb/listenerRule:ListenerRule").inputs["conditions"]
    assert SECRET_MARK in repr(condition)


def test_the_public_balancer_admits_cloudfront_addresses_only(region: Reading) -> None:
    lists = {"us-east-1": "pl-3b927c52", "us-west-2": "pl-82a045eb"}
    node = region.only(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "public-entry-from-cloudfront"
    )
    assert node.inputs["prefixListId"] == lists[node.region]
    assert not {"cidrIpv4", "cidrIpv6"} & set(node.inputs)
    assert (node.inputs["fromPort"], node.inputs["toPort"]) == (443, 443)


def test_every_listener_speaks_tls_1_3_only(region: Reading) -> None:
    assert region.of(LISTENER)
    for node in region.of(LISTENER):
        assert node.inputs["protocol"] in {"HTTPS", "TLS"}
        assert node.inputs["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-3-2021-06"


def test_a_dated_exception_lowers_one_listener_only(changed: Callable[..., Reading]) -> None:
    exception = {
        "listener": "cloudfront",
        "minimum_tls_version": "TLSv1.2",
        "reason": "a partner's EHR client",
        "owner": "integration",
        "expires": "2027-06-30",
    }
    reading = changed("production", {"phoenix:edge": {"tls_exceptions": [exception]}})
    viewer = reading.inputs(DISTRIBUTION)["viewerCertificate"]
    assert viewer["minimumProtocolVersion"] == "TLSv1.2_2021"
    listener = reading.inputs(LISTENER, "public-entry-https")
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-3-2021-06"


def test_balancers_are_kept_logged_and_strict(region: Reading) -> None:
    for node in region.of(BALANCER):
        assert node.inputs["enableDeletionProtection"] is True
        assert node.inputs["accessLogs"]["enabled"] is True
        assert node.inputs["accessLogs"]["bucket"].endswith(node.region), "logs leave the region"
        assert len(node.inputs["subnets"]) == 3
    public = region.inputs(BALANCER, "public-entry")
    assert public["dropInvalidHeaderFields"] is True
    assert region.inputs(BALANCER, "hospital-entry")["internal"] is True


def test_hospitals_reach_the_private_entry_by_their_effective_ranges(region: Reading) -> None:
    entries = region.inputs("aws:ec2/managedPrefixList:ManagedPrefixList")["entries"]
    assert {e["cidr"] for e in entries} == {"172.31.0.0/20", "100.64.16.0/20"}


def test_every_response_carries_the_security_headers(production: Reading) -> None:
    policy = production.inputs("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
    headers = policy["securityHeadersConfig"]
    hsts = headers["strictTransportSecurity"]
    assert hsts["accessControlMaxAgeSec"] == 31_536_000
    assert hsts["includeSubdomains"] is True
    assert hsts["preload"] is True
    assert headers["frameOptions"]["frameOption"] == "DENY"
    assert headers["contentTypeOptions"]["override"] is True
    assert "default-src 'self'" in headers["contentSecurityPolicy"]["contentSecurityPolicy"]
    behavior = production.inputs(DISTRIBUTION)["defaultCacheBehavior"]
    assert behavior["responseHeadersPolicyId"]


def test_the_distribution_caches_nothing_and_is_logged_under_our_key(production: Reading) -> None:
    distribution = production.inputs(DISTRIBUTION)
    assert distribution["defaultCacheBehavior"]["cachePolicyId"] == (
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    )
    assert distribution["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.3_2025"
    assert distribution["webAclId"]
    assert production.of("aws:cloudwatch/logDelivery:LogDelivery")


def test_certificates_validate_through_dns_and_are_waited_for(region: Reading) -> None:
    certificates = region.of("aws:acm/certificate:Certificate")
    validations = region.of("aws:acm/certificateValidation:CertificateValidation")
    assert len(certificates) == len(validations)
    assert all(n.inputs["validationMethod"] == "DNS" for n in certificates)


def test_the_delivery_certificate_covers_every_public_name(production: Reading) -> None:
    node = production.only("aws:acm/certificate:Certificate", "delivery-certificate")
    names = {node.inputs["domainName"], *node.inputs["subjectAlternativeNames"]}
    assert node.region == "us-east-1"
    assert names == set(production.inputs(DISTRIBUTION)["aliases"])


def test_each_validation_record_matches_its_name(production: Reading) -> None:
    for node in production.of(RECORD):
        if node.inputs["type"] == "CNAME":
            host = node.name.split("-certificate-", 1)[1]
            assert str(node.inputs["name"]).rstrip(".").endswith(host), node.name


def test_the_zone_is_signed_logged_and_cannot_be_lost(production: Reading) -> None:
    zone = production.only("aws:route53/zone:Zone", "public-zone")
    assert zone.options["protect"] is True
    assert zone.inputs["forceDestroy"] is False
    assert production.inputs("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec")
    assert production.inputs("aws:route53/queryLog:QueryLog")


def test_shield_advanced_needs_the_settings_to_say_so(
    production: Reading, changed: Callable[..., Reading]
) -> None:
    assert not production.of("aws:shield/subscription:Subscription")
    advanced = {"level": "advanced", "acknowledge_yearly_commitment": True}
    reading = changed("production", {"phoenix:edge": {"shield": advanced}})
    assert len(reading.of("aws:shield/subscription:Subscription")) == 1
    assert len(reading.of("aws:shield/protection:Protection")) == 2


def test_policies_of_log_deliveries_name_their_account(production: Reading) -> None:
    for node in production.of("aws:cloudwatch/logResourcePolicy:LogResourcePolicy"):
        for statement in json.loads(node.inputs["policyDocument"])["Statement"]:
            assert "aws:SourceAccount" in json.dumps(statement["Condition"])
