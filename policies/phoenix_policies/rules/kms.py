"""Customer managed keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import root_only, statements
from phoenix_policies.predicates.regions import elsewhere, everywhere, may_be_the_peers
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, unknown

HIPAA_1: Final = ("164.312(a)(2)(iv)",)
HIPAA_2: Final = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)")
HIPAA_3: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)

KEY: Final = "aws:kms/key:Key"
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
REPLICA: Final = "aws:kms/replicaKey:ReplicaKey"
SHORTEST_WINDOW_DAYS: Final = 14
ADMINISTRATION: Final = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")


@rule(
    "kms-rotation-enabled",
    "aws:kms/key:Key",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set enable_key_rotation=True.",
    sources=(
        "cdk_nag:AwsSolutions-KMS5",
        "prowler:kms_cmk_rotation_enabled",
        "checkov:CKV_AWS_7",
        "compliance_policies:aws-kms-key-enable-key-rotation",
        "awsguard:cmk-backing-key-rotation-enabled",
    ),
)
def rotation_enabled(key: Resource) -> Iterable[Clause]:
    """Customer keys rotate."""
    symmetric = key["keyUsage"].equals(None, "ENCRYPT_DECRYPT") & key[
        "customerMasterKeySpec"
    ].equals(None, "SYMMETRIC_DEFAULT")
    own_store = key["customKeyStoreId"].is_set
    yield (key["enableKeyRotation"].is_true | ~symmetric | own_store).otherwise("does not rotate")


@rule(
    "kms-rotation-period",
    "aws:kms/key:Key",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Leave rotation_period_in_days out, or set 365 or less.",
)
def rotation_period(key: Resource) -> Iterable[Clause]:
    """Rotation period is at most one year."""
    period = key["rotationPeriodInDays"]
    yield (period.is_empty | period.at_most(365)).otherwise(f"rotates every {period.shown} days")


@rule(
    "kms-deletion-window",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    hipaa=HIPAA_2,
    soc2=("A1.2", "C1.1"),
    severity=Severity.HIGH,
    remedy="Set deletion_window_in_days to 30; never below 14.",
    sources=(
        "config:KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
        "prowler:kms_cmk_not_deleted_unintentionally",
    ),
)
def deletion_window(key: Resource) -> Iterable[Clause]:
    """Key deletion leaves time to react."""
    window = key["deletionWindowInDays"]
    yield (window.is_empty | window.at_least(SHORTEST_WINDOW_DAYS)).otherwise(
        f"is gone {window.shown} days after somebody asks"
    )


@rule(
    "kms-key-enabled",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Remove is_enabled=False; a disabled key makes its data unreadable.",
    sources=("prowler:kms_cmk_are_used", "checkov:CKV_AWS_227"),
)
def key_enabled(key: Resource) -> Iterable[Clause]:
    """Keys are enabled."""
    for flag in ("isEnabled", "enabled"):
        yield (~key[flag].is_false).otherwise("is disabled")


@stack_rule(
    "kms-policy-defined",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    hipaa=HIPAA_3,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set policy on the key; a replica does not inherit the primary's.",
    sources=("checkov:CKV2_AWS_64",),
)
def policy_defined(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Keys have an explicit policy."""
    for key in stack.of(KEY, REPLICA):
        apart = stack.referrers(key, KEY_POLICY, "keyId").exists
        yield key, (key["policy"].is_set | apart).otherwise("has the default policy")


@rule(
    "kms-policy-no-wildcard-principal",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
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
    remedy="Name the account, roles or services; kms:CallerAccount or aws:PrincipalOrgID may bind a wildcard.",
    sources=("prowler:kms_key_not_publicly_accessible", "checkov:CKV_AWS_33"),
)
def policy_no_wildcard_principal(key: Resource) -> Iterable[Clause]:
    """Key policies do not open the key."""
    for one in statements(key["policy"]):
        bound = one.bound_to(
            ("kms:CallerAccount", "aws:PrincipalOrgID", "aws:PrincipalAccount", "aws:SourceAccount")
        )
        yield (~(one.allows & one.any_principal & ~bound)).otherwise(
            f"{one.place} lets anyone use the key"
        )
        excluded = one.allows & one.value["NotPrincipal"].is_set
        yield (~excluded).otherwise(f"{one.place} allows all but some principals")


@rule(
    "kms-policy-admin-user-separation",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    hipaa=HIPAA_3,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Give administrators no kms:Decrypt, and users no kms:PutKeyPolicy or kms:ScheduleKeyDeletion.",
)
def policy_admin_user_separation(key: Resource) -> Iterable[Clause]:
    """Key administrators and users are separate."""
    for one in statements(key["policy"]):
        both = one.grants(*ADMINISTRATION) & one.grants("kms:Decrypt")
        yield (~(one.allows & both) | root_only(one)).otherwise(
            f"{one.place} administers the key and decrypts with it"
        )


@rule(
    "kms-no-lockout-bypass",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
    hipaa=HIPAA_2,
    soc2=("A1.2", "C1.1"),
    severity=Severity.HIGH,
    remedy="Remove bypass_policy_lockout_safety_check.",
    sources=("compliance_policies:aws-kms-key-disallow-bypass-policy-lockout-safety-check",),
)
def no_lockout_bypass(key: Resource) -> Iterable[Clause]:
    """Policy lockout check is not bypassed."""
    yield (~key["bypassPolicyLockoutSafetyCheck"].is_true).otherwise("may lock everybody out")


@stack_rule(
    "kms-multi-region-replica",
    "aws:kms/key:Key",
    "aws:kms/replicaKey:ReplicaKey",
    hipaa=(
        "164.308(a)(7)(i)",
        "164.308(a)(7)(ii)(B)",
        "164.308(a)(7)(ii)(C)",
        "164.310(a)(2)(i)",
        "164.312(a)(2)(ii)",
        "164.312(a)(2)(iv)",
    ),
    soc2=("A1.2", "C1.1", "CC6.1", "CC7.5", "CC9.1"),
    severity=Severity.HIGH,
    remedy="Add an aws.kms.ReplicaKey in the other region with primary_key_arn of this key.",
)
def multi_region_replica(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Keys protecting replicated data exist in the DR region."""
    for key in stack.of(KEY):
        replicated = some(
            stack.refers(replica, key, "primaryKeyArn") & elsewhere(replica, key)
            for replica in everywhere(stack, REPLICA)
        )
        if may_be_the_peers(stack):
            replicated = replicated | unknown("peer stack")
        yield (
            key,
            (replicated | ~key["multiRegion"].is_true).otherwise(
                "is a multi-Region key without a replica in another region"
            ),
        )
