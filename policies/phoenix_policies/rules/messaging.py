"""Topics and queues."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.iam import denies_plain_text, statements
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import FALSE, Clause, Truth, some, truth, unknown
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")
HIPAA_2: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)
HIPAA_3: Final = ("164.312(a)(2)(iv)", "164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)")

TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
QUEUE: Final = "aws:sqs/queue:Queue"
QUEUE_POLICY: Final = "aws:sqs/queuePolicy:QueuePolicy"
QUEUE_ACTIONS: Final = ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage")
DEFAULT_RETENTION_SECONDS: Final = 345_600  # four days, Amazon SQS API reference
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
REDRIVE: Final = "aws:sqs/redrivePolicy:RedrivePolicy"


@rule(
    "sns-topic-kms",
    "aws:sns/topic:Topic",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set kms_master_key_id to a customer managed key.",
    sources=(
        "cdk_nag:HIPAA.Security-SNSEncryptedKMS",
        "config:SNS_ENCRYPTED_KMS",
        "prowler:sns_topics_kms_encryption_at_rest_enabled",
        "checkov:CKV_AWS_26",
    ),
)
def topic_kms(topic: Resource) -> Iterable[Clause]:
    """Topics are encrypted with a customer key."""
    key = topic["kmsMasterKeyId"]
    yield key.is_set.otherwise("is not encrypted")
    # other services (alarms, S3, Backup) cannot publish through the AWS managed key
    yield (~key.matches("alias/aws/sns$")).otherwise("uses the AWS managed key")


@rule(
    "sns-policy-not-public",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    hipaa=HIPAA_2,
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Bind every wildcard principal to aws:SourceArn or aws:SourceAccount, and name the actions.",
    sources=(
        "prowler:sns_topics_not_publicly_accessible",
        "checkov:CKV_AWS_169",
        "checkov:CKV_AWS_385",
    ),
)
def topic_policy_not_public(one: Resource) -> Iterable[Clause]:
    """Topic policies are scoped."""
    yield from _scoped(one["policy"])


def _scoped(policy: Value) -> Iterable[Clause]:
    for statement in statements(policy):
        yield (~statement.public).otherwise(f"{statement.place} lets anyone in")
        yield (~(statement.allows & statement.whole_service)).otherwise(
            f"{statement.place} allows every action"
        )


@stack_rule(
    "sns-tls-only",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    hipaa=HIPAA_3,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a Deny of sns:Publish for everybody when aws:SecureTransport is false.",
    sources=("cdk_nag:AwsSolutions-SNS3",),
)
def topic_tls_only(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Publishers must use TLS."""
    for topic in stack.of(TOPIC):
        denied = denies_plain_text(topic["policy"], ("sns:Publish",)) | some(
            stack.refers(policy, topic, "arn")
            & denies_plain_text(policy["policy"], ("sns:Publish",))
            for policy in stack.of(TOPIC_POLICY)
        )
        yield topic, denied.otherwise("accepts messages without TLS")


@rule(
    "sns-subscription-secure",
    "aws:sns/topicSubscription:TopicSubscription",
    hipaa=HIPAA_3,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.HIGH,
    remedy="Use https, sqs, lambda or firehose, with a redrive policy.",
    sources=(
        "cdk_nag:Serverless-SNSRedrivePolicy",
        "prowler:sns_subscription_not_using_http_endpoints",
    ),
)
def subscription_secure(one: Resource) -> Iterable[Clause]:
    """Subscriptions use secure protocols."""
    protocol = one["protocol"]
    yield (~protocol.equals("http")).otherwise("delivers in plain text")
    https = protocol.equals("https")
    secure = one["endpoint"].matches("^https://")
    yield (~https | secure).otherwise("its endpoint is not https")
    machine = protocol.equals("sqs", "lambda", "https")
    yield (~machine | one["redrivePolicy"].is_set).otherwise(
        "loses messages that cannot be delivered"
    )


@rule(
    "sqs-encrypted",
    "aws:sqs/queue:Queue",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Set kms_master_key_id, or leave sqs_managed_sse_enabled on.",
    sources=(
        "cdk_nag:AwsSolutions-SQS2",
        "prowler:sqs_queues_server_side_encryption_enabled",
        "checkov:CKV_AWS_27",
        "checkov:CKV2_AWS_73",
    ),
)
def queue_encrypted(queue: Resource) -> Iterable[Clause]:
    """Queues are encrypted."""
    managed = ~queue["sqsManagedSseEnabled"].is_false
    yield (queue["kmsMasterKeyId"].is_set | managed).otherwise("is not encrypted")


