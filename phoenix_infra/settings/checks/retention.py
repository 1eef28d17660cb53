"""How long evidence and data are kept."""

from collections.abc import Iterator

from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.database import AuroraDatabase
from phoenix_infra.settings.models import RegionalSettings
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.storage import S3Storage

CLOUDWATCH_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""The only values of PutRetentionPolicy."""
AUDIT_DAYS = 2557
"""Seven years: HIPAA asks six of documentation, the larger of X-85 counts (A6)."""


@check("stack", "network", "cluster", "detection")
def audit_logs(subject: Subject) -> Iterator[Problem]:
    """Logs that auditors read stay seven years in production, in steps that CloudWatch has."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    periods: dict[tuple[str, str], int] = {
        ("network", "flow_log_retention_days"): settings.network.flow_log_retention_days,
        ("cluster", "control_plane_log_retention_days"): (
            settings.cluster.control_plane_log_retention_days
        ),
        ("detection", "trail_retention_days"): settings.detection.trail_retention_days,
    }
    if "database" in subject.present and isinstance(settings.database, AuroraDatabase):
        periods["database", "log_retention_days"] = settings.database.log_retention_days
    for path, days in periods.items():
        nearest = next((step for step in CLOUDWATCH_DAYS if step >= days), CLOUDWATCH_DAYS[-1])
        if subject.production and days < AUDIT_DAYS:
            yield wrong(
                *path,
                value=days,
                allowed=f"production keeps audit logs for {AUDIT_DAYS} days or more",
                remedy=f"write {AUDIT_DAYS}",
            )
        elif days not in CLOUDWATCH_DAYS:
            yield wrong(
                *path,
                value=days,
                allowed=f"CloudWatch keeps logs for {', '.join(map(str, CLOUDWATCH_DAYS))} days",
                remedy=f"write {nearest}",
            )


@check("storage")
def storage(subject: Subject) -> Iterator[Problem]:
    """Objects cool down before they go."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings) or not isinstance(settings.storage, S3Storage):
        return
    kept = settings.storage
    orders = (
        ("application_log_hot_days", "application_log_warm_days"),
        ("application_log_warm_days", "application_log_retention_days"),
        ("audio_standard_days", "audio_retention_days"),
    )
    for earlier, later in orders:
        first, second = int(getattr(kept, earlier)), int(getattr(kept, later))
        if first >= second:
            yield wrong(
                "storage",
                earlier,
                value=first,
                allowed=f"must be less than {later}, which is {second}",
                remedy="correct one of the two",
            )


CHECKS: tuple[Check, ...] = (audit_logs, storage)
