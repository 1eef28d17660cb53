"""AWS Backup: a locked vault in each region, grandfather-father-son copies, and restores that are tested."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import backup, iam

from phoenix_infra.naming import role_path
from phoenix_infra.settings.backup import BackupSettings

BACKUP_TAG_KEY = "Backup"
BACKUP_TAG_VALUE = "gfs"
START_WINDOW_MINUTES = 60
COMPLETION_WINDOW_MINUTES = 480
FAILURE_EVENTS = ("BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_FAILED")
RESTORE_TESTED = {"aurora": "Aurora", "ebs": "EBS", "efs": "EFS"}


@dataclass(frozen=True, kw_only=True)
class BackupVaultArgs:
    """A vault nobody can empty."""

    vault_name: str
    settings: BackupSettings
    backup_key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class BackupVault(pulumi.ComponentResource):
    """Encrypted, locked in compliance mode, and it says when a job fails."""

    arn: pulumi.Output[str]
    vault_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:BackupVault", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        vault = backup.Vault(
            name,
            name=args.vault_name,
            kms_key_arn=args.backup_key_arn,
            force_destroy=False,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        backup.VaultLockConfiguration(
            f"{name}-lock",
            backup_vault_name=vault.name,
            min_retention_days=args.settings.daily_retention_days,
            max_retention_days=args.settings.yearly_retention_days,
            changeable_for_days=args.settings.lock_changeable_for_days,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        backup.VaultPolicy(
            f"{name}-policy",
            backup_vault_name=vault.name,
            policy=_vault_policy(),
            opts=child,
        )
        backup.VaultNotifications(
            f"{name}-notifications",
            backup_vault_name=vault.name,
            backup_vault_events=list(FAILURE_EVENTS),
            sns_topic_arn=args.topic_arn,
            opts=child,
        )
        self.arn = vault.arn
        self.vault_name = vault.name
        self.register_outputs({"arn": self.arn})


def _vault_policy() -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "DenyDeletion",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": [
                        "backup:DeleteBackupVault",
                        "backup:DeleteBackupVaultAccessPolicy",
                        "backup:DeleteRecoveryPoint",
                        "backup:UpdateRecoveryPointLifecycle",
                    ],
                    "Resource": "*",
                }
            ],
        }
    )


@dataclass(frozen=True, kw_only=True)
class BackupPlanArgs:
    """What is kept how long, here and in the other region."""

    plan_name: str
    account_id: str
    settings: BackupSettings
    vault_name: pulumi.Input[str]
    copy_vault_arn: pulumi.Input[str]
    permissions_boundary_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class BackupPlan(pulumi.ComponentResource):
    """Daily, monthly and yearly recovery points of everything tagged for it, and weekly restore tests."""

    def __init__(
        self, name: str, args: BackupPlanArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:BackupPlan", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings = args.settings
        role_arn = _role(name, args, child)
        plan = backup.Plan(
            name,
            name=args.plan_name,
            rules=[
                _rule(args, "daily", "cron(0 5 * * ? *)", settings.daily_retention_days),
                _rule(args, "monthly", "cron(0 5 1 * ? *)", settings.monthly_retention_days),
                _rule(args, "yearly", "cron(0 5 1 1 ? *)", settings.yearly_retention_days),
            ],
            tags=args.tags,
            opts=child,
        )
        backup.Selection(
            f"{name}-selection",
            name=f"{args.plan_name}-tagged",
            plan_id=plan.id,
            iam_role_arn=role_arn,
            selection_tags=[
                backup.SelectionSelectionTagArgs(
                    type="STRINGEQUALS", key=BACKUP_TAG_KEY, value=BACKUP_TAG_VALUE
                )
            ],
            opts=child,
        )
        _restore_tests(name, args, role_arn, child)
        self.register_outputs({})


def _rule(
    args: BackupPlanArgs, role: str, schedule: str, retention_days: int
) -> backup.PlanRuleArgs:
    return backup.PlanRuleArgs(
        rule_name=role,
        target_vault_name=args.vault_name,
        schedule=schedule,
        start_window=START_WINDOW_MINUTES,
        completion_window=COMPLETION_WINDOW_MINUTES,
        lifecycle=backup.PlanRuleLifecycleArgs(delete_after=retention_days),
        copy_actions=[
            backup.PlanRuleCopyActionArgs(
                destination_vault_arn=args.copy_vault_arn,
                lifecycle=backup.PlanRuleCopyActionLifecycleArgs(delete_after=retention_days),
            )
        ],
        recovery_point_tags=args.tags,
    )


def _role(name: str, args: BackupPlanArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "backup.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
            }
        ],
    }
    role = iam.Role(
        f"{name}-role",
        path=role_path("service"),
        description="AWS Backup makes, copies and restores recovery points",
        assume_role_policy=json.dumps(trust),
        permissions_boundary=args.permissions_boundary_arn,
        tags=args.tags,
        opts=child,
    )
    attachments = [
        iam.RolePolicyAttachment(
            f"{name}-{work}",
            role=role.name,
            policy_arn=f"arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyFor{title}",
            opts=child,
        ).id
        for work, title in (("backup", "Backup"), ("restores", "Restores"))
    ]
    return pulumi.Output.all(role.arn, *attachments).apply(lambda all_: str(all_[0]))


def _restore_tests(
    name: str,
    args: BackupPlanArgs,
    role_arn: pulumi.Output[str],
    child: pulumi.ResourceOptions,
) -> None:
    # Names of restore testing plans know letters, digits and underscores only.
    plan = backup.RestoreTestingPlan(
        f"{name}-restore-test",
        name=f"{args.plan_name}_restore_test".replace("-", "_"),
        schedule_expression=args.settings.restore_test_schedule,
        start_window_hours=8,
        recovery_point_selection=backup.RestoreTestingPlanRecoveryPointSelectionArgs(
            algorithm="LATEST_WITHIN_WINDOW",
            include_vaults=["*"],
            recovery_point_types=["SNAPSHOT"],
            selection_window_days=7,
        ),
        tags=args.tags,
        opts=child,
    )
    for role, resource_type in RESTORE_TESTED.items():
        backup.RestoreTestingSelection(
            f"{name}-restore-test-{role}",
            name=f"{role}_selection",
            restore_testing_plan_name=plan.name,
            protected_resource_type=resource_type,
            protected_resource_arns=["*"],
            iam_role_arn=role_arn,
            validation_window_hours=4,
            opts=child,
        )
