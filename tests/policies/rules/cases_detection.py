"""Cases of the rules on GuardDuty, Security Hub, Access Analyzer and Config."""

from dataclasses import replace

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    Given,
    adding,
    alone,
    depending,
    given,
    having,
    in_region,
    lacking,
    together,
    without,
)

_QUEUE = "aws:sqs/queue:Queue"
_ORDERS = given("orders", _QUEUE, {}, region="us-east-1")
_DETECTOR = given(
    "detector",
    "aws:guardduty/detector:Detector",
    {"enable": True, "findingPublishingFrequency": "FIFTEEN_MINUTES"},
    outputs={"id": "d-1"},
    region="us-east-1",
)
_FEATURE = given(
    "s3-events",
    "aws:guardduty/detectorFeature:DetectorFeature",
    {"detectorId": "d-1", "name": "S3_DATA_EVENTS", "status": "ENABLED"},
    depends={"detectorId": ["detector"]},
)
_AGENT = {"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"}


def _feature(name: str, feature: str) -> Given:
    return replace(_FEATURE, name=name, props={**_FEATURE.props, "name": feature})


_RUNTIME = _feature("run", "RUNTIME_MONITORING")
_CLUSTER = (
    given("cluster", "aws:eks/cluster:Cluster", {}),
    _feature("audit", "EKS_AUDIT_LOGS"),
    _feature("malware", "EBS_MALWARE_PROTECTION"),
)
_DESTINATION = given(
    "findings",
    "aws:guardduty/publishingDestination:PublishingDestination",
    {"detectorId": "d-1", "kmsKeyArn": "arn:aws:kms:us-east-1:481516234299:key/1"},
    depends={"detectorId": ["detector"]},
)
_RULE = given(
    "rule",
    "aws:cloudwatch/eventRule:EventRule",
    {"name": "findings", "eventPattern": '{"source": ["aws.guardduty"]}'},
)
_TARGET = given(
    "target",
    "aws:cloudwatch/eventTarget:EventTarget",
    {"rule": "findings", "arn": "arn:aws:sns:us-east-1:481516234299:alerts"},
    depends={"rule": ["rule"]},
)
_HUB = given(
    "hub",
    "aws:securityhub/account:Account",
    {"enableDefaultStandards": False},
    region="us-east-1",
)
_STANDARD = given(
    "standard",
    "aws:securityhub/standardsSubscription:StandardsSubscription",
    {
        "standardsArn": "arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0"
    },
)
_ANALYZER = given(
    "analyzer", "aws:accessanalyzer/analyzer:Analyzer", {"type": "ACCOUNT"}, region="us-east-1"
)
_RECORDER = given(
    "recorder",
    "aws:cfg/recorder:Recorder",
    {"recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}},
    outputs={"name": "recorder-1"},
    region="us-east-1",
)
_STATUS = given(
    "status",
    "aws:cfg/recorderStatus:RecorderStatus",
    {"name": "recorder-1", "isEnabled": True},
    depends={"name": ["recorder"]},
    region="us-east-1",
)
_DELIVERY = given(
    "delivery",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    {
        "s3KmsKeyArn": "arn:aws:kms:us-east-1:481516234299:key/1",
        "snsTopicArn": "arn:aws:sns:us-east-1:481516234299:config",
    },
)
_ABROAD = adding(given("copies", _QUEUE, {}, region="us-west-2"))


def _one_of_a_pair(*more: Given) -> Bend:
    """Judged in the stack of one region, while the other stack may own the rest."""
    name = f"urn:pulumi:production::phoenix::{_QUEUE}::orders"
    return alone(given(name, _QUEUE, {}, region="us-west-2"), *more)


_PEERS = {"the stack of the other region may own it": _one_of_a_pair()}

CASES = [
    Cases(
        rule="guardduty-detector-enabled",
        compliant=[_DETECTOR],
        fails={"off": having("enable", False)},
        unknown={"not known": having("enable", UNKNOWN)},
    ),
    Cases(
        rule="guardduty-all-regions",
        compliant=[_ORDERS, _DETECTOR],
        fails={
            "none": without("detector"),
            "not in the second region": _ABROAD,
            "one that is off": having("enable", False, on="detector"),
        },
        unknown={**_PEERS, "not known": having("enable", UNKNOWN, on="detector")},
    ),
    Cases(
        rule="guardduty-protection-features",
        compliant=[_DETECTOR, _FEATURE, given("records", "aws:s3/bucket:Bucket", {})],
        passes={
            "a cluster with its agent": together(
                adding(*_CLUSTER, _RUNTIME),
                having("additionalConfigurations", [_AGENT], on="run"),
            ),
        },
        fails={
            "none": without("s3-events"),
            "off": having("status", "DISABLED", on="s3-events"),
            "another": having("name", "EKS_AUDIT_LOGS", on="s3-events"),
            "a service more": adding(given("database", "aws:rds/cluster:Cluster", {})),
            "no agent in the cluster": adding(*_CLUSTER, _RUNTIME),
            "an agent that is off": together(
                adding(*_CLUSTER, _RUNTIME),
                having("additionalConfigurations", [{**_AGENT, "status": "DISABLED"}], on="run"),
            ),
        },
        unknown={
            "not known": having("status", UNKNOWN, on="s3-events"),
            "of an unknown detector": together(
                having("detectorId", UNKNOWN, on="s3-events"),
                depending("detectorId", on="s3-events"),
            ),
        },
    ),
    Cases(
        rule="guardduty-finding-frequency",
        compliant=[_DETECTOR],
        fails={
            "six hours": having("findingPublishingFrequency", "SIX_HOURS"),
            "AWS's default of six hours": lacking("findingPublishingFrequency"),
        },
        unknown={"not known": having("findingPublishingFrequency", UNKNOWN)},
    ),
    Cases(
        rule="guardduty-findings-exported",
        compliant=[_DETECTOR, _DESTINATION, _RULE, _TARGET],
        fails={
            "not exported": without("findings"),
            "without a key": lacking("kmsKeyArn", on="findings"),
            "no rule": without("rule"),
            "a rule of something else": having(
                "eventPattern", '{"source": ["aws.health"]}', on="rule"
            ),
            "a rule that tells nobody": without("target"),
        },
        unknown={
            "not known": having("kmsKeyArn", UNKNOWN, on="findings"),
            "the pattern is not known": having("eventPattern", UNKNOWN, on="rule"),
        },
    ),
    Cases(
        rule="securityhub-all-regions",
        compliant=[_ORDERS, _HUB],
        fails={"none": without("hub"), "not in the second region": _ABROAD},
        unknown=_PEERS,
    ),
    Cases(
        rule="securityhub-standards",
        compliant=[_HUB, _STANDARD],
        passes={
            "AWS's defaults": together(without("standard"), having("enableDefaultStandards", True))
        },
        fails={
            "none": without("standard"),
            "another": having(
                "standardsArn", "arn:aws:securityhub:::ruleset/pci/v/3.2.1", on="standard"
            ),
        },
        unknown={"not known": having("standardsArn", UNKNOWN, on="standard")},
    ),
    Cases(
        rule="access-analyzer-enabled",
        compliant=[_ORDERS, _ANALYZER],
        fails={
            "none": without("analyzer"),
            "not in the second region": _ABROAD,
            "of unused access only": having("type", "ACCOUNT_UNUSED_ACCESS", on="analyzer"),
        },
        unknown={**_PEERS, "not known": having("type", UNKNOWN, on="analyzer")},
    ),
    Cases(
        rule="config-recorder-complete",
        compliant=[_RECORDER],
        fails={
            "some types": having("recordingGroup.allSupported", False),
            "no global types": lacking("recordingGroup.includeGlobalResourceTypes"),
            "all but some": having(
                "recordingGroup.exclusionByResourceTypes", [{"resourceTypes": ["AWS::S3::Bucket"]}]
            ),
            "nothing stated": lacking("recordingGroup"),
        },
        unknown={"not known": having("recordingGroup", UNKNOWN)},
    ),
    Cases(
        rule="config-recorder-running-all-regions",
        compliant=[_ORDERS, _RECORDER, _STATUS],
        fails={
            "none": without("recorder", "status"),
            "not started": without("status"),
            "stopped": having("isEnabled", False, on="status"),
            "not in the second region": _ABROAD,
            "started elsewhere": in_region("us-west-2", on="status"),
        },
        unknown={**_PEERS, "not known": having("isEnabled", UNKNOWN, on="status")},
    ),
    Cases(
        rule="config-delivery-encrypted",
        compliant=[_DELIVERY],
        fails={"no key": lacking("s3KmsKeyArn"), "tells nobody": lacking("snsTopicArn")},
        unknown={"not known": having("s3KmsKeyArn", UNKNOWN)},
    ),
]
