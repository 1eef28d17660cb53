"""What happens to databases, told to the alert topic."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import rds

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    "db-cluster": ("configuration change", "failover", "failure", "global-failover", "maintenance"),
    "db-instance": (
        "availability",
        "configuration change",
        "failure",
        "low storage",
        "maintenance",
    ),
}


@dataclass(frozen=True, kw_only=True)
class DatabaseEventsArgs:
    """Who hears of them."""

    name_prefix: str
    topic_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class DatabaseEvents(pulumi.ComponentResource):
    """One subscription for clusters, one for instances."""

    def __init__(
        self, name: str, args: DatabaseEventsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:DatabaseEvents", name, None, opts)
        for source_type, categories in CATEGORIES.items():
            rds.EventSubscription(
                f"{name}-{source_type}",
                name=f"{args.name_prefix}-{source_type}",
                source_type=source_type,
                event_categories=list(categories),
                sns_topic=args.topic_arn,
                enabled=True,
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
