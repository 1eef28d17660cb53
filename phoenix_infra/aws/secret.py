"""A generated credential: pulumi-random makes it, Secrets Manager keeps it in both regions (X-71)."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_random as random
from pulumi_aws import secretsmanager

RECOVERY_WINDOW_DAYS = 30
PASSWORD_LENGTH = 40
RDS_SAFE_SPECIAL = "!#$%&*()-_=+[]{}<>:?"
"""RDS refuses slash, at, double quote and space (A7.11)."""


@dataclass(frozen=True, kw_only=True)
class PasswordArgs:
    """What the password must look like."""

    length: int = PASSWORD_LENGTH
    special_characters: str = ""
    """Empty: letters and digits only."""


class Password(pulumi.ComponentResource):
    """A random password that changes only when somebody asks for it."""

    value: pulumi.Output[str]

    def __init__(
        self, name: str, args: PasswordArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Password", name, None, opts)
        password = random.RandomPassword(
            name,
            length=args.length,
            special=bool(args.special_characters),
            override_special=args.special_characters or None,
            min_lower=2,
            min_upper=2,
            min_numeric=2,
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, additional_secret_outputs=["result", "bcryptHash"]
            ),
        )
        self.value = pulumi.Output.secret(password.result)
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True)
class SecretReplica:
    """The copy of a secret in the other region."""

    region: str
    kms_key_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class SecretArgs:
    """A secret's name, key, copy and first value."""

    secret_name: str
    description: str
    kms_key_arn: pulumi.Input[str]
    replica: SecretReplica
    value: pulumi.Input[str] | None = None
    """Absent: an operator writes the value, no program ever sees it."""
    tags: Mapping[str, str]


class Secret(pulumi.ComponentResource):
    """A secret that survives the loss of a region."""

    arn: pulumi.Output[str]
    secret_name: str

    def __init__(
        self, name: str, args: SecretArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Secret", name, None, opts)
        secret = secretsmanager.Secret(
            name,
            name=args.secret_name,
            description=args.description,
            kms_key_id=args.kms_key_arn,
            recovery_window_in_days=RECOVERY_WINDOW_DAYS,
            force_overwrite_replica_secret=False,
            replicas=[
                secretsmanager.SecretReplicaArgs(
                    region=args.replica.region, kms_key_id=args.replica.kms_key_arn
                )
            ],
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=True),
        )
        if args.value is not None:
            secretsmanager.SecretVersion(
                f"{name}-version",
                secret_id=secret.id,
                secret_string=pulumi.Output.secret(args.value),
                # Rotation replaces the value; the next deployment must not put the first one back.
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
            )
        self.arn = secret.arn
        self.secret_name = args.secret_name
        self.register_outputs({"arn": self.arn})
