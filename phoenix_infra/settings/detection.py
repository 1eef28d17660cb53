"""Detection, audit, alarms and budgets."""

from typing import Annotated

from pydantic import Field

from phoenix_infra.settings.section import Section


class DetectionSettings(Section, frozen=True):
    """GuardDuty, Security Hub, Config, CloudTrail, Macie, Inspector and their alarm path (G-042)."""

    guardduty: bool = True
    securityhub: bool = True
    macie: bool = True
    inspector: bool = True
    trail_retention_days: Annotated[int, Field(ge=1)] = 2557
    replication_lag_alarm_seconds: Annotated[int, Field(ge=1)] = 60
    """RPO of the region pair (A6)."""
    monthly_budget_usd: Annotated[int, Field(ge=1)] = 60_000
    pagerduty_integration: bool = True
    """The integration URL lives in Secrets Manager; settings hold no secret."""
