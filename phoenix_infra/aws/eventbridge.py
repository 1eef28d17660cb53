"""Events that a person must see: findings, alarms and failed jobs, sent to a topic and to the incident service."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sqs

DEAD_LETTER_RETENTION_SECONDS = 1_209_600
MAXIMUM_EVENT_AGE_SECONDS = 3_600
MAXIMUM_RETRIES = 60


@dataclass(frozen=True, kw_only=True)
class EventRoute:
    """One kind of event."""

    name: str
    description: str
    pattern: Mapping[str, object]
    pages: bool
    """Whether somebody is woken."""


CRITICAL_SEVERITY = 7
"""GuardDuty's high severity starts here."""
EVENT_ROUTES: tuple[EventRoute, ...] = (
    EventRoute(
        name="guardduty-finding",
        description="GuardDuty findings of high severity",
        pattern={
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", CRITICAL_SEVERITY]}]},
        },
        pages=True,
    ),
    EventRoute(
        name="securityhub-finding",
        description="New critical and high findings of Security Hub",
        pattern={
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {
                "findings": {
                    "Severity": {"Label": ["CRITICAL", "HIGH"]},
                    "Workflow": {"Status": ["NEW"]},
                    "RecordState": ["ACTIVE"],
                }
            },
        },
        pages=True,
    ),
    EventRoute(
        name="macie-finding",
        description="Sensitive data where Macie did not expect it",
        pattern={"source": ["aws.macie"], "detail-type": ["Macie Finding"]},
        pages=False,
    ),
    EventRoute(
        name="access-analyzer-finding",
        description="A resource became reachable from outside the account",
        pattern={
            "source": ["aws.access-analyzer"],
            "detail-type": ["Access Analyzer Finding"],
            "detail": {"status": ["ACTIVE"]},
        },
        pages=True,
    ),
    EventRoute(
        name="alarm",
        description="A CloudWatch alarm of this product fired",
        pattern={
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "detail": {
                "alarmName": [{"prefix": "phoenix-guardian-"}],
                "state": {"value": ["ALARM"]},
            },
        },
        pages=True,
    ),
    EventRoute(
        name="backup-failure",
        description="A backup, copy or restore job did not complete",
        pattern={
            "source": ["aws.backup"],
            "detail-type": [
                "Backup Job State Change",
                "Copy Job State Change",
                "Restore Job State Change",
            ],
            "detail": {"state": ["FAILED", "ABORTED", "EXPIRED"]},
        },
        pages=True,
    ),
    EventRoute(
        name="health-event",
        description="AWS reports a problem that affects this account",
        pattern={
            "source": ["aws.health"],
            "detail-type": ["AWS Health Event"],
            "detail": {"eventTypeCategory": ["issue"]},
        },
        pages=True,
    ),
)


@dataclass(frozen=True, kw_only=True)
class IncidentTarget:
    """Where paging events go besides the topic."""

    destination_arn: pulumi.Input[str]
    role_arn: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class EventRoutesArgs:
    """A region's routes."""

    name_prefix: str
    account_id: str
    region: str
    routes: Sequence[EventRoute]
    topic_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    incidents: IncidentTarget | None
    tags: Mapping[str, str]


class EventRoutes(pulumi.ComponentResource):
    """Rules with a dead letter queue: an alert that cannot be delivered raises one itself."""

    dead_letter_queue_name: str

    def __init__(
        self, name: str, args: EventRoutesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:EventRoutes", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        queue_name = f"{args.name_prefix}-undelivered-alerts"
        queue = sqs.Queue(
            f"{name}-undelivered",
            name=queue_name,
            kms_master_key_id=args.key_arn,
            message_retention_seconds=DEAD_LETTER_RETENTION_SECONDS,
            tags=args.tags,
            opts=child,
        )
        sqs.QueuePolicy(
            f"{name}-undelivered-policy",
            queue_url=queue.url,
            policy=_queue_policy(
                f"arn:aws:sqs:{args.region}:{args.account_id}:{queue_name}", args.account_id
            ),
            opts=child,
        )
        for route in args.routes:
            rule = cloudwatch.EventRule(
                f"{name}-{route.name}",
                name=f"{args.name_prefix}-{route.name}",
                description=route.description,
                event_pattern=json.dumps(route.pattern, sort_keys=True),
                state="ENABLED",
                tags=args.tags,
                opts=child,
            )
            _target(
                f"{name}-{route.name}-topic",
                rule,
                child,
                target_arn=args.topic_arn,
                dead_letter_arn=queue.arn,
            )
            if route.pages and args.incidents is not None:
                _target(
                    f"{name}-{route.name}-incident",
                    rule,
                    child,
                    target_arn=args.incidents.destination_arn,
                    dead_letter_arn=queue.arn,
                    role_arn=args.incidents.role_arn,
                )
        self.dead_letter_queue_name = queue_name
        self.register_outputs({})


def _target(
    name: str,
    rule: cloudwatch.EventRule,
    child: pulumi.ResourceOptions,
    *,
    target_arn: pulumi.Input[str],
    dead_letter_arn: pulumi.Input[str],
    role_arn: pulumi.Input[str] | None = None,
) -> None:
    cloudwatch.EventTarget(
        name,
        rule=rule.name,
        arn=target_arn,
        role_arn=role_arn,
        # The incident service wants its own envelope; a topic takes the event as it is.
        input_transformer=_incident_envelope() if role_arn is not None else None,
        dead_letter_config=cloudwatch.EventTargetDeadLetterConfigArgs(arn=dead_letter_arn),
        retry_policy=cloudwatch.EventTargetRetryPolicyArgs(
            maximum_event_age_in_seconds=MAXIMUM_EVENT_AGE_SECONDS,
            maximum_retry_attempts=MAXIMUM_RETRIES,
        ),
        opts=child,
    )


def _incident_envelope() -> cloudwatch.EventTargetInputTransformerArgs:
    """A PagerDuty event (Events API v2); the connection adds the routing key."""
    template = (
        '{"event_action": "trigger", "dedup_key": <id>, "payload": {"summary": <kind>, '
        '"source": <account>, "severity": "critical", "component": <source>, "group": <region>, '
        '"custom_details": {"resources": <resources>, "time": <time>}}}'
    )
    return cloudwatch.EventTargetInputTransformerArgs(
        input_paths={
            "account": "$.account",
            "id": "$.id",
            "kind": "$.detail-type",
            "region": "$.region",
            "resources": "$.resources",
            "source": "$.source",
            "time": "$.time",
        },
        input_template=template,
    )


def _queue_policy(queue_arn: str, account_id: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "EventBridgeSends",
                    "Effect": "Allow",
                    "Principal": {"Service": "events.amazonaws.com"},
                    "Action": "sqs:SendMessage",
                    "Resource": queue_arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                },
                {
                    "Sid": "DenyPlaintextTransport",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:*",
                    "Resource": queue_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )
