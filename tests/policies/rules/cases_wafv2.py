"""Cases of the rules on web ACLs."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    depending,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)

_VISIBLE = {"cloudwatchMetricsEnabled": True, "sampledRequestsEnabled": True}
_ACL_ARN = "arn:aws:wafv2:us-east-1:481516234299:regional/webacl/edge/1"


def _group(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "overrideAction": {"none": {}},
        "statement": {
            "managedRuleGroupStatement": {"name": f"AWSManagedRules{name}", "vendorName": "AWS"}
        },
        "visibilityConfig": _VISIBLE,
    }


_LIMIT: dict[str, Any] = {
    "name": "rate",
    "action": {"block": {}},
    "statement": {"rateBasedStatement": {"limit": 500, "aggregateKeyType": "IP"}},
    "visibilityConfig": _VISIBLE,
}
_ACL = given(
    "edge",
    "aws:wafv2/webAcl:WebAcl",
    {
        "rules": [
            _LIMIT,
            _group("CommonRuleSet"),
            _group("KnownBadInputsRuleSet"),
            _group("AmazonIpReputationList"),
        ],
        "visibilityConfig": _VISIBLE,
    },
    outputs={"arn": _ACL_ARN},
)
_LOGGING = given(
    "logging",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    {
        "resourceArn": _ACL_ARN,
        "logDestinationConfigs": [
            "arn:aws:logs:us-east-1:481516234299:log-group:aws-waf-logs-edge"
        ],
        "redactedFields": [
            {"singleHeader": {"name": "authorization"}},
            {"singleHeader": {"name": "cookie"}},
        ],
    },
    depends={"resourceArn": ["edge"]},
)
_BALANCER = given(
    "balancer",
    "aws:lb/loadBalancer:LoadBalancer",
    {"internal": False, "enableWafFailOpen": False},
    outputs={"arn": "arn:aws:elasticloadbalancing:us-east-1:481516234299:loadbalancer/app/edge/1"},
)
_ASSOCIATION = given(
    "association",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    {"resourceArn": UNKNOWN, "webAclArn": _ACL_ARN},
    depends={"resourceArn": ["balancer"]},
)
_DATABASE = given("database", "aws:rds/cluster:Cluster", {})
_COUNTED: list[dict[str, Any]] = [
    {"name": f"Rule{n}", "actionToUse": {"count": {}}} for n in range(5)
]
_OVERRIDES = "rules.1.statement.managedRuleGroupStatement.ruleActionOverrides"

CASES = [
    Cases(
        rule="waf-acl-has-rules",
        compliant=[_ACL],
        passes={
            "rules of their own resources": together(
                lacking("rules"),
                adding(
                    given(
                        "rule",
                        "aws:wafv2/webAclRule:WebAclRule",
                        {"webAclArn": UNKNOWN},
                        depends={"webAclArn": ["edge"]},
                    )
                ),
            )
        },
        fails={
            "none": lacking("rules"),
            "an empty list": having("rules", []),
            "an empty group": adding(given("group", "aws:wafv2/ruleGroup:RuleGroup", {})),
        },
        unknown={"not known": having("rules", UNKNOWN)},
    ),
    Cases(
        rule="waf-managed-core-rules",
        compliant=[_ACL],
        passes={
            "with a database": together(adding(_DATABASE), having("rules.4", _group("SQLiRuleSet")))
        },
        fails={
            "one missing": lacking("rules.2"),
            "a database behind it": adding(_DATABASE),
        },
        unknown={"not known": having("rules", UNKNOWN)},
    ),
    Cases(
        rule="waf-rules-block-not-count",
        compliant=[_ACL],
        passes={"one rule of a group counts": having(_OVERRIDES, _COUNTED[:1])},
        fails={
            "a group counts": having("rules.1.overrideAction", {"count": {}}),
            "a group counts, one by one": having(_OVERRIDES, _COUNTED),
            "the rate is only counted": having("rules.0.action", {"count": {}}),
            "in an association": together(
                of_type("aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"),
                having("overrideAction", "count"),
            ),
        },
        unknown={
            "not known": having("rules.1.overrideAction", UNKNOWN),
            "which rules count is not known": having(
                _OVERRIDES, [{"name": f"Rule{n}", "actionToUse": UNKNOWN} for n in range(5)]
            ),
        },
    ),
    Cases(
        rule="waf-rate-limit",
        compliant=[_ACL],
        fails={
            "none": lacking("rules.0"),
            "too high": having("rules.0.statement.rateBasedStatement.limit", 100_000),
            "only counted": having("rules.0.action", {"count": {}}),
        },
        unknown={"not known": having("rules.0.statement.rateBasedStatement.limit", UNKNOWN)},
    ),
    Cases(
        rule="waf-logging-enabled",
        compliant=[_ACL, _LOGGING],
        passes={
            "a log group whose ARN is unknown": together(
                having("logDestinationConfigs", [UNKNOWN], on="logging"),
                depending("logDestinationConfigs", "group", on="logging"),
                adding(
                    given(
                        "group", "aws:cloudwatch/logGroup:LogGroup", {"name": "aws-waf-logs-edge"}
                    )
                ),
            )
        },
        fails={
            "none": without("logging"),
            "of another ACL": together(
                having("resourceArn", "arn:aws:wafv2:us-east-1:1:other", on="logging"),
                depending("resourceArn", on="logging"),
            ),
            "a destination that WAF refuses": having(
                "logDestinationConfigs",
                ["arn:aws:logs:us-east-1:481516234299:log-group:edge"],
                on="logging",
            ),
        },
        unknown={
            "of an unknown ACL": together(
                having("resourceArn", UNKNOWN, on="logging"),
                depending("resourceArn", on="logging"),
            ),
            "where to is not known": having("logDestinationConfigs", UNKNOWN, on="logging"),
        },
    ),
    Cases(
        rule="waf-log-redaction",
        compliant=[_LOGGING],
        passes={
            "keeps what was blocked": having(
                "loggingFilter",
                {
                    "defaultBehavior": "DROP",
                    "filters": [
                        {
                            "behavior": "KEEP",
                            "conditions": [{"actionCondition": {"action": "BLOCK"}}],
                        }
                    ],
                },
            )
        },
        fails={
            "cookies are logged": lacking("redactedFields.1"),
            "nothing is hidden": lacking("redactedFields"),
            "everything is dropped": having("loggingFilter", {"defaultBehavior": "DROP"}),
        },
        unknown={"not known": having("redactedFields", UNKNOWN)},
    ),
    Cases(
        rule="waf-metrics-enabled",
        compliant=[_ACL],
        fails={
            "off": having("visibilityConfig.cloudwatchMetricsEnabled", False),
            "off for one rule": having("rules.1.visibilityConfig.sampledRequestsEnabled", False),
        },
        unknown={"not known": having("visibilityConfig.sampledRequestsEnabled", UNKNOWN)},
    ),
    Cases(
        rule="waf-attached-to-public-alb",
        compliant=[_BALANCER, _ASSOCIATION],
        passes={
            "internal": together(without("association"), having("internal", True)),
            "a network load balancer": together(
                without("association"), having("loadBalancerType", "network")
            ),
        },
        fails={
            "none": without("association"),
            "public by default": together(without("association"), lacking("internal")),
            "of another load balancer": together(
                having("resourceArn", "arn:aws:other", on="association"),
                depending("resourceArn", on="association"),
            ),
        },
        unknown={
            "whether it is public is not known": together(
                without("association"), having("internal", UNKNOWN)
            ),
            "what it is attached to is not known": depending("resourceArn", on="association"),
        },
    ),
    Cases(
        rule="waf-fail-closed",
        compliant=[_BALANCER],
        passes={"AWS's default": lacking("enableWafFailOpen")},
        fails={"open": having("enableWafFailOpen", True)},
        unknown={"not known": having("enableWafFailOpen", UNKNOWN)},
    ),
    Cases(
        rule="waf-ipset-not-open",
        compliant=[given("offices", "aws:wafv2/ipSet:IpSet", {"addresses": ["203.0.113.0/24"]})],
        fails={
            "the internet": having("addresses", ["0.0.0.0/0"]),
            "its two halves": having("addresses", ["0.0.0.0/1", "128.0.0.0/1"]),
            "IPv6": having("addresses", ["203.0.113.0/24", "::/0"]),
        },
        unknown={
            "not known": having("addresses", UNKNOWN),
            "one is not known": alone(
                given(
                    "offices", "aws:wafv2/ipSet:IpSet", {"addresses": ["203.0.113.0/24", UNKNOWN]}
                )
            ),
        },
    ),
]
