"""IAM Access Analyzer: what can be reached from outside, and which rights nobody uses."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import accessanalyzer

UNUSED_ACCESS_AGE_DAYS = 90


@dataclass(frozen=True, kw_only=True)
class AccessAnalysisArgs:
    """One region's analyzers."""

    name_prefix: str
    unused_access: bool
    """Roles are global: one region looks for unused rights."""
    tags: Mapping[str, str]


class AccessAnalysis(pulumi.ComponentResource):
    """External access in each region, unused access once."""

    def __init__(
        self, name: str, args: AccessAnalysisArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:AccessAnalysis", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        accessanalyzer.Analyzer(
            name,
            analyzer_name=f"{args.name_prefix}-external-access",
            type="ACCOUNT",
            tags=args.tags,
            opts=child,
        )
        if args.unused_access:
            accessanalyzer.Analyzer(
                f"{name}-unused",
                analyzer_name=f"{args.name_prefix}-unused-access",
                type="ACCOUNT_UNUSED_ACCESS",
                configuration=accessanalyzer.AnalyzerConfigurationArgs(
                    unused_access=accessanalyzer.AnalyzerConfigurationUnusedAccessArgs(
                        unused_access_age=UNUSED_ACCESS_AGE_DAYS
                    )
                ),
                tags=args.tags,
                opts=child,
            )
        self.register_outputs({})
