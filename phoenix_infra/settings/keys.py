"""Customer managed KMS keys."""

from typing import Annotated

from pydantic import Field

from phoenix_infra.settings.section import Section


class KeysSettings(Section, frozen=True):
    """Rotation and deletion of the purpose-bound keys (L-022, M-035)."""

    rotation_period_days: Annotated[int, Field(ge=90, le=365)] = 365
    deletion_window_days: Annotated[int, Field(ge=14, le=30)] = 30
