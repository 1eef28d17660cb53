"""AWS Backup: plans, vaults, copies, restore tests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import statements
from phoenix_policies.predicates.permissions import unconditional
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import TRUE, Clause, Truth, every, some, truth
from phoenix_policies.values import Value

HIPAA_1: Final = (
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(A)",
    "164.308(a)(7)(ii)(B)",
    "164.310(d)(2)(iv)",
)
HIPAA_2: Final = (
    "164.308(a)(7)(i)",
    "164.308(a)(7)(ii)(A)",
    "164.308(a)(7)(ii)(B)",
    "164.310(d)(2)(iv)",
    "164.312(c)(1)",
    "164.312(c)(2)",
)

PLAN: Final = "aws:backup/plan:Plan"
VAULT: Final = "aws:backup/vault:Vault"
SELECTION: Final = "aws:backup/selection:Selection"
LOCK: Final = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
VAULT_POLICY: Final = "aws:backup/vaultPolicy:VaultPolicy"
DATA: Final = (
    "aws:rds/cluster:Cluster", "aws:rds/instance:Instance", "aws:ebs/volume:Volume",
    "aws:efs/fileSystem:FileSystem", "aws:dynamodb/table:Table", "aws:s3/bucket:Bucket",
)  # fmt: skip
DELETIONS: Final = (
    "backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle", "backup:DeleteBackupVault",
)  # fmt: skip
TESTING_PLAN: Final = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
TESTING_SELECTION: Final = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
KEPT_DAYS: Final = 35
COLD_MINIMUM_DAYS: Final = 90


@stack_rule(
    "backup-plan-exists",
    "aws:backup/plan:Plan",
    "aws:backup/vault:Vault",
    "aws:backup/selection:Selection",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5"),
    severity=Severity.CRITICAL,
    remedy="Declare a Vault, a Plan whose rules target it, and a Selection of the plan.",
    sources=("prowler:backup_plans_exist", "prowler:backup_vaults_exist", "checkov:CKV2_AWS_18"),
)
def plan_exists(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Stacks with data have a backup plan, vault and selection."""
    selected = some(
        stack.referrers(plan, SELECTION, "planId").exists
        & some(stack.refers(plan, vault, "rules.targetVaultName") for vault in stack.of(VAULT))
        for plan in stack.of(PLAN)
    )
    first = next(stack.of(*DATA), None)
    if first is not None:
        yield (
            first,
            selected.otherwise("no plan with a vault and a selection takes this stack's data"),
        )


@rule(
    "backup-vault-cmk",
    "aws:backup/vault:Vault",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set kms_key_arn to the backup key.",
    sources=(
        "config:BACKUP_RECOVERY_POINT_ENCRYPTED",
        "prowler:backup_vaults_encrypted",
        "prowler:backup_recovery_point_encrypted",
        "checkov:CKV_AWS_166",
    ),
)
def vault_cmk(vault: Resource) -> Iterable[Clause]:
    """Backup vaults use a customer key."""
    yield vault["kmsKeyArn"].is_set.otherwise("uses the AWS managed key")


def _daily(schedule: object) -> bool:
    text = schedule if isinstance(schedule, str) else ""
    rate = re.fullmatch(r"rate\((\d+) (minutes?|hours?|days?)\)", text)
    if rate:
        hours = {"m": 1 / 60, "h": 1, "d": 24}[rate[2][0]]
        return int(rate[1]) * hours <= 24
    fields = text.removeprefix("cron(").removesuffix(")").split()
    if not text.startswith("cron(") or len(fields) != 6:
        return False
    every_day = {"*", "?", "1/1", "*/1"}
    return fields[2] in every_day and fields[3] in every_day and fields[4] in every_day


