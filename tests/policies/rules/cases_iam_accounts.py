"""Cases of the rules on identities and what is attached to them."""

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
from tests.policies.rules.fixtures_policies import ACCOUNT

_ROLE = "aws:iam/role:Role"
_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_WORKER = given("worker", _ROLE, {"name": "worker"})
_ATTACHED = given("attached", _ATTACHMENT, {"role": "worker"}, depends={"role": ["worker"]})
_BROAD = "arn:aws:iam::aws:policy/AdministratorAccess"

CASES = [
    Cases(
        rule="iam-no-admin-managed-policy",
        compliant=[
            given("attached", _ATTACHMENT, {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/orders"})
        ],
        fails={
            "an administrator": having("policyArn", _BROAD),
            "a whole service": having("policyArn", "arn:aws:iam::aws:policy/AmazonS3FullAccess"),
            "on the role": alone(given("worker", _ROLE, {"managedPolicyArns": [_BROAD]})),
            "attached to a group": together(
                of_type("aws:iam/groupPolicyAttachment:GroupPolicyAttachment"),
                having("policyArn", "arn:aws:iam::aws:policy/PowerUserAccess"),
            ),
        },
        unknown={"not known": having("policyArn", UNKNOWN)},
    ),
    Cases(
        rule="iam-prefer-customer-policies",
        compliant=[
            given(
                "attached",
                _ATTACHMENT,
                {"policyArn": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"},
            )
        ],
        fails={"not on the list": having("policyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")},
        unknown={"not known": having("policyArn", UNKNOWN)},
    ),
    Cases(
        rule="iam-no-users",
        compliant=[given("key", "aws:iam/accessKey:AccessKey", {"status": "Inactive"})],
        fails={
            "a key": lacking("status"),
            "a user": alone(given("ci", "aws:iam/user:User", {"name": "ci"})),
            "a password": alone(
                given("ci", "aws:iam/userLoginProfile:UserLoginProfile", {"user": "ci"})
            ),
        },
        unknown={"whether the key works is not known": having("status", UNKNOWN)},
    ),
    Cases(
        rule="iam-user-no-direct-policies",
        compliant=[
            given("ci", "aws:iam/user:User", {"name": "ci"}),
            given("team", "aws:iam/group:Group", {"name": "team"}),
            given(
                "member",
                "aws:iam/userGroupMembership:UserGroupMembership",
                {"user": "ci", "groups": ["team"]},
                depends={"user": ["ci"], "groups": ["team"]},
            ),
        ],
        fails={
            "in no group": without("member"),
            "a policy of the user's own": adding(
                given("own", "aws:iam/userPolicy:UserPolicy", {"user": "ci", "policy": "{}"})
            ),
            "attached to users": adding(
                given("all", "aws:iam/policyAttachment:PolicyAttachment", {"users": ["ci"]})
            ),
        },
        unknown={
            "whose membership is not known": together(
                having("user", UNKNOWN, on="member"), depending("user", on="member")
            )
        },
    ),
    Cases(
        rule="iam-password-policy",
        compliant=[
            given(
                "passwords",
                "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
                {
                    "minimumPasswordLength": 14,
                    "passwordReusePrevention": 24,
                    "maxPasswordAge": 90,
                    "requireLowercaseCharacters": True,
                    "requireUppercaseCharacters": True,
                    "requireNumbers": True,
                    "requireSymbols": True,
                },
            )
        ],
        fails={
            "short": having("minimumPasswordLength", 8),
            "never ends": having("maxPasswordAge", 0),
            "letters alone": lacking("requireNumbers"),
            "reused": lacking("passwordReusePrevention"),
            "locks out": having("hardExpiry", True),
        },
        unknown={"not known": having("maxPasswordAge", UNKNOWN)},
    ),
    Cases(
        rule="iam-no-exclusive-conflict",
        compliant=[_WORKER, _ATTACHED],
        fails={
            "in two places": having("managedPolicyArns", ["arn:aws:iam::aws:policy/SecurityAudit"]),
            "takes it from everybody else": adding(
                given("all", "aws:iam/policyAttachment:PolicyAttachment", {"roles": ["worker"]})
            ),
        },
        unknown={"not known": having("inlinePolicies", UNKNOWN)},
    ),
]
