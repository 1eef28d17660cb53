"""AWS Backup plans (A6: daily 35 d, monthly 12 m, yearly 7 y, locked)."""

from typing import Annotated

from pydantic import Field

from phoenix_infra.settings.section import Section


class BackupSettings(Section, frozen=True):
    """Grandfather-father-son retention in a locked vault, with a copy in the other region (M-046, X-22)."""

    daily_retention_days: Annotated[int, Field(ge=35)] = 35
    monthly_retention_days: Annotated[int, Field(ge=365)] = 365
    yearly_retention_days: Annotated[int, Field(ge=2190)] = 2557
    lock_changeable_for_days: Annotated[int, Field(ge=3)] = 7
    restore_test_schedule: str = "cron(0 9 ? * SUN *)"
