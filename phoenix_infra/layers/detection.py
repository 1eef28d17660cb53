"""The detection layer: who watches a region, where the evidence is kept, and what it costs (G-042)."""

from phoenix_infra.aws.access_analyzer import AccessAnalysis, AccessAnalysisArgs
from phoenix_infra.aws.budgets import CostControl, CostControlArgs
from phoenix_infra.aws.cloudtrail import Trail, TrailArgs
from phoenix_infra.aws.config import ConfigurationRecorder, ConfigurationRecorderArgs
from phoenix_infra.aws.ebs import ComputeDefaults, ComputeDefaultsArgs
from phoenix_infra.aws.guardduty import ThreatDetection, ThreatDetectionArgs
from phoenix_infra.aws.inspector import VulnerabilityScanning, VulnerabilityScanningArgs
from phoenix_infra.aws.macie import SensitiveDataDiscovery, SensitiveDataDiscoveryArgs
from phoenix_infra.aws.rds_events import DatabaseEvents, DatabaseEventsArgs
from phoenix_infra.aws.s3 import bucket_arn
from phoenix_infra.aws.securityhub import FindingsHub, FindingsHubArgs
from phoenix_infra.layers.alarms import build_alarms
from phoenix_infra.layers.alerts import Alerts
from phoenix_infra.layers.bucket_plans import CONFIG_PREFIX, GUARDDUTY_PREFIX, TRAIL_PREFIX
from phoenix_infra.layers.data import Data
from phoenix_infra.layers.edge import Edge
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.storage import trail_name
from phoenix_infra.providers import RegionalContext

ALLOCATION_TAGS = ("CostCenter", "Environment", "Owner", "Project", "Role", "Service")


def build_detection(
    context: RegionalContext, keys: Keys, data: Data, edge: Edge, alerts: Alerts
) -> None:
    """Regional detectors in every region; the trail and the budget once, in the primary stack."""
    ComputeDefaults(
        "compute-defaults", ComputeDefaultsArgs(volume_key_arn=keys.data_arn), context.regional()
    )
    _threats(context, keys, data)
    _configuration(context, keys, data, alerts)
    tags = context.tags.for_service("detection")
    AccessAnalysis(
        "access-analysis",
        AccessAnalysisArgs(
            name_prefix=context.naming.prefix, unused_access=context.is_primary, tags=tags
        ),
        context.regional(),
    )
    DatabaseEvents(
        "database-events",
        DatabaseEventsArgs(
            name_prefix=context.naming.prefix, topic_arn=alerts.topic_arn, tags=tags
        ),
        context.regional(),
    )
    build_alarms(context, data, edge, alerts)
    if context.is_primary:
        _trail(context, keys, data, alerts)
        _costs(context)


def _threats(context: RegionalContext, keys: Keys, data: Data) -> None:
    detection = context.settings.detection
    account_id = context.settings.identity.account_id
    tags = context.tags.for_service("detection")
    if detection.guardduty:
        ThreatDetection(
            "threat-detection",
            ThreatDetectionArgs(
                findings_location_arn=f"{data.storage.evidence.arn}/{GUARDDUTY_PREFIX}",
                logs_key_arn=keys.logs_arn,
                tags=tags,
            ),
            context.regional(),
        )
    if detection.securityhub:
        FindingsHub(
            "findings-hub",
            FindingsHubArgs(region=context.region, aggregates=context.is_primary),
            context.regional(),
        )
    if detection.inspector:
        VulnerabilityScanning(
            "vulnerability-scanning",
            VulnerabilityScanningArgs(account_id=account_id),
            context.regional(),
        )
    if detection.macie:
        SensitiveDataDiscovery(
            "sensitive-data",
            SensitiveDataDiscoveryArgs(
                account_id=account_id,
                name_prefix=context.naming.prefix,
                bucket_names=[
                    data.storage.audio.name,
                    data.storage.backups.name,
                    data.storage.logs.name,
                ],
                tags=tags,
            ),
            context.regional(),
        )


def _configuration(context: RegionalContext, keys: Keys, data: Data, alerts: Alerts) -> None:
    ConfigurationRecorder(
        "configuration",
        ConfigurationRecorderArgs(
            account_id=context.settings.identity.account_id,
            records_global_types=context.is_primary,
            bucket_name=data.storage.evidence.name,
            key_prefix=CONFIG_PREFIX,
            logs_key_arn=keys.logs_arn,
            topic_arn=alerts.topic_arn,
            hipaa="hipaa" in context.settings.identity.frameworks,
            permissions_boundary_arn=context.boundary_arn,
            tags=context.tags.for_service("detection"),
        ),
        context.regional(),
    )


def _trail(context: RegionalContext, keys: Keys, data: Data, alerts: Alerts) -> None:
    account_id = context.settings.identity.account_id
    Trail(
        "trail",
        TrailArgs(
            trail_name=trail_name(context),
            account_id=account_id,
            region=context.region,
            bucket_name=data.storage.written["audit"],
            key_prefix=TRAIL_PREFIX,
            # One trail covers every region, so the replicas' data events are in it too.
            data_event_bucket_arns=[
                bucket_arn(context.naming.bucket(purpose, account_id, region))
                for purpose in ("audio", "backups", "logs", "models")
                for region in (context.region, context.peer_region)
            ],
            logs_key_arn=keys.logs_arn,
            topic_arn=alerts.topic_arn,
            retention_days=context.settings.detection.trail_retention_days,
            permissions_boundary_arn=context.boundary_arn,
            tags={**context.tags.for_service("audit"), "Retention": "audit"},
        ),
        context.regional(),
    )


def _costs(context: RegionalContext) -> None:
    CostControl(
        "cost",
        CostControlArgs(
            name_prefix=context.naming.prefix,
            monthly_usd=context.settings.detection.monthly_budget_usd,
            email_addresses=[context.settings.identity.contacts.on_call],
            allocation_tags=ALLOCATION_TAGS,
            tags=context.tags.for_service("cost"),
        ),
        context.regional(),
    )
