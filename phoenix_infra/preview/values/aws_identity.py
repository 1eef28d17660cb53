"""Computed values: IAM, keys, secrets, the EKS control plane and its node groups."""

from collections.abc import Mapping
from typing import cast

from phoenix_infra.preview.values.facts import Subject, Taught
from phoenix_infra.preview.wire import Value, reveal

_IAM = "arn:aws:iam::{account}:"
_EKS = "arn:aws:eks:{region}:{account}:"


def _vpc_config(subject: Subject) -> Value:
    given = reveal(subject.inputs.get("vpcConfig"))
    stated = cast("dict[str, Value]", given) if isinstance(given, dict) else {}
    return {**stated, "clusterSecurityGroupId": f"sg-{subject.digest(17)}"}


IDENTITY: Mapping[str, Taught] = {
    "aws:iam/role:Role": Taught(
        id="{name}",
        arn=_IAM + "role/{name}",
        outputs={"uniqueId": "AROA{hex17}", "createDate": "2026-01-01T00:00:00Z"},
    ),
    "aws:iam/policy:Policy": Taught(
        id="{arn}", arn=_IAM + "policy/{name}", outputs={"policyId": "ANPA{hex17}"}
    ),
    "aws:iam/rolePolicy:RolePolicy": Taught(id="{in[role]}:{name}"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Taught(id="{in[role]}-{hex26}"),
    "aws:iam/user:User": Taught(
        id="{name}", arn=_IAM + "user/{name}", outputs={"uniqueId": "AIDA{hex17}"}
    ),
    "aws:iam/group:Group": Taught(id="{name}", arn=_IAM + "group/{name}"),
    "aws:iam/instanceProfile:InstanceProfile": Taught(
        id="{name}",
        arn=_IAM + "instance-profile/{name}",
        outputs={"uniqueId": "AIPA{hex17}"},
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Taught(
        id="{arn}",
        arn=_IAM + "oidc-provider/{in[url]}",
        outputs={"thumbprintLists": ["{hex40}"]},
    ),
    "aws:iam/samlProvider:SamlProvider": Taught(id="{arn}", arn=_IAM + "saml-provider/{name}"),
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": Taught(id="iam-account-password-policy"),
    "aws:rolesanywhere/trustAnchor:TrustAnchor": Taught(
        id="{uuid}", arn="arn:aws:rolesanywhere:{region}:{account}:trust-anchor/{uuid}"
    ),
    "aws:rolesanywhere/profile:Profile": Taught(
        id="{uuid}", arn="arn:aws:rolesanywhere:{region}:{account}:profile/{uuid}"
    ),
    "aws:accessanalyzer/analyzer:Analyzer": Taught(
        name="analyzerName",
        id="{name}",
        arn="arn:aws:access-analyzer:{region}:{account}:analyzer/{name}",
    ),
    # Keys and secrets
    "aws:kms/key:Key": Taught(
        id="{uuid}",
        arn="arn:aws:kms:{region}:{account}:key/{uuid}",
        outputs={"keyId": "{uuid}"},
    ),
    "aws:kms/replicaKey:ReplicaKey": Taught(
        id="mrk-{hex32}",
        arn="arn:aws:kms:{region}:{account}:key/mrk-{hex32}",
        outputs={"keyId": "mrk-{hex32}"},
    ),
    "aws:kms/alias:Alias": Taught(
        id="{name}",
        arn="arn:aws:kms:{region}:{account}:{name}",
        outputs={"targetKeyArn": "arn:aws:kms:{region}:{account}:key/{in[targetKeyId]}"},
    ),
    "aws:kms/grant:Grant": Taught(id="{hex64}", outputs={"grantId": "{hex64}"}),
    "aws:secretsmanager/secret:Secret": Taught(
        id="{arn}", arn="arn:aws:secretsmanager:{region}:{account}:secret:{name}-{hex6}"
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Taught(
        id="{in[secretId]}|{uuid}",
        arn="arn:aws:secretsmanager:{region}:{account}:secret:{logical}-{hex6}",
        outputs={"versionId": "{uuid}"},
    ),
    "aws:secretsmanager/secretRotation:SecretRotation": Taught(id="{in[secretId]}"),
    "aws:ssm/parameter:Parameter": Taught(
        id="{name}",
        arn="arn:aws:ssm:{region}:{account}:parameter/{name}",
        outputs={"version": 1},
    ),
    # EKS
    "aws:eks/cluster:Cluster": Taught(
        id="{name}",
        arn=_EKS + "cluster/{name}",
        outputs={
            "vpcConfig": _vpc_config,
            "endpoint": "https://{hex32}.gr7.{region}.eks.amazonaws.com",
            "certificateAuthority": {"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"},
            "certificateAuthorities": [{"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"}],
            "identities": [
                {"oidcs": [{"issuer": "https://oidc.eks.{region}.amazonaws.com/id/{hex32}"}]}
            ],
            "platformVersion": "eks.1",
            "status": "ACTIVE",
            "createdAt": "2026-01-01T00:00:00Z",
        },
    ),
    "aws:eks/nodeGroup:NodeGroup": Taught(
        name="nodeGroupName",
        id="{in[clusterName]}:{name}",
        arn=_EKS + "nodegroup/{in[clusterName]}/{name}/{uuid}",
        outputs={
            "status": "ACTIVE",
            "resources": [
                {
                    "autoscalingGroups": [{"name": "eks-{name}-{uuid}"}],
                    "remoteAccessSecurityGroupId": "",
                }
            ],
        },
    ),
    "aws:eks/addon:Addon": Taught(
        id="{in[clusterName]}:{in[addonName]}",
        arn=_EKS + "addon/{in[clusterName]}/{in[addonName]}/{uuid}",
        outputs={"createdAt": "2026-01-01T00:00:00Z", "modifiedAt": "2026-01-01T00:00:00Z"},
    ),
    "aws:eks/accessEntry:AccessEntry": Taught(
        id="{in[clusterName]}:{in[principalArn]}",
        outputs={
            "accessEntryArn": _EKS
            + "access-entry/{in[clusterName]}/role/{account}/{logical}/{uuid}"
        },
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": Taught(
        id="{in[clusterName]}#{in[principalArn]}#{in[policyArn]}"
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": Taught(
        id="a-{hex17}",
        outputs={
            "associationId": "a-{hex17}",
            "associationArn": _EKS + "podidentityassociation/{in[clusterName]}/a-{hex17}",
        },
    ),
}
