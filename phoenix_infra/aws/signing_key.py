"""An asymmetric key that signs and never leaves KMS: model updates are signed with it (G-032)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from phoenix_infra.aws.kms_policy import ADMINISTRATION


@dataclass(frozen=True, kw_only=True)
class SigningKeyArgs:
    """Whose key it is and which roles may sign."""

    account_id: str
    description: str
    alias: str
    signer_role_path: str
    deletion_window_days: int
    tags: Mapping[str, str]


class SigningKey(pulumi.ComponentResource):
    """ECC P-384; asymmetric keys have no automatic rotation (docs.aws.amazon.com/kms, Rotating keys)."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: SigningKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Registers the key and the alias people find it by."""
        super().__init__("phoenix:aws:SigningKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = kms.Key(
            name,
            description=args.description,
            policy=_policy(args),
            key_usage="SIGN_VERIFY",
            customer_master_key_spec="ECC_NIST_P384",
            deletion_window_in_days=args.deletion_window_days,
            tags=args.tags,
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(protect=True, retain_on_delete=True)
            ),
        )
        kms.Alias(f"{name}-alias", name=f"alias/{args.alias}", target_key_id=key.key_id, opts=child)
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


def _policy(args: SigningKeyArgs) -> str:
    """The account administers; roles of one path sign, as far as their own policies say so."""
    root = f"arn:aws:iam::{args.account_id}:root"
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "AccountAdministers",
                    "Effect": "Allow",
                    "Principal": {"AWS": root},
                    "Action": ADMINISTRATION,
                    "Resource": "*",
                },
                {
                    "Sid": "RolesSign",
                    "Effect": "Allow",
                    "Principal": {"AWS": root},
                    "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign", "kms:Verify"],
                    "Resource": "*",
                    "Condition": {
                        "ArnLike": {
                            "aws:PrincipalArn": (
                                f"arn:aws:iam::{args.account_id}:role{args.signer_role_path}*"
                            )
                        }
                    },
                },
            ],
        }
    )
