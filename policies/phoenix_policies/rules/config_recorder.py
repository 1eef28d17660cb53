"""AWS Config: recorders that are complete and running, and where they deliver."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.regions import covered, covered_by, everywhere, in_use
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, truth

HIPAA_3: Final = ("164.308(a)(1)(ii)(A)", "164.308(a)(8)")
RECORDER: Final = "aws:cfg/recorder:Recorder"
RECORDER_STATUS: Final = "aws:cfg/recorderStatus:RecorderStatus"


@rule(
    "config-recorder-complete",
    "aws:cfg/recorder:Recorder",
    hipaa=HIPAA_3,
    soc2=("CC2.1", "CC3.4", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Set all_supported, and include_global_resource_types in the home region.",
    sources=(
        "prowler:config_recorder_all_regions_enabled",
        "prowler:config_recorder_using_aws_service_role",
        "checkov:CKV2_AWS_48",
    ),
)
def recorder_complete(one: Resource) -> Iterable[Clause]:
    """Config records every resource type."""
    group = one["recordingGroup"]
    strategy = group["recordingStrategies"].each()
    everything = group["allSupported"].is_true | some(
        s["useOnly"].equals("ALL_SUPPORTED_RESOURCE_TYPES") for s in strategy
    )
    yield everything.otherwise("does not record every type")
    away = truth(one.region not in ("", "us-east-1"))
    yield (group["includeGlobalResourceTypes"].is_true | away).otherwise(
        "does not record global types"
    )
    excluded = some(e["resourceTypes"].is_set for e in group["exclusionByResourceTypes"].each())
    yield (~excluded).otherwise("leaves types out")


@stack_rule(
    "config-recorder-running-all-regions",
    "aws:cfg/recorder:Recorder",
    "aws:cfg/recorderStatus:RecorderStatus",
    "aws:cfg/configurationAggregator:ConfigurationAggregator",
    hipaa=HIPAA_3,
    soc2=("CC2.1", "CC3.4", "CC7.1", "CC8.1"),
    severity=Severity.HIGH,
    remedy="Declare a Recorder and a RecorderStatus with is_enabled in the region.",
    sources=(
        "prowler:config_recorder_all_regions_enabled",
        "checkov:CKV2_AWS_45",
        "checkov:CKV_AWS_121",
    ),
)
def recorder_running(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Config is started in every region in use."""
    recorders = everywhere(stack, RECORDER)
    running = [(one, one["isEnabled"].is_true) for one in everywhere(stack, RECORDER_STATUS)]
    for region, shown in in_use(stack).items():
        on = covered(stack, region, recorders) & covered_by(stack, region, running)
        yield shown, on.otherwise(f"Config does not run in {region}")
    for one in stack.of(RECORDER):
        on = some(
            stack.refers(s, one, "name") & s["isEnabled"].is_true for s in stack.of(RECORDER_STATUS)
        )
        yield one, on.otherwise("is not started")


@rule(
    "config-delivery-encrypted",
    "aws:cfg/deliveryChannel:DeliveryChannel",
    hipaa=("164.308(a)(1)(ii)(A)", "164.308(a)(8)", "164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC2.1", "CC3.4", "CC6.1", "CC7.1", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set s3_kms_key_arn, sns_topic_arn and a daily delivery.",
)
def delivery_encrypted(one: Resource) -> Iterable[Clause]:
    """Config delivery is encrypted and notified."""
    yield one["s3KmsKeyArn"].is_set.otherwise("is not encrypted with a key")
    yield one["snsTopicArn"].is_set.otherwise("tells nobody")
