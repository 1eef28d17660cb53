"""Cases of the rules on stored secrets."""

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
from tests.policies.rules.fixtures_policies import ROLE_PRINCIPAL, allow, policy

_STORED = "aws:secretsmanager/secret:Secret"
_ARN = "arn:aws:secretsmanager:us-east-1:481516234299:secret:orders"
_EAST_KEY = "arn:aws:kms:us-east-1:481516234299:key/1"
_WEST_KEY = "arn:aws:kms:us-west-2:481516234299:key/2"
_HELD = given(
    "held",
    _STORED,
    {
        "name": "orders",
        "kmsKeyId": _EAST_KEY,
        "recoveryWindowInDays": 30,
        "replicas": [{"region": "us-west-2", "kmsKeyId": _WEST_KEY}],
    },
    outputs={"id": _ARN},
    region="us-east-1",
)
_ROTATION = given(
    "rotation",
    "aws:secretsmanager/secretRotation:SecretRotation",
    {"secretId": _ARN, "rotationRules": {"automaticallyAfterDays": 30}},
    depends={"secretId": ["held"]},
)
_POLICY = policy(allow("secretsmanager:GetSecretValue", principal=ROLE_PRINCIPAL))

CASES = [
    Cases(
        rule="secret-cmk",
        compliant=[_HELD],
        fails={
            "the AWS managed key": lacking("kmsKeyId"),
            "a replica under the AWS managed key": lacking("replicas.0.kmsKeyId"),
        },
        unknown={
            "not known": having("kmsKeyId", UNKNOWN),
            "a replica's key is not known": having("replicas.0.kmsKeyId", UNKNOWN),
        },
    ),
    Cases(
        rule="secret-rotation",
        compliant=[_HELD, _ROTATION],
        passes={
            "RDS rotates its own": together(without("rotation"), having("name", "rds!cluster-1")),
            "joined by a literal id": depending("secretId", on="rotation"),
        },
        fails={
            "no rotation": without("rotation"),
            "a rotation of another secret": together(
                having("secretId", "arn:aws:secretsmanager:us-east-1:1:secret:x", on="rotation"),
                depending("secretId", on="rotation"),
            ),
            "a rotation without rules": lacking("rotationRules", on="rotation"),
        },
        unknown={
            "a rotation of an unknown secret": together(
                having("secretId", UNKNOWN, on="rotation"), depending("secretId", on="rotation")
            ),
            "its rules are not known": having("rotationRules", UNKNOWN, on="rotation"),
        },
    ),
    Cases(
        rule="secret-rotation-period",
        compliant=[_ROTATION],
        passes={
            "every 30 days by rate": having(
                "rotationRules", {"scheduleExpression": "rate(30 days)"}
            ),
            "monthly by cron": having("rotationRules", {"scheduleExpression": "cron(0 4 1 * ? *)"}),
        },
        fails={
            "once a year": having("rotationRules.automaticallyAfterDays", 365),
            "twice a year by cron": having(
                "rotationRules", {"scheduleExpression": "cron(0 4 1 1,7 ? *)"}
            ),
            "no rules": lacking("rotationRules"),
        },
        unknown={"not known": having("rotationRules.automaticallyAfterDays", UNKNOWN)},
    ),
    Cases(
        rule="secret-policy-not-public",
        compliant=[
            given(
                "policy",
                "aws:secretsmanager/secretPolicy:SecretPolicy",
                {"policy": _POLICY, "blockPublicPolicy": True},
            )
        ],
        passes={"on the secret itself": alone(given("held", _STORED, {"policy": _POLICY}))},
        fails={
            "everybody reads": having(
                "policy", policy(allow("secretsmanager:GetSecretValue", principal="*"))
            ),
            "everybody reads, stated on the secret": together(
                of_type(_STORED),
                having("policy", policy(allow("secretsmanager:*", principal={"AWS": ["*"]}))),
            ),
            "a public policy would be accepted": lacking("blockPublicPolicy"),
            "a condition that binds nobody": having(
                "policy",
                policy(
                    allow(
                        "secretsmanager:GetSecretValue",
                        principal="*",
                        condition={"StringLike": {"aws:PrincipalArn": "*"}},
                    )
                ),
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN),
            "the block is not known": having("blockPublicPolicy", UNKNOWN),
        },
    ),
    Cases(
        rule="secret-recovery-window",
        compliant=[_HELD],
        passes={"AWS's default of 30 days": lacking("recoveryWindowInDays")},
        fails={
            "gone at once": having("recoveryWindowInDays", 0),
            "overwrites replicas": having("forceOverwriteReplicaSecret", True),
        },
        unknown={"not known": having("recoveryWindowInDays", UNKNOWN)},
    ),
    Cases(
        rule="secret-dr-replica",
        compliant=[_HELD],
        passes={
            "a twin in the other region": together(
                lacking("replicas"),
                adding(
                    given("twin", _STORED, {"name": "orders", "replicas": []}, region="us-west-2")
                ),
            )
        },
        fails={
            "one region": lacking("replicas"),
            "a replica in its own region": having("replicas.0.region", "us-east-1"),
            "another secret in the other region": together(
                lacking("replicas"),
                adding(given("twin", _STORED, {"name": "billing"}, region="us-west-2")),
            ),
        },
        unknown={
            "not known": having("replicas", UNKNOWN),
            "the stack of the other region may hold the twin": alone(
                given(
                    f"urn:pulumi:production::phoenix::{_STORED}::held", _STORED, {"name": "orders"}
                )
            ),
        },
    ),
]
