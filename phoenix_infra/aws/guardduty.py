"""GuardDuty with every protection, its findings kept under our key."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import guardduty

FEATURES = (
    "EBS_MALWARE_PROTECTION",
    "EKS_AUDIT_LOGS",
    "LAMBDA_NETWORK_LOGS",
    "RDS_LOGIN_EVENTS",
    "S3_DATA_EVENTS",
)
RUNTIME_AGENTS = ("EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EKS_ADDON_MANAGEMENT")


@dataclass(frozen=True, kw_only=True)
class ThreatDetectionArgs:
    """Where a region's findings are kept."""

    findings_location_arn: str
    """Bucket and prefix in the same region."""
    logs_key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class ThreatDetection(pulumi.ComponentResource):
    """A region's detector."""

    detector_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: ThreatDetectionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ThreatDetection", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        detector = guardduty.Detector(
            name,
            enable=True,
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        for feature in FEATURES:
            guardduty.DetectorFeature(
                f"{name}-{feature.lower().replace('_', '-')}",
                detector_id=detector.id,
                name=feature,
                status="ENABLED",
                opts=child,
            )
        guardduty.DetectorFeature(
            f"{name}-runtime-monitoring",
            detector_id=detector.id,
            name="RUNTIME_MONITORING",
            status="ENABLED",
            additional_configurations=[
                guardduty.DetectorFeatureAdditionalConfigurationArgs(name=agent, status="ENABLED")
                for agent in RUNTIME_AGENTS
            ],
            opts=child,
        )
        guardduty.PublishingDestination(
            f"{name}-findings",
            detector_id=detector.id,
            destination_arn=args.findings_location_arn,
            kms_key_arn=args.logs_key_arn,
            tags=args.tags,
            opts=child,
        )
        self.detector_id = detector.id
        self.register_outputs({"detector_id": self.detector_id})
