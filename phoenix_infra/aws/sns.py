"""An encrypted topic for alerts: TLS only, named AWS services publish, people subscribe."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import sns

PUBLISHERS = (
    "backup.amazonaws.com",
    "budgets.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "cloudwatch.amazonaws.com",
    "config.amazonaws.com",
    "costalerts.amazonaws.com",
    "events.amazonaws.com",
    "events.rds.amazonaws.com",
)


@dataclass(frozen=True, kw_only=True)
class AlertTopicArgs:
    """Who hears of what happens in a region."""

    topic_name: str
    account_id: str
    region: str
    key_arn: pulumi.Input[str]
    email_addresses: Sequence[str]
    tags: Mapping[str, str]


class AlertTopic(pulumi.ComponentResource):
    """Messages name resources and never contain protected health information."""

    arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AlertTopicArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:AlertTopic", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = sns.Topic(
            name,
            name=args.topic_name,
            kms_master_key_id=args.key_arn,
            signature_version=2,
            tags=args.tags,
            opts=child,
        )
        sns.TopicPolicy(
            f"{name}-policy",
            arn=topic.arn,
            policy=topic_policy(
                f"arn:aws:sns:{args.region}:{args.account_id}:{args.topic_name}", args.account_id
            ),
            opts=child,
        )
        for address in args.email_addresses:
            sns.TopicSubscription(
                f"{name}-{address.partition('@')[0]}",
                topic=topic.arn,
                protocol="email",
                endpoint=address,
                opts=child,
            )
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})


def topic_policy(topic_arn: str, account_id: str) -> str:
    """Services of this account publish; nothing travels without TLS."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "ServicesPublish",
                    "Effect": "Allow",
                    "Principal": {"Service": list(PUBLISHERS)},
                    "Action": "sns:Publish",
                    "Resource": topic_arn,
                    "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
                },
                {
                    "Sid": "DenyPlaintextTransport",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sns:Publish",
                    "Resource": topic_arn,
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ],
        }
    )
