"""Account defaults of EC2 in one region: encrypted volumes, private snapshots and images, IMDSv2 for all."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ebs, ec2


@dataclass(frozen=True, kw_only=True)
class Ec2DefaultsArgs:
    """Key of volumes that name none."""

    volume_key_arn: pulumi.Input[str]


class Ec2Defaults(pulumi.ComponentResource):
    """What holds even for an instance that somebody starts by hand."""

    def __init__(
        self, name: str, args: Ec2DefaultsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:Ec2Defaults", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        ebs.EncryptionByDefault(name, enabled=True, opts=child)
        ebs.DefaultKmsKey(name, key_arn=args.volume_key_arn, opts=child)
        ebs.SnapshotBlockPublicAccess(name, state="block-all-sharing", opts=child)
        ec2.ImageBlockPublicAccess(name, state="block-new-sharing", opts=child)
        ec2.InstanceMetadataDefaults(
            name,
            http_endpoint="enabled",
            http_tokens="required",
            http_put_response_hop_limit=1,
            opts=child,
        )
        self.register_outputs({})
