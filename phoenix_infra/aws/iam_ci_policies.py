"""What CI may do: the preview role reads configuration, the deploy role changes what this program declares; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from phoenix_infra.naming import PRODUCT

Statement = Mapping[str, pulumi.Input[object]]

SERVICES = (
    "access-analyzer",
    "acm",
    "autoscaling",
    "backup",
    "budgets",
    "cloudfront",
    "cloudtrail",
    "cloudwatch",
    "codebuild",
    "codeconnections",
    "config",
    "ec2",
    "ecr",
    "eks",
    "elasticache",
    "elasticfilesystem",
    "elasticloadbalancing",
    "events",
    "guardduty",
    "inspector2",
    "kafka",
    "kms",
    "logs",
    "macie2",
    "rds",
    "route53",
    "securityhub",
    "shield",
    "sns",
    "sqs",
    "ssm",
    "wafv2",
)
"""Services that the program declares resources of."""
READ_VERBS = ("Describe*", "List*")
READ_CONFIGURATION = (
    "backup:Get*",
    "cloudfront:GetDistribution*",
    "cloudtrail:GetTrail*",
    "ecr:GetLifecyclePolicy",
    "ecr:GetRepositoryPolicy",
    "events:DescribeRule",
    "guardduty:GetDetector",
    "iam:GetPolicy*",
    "iam:GetRole*",
    "iam:GetOpenIDConnectProvider",
    "iam:List*",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "route53:Get*",
    "s3:GetBucket*",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "sns:GetTopicAttributes",
    "sqs:GetQueueAttributes",
    "wafv2:Get*",
)
"""Configuration only: no object of a bucket, no value of a secret or parameter, no log line."""
CHANGE_VERBS = ("Associate*", "Create*", "Modify*", "Put*", "Register*", "Tag*", "Update*")
RDS_CHANGES = (
    "rds:AddTagsToResource",
    "rds:Create*",
    "rds:ModifyDBCluster",
    "rds:ModifyDBClusterParameterGroup",
    "rds:ModifyDBInstance",
    "rds:ModifyDBParameterGroup",
    "rds:ModifyDBSubnetGroup",
    "rds:ModifyEventSubscription",
    "rds:ModifyGlobalCluster",
)
"""Not `Modify*`: that would share a snapshot with another account."""
REPLACEABLE = (
    "acm",
    "cloudfront",
    "cloudwatch",
    "codebuild",
    "ec2",
    "eks",
    "elasticloadbalancing",
    "events",
    "route53",
    "sns",
    "sqs",
    "wafv2",
)
DELETE_VERBS = ("Delete*", "Deregister*", "Disassociate*", "Revoke*", "Untag*")
PASSED_TO = (
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "codebuild.amazonaws.com",
    "config.amazonaws.com",
    "ec2.amazonaws.com",
    "eks.amazonaws.com",
    "events.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "pods.eks.amazonaws.com",
    "rds.amazonaws.com",
    "s3.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)


@dataclass(frozen=True, kw_only=True)
class StateAccess:
    """The state bucket and the key of the secrets provider."""

    bucket_arn: str
    key_arns: Sequence[pulumi.Input[str]]

    def read(self) -> list[Statement]:
        """Checkpoints, and secrets' decryption, without which a preview cannot compare."""
        return [
            {
                "Sid": "ReadState",
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:ListBucket"],
                "Resource": [self.bucket_arn, f"{self.bucket_arn}/*"],
            },
            {
                "Sid": "DecryptState",
                "Effect": "Allow",
                "Action": ["kms:Decrypt", "kms:DescribeKey"],
                "Resource": list(self.key_arns),
            },
        ]

    def write(self) -> list[Statement]:
        """Checkpoints and locks; old versions stay, because the bucket keeps them."""
        return [
            *self.read(),
            {
                "Sid": "WriteState",
                "Effect": "Allow",
                "Action": ["s3:DeleteObject", "s3:PutObject"],
                "Resource": f"{self.bucket_arn}/*",
            },
            {
                "Sid": "EncryptState",
                "Effect": "Allow",
                "Action": ["kms:Encrypt", "kms:GenerateDataKey"],
                "Resource": list(self.key_arns),
            },
        ]


