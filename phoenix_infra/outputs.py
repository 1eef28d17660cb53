"""What a stack tells the world: typed, documented, and read by other stacks under these names only."""

from dataclasses import dataclass, fields
from typing import Any, Self

import pulumi


@dataclass(frozen=True, kw_only=True)
class StackOutputs:
    """Outputs of one stack; every field is exported under its own name."""

    def export(self) -> None:
        """Hands each field to the engine."""
        for field in fields(self):
            pulumi.export(field.name, getattr(self, field.name))


@dataclass(frozen=True, kw_only=True)
class PrimaryOutputs(StackOutputs):
    """What the primary stack exports; the recovery stack reads exactly these (A7.2, X-70)."""

    cluster_name: pulumi.Input[str]
    """Name of the EKS cluster and of its kube context (G-045)."""
    cluster_endpoint: pulumi.Input[str]
    """Private API endpoint."""
    vpc_id: pulumi.Input[str]
    global_database_id: pulumi.Input[str]
    """The Aurora Global Database that the recovery cluster joins (L-003)."""
    global_cache_id: pulumi.Input[str]
    """The Global Datastore that the recovery cache joins (L-004)."""
    cache_application_password: pulumi.Input[str]
    """Secret: a region has cache users of its own, with the same passwords."""
    cache_monitoring_password: pulumi.Input[str]
    """Secret."""
    cache_disabled_password: pulumi.Input[str]
    """Secret, of the default user that may do nothing."""
    public_zone_id: pulumi.Input[str]
    """Hosted zone of the domain; the recovery stack owns its SECONDARY records there (X-70)."""
    private_zone_id: pulumi.Input[str]
    """Hosted zone of the hospitals' private names."""
    origin_secret: pulumi.Input[str]
    """Secret header value that only CloudFront sends (X-54)."""
    backup_vault_arn: pulumi.Input[str]
    """Where the recovery region's backups are copied to."""

    data_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    backup_key_arn: pulumi.Input[str]
    replica_data_key_arn: pulumi.Input[str]
    """Members of the multi-Region keys in the recovery region, which the primary owns (A7.2)."""
    replica_logs_key_arn: pulumi.Input[str]
    replica_secrets_key_arn: pulumi.Input[str]
    replica_backup_key_arn: pulumi.Input[str]

    @classmethod
    def read(cls, stack_name: str) -> Self:
        """The outputs of another stack, through a stack reference."""
        reference = pulumi.StackReference(stack_name)
        values: dict[str, Any] = {
            field.name: reference.require_output(field.name) for field in fields(cls)
        }
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class RecoveryOutputs(StackOutputs):
    """What the recovery stack exports; nobody's graph reads it, people and tools do."""

    cluster_name: pulumi.Input[str]
    cluster_endpoint: pulumi.Input[str]
    vpc_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class OnPremOutputs(StackOutputs):
    """What an on-premises stack exports."""

    site: str
    database_host: pulumi.Input[str]
    cache_host: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class BootstrapOutputs(StackOutputs):
    """What people and pipelines need before the first deployment (A7.4)."""

    state_url: str
    """For `pulumi login`."""
    secrets_provider: str
    """For `pulumi stack init --secrets-provider`; the alias exists in both regions."""
    preview_role_arn: pulumi.Input[str]
    deploy_role_arn: pulumi.Input[str]
