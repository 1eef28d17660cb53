"""Cases of the rules on log groups and alarms."""

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    Given,
    adding,
    depending,
    given,
    having,
    lacking,
    together,
    without,
)
from tests.policies.rules.fixtures_policies import OWN_ACCOUNT, allow, policy

_AUDIT = given(
    "audit",
    "aws:cloudwatch/logGroup:LogGroup",
    {
        "name": "/phoenix/audit",
        "kmsKeyId": "arn:aws:kms:us-east-1:481516234299:key/1",
        "retentionInDays": 2557,
        "deletionProtectionEnabled": True,
    },
    outputs={"arn": "arn:aws:logs:us-east-1:481516234299:log-group:/phoenix/audit"},
)
_TRAIL = given("trail", "aws:cloudtrail/trail:Trail", {"cloudWatchLogsGroupArn": UNKNOWN})
_ALARM = given(
    "alarm",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    {
        "alarmActions": ["arn:aws:sns:us-east-1:481516234299:alerts"],
        "dimensions": {"DBClusterIdentifier": "records"},
    },
    depends={"dimensions": ["records"]},
)
_DATABASE = given("records", "aws:rds/cluster:Cluster", {"clusterIdentifier": "records"})
_DELIVERY = {"Service": "delivery.logs.amazonaws.com"}


def _filter(name: str, pattern: str) -> tuple[Given, Given]:
    """A filter and the alarm on its metric."""
    return (
        given(
            name,
            "aws:cloudwatch/logMetricFilter:LogMetricFilter",
            {"pattern": pattern, "metricTransformation": {"name": name, "namespace": "audit"}},
        ),
        given(
            f"{name}-alarm",
            _ALARM.type,
            {**_ALARM.props, "dimensions": {}, "metricName": name, "namespace": "audit"},
        ),
    )


def _event(source: str) -> str:
    return f"{{ ($.eventName = {source}) }}"


_IDENTITY = (
    *_filter(
        "denied", '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'
    ),
    *_filter(
        "sign-in", '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'
    ),
    *_filter("failures", '{ ($.errorMessage = "Failed authentication") }'),
    *_filter("accounts", "{ $.eventSource = organizations.amazonaws.com }"),
    *_filter("root", '{ $.userIdentity.type = "Root" }'),
    *_filter("policies", _event("CreatePolicyVersion")),
)
_NETWORK = (
    *_filter("groups", _event("AuthorizeSecurityGroupIngress")),
    *_filter("lists", _event("CreateNetworkAcl")),
    *_filter("gateways", _event("CreateInternetGateway")),
    *_filter("routes", _event("CreateRoute")),
    *_filter("networks", _event("CreateVpc")),
)
_DATA = (
    *_filter("trail-changes", _event("StopLogging")),
    *_filter("recorder", _event("StopConfigurationRecorder")),
    *_filter("buckets", _event("PutBucketPolicy")),
    *_filter("keys", _event("ScheduleKeyDeletion")),
)


def _by_rule(name: str, pattern: str) -> Bend:
    """The same through EventBridge."""
    return together(
        without(name),
        adding(
            given("rule", "aws:cloudwatch/eventRule:EventRule", {"eventPattern": pattern}),
            given(
                "target",
                "aws:cloudwatch/eventTarget:EventTarget",
                {"rule": UNKNOWN},
                depends={"rule": ["rule"]},
            ),
        ),
    )


_ROOT_BY_RULE = _by_rule("root", '{"userIdentity": {"type": ["Root"]}}')

