"""The backup layer: a locked vault in each region, each plan copied into the other's vault (A7.2)."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.backup import BackupPlan, BackupPlanArgs, BackupVault, BackupVaultArgs
from phoenix_infra.layers.alerts import Alerts
from phoenix_infra.layers.keys import Keys
from phoenix_infra.outputs import PrimaryOutputs
from phoenix_infra.providers import RegionalContext


@dataclass(frozen=True, kw_only=True)
class Backup:
    """The region's vault."""

    vault_arn: pulumi.Output[str]


def build_backup(
    context: RegionalContext, keys: Keys, alerts: Alerts, primary: PrimaryOutputs | None = None
) -> Backup:
    """The primary owns the vault of its copies; the recovery stack's own backups are copied back."""
    vault = BackupVault(
        "backup-vault",
        BackupVaultArgs(
            vault_name=f"{context.naming.prefix}-backups",
            settings=context.settings.backup,
            backup_key_arn=keys.backup_arn,
            topic_arn=alerts.topic_arn,
            tags=context.tags.for_service("backup", phi=True),
        ),
        context.regional(),
    )
    copies = (
        _copy_vault_arn(context, keys, alerts)
        if primary is None
        else pulumi.Output.from_input(primary.backup_vault_arn)
    )
    BackupPlan(
        "backup-plan",
        BackupPlanArgs(
            plan_name=f"{context.naming.prefix}-gfs",
            account_id=context.settings.identity.account_id,
            settings=context.settings.backup,
            vault_name=vault.vault_name,
            copy_vault_arn=copies,
            permissions_boundary_arn=context.boundary_arn,
            tags=context.tags.for_service("backup", phi=True),
        ),
        context.regional(),
    )
    return Backup(vault_arn=vault.arn)


def _copy_vault_arn(context: RegionalContext, keys: Keys, alerts: Alerts) -> pulumi.Output[str]:
    if alerts.peer_topic_arn is None:
        raise TypeError("only the primary stack owns a vault in the other region")
    return BackupVault(
        "backup-copies",
        BackupVaultArgs(
            vault_name=f"{context.naming.prefix}-backup-copies",
            settings=context.settings.backup,
            backup_key_arn=keys.peer_backup_arn,
            topic_arn=alerts.peer_topic_arn,
            tags=context.tags.for_service("backup", phi=True),
        ),
        context.peer(),
    ).arn
