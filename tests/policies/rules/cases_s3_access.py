"""Cases of the rules on who may reach a bucket, and how."""

import json

from tests.policies.cases import (
    UNKNOWN,
    Bend,
    Cases,
    adding,
    alone,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)
from tests.policies.rules.cases_s3 import of_another, of_unknown
from tests.policies.rules.fixtures_buckets import (
    ARN,
    BLOCK,
    BUCKET,
    POLICY,
    READERS,
    RECORDS,
    TLS_ONLY,
)
from tests.policies.rules.fixtures_policies import (
    ACCOUNT,
    CLEAR_TEXT,
    ROLE_PRINCIPAL,
    ROOT,
    allow,
    deny,
    policy,
)

_BOTH = [ARN, f"{ARN}/*"]
_OLD_TLS = deny("s3:*", _BOTH, condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})


def _stating(*statements: dict[str, object]) -> Bend:
    return having("policy", policy(*statements), on="policy")


def _to_all(**condition: object) -> Bend:
    return _stating(allow("s3:GetObject", f"{ARN}/*", "*", condition or None))


CASES = [
    Cases(
        rule="s3-public-access-block",
        compliant=[RECORDS, BLOCK],
        fails={
            "none": without("block"),
            "of another bucket": of_another("block"),
            "one bucket of two": adding(given("second", BUCKET, {"bucket": "second"})),
        },
        unknown={"of an unknown bucket": of_unknown("block")},
    ),
    Cases(
        rule="s3-public-access-block-complete",
        compliant=[BLOCK],
        fails={
            "one off": having("restrictPublicBuckets", False),
            "one left out": lacking("ignorePublicAcls"),
            "an access point without": alone(
                given("door", "aws:s3/accessPoint:AccessPoint", {"bucket": "records"})
            ),
            "of the account": together(
                of_type("aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"),
                having("blockPublicPolicy", False),
            ),
        },
        unknown={"not known": having("blockPublicAcls", UNKNOWN)},
    ),
    Cases(
        rule="s3-account-public-access-block",
        compliant=[
            RECORDS,
            given("account", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock", {}),
        ],
        fails={"none": without("account")},
        unknown={},
        always_known="the resource is declared or not",
    ),
    Cases(
        rule="s3-tls-only",
        compliant=[RECORDS, POLICY],
        passes={
            "in two statements": _stating(
                deny("s3:*", ARN, condition=CLEAR_TEXT),
                deny("s3:*", f"{ARN}/*", condition=CLEAR_TEXT),
            ),
            "one statement that is not a list": having(
                "policy", json.dumps({"Statement": TLS_ONLY}), on="policy"
            ),
            "as an object": having("policy", {"Statement": [TLS_ONLY]}, on="policy"),
        },
        fails={
            "no policy": without("policy"),
            "of another bucket": of_another("policy"),
            "objects only": _stating(deny("s3:*", f"{ARN}/*", condition=CLEAR_TEXT)),
            "objects only, beside another refusal of the bucket": _stating(
                deny("s3:*", f"{ARN}/*", condition=CLEAR_TEXT), deny("s3:DeleteBucket", ARN)
            ),
            "the bucket only": _stating(deny("s3:*", ARN, condition=CLEAR_TEXT)),
            "reads only": _stating(deny("s3:GetObject", _BOTH, condition=CLEAR_TEXT)),
            "a narrowing condition": _stating(
                deny(
                    "s3:*",
                    _BOTH,
                    condition={**CLEAR_TEXT, "StringEquals": {"aws:SourceVpc": "vpc-1"}},
                )
            ),
            "one principal": _stating(deny("s3:*", _BOTH, ROLE_PRINCIPAL, CLEAR_TEXT)),
            "refuses TLS": _stating(
                deny("s3:*", _BOTH, condition={"Bool": {"aws:SecureTransport": "true"}})
            ),
            "allows instead": _stating(allow("s3:*", _BOTH, "*", CLEAR_TEXT)),
            "a second bucket without": adding(given("second", BUCKET, {"bucket": "second"})),
        },
        unknown={
            "not known": having("policy", UNKNOWN, on="policy"),
            "of an unknown bucket": of_unknown("policy"),
        },
    ),
    Cases(
        rule="s3-tls-min-version",
        compliant=[given("policy", POLICY.type, {"policy": policy(READERS, _OLD_TLS)})],
        fails={
            "not refused": _stating(READERS, TLS_ONLY),
            "refuses 1.0 alone": _stating(
                deny("s3:*", _BOTH, condition={"NumericLessThan": {"s3:TlsVersion": "1.1"}})
            ),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="s3-policy-no-public-principal",
        compliant=[POLICY],
        passes={
            "the organisation": _to_all(StringEquals={"aws:PrincipalOrgID": "o-phoenix1"}),
            "one distribution": _to_all(
                ArnEquals={"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"}
            ),
        },
        fails={
            "everybody": _to_all(),
            "everybody in a list": _stating(allow("s3:GetObject", _BOTH, {"AWS": ["*"]})),
            "an address range": _to_all(IpAddress={"aws:SourceIp": "203.0.113.0/24"}),
            "any organisation": _to_all(StringLike={"aws:PrincipalOrgID": "*"}),
            "all but one": _stating(
                {
                    "Effect": "Allow",
                    "NotPrincipal": ROLE_PRINCIPAL,
                    "Action": "s3:GetObject",
                    "Resource": _BOTH,
                }
            ),
            "over TLS": _to_all(Bool={"aws:SecureTransport": "true"}),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="s3-policy-no-wildcard-action",
        compliant=[POLICY],
        passes={"the account's root": _stating(allow("s3:*", _BOTH, {"AWS": ROOT}))},
        fails={
            "every action": _stating(allow("s3:*", _BOTH, ROLE_PRINCIPAL)),
            "every action, spelt otherwise": _stating(
                allow(["s3:GetObject", "S3:?*"], _BOTH, ROLE_PRINCIPAL)
            ),
            "every action but one": _stating(
                {
                    "Effect": "Allow",
                    "Principal": ROLE_PRINCIPAL,
                    "NotAction": "s3:DeleteBucket",
                    "Resource": _BOTH,
                }
            ),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="s3-cross-account-allowlist",
        compliant=[
            POLICY,
            given("aws", "pulumi:providers:aws", {"allowedAccountIds": [ACCOUNT]}),
        ],
        passes={
            "as the engine hands a provider's list on": having(
                "allowedAccountIds", f'["{ACCOUNT}"]', on="aws"
            )
        },
        fails={
            "another account": _stating(
                allow("s3:GetObject", _BOTH, {"AWS": "arn:aws:iam::999988887777:root"})
            ),
            "one of two, by its number": _stating(
                allow("s3:GetObject", _BOTH, {"AWS": [ROOT, "999988887777"]})
            ),
            "on a key": together(
                of_type("aws:kms/key:Key"),
                _stating(allow("kms:Decrypt", "*", {"AWS": "999988887777"})),
            ),
        },
        unknown={
            "not known": having("policy", UNKNOWN),
            "the own account is not known": without("aws"),
        },
    ),
    Cases(
        rule="s3-cors-not-wildcard",
        compliant=[
            given(
                "cors",
                "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
                {"corsRules": [{"allowedOrigins": ["https://app.example.com"]}]},
            )
        ],
        fails={
            "everybody": having("corsRules.0.allowedOrigins", ["*"]),
            "everybody, among others": having(
                "corsRules.0.allowedOrigins", ["https://app.example.com", "*"]
            ),
        },
        unknown={"not known": having("corsRules.0.allowedOrigins", UNKNOWN)},
    ),
]
