"""Secrets in Secrets Manager."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import statements
from phoenix_policies.predicates.regions import everywhere, may_be_the_peers, twin
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, unknown

STORED: Final = "aws:secretsmanager/secret:Secret"
ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
LONGEST_ROTATION_DAYS: Final = 90
RECOVERY_DAYS: Final = 7


@rule(
    "secret-cmk",
    "aws:secretsmanager/secret:Secret",
    hipaa=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set kms_key_id, also for each replica.",
    sources=(
        "cdk_nag:HIPAA.Security-SecretsManagerUsingKMSKey",
        "config:SECRETSMANAGER_USING_CMK",
        "checkov:CKV_AWS_149",
        "compliance_policies:aws-secretsmanager-secret-configure-customer-managed-key",
    ),
)
def secret_cmk(secret: Resource) -> Iterable[Clause]:
    """Secrets use a customer key."""
    yield secret["kmsKeyId"].is_set.otherwise("uses the AWS managed key")
    for replica in secret["replicas"].each():
        yield replica["kmsKeyId"].is_set.otherwise(
            f"its replica in {replica['region'].shown} uses the AWS managed key"
        )


@stack_rule(
    "secret-rotation",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretRotation:SecretRotation",
    hipaa=(
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(d)",
    ),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    remedy="Add an aws.secretsmanager.SecretRotation.",
    sources=(
        "cdk_nag:HIPAA.Security-SecretsManagerRotationEnabled",
        "cdk_nag:AwsSolutions-SMG4",
        "config:SECRETSMANAGER_ROTATION_ENABLED_CHECK",
        "config:SECRETSMANAGER_SECRET_PERIODIC_ROTATION",
        "prowler:secretsmanager_automatic_rotation_enabled",
        "prowler:secretsmanager_secret_rotated_periodically",
        "checkov:CKV2_AWS_57",
    ),
)
def secret_rotation(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Secrets rotate."""
    for secret in stack.of(STORED):
        rotates = some(
            stack.refers(one, secret, "secretId") & one["rotationRules"].is_set
            for one in stack.of(ROTATION)
        )
        managed = secret["name"].matches(r"^rds!")
        yield secret, (rotates | managed).otherwise("never rotates")


@rule(
    "secret-rotation-period",
    "aws:secretsmanager/secretRotation:SecretRotation",
    hipaa=("164.308(a)(5)(ii)(D)", "164.312(a)(1)", "164.312(a)(2)(iv)", "164.312(d)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set rotation_rules.automatically_after_days to 90 or less.",
    sources=("prowler:secretsmanager_secret_rotated_periodically", "checkov:CKV_AWS_304"),
)
def secret_rotation_period(rotation: Resource) -> Iterable[Clause]:
    """Rotation happens at least every 90 days."""
    rules = rotation["rotationRules"]
    days = rules["automaticallyAfterDays"]
    often = days.at_least(1) & days.at_most(LONGEST_ROTATION_DAYS)
    scheduled = rules["scheduleExpression"].satisfies(_within_ninety_days)
    yield (often | scheduled).otherwise("rotates less than every 90 days")


def _within_ninety_days(expression: object) -> bool:
    text = expression if isinstance(expression, str) else ""
    rate = re.fullmatch(r"rate\((\d+) (hours?|days?)\)", text)
    if rate:
        return (
            int(rate[1]) * (1 if rate[2].startswith("hour") else 24) <= LONGEST_ROTATION_DAYS * 24
        )
    # cron(minutes hours day-of-month month day-of-week year): every month when the month field is *
    fields = text.removeprefix("cron(").removesuffix(")").split()
    return text.startswith("cron(") and len(fields) == 6 and fields[3] == "*"


@rule(
    "secret-policy-not-public",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Name the principals, and set block_public_policy=True.",
    sources=(
        "prowler:secretsmanager_not_publicly_accessible",
        "prowler:secretsmanager_has_restrictive_resource_policy",
    ),
)
def secret_policy_not_public(one: Resource) -> Iterable[Clause]:
    """Secret policies are scoped."""
    for statement in statements(one["policy"]):
        yield (~statement.public).otherwise(f"{statement.place} lets anyone read the secret")
    if one.type != STORED:
        yield one["blockPublicPolicy"].is_true.otherwise("a public policy would be accepted")


@rule(
    "secret-recovery-window",
    "aws:secretsmanager/secret:Secret",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Leave recovery_window_in_days at 30, or set 7 or more.",
)
def secret_recovery_window(secret: Resource) -> Iterable[Clause]:
    """Deleted secrets can be recovered."""
    window = secret["recoveryWindowInDays"]
    missing = window.satisfies(lambda v: v is None)
    yield (missing | window.at_least(RECOVERY_DAYS)).otherwise(f"is gone after {window.shown} days")
    yield (~secret["forceOverwriteReplicaSecret"].is_true).otherwise(
        "overwrites a secret of that name elsewhere"
    )


@stack_rule(
    "secret-dr-replica",
    "aws:secretsmanager/secret:Secret",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
    ),
    soc2=("A1.2", "CC7.5", "CC9.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add the recovery region to replicas.",
)
def secret_dr_replica(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Secrets needed for failover exist in the DR region."""
    for secret in stack.of(STORED):
        replicated = some(
            replica["region"].is_set & ~replica["region"].equals(secret.region)
            for replica in secret["replicas"].each()
        )
        beside = twin(secret, everywhere(stack, STORED))
        if may_be_the_peers(stack):
            beside = beside | unknown("peer stack")
        yield secret, (replicated | beside).otherwise("exists in one region only")
