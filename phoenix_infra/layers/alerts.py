"""The alert layer: topics, event routes and the way to whoever is on call; built before what raises alarms."""

from dataclasses import dataclass

import pulumi

from phoenix_infra.aws.eventbridge import (
    EVENT_ROUTES,
    EventRoutes,
    EventRoutesArgs,
    IncidentTarget,
)
from phoenix_infra.aws.pagerduty import IncidentService, IncidentServiceArgs
from phoenix_infra.aws.secret import Password, PasswordArgs
from phoenix_infra.aws.sns import AlertTopic, AlertTopicArgs
from phoenix_infra.layers.keys import Keys
from phoenix_infra.providers import EDGE_REGION, RegionalContext


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Topics by region: an alarm can only publish in its own."""

    topic_arn: pulumi.Output[str]
    peer_topic_arn: pulumi.Output[str] | None
    """On the primary: for what it owns in the other region."""
    edge_topic_arn: pulumi.Output[str] | None
    """On the primary: the one of the two that is in us-east-1."""
    dead_letter_queue_name: str


def build_alerts(context: RegionalContext, keys: Keys) -> Alerts:
    """Declares this region's topic and routes and, on the primary, the other region's topic."""
    topic = _topic(context, "alerts", context.region, keys.logs_arn, context.regional())
    peer = (
        _topic(context, "alerts-peer", context.peer_region, keys.peer_logs_arn, context.peer())
        if context.is_primary
        else None
    )
    routes = EventRoutes(
        "alert-routes",
        EventRoutesArgs(
            name_prefix=context.naming.prefix,
            account_id=context.settings.identity.account_id,
            region=context.region,
            routes=EVENT_ROUTES,
            topic_arn=topic,
            key_arn=keys.logs_arn,
            incidents=_incidents(context, keys),
            tags=context.tags.for_service("alerts"),
        ),
        context.regional(),
    )
    edge = topic if context.region == EDGE_REGION else peer
    return Alerts(
        topic_arn=topic,
        peer_topic_arn=peer,
        edge_topic_arn=edge if context.is_primary else None,
        dead_letter_queue_name=routes.dead_letter_queue_name,
    )


def _topic(
    context: RegionalContext,
    name: str,
    region: str,
    key_arn: pulumi.Input[str],
    options: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    contacts = context.settings.identity.contacts
    return AlertTopic(
        name,
        AlertTopicArgs(
            topic_name=f"{context.naming.prefix}-{name}",
            account_id=context.settings.identity.account_id,
            region=region,
            key_arn=key_arn,
            email_addresses=sorted({contacts.on_call, contacts.security}),
            tags=context.tags.for_service("alerts"),
        ),
        options,
    ).arn


def _incidents(context: RegionalContext, keys: Keys) -> IncidentTarget | None:
    if not context.settings.detection.pagerduty_integration:
        return None
    unset = Password("incident-routing-key", PasswordArgs(length=32), context.regional())
    service = IncidentService(
        "incidents",
        IncidentServiceArgs(
            name_prefix=context.naming.prefix,
            account_id=context.settings.identity.account_id,
            key_arn=keys.logs_arn,
            initial_routing_key=unset.value,
            permissions_boundary_arn=context.boundary_arn,
            tags=context.tags.for_service("alerts"),
        ),
        context.regional(),
    )
    return IncidentTarget(destination_arn=service.destination_arn, role_arn=service.role_arn)
