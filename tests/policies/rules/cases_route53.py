"""Cases of the rules on zones, records, health checks and Shield."""

from dataclasses import replace

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    depending,
    given,
    having,
    having_output,
    in_region,
    lacking,
    together,
    without,
)

_RECORD = "aws:route53/record:Record"
_ZONE = given("zone", "aws:route53/zone:Zone", {"name": "example.com"}, outputs={"zoneId": "Z1"})
_EDGE = "edge-1.us-east-1.elb.amazonaws.com"
_PRIMARY = given(
    "primary",
    _RECORD,
    {
        "zoneId": "Z1",
        "name": "api.example.com",
        "type": "A",
        "setIdentifier": "east",
        "healthCheckId": "check-1",
        "failoverRoutingPolicies": [{"type": "PRIMARY"}],
        "aliases": [{"name": _EDGE, "zoneId": "Z2", "evaluateTargetHealth": False}],
    },
)
_SECONDARY = given(
    "secondary",
    _RECORD,
    {
        **_PRIMARY.props,
        "setIdentifier": "west",
        "failoverRoutingPolicies": [{"type": "SECONDARY"}],
    },
)
_CHECK = given(
    "check",
    "aws:route53/healthCheck:HealthCheck",
    {"type": "HTTPS", "failureThreshold": 3, "requestInterval": 30, "enableSni": True},
    outputs={"id": "check-1"},
)
_ALARM = given(
    "alarm",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    {
        "dimensions": {"HealthCheckId": "check-1"},
        "alarmActions": ["arn:aws:sns:us-east-1:481516234299:alerts"],
    },
    depends={"dimensions": ["check"]},
)
_SWITCH = given(
    "switch",
    _CHECK.type,
    {
        "type": "CLOUDWATCH_METRIC",
        "cloudwatchAlarmName": "moved",
        "insufficientDataHealthStatus": "LastKnownStatus",
    },
)
_SWITCH_ALARM = given("moved", _ALARM.type, {"name": "moved"})
_VPC = given("main", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, outputs={"id": "vpc-1"})
_RESOLVER_LOG = given(
    "resolver",
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
    {"resourceId": "vpc-1"},
    depends={"resourceId": ["main"]},
)
_ADDRESS = given("address", "aws:ec2/eip:Eip", {"domain": "vpc"}, outputs={"id": "eipalloc-1"})
_OFF = given("cdn", "aws:cloudfront/distribution:Distribution", {"enabled": False})
_KEY = given(
    "key",
    "aws:route53/keySigningKey:KeySigningKey",
    {"hostedZoneId": "Z1", "status": "ACTIVE"},
    depends={"hostedZoneId": ["zone"]},
)
_SIGNING = given(
    "signing",
    "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",
    {"hostedZoneId": "Z1", "signingStatus": "SIGNING"},
    depends={"hostedZoneId": ["zone"]},
)
_BALANCER = given(
    "balancer",
    "aws:lb/loadBalancer:LoadBalancer",
    {"internal": False},
    outputs={"dnsName": _EDGE, "arn": "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/1"},
)
_PROTECTION = given(
    "protection",
    "aws:shield/protection:Protection",
    {"resourceArn": UNKNOWN},
    depends={"resourceArn": ["balancer"]},
)
_SUBSCRIPTION = given(
    "subscription", "aws:shield/subscription:Subscription", {"autoRenew": "ENABLED"}
)

