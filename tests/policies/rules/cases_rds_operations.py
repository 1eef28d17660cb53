"""Cases of the rules about running databases."""

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

_CLUSTER = "aws:rds/cluster:Cluster"
_INSTANCE = "aws:rds/instance:Instance"
_MEMBER = given(
    "writer",
    "aws:rds/clusterInstance:ClusterInstance",
    {
        "monitoringInterval": 60,
        "monitoringRoleArn": "arn:aws:iam::481516234299:role/monitoring",
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": "arn:aws:kms:us-east-1:481516234299:key/data",
        "autoMinorVersionUpgrade": True,
        "caCertIdentifier": "rds-ca-rsa2048-g1",
    },
)
_DATABASE = given(
    "database",
    _CLUSTER,
    {
        "engine": "aurora-postgresql",
        "engineVersion": "17.7",
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "tags": {"Backup": "daily"},
    },
    outputs={"arn": "arn:aws:rds:us-east-1:481516234299:cluster:database"},
)
_SELECTION = "aws:backup/selection:Selection"
_BY_TAG: dict[str, Any] = {"type": "STRINGEQUALS", "key": "Backup", "value": "daily"}
_SUBSCRIPTION = given(
    "events",
    "aws:rds/eventSubscription:EventSubscription",
    {
        "snsTopic": "arn:aws:sns:us-east-1:481516234299:alerts",
        "sourceType": "db-cluster",
        "eventCategories": ["failure", "maintenance", "configuration change", "failover"],
    },
)

CASES = [
    Cases(
        rule="rds-enhanced-monitoring",
        compliant=[_MEMBER],
        passes={"an Aurora cluster leaves it to its instances": adding(_DATABASE)},
        fails={
            "off": having("monitoringInterval", 0),
            "AWS's default": lacking("monitoringInterval"),
        },
        unknown={"unknown": having("monitoringInterval", UNKNOWN)},
    ),
    Cases(
        rule="rds-performance-insights-encrypted",
        compliant=[_MEMBER],
        passes={"an Aurora cluster leaves it to its instances": adding(_DATABASE)},
        fails={
            "off": having("performanceInsightsEnabled", False),
            "AWS's key": lacking("performanceInsightsKmsKeyId"),
        },
        unknown={"key unknown": having("performanceInsightsKmsKeyId", UNKNOWN)},
    ),
    Cases(
        rule="rds-auto-minor-upgrade",
        compliant=[_MEMBER],
        passes={"AWS's default": lacking("autoMinorVersionUpgrade")},
        fails={"off": having("autoMinorVersionUpgrade", False)},
        unknown={"unknown": having("autoMinorVersionUpgrade", UNKNOWN)},
    ),
    Cases(
        rule="rds-ca-certificate-current",
        compliant=[_MEMBER],
        passes={"AWS's default": lacking("caCertIdentifier")},
        fails={
            "expired": having("caCertIdentifier", "rds-ca-2019"),
            "of a cluster": alone(given("c", _CLUSTER, {"caCertificateIdentifier": "rds-ca-2015"})),
        },
        unknown={"unknown": having("caCertIdentifier", UNKNOWN)},
    ),
    Cases(
        rule="rds-engine-supported",
        compliant=[_DATABASE],
        passes={"AWS's default": lacking("engineVersion")},
        fails={
            "too old": having("engineVersion", "13.9"),
            "extended support": having(
                "engineLifecycleSupport", "open-source-rds-extended-support"
            ),
            "an old MySQL": together(
                of_type(_INSTANCE), having("engine", "mysql"), having("engineVersion", "5.7.44")
            ),
        },
        unknown={"unknown": having("engineVersion", UNKNOWN)},
    ),
    Cases(
        rule="rds-in-backup-plan",
        compliant=[_DATABASE, given("daily", _SELECTION, {"selectionTags": [_BY_TAG]})],
        passes={
            "by its ARN": together(
                having("selectionTags", [], on="daily"),
                having(
                    "resources", ["arn:aws:rds:us-east-1:481516234299:cluster:database"], on="daily"
                ),
            ),
            "every cluster": together(
                having("selectionTags", [], on="daily"),
                having("resources", ["arn:aws:rds:*:*:cluster:*"], on="daily"),
            ),
            "everything with the tag": together(
                having("selectionTags", [], on="daily"),
                having("resources", ["*"], on="daily"),
                having(
                    "conditions",
                    [{"stringEquals": [{"key": "aws:ResourceTag/Backup", "value": "daily"}]}],
                    on="daily",
                ),
            ),
        },
        fails={
            "another tag": having("tags", {"Backup": "weekly"}),
            "no tag": lacking("tags"),
            "no selection": without("daily"),
            "other resources": together(
                having("selectionTags", [], on="daily"),
                having("resources", ["arn:aws:s3:::*"], on="daily"),
            ),
            "a condition that it does not meet": together(
                having("selectionTags", [], on="daily"),
                having("resources", ["*"], on="daily"),
                having(
                    "conditions",
                    [{"stringEquals": [{"key": "aws:ResourceTag/Backup", "value": "never"}]}],
                    on="daily",
                ),
            ),
        },
        unknown={
            "tags unknown": having("tags", UNKNOWN),
            "resources unknown": together(
                having("selectionTags", [], on="daily"),
                having("resources", UNKNOWN, on="daily"),
                depending("resources", on="daily"),
            ),
        },
    ),
    Cases(
        rule="rds-event-subscription",
        compliant=[_DATABASE, _SUBSCRIPTION],
        passes={
            "every source and event": together(
                lacking("sourceType", on="events"), lacking("eventCategories", on="events")
            )
        },
        fails={
            "nobody": without("events"),
            "of instances only": having("sourceType", "db-instance", on="events"),
            "without failures": having("eventCategories", ["maintenance"], on="events"),
            "switched off": having("enabled", False, on="events"),
            "to nobody": lacking("snsTopic", on="events"),
        },
        unknown={"topic unknown": having("snsTopic", UNKNOWN, on="events")},
    ),
]
