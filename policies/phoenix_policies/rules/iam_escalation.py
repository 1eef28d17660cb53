"""What identities may do: escalation, credentials, bulk reads, audit switches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Severity
from phoenix_policies.predicates.iam import Statement, action_covers
from phoenix_policies.predicates.permissions import (
    ATTACHMENT,
    GROUP_POLICY,
    PERMISSIONS,
    POLICY,
    ROLE,
    ROLE_POLICY,
    USER_POLICY,
    forbidden,
    granted,
    is_boundary,
    on_everything,
    unconditional,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import TRUE, Clause, Truth, every, some

HIPAA_1: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)


ESCALATIONS: Final = (
    ("iam:CreatePolicyVersion",), ("iam:SetDefaultPolicyVersion",), ("iam:AttachRolePolicy",),
    ("iam:AttachUserPolicy",), ("iam:AttachGroupPolicy",), ("iam:PutRolePolicy",), ("iam:PutUserPolicy",),
    ("iam:PutGroupPolicy",), ("iam:UpdateAssumeRolePolicy",), ("iam:CreateAccessKey",), ("iam:CreateLoginProfile",),
    ("iam:UpdateLoginProfile",), ("iam:AddUserToGroup",), ("sts:AssumeRole",), ("ssm:SendCommand",),
    ("iam:PassRole", "lambda:CreateFunction"), ("iam:PassRole", "ec2:RunInstances"), ("iam:PassRole", "ecs:RunTask"),
    ("iam:PassRole", "glue:CreateDevEndpoint"), ("iam:PassRole", "cloudformation:CreateStack"),
    ("iam:PassRole", "sagemaker:CreateNotebookInstance"), ("iam:PassRole", "codebuild:CreateProject"),
)  # fmt: skip
CREDENTIALS: Final = (
    "sts:GetFederationToken", "sts:GetSessionToken", "iam:CreateAccessKey", "secretsmanager:GetSecretValue",
    "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "rds-db:connect",
    "redshift:GetClusterCredentials",
)  # fmt: skip
BULK_READS: Final = (
    "s3:GetObject", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem",
    "rds:ModifyDBSnapshotAttribute", "rds:ModifyDBClusterSnapshotAttribute", "secretsmanager:GetSecretValue",
    "ssm:GetParameters",
)  # fmt: skip
AUDIT_SWITCHES: Final = (
    "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:UpdateTrail",
    "config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel",
    "config:DeleteConfigRule", "guardduty:DeleteDetector", "guardduty:UpdateDetector", "guardduty:DeleteMembers",
    "securityhub:DisableSecurityHub", "securityhub:BatchDisableStandards", "logs:DeleteLogGroup",
    "logs:PutRetentionPolicy", "s3:PutBucketObjectLockConfiguration", "s3:BypassGovernanceRetention",
)  # fmt: skip


@stack_rule(
    "iam-no-privilege-escalation",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Take one action of the combination away, or name the roles and policies it may touch.",
    sources=(
        "prowler:iam_policy_allows_privilege_escalation",
        "prowler:iam_inline_policy_allows_privilege_escalation",
        "checkov:CKV_AWS_286",
        "checkov:CKV_AWS_110",
    ),
)
def no_privilege_escalation(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Policies cannot raise their own privilege."""
    for role in stack.of(ROLE):
        own = [(TRUE, s) for s in granted(role)]
        for inline in stack.of(ROLE_POLICY):
            joined = stack.refers(inline, role, "role")
            own += [(joined, s) for s in granted(inline)]
        for attachment in stack.of(ATTACHMENT):
            held = stack.refers(attachment, role, "role")
            if held.value is not False:
                for policy in stack.of(POLICY):
                    joined = held & stack.refers(attachment, policy, "policyArn")
                    own += [(joined, s) for s in granted(policy)]
        yield from _escalations(role, [(j, s) for j, s in own if j.value is not False])
    for policy in stack.of(POLICY, USER_POLICY, GROUP_POLICY, ROLE_POLICY):
        if not is_boundary(policy) and not any(True for _ in stack.referents(policy, ROLE, "role")):
            yield from _escalations(policy, [(TRUE, s) for s in granted(policy)])


