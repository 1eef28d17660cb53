"""Alarms of a region, from the tables, over what the other layers declared."""

from collections.abc import Sequence

from phoenix_infra.aws.alarms import Alarms, AlarmsArgs, AlarmSpec, QuotaSpec
from phoenix_infra.layers.alarm_tables import (
    QUOTAS,
    balancer_alarms,
    cache_alarms,
    cache_replication_alarms,
    certificate_alarms,
    database_alarms,
    database_replication_alarms,
    health_check_alarms,
    job_alarms,
    replication_alarms,
)
from phoenix_infra.layers.alerts import Alerts
from phoenix_infra.layers.bucket_plans import bucket_plans
from phoenix_infra.layers.data import Data
from phoenix_infra.layers.edge import Edge
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.storage import S3Storage


def build_alarms(context: RegionalContext, data: Data, edge: Edge, alerts: Alerts) -> None:
    """One component for each subject, so that each has a screen of its own."""
    limits = context.settings.database.limits
    lag_seconds = context.settings.detection.replication_lag_alarm_seconds
    database, cache = data.database, data.cache
    subjects: dict[str, Sequence[AlarmSpec]] = {
        "database-alarms": database_alarms(database.identifier, limits.max_connections),
        "cache-alarms": cache_alarms(cache.replication_group_id, cache.node_count),
        "entry-alarms": (
            *balancer_alarms(
                "public", "AWS/ApplicationELB", edge.balancer_suffix, edge.target_group_suffix
            ),
            *balancer_alarms(
                "hospital",
                "AWS/NetworkELB",
                edge.hospital_balancer_suffix,
                edge.hospital_target_group_suffix,
            ),
            *certificate_alarms(edge.certificate_arns),
        ),
        "job-alarms": job_alarms(alerts.dead_letter_queue_name),
    }
    if context.is_primary:
        subjects["storage-alarms"] = _storage_alarms(context)
    else:
        subjects["replication-alarms"] = (
            *database_replication_alarms(database.identifier, lag_seconds),
            *cache_replication_alarms(cache.replication_group_id, cache.node_count, lag_seconds),
        )
    for name, specs in subjects.items():
        _alarms(context, name, specs, alerts)
    # Launching is what fails in a disaster (measured on 2025-10-20 in us-east-1): quotas in both regions.
    _alarms(context, "quota-alarms", (), alerts, QUOTAS)
    _edge_alarms(context, edge, alerts)


def _alarms(
    context: RegionalContext,
    name: str,
    specs: Sequence[AlarmSpec],
    alerts: Alerts,
    quotas: Sequence[QuotaSpec] = (),
) -> None:
    Alarms(
        name,
        AlarmsArgs(
            name_prefix=context.naming.prefix,
            alarms=specs,
            quotas=quotas,
            topic_arn=alerts.topic_arn,
            tags=context.tags.for_service("alerts"),
        ),
        context.regional(),
    )


def _storage_alarms(context: RegionalContext) -> tuple[AlarmSpec, ...]:
    storage = context.settings.storage
    if not isinstance(storage, S3Storage):
        raise TypeError("an AWS stack stores objects in S3: set phoenix:storage.backend to s3")
    account_id = context.settings.identity.account_id
    return replication_alarms(
        [
            (
                plan.purpose,
                context.naming.bucket(plan.purpose, account_id),
                context.naming.bucket(plan.purpose, account_id, context.peer_region),
            )
            for plan in bucket_plans(storage)
        ],
        f"to-{context.peer_region}",
    )


def _edge_alarms(context: RegionalContext, edge: Edge, alerts: Alerts) -> None:
    if edge.health_check_id is None or alerts.edge_topic_arn is None:
        return
    Alarms(
        "traffic-alarms",
        AlarmsArgs(
            name_prefix=context.naming.prefix,
            alarms=health_check_alarms(edge.health_check_id),
            topic_arn=alerts.edge_topic_arn,
            tags=context.tags.for_service("alerts"),
        ),
        context.edge(),
    )
