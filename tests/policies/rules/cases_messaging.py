"""Cases of the rules on topics and queues."""

import json

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    depending,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)
from tests.policies.rules.fixtures_policies import (
    CLEAR_TEXT,
    OWN_ACCOUNT,
    ROLE_PRINCIPAL,
    allow,
    deny,
    policy,
)

_TOPIC = "aws:sns/topic:Topic"
_TOPIC_ARN = "arn:aws:sns:us-east-1:481516234299:alerts"
_QUEUE = "aws:sqs/queue:Queue"
_QUEUE_ARN = "arn:aws:sqs:us-east-1:481516234299:orders"
_LETTERS_ARN = "arn:aws:sqs:us-east-1:481516234299:letters"
_KEY = "arn:aws:kms:us-east-1:481516234299:key/1"
_REDRIVE = json.dumps({"deadLetterTargetArn": _LETTERS_ARN, "maxReceiveCount": 5})

_ALERTS = given("alerts", _TOPIC, {"kmsMasterKeyId": _KEY}, outputs={"arn": _TOPIC_ARN})
_TOPIC_POLICY = given(
    "policy",
    "aws:sns/topicPolicy:TopicPolicy",
    {
        "arn": _TOPIC_ARN,
        "policy": policy(
            allow("sns:Publish", _TOPIC_ARN, ROLE_PRINCIPAL),
            deny("sns:Publish", _TOPIC_ARN, condition=CLEAR_TEXT),
        ),
    },
    depends={"arn": ["alerts"]},
)
_ORDERS = given(
    "orders",
    _QUEUE,
    {"kmsMasterKeyId": _KEY, "redrivePolicy": _REDRIVE},
    outputs={"arn": _QUEUE_ARN, "id": "https://sqs/orders"},
    depends={"redrivePolicy": ["letters"]},
)
_LETTERS = given("letters", _QUEUE, {"messageRetentionSeconds": 1_209_600})
_QUEUE_POLICY = given(
    "policy",
    "aws:sqs/queuePolicy:QueuePolicy",
    {
        "queueUrl": "https://sqs/orders",
        "policy": policy(
            allow("sqs:SendMessage", _QUEUE_ARN, "*", OWN_ACCOUNT),
            deny("sqs:*", _QUEUE_ARN, condition=CLEAR_TEXT),
        ),
    },
    depends={"queueUrl": ["orders"]},
)
_SUBSCRIPTION = given(
    "on-call",
    "aws:sns/topicSubscription:TopicSubscription",
    {
        "protocol": "https",
        "endpoint": "https://events.example.com/alerts",
        "redrivePolicy": _REDRIVE,
    },
)