CASES = [
    Cases(
        rule="route53-failover-has-health-check",
        compliant=[_PRIMARY],
        passes={
            "by its target": together(
                lacking("healthCheckId"), having("aliases.0.evaluateTargetHealth", True)
            ),
            "a secondary": together(
                lacking("healthCheckId"), having("failoverRoutingPolicies.0.type", "SECONDARY")
            ),
        },
        fails={"none": lacking("healthCheckId")},
        unknown={"not known": having("healthCheckId", UNKNOWN)},
    ),
    Cases(
        rule="route53-failover-pair",
        compliant=[_PRIMARY, _SECONDARY],
        fails={
            "none": without("secondary"),
            "of another zone": having("zoneId", "Z9", on="secondary"),
            "of another name": having("name", "app.example.com", on="secondary"),
            "of another kind": having("type", "AAAA", on="secondary"),
            "two primaries": having("failoverRoutingPolicies.0.type", "PRIMARY", on="secondary"),
        },
        unknown={
            "not known": having("failoverRoutingPolicies", UNKNOWN, on="secondary"),
            "whose pair is not known": having("name", UNKNOWN, on="secondary"),
            "the stack of the other region may own it": alone(
                given(
                    f"urn:pulumi:production::phoenix::{_RECORD}::primary", _RECORD, _PRIMARY.props
                )
            ),
        },
    ),
    Cases(
        rule="route53-health-check-quality",
        compliant=[_CHECK],
        passes={"an operator's switch": alone(_SWITCH, _SWITCH_ALARM)},
        fails={
            "plain text": having("type", "HTTP"),
            "disabled": having("disabled", True),
            "inverted": having("invertHealthcheck", True),
            "too patient": having("failureThreshold", 10),
            "no server name": having("enableSni", False),
            "from two regions": having("regions", ["us-east-1", "us-west-2"]),
            "a switch that moves by itself": together(
                alone(_SWITCH, _SWITCH_ALARM), lacking("insufficientDataHealthStatus")
            ),
            "a switch without its alarm": alone(_SWITCH),
        },
        unknown={
            "not known": having("failureThreshold", UNKNOWN),
            "regions not known": having("regions", UNKNOWN),
            "a switch whose alarm is not known": together(
                alone(_SWITCH, _SWITCH_ALARM), having("cloudwatchAlarmName", UNKNOWN)
            ),
        },
    ),
    Cases(
        rule="route53-health-check-alarm",
        compliant=[_CHECK, _ALARM],
        fails={
            "none": without("alarm"),
            "tells nobody": lacking("alarmActions", on="alarm"),
            "where Route 53 has no metrics": in_region("us-west-2", on="alarm"),
            "of another check": together(
                having("dimensions", {"HealthCheckId": "check-2"}, on="alarm"),
                depending("dimensions", on="alarm"),
            ),
        },
        unknown={
            "of an unknown check": together(
                having("dimensions", {"HealthCheckId": UNKNOWN}, on="alarm"),
                depending("dimensions", on="alarm"),
            ),
            "its actions are not known": having("alarmActions", UNKNOWN, on="alarm"),
        },
    ),
    Cases(
        rule="route53-dnssec",
        compliant=[_ZONE, _KEY, _SIGNING],
        passes={
            "a private zone": together(
                without("key", "signing"), having("vpcs", [{"vpcId": "vpc-1"}])
            )
        },
        fails={
            "no key": without("key"),
            "not signed": without("signing"),
            "a key that is off": having("status", "INACTIVE", on="key"),
            "signing is off": having("signingStatus", "NOT_SIGNING", on="signing"),
        },
        unknown={
            "not known": having("status", UNKNOWN, on="key"),
            "of an unknown zone": together(
                having("hostedZoneId", UNKNOWN, on="signing"),
                depending("hostedZoneId", on="signing"),
            ),
        },
    ),
    Cases(
        rule="route53-query-logging",
        compliant=[
            _ZONE,
            given(
                "log",
                "aws:route53/queryLog:QueryLog",
                {"zoneId": "Z1"},
                depends={"zoneId": ["zone"]},
            ),
            _VPC,
            _RESOLVER_LOG,
        ],
        fails={"none": without("log"), "none of the resolver": without("resolver")},
        unknown={
            "of an unknown zone": together(
                having("zoneId", UNKNOWN, on="log"), depending("zoneId", on="log")
            ),
            "of an unknown VPC": together(
                having("resourceId", UNKNOWN, on="resolver"),
                depending("resourceId", on="resolver"),
            ),
        },
    ),
    Cases(
        rule="route53-zone-not-force-destroyed",
        compliant=[_ZONE],
        fails={"destroyed with its records": having("forceDestroy", True)},
        unknown={"not known": having("forceDestroy", UNKNOWN)},
    ),
    Cases(
        rule="route53-no-dangling-records",
        compliant=[_PRIMARY, _BALANCER],
        passes={
            "a private address": adding(
                given("inner", _RECORD, {"type": "A", "records": ["10.0.0.5"], "name": "inner"})
            ),
            "no address of AWS": adding(
                given(
                    "mail",
                    _RECORD,
                    {"type": "CNAME", "records": ["mail.example.net"], "name": "mail"},
                )
            ),
        },
        fails={
            "gone": without("balancer"),
            "another load balancer": having_output(
                "dnsName", "new.elb.amazonaws.com", on="balancer"
            ),
            "an address of version six": adding(
                given("six", _RECORD, {"type": "AAAA", "records": ["2600:1f18::5"], "name": "six"})
            ),
            "an address": adding(
                given("old", _RECORD, {"type": "A", "records": ["54.160.0.7"], "name": "old"})
            ),
        },
        unknown={"the kind is not known": together(without("balancer"), having("type", UNKNOWN))},
    ),
    Cases(
        rule="shield-advanced-subscription",
        compliant=[_SUBSCRIPTION, _PROTECTION],
        fails={
            "ends": having("autoRenew", "DISABLED"),
            "protections without one": alone(_PROTECTION),
        },
        unknown={"not known": having("autoRenew", UNKNOWN)},
    ),
    Cases(
        rule="shield-protects-public-endpoints",
        compliant=[_BALANCER, _PROTECTION, _SUBSCRIPTION],
        passes={
            "internal": together(without("protection"), having("internal", True)),
            "a distribution that is off": alone(_SUBSCRIPTION, _OFF),
            "a private zone": alone(
                _SUBSCRIPTION, replace(_ZONE, props={"vpcs": [{"vpcId": "vpc-1"}]})
            ),
            "an address of no load balancer": together(
                having("resourceArn", "arn:aws:other", on="protection"), adding(_ADDRESS)
            ),
        },
        fails={
            "none": without("protection"),
            "a public zone": alone(_SUBSCRIPTION, _ZONE),
            "an address of a load balancer": together(
                adding(_ADDRESS),
                having("resourceArn", "arn:aws:other", on="protection"),
                having("subnetMappings", [{"allocationId": "eipalloc-1"}]),
            ),
        },
        unknown={
            "whose protection is not known": depending("resourceArn", on="protection"),
            "whether it is public is not known": together(
                without("protection"), having("internal", UNKNOWN)
            ),
        },
    ),
]