@rule(
    "sqs-policy-not-public",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    hipaa=HIPAA_2,
    soc2=("CC1.3", "CC6.1", "CC6.3", "CC6.6"),
    severity=Severity.CRITICAL,
    remedy="Bind every wildcard principal to aws:SourceArn or aws:SourceAccount, and name the actions.",
    sources=(
        "prowler:sqs_queues_not_publicly_accessible",
        "checkov:CKV_AWS_168",
        "checkov:CKV_AWS_72",
        "checkov:CKV_AWS_387",
    ),
)
def queue_policy_not_public(one: Resource) -> Iterable[Clause]:
    """Queue policies are scoped."""
    yield from _scoped(one["policy"])


@stack_rule(
    "sqs-tls-only",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    hipaa=HIPAA_3,
    soc2=("CC6.1", "CC6.7"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a Deny of sqs:* for everybody when aws:SecureTransport is false.",
    sources=("cdk_nag:AwsSolutions-SQS4",),
)
def queue_tls_only(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Queues refuse clear-text requests."""
    for queue in stack.of(QUEUE):
        denied = denies_plain_text(queue["policy"], QUEUE_ACTIONS) | some(
            stack.refers(policy, queue, "queueUrl")
            & denies_plain_text(policy["policy"], QUEUE_ACTIONS)
            for policy in stack.of(QUEUE_POLICY)
        )
        yield queue, denied.otherwise("accepts messages without TLS")


@stack_rule(
    "sqs-dlq",
    "aws:sqs/queue:Queue",
    "aws:sqs/redrivePolicy:RedrivePolicy",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.2",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set redrive_policy with a deadLetterTargetArn.",
    sources=("cdk_nag:AwsSolutions-SQS3", "cdk_nag:Serverless-SQSRedrivePolicy"),
)
def queue_dlq(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Queues have a dead-letter queue."""
    for queue in stack.of(QUEUE):
        apart = list(stack.of(REDRIVE))
        redriven = _redrives(queue["redrivePolicy"]) | some(
            stack.refers(one, queue, "queueUrl") & _redrives(one["redrivePolicy"]) for one in apart
        )
        yield (
            queue,
            (redriven | _is_dead_letter_queue(stack, queue)).otherwise(
                "loses messages that cannot be handled"
            ),
        )
        for letters in stack.of(QUEUE):
            if letters is not queue:
                receives = _targets(stack, queue, letters) | some(
                    stack.refers(one, queue, "queueUrl") & _targets(stack, one, letters)
                    for one in apart
                )
                yield (
                    queue,
                    (~receives | _keeps_as_long(letters, queue)).otherwise(
                        f"{letters.name} forgets its messages sooner"
                    ),
                )


def _redrives(policy: Value) -> Truth:
    return policy.parsed()["deadLetterTargetArn"].is_set


def _targets(stack: Stack, source: Resource, queue: Resource) -> Truth:
    """Whether the source's redrive policy names the queue, by a dependency or in the document."""
    policy = source["redrivePolicy"]
    target = policy.parsed()["deadLetterTargetArn"]
    arn = queue.attribute("arn").text
    named = target.equals(arn) if arn and not policy.is_unknown else FALSE
    return policy.is_set & (stack.refers(source, queue, "redrivePolicy") | named)


def _is_dead_letter_queue(stack: Stack, queue: Resource) -> Truth:
    permission = queue["redriveAllowPolicy"].parsed()["redrivePermission"]
    return (
        permission.equals("allowAll", "byQueue")
        | some(
            _targets(stack, other, queue)
            for other in stack.of(QUEUE, REDRIVE, SUBSCRIPTION)
            if other is not queue
        )
        | some(
            stack.refers(target, queue, "deadLetterConfig")
            for target in stack.of("aws:cloudwatch/eventTarget:EventTarget")
        )
    )


def _keeps_as_long(letters: Resource, source: Resource) -> Truth:
    kept, needed = letters["messageRetentionSeconds"], source["messageRetentionSeconds"]
    if kept.is_unknown or needed.is_unknown:
        return unknown(kept.path)
    least = DEFAULT_RETENTION_SECONDS if needed.number is None else needed.number
    return truth((DEFAULT_RETENTION_SECONDS if kept.number is None else kept.number) >= least)
