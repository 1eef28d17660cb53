"""Users, groups and attachments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, truth

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
HIPAA_2: Final = ("164.308(a)(5)(ii)(D)", "164.312(a)(2)(i)", "164.312(d)")

ROLE: Final = "aws:iam/role:Role"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BROAD_POLICIES: Final = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
AWS_MANAGED_ALLOWED: Final = (
    "AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryPullOnly", "AmazonEC2ContainerRegistryReadOnly", "AmazonSSMManagedInstanceCore",
    "AmazonEKS_CNI_Policy", "service-role/AmazonEBSCSIDriverPolicy", "service-role/AmazonEBSCSIDriverPolicyV2",
    "service-role/AmazonEFSCSIDriverPolicy", "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/AWS_ConfigRole", "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores", "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore", "SecurityAudit", "job-function/ViewOnlyAccess",
)  # fmt: skip
"""AWS's own service roles, whose contents AWS keeps in step with the service."""


@rule(
    "iam-no-admin-managed-policy",
    ROLE,
    ATTACHMENT,
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.CRITICAL,
    remedy="Attach a policy of ours with named actions.",
    sources=(
        "prowler:iam_aws_attached_policy_no_administrative_privileges",
        "prowler:iam_role_administratoraccess_policy",
        "prowler:iam_user_administrator_access_policy",
        "prowler:iam_group_administrator_access_policy",
        "prowler:iam_policy_cloudshell_admin_not_attached",
        "checkov:CKV_AWS_274",
        "checkov:CKV_AWS_275",
        "checkov:CKV2_AWS_56",
    ),
)
def no_admin_managed_policy(one: Resource) -> Iterable[Clause]:
    """AWS administrator policies are not attached."""
    for arn in (one["policyArn"], *one["managedPolicyArns"].each(), *one["policyArns"].each()):
        if not arn.is_missing:
            yield (~arn.satisfies(_is_broad)).otherwise(f"{arn.shown} is attached")


def _is_broad(arn: object) -> bool:
    name = str(arn).rpartition("/")[2]
    return ":aws:policy/" in str(arn) and (name in BROAD_POLICIES or name.endswith("FullAccess"))


@rule(
    "iam-prefer-customer-policies",
    ROLE,
    ATTACHMENT,
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Write the permissions down, or add the AWS policy to the reviewed list.",
    sources=("cdk_nag:AwsSolutions-IAM4",),
)
def prefer_customer_policies(one: Resource) -> Iterable[Clause]:
    """AWS managed policies are justified."""
    for arn in (one["policyArn"], *one["managedPolicyArns"].each()):
        if not arn.is_missing:
            own = ~arn.matches(":aws:policy/")
            listed = arn.satisfies(lambda v: str(v).partition(":policy/")[2] in AWS_MANAGED_ALLOWED)
            yield (own | listed).otherwise(f"{arn.shown} is not on the reviewed list")


@rule(
    "iam-no-users",
    "aws:iam/user:User",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    hipaa=HIPAA_2,
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.CRITICAL,
    remedy="Use an access entry, Pod Identity or an OIDC role; people come from single sign-on.",
    sources=(
        "config:IAM_USER_UNUSED_CREDENTIALS_CHECK",
        "config:IAM_USER_MFA_ENABLED",
        "config:MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
        "config:ACCESS_KEYS_ROTATED",
        "config:IAM_ROOT_ACCESS_KEY_CHECK",
        "prowler:iam_user_mfa_enabled_console_access",
        "prowler:iam_user_accesskey_unused",
        "prowler:iam_rotate_access_key_90_days",
        "prowler:iam_no_root_access_key",
        "prowler:iam_user_with_temporary_credentials",
        "prowler:iam_user_no_setup_initial_access_key",
        "prowler:iam_user_two_active_access_key",
        "prowler:iam_user_console_access_unused",
        "checkov:CKV_AWS_273",
        "checkov:CKV_AWS_348",
        "checkov:CKV2_AWS_22",
        "awsguard:access-keys-rotated",
        "awsguard:mfa-enabled-for-iam-console-access",
    ),
)
def no_users(one: Resource) -> Iterable[Clause]:
    """Human and machine access does not use IAM users."""
    # keys and service credentials have a status; a user or a login profile has none and always counts
    yield one["status"].equals("Inactive").otherwise("is a long-lived identity")


