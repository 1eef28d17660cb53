"""Web ACLs: one for the region's load balancer, one for the content delivery network (X-67)."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.wafv2 import Scope, WebAcl, WebAclArgs
from phoenix_infra.layers.edge_region import edge_logs_key
from phoenix_infra.layers.keys import Keys
from phoenix_infra.providers import RegionalContext


@dataclass(frozen=True, kw_only=True)
class WebAcls:
    """The ACLs of a stack."""

    regional: WebAcl
    delivery: WebAcl | None
    """On the primary, in us-east-1."""


def build_web_acls(context: RegionalContext, keys: Keys) -> WebAcls:
    """The same settings make both."""
    return WebAcls(
        regional=_acl(context, "REGIONAL", keys.logs_arn, context.regional()),
        delivery=_acl(context, "CLOUDFRONT", edge_logs_key(context, keys), context.edge())
        if context.is_primary
        else None,
    )


def _acl(
    context: RegionalContext,
    scope: Scope,
    logs_key_arn: pulumi.Input[str],
    options: pulumi.ResourceOptions,
) -> WebAcl:
    edge = context.settings.edge
    role = scope.lower()
    return WebAcl(
        f"web-acl-{role}",
        WebAclArgs(
            scope=scope,
            acl_name=f"{context.naming.prefix}-{role}",
            traffic=edge.traffic,
            rate_limit=edge.rate_limit,
            exempt_cidrs=_hospital_ranges(context),
            logs_key_arn=logs_key_arn,
            tags=context.tags.for_service("edge"),
        ),
        options,
    )


def _hospital_ranges(context: RegionalContext) -> list[str]:
    """A hospital's public address and its effective private range."""
    connections = context.settings.hospitals.connections
    public = {f"{hospital.customer_gateway_ip}/32" for hospital in connections}
    return sorted(public | {hospital.effective_cidr for hospital in connections})
