"""Physical names and tags, in one place; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

PRODUCT = "phoenix-guardian"
_ENVIRONMENT_SHORT = {"production": "prod", "staging": "stg", "development": "dev"}


@dataclass(frozen=True, kw_only=True)
class Naming:
    """Names that AWS or an operator needs; everything else is suffixed by Pulumi."""

    environment: str
    role: str
    """primary, recovery, on-prem or bootstrap."""
    region: str = ""

    @property
    def prefix(self) -> str:
        """`phoenix-guardian-prod`, and `phoenix-guardian-dr` for the recovery region (G-045)."""
        short = "dr" if self.role == "recovery" else _ENVIRONMENT_SHORT[self.environment]
        return f"{PRODUCT}-{short}"

    @property
    def cluster(self) -> str:
        """Name of the EKS cluster (G-045)."""
        return self.prefix

    @property
    def namespaces_environment(self) -> str:
        """Label value that namespaces carry; equal in every region, or nothing would match in dr (X-04)."""
        return self.environment

    def bucket(self, purpose: str, account_id: str, region: str | None = None) -> str:
        """Globally unique, deterministic: replication and policies name buckets before they exist."""
        return f"{PRODUCT}-{purpose}-{account_id}-{region or self.region}"

    def parameter(self, name: str) -> str:
        """Path of an SSM parameter or of a secret in Secrets Manager."""
        return f"{PRODUCT}/{self.environment}/{name}"


def role_path(kind: str) -> str:
    """IAM path of roles of one kind; key policies and the boundary recognise roles by it."""
    return f"/{PRODUCT}/{kind}/"


def ci_role_arn(account_id: str, purpose: str) -> str:
    """ARN of CI's `preview` or `deploy` role, which the bootstrap stack owns under a fixed name."""
    return f"arn:aws:iam::{account_id}:role{role_path('ci')}{PRODUCT}-{purpose}"


def boundary_name(environment: str) -> str:
    """Permissions boundary of every role we make; the bootstrap stack owns it (X-77)."""
    return f"{PRODUCT}-{environment}-boundary"


def boundary_arn(account_id: str, environment: str) -> str:
    """A literal: bootstrap is deployed first, and the deploy role may make no role without it."""
    return f"arn:aws:iam::{account_id}:policy/{PRODUCT}/{boundary_name(environment)}"


@dataclass(frozen=True, kw_only=True)
class Tags:
    """The tags every AWS resource carries; required-tags rules read them."""

    environment: str
    role: str
    stack: str
    owner: str = "platform"
    cost_center: str = PRODUCT
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def base(self) -> dict[str, str]:
        """Tags without a service."""
        return {
            "Project": PRODUCT,
            "Environment": self.environment,
            "Role": self.role,
            "Stack": self.stack,
            "Owner": self.owner,
            "CostCenter": self.cost_center,
            "ManagedBy": "pulumi",
            "DataClassification": "internal",
            **self.extra,
        }

    def for_service(self, service: str, *, phi: bool = False) -> dict[str, str]:
        """Tags of one service's resources; `phi` marks what may hold protected health information."""
        return {
            **self.base(),
            "Service": service,
            "DataClassification": "phi" if phi else "internal",
        }