@stack_rule(
    "iam-user-no-direct-policies",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/user:User",
    "aws:iam/userGroupMembership:UserGroupMembership",
    "aws:iam/groupMembership:GroupMembership",
    "aws:iam/group:Group",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    remedy="Put the user into a group and give the group the policy.",
    sources=(
        "cdk_nag:HIPAA.Security-IAMUserNoPolicies",
        "cdk_nag:HIPAA.Security-IAMUserGroupMembership",
        "cdk_nag:HIPAA.Security-IAMGroupHasUsers",
        "config:IAM_USER_NO_POLICIES_CHECK",
        "config:IAM_USER_GROUP_MEMBERSHIP_CHECK",
        "config:IAM_GROUP_HAS_USERS_CHECK",
        "prowler:iam_policy_attached_only_to_group_or_roles",
        "checkov:CKV_AWS_40",
        "checkov:CKV2_AWS_21",
        "checkov:CKV2_AWS_14",
        "compliance_policies:aws-iam-policy-attachment-only-attachment-through-groups",
        "compliance_policies:aws-iam-user-policy-attachment-only-attachment-through-groups",
    ),
)
def user_no_direct_policies(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Users get permissions only from groups."""
    for one in stack.of(
        "aws:iam/userPolicy:UserPolicy", "aws:iam/userPolicyAttachment:UserPolicyAttachment"
    ):
        yield one, truth(False).otherwise("gives a user permissions directly")
    for one in stack.of("aws:iam/policyAttachment:PolicyAttachment"):
        yield one, (~one["users"].is_set).otherwise("gives users permissions directly")
    memberships = (
        "aws:iam/userGroupMembership:UserGroupMembership",
        "aws:iam/groupMembership:GroupMembership",
    )
    for user in stack.of("aws:iam/user:User"):
        member = stack.referrers(user, memberships, "user", "users").exists
        yield user, member.otherwise("is in no group")
    for group in stack.of("aws:iam/group:Group"):
        member = stack.referrers(group, memberships, "group", "groups").exists
        yield group, member.otherwise("has no member")


@rule(
    "iam-password-policy",
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    hipaa=HIPAA_2,
    soc2=("CC6.1", "CC6.2"),
    severity=Severity.MEDIUM,
    remedy="Ask for 14 characters of every kind, 24 remembered passwords and 90 days.",
    sources=(
        "config:IAM_PASSWORD_POLICY",
        "prowler:iam_password_policy_minimum_length_14",
        "prowler:iam_password_policy_reuse_24",
        "prowler:iam_password_policy_expires_passwords_within_90_days_or_less",
        "prowler:iam_password_policy_lowercase",
        "prowler:iam_password_policy_uppercase",
        "prowler:iam_password_policy_number",
        "prowler:iam_password_policy_symbol",
        "checkov:CKV_AWS_9",
        "checkov:CKV_AWS_10",
        "checkov:CKV_AWS_11",
        "checkov:CKV_AWS_12",
        "checkov:CKV_AWS_13",
        "checkov:CKV_AWS_14",
        "checkov:CKV_AWS_15",
        "compliance_policies:aws-iam-password-policy-minimum-password-length",
        "compliance_policies:aws-iam-password-policy-prevent-reuse",
    ),
)
def password_policy(one: Resource) -> Iterable[Clause]:
    """Account password policy is strong."""
    yield one["minimumPasswordLength"].at_least(14).otherwise("short passwords pass")
    yield one["passwordReusePrevention"].at_least(24).otherwise("old passwords pass")
    age = one["maxPasswordAge"]
    yield (age.at_least(1) & age.at_most(90)).otherwise("passwords grow old")
    for kind in (
        "requireLowercaseCharacters",
        "requireUppercaseCharacters",
        "requireNumbers",
        "requireSymbols",
    ):
        yield one[kind].is_true.otherwise(f"{kind} is not set")
    yield (~one["hardExpiry"].is_true).otherwise("an expired password locks its owner out")


@stack_rule(
    "iam-no-exclusive-conflict",
    "aws:iam/role:Role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policyAttachment:PolicyAttachment",
    hipaa=("164.308(a)(8)",),
    soc2=("CC3.4", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Use attachments alone.",
    sources=("awsguard:iam-role-no-policy-management-conflicts",),
)
def no_exclusive_conflict(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Policy attachments are managed in one place."""
    for one in stack.of("aws:iam/policyAttachment:PolicyAttachment"):
        yield one, truth(False).otherwise("takes the policy from everybody else it is attached to")
    for role in stack.of(ROLE):
        inside = role["managedPolicyArns"].is_set | role["inlinePolicies"].is_set
        outside: Truth = stack.referrers(
            role, (ATTACHMENT, "aws:iam/rolePolicy:RolePolicy"), "role"
        ).exists
        yield role, (~(inside & outside)).otherwise("is given policies in two places")