@rule(
    "backup-plan-frequency-retention",
    "aws:backup/plan:Plan",
    hipaa=HIPAA_1,
    soc2=("A1.2", "CC7.5"),
    severity=Severity.HIGH,
    remedy="Add a rule that runs daily and keeps 35 days or more; cold storage needs 90 days beyond it.",
    sources=(
        "config:BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
        "config:BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK",
    ),
)
def plan_frequency_retention(plan: Resource) -> Iterable[Clause]:
    """Backups run daily and are kept."""
    rules = plan["rules"].each()
    daily = some(
        (
            one["schedule"].satisfies(_daily)
            | one["enableContinuousBackup"].is_true & one["schedule"].is_empty
        )
        & one["lifecycle"]["deleteAfter"].at_least(KEPT_DAYS)
        for one in rules
    )
    yield daily.otherwise(f"no rule runs daily and keeps {KEPT_DAYS} days")
    for one in rules:
        lifecycle = one["lifecycle"]
        cold, end = lifecycle["coldStorageAfter"], lifecycle["deleteAfter"]
        late_enough = end.at_least((cold.number or 0) + COLD_MINIMUM_DAYS)
        never_cold = cold.is_empty | cold.at_most(0)
        yield (never_cold | (cold.known() & late_enough)).otherwise(
            f"{one.path} deletes before {COLD_MINIMUM_DAYS} days in cold storage"
        )


