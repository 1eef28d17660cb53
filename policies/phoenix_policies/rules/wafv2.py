"""Web ACLs, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.network import are_internet
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, every, some, truth
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.308(a)(1)(ii)(B)", "164.312(e)(1)")
HIPAA_2: Final = ("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)")

WEB_ACL: Final = "aws:wafv2/webAcl:WebAcl"
LOAD_BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
ASSOCIATION: Final = "aws:wafv2/webAclAssociation:WebAclAssociation"
LOGGING: Final = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
CORE_GROUPS: Final = (
    "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesAmazonIpReputationList",
)  # fmt: skip
SQL_INJECTION: Final = "AWSManagedRulesSQLiRuleSet"
"""Wanted as well where there is a database."""
DATABASES: Final = (
    "aws:rds/cluster:Cluster", "aws:rds/instance:Instance", "kubernetes:postgresql.cnpg.io/v1:Cluster",
)  # fmt: skip
DESTINATIONS: Final = (
    "aws:cloudwatch/logGroup:LogGroup", "aws:s3/bucket:Bucket",
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
)  # fmt: skip
HIGHEST_RATE: Final = 2000
"""Requests of one address in five minutes; L-027 asks for 100 a minute."""
MOST_COUNTED: Final = 3


@stack_rule(
    "waf-acl-has-rules",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/ruleGroup:RuleGroup",
    "aws:wafv2/webAclRule:WebAclRule",
    "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
    hipaa=HIPAA_1,
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Add rules to the ACL.",
    sources=(
        "config:WAFV2_WEBACL_NOT_EMPTY",
        "config:WAFV2_RULEGROUP_NOT_EMPTY",
        "prowler:wafv2_webacl_with_rules",
        "checkov:CKV_AWS_175",
        "checkov:CKV_AWS_342",
    ),
)
def acl_has_rules(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Web ACLs contain rules."""
    for acl in stack.of(WEB_ACL):
        apart = stack.referrers(
            acl,
            (
                "aws:wafv2/webAclRule:WebAclRule",
                "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
            ),
            "webAclArn",
        ).exists
        yield acl, (acl["rules"].is_set | acl["ruleJson"].is_set | apart).otherwise("has no rules")
    for group in stack.of("aws:wafv2/ruleGroup:RuleGroup"):
        yield group, (group["rules"].is_set | group["rulesJson"].is_set).otherwise("has no rules")


def _managed(acl: Resource) -> list[tuple[Value, Value]]:
    return [(each, each["statement"]["managedRuleGroupStatement"]) for each in acl["rules"].each()]


