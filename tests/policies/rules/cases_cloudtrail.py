"""Cases of the rules on the audit trail and on certificates."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    alone,
    depending,
    given,
    having,
    lacking,
    together,
    without,
)
from tests.policies.rules.fixtures_buckets import BLOCK, LOCK, LOGGING, POLICY, RECORDS
from tests.policies.rules.fixtures_policies import ACCOUNT, OWN_ACCOUNT, allow, policy

_TRAIL_TYPE = "aws:cloudtrail/trail:Trail"
_TRAIL = given(
    "trail",
    _TRAIL_TYPE,
    {
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "kmsKeyId": "arn:aws:kms:us-east-1:481516234299:key/1",
        "cloudWatchLogsGroupArn": "arn:aws:logs:us-east-1:481516234299:log-group:trail:*",
        "cloudWatchLogsRoleArn": "arn:aws:iam::481516234299:role/trail",
        "snsTopicName": "trail-files",
        "s3BucketName": "records",
        "eventSelectors": [
            {
                "readWriteType": "All",
                "includeManagementEvents": True,
                "dataResources": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}],
            }
        ],
        "insightSelectors": [
            {"insightType": "ApiCallRateInsight"},
            {"insightType": "ApiErrorRateInsight"},
        ],
    },
    depends={"s3BucketName": ["records"]},
)
_MANAGEMENT = {"field": "eventCategory", "equals": ["Management"]}
_OBJECTS = {"field": "resources.type", "equals": ["AWS::S3::Object"]}
_READS = {"field": "readOnly", "equals": ["true"]}
_WRITES = {"field": "readOnly", "equals": ["false"]}
_NO_KMS = {"field": "eventSource", "notEquals": ["kms.amazonaws.com"]}
_STORE = given("store", "aws:cloudtrail/eventDataStore:EventDataStore", {"retentionPeriod": 2557})
_OWN_TRAIL = {
    "StringEquals": {"aws:SourceArn": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/phoenix"}
}
_LETS_THE_TRAIL_IN = allow(
    "s3:PutObject", "arn:aws:s3:::records/*", {"Service": "cloudtrail.amazonaws.com"}, _OWN_TRAIL
)
_BUCKET_POLICY = given(
    "policy",
    POLICY.type,
    {"bucket": "records", "policy": policy(_LETS_THE_TRAIL_IN)},
    depends={"bucket": ["records"]},
)
_CERTIFICATE = given("site", "aws:acm/certificate:Certificate", {"validationMethod": "DNS"})


def _selected(*selectors: list[dict[str, Any]]) -> Bend:
    """With advanced selectors of these fields in place of basic ones."""
    return together(
        lacking("eventSelectors"),
        having("advancedEventSelectors", [{"fieldSelectors": fields} for fields in selectors]),
    )


def _advanced(*fields: dict[str, Any]) -> Bend:
    return _selected([*fields])


CASES = [
    Cases(
        rule="cloudtrail-exists-multi-region",
        compliant=[_TRAIL],
        passes={
            "AWS's default selectors": lacking("eventSelectors"),
            "advanced selectors": _advanced(_MANAGEMENT),
        },
        fails={
            "none": alone(
                given("orders", "aws:sqs/queue:Queue", {}, region="us-east-1"),
            ),
            "one region": having("isMultiRegionTrail", False),
            "switched off": having("enableLogging", False),
            "no global services": having("includeGlobalServiceEvents", False),
            "management events are left out": having(
                "eventSelectors.0.includeManagementEvents", False
            ),
            "writes only": having("eventSelectors.0.readWriteType", "WriteOnly"),
            "KMS is left out": having(
                "eventSelectors.0.excludeManagementEventSources", ["kms.amazonaws.com"]
            ),
            "advanced selectors for data alone": _advanced(_OBJECTS),
            "advanced selectors for writes": _advanced(
                _MANAGEMENT, {"field": "readOnly", "equals": ["false"]}
            ),
            "advanced selectors leave KMS out": _advanced(_MANAGEMENT, _NO_KMS),
        },
        unknown={
            "not known": having("isMultiRegionTrail", UNKNOWN),
            "selectors not known": having("eventSelectors", UNKNOWN),
            "the stack of the other region may own it": alone(
                given(
                    "urn:pulumi:dr::phoenix::aws:sqs/queue:Queue::orders",
                    "aws:sqs/queue:Queue",
                    {},
                    region="us-west-2",
                )
            ),
        },
    ),
    Cases(
        rule="cloudtrail-multi-region",
        compliant=[_TRAIL],
        fails={
            "one region": having("isMultiRegionTrail", False),
            "left out": lacking("isMultiRegionTrail"),
        },
        unknown={"not known": having("isMultiRegionTrail", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-log-validation",
        compliant=[_TRAIL],
        fails={
            "off": having("enableLogFileValidation", False),
            "left out": lacking("enableLogFileValidation"),
        },
        unknown={"not known": having("enableLogFileValidation", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-kms",
        compliant=[_TRAIL],
        fails={"none": lacking("kmsKeyId"), "an event store without": alone(_STORE)},
        unknown={"not known": having("kmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-cloudwatch-logs",
        compliant=[_TRAIL],
        fails={
            "no log group": lacking("cloudWatchLogsGroupArn"),
            "no role": lacking("cloudWatchLogsRoleArn"),
        },
        unknown={"not known": having("cloudWatchLogsGroupArn", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-data-events",
        compliant=[_TRAIL],
        passes={
            "advanced selectors": _advanced(_OBJECTS),
            "reads and writes apart": _selected([_OBJECTS, _READS], [_OBJECTS, _WRITES]),
        },
        fails={
            "none": lacking("eventSelectors"),
            "functions only": having(
                "eventSelectors.0.dataResources.0.type", "AWS::Lambda::Function"
            ),
            "writes only": having("eventSelectors.0.readWriteType", "WriteOnly"),
            "advanced selectors for writes": _advanced(_OBJECTS, _WRITES),
            "advanced selectors for reads": _advanced(_OBJECTS, _READS),
            "KMS is left out": having(
                "eventSelectors.0.excludeManagementEventSources", ["kms.amazonaws.com"]
            ),
            "advanced selectors leave KMS out": _selected([_MANAGEMENT, _NO_KMS], [_OBJECTS]),
        },
        unknown={"not known": having("eventSelectors", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-insights-and-notify",
        compliant=[_TRAIL],
        fails={
            "one missing": lacking("insightSelectors.1"),
            "tells nobody": lacking("snsTopicName"),
        },
        unknown={"not known": having("insightSelectors", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-event-store-retention",
        compliant=[_STORE],
        passes={"AWS's default of seven years": lacking("retentionPeriod")},
        fails={
            "three months": having("retentionPeriod", 90),
            "may be deleted": having("terminationProtectionEnabled", False),
            "one region": having("multiRegionEnabled", False),
            "suspended": having("suspend", True),
        },
        unknown={"not known": having("retentionPeriod", UNKNOWN)},
    ),
    Cases(
        rule="cloudtrail-bucket-protected",
        compliant=[_TRAIL, RECORDS, BLOCK, LOGGING, LOCK, _BUCKET_POLICY],
        fails={
            "public": without("block"),
            "keeps no log": without("logging"),
            "may be emptied": together(without("lock"), lacking("objectLockEnabled", on="records")),
            "for any trail of the account": having(
                "policy", policy({**_LETS_THE_TRAIL_IN, "Condition": OWN_ACCOUNT}), on="policy"
            ),
            "for any trail": having(
                "policy",
                policy({**_LETS_THE_TRAIL_IN, "Condition": {}}),
                on="policy",
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN, on="policy"),
            "of an unknown bucket": together(
                having("bucket", UNKNOWN, on="block"), depending("bucket", on="block")
            ),
        },
    ),
    Cases(
        rule="acm-dns-validated",
        compliant=[_CERTIFICATE],
        passes={
            "a private authority": together(
                lacking("validationMethod"), having("certificateAuthorityArn", "arn:aws:acm-pca:1")
            )
        },
        fails={
            "by mail": having("validationMethod", "EMAIL"),
            "imported": together(lacking("validationMethod"), having("certificateBody", "-----")),
            "a key in the program": having("privateKey", "-----BEGIN"),
        },
        unknown={"not known": having("validationMethod", UNKNOWN)},
    ),
    Cases(
        rule="acm-key-algorithm",
        compliant=[_CERTIFICATE],
        fails={
            "too short": having("keyAlgorithm", "RSA_1024"),
            "exportable": having("options", {"export": "ENABLED"}),
        },
        unknown={"not known": having("keyAlgorithm", UNKNOWN)},
    ),
    Cases(
        rule="acm-transparency-logging",
        compliant=[_CERTIFICATE],
        fails={
            "hidden": having("options", {"certificateTransparencyLoggingPreference": "DISABLED"})
        },
        unknown={"not known": having("options", UNKNOWN)},
    ),
]
