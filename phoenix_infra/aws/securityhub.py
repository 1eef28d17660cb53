"""Security Hub: findings of every detector in one place, judged by three standards."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import securityhub

STANDARDS: Mapping[str, str] = {
    "foundational": "standards/aws-foundational-security-best-practices/v/1.0.0",
    "cis": "standards/cis-aws-foundations-benchmark/v/3.0.0",
    "nist-800-53": "standards/nist-800-53/v/5.0.0",
}


@dataclass(frozen=True, kw_only=True)
class FindingsHubArgs:
    """One region's hub."""

    region: str
    aggregates: bool
    """The home region collects the findings of all regions."""


class FindingsHub(pulumi.ComponentResource):
    """A region's hub and its standards."""

    def __init__(
        self, name: str, args: FindingsHubArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:FindingsHub", name, None, opts)
        account = securityhub.Account(
            name,
            enable_default_standards=False,
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            opts=pulumi.ResourceOptions(parent=self),
        )
        enabled = pulumi.ResourceOptions(parent=self, depends_on=[account])
        for role, path in STANDARDS.items():
            securityhub.StandardsSubscription(
                f"{name}-{role}",
                standards_arn=f"arn:aws:securityhub:{args.region}::{path}",
                opts=enabled,
            )
        if args.aggregates:
            securityhub.FindingAggregator(
                f"{name}-aggregator", linking_mode="ALL_REGIONS", opts=enabled
            )
        self.register_outputs({})