CASES = [
    Cases(
        rule="sns-topic-kms",
        compliant=[_ALERTS],
        fails={
            "not encrypted": lacking("kmsMasterKeyId"),
            "a key through which alarms cannot publish": having("kmsMasterKeyId", "alias/aws/sns"),
        },
        unknown={"not known": having("kmsMasterKeyId", UNKNOWN)},
    ),
    Cases(
        rule="sns-policy-not-public",
        compliant=[_TOPIC_POLICY],
        passes={
            "services of the own account": having(
                "policy", policy(allow("sns:Publish", _TOPIC_ARN, "*", OWN_ACCOUNT))
            )
        },
        fails={
            "everybody publishes": having(
                "policy", policy(allow("sns:Publish", "*", {"AWS": "*"}))
            ),
            "everybody publishes, on the topic": together(
                of_type(_TOPIC), having("policy", policy(allow("sns:Publish", "*", "*")))
            ),
            "every action": having("policy", policy(allow("SNS:*", "*", ROLE_PRINCIPAL))),
            "every action, spelt otherwise": having(
                "policy", policy(allow(["sns:Publish", "sns:?*"], "*", ROLE_PRINCIPAL))
            ),
            "any bucket of any account": having(
                "policy",
                policy(
                    allow(
                        "sns:Publish", "*", "*", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:*"}}
                    )
                ),
            ),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="sns-tls-only",
        compliant=[_ALERTS, _TOPIC_POLICY],
        passes={
            "in the topic's own policy": together(
                without("policy"), having("policy", _TOPIC_POLICY.props["policy"])
            )
        },
        fails={
            "no policy": without("policy"),
            "the policy of another topic": together(
                having("arn", "arn:aws:sns:us-east-1:1:other", on="policy"),
                depending("arn", on="policy"),
            ),
            "refuses one role only": having(
                "policy",
                policy(deny("sns:Publish", _TOPIC_ARN, ROLE_PRINCIPAL, CLEAR_TEXT)),
                on="policy",
            ),
            "refuses what uses TLS": having(
                "policy",
                policy(
                    deny("sns:Publish", "*", condition={"Bool": {"aws:SecureTransport": "true"}})
                ),
                on="policy",
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN, on="policy"),
            "the policy of an unknown topic": together(
                having("arn", UNKNOWN, on="policy"), depending("arn", on="policy")
            ),
        },
    ),
    Cases(
        rule="sns-subscription-secure",
        compliant=[_SUBSCRIPTION],
        passes={"mail": alone(given("mail", _SUBSCRIPTION.type, {"protocol": "email"}))},
        fails={
            "plain text": together(
                having("protocol", "http"), having("endpoint", "http://events.example.com")
            ),
            "https in name only": having("endpoint", "http://events.example.com"),
            "lost messages": lacking("redrivePolicy"),
        },
        unknown={
            "the protocol is not known": having("protocol", UNKNOWN),
            "the endpoint is not known": having("endpoint", UNKNOWN),
        },
    ),
    Cases(
        rule="sqs-encrypted",
        compliant=[_ORDERS],
        passes={
            "AWS's default": lacking("kmsMasterKeyId"),
            "a key instead of SQS's own": having("sqsManagedSseEnabled", False),
        },
        fails={
            "switched off": together(
                lacking("kmsMasterKeyId"), having("sqsManagedSseEnabled", False)
            )
        },
        unknown={
            "not known": together(
                lacking("kmsMasterKeyId"), having("sqsManagedSseEnabled", UNKNOWN)
            ),
            "the key is not known": together(
                having("kmsMasterKeyId", UNKNOWN), having("sqsManagedSseEnabled", False)
            ),
        },
    ),
    Cases(
        rule="sqs-policy-not-public",
        compliant=[_QUEUE_POLICY],
        fails={
            "everybody sends": having("policy", policy(allow("sqs:SendMessage", "*", "*"))),
            "everybody sends, on the queue": together(
                of_type(_QUEUE), having("policy", policy(allow("sqs:SendMessage", "*", "*")))
            ),
            "any bucket of any account": having(
                "policy",
                policy(
                    allow(
                        "sqs:SendMessage",
                        "*",
                        "*",
                        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
                    )
                ),
            ),
            "every action": having("policy", policy(allow("sqs:*", "*", ROLE_PRINCIPAL))),
            "all actions but one": having(
                "policy",
                policy(
                    {
                        "Effect": "Allow",
                        "Principal": ROLE_PRINCIPAL,
                        "NotAction": "sqs:DeleteQueue",
                        "Resource": "*",
                    }
                ),
            ),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="sqs-tls-only",
        compliant=[_ORDERS, _QUEUE_POLICY],
        fails={
            "no policy": without("policy"),
            "sending alone is refused": having(
                "policy",
                policy(deny("sqs:SendMessage", "*", condition=CLEAR_TEXT)),
                on="policy",
            ),
            "a narrowing condition": having(
                "policy",
                policy(
                    deny(
                        "sqs:*",
                        "*",
                        condition={**CLEAR_TEXT, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
                    )
                ),
                on="policy",
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN, on="policy"),
            "the policy of an unknown queue": together(
                having("queueUrl", UNKNOWN, on="policy"), depending("queueUrl", on="policy")
            ),
        },
    ),
    Cases(
        rule="sqs-dlq",
        compliant=[_ORDERS, _LETTERS],
        passes={
            "a redrive policy of its own resource": together(
                lacking("redrivePolicy"),
                depending("redrivePolicy"),
                adding(
                    given(
                        "redrive",
                        "aws:sqs/redrivePolicy:RedrivePolicy",
                        {"queueUrl": "https://sqs/orders", "redrivePolicy": _REDRIVE},
                        depends={"queueUrl": ["orders"], "redrivePolicy": ["letters"]},
                    )
                ),
            ),
            "a queue for what a subscription cannot deliver": alone(
                _LETTERS,
                given(
                    "on-call",
                    _SUBSCRIPTION.type,
                    {"redrivePolicy": _REDRIVE},
                    depends={"redrivePolicy": ["letters"]},
                ),
            ),
            "a queue that lets others redrive to it": alone(
                given(
                    "letters", _QUEUE, {"redriveAllowPolicy": '{"redrivePermission": "allowAll"}'}
                )
            ),
        },
        fails={
            "none": together(
                lacking("redrivePolicy"), depending("redrivePolicy"), without("letters")
            ),
            "a policy without a target": together(
                having("redrivePolicy", '{"maxReceiveCount": 5}'), depending("redrivePolicy")
            ),
            "the dead letters go sooner": together(
                having("messageRetentionSeconds", 1_209_600),
                having("messageRetentionSeconds", 60, on="letters"),
            ),
        },
        unknown={
            "not known": together(having("redrivePolicy", UNKNOWN), without("letters")),
            "how long they are kept is not known": having(
                "messageRetentionSeconds", UNKNOWN, on="letters"
            ),
        },
    ),
]