@stack_rule(
    "waf-managed-core-rules",
    "aws:wafv2/webAcl:WebAcl",
    *DATABASES,
    hipaa=HIPAA_1,
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Add the AWS managed groups for common attacks, bad inputs, IP reputation and SQL injection.",
    sources=("checkov:CKV_AWS_192", "checkov:CKV2_AWS_47", "checkov:CKV2_AWS_76"),
)
def managed_core_rules(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Baseline managed rule groups are on."""
    has_database = any(True for _ in stack.of(*DATABASES))
    for acl in stack.of(WEB_ACL):
        for wanted in (*CORE_GROUPS, *((SQL_INJECTION,) if has_database else ())):
            there = some(group["name"].equals(wanted) for _, group in _managed(acl))
            yield acl, there.otherwise(f"{wanted} is missing")


@rule(
    "waf-rules-block-not-count",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation",
    hipaa=HIPAA_1,
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Set override_action none, and give custom rules a blocking action.",
)
def rules_block_not_count(one: Resource) -> Iterable[Clause]:
    """Managed rules are enforced, not only counted."""
    if one.type != WEB_ACL:
        yield (~one["overrideAction"].matches("(?i)count")).otherwise("its group only counts")
        return
    for each, group in _managed(one):
        name = each["name"].shown
        counted = each["overrideAction"]["count"].satisfies(lambda v: v is not None)
        managed = group["name"].is_set
        yield (~(managed & counted)).otherwise(f"{name} only counts")
        softened = [
            o["actionToUse"]["count"].satisfies(lambda v: v is not None)
            for o in group["ruleActionOverrides"].each()
        ]
        few = truth(sum(t.value is True for t in softened) <= MOST_COUNTED)
        if sum(t.value is not False for t in softened) > MOST_COUNTED:
            few = few & every(~t for t in softened if t.value is None)
        yield few.otherwise(f"{name} turns too many rules to counting")
        own = ~managed & ~each["statement"]["ruleGroupReferenceStatement"].is_set
        silent = each["action"]["count"].satisfies(lambda v: v is not None)
        yield (~(own & silent)).otherwise(f"{name} only counts")


@rule(
    "waf-rate-limit",
    "aws:wafv2/webAcl:WebAcl",
    hipaa=("164.308(a)(1)(ii)(B)", "164.308(a)(7)(ii)(C)", "164.312(e)(1)"),
    soc2=("A1.1", "CC6.6", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Add a rate_based_statement with a limit and a blocking action.",
)
def rate_limit(acl: Resource) -> Iterable[Clause]:
    """A rate-based rule exists."""
    limited = some(
        each["statement"]["rateBasedStatement"]["limit"].at_most(HIGHEST_RATE)
        & _present(each["statement"]["rateBasedStatement"]["limit"])
        & some(_present(each["action"][key]) for key in ("block", "captcha", "challenge"))
        for each in acl["rules"].each()
    )
    yield limited.otherwise("no rule limits the rate of one client")


def _present(value: Value) -> Truth:
    return value.satisfies(lambda v: v is not None)


@stack_rule(
    "waf-logging-enabled",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    hipaa=HIPAA_2,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Add a WebAclLoggingConfiguration to a destination whose name begins with aws-waf-logs-.",
    sources=(
        "cdk_nag:HIPAA.Security-WAFv2LoggingEnabled",
        "config:WAFV2_LOGGING_ENABLED",
        "prowler:wafv2_webacl_logging_enabled",
        "checkov:CKV2_AWS_31",
    ),
)
def logging_enabled(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Web ACLs log requests."""
    for acl in stack.of(WEB_ACL):
        logged = some(
            stack.refers(one, acl, "resourceArn") & _delivers(one, stack)
            for one in stack.of(LOGGING)
        )
        yield acl, logged.otherwise("logs no requests")


def _delivers(one: Resource, stack: Stack) -> Truth:
    """AWS WAF delivers only to destinations with this name, stated here or at the log group, bucket or stream."""
    named = some(d.matches("[:/]aws-waf-logs-") for d in one["logDestinationConfigs"].each())
    return named | some(
        stack.refers(one, target, "logDestinationConfigs")
        & (target["name"].matches("^aws-waf-logs-") | target["bucket"].matches("^aws-waf-logs-"))
        for target in stack.of(*DESTINATIONS)
    )


@rule(
    "waf-log-redaction",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    hipaa=(
        "164.308(a)(1)(ii)(D)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(b)",
        "164.312(d)",
    ),
    soc2=("C1.1", "CC6.1", "CC7.2", "CC7.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Redact authorization and cookie, and keep blocked and counted requests.",
)
def log_redaction(one: Resource) -> Iterable[Clause]:
    """WAF logs drop credentials and keep blocks."""
    for header in ("authorization", "cookie"):
        hidden = some(
            each["singleHeader"]["name"].satisfies(
                lambda v, h=header: isinstance(v, str) and v.lower() == h
            )
            for each in one["redactedFields"].each()
        )
        yield hidden.otherwise(f"the {header} header is logged")
    drops = one["loggingFilter"]["defaultBehavior"].equals("DROP")
    kept = some(
        each["behavior"].equals("KEEP")
        & some(
            c["actionCondition"]["action"].equals("BLOCK", "COUNT")
            for c in each["conditions"].each()
        )
        for each in one["loggingFilter"]["filters"].each()
    )
    yield (~drops | kept).otherwise("blocked requests are not logged")


@rule(
    "waf-metrics-enabled",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/ruleGroup:RuleGroup",
    hipaa=HIPAA_2,
    soc2=("CC7.2", "CC7.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Turn metrics and samples on, for the ACL and each rule.",
    sources=("config:WAFV2_RULEGROUP_LOGGING_ENABLED", "prowler:wafv2_webacl_rule_logging_enabled"),
)
def metrics_enabled(one: Resource) -> Iterable[Clause]:
    """WAF rules emit metrics and samples."""
    for place in (one.props, *one["rules"].each()):
        config = place["visibilityConfig"]
        for key in ("cloudwatchMetricsEnabled", "sampledRequestsEnabled"):
            yield config[key].is_true.otherwise(f"{config.path}.{key} is off")


@stack_rule(
    "waf-attached-to-public-alb",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    hipaa=HIPAA_1,
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Add a WebAclAssociation with the regional ACL.",
    sources=(
        "cdk_nag:NIST.800.53.R5-ALBWAFEnabled",
        "config:ALB_WAF_ENABLED",
        "prowler:elbv2_waf_acl_attached",
        "checkov:CKV2_AWS_28",
    ),
)
def attached_to_public_alb(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Internet-facing ALBs are behind a web ACL."""
    for balancer in stack.of(LOAD_BALANCER):
        public = (
            balancer["loadBalancerType"].equals(None, "application") & ~balancer["internal"].is_true
        )
        attached = stack.referrers(balancer, ASSOCIATION, "resourceArn").exists
        yield balancer, (attached | ~public).otherwise("faces the internet without a web ACL")


@rule(
    "waf-fail-closed",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    hipaa=HIPAA_1,
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Remove enable_waf_fail_open.",
)
def fail_closed(balancer: Resource) -> Iterable[Clause]:
    """ALB blocks when WAF is unreachable."""
    yield (~balancer["enableWafFailOpen"].is_true).otherwise("lets everything in when WAF is away")


@rule(
    "waf-ipset-not-open",
    "aws:wafv2/ipSet:IpSet",
    hipaa=HIPAA_1,
    soc2=("CC6.6", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Name the hospitals' and pilots' ranges.",
)
def ipset_not_open(one: Resource) -> Iterable[Clause]:
    """Allow-list IP sets are not the whole internet."""
    known = [a.raw for a in one["addresses"].each() if not a.is_unknown]
    yield truth(not are_internet(known)).otherwise("holds the whole internet")
    unknowns = every(a.is_set for a in one["addresses"].each())
    yield (unknowns | truth(False) if unknowns.value is None else truth(True)).otherwise("")
