"""The EKS add-ons of the cluster: pinned versions, configuration and roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi

from phoenix_infra.aws.eks_addon import AddonRole, EksAddon, EksAddonArgs
from phoenix_infra.aws.iam_role import Role, RoleArgs
from phoenix_infra.aws.pod_identity import pod_trust
from phoenix_infra.layers.keys import Keys
from phoenix_infra.naming import role_path
from phoenix_infra.providers import RegionalContext

SYSTEM_NAMESPACE = "kube-system"
_MANAGED = "arn:aws:iam::aws:policy"
KUBE_PROXY_VERSIONS = {"1.34": "v1.34.1-eksbuild.2", "1.35": "v1.35.0-eksbuild.2"}
"""The proxy's minor version is the cluster's; `aws eks describe-addon-versions` names the next one."""
VPC_CNI: Mapping[str, object] = {
    # Strings, as the add-on's schema has it. Without it NetworkPolicy objects would be ignored in silence.
    "enableNetworkPolicy": "true",
    "env": {
        "ENABLE_PREFIX_DELEGATION": "true",
        "WARM_PREFIX_TARGET": "1",
        "AWS_VPC_K8S_CNI_EXTERNALSNAT": "true",
        "AWS_VPC_K8S_CNI_LOGLEVEL": "WARN",
    },
}
COREDNS: Mapping[str, object] = {
    "autoScaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 12},
    "resources": {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"memory": "256Mi"},
    },
}


@dataclass(frozen=True, kw_only=True)
class AddonPlan:
    """One add-on: version, configuration, and the service account that needs a role."""

    name: str
    version: str
    stage: Literal["before-nodes", "after-nodes"]
    configuration: Mapping[str, object] = field(default_factory=dict[str, object])
    service_account: str | None = None
    managed_policy: str | None = None
    uses_data_key: bool = False


def addon_plans(kubernetes_version: str) -> tuple[AddonPlan, ...]:
    """Every add-on; a node is ready only with the first stage, the second needs nodes to run on."""
    proxy = KUBE_PROXY_VERSIONS.get(kubernetes_version)
    if proxy is None:
        known = ", ".join(sorted(KUBE_PROXY_VERSIONS))
        raise ValueError(
            f"phoenix:cluster kubernetes_version {kubernetes_version} has no kube-proxy add-on "
            f"version recorded; known are {known}: add it to KUBE_PROXY_VERSIONS"
        )
    return (
        AddonPlan(
            name="vpc-cni",
            version="v1.21.1-eksbuild.3",
            stage="before-nodes",
            configuration=VPC_CNI,
            service_account="aws-node",
            managed_policy="AmazonEKS_CNI_Policy",
        ),
        AddonPlan(name="kube-proxy", version=proxy, stage="before-nodes"),
        AddonPlan(
            name="eks-pod-identity-agent", version="v1.3.10-eksbuild.2", stage="before-nodes"
        ),
        AddonPlan(
            name="coredns",
            version="v1.13.2-eksbuild.1",
            stage="after-nodes",
            configuration=COREDNS,
        ),
        AddonPlan(
            name="aws-ebs-csi-driver",
            version="v1.54.0-eksbuild.1",
            stage="after-nodes",
            configuration={"controller": {"extraVolumeTags": {"ManagedBy": "ebs-csi"}}},
            service_account="ebs-csi-controller-sa",
            managed_policy="service-role/AmazonEBSCSIDriverPolicy",
            uses_data_key=True,
        ),
        AddonPlan(
            name="aws-efs-csi-driver",
            version="v2.1.15-eksbuild.1",
            stage="after-nodes",
            service_account="efs-csi-controller-sa",
            managed_policy="service-role/AmazonEFSCSIDriverPolicy",
        ),
        AddonPlan(
            name="metrics-server",
            version="v0.8.0-eksbuild.6",
            stage="after-nodes",
            configuration={"replicas": 2},
        ),
        AddonPlan(name="snapshot-controller", version="v8.3.0-eksbuild.2", stage="after-nodes"),
    )


def build_addons(
    context: RegionalContext,
    keys: Keys,
    cluster_name: pulumi.Output[str],
    *,
    stage: Literal["before-nodes", "after-nodes"],
    after: tuple[pulumi.Resource, ...] = (),
) -> tuple[pulumi.Resource, ...]:
    """Declares the add-ons of one stage; `after` is what their pods run on."""
    return tuple(
        EksAddon(
            f"addon-{plan.name}",
            EksAddonArgs(
                cluster_name=cluster_name,
                addon_name=plan.name,
                version=plan.version,
                configuration=plan.configuration,
                role=_role(context, keys, plan),
                after=after,
                tags=context.tags.for_service("cluster"),
            ),
            context.regional(),
        ).addon
        for plan in addon_plans(context.settings.cluster.kubernetes_version)
        if plan.stage == stage
    )


def _role(context: RegionalContext, keys: Keys, plan: AddonPlan) -> AddonRole | None:
    if plan.service_account is None:
        return None
    account_id = context.settings.identity.account_id
    role = Role(
        f"addon-{plan.name}",
        RoleArgs(
            description=f"EKS add-on {plan.name}",
            path=role_path("workload"),
            trust_policy=pod_trust(
                account_id=account_id,
                cluster_arn=cluster_arn(context),
                namespace=SYSTEM_NAMESPACE,
                service_account=plan.service_account,
            ),
            boundary_arn=context.boundary_arn,
            statements=_volume_key(keys) if plan.uses_data_key else (),
            managed_policy_arns=[f"{_MANAGED}/{plan.managed_policy}"],
            tags=context.tags.for_service("cluster"),
        ),
        context.regional(),
    )
    return AddonRole(service_account=plan.service_account, role_arn=role.arn)


def _volume_key(keys: Keys) -> list[Mapping[str, pulumi.Input[object]]]:
    return [
        {
            "Sid": "EncryptVolumes",
            "Effect": "Allow",
            "Action": [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            "Resource": keys.data_arn,
        },
        {
            "Sid": "AttachEncryptedVolumes",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant"],
            "Resource": keys.data_arn,
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def cluster_arn(context: RegionalContext) -> str:
    """The cluster's ARN, a literal: its name is ours."""
    account_id = context.settings.identity.account_id
    return f"arn:aws:eks:{context.region}:{account_id}:cluster/{context.naming.cluster}"
