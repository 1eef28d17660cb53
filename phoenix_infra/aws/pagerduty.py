"""The way to PagerDuty: an EventBridge connection whose secret no program ever sees."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, iam

from phoenix_infra.naming import role_path

EVENTS_ENDPOINT = "https://events.pagerduty.com/v2/enqueue"
INVOCATIONS_PER_SECOND = 10


@dataclass(frozen=True, kw_only=True)
class IncidentServiceArgs:
    """One region's connection."""

    name_prefix: str
    account_id: str
    key_arn: pulumi.Input[str]
    initial_routing_key: pulumi.Input[str]
    """A generated value that opens nothing; an operator replaces it by `aws events update-connection`,
    and the deployment leaves that alone. So the real key is in EventBridge's secret only, never in state."""
    permissions_boundary_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class IncidentService(pulumi.ComponentResource):
    """Connection, destination and the role that may call it."""

    destination_arn: pulumi.Output[str]
    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: IncidentServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:IncidentService", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        connection = cloudwatch.EventConnection(
            f"{name}-connection",
            name=f"{args.name_prefix}-pagerduty",
            description="Adds the routing key to each event",
            authorization_type="API_KEY",
            kms_key_identifier=args.key_arn,
            auth_parameters=_authorization(args.initial_routing_key),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["authParameters"]),
        )
        destination = cloudwatch.EventApiDestination(
            name,
            name=f"{args.name_prefix}-pagerduty",
            description="PagerDuty Events API v2",
            invocation_endpoint=EVENTS_ENDPOINT,
            http_method="POST",
            invocation_rate_limit_per_second=INVOCATIONS_PER_SECOND,
            connection_arn=connection.arn,
            opts=child,
        )
        role = iam.Role(
            f"{name}-role",
            path=role_path("service"),
            description="EventBridge calls PagerDuty",
            assume_role_policy=_trust(args.account_id),
            permissions_boundary=args.permissions_boundary_arn,
            tags=args.tags,
            opts=child,
        )
        policy = iam.Policy(
            f"{name}-policy",
            path=role_path("service"),
            policy=pulumi.Output.json_dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "events:InvokeApiDestination",
                            "Resource": destination.arn,
                        }
                    ],
                }
            ),
            tags=args.tags,
            opts=child,
        )
        iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=child
        )
        self.destination_arn = destination.arn
        self.role_arn = role.arn
        self.register_outputs({"destination_arn": self.destination_arn})


def _authorization(
    routing_key: pulumi.Input[str],
) -> cloudwatch.EventConnectionAuthParametersArgs:
    secret = pulumi.Output.secret(routing_key)
    body = cloudwatch.EventConnectionAuthParametersInvocationHttpParametersBodyArgs
    return cloudwatch.EventConnectionAuthParametersArgs(
        api_key=cloudwatch.EventConnectionAuthParametersApiKeyArgs(
            key="X-Routing-Key", value=secret
        ),
        invocation_http_parameters=cloudwatch.EventConnectionAuthParametersInvocationHttpParametersArgs(
            bodies=[body(key="routing_key", value=secret, is_value_secret=True)]
        ),
    )


def _trust(account_id: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                }
            ],
        }
    )
