"""Cases of the rules on image repositories."""

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

_REPOSITORY = "aws:ecr/repository:Repository"
_ORDERS = given(
    "orders",
    _REPOSITORY,
    {
        "name": "phoenix/orders",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [
            {"encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:481516234299:key/1"}
        ],
        "forceDelete": False,
    },
    region="us-east-1",
)
_SCANNING = given(
    "scanning",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    {
        "scanType": "ENHANCED",
        "rules": [
            {
                "scanFrequency": "CONTINUOUS_SCAN",
                "repositoryFilters": [{"filter": "phoenix/*", "filterType": "WILDCARD"}],
            }
        ],
    },
)
_BY_REGISTRY = together(lacking("imageScanningConfiguration"), adding(_SCANNING))
_LIFECYCLE = given(
    "lifecycle",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    {"repository": "phoenix/orders", "policy": '{"rules": []}'},
    depends={"repository": ["orders"]},
)
_REPLICATION = given(
    "replication",
    "aws:ecr/replicationConfiguration:ReplicationConfiguration",
    {
        "replicationConfiguration": {
            "rules": [
                {
                    "destinations": [{"region": "us-west-2", "registryId": "481516234299"}],
                    "repositoryFilters": [{"filter": "phoenix/", "filterType": "PREFIX_MATCH"}],
                }
            ]
        }
    },
)
_RULE = "replicationConfiguration.rules.0"

CASES = [
    Cases(
        rule="ecr-immutable-tags",
        compliant=[_ORDERS],
        passes={
            "but for one tag": together(
                having("imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"),
                having(
                    "imageTagMutabilityExclusionFilters",
                    [{"filter": "cache-*", "filterType": "WILDCARD"}],
                ),
            )
        },
        fails={
            "mutable": having("imageTagMutability", "MUTABLE"),
            "left out means mutable": lacking("imageTagMutability"),
            "but for every tag": together(
                having("imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"),
                having(
                    "imageTagMutabilityExclusionFilters",
                    [{"filter": "*", "filterType": "WILDCARD"}],
                ),
            ),
            "in a creation template": together(
                of_type("aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"),
                having("imageTagMutability", "MUTABLE"),
            ),
        },
        unknown={
            "not known": having("imageTagMutability", UNKNOWN),
            "which tags are left out is not known": together(
                having("imageTagMutability", "IMMUTABLE_WITH_EXCLUSION"),
                having("imageTagMutabilityExclusionFilters", UNKNOWN),
            ),
        },
    ),
    Cases(
        rule="ecr-scan-on-push",
        compliant=[_ORDERS],
        passes={"by the registry": _BY_REGISTRY},
        fails={
            "off": having("imageScanningConfiguration.scanOnPush", False),
            "left out": lacking("imageScanningConfiguration"),
            "a registry that scans on request": together(
                _BY_REGISTRY, having("rules.0.scanFrequency", "MANUAL", on="scanning")
            ),
            "a registry that scans other repositories": together(
                _BY_REGISTRY,
                having("rules.0.repositoryFilters.0.filter", "tools/*", on="scanning"),
            ),
            "a registry without enhanced scans": together(
                _BY_REGISTRY, having("scanType", "BASIC", on="scanning")
            ),
        },
        unknown={
            "not known": having("imageScanningConfiguration", UNKNOWN),
            "the registry's rules are not known": together(
                _BY_REGISTRY, having("rules", UNKNOWN, on="scanning")
            ),
            "the name is not known": together(_BY_REGISTRY, having("name", UNKNOWN)),
        },
    ),
    Cases(
        rule="ecr-cmk",
        compliant=[_ORDERS],
        fails={
            "AES": having("encryptionConfigurations.0.encryptionType", "AES256"),
            "the AWS managed key": lacking("encryptionConfigurations.0.kmsKey"),
            "left out": lacking("encryptionConfigurations"),
        },
        unknown={
            "not known": having("encryptionConfigurations", UNKNOWN),
            "the key is not known": having("encryptionConfigurations.0.kmsKey", UNKNOWN),
        },
    ),
    Cases(
        rule="ecr-policy-not-public",
        compliant=[
            given(
                "policy",
                "aws:ecr/repositoryPolicy:RepositoryPolicy",
                {"policy": policy(allow("ecr:BatchGetImage", principal=ROLE_PRINCIPAL))},
            )
        ],
        passes={
            "the organisation pulls": having(
                "policy",
                policy(
                    allow(
                        "ecr:BatchGetImage",
                        principal="*",
                        condition={"StringEquals": {"aws:PrincipalOrgID": "o-phoenix1"}},
                    )
                ),
            )
        },
        fails={
            "everybody pulls": having("policy", policy(allow("ecr:BatchGetImage", principal="*"))),
            "any organisation pulls": having(
                "policy",
                policy(
                    allow(
                        "ecr:BatchGetImage",
                        principal={"AWS": "*"},
                        condition={"StringLike": {"aws:PrincipalOrgID": "o-*"}},
                    )
                ),
            ),
            "every action": having("policy", policy(allow("ecr:*", principal=ROLE_PRINCIPAL))),
            "every action in the registry's policy": together(
                of_type("aws:ecr/registryPolicy:RegistryPolicy"),
                having("policy", policy(allow(["*"], principal=ROLE_PRINCIPAL))),
            ),
        },
        unknown={"not known": having("policy", UNKNOWN)},
    ),
    Cases(
        rule="ecr-lifecycle",
        compliant=[_ORDERS, _LIFECYCLE],
        passes={"joined while the name is unknown": having("repository", UNKNOWN, on="lifecycle")},
        fails={
            "none": without("lifecycle"),
            "the policy of another repository": together(
                having("repository", "phoenix/other", on="lifecycle"),
                depending("repository", on="lifecycle"),
            ),
        },
        unknown={
            "the policy of an unknown repository": together(
                having("repository", UNKNOWN, on="lifecycle"),
                depending("repository", on="lifecycle"),
            )
        },
    ),
    Cases(
        rule="ecr-replicated-to-dr",
        compliant=[_ORDERS, _REPLICATION],
        passes={
            "every repository": lacking(f"{_RULE}.repositoryFilters", on="replication"),
            "a twin": together(
                without("replication"),
                adding(given("twin", _REPOSITORY, {"name": "phoenix/orders"}, region="us-west-2")),
            ),
        },
        fails={
            "not replicated": without("replication"),
            "into its own region": having(
                f"{_RULE}.destinations.0.region", "us-east-1", on="replication"
            ),
            "other repositories": having(
                f"{_RULE}.repositoryFilters.0.filter", "tools/", on="replication"
            ),
            "no destination": having(f"{_RULE}.destinations", [], on="replication"),
        },
        unknown={
            "not known": having("replicationConfiguration", UNKNOWN, on="replication"),
            "the stack of the other region may hold the twin": alone(
                given(
                    f"urn:pulumi:production::phoenix::{_REPOSITORY}::orders",
                    _REPOSITORY,
                    {"name": "phoenix/orders"},
                )
            ),
        },
    ),
    Cases(
        rule="ecr-no-force-delete",
        compliant=[_ORDERS],
        passes={"left out": lacking("forceDelete")},
        fails={"deleted with its images": having("forceDelete", True)},
        unknown={"not known": having("forceDelete", UNKNOWN)},
    ),
]
