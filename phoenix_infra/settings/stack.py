"""Who a stack is: the primary region, the recovery region, a hospital's own site, or the ground under all."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import AccountId, DomainName, EmailAddress, Region, Section

Environment = Literal["production", "staging", "development"]
Framework = Literal["hipaa", "soc2"]


class Contacts(Section, frozen=True):
    """Where people are reached (G-120, L-048; the documents disagree on the domain, X-56)."""

    on_call: EmailAddress
    security: EmailAddress
    database: EmailAddress


class StackIdentity(Section, frozen=True):
    """What every kind of stack says about itself."""

    environment: Environment = "production"
    product: Literal["phoenix-guardian"] = "phoenix-guardian"
    domain: DomainName
    contacts: Contacts
    cost_center: str = "phoenix-guardian"
    frameworks: tuple[Framework, ...] = ("hipaa", "soc2")
    """The rule sets that apply (G-043, A7.15)."""


class CloudIdentity(StackIdentity, frozen=True):
    """What the two regional stacks have in common."""

    account_id: AccountId
    region: Region
    active_region: Region = "us-east-1"
    """The region that serves traffic; read by applications and replica floors, never by a data store (X-72)."""


class PrimaryStack(CloudIdentity, frozen=True):
    """Owns the data and every copy of it (A7.2)."""

    kind: Literal["primary"]
    recovery_region: Region


class RecoveryStack(CloudIdentity, frozen=True):
    """Owns what runs in the second region, warm (A7.2); reads the primary's outputs, never the other way (X-70)."""

    kind: Literal["recovery"]
    primary_stack: str
    """Name of the Pulumi stack whose outputs are read, for instance `organization/phoenix-infra/production`."""
    primary_region: Region


class OnPremStack(StackIdentity, frozen=True):
    """A hospital's own cluster without AWS (A7.8, G-001)."""

    kind: Literal["on-prem"]
    site: str
    backup_to_aws: bool = False
    """Delivery mode `hybrid`: the on-premises stack with AWS backups."""


class BootstrapStack(StackIdentity, frozen=True):
    """State backend, OIDC providers and CI roles (A7.4)."""

    kind: Literal["bootstrap"]
    account_id: AccountId
    region: Region
    recovery_region: Region


StackSettings = Annotated[
    PrimaryStack | RecoveryStack | OnPremStack | BootstrapStack, Field(discriminator="kind")
]