def preview_statements(regions: Sequence[str], state: StateAccess) -> list[Statement]:
    """`pulumi preview`: reads configuration and state, changes nothing."""
    return [
        {
            "Sid": "ReadConfiguration",
            "Effect": "Allow",
            "Action": [f"{s}:{verb}" for s in SERVICES for verb in READ_VERBS]
            + list(READ_CONFIGURATION),
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": [*regions]}},
        },
        *state.read(),
    ]


def change_statements(regions: Sequence[str]) -> list[Statement]:
    """`pulumi up` creates and changes within the regions, and deletes what holds neither data nor evidence."""
    return [
        {
            "Sid": "ChangeInOurRegions",
            "Effect": "Allow",
            "Action": [
                *(f"{s}:{verb}" for s in SERVICES if s != "rds" for verb in CHANGE_VERBS),
                *RDS_CHANGES,
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": [*regions]}},
        },
        {
            "Sid": "ReplaceWhatHoldsNothing",
            "Effect": "Allow",
            "Action": [f"{s}:{verb}" for s in REPLACEABLE for verb in DELETE_VERBS],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": [*regions]}},
        },
    ]


def identity_statements(account_id: str, boundary_arn: str, state: StateAccess) -> list[Statement]:
    """Roles only below our path and within the boundary; buckets, secrets and state of ours."""
    roles = f"arn:aws:iam::{account_id}:role/{PRODUCT}/*"
    return [
        {
            "Sid": "RolesWithinTheBoundary",
            "Effect": "Allow",
            "Action": [
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DetachRolePolicy",
                "iam:PutRolePermissionsBoundary",
            ],
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PermissionsBoundary": boundary_arn}},
        },
        {
            "Sid": "RolesOfOurs",
            "Effect": "Allow",
            "Action": ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRole"],
            "Resource": roles,
        },
        {
            "Sid": "PoliciesOfOurs",
            "Effect": "Allow",
            "Action": [
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicyVersion",
                "iam:TagPolicy",
            ],
            "Resource": f"arn:aws:iam::{account_id}:policy/{PRODUCT}/*/*",
        },
        {
            "Sid": "HandRolesToServices",
            "Effect": "Allow",
            "Action": ["iam:PassRole"],
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PassedToService": list(PASSED_TO)}},
        },
        {
            "Sid": "OurBuckets",
            "Effect": "Allow",
            "Action": [
                "s3:CreateBucket",
                "s3:PutBucket*",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutReplicationConfiguration",
            ],
            "Resource": f"arn:aws:s3:::{PRODUCT}-*",
        },
        {
            "Sid": "OurSecrets",
            "Effect": "Allow",
            "Action": [
                "secretsmanager:CreateSecret",
                "secretsmanager:DescribeSecret",
                "secretsmanager:PutResourcePolicy",
                "secretsmanager:PutSecretValue",
                "secretsmanager:ReplicateSecretToRegions",
                "secretsmanager:TagResource",
                "secretsmanager:UpdateSecret",
            ],
            "Resource": f"arn:aws:secretsmanager:*:{account_id}:secret:{PRODUCT}/*",
        },
        {
            # Creating a secret, a volume or a database encrypts with the caller's right to the key.
            "Sid": "KeysThroughServices",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": f"arn:aws:kms:*:{account_id}:key/*",
            "Condition": {
                "StringLike": {
                    "kms:ViaService": [
                        "ec2.*.amazonaws.com",
                        "elasticfilesystem.*.amazonaws.com",
                        "rds.*.amazonaws.com",
                        "secretsmanager.*.amazonaws.com",
                    ]
                }
            },
        },
        {
            "Sid": "TheBoundaryStays",
            "Effect": "Deny",
            "Action": [
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy*",
                "iam:SetDefaultPolicyVersion",
            ],
            # The pipelines' own policies too: who can rewrite them can do everything.
            "Resource": [boundary_arn, f"arn:aws:iam::{account_id}:policy/{PRODUCT}/ci/*"],
        },
        {
            "Sid": "EveryRoleKeepsItsBoundary",
            "Effect": "Deny",
            "Action": ["iam:DeleteRolePermissionsBoundary"],
            "Resource": "*",
        },
        *state.write(),
    ]
