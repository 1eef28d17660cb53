"""Cases of the rules on backups."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    depending,
    given,
    having,
    in_region,
    lacking,
    together,
    without,
)
from tests.policies.rules.fixtures_policies import ROLE_ARN, ROLE_PRINCIPAL, deny, policy

_EAST_ARN = "arn:aws:backup:us-east-1:481516234299:backup-vault:phi"
_WEST_ARN = "arn:aws:backup:us-west-2:481516234299:backup-vault:phi-dr"
_DATABASE = given("records", "aws:rds/cluster:Cluster", {"engine": "aurora-postgresql"})
_VAULT = given(
    "vault",
    "aws:backup/vault:Vault",
    {"name": "phi", "kmsKeyArn": "arn:aws:kms:us-east-1:481516234299:key/1", "forceDestroy": False},
    outputs={"id": "phi", "arn": _EAST_ARN},
)
_PLAN = given(
    "plan",
    "aws:backup/plan:Plan",
    {
        "rules": [
            {
                "ruleName": "daily",
                "targetVaultName": "phi",
                "schedule": "cron(0 5 * * ? *)",
                "lifecycle": {"deleteAfter": 365, "coldStorageAfter": 30},
                "copyActions": [
                    {"destinationVaultArn": _WEST_ARN, "lifecycle": {"deleteAfter": 365}}
                ],
            }
        ]
    },
    outputs={"id": "plan-1"},
    depends={"rules": ["vault"]},
    region="us-east-1",
)
_SELECTION = given(
    "selection",
    "aws:backup/selection:Selection",
    {"planId": "plan-1", "resources": ["*"]},
    depends={"planId": ["plan"]},
)
_LOCK = given(
    "lock",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    {"backupVaultName": "phi", "minRetentionDays": 35, "changeableForDays": 3},
    depends={"backupVaultName": ["vault"]},
)
_DELETIONS = [
    "backup:DeleteRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
    "backup:DeleteBackupVault",
]
_VAULT_POLICY = given(
    "policy",
    "aws:backup/vaultPolicy:VaultPolicy",
    {
        "backupVaultName": "phi",
        "policy": policy(
            deny(_DELETIONS, condition={"ArnNotLike": {"aws:PrincipalArn": ROLE_ARN}})
        ),
    },
    depends={"backupVaultName": ["vault"]},
)
_NOTIFICATIONS = given(
    "notifications",
    "aws:backup/vaultNotifications:VaultNotifications",
    {
        "backupVaultName": "phi",
        "snsTopicArn": "arn:aws:sns:us-east-1:481516234299:alerts",
        "backupVaultEvents": ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"],
    },
    depends={"backupVaultName": ["vault"]},
)
_REPORT = given("report", "aws:backup/reportPlan:ReportPlan", {"name": "daily"})
_TESTING = given("testing", "aws:backup/restoreTestingPlan:RestoreTestingPlan", {"name": "monthly"})
_COPY = "rules.0.copyActions.0"


def _tested(name: str, kind: str) -> Given:
    return given(
        name,
        "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        {"restoreTestingPlanName": "monthly", "protectedResourceType": kind},
        depends={"restoreTestingPlanName": ["testing"]},
    )


CASES = [
    Cases(
        rule="backup-plan-exists",
        compliant=[_DATABASE, _PLAN, _VAULT, _SELECTION],
        passes={"joined while ids are unknown": having("planId", UNKNOWN, on="selection")},
        fails={
            "no plan": without("plan"),
            "no vault": without("vault"),
            "nothing is selected": without("selection"),
            "the selection of another plan": together(
                having("planId", "plan-2", on="selection"), depending("planId", on="selection")
            ),
        },
        unknown={
            "the selection of an unknown plan": together(
                having("planId", UNKNOWN, on="selection"), depending("planId", on="selection")
            ),
            "rules not known": together(
                having("rules", UNKNOWN, on="plan"), depending("rules", on="plan")
            ),
        },
    ),
    Cases(
        rule="backup-vault-cmk",
        compliant=[_VAULT],
        fails={"the AWS managed key": lacking("kmsKeyArn")},
        unknown={"not known": having("kmsKeyArn", UNKNOWN)},
    ),
    Cases(
        rule="backup-plan-frequency-retention",
        compliant=[_PLAN],
        passes={
            "every six hours": having("rules.0.schedule", "rate(6 hours)"),
            "never in cold storage": lacking("rules.0.lifecycle.coldStorageAfter"),
        },
        fails={
            "weekly": having("rules.0.schedule", "cron(0 5 ? * SUN *)"),
            "every two days": having("rules.0.schedule", "rate(2 days)"),
            "gone after a week": together(
                having("rules.0.lifecycle", {"deleteAfter": 7}),
            ),
            "deleted before cold storage pays": having("rules.0.lifecycle.deleteAfter", 100),
            "no schedule": lacking("rules.0.schedule"),
        },
        unknown={
            "schedule not known": having("rules.0.schedule", UNKNOWN),
            "retention not known": having("rules.0.lifecycle.deleteAfter", UNKNOWN),
            "cold storage not known": having("rules.0.lifecycle.coldStorageAfter", UNKNOWN),
        },
    ),
    Cases(
        rule="backup-cross-region-copy",
        compliant=[_PLAN, _VAULT],
        passes={
            "to a vault of the other region that is not made yet": together(
                adding(given("dr", _VAULT.type, {"name": "phi-dr"}, region="us-west-2")),
                having(f"{_COPY}.destinationVaultArn", UNKNOWN),
                depending("rules", "vault", "dr"),
            )
        },
        fails={
            "no copy": lacking("rules.0.copyActions"),
            "a copy in the same region": having(f"{_COPY}.destinationVaultArn", _EAST_ARN),
            "a copy beside the original, by the vault's ARN": together(
                in_region(""), having(f"{_COPY}.destinationVaultArn", _EAST_ARN)
            ),
            "a copy without a lifecycle": lacking(f"{_COPY}.lifecycle"),
        },
        unknown={"where it goes is not known": having(f"{_COPY}.destinationVaultArn", UNKNOWN)},
    ),
    Cases(
        rule="backup-vault-lock",
        compliant=[_VAULT, _LOCK],
        fails={
            "no lock": without("lock"),
            "the lock of another vault": together(
                having("backupVaultName", "other", on="lock"),
                depending("backupVaultName", on="lock"),
            ),
            "governance mode": lacking("changeableForDays", on="lock"),
            "a week": having("minRetentionDays", 7, on="lock"),
            "no minimum": lacking("minRetentionDays", on="lock"),
        },
        unknown={
            "the lock of an unknown vault": together(
                having("backupVaultName", UNKNOWN, on="lock"),
                depending("backupVaultName", on="lock"),
            ),
            "minimum not known": having("minRetentionDays", UNKNOWN, on="lock"),
        },
    ),
    Cases(
        rule="backup-vault-deny-delete",
        compliant=[_VAULT, _VAULT_POLICY],
        passes={"a lock instead": together(without("policy"), adding(_LOCK))},
        fails={
            "neither lock nor policy": without("policy"),
            "only recovery points are kept": having(
                "policy", policy(deny("backup:DeleteRecoveryPoint")), on="policy"
            ),
            "one role alone is refused": having(
                "policy", policy(deny(_DELETIONS, principal=ROLE_PRINCIPAL)), on="policy"
            ),
            "a condition that refuses one role": having(
                "policy",
                policy(deny(_DELETIONS, condition={"ArnEquals": {"aws:PrincipalArn": ROLE_ARN}})),
                on="policy",
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN, on="policy"),
            "the policy of an unknown vault": together(
                having("backupVaultName", UNKNOWN, on="policy"),
                depending("backupVaultName", on="policy"),
            ),
        },
    ),
    Cases(
        rule="backup-vault-no-force-destroy",
        compliant=[_VAULT],
        passes={"left out": lacking("forceDestroy")},
        fails={"destroyed with its backups": having("forceDestroy", True)},
        unknown={"not known": having("forceDestroy", UNKNOWN)},
    ),
    Cases(
        rule="backup-restore-testing",
        compliant=[_PLAN, _TESTING, _tested("database", "Aurora"), _tested("volumes", "EBS")],
        fails={
            "no testing plan": without("testing"),
            "volumes alone": without("database"),
            "the database alone": without("volumes"),
        },
        unknown={
            "what is tested is not known": having("protectedResourceType", UNKNOWN, on="database")
        },
    ),
    Cases(
        rule="backup-notifications",
        compliant=[_VAULT, _NOTIFICATIONS, _REPORT],
        fails={
            "none": without("notifications"),
            "restores only": having(
                "backupVaultEvents", ["RESTORE_JOB_STARTED"], on="notifications"
            ),
            "no topic": lacking("snsTopicArn", on="notifications"),
            "no report": without("report"),
        },
        unknown={
            "events not known": having("backupVaultEvents", UNKNOWN, on="notifications"),
            "of an unknown vault": together(
                having("backupVaultName", UNKNOWN, on="notifications"),
                depending("backupVaultName", on="notifications"),
            ),
        },
    ),
]