@stack_rule(
    "backup-cross-region-copy",
    "aws:backup/plan:Plan",
    "aws:backup/vault:Vault",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.310(d)(2)(iv)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.CRITICAL,
    remedy="Add copy_actions with the vault of the recovery region and a lifecycle of its own.",
)
def cross_region_copy(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Backups are copied to another region."""
    for plan in stack.of(PLAN):
        copies = plan["rules"].each("copyActions")
        copied = some(_goes_elsewhere(plan, copy, stack) for copy in copies)
        kept = every(copy["lifecycle"]["deleteAfter"].is_set for copy in copies)
        yield plan, copied.otherwise("no rule copies to another region")
        yield plan, kept.otherwise("a copy states no lifecycle")


def _goes_elsewhere(plan: Resource, copy: Value, stack: Stack) -> Truth:
    """By the region in the ARN, else by the region of the vault that the plan depends on."""
    arn = copy["destinationVaultArn"]
    if not arn.is_unknown:
        home = plan.region or _region(plan.attribute("arn")) or _home_of_targets(plan, stack)
        away = _region(arn)
        return arn.is_set & truth(not (home and away) or away != home)
    vaults = [
        vault
        for vault in stack.of(VAULT)
        if vault.urn in plan.property_dependencies.get("rules", ())
    ]
    if any(vault.region and plan.region and vault.region != plan.region for vault in vaults):
        return TRUE
    return arn.is_set


def _region(arn: Value) -> str:
    parts = arn.text.split(":")
    return parts[3] if len(parts) > 4 else ""


def _home_of_targets(plan: Resource, stack: Stack) -> str:
    """The region of the vaults that the plan's rules write to first."""
    found = (
        vault.region or _region(vault.attribute("arn"))
        for vault in stack.of(VAULT)
        if stack.refers(plan, vault, "rules.targetVaultName").value
    )
    return next(filter(None, found), "")


@stack_rule(
    "backup-vault-lock",
    "aws:backup/vault:Vault",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    hipaa=HIPAA_2,
    soc2=("A1.2", "CC6.1", "CC7.2", "CC7.5"),
    severity=Severity.CRITICAL,
    remedy="Add a VaultLockConfiguration with min_retention_days of 35 or more and changeable_for_days.",
)
def vault_lock(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Backup vaults are locked."""
    for vault in stack.of(VAULT):
        yield vault, _locked(stack, vault).otherwise("is not locked")
        for lock in stack.of(LOCK):
            apart = ~stack.refers(lock, vault, "backupVaultName")
            days = lock["minRetentionDays"]
            yield (
                vault,
                (apart | days.at_least(KEPT_DAYS)).otherwise(
                    f"its lock lets backups go after {days.shown} days"
                ),
            )
            lasts = lock["changeableForDays"].is_set
            yield vault, (apart | lasts).otherwise("its lock can be taken off")


def _locked(stack: Stack, vault: Resource) -> Truth:
    return stack.referrers(vault, LOCK, "backupVaultName").exists


@stack_rule(
    "backup-vault-deny-delete",
    "aws:backup/vault:Vault",
    "aws:backup/vaultPolicy:VaultPolicy",
    hipaa=HIPAA_2,
    soc2=("A1.2", "CC6.1", "CC7.2", "CC7.5"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Lock the vault, or deny backup:DeleteRecoveryPoint and the like to everybody in a VaultPolicy.",
    sources=("config:BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",),
)
def vault_deny_delete(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Recovery points cannot be deleted by hand."""
    for vault in stack.of(VAULT):
        denied = some(
            stack.refers(policy, vault, "backupVaultName") & _denies_deletion(policy["policy"])
            for policy in stack.of(VAULT_POLICY)
        )
        yield (
            vault,
            (_locked(stack, vault) | denied).otherwise("its recovery points can be deleted"),
        )


def _denies_deletion(document: Value) -> Truth:
    """Everybody is refused; a negated condition may let a break-glass role through, a positive one refuses too few."""
    refusals = [
        (one, one.denies & one.any_principal & unconditional(one)) for one in statements(document)
    ]
    return every(
        some(refused & one.grants(action) for one, refused in refusals) for action in DELETIONS
    )


@rule(
    "backup-vault-no-force-destroy",
    "aws:backup/vault:Vault",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.CRITICAL,
    remedy="Remove force_destroy.",
)
def vault_no_force_destroy(vault: Resource) -> Iterable[Clause]:
    """Backup vaults are not force destroyed."""
    yield (~vault["forceDestroy"].is_true).otherwise("is destroyed with its backups")


@stack_rule(
    "backup-restore-testing",
    "aws:backup/restoreTestingPlan:RestoreTestingPlan",
    "aws:backup/restoreTestingSelection:RestoreTestingSelection",
    hipaa=("164.308(a)(7)(ii)(D)",),
    soc2=("A1.3", "CC7.5"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a RestoreTestingPlan with a selection of RDS or Aurora, and of EBS or EFS.",
)
def restore_testing(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Restores are tested on schedule."""
    for plan in stack.of(PLAN):
        database = _tested(stack, "RDS", "Aurora")
        yield plan, database.otherwise("no restore of the database is tested")
        volumes = _tested(stack, "EBS", "EFS", "EC2")
        yield plan, volumes.otherwise("no restore of a volume is tested")


def _tested(stack: Stack, *kinds: str) -> Truth:
    return some(
        stack.refers(one, testing, "restoreTestingPlanName")
        & one["protectedResourceType"].equals(*kinds)
        for testing in stack.of(TESTING_PLAN)
        for one in stack.of(TESTING_SELECTION)
    )


@stack_rule(
    "backup-notifications",
    "aws:backup/vaultNotifications:VaultNotifications",
    "aws:backup/reportPlan:ReportPlan",
    hipaa=(
        "164.308(a)(6)(i)",
        "164.308(a)(6)(ii)",
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(A)",
        "164.308(a)(7)(ii)(B)",
        "164.310(d)(2)(iv)",
        "164.312(b)",
    ),
    soc2=("A1.2", "CC5.2", "CC7.2", "CC7.3", "CC7.4", "CC7.5"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add VaultNotifications for failed jobs, and a ReportPlan.",
    sources=("prowler:backup_reportplans_exist",),
)
def backup_notifications(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Backup failures notify."""
    for vault in stack.of(VAULT):
        told = some(
            stack.refers(one, vault, "backupVaultName")
            & one["snsTopicArn"].is_set
            & one["backupVaultEvents"].contains(
                "BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "BACKUP_JOB_COMPLETED"
            )
            for one in stack.of("aws:backup/vaultNotifications:VaultNotifications")
        )
        yield vault, told.otherwise("nobody hears of a failed backup")
        reported = truth(next(stack.of("aws:backup/reportPlan:ReportPlan"), None) is not None)
        yield vault, reported.otherwise("no report shows which backups ran")
