"""What is promoted: image versions and digests, sizes and switches of the services."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import Digest, Section


class ReleasedImage(Section, frozen=True):
    """One service's image in the release manifest (X-82)."""

    version: str
    digest: Digest


class ScalingOverride(Section, frozen=True):
    """Replica bounds that replace the catalogue's; they must pass the capacity check."""

    minimum: Annotated[int, Field(ge=1)]
    maximum: Annotated[int, Field(ge=1)]


class SessionPolicy(Section, frozen=True):
    """Tokens and sessions (L-026, L-028)."""

    token_minutes: Annotated[int, Field(ge=1, le=60)] = 15
    refresh_token_days: Annotated[int, Field(ge=1, le=30)] = 7
    session_timeout_minutes: Annotated[int, Field(ge=5, le=60)] = 30
    concurrent_sessions: Annotated[int, Field(ge=1)] = 3
    mfa_required: bool = True


class WorkloadsSettings(Section, frozen=True):
    """The release manifest and how the services run."""

    release: str
    registry: str | None = None
    """Image registry host; the stack's ECR registry when absent."""
    images: Mapping[str, ReleasedImage]
    profile: Literal["steady", "launch"] = "steady"
    """Autoscaling profile (X-53): launch is 5-50 gateways and needs the node maximum for it."""
    scaling: Mapping[str, ScalingOverride] = Field(default_factory=dict)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    maintenance_mode: bool = False
    features: Mapping[str, bool] = Field(default_factory=dict)
    """Feature flags, for instance {"transcription": true} (G-117)."""
    sessions: SessionPolicy = SessionPolicy()
    privacy_budget_epsilon: Annotated[float, Field(gt=0, le=2.0)] = 2.0
    """Differential privacy per hospital (L-035)."""
