"""What identities may do: wildcards in permission policies."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import is_all_actions, is_whole_service
from phoenix_policies.predicates.permissions import (
    GROUP_POLICY,
    PERMISSIONS,
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
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, truth

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


SCOPABLE_WRITES: Final = (
    "s3:PutObject", "s3:DeleteObject", "s3:PutBucketPolicy", "s3:DeleteBucket", "dynamodb:PutItem",
    "dynamodb:DeleteItem", "dynamodb:UpdateItem", "dynamodb:DeleteTable", "sqs:SendMessage", "sqs:DeleteMessage",
    "sns:Publish", "kms:Encrypt", "kms:GenerateDataKey", "kms:ScheduleKeyDeletion", "kms:CreateGrant",
    "secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret", "secretsmanager:UpdateSecret",
    "lambda:InvokeFunction", "lambda:UpdateFunctionCode", "rds:DeleteDBCluster", "rds:ModifyDBCluster",
    "rds:DeleteDBInstance", "ec2:TerminateInstances", "ec2:StopInstances", "ec2:CreateTags", "ec2:DeleteSecurityGroup",
    "ec2:AuthorizeSecurityGroupIngress", "ecr:PutImage", "ecr:DeleteRepository", "eks:DeleteCluster",
    "eks:UpdateClusterConfig", "logs:DeleteLogGroup", "logs:PutLogEvents", "ssm:PutParameter", "ssm:SendCommand",
    "states:StartExecution", "events:PutEvents", "route53:ChangeResourceRecordSets", "autoscaling:SetDesiredCapacity",
    "autoscaling:TerminateInstanceInAutoScalingGroup", "iam:PassRole", "elasticache:ModifyReplicationGroup",
    "backup:DeleteRecoveryPoint", "cloudformation:DeleteStack", "wafv2:UpdateIPSet", "wafv2:UpdateWebACL",
    "sts:AssumeRole", "iam:TagRole", "s3:PutObjectTagging",
)  # fmt: skip
"""Write, tagging and permission actions that take a resource (AWS Service Authorization Reference, 2026-08)."""
PERMISSION_ACTIONS: Final = (
    "iam:CreatePolicy", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole",
    "iam:UpdateRole", "iam:DeletePolicy", "organizations:AttachPolicy", "organizations:LeaveOrganization",
    "s3:PutBucketPolicy", "kms:PutKeyPolicy", "ecr:SetRepositoryPolicy", "secretsmanager:PutResourcePolicy",
    "sqs:AddPermission", "lambda:AddPermission", "backup:PutBackupVaultAccessPolicy",
)  # fmt: skip

_PERMISSION_WRITES: Final = (
    r"iam:(?!get|list|simulate|generate|pass)\w+?(?:policy|role)(?!alias)"
    r"|organizations:(?!describe|list)\w"
    r"|[\w-]+:(?:put(?!lifecycle|retention|scaling|metric)\w*policy|setrepositorypolicy)"
)


@rule(
    "iam-no-admin-statement",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Name the actions and the resources.",
    sources=(
        "cdk_nag:HIPAA.Security-IAMPolicyNoStatementsWithAdminAccess",
        "config:IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
        "prowler:iam_customer_attached_policy_no_administrative_privileges",
        "prowler:iam_inline_policy_no_administrative_privileges",
        "prowler:iam_customer_unattached_policy_no_administrative_privileges",
        "checkov:CKV_AWS_1",
        "checkov:CKV_AWS_62",
        "checkov:CKV_AWS_63",
        "checkov:CKV_AWS_49",
        "checkov:CKV2_AWS_40",
    ),
)
def no_admin_statement(one: Resource) -> Iterable[Clause]:
    """No policy allows every action on every resource."""
    yield from forbidden(
        one,
        "allows every action on every resource",
        lambda s: s.allows & s.actions.any(is_all_actions) & s.any_resource,
    )


@rule(
    "iam-no-service-wildcard",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Name the actions.",
    sources=(
        "cdk_nag:HIPAA.Security-IAMPolicyNoStatementsWithFullAccess",
        "config:IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
        "prowler:iam_policy_no_full_access_to_cloudtrail",
        "prowler:iam_policy_no_full_access_to_kms",
        "prowler:iam_inline_policy_no_full_access_to_cloudtrail",
        "prowler:iam_inline_policy_no_full_access_to_kms",
        "checkov:CKV_AWS_63",
        "checkov:CKV2_AWS_40",
    ),
)
def no_service_wildcard(one: Resource) -> Iterable[Clause]:
    """No policy allows a whole service."""
    if is_boundary(one):
        return
    yield from forbidden(
        one, "allows a whole service", lambda s: s.allows & s.actions.any(is_whole_service)
    )


@rule(
    "iam-no-allow-notaction",
    *PERMISSIONS,
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:kms/key:Key",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:sns/topicPolicy:TopicPolicy",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="List what is allowed; NotAction, NotResource and NotPrincipal allow the rest of the world.",
)
def no_allow_notaction(one: Resource) -> Iterable[Clause]:
    """Allow statements do not use NotAction or NotResource."""
    for statement in granted(one):
        for key in ("NotAction", "NotResource", "NotPrincipal"):
            used = statement.allows & statement.value[key].is_set
            yield (~used).otherwise(f"{statement.place} allows everything but a list ({key})")


@rule(
    "iam-no-wildcard-resource-write",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Name the resources, or bind the statement with a condition.",
    sources=(
        "cdk_nag:AwsSolutions-IAM5",
        "checkov:CKV_AWS_290",
        "checkov:CKV_AWS_355",
        "checkov:CKV_AWS_356",
        "checkov:CKV_AWS_111",
    ),
)
def no_wildcard_resource_write(one: Resource) -> Iterable[Clause]:
    """Write actions name their resources."""
    if is_boundary(one):
        return
    yield from forbidden(
        one,
        "writes to every resource",
        lambda s: on_everything(s) & s.grants(*SCOPABLE_WRITES) & unconditional(s),
    )


@rule(
    "iam-no-passrole-wildcard",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.HIGH,
    remedy="Name the roles and add a condition on iam:PassedToService.",
)
def no_passrole_wildcard(one: Resource) -> Iterable[Clause]:
    """PassRole is limited to named roles and services."""
    if is_boundary(one):
        return
    for statement in granted(one):
        passes = statement.allows & statement.grants("iam:PassRole")
        wide = statement.any_resource | statement.resources.any(lambda arn: arn.endswith(":role/*"))
        yield (~(passes & wide)).otherwise(f"{statement.place} passes every role")
        bound = statement.bound_to(("iam:PassedToService",))
        yield (~passes | bound).otherwise(f"{statement.place} passes roles to every service")


@rule(
    "iam-no-permissions-management",
    *PERMISSIONS,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Name what may be managed, and add a condition on the boundary.",
    sources=("checkov:CKV_AWS_289", "checkov:CKV_AWS_109"),
)
def no_permissions_management(one: Resource) -> Iterable[Clause]:
    """Policies do not manage permissions without limits."""
    if is_boundary(one):
        return
    yield from forbidden(
        one,
        "manages permissions of everything",
        lambda s: (
            on_everything(s)
            & (s.grants(*PERMISSION_ACTIONS) | s.actions.any(_manages_permissions))
            & unconditional(s)
        ),
    )


def _manages_permissions(action: str) -> bool:
    return re.match(_PERMISSION_WRITES, action, re.IGNORECASE) is not None


@rule(
    "iam-no-inline-policy",
    ROLE_POLICY,
    USER_POLICY,
    GROUP_POLICY,
    ROLE,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Use aws.iam.Policy and an attachment.",
    sources=("cdk_nag:HIPAA.Security-IAMNoInlinePolicy", "config:IAM_NO_INLINE_POLICY_CHECK"),
)
def no_inline_policy(one: Resource) -> Iterable[Clause]:
    """Permissions live in managed policies."""
    if one.type == ROLE:
        yield (~one["inlinePolicies"].is_set).otherwise("has inline policies")
    else:
        yield truth(False).otherwise("is an inline policy")
