"""The keys layer: one key per purpose; those that protect data have a member in both regions (A7.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.kms import EncryptionKey, EncryptionKeyArgs, ReplicaKey, ReplicaKeyArgs
from phoenix_infra.aws.kms_policy import KeyUse, ServicePrincipal, key_policy
from phoenix_infra.naming import Naming, role_path
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext

AUTO_SCALING = "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
LEGACY_ALIAS = "phoenix-guardian-production"
"""Alias that the hardening check asks for by name (L-022); it points at the data key."""


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Key ARNs in this region, and of the members in the other one."""

    data_arn: pulumi.Output[str]
    """Database, cache, object storage, file systems, volumes with data."""
    logs_arn: pulumi.Output[str]
    """Log groups, audit buckets, alert topics."""
    secrets_arn: pulumi.Output[str]
    """Secrets Manager."""
    backup_arn: pulumi.Output[str]
    """Backup vaults and dumps."""
    cluster_arn: pulumi.Output[str]
    """Kubernetes Secrets in etcd and the nodes' root volumes; this region only."""
    vault_arn: pulumi.Output[str]
    """Unseals Vault; this region only, because each region's Vault stands alone (A7.6)."""
    peer_data_arn: pulumi.Output[str]
    peer_logs_arn: pulumi.Output[str]
    peer_secrets_arn: pulumi.Output[str]
    peer_backup_arn: pulumi.Output[str]


def key_uses(region: str) -> Mapping[str, KeyUse]:
    """Who uses the key of each purpose in a region."""
    return {
        "data": KeyUse(
            via_services=(
                "rds",
                "elasticache",
                "s3",
                "elasticfilesystem",
                "ec2",
                "ecr",
                "kafka",
                "backup",
                "secretsmanager",
            ),
            role_paths=(role_path("workload"),),
        ),
        "logs": KeyUse(
            via_services=("logs", "s3", "sns", "sqs", "cloudtrail", "firehose", "ssm"),
            role_paths=(role_path("operator"), role_path("node")),
            service_principals=(
                ServicePrincipal(
                    service=f"logs.{region}.amazonaws.com",
                    actions=(
                        "kms:Decrypt",
                        "kms:DescribeKey",
                        "kms:Encrypt",
                        "kms:GenerateDataKey*",
                        "kms:ReEncrypt*",
                    ),
                    encryption_context_log_groups=True,
                ),
                ServicePrincipal(service="cloudtrail.amazonaws.com"),
                ServicePrincipal(service="config.amazonaws.com"),
                ServicePrincipal(service="guardduty.amazonaws.com"),
                ServicePrincipal(service="delivery.logs.amazonaws.com"),
                ServicePrincipal(service="cloudwatch.amazonaws.com"),
                ServicePrincipal(service="events.amazonaws.com"),
                ServicePrincipal(service="budgets.amazonaws.com"),
                ServicePrincipal(service="backup.amazonaws.com"),
                ServicePrincipal(service="macie.amazonaws.com"),
            ),
        ),
        "secrets": KeyUse(via_services=("secretsmanager", "ssm")),
        "backup": KeyUse(
            via_services=("backup", "rds", "s3", "ec2", "elasticfilesystem"),
            service_principals=(ServicePrincipal(service="backup.amazonaws.com"),),
        ),
        "cluster": KeyUse(
            via_services=("ec2", "eks"),
            role_paths=(role_path("cluster"),),
            service_linked_roles=(AUTO_SCALING,),
        ),
        "vault": KeyUse(role_paths=(role_path("workload"),)),
    }


DESCRIPTIONS = {
    "data": "Data of Phoenix Guardian: database, cache, objects, files and volumes",
    "logs": "Logs, audit records and alert topics",
    "secrets": "Secrets Manager",
    "backup": "Backup vaults and logical dumps",
    "cluster": "Kubernetes Secrets and root volumes of the nodes",
    "vault": "Automatic unsealing of Vault",
}
SHARED_PURPOSES = ("data", "logs", "secrets", "backup")
REGIONAL_PURPOSES = ("cluster", "vault")


def build_keys(context: RegionalContext, primary: PrimaryOutputs | None = None) -> Keys:
    """Declares keys and replicas on the primary; the recovery stack uses the replicas it finds there."""
    own = {p: _key(context, p, multi_region=False).arn for p in REGIONAL_PURPOSES}
    if context.is_primary:
        shared, peers = _shared_keys(context)
    elif primary is not None:
        shared = _of_primary(primary, "replica_")
        peers = _of_primary(primary, "")
    else:
        raise TypeError("a recovery stack needs the primary stack's outputs for its keys")
    return Keys(
        data_arn=shared["data"],
        logs_arn=shared["logs"],
        secrets_arn=shared["secrets"],
        backup_arn=shared["backup"],
        cluster_arn=own["cluster"],
        vault_arn=own["vault"],
        peer_data_arn=peers["data"],
        peer_logs_arn=peers["logs"],
        peer_secrets_arn=peers["secrets"],
        peer_backup_arn=peers["backup"],
    )


def _shared_keys(
    context: RegionalContext,
) -> tuple[dict[str, pulumi.Output[str]], dict[str, pulumi.Output[str]]]:
    shared: dict[str, pulumi.Output[str]] = {}
    peers: dict[str, pulumi.Output[str]] = {}
    for purpose in SHARED_PURPOSES:
        key = _key(context, purpose, multi_region=True)
        shared[purpose] = key.arn
        peers[purpose] = _replica(context, purpose, key.arn).arn
    return shared, peers


def _of_primary(primary: PrimaryOutputs, prefix: str) -> dict[str, pulumi.Output[str]]:
    return {
        purpose: pulumi.Output.from_input(getattr(primary, f"{prefix}{purpose}_key_arn"))
        for purpose in SHARED_PURPOSES
    }


def _policy(context: RegionalContext, purpose: str, region: str) -> str:
    return key_policy(
        account_id=context.settings.identity.account_id,
        region=region,
        use=key_uses(region)[purpose],
    )


def _tags(context: RegionalContext, purpose: str) -> dict[str, str]:
    return {
        **context.tags.for_service("keys", phi=purpose in {"data", "backup"}),
        "Purpose": purpose,
    }


def _key(context: RegionalContext, purpose: str, *, multi_region: bool) -> EncryptionKey:
    alias = f"{context.naming.prefix}-{purpose}"
    legacy = [LEGACY_ALIAS] if purpose == "data" else []
    return EncryptionKey(
        f"{purpose}-key",
        EncryptionKeyArgs(
            settings=context.settings.keys,
            description=DESCRIPTIONS[purpose],
            policy=_policy(context, purpose, context.region),
            aliases=[alias, *legacy],
            multi_region=multi_region,
            tags=_tags(context, purpose),
        ),
        context.regional(),
    )


def _replica(context: RegionalContext, purpose: str, arn: pulumi.Output[str]) -> ReplicaKey:
    recovery = Naming(environment=context.naming.environment, role="recovery")
    return ReplicaKey(
        f"{purpose}-key-replica",
        ReplicaKeyArgs(
            settings=context.settings.keys,
            description=f"{DESCRIPTIONS[purpose]} (replica)",
            primary_key_arn=arn,
            policy=_policy(context, purpose, context.peer_region),
            aliases=[f"{recovery.prefix}-{purpose}"],
            tags=_tags(context, purpose),
        ),
        context.peer(),
    )
