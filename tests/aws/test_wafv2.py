"""The web ACLs: closed means closed, and one limit for clients in both scopes."""

from collections.abc import Callable
from typing import Any, Protocol

import pytest

ACL = "aws:wafv2/webAcl:WebAcl"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
SET = "aws:wafv2/ipSet:IpSet"
REQUIRED = {
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesAnonymousIpList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
}


class Reading(Protocol):
    """What the fixtures give."""

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def _in_mode(changed: Callable[..., Reading], mode: str) -> list[Any]:
    traffic: dict[str, Any] = {"mode": mode}
    if mode == "pilot":
        traffic["pilot_cidrs"] = ["203.0.113.0/28"]
    overrides = {"phoenix:edge": {"traffic": traffic}}
    return list(changed("production", overrides).of(ACL))


def _allowing(acl: Any) -> list[str]:
    return [rule["name"] for rule in acl.inputs["rules"] if "allow" in rule.get("action", {})]


def test_a_closed_edge_lets_nothing_through(changed: Callable[..., Reading]) -> None:
    acls = _in_mode(changed, "closed")
    assert len(acls) == 2
    for acl in acls:
        assert set(acl.inputs["defaultAction"]) == {"block"}
        assert _allowing(acl) == []


def test_a_pilot_passes_every_other_rule_before_it_is_let_in(
    changed: Callable[..., Reading],
) -> None:
    for acl in _in_mode(changed, "pilot"):
        assert set(acl.inputs["defaultAction"]) == {"block"}
        assert _allowing(acl) == ["pilot-addresses"]
        last = max(acl.inputs["rules"], key=lambda rule: rule["priority"])
        assert last["name"] == "pilot-addresses"


def test_an_open_edge_still_judges_every_request(changed: Callable[..., Reading]) -> None:
    for acl in _in_mode(changed, "open"):
        assert set(acl.inputs["defaultAction"]) == {"allow"}
        assert len(acl.inputs["rules"]) >= len(REQUIRED) + 2


def test_the_managed_groups_block_in_both_scopes(region: Reading) -> None:
    for acl in region.of(ACL):
        groups = {
            rule["statement"]["managedRuleGroupStatement"]["name"]: rule
            for rule in acl.inputs["rules"]
            if "managedRuleGroupStatement" in rule["statement"]
        }
        assert set(groups) == REQUIRED
        assert all(set(rule["overrideAction"]) == {"none"} for rule in groups.values())


def test_the_client_limit_is_the_setting_with_its_burst(changed: Callable[..., Reading]) -> None:
    overrides = {"phoenix:edge": {"rate_limit": {"requests_per_minute": 200, "burst": 30}}}
    for acl in changed("production", overrides).of(ACL):
        rule = next(r for r in acl.inputs["rules"] if r["name"] == "client-rate-limit")
        rate = rule["statement"]["rateBasedStatement"]
        assert (rate["limit"], rate["evaluationWindowSec"]) == (230, 60)
        assert set(rule["action"]) == {"block"}


def test_hospitals_are_exempt_from_the_client_limit(production: Reading) -> None:
    for scope in ("cloudfront", "regional"):
        exempt = production.inputs(SET, f"web-acl-{scope}-exempt")["addresses"]
        assert "203.0.113.11/32" in exempt, "the hospital's public address"
        assert "100.64.16.0/20" in exempt, "its translated range, not its own"
        assert "192.168.0.0/20" not in exempt


def test_behind_the_network_the_viewer_is_read_from_what_cloudfront_appended(
    production: Reading,
) -> None:
    acl = production.inputs(ACL, "web-acl-regional")
    blocked = next(r for r in acl["rules"] if r["name"] == "blocked-addresses")
    config = blocked["statement"]["ipSetReferenceStatement"]["ipSetForwardedIpConfig"]
    assert config["position"] == "LAST", "earlier entries are the client's own claim"


def test_addresses_blocked_at_run_time_survive_a_deployment(region: Reading) -> None:
    blocked = [n for n in region.of(SET) if n.name.endswith("-blocked")]
    assert blocked
    assert all(n.options["ignoreChanges"] == ["addresses"] for n in blocked)


def test_every_acl_logs_without_credentials(region: Reading) -> None:
    groups = {n.outputs["arn"]: n for n in region.of("aws:cloudwatch/logGroup:LogGroup")}
    assert len(region.of(LOGGING)) == len(region.of(ACL))
    for node in region.of(LOGGING):
        group = groups[node.inputs["logDestinationConfigs"][0]].inputs
        assert group["name"].startswith("aws-waf-logs-")
        assert group["kmsKeyId"]
        redacted = {f["singleHeader"]["name"] for f in node.inputs["redactedFields"]}
        assert {"authorization", "cookie", "x-origin-verify"} <= redacted


@pytest.mark.parametrize(("name", "region_name"), [("web-acl-cloudfront", "us-east-1")])
def test_the_delivery_network_has_its_acl_where_it_must_be(
    production: Reading, dr: Reading, name: str, region_name: str
) -> None:
    assert production.only(ACL, name).region == region_name
    assert [n.name for n in dr.of(ACL)] == ["web-acl-regional"]
