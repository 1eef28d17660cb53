"""Cases of the rules about twins in the recovery region."""

from typing import Any

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    given,
    having,
    in_region,
    lacking,
    without,
)


def _cluster(name: str, region: str, **changes: Any) -> Given:
    return given(
        name,
        "aws:eks/cluster:Cluster",
        {
            "version": "1.35",
            "vpcConfig": {"endpointPublicAccess": False, "endpointPrivateAccess": True},
            "enabledClusterLogTypes": ["api", "audit"],
            "deletionProtection": True,
            "accessConfig": {"authenticationMode": "API"},
            **changes,
        },
        region=region,
    )


def _vpc(name: str, region: str) -> Given:
    return given(name, "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, region=region)


def _web_acl(name: str, region: str, scope: str) -> Given:
    return given(name, "aws:wafv2/webAcl:WebAcl", {"scope": scope}, region=region)


_HOME = _cluster("main-us-east-1", "us-east-1")
_AWAY = _cluster("main-us-west-2", "us-west-2")

CASES = [
    Cases(
        rule="dr-region-counterpart",
        compliant=[_HOME, _AWAY],
        fails={
            "a network in one region only": adding(_vpc("network", "us-east-1")),
            "a web ACL in one region, beside CloudFront's": adding(
                _web_acl("edge", "us-east-1", "CLOUDFRONT"),
                _web_acl("entry", "us-west-2", "REGIONAL"),
            ),
            "twins that leave the recovery region out": in_region("eu-west-1", on="main-us-west-2"),
            "two networks in one region": adding(
                _vpc("network", "us-east-1"), _vpc("other", "us-east-1")
            ),
        },
        unknown={"seen alone": without("main-us-west-2")},
        passes={
            "a region by property": having("region", "us-west-2", on="main-us-west-2"),
            "CloudFront's web ACL serves both": adding(_web_acl("edge", "us-east-1", "CLOUDFRONT")),
            "a network in both": adding(_vpc("a", "us-east-1"), _vpc("b", "us-west-2")),
        },
    ),
    Cases(
        rule="dr-config-parity",
        compliant=[_HOME, _AWAY],
        passes={
            "logs in another order": having("enabledClusterLogTypes", ["audit", "api"]),
            "no twin in the region": adding(
                _cluster("other-us-east-1", "us-east-1", deletionProtection=False)
            ),
        },
        fails={
            "a public twin": having("vpcConfig.endpointPublicAccess", True, on="main-us-west-2"),
            "an unprotected twin": lacking("deletionProtection", on="main-us-west-2"),
            "an older twin": having("version", "1.34", on="main-us-west-2"),
            "a rule that one twin alone violates": having(
                "encryptionConfig", {"resources": ["secrets"], "provider": {"keyArn": "arn:k"}}
            ),
        },
        unknown={
            "seen alone": without("main-us-west-2"),
            "a rule that cannot be judged on one twin": having(
                "encryptionConfig", UNKNOWN, on="main-us-west-2"
            ),
            "a setting unknown": having("deletionProtection", UNKNOWN, on="main-us-west-2"),
        },
    ),
]
