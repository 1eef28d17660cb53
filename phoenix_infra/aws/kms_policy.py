"""Key policies: the account administers a key, named services use it, nobody else does; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Statement = Mapping[str, object]

ADMINISTRATION = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReplicateKey",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
"""Administration without use: an administrator of the key reads nothing with it (CC6.3)."""

USE = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]


@dataclass(frozen=True, kw_only=True)
class ServicePrincipal:
    """An AWS service that uses the key in its own name."""

    service: str
    """For instance `logs.us-east-1.amazonaws.com`."""
    actions: Sequence[str] = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*")
    encryption_context_log_groups: bool = False
    """CloudWatch Logs names the log group in the encryption context instead of a source account."""


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """Who may use one key."""

    via_services: Sequence[str] = ()
    """Services through which principals of the account, whose own policies allow it, use the key."""
    service_principals: Sequence[ServicePrincipal] = ()
    role_paths: Sequence[str] = ()
    """Paths of roles that call KMS themselves, for instance Vault's unseal."""
    service_linked_roles: Sequence[str] = ()
    """Service-linked roles, below `aws-service-role/`, that need grants (autoscaled nodes' volumes)."""


def key_policy(*, account_id: str, region: str, use: KeyUse) -> str:
    """The policy of a key in one region; each member of a multi-Region key needs its own."""
    root = f"arn:aws:iam::{account_id}:root"
    statements: list[Statement] = [
        {
            "Sid": "AccountAdministers",
            "Effect": "Allow",
            "Principal": {"AWS": root},
            "Action": ADMINISTRATION,
            "Resource": "*",
        },
        {
            "Sid": "GrantsForAwsResources",
            "Effect": "Allow",
            "Principal": {"AWS": root},
            "Action": ["kms:CreateGrant"],
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
    if use.via_services:
        statements.append(
            {
                "Sid": "UseThroughServices",
                "Effect": "Allow",
                "Principal": {"AWS": root},
                "Action": USE,
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "kms:ViaService": [f"{s}.{region}.amazonaws.com" for s in use.via_services]
                    }
                },
            }
        )
    if use.role_paths:
        statements.append(_direct_use(account_id, use.role_paths))
    if use.service_linked_roles:
        statements += _service_linked(account_id, use.service_linked_roles)
    statements += [_service(account_id, region, p) for p in use.service_principals]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _direct_use(account_id: str, role_paths: Sequence[str]) -> Statement:
    return {
        "Sid": "DirectUseByRoles",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": USE,
        "Resource": "*",
        "Condition": {
            "ArnLike": {
                "aws:PrincipalArn": [f"arn:aws:iam::{account_id}:role{p}*" for p in role_paths]
            }
        },
    }


def _service_linked(account_id: str, roles: Sequence[str]) -> list[Statement]:
    # A role that does not exist yet is refused as a principal, and AWS creates these at first use:
    # so the principal is named by condition, inside this account.
    condition = {
        "StringEquals": {"kms:CallerAccount": account_id},
        "ArnEquals": {
            "aws:PrincipalArn": [
                f"arn:aws:iam::{account_id}:role/aws-service-role/{r}" for r in roles
            ]
        },
    }
    return [
        {
            "Sid": "UseByServiceLinkedRoles",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": USE,
            "Resource": "*",
            "Condition": condition,
        },
        {
            "Sid": "GrantsByServiceLinkedRoles",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["kms:CreateGrant"],
            "Resource": "*",
            "Condition": {**condition, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def _service(account_id: str, region: str, principal: ServicePrincipal) -> Statement:
    condition: Mapping[str, object] = (
        {
            "ArnLike": {
                "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account_id}:log-group:*"
            }
        }
        if principal.encryption_context_log_groups
        else {"StringEquals": {"aws:SourceAccount": account_id}}
    )
    words = principal.service.split(".")[:-2]
    return {
        "Sid": "Service" + "".join(w.title().replace("-", "") for w in words),
        "Effect": "Allow",
        "Principal": {"Service": principal.service},
        "Action": list(principal.actions),
        "Resource": "*",
        "Condition": condition,
    }
