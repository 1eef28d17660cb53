"""Cases of the rules on load balancers, listeners and target groups."""

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
)

_BALANCER = given(
    "edge",
    "aws:lb/loadBalancer:LoadBalancer",
    {
        "internal": True,
        "loadBalancerType": "application",
        "dropInvalidHeaderFields": True,
        "desyncMitigationMode": "defensive",
        "enableDeletionProtection": True,
        "subnets": ["subnet-a", "subnet-b"],
        "accessLogs": {"enabled": True, "bucket": "logs"},
    },
)
_REDIRECT = given(
    "http",
    "aws:lb/listener:Listener",
    {
        "protocol": "HTTP",
        "port": 80,
        "defaultActions": [
            {"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}
        ],
    },
)
_HTTPS = given(
    "https",
    "aws:lb/listener:Listener",
    {
        "protocol": "HTTPS",
        "port": 443,
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificateArn": "arn:aws:acm:us-east-1:481516234299:certificate/1",
    },
)
_RULE = given(
    "rule",
    "aws:lb/listenerRule:ListenerRule",
    {"listenerArn": UNKNOWN, "actions": [{"type": "redirect"}]},
    depends={"listenerArn": ["http"]},
)
_GROUP = given(
    "api",
    "aws:lb/targetGroup:TargetGroup",
    {"protocol": "HTTPS", "healthCheck": {"path": "/healthz", "protocol": "HTTPS"}},
)

CASES = [
    Cases(
        rule="alb-no-plaintext-listener",
        compliant=[_REDIRECT],
        passes={
            "TLS": alone(_HTTPS),
            "a twin": of_type("aws:alb/listener:Listener"),
            "a rule that redirects": adding(_RULE),
            "a rule of a TLS listener": together(
                adding(_HTTPS, _RULE),
                depending("listenerArn", "https", on="rule"),
                having("actions.0.type", "forward", on="rule"),
            ),
        },
        fails={
            "forwards": having("defaultActions", [{"type": "forward", "targetGroupArn": "arn"}]),
            "redirects to HTTP": having("defaultActions.0.redirect.protocol", "HTTP"),
            "a rule forwards": together(
                adding(_RULE), having("actions.0.type", "forward", on="rule")
            ),
            "redirects for now": having("defaultActions.0.redirect.statusCode", "HTTP_302"),
            "redirects and forwards": having(
                "defaultActions.1", {"type": "forward", "targetGroupArn": "arn"}
            ),
            "a twin forwards": together(
                of_type("aws:alb/listener:Listener"), having("defaultActions.0.type", "forward")
            ),
        },
        unknown={
            "not known": having("defaultActions", UNKNOWN),
            "what a rule does is not known": together(
                adding(_RULE), having("actions", UNKNOWN, on="rule")
            ),
            "the protocol is not known": together(
                having("protocol", UNKNOWN), having("defaultActions", [{"type": "forward"}])
            ),
        },
    ),
    Cases(
        rule="alb-tls-policy",
        compliant=[_HTTPS],
        passes={
            "TLS 1.3 alone": having("sslPolicy", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
            "FIPS and post-quantum": having(
                "sslPolicy", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
            ),
        },
        fails={
            "left out means TLS 1.0": lacking("sslPolicy"),
            "TLS 1.3 in name, and 1.0": having("sslPolicy", "ELBSecurityPolicy-TLS13-1-0-2021-06"),
            "TLS 1.1": having("sslPolicy", "ELBSecurityPolicy-TLS13-1-1-2021-06"),
            "AWS's old default": having("sslPolicy", "ELBSecurityPolicy-2016-08"),
            "on a network load balancer": together(lacking("sslPolicy"), having("protocol", "TLS")),
        },
        unknown={"not known": having("sslPolicy", UNKNOWN)},
    ),
    Cases(
        rule="alb-listener-acm-certificate",
        compliant=[_HTTPS],
        fails={
            "none": lacking("certificateArn"),
            "of no certificate": having("certificateArn", "arn:aws:s3:::certificates"),
            "kept in IAM": having(
                "certificateArn", "arn:aws:iam::481516234299:server-certificate/old"
            ),
        },
        unknown={"not known": having("certificateArn", UNKNOWN)},
    ),
    Cases(
        rule="nlb-tls-listener",
        compliant=[given("tls", _HTTPS.type, {"protocol": "TLS", "port": 443})],
        passes={"passes TLS on": having("protocol", "TCP")},
        fails={"plain TCP": together(having("protocol", "TCP"), having("port", 80))},
        unknown={"not known": together(having("protocol", UNKNOWN), having("port", 80))},
    ),
    Cases(
        rule="target-group-health-check",
        compliant=[_GROUP],
        fails={
            "off": having("healthCheck.enabled", False),
            "no path": lacking("healthCheck.path"),
            "in plain text": having("healthCheck.protocol", "HTTP"),
            "too late": having("healthCheck.unhealthyThreshold", 10),
            "none": lacking("healthCheck"),
        },
        unknown={"not known": having("healthCheck", UNKNOWN)},
    ),
    Cases(
        rule="alb-target-group-tls",
        compliant=[_GROUP],
        fails={"plain text": having("protocol", "HTTP")},
        unknown={"not known": having("protocol", UNKNOWN)},
    ),
    Cases(
        rule="alb-drop-invalid-headers",
        compliant=[_BALANCER],
        passes={
            "a network load balancer": together(
                lacking("dropInvalidHeaderFields"), having("loadBalancerType", "network")
            )
        },
        fails={
            "off": having("dropInvalidHeaderFields", False),
            "left out": lacking("dropInvalidHeaderFields"),
            "an application load balancer by default": together(
                lacking("dropInvalidHeaderFields"), lacking("loadBalancerType")
            ),
        },
        unknown={"not known": having("dropInvalidHeaderFields", UNKNOWN)},
    ),
    Cases(
        rule="alb-desync-defensive",
        compliant=[_BALANCER],
        passes={"AWS's default": lacking("desyncMitigationMode")},
        fails={"only watched": having("desyncMitigationMode", "monitor")},
        unknown={"not known": having("desyncMitigationMode", UNKNOWN)},
    ),
    Cases(
        rule="lb-access-logs",
        compliant=[_BALANCER],
        fails={
            "none": lacking("accessLogs"),
            "a block that is off": having("accessLogs.enabled", False),
            "a block that does not say": lacking("accessLogs.enabled"),
            "nowhere": lacking("accessLogs.bucket"),
        },
        unknown={"not known": having("accessLogs.enabled", UNKNOWN)},
    ),
    Cases(
        rule="lb-deletion-protection",
        compliant=[_BALANCER],
        fails={
            "off": having("enableDeletionProtection", False),
            "left out": lacking("enableDeletionProtection"),
        },
        unknown={"not known": having("enableDeletionProtection", UNKNOWN)},
    ),
    Cases(
        rule="lb-multi-az",
        compliant=[_BALANCER],
        passes={"subnets that are not made yet": having("subnets", [UNKNOWN, UNKNOWN])},
        fails={
            "one zone": having("subnets", ["subnet-a"]),
            "a network load balancer without balance": having("loadBalancerType", "network"),
        },
        unknown={
            "not known": having("subnets", UNKNOWN),
            "mappings not known": together(lacking("subnets"), having("subnetMappings", UNKNOWN)),
        },
    ),
    Cases(
        rule="lb-internal-by-default",
        compliant=[_BALANCER],
        passes={
            "public on purpose": together(
                having("internal", False), having("tags", {"Exposure": "public"})
            )
        },
        fails={"public": having("internal", False), "left out means public": lacking("internal")},
        unknown={"not known": having("internal", UNKNOWN)},
    ),
]
