"""Who may preview and deploy: repositories and runners (A7.4, A7.5)."""

from typing import Annotated

from pydantic import Field

from phoenix_infra.settings.section import Section


class ContinuousIntegrationSettings(Section, frozen=True):
    """OIDC subjects of the preview and deploy roles."""

    github_repository: str | None = None
    """`owner/name`."""
    github_environment: str = "production"
    """The protected environment behind which the deploy role stands."""
    gitlab_project: str | None = None
    """`group/project`."""
    gitlab_environment: str = "production"
    runner_in_vpc: bool = True
    """CodeBuild-hosted runners inside the VPC reach the private API endpoint (A7.5)."""


class StateBackendSettings(Section, frozen=True):
    """The versioned, locked and replicated Pulumi state bucket (G-034, A7.4)."""

    bucket_name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]
    lock_retention_days: Annotated[int, Field(ge=7)] = 30
