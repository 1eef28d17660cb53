"""What every machine and volume of a region gets, whoever makes it."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ebs, ec2


@dataclass(frozen=True, kw_only=True)
class ComputeDefaultsArgs:
    """The key of volumes whose maker names none."""

    volume_key_arn: pulumi.Input[str]


class ComputeDefaults(pulumi.ComponentResource):
    """Volumes encrypted by default, no public snapshot, instance metadata with a session only."""

    def __init__(
        self, name: str, args: ComputeDefaultsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:ComputeDefaults", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        ebs.EncryptionByDefault(f"{name}-encryption", enabled=True, opts=child)
        ebs.DefaultKmsKey(f"{name}-volume-key", key_arn=args.volume_key_arn, opts=child)
        ebs.SnapshotBlockPublicAccess(f"{name}-snapshots", state="block-all-sharing", opts=child)
        ec2.InstanceMetadataDefaults(
            f"{name}-metadata", http_tokens="required", http_put_response_hop_limit=1, opts=child
        )
        self.register_outputs({})
