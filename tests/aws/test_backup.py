"""Backups: locked, copied to the other region, kept as promised, and restored every week."""

from typing import Any, Protocol

PLAN = "aws:backup/plan:Plan"
VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"


class Reading(Protocol):
    """What the fixtures give."""

    def of(self, token: str) -> Any: ...
    def only(self, token: str, name: str | None = None) -> Any: ...
    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]: ...


def test_every_vault_is_locked_encrypted_and_reports_failures(region: Reading) -> None:
    locks = {n.inputs["backupVaultName"]: n.inputs for n in region.of(LOCK)}
    told = {
        n.inputs["backupVaultName"]
        for n in region.of("aws:backup/vaultNotifications:VaultNotifications")
    }
    for node in region.of(VAULT):
        lock = locks[node.inputs["name"]]
        assert lock["minRetentionDays"] >= 35
        assert lock["changeableForDays"] >= 3, "without it the lock is governance mode"
        assert node.inputs["kmsKeyArn"]
        assert node.inputs["name"] in told
        assert node.options["protect"] is True


def test_retention_is_daily_35_monthly_365_and_yearly_seven_years(region: Reading) -> None:
    rules = {r["ruleName"]: r for r in region.inputs(PLAN)["rules"]}
    kept = {name: rule["lifecycle"]["deleteAfter"] for name, rule in rules.items()}
    assert kept == {"daily": 35, "monthly": 365, "yearly": 2557}


def test_every_recovery_point_is_copied_to_the_other_region(
    production: Reading, dr: Reading
) -> None:
    vaults = {n.outputs["arn"]: n.region for r in (production, dr) for n in r.of(VAULT)}
    for reading in (production, dr):
        plan = reading.only(PLAN)
        for rule in plan.inputs["rules"]:
            copy = rule["copyActions"][0]
            assert vaults[copy["destinationVaultArn"]] != plan.region
            assert copy["lifecycle"]["deleteAfter"] == rule["lifecycle"]["deleteAfter"]


def test_no_retention_leaves_the_bounds_of_the_lock(region: Reading) -> None:
    lock = region.of(LOCK)[0].inputs
    for rule in region.inputs(PLAN)["rules"]:
        days = rule["lifecycle"]["deleteAfter"]
        assert lock["minRetentionDays"] <= days <= lock["maxRetentionDays"], rule["ruleName"]


def test_databases_and_files_are_selected(region: Reading) -> None:
    tag = region.inputs("aws:backup/selection:Selection")["selectionTags"][0]
    for token in ("aws:rds/cluster:Cluster", "aws:efs/fileSystem:FileSystem"):
        for node in region.of(token):
            assert node.inputs["tags"][tag["key"]] == tag["value"], node.name


def test_restores_are_tested_for_every_kind_that_is_backed_up(region: Reading) -> None:
    selections = region.of("aws:backup/restoreTestingSelection:RestoreTestingSelection")
    assert {n.inputs["protectedResourceType"] for n in selections} == {"Aurora", "EBS", "EFS"}
    plan = region.inputs("aws:backup/restoreTestingPlan:RestoreTestingPlan")
    assert "SUN" in plan["scheduleExpression"]
    assert plan["name"].replace("_", "").isalnum(), "the service refuses hyphens"