CASES = [
    Cases(
        rule="log-group-kms",
        compliant=[_AUDIT],
        fails={"none": lacking("kmsKeyId")},
        unknown={"not known": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="log-group-retention-set",
        compliant=[_AUDIT],
        passes={"for ever": having("retentionInDays", 0)},
        fails={"a month": having("retentionInDays", 30), "not stated": lacking("retentionInDays")},
        unknown={"not known": having("retentionInDays", UNKNOWN)},
    ),
    Cases(
        rule="audit-log-retention-six-years",
        compliant=[_AUDIT],
        passes={
            "for ever": having("retentionInDays", 0),
            "no audit records": together(
                having("name", "/phoenix/orders"), having("retentionInDays", 365)
            ),
        },
        fails={
            "a year": having("retentionInDays", 365),
            "the trail's": together(
                having("name", "/phoenix/events"),
                having("retentionInDays", 365),
                adding(_TRAIL),
                depending("cloudWatchLogsGroupArn", "audit", on="trail"),
            ),
            "by its tag": together(
                having("name", "/phoenix/events"),
                having("tags", {"Purpose": "audit"}),
                having("retentionInDays", 1827),
            ),
            "a cluster's control plane": together(
                having("name", "/aws/eks/phoenix/cluster"), having("retentionInDays", 400)
            ),
        },
        unknown={
            "not known": having("retentionInDays", UNKNOWN),
            "what is written is not known": together(
                having("name", "/phoenix/events"), having("retentionInDays", 365), adding(_TRAIL)
            ),
            "the name is not known": together(
                having("name", UNKNOWN), having("retentionInDays", 365)
            ),
        },
    ),
    Cases(
        rule="log-group-deletion-protection",
        compliant=[_AUDIT],
        passes={
            "kept by the program": together(
                lacking("deletionProtectionEnabled"), having("skipDestroy", True)
            )
        },
        fails={
            "goes": lacking("deletionProtectionEnabled"),
            "switched off": having("deletionProtectionEnabled", False),
            "by its tag": together(
                having("name", "/phoenix/events"),
                having("tags", {"Purpose": "audit"}),
                lacking("deletionProtectionEnabled"),
            ),
        },
        unknown={"not known": having("deletionProtectionEnabled", UNKNOWN)},
    ),
    Cases(
        rule="log-resource-policy-scoped",
        compliant=[
            given(
                "policy",
                "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
                {"policyDocument": policy(allow("logs:PutLogEvents", "*", _DELIVERY, OWN_ACCOUNT))},
            )
        ],
        fails={
            "anybody": having("policyDocument", policy(allow("logs:PutLogEvents", "*", "*"))),
            "a service for anybody": having(
                "policyDocument", policy(allow("logs:PutLogEvents", "*", _DELIVERY))
            ),
        },
        unknown={"not known": having("policyDocument", UNKNOWN)},
    ),
    Cases(
        rule="alarm-has-actions",
        compliant=[_ALARM],
        fails={
            "none": lacking("alarmActions"),
            "an empty list": having("alarmActions", []),
            "off": having("actionsEnabled", False),
        },
        unknown={"not known": having("alarmActions", UNKNOWN)},
    ),
    Cases(
        rule="capacity-alarms",
        compliant=[_DATABASE, _ALARM],
        fails={
            "none": without("alarm"),
            "of another": together(
                having("dimensions", {"DBClusterIdentifier": "other"}, on="alarm"),
                depending("dimensions", on="alarm"),
            ),
        },
        unknown={
            "of an unknown one": together(
                having("dimensions", {"DBClusterIdentifier": UNKNOWN}, on="alarm"),
                depending("dimensions", on="alarm"),
            )
        },
    ),
    Cases(
        rule="security-filters-identity",
        compliant=[_TRAIL, *_IDENTITY],
        passes={"by an event rule": _ROOT_BY_RULE},
        fails={
            "none of root": without("root"),
            "none of sign-ins": without("sign-in"),
            "none of failed sign-ins": without("failures"),
            "none of the organization": without("accounts"),
            "no alarm": without("root-alarm"),
            "an alarm that tells nobody": lacking("alarmActions", on="root-alarm"),
            "an alarm that is off": having("actionsEnabled", False, on="root-alarm"),
            "an alarm on another metric": having("metricName", "other", on="root-alarm"),
            "an event rule that tells nobody": together(_ROOT_BY_RULE, without("target")),
            "an event rule that is off": together(
                _ROOT_BY_RULE, having("state", "DISABLED", on="rule")
            ),
        },
        unknown={
            "not known": having("pattern", UNKNOWN, on="root"),
            "whose alarm is not known": having("metricName", UNKNOWN, on="root-alarm"),
        },
    ),
    Cases(
        rule="security-filters-network",
        compliant=[_TRAIL, *_NETWORK],
        fails={"none of groups": without("groups"), "no alarm of routes": without("routes-alarm")},
        unknown={"not known": having("pattern", UNKNOWN, on="lists")},
    ),
    Cases(
        rule="security-filters-data-and-audit",
        compliant=[_TRAIL, *_DATA],
        fails={
            "none of keys": without("keys"),
            "no alarm of the trail": without("trail-changes-alarm"),
        },
        unknown={"not known": having("pattern", UNKNOWN, on="buckets")},
    ),
]
