"""Customer managed keys: one per purpose, rotated, and a member in the other region where data needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import kms

from phoenix_infra.settings.keys import KeysSettings


@dataclass(frozen=True, kw_only=True)
class EncryptionKeyArgs:
    """One key; its policy is literal JSON, because a key policy never names an ARN that is not known yet."""

    settings: KeysSettings
    description: str
    policy: str
    aliases: Sequence[str]
    """Without the `alias/` in front; people and audits find the key by them (L-022)."""
    multi_region: bool
    tags: Mapping[str, str]


class EncryptionKey(pulumi.ComponentResource):
    """A symmetric key with yearly rotation; losing it would lose the data, so it is protected."""

    arn: pulumi.Output[str]
    key_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:EncryptionKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = kms.Key(
            name,
            description=args.description,
            policy=args.policy,
            key_usage="ENCRYPT_DECRYPT",
            enable_key_rotation=True,
            rotation_period_in_days=args.settings.rotation_period_days,
            deletion_window_in_days=args.settings.deletion_window_days,
            multi_region=args.multi_region,
            tags=args.tags,
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(protect=True, retain_on_delete=True)
            ),
        )
        for alias in args.aliases:
            kms.Alias(
                f"{name}-{alias}",
                name=f"alias/{alias}",
                target_key_id=key.key_id,
                opts=child,
            )
        self.arn = key.arn
        self.key_id = key.key_id
        self.register_outputs({"arn": self.arn, "key_id": self.key_id})


@dataclass(frozen=True, kw_only=True)
class ReplicaKeyArgs:
    """A multi-Region key's member in the other region; it does not inherit the policy."""

    settings: KeysSettings
    description: str
    primary_key_arn: pulumi.Input[str]
    policy: str
    aliases: Sequence[str]
    tags: Mapping[str, str]


class ReplicaKey(pulumi.ComponentResource):
    """The same key material in the other region; rotation follows the primary key."""

    arn: pulumi.Output[str]
    key_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: ReplicaKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ReplicaKey", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = kms.ReplicaKey(
            name,
            description=args.description,
            primary_key_arn=args.primary_key_arn,
            policy=args.policy,
            enabled=True,
            deletion_window_in_days=args.settings.deletion_window_days,
            tags=args.tags,
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(protect=True, retain_on_delete=True)
            ),
        )
        for alias in args.aliases:
            kms.Alias(
                f"{name}-{alias}",
                name=f"alias/{alias}",
                target_key_id=key.key_id,
                opts=child,
            )
        self.arn = key.arn
        self.key_id = key.key_id
        self.register_outputs({"arn": self.arn, "key_id": self.key_id})
