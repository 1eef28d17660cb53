"""Inspector scans machines, images and functions of a region for known vulnerabilities."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import inspector2


@dataclass(frozen=True, kw_only=True)
class VulnerabilityScanningArgs:
    """Whose resources are scanned."""

    account_id: str


class VulnerabilityScanning(pulumi.ComponentResource):
    """Inspector in one region."""

    def __init__(
        self,
        name: str,
        args: VulnerabilityScanningArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("phoenix:aws:VulnerabilityScanning", name, None, opts)
        inspector2.Enabler(
            name,
            account_ids=[args.account_id],
            resource_types=["EC2", "ECR", "LAMBDA"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
