"""No bucket of the account is ever public, whoever makes it."""

import pulumi
from pulumi_aws import s3


class AccountPublicAccess(pulumi.ComponentResource):
    """The account-wide block of public access; one per account, so the primary stack owns it."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("phoenix:aws:AccountPublicAccess", name, None, opts)
        s3.AccountPublicAccessBlock(
            name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
