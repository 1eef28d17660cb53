"""Cases of the rules on customer managed keys."""

import json

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    adding,
    alone,
    depending,
    given,
    having,
    in_region,
    lacking,
    of_type,
    together,
    without,
)
from tests.policies.rules.fixtures_policies import (
    ACCOUNT,
    ROLE_PRINCIPAL,
    ROOT,
    allow,
    deny,
    policy,
)

_KEY = "aws:kms/key:Key"
_POLICY = policy(
    allow("kms:*", principal={"AWS": ROOT}),
    allow(["kms:Decrypt", "kms:GenerateDataKey"], principal=ROLE_PRINCIPAL),
)
_VIA_S3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
_REPLICA = given(
    "replica",
    "aws:kms/replicaKey:ReplicaKey",
    {"primaryKeyArn": "arn:aws:kms:us-east-1:481516234299:key/mrk-1", "policy": _POLICY},
    depends={"primaryKeyArn": ["key"]},
    region="us-west-2",
)
_MULTI_REGION = given(
    "key",
    _KEY,
    {"multiRegion": True, "policy": _POLICY},
    outputs={"arn": "arn:aws:kms:us-east-1:481516234299:key/mrk-1"},
    region="us-east-1",
)


CASES = [
    Cases(
        rule="kms-rotation-enabled",
        compliant=[given("key", _KEY, {"enableKeyRotation": True})],
        passes={
            "a signing key cannot rotate": alone(
                given("key", _KEY, {"keyUsage": "SIGN_VERIFY", "customerMasterKeySpec": "RSA_4096"})
            ),
            "a key in its own store": alone(given("key", _KEY, {"customKeyStoreId": "cks-1"})),
        },
        fails={
            "switched off": having("enableKeyRotation", False),
            "left out means off": lacking("enableKeyRotation"),
            "symmetric in so many words": together(
                lacking("enableKeyRotation"), having("customerMasterKeySpec", "SYMMETRIC_DEFAULT")
            ),
        },
        unknown={"not known": having("enableKeyRotation", UNKNOWN)},
    ),
    Cases(
        rule="kms-rotation-period",
        compliant=[given("key", _KEY, {"rotationPeriodInDays": 365})],
        passes={"AWS's default of a year": lacking("rotationPeriodInDays")},
        fails={"two years": having("rotationPeriodInDays", 730)},
        unknown={"not known": having("rotationPeriodInDays", UNKNOWN)},
    ),
    Cases(
        rule="kms-deletion-window",
        compliant=[given("key", _KEY, {"deletionWindowInDays": 30})],
        passes={"AWS's default of 30 days": lacking("deletionWindowInDays")},
        fails={
            "a week": having("deletionWindowInDays", 7),
            "a week on a replica": together(
                having("deletionWindowInDays", 7), of_type("aws:kms/replicaKey:ReplicaKey")
            ),
        },
        unknown={"not known": having("deletionWindowInDays", UNKNOWN)},
    ),
    Cases(
        rule="kms-key-enabled",
        compliant=[given("key", _KEY, {"isEnabled": True})],
        passes={"enabled by default": lacking("isEnabled")},
        fails={
            "disabled": having("isEnabled", False),
            "a disabled replica": together(
                having("enabled", False), of_type("aws:kms/replicaKey:ReplicaKey")
            ),
        },
        unknown={"not known": having("isEnabled", UNKNOWN)},
    ),
    Cases(
        rule="kms-policy-defined",
        compliant=[given("key", _KEY, {"policy": _POLICY})],
        passes={
            "a policy of its own resource": together(
                lacking("policy"),
                adding(
                    given(
                        "policy",
                        "aws:kms/keyPolicy:KeyPolicy",
                        {"keyId": UNKNOWN, "policy": _POLICY},
                        depends={"keyId": ["key"]},
                    )
                ),
            )
        },
        fails={
            "none": lacking("policy"),
            "a replica does not inherit the primary's": adding(
                given("replica", _REPLICA.type, {"primaryKeyArn": "arn"})
            ),
            "the policy of another key": together(
                lacking("policy"),
                adding(
                    given(
                        "policy", "aws:kms/keyPolicy:KeyPolicy", {"keyId": "k", "policy": _POLICY}
                    )
                ),
            ),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="kms-policy-no-wildcard-principal",
        compliant=[given("key", _KEY, {"policy": _POLICY})],
        passes={
            "bound to the account": having(
                "policy",
                policy(
                    allow(
                        "kms:Decrypt",
                        principal="*",
                        condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}},
                    )
                ),
            ),
            "a refusal of everybody": having("policy", policy(deny("kms:ScheduleKeyDeletion"))),
        },
        fails={
            "anybody through S3": having(
                "policy", policy(allow("kms:Decrypt", principal={"AWS": "*"}, condition=_VIA_S3))
            ),
            "anybody, in a list": having(
                "policy", policy(allow("kms:*", principal={"AWS": [ROOT, "*"]}))
            ),
            "one statement that is not a list": having(
                "policy", json.dumps({"Statement": allow("kms:Decrypt", principal="*")})
            ),
            "an account that is a wildcard": having(
                "policy",
                policy(
                    allow(
                        "kms:Decrypt",
                        principal="*",
                        condition={"StringLike": {"kms:CallerAccount": "*"}},
                    )
                ),
            ),
            "a condition that holds when the key is absent": having(
                "policy",
                policy(
                    allow(
                        "kms:Decrypt",
                        principal="*",
                        condition={"StringEqualsIfExists": {"kms:CallerAccount": ACCOUNT}},
                    )
                ),
            ),
            "all but one": having(
                "policy",
                policy(
                    {
                        "Effect": "Allow",
                        "NotPrincipal": {"AWS": ROOT},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ),
            ),
            "in a policy of its own resource": together(
                of_type("aws:kms/keyPolicy:KeyPolicy"),
                having("policy", policy(allow("kms:*", principal="*"))),
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN),
            "the principal is not known": having(
                "policy", {"Statement": [allow("kms:Decrypt", principal={"AWS": UNKNOWN})]}
            ),
        },
    ),
    Cases(
        rule="kms-policy-admin-user-separation",
        compliant=[given("key", _KEY, {"policy": _POLICY})],
        passes={
            "the bare account": having(
                "policy", policy(allow("kms:*", principal={"AWS": ACCOUNT}))
            ),
            "administers without use": having(
                "policy",
                policy(
                    allow(["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"], principal=ROLE_PRINCIPAL)
                ),
            ),
        },
        fails={
            "everything for a role": having(
                "policy", policy(allow("kms:*", principal=ROLE_PRINCIPAL))
            ),
            "a role beside the root": having(
                "policy", policy(allow("kms:*", principal={"AWS": [ROOT, ROLE_PRINCIPAL["AWS"]]}))
            ),
            "deletes and decrypts": having(
                "policy",
                policy(allow(["kms:ScheduleKeyDeletion", "kms:Decrypt"], principal=ROLE_PRINCIPAL)),
            ),
            "all but one action": having(
                "policy",
                policy(
                    {
                        "Effect": "Allow",
                        "Principal": ROLE_PRINCIPAL,
                        "NotAction": "kms:TagResource",
                        "Resource": "*",
                    }
                ),
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN),
            "whose key it is, is not known": having(
                "policy", {"Statement": [allow("kms:*", principal={"AWS": UNKNOWN})]}
            ),
        },
    ),
    Cases(
        rule="kms-no-lockout-bypass",
        compliant=[given("key", _KEY, {"bypassPolicyLockoutSafetyCheck": False})],
        passes={"left out": lacking("bypassPolicyLockoutSafetyCheck")},
        fails={
            "bypassed": having("bypassPolicyLockoutSafetyCheck", True),
            "bypassed in the policy's resource": together(
                of_type("aws:kms/keyPolicy:KeyPolicy"),
                having("bypassPolicyLockoutSafetyCheck", True),
            ),
        },
        unknown={"not known": having("bypassPolicyLockoutSafetyCheck", UNKNOWN)},
    ),
    Cases(
        rule="kms-multi-region-replica",
        compliant=[_MULTI_REGION, _REPLICA],
        passes={
            "a key of one region": alone(given("key", _KEY, {"multiRegion": False})),
            "joined while the ARN is unknown": having("primaryKeyArn", UNKNOWN, on="replica"),
        },
        fails={
            "no replica": without("replica"),
            "a replica of another key": together(
                having("primaryKeyArn", "arn:aws:kms:us-east-1:1:key/mrk-2", on="replica"),
                depending("primaryKeyArn", on="replica"),
            ),
            "a replica in the same region": in_region("us-east-1", on="replica"),
        },
        unknown={
            "a replica of an unknown key": together(
                having("primaryKeyArn", UNKNOWN, on="replica"),
                depending("primaryKeyArn", on="replica"),
            ),
            "whether it is multi-Region is not known": together(
                without("replica"), having("multiRegion", UNKNOWN)
            ),
            "the stack of the other region may own it": alone(
                given(
                    "urn:pulumi:production::phoenix::aws:kms/key:Key::key",
                    _KEY,
                    {"multiRegion": True},
                )
            ),
        },
    ),
]
