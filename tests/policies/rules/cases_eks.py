"""Cases of the control plane rules."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    given,
    having,
    lacking,
    of_type,
    together,
    without,
)

_CLUSTER = "aws:eks/cluster:Cluster"
_NODES = "aws:eks/nodeGroup:NodeGroup"
_KEY = "arn:aws:kms:us-east-1:481516234299:key/secrets"
_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_API = given(
    "phoenix",
    _CLUSTER,
    {
        "name": "phoenix",
        "version": "1.35",
        "vpcConfig": {"endpointPrivateAccess": True, "endpointPublicAccess": False},
        "encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": _KEY}},
        "enabledClusterLogTypes": _TYPES,
        "deletionProtection": True,
        "accessConfig": {
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": False,
        },
    },
)
_LOG_GROUP = given(
    "logs",
    "aws:cloudwatch/logGroup:LogGroup",
    {"name": "/aws/eks/phoenix/cluster", "kmsKeyId": _KEY, "retentionInDays": 2557},
)
_ASSOCIATION = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_ACCESS = "arn:aws:eks::aws:cluster-access-policy"

CASES = [
    Cases(
        rule="eks-endpoint-private-access",
        compliant=[_API],
        fails={
            "off": having("vpcConfig.endpointPrivateAccess", False),
            "AWS's default": lacking("vpcConfig.endpointPrivateAccess"),
        },
        unknown={"unknown": having("vpcConfig.endpointPrivateAccess", UNKNOWN)},
    ),
    Cases(
        rule="eks-endpoint-not-public",
        compliant=[_API],
        fails={
            "public": having("vpcConfig.endpointPublicAccess", True),
            "AWS's default": lacking("vpcConfig.endpointPublicAccess"),
        },
        unknown={"unknown": having("vpcConfig", UNKNOWN)},
    ),
    Cases(
        rule="eks-public-cidrs-restricted",
        compliant=[_API],
        passes={
            "an office": having(
                "vpcConfig", {"endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"]}
            )
        },
        fails={
            "everybody by default": having("vpcConfig.endpointPublicAccess", True),
            "everybody in so many words": having("vpcConfig", {"publicAccessCidrs": ["0.0.0.0/0"]}),
            "in two halves": having(
                "vpcConfig",
                {"endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/1", "128.0.0.0/1"]},
            ),
        },
        unknown={
            "ranges unknown": having(
                "vpcConfig", {"endpointPublicAccess": True, "publicAccessCidrs": UNKNOWN}
            )
        },
    ),
    Cases(
        rule="eks-secrets-encryption-cmk",
        compliant=[_API],
        fails={
            "no encryption": lacking("encryptionConfig"),
            "something else": having("encryptionConfig.resources", ["configmaps"]),
            "no key": lacking("encryptionConfig.provider"),
        },
        unknown={
            "key unknown": having("encryptionConfig.provider.keyArn", UNKNOWN),
            "configuration unknown": having("encryptionConfig", UNKNOWN),
        },
    ),
    Cases(
        rule="eks-control-plane-logging",
        compliant=[_API],
        fails={
            "no audit log": having("enabledClusterLogTypes", [t for t in _TYPES if t != "audit"]),
            "none": lacking("enabledClusterLogTypes"),
        },
        unknown={"unknown": having("enabledClusterLogTypes", UNKNOWN)},
    ),
    Cases(
        rule="eks-log-group-managed",
        compliant=[_API, _LOG_GROUP],
        passes={"kept for ever": having("retentionInDays", 0, on="logs")},
        fails={
            "made by EKS": without("logs"),
            "of another cluster": having("name", "/aws/eks/other/cluster", on="logs"),
            "no key": lacking("kmsKeyId", on="logs"),
            "one year": having("retentionInDays", 365, on="logs"),
        },
        unknown={
            "key unknown": having("kmsKeyId", UNKNOWN, on="logs"),
            "name unknown": having("name", UNKNOWN, on="logs"),
        },
    ),
    Cases(
        rule="eks-supported-version",
        compliant=[_API],
        passes={"nodes follow the cluster": together(of_type(_NODES), lacking("version"))},
        fails={
            "out of support": having("version", "1.28"),
            "AWS's choice": lacking("version"),
            "no version": having("version", "latest"),
            "old nodes": together(of_type(_NODES), having("version", "1.31")),
        },
        unknown={"unknown": having("version", UNKNOWN)},
    ),
    Cases(
        rule="eks-deletion-protection",
        compliant=[_API],
        fails={
            "off": having("deletionProtection", False),
            "not said": lacking("deletionProtection"),
        },
        unknown={"unknown": having("deletionProtection", UNKNOWN)},
    ),
    Cases(
        rule="eks-access-api-mode",
        compliant=[_API],
        passes={"both ways": having("accessConfig.authenticationMode", "API_AND_CONFIG_MAP")},
        fails={
            "a ConfigMap": having("accessConfig.authenticationMode", "CONFIG_MAP"),
            "nothing said": lacking("accessConfig"),
            "the creator stays": having(
                "accessConfig.bootstrapClusterCreatorAdminPermissions", True
            ),
        },
        unknown={"unknown": having("accessConfig", UNKNOWN)},
    ),
    Cases(
        rule="eks-access-entry-no-cluster-admin",
        compliant=[
            given(
                "auditors",
                _ASSOCIATION,
                {
                    "policyArn": f"{_ACCESS}/AmazonEKSAdminViewPolicy",
                    "accessScope": {"type": "cluster"},
                    "principalArn": "arn:aws:iam::481516234299:role/auditor",
                },
            )
        ],
        passes={
            "the deploy role": together(
                having("policyArn", f"{_ACCESS}/AmazonEKSClusterAdminPolicy"),
                having("principalArn", "arn:aws:iam::481516234299:role/phoenix-deploy"),
            ),
            "one namespace": together(
                having("policyArn", f"{_ACCESS}/AmazonEKSClusterAdminPolicy"),
                having("accessScope", {"type": "namespace", "namespaces": ["phoenix-api"]}),
            ),
        },
        fails={
            "developers": together(
                having("policyArn", f"{_ACCESS}/AmazonEKSClusterAdminPolicy"),
                having("principalArn", "arn:aws:iam::481516234299:role/developers"),
            ),
            "beyond any policy": having("kubernetesGroups", ["readers", "system:masters"]),
        },
        unknown={
            "whose is unknown": together(
                having("policyArn", f"{_ACCESS}/AmazonEKSClusterAdminPolicy"),
                having("principalArn", UNKNOWN),
            )
        },
    ),
]
