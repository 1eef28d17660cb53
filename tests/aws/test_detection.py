"""Who watches: every detector in every region, account-wide things once, and every alarm heard."""

import json
from collections.abc import Callable
from typing import Any, Protocol

from phoenix_infra.aws.cloudtrail import AUDIT_FILTERS
from phoenix_infra.aws.config import hipaa_conformance_template
from phoenix_infra.preview import Graph

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
TRAIL = "aws:cloudtrail/trail:Trail"
SINGLETONS = (
    TRAIL,
    "aws:securityhub/findingAggregator:FindingAggregator",
    "aws:budgets/budget:Budget",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
)
REGIONAL_DETECTORS = (
    "aws:guardduty/detector:Detector",
    "aws:securityhub/account:Account",
    "aws:cfg/recorder:Recorder",
    "aws:cfg/recorderStatus:RecorderStatus",
    "aws:inspector2/enabler:Enabler",
    "aws:macie2/account:Account",
    "aws:macie2/classificationJob:ClassificationJob",
)


class Reading(Protocol):
    """What the fixtures give."""

    graph: Graph

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def test_every_region_has_every_detector(region: Reading) -> None:
    for token in REGIONAL_DETECTORS:
        assert len(region.of(token)) == 1, token


def test_account_wide_things_are_declared_once(production: Reading, dr: Reading) -> None:
    for token in SINGLETONS:
        assert len(production.of(token)) == 1, token
        assert not dr.of(token), f"two stacks would fight over {token}"


def test_global_resources_are_recorded_in_one_region(production: Reading, dr: Reading) -> None:
    for reading, globally in ((production, True), (dr, False)):
        group = reading.inputs("aws:cfg/recorder:Recorder")["recordingGroup"]
        assert group["allSupported"] is True
        assert group["includeGlobalResourceTypes"] is globally


def test_guardduty_has_every_protection(region: Reading) -> None:
    features = {
        n.inputs["name"]: n.inputs
        for n in region.of("aws:guardduty/detectorFeature:DetectorFeature")
    }
    assert set(features) == {
        "EBS_MALWARE_PROTECTION",
        "EKS_AUDIT_LOGS",
        "LAMBDA_NETWORK_LOGS",
        "RDS_LOGIN_EVENTS",
        "RUNTIME_MONITORING",
        "S3_DATA_EVENTS",
    }
    assert all(f["status"] == "ENABLED" for f in features.values())
    agents = features["RUNTIME_MONITORING"]["additionalConfigurations"]
    assert {"name": "EKS_ADDON_MANAGEMENT", "status": "ENABLED"} in agents


def test_the_trail_sees_every_region_and_cannot_be_altered_unseen(production: Reading) -> None:
    trail = production.only(TRAIL)
    assert trail.inputs["isMultiRegionTrail"] is True
    assert trail.inputs["enableLogFileValidation"] is True
    assert trail.inputs["kmsKeyId"]
    assert trail.options["protect"] is True


def test_the_trail_has_data_events_of_every_bucket_with_health_records(
    production: Reading,
) -> None:
    selectors = production.inputs(TRAIL)["advancedEventSelectors"]
    prefixes = {
        prefix
        for selector in selectors
        for field in selector["fieldSelectors"]
        if field["field"] == "resources.ARN"
        for prefix in field["startsWiths"]
    }
    for node in production.of("aws:s3/bucket:Bucket"):
        if node.inputs["tags"]["DataClassification"] == "phi":
            assert f"arn:aws:s3:::{node.inputs['bucket']}/" in prefixes, node.name


def test_the_bucket_lets_exactly_this_trail_write(production: Reading) -> None:
    trail = production.inputs(TRAIL)
    policy = json.loads(
        production.inputs("aws:s3/bucketPolicy:BucketPolicy", "audit-policy")["policy"]
    )
    sources = {
        s["Condition"]["StringEquals"]["aws:SourceArn"]
        for s in policy["Statement"]
        if s["Effect"] == "Allow"
    }
    assert sources == {f"arn:aws:cloudtrail:us-east-1:481516234299:trail/{trail['name']}"}


def test_each_audited_change_raises_an_alarm(production: Reading) -> None:
    filters = production.of("aws:cloudwatch/logMetricFilter:LogMetricFilter")
    metrics = {n.inputs["metricTransformation"]["name"] for n in filters}
    alarms = {n.inputs.get("metricName") for n in production.of(ALARM)}
    assert metrics == set(AUDIT_FILTERS)
    assert metrics <= alarms
    assert all(len(n.inputs["pattern"]) <= 1024 for n in filters), "CloudWatch's limit"


