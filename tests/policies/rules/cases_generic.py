"""Cases of the rules that hold for every resource."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    alone,
    depending,
    given,
    having,
    having_option,
    in_region,
    lacking,
    of_type,
    together,
    without,
)

_QUEUE = "aws:sqs/queue:Queue"
_TAGS = {
    "Owner": "platform",
    "Environment": "production",
    "DataClassification": "phi",
    "CostCenter": "1001",
}
_PROVIDER = "pulumi:providers:aws"
_PRODUCTION = "urn:pulumi:production::phoenix::aws:s3/bucket:Bucket::records"
_STAGING = "urn:pulumi:staging::phoenix::aws:s3/bucket:Bucket::records"

CASES = [
    Cases(
        rule="required-tags",
        compliant=[given("orders", _QUEUE, {"tags": _TAGS, "tagsAll": _TAGS})],
        passes={
            "by the provider's default tags": lacking("tags.Owner"),
            "what cannot be tagged": alone(given("policy", "aws:sqs/queuePolicy:QueuePolicy", {})),
        },
        fails={
            "no owner": together(lacking("tags.Owner"), lacking("tagsAll.Owner")),
            "an unknown class": having("tags.DataClassification", "secretive"),
        },
        unknown={
            "not known": together(having("tags", UNKNOWN), having("tagsAll", UNKNOWN)),
            "the class is not known": having("tags.DataClassification", UNKNOWN),
        },
    ),
    Cases(
        rule="region-allowlist",
        compliant=[given("orders", _QUEUE, {"region": "us-east-1"})],
        passes={"by its provider": together(lacking("region"), in_region("us-west-2"))},
        fails={
            "abroad": having("region", "eu-west-1"),
            "abroad by its provider": together(lacking("region"), in_region("ap-south-1")),
            "a provider": together(of_type(_PROVIDER), having("region", "us-east-2")),
        },
        unknown={"not known": having("region", UNKNOWN)},
    ),
    Cases(
        rule="hipaa-eligible-services",
        compliant=[given("orders", _QUEUE, {})],
        fails={"not eligible": of_type("aws:gamelift/fleet:Fleet")},
        unknown={},
        always_known="the type alone is judged",
    ),
    Cases(
        rule="no-plaintext-secrets-in-inputs",
        compliant=[
            given("orders", "aws:rds/cluster:Cluster", {"masterUsername": "phoenix", "port": 5432})
        ],
        passes={
            "where the secret is": having(
                "masterUserSecretArn", "arn:aws:secretsmanager:us-east-1:481516234299:secret:orders"
            ),
            "not known yet": having("masterPassword", UNKNOWN),
        },
        fails={
            "a password": having("masterPassword", "Tr0ub4dor&3-horse"),
            "a password in a URL": having(
                "tags", {"url": "postgresql://phoenix:Hx7QpL2v@db.internal:5432/orders"}
            ),
            "an access key": having("tags", {"note": "AKIAIOSFODNN7ABCDEFG"}),
            "a value beside its name": alone(
                given(
                    "orders",
                    "kubernetes:apps/v1:Deployment",
                    {"env": [{"name": "DB_PASSWORD", "value": "Tr0ub4dor&3-horse"}]},
                )
            ),
        },
        unknown={},
        secret_is_compliant=True,
        always_known="what is not known is no literal",
    ),
    Cases(
        rule="provider-no-static-credentials",
        compliant=[given("aws", _PROVIDER, {"allowedAccountIds": ["481516234299"]})],
        passes={
            "a kubeconfig that asks for a token": alone(
                given(
                    "cluster",
                    "pulumi:providers:kubernetes",
                    {"kubeconfig": "users: [{user: {exec: {command: aws}}}]"},
                )
            )
        },
        fails={
            "a key": having("secretKey", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            "any account": lacking("allowedAccountIds"),
            "no account, as the engine hands a list on": having("allowedAccountIds", "[]"),
            "not validated": having("skipCredentialsValidation", True),
            "a token in a kubeconfig": alone(
                given(
                    "cluster",
                    "pulumi:providers:kubernetes",
                    {"kubeconfig": '{"user": {"token": "eyJhbGciOiJSUzI1NiJ9"}}'},
                )
            ),
        },
        unknown={
            "not known": having("accessKey", UNKNOWN),
            "a kubeconfig that is not known": alone(
                given("cluster", "pulumi:providers:kubernetes", {"kubeconfig": UNKNOWN})
            ),
        },
    ),
    Cases(
        rule="stateful-resources-protected",
        compliant=[given(_PRODUCTION, "aws:s3/bucket:Bucket", {}, options={"protect": True})],
        passes={"outside production": alone(given(_STAGING, "aws:s3/bucket:Bucket", {}))},
        fails={"unprotected": having_option("protect", False)},
        unknown={},
        always_known="options are known while the program runs",
    ),
    Cases(
        rule="monitoring-in-every-region",
        compliant=[
            given("cluster", "aws:eks/cluster:Cluster", {}, region="us-east-1"),
            given("alarm", "aws:cloudwatch/metricAlarm:MetricAlarm", {}, region="us-east-1"),
            given("topic", "aws:sns/topic:Topic", {}, outputs={"arn": "t"}, region="us-east-1"),
            given(
                "subscription",
                "aws:sns/topicSubscription:TopicSubscription",
                {"topic": "t"},
                depends={"topic": ["topic"]},
                region="us-east-1",
            ),
        ],
        fails={
            "no alarm": without("alarm"),
            "an alarm elsewhere": in_region("us-west-2", on="alarm"),
            "nobody listens": without("subscription"),
            "a topic elsewhere": in_region("us-west-2", on="topic"),
        },
        unknown={
            "whose subscription is not known": together(
                having("topic", UNKNOWN, on="subscription"), depending("topic", on="subscription")
            )
        },
    ),
]
