"""Cases of the rules on wildcards in what identities may do."""

import json

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    alone,
    given,
    having,
    of_type,
    together,
)
from tests.policies.rules.fixtures_policies import ROLE_ARN, ROLE_PRINCIPAL, allow, deny, policy

_POLICY = "aws:iam/policy:Policy"
_ROLE = "aws:iam/role:Role"
_TABLE = "arn:aws:dynamodb:us-east-1:481516234299:table/orders"
_PASSED = {"StringEquals": {"iam:PassedToService": "eks.amazonaws.com"}}
_GIVEN = given(
    "orders", _POLICY, {"name": "orders", "policy": policy(allow("dynamodb:GetItem", _TABLE))}
)


def _allowing(
    action: str | list[str], resource: str | list[str] = "*", **condition: object
) -> Bend:
    return having("policy", policy(allow(action, resource, condition=condition or None)))


def _inline(action: str | list[str], resource: str = "*") -> Bend:
    """The same in a role's inline policies."""
    held = [{"name": "inline", "policy": policy(allow(action, resource))}]
    return alone(given("worker", _ROLE, {"inlinePolicies": held}))


_NOT_KNOWN = {
    "not known": having("policy", UNKNOWN),
    "inline policies not known": alone(given("worker", _ROLE, {"inlinePolicies": UNKNOWN})),
}
_BOUNDARY = together(having("name", "phoenix-boundary"), _allowing("s3:*", "*"))

CASES = [
    Cases(
        rule="iam-no-admin-statement",
        compliant=[_GIVEN],
        passes={
            "everything is refused": having("policy", policy(deny("*", principal=None))),
            "every action on one table": _allowing("*", _TABLE),
        },
        fails={
            "everything": _allowing("*"),
            "everything, as the only statement": having(
                "policy", json.dumps({"Statement": allow("*")})
            ),
            "everything, among others": _allowing(["s3:GetObject", "*:*"], [_TABLE, "*"]),
            "everything, as an object": having("policy", {"Statement": [allow(["*"], ["*"])]}),
            "every ARN": _allowing("*", "arn:aws:*"),
            "in an inline policy": _inline("*"),
            "in a role's policy": together(
                of_type("aws:iam/rolePolicy:RolePolicy"), _allowing("*")
            ),
            "second statement": having(
                "policy", policy(allow("dynamodb:GetItem", _TABLE), allow("**", "*"))
            ),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-service-wildcard",
        compliant=[_GIVEN],
        passes={"a boundary": _BOUNDARY, "some of a service": _allowing("s3:Get*")},
        fails={
            "a whole service": _allowing("s3:*", "arn:aws:s3:::orders"),
            "a whole service, spelt otherwise": _allowing("s3:?*"),
            "in a list": _allowing(["dynamodb:GetItem", "dynamodb:**"], _TABLE),
            "in an inline policy": _inline("kms:*", _TABLE),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-allow-notaction",
        compliant=[_GIVEN],
        passes={
            "refused but for a list": having(
                "policy",
                policy({"Effect": "Deny", "NotAction": "iam:GetUser", "Resource": "*"}),
            )
        },
        fails={
            "every action but one": having(
                "policy", policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
            ),
            "every resource but one": having(
                "policy",
                policy({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": _TABLE}),
            ),
            "every principal but one, on a bucket": together(
                of_type("aws:s3/bucketPolicy:BucketPolicy"),
                having(
                    "policy",
                    policy(
                        {
                            "Effect": "Allow",
                            "NotPrincipal": ROLE_PRINCIPAL,
                            "Action": "s3:GetObject",
                            "Resource": "*",
                        }
                    ),
                ),
            ),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-wildcard-resource-write",
        compliant=[_GIVEN],
        passes={
            "reads": _allowing(["ec2:DescribeInstances", "ecr:GetAuthorizationToken"]),
            "bound by a tag": _allowing(
                "ec2:TerminateInstances", StringEquals={"aws:ResourceTag/owner": "phoenix"}
            ),
        },
        fails={
            "writes anywhere": _allowing("s3:PutObject"),
            "writes by a wildcard": _allowing("dynamodb:Put*"),
            "tags anything": _allowing(["ec2:CreateTags"], ["*"]),
            "a condition on TLS binds nothing": _allowing(
                "s3:PutObject", Bool={"aws:SecureTransport": "true"}
            ),
            "a condition that a request may leave out": _allowing(
                "s3:PutObject", StringEqualsIfExists={"aws:ResourceTag/owner": "phoenix"}
            ),
            "in an inline policy": _inline("sqs:SendMessage"),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-passrole-wildcard",
        compliant=[
            given(
                "ci",
                _POLICY,
                {"policy": policy(allow("iam:PassRole", ROLE_ARN, condition=_PASSED))},
            )
        ],
        fails={
            "every role": _allowing("iam:PassRole", "*", **_PASSED),
            "every role of the account": _allowing(
                "iam:PassRole", "arn:aws:iam::481516234299:role/*", **_PASSED
            ),
            "one among all": _allowing("iam:PassRole", [ROLE_ARN, "*"], **_PASSED),
            "to every service": _allowing("iam:PassRole", ROLE_ARN),
            "to any service by a wildcard": _allowing(
                "iam:PassRole", ROLE_ARN, StringLike={"iam:PassedToService": "*"}
            ),
            "under another name": _allowing("iam:Pass*"),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-permissions-management",
        compliant=[_GIVEN],
        passes={
            "reads policies": _allowing(["iam:GetRole", "iam:ListPolicies", "iam:GetRolePolicy"]),
            "under a boundary": _allowing(
                "iam:CreateRole",
                StringEquals={"iam:PermissionsBoundary": "arn:aws:iam::481516234299:policy/b"},
            ),
        },
        fails={
            "writes policies": _allowing("iam:PutRolePolicy"),
            "who may assume": _allowing("iam:UpdateAssumeRolePolicy"),
            "takes policies away": _allowing("iam:DeleteRolePolicy"),
            "every policy action": _allowing("iam:*Policy*"),
            "the organisation": _allowing("organizations:*"),
            "repository policies": _allowing(["ecr:SetRepositoryPolicy"]),
            "bucket policies": _allowing("s3:PutBucketPolicy"),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-inline-policy",
        compliant=[given("worker", _ROLE, {"name": "worker"})],
        fails={
            "inline": having("inlinePolicies", [{"name": "x", "policy": _GIVEN.props["policy"]}]),
            "a role's policy": of_type("aws:iam/rolePolicy:RolePolicy"),
            "a user's policy": of_type("aws:iam/userPolicy:UserPolicy"),
        },
        unknown={"not known": having("inlinePolicies", UNKNOWN)},
    ),
]