def test_every_alarm_is_heard_in_its_own_region(region: Reading) -> None:
    topics = {n.outputs["arn"]: n.region for n in region.of("aws:sns/topic:Topic")}
    assert region.of(ALARM)
    for node in region.of(ALARM):
        assert node.inputs["actionsEnabled"] is True, node.name
        for action in node.inputs["alarmActions"]:
            assert topics[action] == node.region, node.name


def test_alarm_names_carry_the_prefix_that_the_pager_route_matches(region: Reading) -> None:
    routes = {n.name: n.inputs for n in region.of("aws:cloudwatch/eventRule:EventRule")}
    pattern = json.loads(routes["alert-routes-alarm"]["eventPattern"])
    prefix = pattern["detail"]["alarmName"][0]["prefix"]
    assert all(n.inputs["name"].startswith(prefix) for n in region.of(ALARM))


def test_what_wakes_somebody_goes_to_the_topic_and_to_the_pager(region: Reading) -> None:
    targets = {n.name: n.inputs for n in region.of("aws:cloudwatch/eventTarget:EventTarget")}
    for route in ("guardduty-finding", "securityhub-finding", "alarm", "backup-failure"):
        assert f"alert-routes-{route}-topic" in targets
        assert f"alert-routes-{route}-incident" in targets
    assert all(t["deadLetterConfig"]["arn"] for t in targets.values())


def test_no_pager_key_is_ever_deployed(region: Reading) -> None:
    connection = region.only("aws:cloudwatch/eventConnection:EventConnection")
    assert connection.options["ignoreChanges"] == ["authParameters"]
    assert "4dabf18193072939515e22adb298388d" in repr(connection.inputs["authParameters"])


def test_the_recovery_region_watches_the_lag_behind_the_primary(dr: Reading) -> None:
    alarms = {n.inputs.get("metricName"): n.inputs for n in dr.of(ALARM)}
    lag = alarms["AuroraGlobalDBReplicationLag"]
    assert lag["threshold"] == 60_000, "the RPO of 60 seconds, in the metric's milliseconds"
    assert lag["treatMissingData"] == "breaching", "no number is not zero lag"
    assert "GlobalDatastoreReplicationLag" in alarms


def test_quotas_that_a_failover_would_hit_are_watched(region: Reading) -> None:
    names = {n.name for n in region.of(ALARM)}
    assert {"quota-alarms-quota-gpu-vcpu", "quota-alarms-quota-general-vcpu"} <= names


def test_every_log_group_has_retention_and_our_key(region: Reading) -> None:
    assert region.of(LOG_GROUP)
    for node in region.of(LOG_GROUP):
        assert node.inputs["retentionInDays"] >= 365, node.name
        assert node.inputs["kmsKeyId"], node.name


def test_topics_and_queues_are_encrypted_and_refuse_plaintext(region: Reading) -> None:
    for node in region.of("aws:sns/topic:Topic"):
        assert node.inputs["kmsMasterKeyId"]
    policies = [
        *(n.inputs["policy"] for n in region.of("aws:sns/topicPolicy:TopicPolicy")),
        *(n.inputs["policy"] for n in region.of("aws:sqs/queuePolicy:QueuePolicy")),
    ]
    for text in policies:
        sids = {s["Sid"] for s in json.loads(text)["Statement"]}
        assert "DenyPlaintextTransport" in sids


def test_the_conformance_pack_fits_and_names_each_rule_once(region: Reading) -> None:
    body = region.inputs("aws:cfg/conformancePack:ConformancePack")["templateBody"]
    rules = json.loads(body)["Resources"]
    assert body == hipaa_conformance_template()
    assert len(body) <= 51_200, "the service's limit for a template in the request"
    identifiers = [r["Properties"]["Source"]["SourceIdentifier"] for r in rules.values()]
    assert len(identifiers) == len(set(identifiers)) >= 40


def test_the_hipaa_pack_follows_the_chosen_frameworks(changed: Callable[..., Reading]) -> None:
    reading = changed(
        "production", {"phoenix:stack": {"environment": "staging", "frameworks": ["soc2"]}}
    )
    assert not reading.of("aws:cfg/conformancePack:ConformancePack")


def test_the_budget_and_its_anomalies_reach_a_person(production: Reading) -> None:
    budget = production.inputs("aws:budgets/budget:Budget")
    assert {n["notificationType"] for n in budget["notifications"]} == {"ACTUAL", "FORECASTED"}
    assert production.inputs("aws:costexplorer/anomalySubscription:AnomalySubscription")[
        "subscribers"
    ]
