"""Cost: a monthly budget, anomalies, and tags that split the bill."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import budgets, costexplorer

ACTUAL_PERCENT = 80
FORECAST_PERCENT = 100
ANOMALY_USD = 200


@dataclass(frozen=True, kw_only=True)
class CostControlArgs:
    """The account's limits; one per account."""

    name_prefix: str
    monthly_usd: int
    email_addresses: Sequence[str]
    allocation_tags: Sequence[str]
    tags: Mapping[str, str]


class CostControl(pulumi.ComponentResource):
    """Budget, anomaly monitor and cost allocation tags."""

    def __init__(
        self, name: str, args: CostControlArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:CostControl", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        budgets.Budget(
            name,
            name=f"{args.name_prefix}-monthly",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_usd),
            limit_unit="USD",
            notifications=[
                budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=list(args.email_addresses),
                )
                for kind, percent in (("ACTUAL", ACTUAL_PERCENT), ("FORECASTED", FORECAST_PERCENT))
            ],
            tags=args.tags,
            opts=child,
        )
        monitor = costexplorer.AnomalyMonitor(
            f"{name}-anomalies",
            name=f"{args.name_prefix}-services",
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
            tags=args.tags,
            opts=child,
        )
        costexplorer.AnomalySubscription(
            f"{name}-anomaly-mail",
            name=f"{args.name_prefix}-services",
            frequency="DAILY",
            monitor_arn_lists=[monitor.arn],
            subscribers=[
                costexplorer.AnomalySubscriptionSubscriberArgs(type="EMAIL", address=address)
                for address in args.email_addresses
            ],
            threshold_expression=costexplorer.AnomalySubscriptionThresholdExpressionArgs(
                dimension=costexplorer.AnomalySubscriptionThresholdExpressionDimensionArgs(
                    key="ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    match_options=["GREATER_THAN_OR_EQUAL"],
                    values=[str(ANOMALY_USD)],
                )
            ),
            tags=args.tags,
            opts=child,
        )
        for tag_key in args.allocation_tags:
            costexplorer.CostAllocationTag(
                f"{name}-tag-{tag_key.lower()}", tag_key=tag_key, status="Active", opts=child
            )
        self.register_outputs({})
