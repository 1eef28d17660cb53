"""Cases of the rules about node groups, add-ons and node roles."""

from tests.policies.cases import (
    UNKNOWN,
    Cases,
    Given,
    adding,
    depending,
    given,
    having,
    lacking,
    together,
    without,
)

_NODES = "aws:eks/nodeGroup:NodeGroup"
_ADDON = "aws:eks/addon:Addon"
_SUBNET = "aws:ec2/subnet:Subnet"
_CLUSTER = given("phoenix", "aws:eks/cluster:Cluster", {"name": "phoenix"})
_TEMPLATE = given(
    "template",
    "aws:ec2/launchTemplate:LaunchTemplate",
    {
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        "blockDeviceMappings": [{"ebs": {"encrypted": "true"}}],
    },
    outputs={"id": "lt-1"},
)


def _subnet(name: str, zone: object) -> Given:
    return given(name, _SUBNET, {"availabilityZone": zone}, outputs={"id": f"subnet-{name}"})


_GROUP = given(
    "general",
    _NODES,
    {
        "launchTemplate": {"id": "lt-1", "version": "1"},
        "subnetIds": ["subnet-a", "subnet-b"],
        "scalingConfig": {"minSize": 3, "maxSize": 12},
        "updateConfig": {"maxUnavailable": 1},
        "nodeRoleArn": "arn:aws:iam::481516234299:role/nodes",
    },
    depends={"launchTemplate": ["template"], "subnetIds": ["a", "b"], "nodeRoleArn": ["role"]},
)
_CNI = given(
    "cni",
    _ADDON,
    {"addonName": "vpc-cni", "configurationValues": '{"enableNetworkPolicy": "true"}'},
)
_ROLE = given(
    "role",
    "aws:iam/role:Role",
    {"name": "nodes"},
    outputs={"arn": "arn:aws:iam::481516234299:role/nodes", "name": "nodes"},
)


def _attachment(name: str, policy: object) -> Given:
    return given(
        name,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "nodes", "policyArn": policy},
        depends={"role": ["role"]},
    )


CASES = [
    Cases(
        rule="eks-nodegroup-no-ssh",
        compliant=[_GROUP],
        passes={
            "from a bastion's group": having(
                "remoteAccess", {"ec2SshKey": "ops", "sourceSecurityGroupIds": ["sg-1"]}
            )
        },
        fails={"a key alone": having("remoteAccess", {"ec2SshKey": "ops"})},
        unknown={"unknown": having("remoteAccess", UNKNOWN)},
    ),
    Cases(
        rule="eks-nodegroup-hardened-template",
        compliant=[_GROUP, _TEMPLATE],
        fails={
            "no template": together(lacking("launchTemplate"), depending("launchTemplate")),
            "IMDSv1": having("metadataOptions.httpTokens", "optional", on="template"),
            "two hops": having("metadataOptions.httpPutResponseHopLimit", 2, on="template"),
            "clear disks": having("blockDeviceMappings.0.ebs.encrypted", "false", on="template"),
            "disks not stated": lacking("blockDeviceMappings", on="template"),
        },
        unknown={
            "template unknown": together(
                having("launchTemplate", UNKNOWN), depending("launchTemplate")
            ),
            "tokens unknown": having("metadataOptions.httpTokens", UNKNOWN, on="template"),
        },
    ),
    Cases(
        rule="eks-nodegroup-multi-az",
        compliant=[_GROUP, _subnet("a", "us-east-1a"), _subnet("b", "us-east-1b")],
        passes={"subnets of another stack": without("a", "b")},
        fails={
            "one zone": having("availabilityZone", "us-east-1a", on="b"),
            "one subnet of another stack": together(
                without("a", "b"), having("subnetIds", ["subnet-a"])
            ),
            "a single node": having("scalingConfig.minSize", 1),
            "no spare": having("scalingConfig.maxSize", 3),
            "updates take all": lacking("updateConfig"),
        },
        unknown={
            "a zone unknown": having("availabilityZone", UNKNOWN, on="b"),
            "size unknown": having("scalingConfig.maxSize", UNKNOWN),
        },
    ),
    Cases(
        rule="eks-network-policy-engine",
        compliant=[_CLUSTER, _CNI],
        passes={
            "Cilium": together(
                without("cni"),
                adding(given("cilium", "kubernetes:helm.sh/v3:Release", {"chart": "cilium"})),
            )
        },
        fails={
            "switched off": having(
                "configurationValues", '{"enableNetworkPolicy": "false"}', on="cni"
            ),
            "nothing said": lacking("configurationValues", on="cni"),
            "another add-on": having("addonName", "coredns", on="cni"),
            "nothing at all": without("cni"),
        },
        unknown={"values unknown": having("configurationValues", UNKNOWN, on="cni")},
    ),
    Cases(
        rule="eks-addons-least-privilege",
        compliant=[
            given(
                "csi", _ADDON, {"addonName": "aws-ebs-csi-driver", "serviceAccountRoleArn": "arn:r"}
            )
        ],
        passes={
            "Pod Identity": together(
                lacking("serviceAccountRoleArn"),
                having("podIdentityAssociations", [{"roleArn": "arn:r", "serviceAccount": "csi"}]),
            ),
            "an add-on that calls nothing": together(
                lacking("serviceAccountRoleArn"), having("addonName", "kube-proxy")
            ),
        },
        fails={"the node's role": lacking("serviceAccountRoleArn")},
        unknown={"role unknown": having("serviceAccountRoleArn", UNKNOWN)},
    ),
    Cases(
        rule="eks-irsa-or-pod-identity",
        compliant=[_CLUSTER, given("agent", _ADDON, {"addonName": "eks-pod-identity-agent"})],
        passes={
            "an issuer": together(
                without("agent"),
                adding(
                    given(
                        "issuer",
                        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
                        {"url": "https://oidc.eks.us-east-1.amazonaws.com/id/A"},
                    )
                ),
            )
        },
        fails={
            "neither": without("agent"),
            "the issuer of CI": together(
                without("agent"),
                adding(
                    given(
                        "ci",
                        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
                        {"url": "https://token.actions.githubusercontent.com"},
                    )
                ),
            ),
        },
        unknown={"add-on unknown": having("addonName", UNKNOWN, on="agent")},
    ),
    Cases(
        rule="eks-node-role-minimal",
        compliant=[
            _GROUP,
            _ROLE,
            _attachment("worker", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"),
            _attachment("pull", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"),
        ],
        fails={
            "buckets": adding(_attachment("s3", "arn:aws:iam::aws:policy/AmazonS3FullAccess")),
            "everything": having(
                "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess", on="pull"
            ),
        },
        unknown={"policy unknown": having("policyArn", UNKNOWN, on="pull")},
    ),
]
