"""Cases of the rules on escalation and trust."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
    given,
    having,
    lacking,
    together,
)
from tests.policies.rules.fixtures_policies import ACCOUNT, OWN_ACCOUNT, ROLE_ARN, allow, policy

_POLICY = "aws:iam/policy:Policy"
_ROLE = "aws:iam/role:Role"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
_READS = given("reads", _POLICY, {"policy": policy(allow("dynamodb:GetItem", _TABLE))})
_WORKER = given("worker", _ROLE, {"name": "worker"})
_ATTACHED = given(
    "attached",
    _ATTACHMENT,
    {"role": "worker", "policyArn": UNKNOWN},
    depends={"role": ["worker"], "policyArn": ["reads"]},
)
_ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/ABC"


def _allowing(action: str | list[str], resource: str = "*", **condition: Any) -> Bend:
    document = policy(allow(action, resource, condition=condition or None))
    return having("policy", document, on="reads")


def _trust(principal: Any, action: str = "sts:AssumeRole", **condition: Any) -> dict[str, Any]:
    made = allow(action, principal=principal, condition=condition or None)
    del made["Resource"]
    return made


def _trusting(principal: Any, action: str = "sts:AssumeRole", **condition: Any) -> Bend:
    return having("assumeRolePolicy", policy(_trust(principal, action, **condition)))


def _trusted(principal: Any, action: str = "sts:AssumeRole", **condition: Any) -> Any:
    document = policy(_trust(principal, action, **condition))
    return given("worker", _ROLE, {"assumeRolePolicy": document})


_WEB = "sts:AssumeRoleWithWebIdentity"
_PROVIDER = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{_ISSUER}"}
_BOUND = {
    f"{_ISSUER}:aud": "sts.amazonaws.com",
    f"{_ISSUER}:sub": "system:serviceaccount:phoenix:orders",
}
_NOT_KNOWN = {"not known": having("policy", UNKNOWN, on="reads")}
_TRUST_NOT_KNOWN = {"not known": having("assumeRolePolicy", UNKNOWN)}

CASES = [
    Cases(
        rule="iam-no-privilege-escalation",
        compliant=[_WORKER, _READS, _ATTACHED],
        passes={
            "passes one role": _allowing(["iam:PassRole", "ec2:RunInstances"], ROLE_ARN),
            "under a condition that binds": _allowing(
                "sts:AssumeRole", StringEquals={"aws:ResourceAccount": ACCOUNT}
            ),
        },
        fails={
            "a new version of any policy": _allowing("iam:CreatePolicyVersion"),
            "by a wildcard": _allowing("iam:Put*"),
            "every role of the account": _allowing(
                "iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/*"
            ),
            "two halves in two policies": together(
                _allowing("iam:PassRole"),
                adding(
                    given(
                        "runs",
                        "aws:iam/rolePolicy:RolePolicy",
                        {"role": "worker", "policy": policy(allow("ec2:RunInstances"))},
                        depends={"role": ["worker"]},
                    )
                ),
            ),
            "an inline policy of a role elsewhere": adding(
                given(
                    "elsewhere",
                    "aws:iam/rolePolicy:RolePolicy",
                    {"role": "other", "policy": policy(allow("iam:CreateAccessKey"))},
                )
            ),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-credential-exposure",
        compliant=[_READS],
        passes={"a registry's token": _allowing("ecr:GetAuthorizationToken")},
        fails={
            "every secret": _allowing("secretsmanager:GetSecretValue"),
            "every parameter": _allowing("ssm:Get*"),
            "every database user": _allowing("rds-db:connect", "arn:aws:*"),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-data-exfiltration",
        compliant=[_READS],
        fails={
            "every object": _allowing("s3:GetObject"),
            "every bucket": _allowing("s3:Get*", "arn:aws:s3:::*"),
            "every table": _allowing(["dynamodb:Scan"]),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-no-kms-decrypt-wildcard",
        compliant=[_READS],
        passes={
            "through one service": _allowing(
                "kms:Decrypt", StringEquals={"kms:ViaService": "s3.us-east-1.amazonaws.com"}
            )
        },
        fails={
            "every key": _allowing("kms:Decrypt"),
            "every key, spelt otherwise": _allowing("kms:De*", "arn:aws:kms:*:*:key/*"),
            "a condition that a request may leave out": _allowing(
                "kms:Decrypt", StringEqualsIfExists={"kms:ViaService": "s3.us-east-1.amazonaws.com"}
            ),
            "all but one action": having(
                "policy",
                policy({"Effect": "Allow", "NotAction": "kms:CreateKey", "Resource": "*"}),
            ),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-audit-controls-protected",
        compliant=[_READS],
        fails={
            "stops the trail": _allowing("cloudtrail:StopLogging", _TABLE),
            "by a wildcard": _allowing("logs:Delete*"),
            "around the object lock": _allowing(["s3:GetObject", "s3:BypassGovernanceRetention"]),
        },
        unknown=_NOT_KNOWN,
    ),
    Cases(
        rule="iam-trust-no-wildcard",
        compliant=[_trusted({"Service": "ec2.amazonaws.com"})],
        fails={
            "anybody": _trusting("*"),
            "anybody in a list": _trusting({"AWS": [ROLE_ARN, "*"]}),
            "all but one": having(
                "assumeRolePolicy",
                policy(
                    {
                        "Effect": "Allow",
                        "NotPrincipal": {"AWS": ROLE_ARN},
                        "Action": "sts:AssumeRole",
                    }
                ),
            ),
        },
        unknown=_TRUST_NOT_KNOWN,
    ),
    Cases(
        rule="iam-trust-external-id",
        compliant=[
            _trusted(
                {"AWS": "arn:aws:iam::999988887777:root"},
                StringEquals={"sts:ExternalId": "phoenix-audit"},
            )
        ],
        passes={"a service": _trusting({"Service": "ec2.amazonaws.com"})},
        fails={
            "another account": _trusting({"AWS": "arn:aws:iam::999988887777:root"}),
            "a bare account": _trusting({"AWS": ["999988887777"]}),
            "any external id": _trusting(
                {"AWS": "999988887777"}, StringLike={"sts:ExternalId": "*"}
            ),
        },
        unknown={
            **_TRUST_NOT_KNOWN,
            "who is not known": having(
                "assumeRolePolicy", {"Statement": [_trust({"AWS": UNKNOWN})]}
            ),
        },
    ),
    Cases(
        rule="iam-trust-confused-deputy",
        compliant=[
            _trusted({"Service": "config.amazonaws.com"}, StringEquals=OWN_ACCOUNT["StringEquals"])
        ],
        passes={"a service that knows no source": _trusting({"Service": "ec2.amazonaws.com"})},
        fails={
            "for any account": _trusting({"Service": "config.amazonaws.com"}),
            "for any account, among others": _trusting(
                {"Service": ["ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com"]}
            ),
        },
        unknown=_TRUST_NOT_KNOWN,
    ),
    Cases(
        rule="iam-oidc-trust-bound",
        compliant=[_trusted(_PROVIDER, _WEB, StringEquals=_BOUND)],
        passes={
            "one repository": _trusting(
                _PROVIDER,
                _WEB,
                StringEquals={"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                StringLike={"token.actions.githubusercontent.com:sub": "repo:phoenix/infra:*"},
            )
        },
        fails={
            "any audience": _trusting(
                _PROVIDER, _WEB, StringEquals={f"{_ISSUER}:sub": _BOUND[f"{_ISSUER}:sub"]}
            ),
            "any subject": _trusting(
                _PROVIDER, _WEB, StringEquals={f"{_ISSUER}:aud": "sts.amazonaws.com"}
            ),
            "every service account": _trusting(
                _PROVIDER,
                _WEB,
                StringEquals={f"{_ISSUER}:aud": "sts.amazonaws.com"},
                StringLike={f"{_ISSUER}:sub": "system:serviceaccount:*:*"},
            ),
            "every repository of everybody": _trusting(
                _PROVIDER,
                _WEB,
                StringEquals={f"{_ISSUER}:aud": "sts.amazonaws.com"},
                StringLike={f"{_ISSUER}:sub": "repo:*"},
            ),
            "under a wider action": _trusting(_PROVIDER, "sts:*"),
            "no condition": _trusting(_PROVIDER, _WEB),
        },
        unknown=_TRUST_NOT_KNOWN,
    ),
    Cases(
        rule="iam-role-session-duration",
        compliant=[given("worker", _ROLE, {"maxSessionDuration": 3600})],
        passes={"AWS's default of an hour": lacking("maxSessionDuration")},
        fails={"twelve hours": having("maxSessionDuration", 43_200)},
        unknown={"not known": having("maxSessionDuration", UNKNOWN)},
    ),
]
