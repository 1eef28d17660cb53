"""Macie looks for health records where they should not be, and proves where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import macie2

SAMPLING_PERCENT = 10


@dataclass(frozen=True, kw_only=True)
class SensitiveDataDiscoveryArgs:
    """Which buckets of a region are sampled each week."""

    account_id: str
    name_prefix: str
    bucket_names: Sequence[str]
    tags: Mapping[str, str]


class SensitiveDataDiscovery(pulumi.ComponentResource):
    """Macie in one region with a weekly job."""

    def __init__(
        self,
        name: str,
        args: SensitiveDataDiscoveryArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("phoenix:aws:SensitiveDataDiscovery", name, None, opts)
        account = macie2.Account(
            name,
            status="ENABLED",
            finding_publishing_frequency="FIFTEEN_MINUTES",
            opts=pulumi.ResourceOptions(parent=self),
        )
        macie2.ClassificationJob(
            f"{name}-weekly",
            name=f"{args.name_prefix}-weekly-discovery",
            job_type="SCHEDULED",
            job_status="RUNNING",
            sampling_percentage=SAMPLING_PERCENT,
            schedule_frequency=macie2.ClassificationJobScheduleFrequencyArgs(
                weekly_schedule="SUNDAY"
            ),
            s3_job_definition=macie2.ClassificationJobS3JobDefinitionArgs(
                bucket_definitions=[
                    macie2.ClassificationJobS3JobDefinitionBucketDefinitionArgs(
                        account_id=args.account_id, buckets=sorted(args.bucket_names)
                    )
                ]
            ),
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account]),
        )
        self.register_outputs({})