def _escalations(
    owner: Resource, own: list[tuple[Truth, Statement]]
) -> Iterable[tuple[Resource, Clause]]:
    for combination in ESCALATIONS:
        possible = every(
            some(
                joined & s.allows & _far_reaching(s) & s.grants(action) & unconditional(s)
                for joined, s in own
            )
            for action in combination
        )
        yield (
            owner,
            (~possible).otherwise(f"can raise its own privilege with {' and '.join(combination)}"),
        )


def _far_reaching(statement: Statement) -> Truth:
    """Every resource, or every role, policy, user, group or host of an account."""
    return statement.any_resource | statement.resources.any(
        lambda arn: arn.endswith((":role/*", ":policy/*", ":user/*", ":group/*", ":instance/*"))
    )


@rule(
    "iam-no-credential-exposure",
    *PERMISSIONS,
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(d)",
    ),
    soc2=("C1.1", "CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Name the secrets, parameters or database users.",
    sources=("checkov:CKV_AWS_287", "checkov:CKV_AWS_107"),
)
def no_credential_exposure(one: Resource) -> Iterable[Clause]:
    """Policies do not expose credentials broadly."""
    if is_boundary(one):
        return
    yield from forbidden(
        one,
        "returns credentials of everything",
        lambda s: on_everything(s) & s.grants(*CREDENTIALS),
    )


@rule(
    "iam-no-data-exfiltration",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Name the buckets, tables and secrets.",
    sources=("checkov:CKV_AWS_288", "checkov:CKV_AWS_108"),
)
def no_data_exfiltration(one: Resource) -> Iterable[Clause]:
    """Policies do not read all data."""
    if is_boundary(one):
        return
    yield from forbidden(
        one,
        "reads the data of everything",
        lambda s: (
            s.allows & s.grants(*BULK_READS) & (s.any_resource | s.resources.any(_every_bucket))
        ),
    )


def _every_bucket(arn: str) -> bool:
    return arn in ("arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:*:s3:::*")


@rule(
    "iam-no-kms-decrypt-wildcard",
    *PERMISSIONS,
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
    ),
    soc2=("C1.1", "CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Name the keys, or bind to kms:ViaService and kms:ResourceAliases.",
    sources=(
        "config:IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS",
        "config:IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS",
        "prowler:iam_policy_no_full_access_to_kms",
        "prowler:iam_inline_policy_no_full_access_to_kms",
    ),
)
def no_kms_decrypt_wildcard(one: Resource) -> Iterable[Clause]:
    """Decryption is limited to named keys."""
    if is_boundary(one):
        return
    for statement in granted(one):
        decrypts = statement.allows & statement.grants("kms:Decrypt", "kms:ReEncryptFrom")
        wide = statement.any_resource | statement.resources.any(
            lambda arn: (
                action_covers(arn, "arn:aws:kms:us-east-1:123456789012:key/any")
                if arn.endswith((":key/*", ":alias/*", ":*"))
                else False
            )
        )
        bound = statement.bound_to(("kms:ViaService", "kms:ResourceAliases", "kms:RequestAlias"))
        yield (~(decrypts & wide) | bound).otherwise(f"{statement.place} decrypts with every key")


@rule(
    "iam-audit-controls-protected",
    *PERMISSIONS,
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(c)(1)",
        "164.312(c)(2)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC7.2"),
    severity=Severity.CRITICAL,
    remedy="Remove the action; only the deployment's audit administrators change the audit trail.",
    sources=(
        "prowler:iam_policy_no_full_access_to_cloudtrail",
        "prowler:iam_inline_policy_no_full_access_to_cloudtrail",
    ),
)
def audit_controls_protected(one: Resource) -> Iterable[Clause]:
    """Workload policies cannot switch off audit."""
    if is_boundary(one):
        return
    yield from forbidden(
        one, "can switch off the audit trail", lambda s: s.allows & s.grants(*AUDIT_SWITCHES)
    )
