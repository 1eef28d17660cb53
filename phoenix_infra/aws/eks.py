"""The EKS control plane: private endpoint, every log type kept, Secrets encrypted with our key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_eks
from pulumi_aws import cloudwatch, eks, iam

LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
CLUSTER_TYPE = "aws:eks/cluster:Cluster"


@dataclass(frozen=True, kw_only=True)
class EksClusterArgs:
    """One control plane."""

    cluster_name: str
    kubernetes_version: str
    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the control plane's own interfaces."""
    service_cidr: str
    service_role: iam.Role
    service_role_ready: Sequence[pulumi.Resource]
    """Attachments without which EKS may not create its interfaces."""
    secrets_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_retention_days: int
    tags: Mapping[str, str]


class EksCluster(pulumi.ComponentResource):
    """A control plane and nothing else: node groups, add-ons and access are declared where they can be seen."""

    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    cluster_name: pulumi.Output[str]
    """The name, known only when the cluster exists: what must wait for it takes it from here."""
    kubeconfig: pulumi.Output[str]

    def __init__(
        self, name: str, args: EksClusterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("phoenix:aws:EksCluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # EKS would make this group itself: never expiring and without our key.
        log_group = cloudwatch.LogGroup(
            f"{name}-control-plane",
            name=f"/aws/eks/{args.cluster_name}/cluster",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.logs_key_arn,
            deletion_protection_enabled=True,
            tags={**args.tags, "Record": "audit"},
            opts=pulumi.ResourceOptions.merge(
                child, pulumi.ResourceOptions(protect=True, retain_on_delete=True)
            ),
        )
        control_plane = pulumi_eks.Cluster(
            name,
            name=args.cluster_name,
            version=args.kubernetes_version,
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            endpoint_private_access=True,
            endpoint_public_access=False,
            authentication_mode=pulumi_eks.AuthenticationMode.API,
            enabled_cluster_log_types=list(LOG_TYPES),
            encryption_config_key_arn=args.secrets_key_arn,
            deletion_protection=True,
            upgrade_policy=eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            service_role=args.service_role,
            # Everything below keeps the component from making what nobody could judge in a preview.
            skip_default_node_group=True,
            skip_default_security_groups=True,
            use_default_vpc_cni=True,
            create_instance_role=False,
            bootstrap_self_managed_addons=False,
            kube_proxy_addon_options=pulumi_eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=pulumi_eks.CoreDnsAddonOptionsArgs(enabled=False),
            tags=args.tags,
            opts=pulumi.ResourceOptions.merge(
                child,
                pulumi.ResourceOptions(
                    depends_on=[log_group, *args.service_role_ready],
                    transforms=[_control_plane_literals(args.service_cidr)],
                    protect=True,
                ),
            ),
        )
        cluster = control_plane.eks_cluster
        self.endpoint = cluster.apply(lambda c: c.endpoint)
        self.certificate_authority = cluster.apply(_authority)
        self.security_group_id = cluster.apply(_security_group)
        self.cluster_name = cluster.apply(lambda c: c.name)
        self.kubeconfig = kubeconfig(
            args.cluster_name, args.region, self.endpoint, self.certificate_authority
        )
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "security_group_id": self.security_group_id,
                "cluster_name": self.cluster_name,
            }
        )


def _authority(cluster: eks.Cluster) -> pulumi.Output[str]:
    return cluster.certificate_authority.apply(lambda authority: authority.data or "")


def _security_group(cluster: eks.Cluster) -> pulumi.Output[str]:
    return cluster.vpc_config.apply(lambda config: config.cluster_security_group_id or "")


def _control_plane_literals(service_cidr: str) -> pulumi.ResourceTransform:
    """What the component has no argument for: whoever creates the cluster is not its administrator."""

    def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.type_ != CLUSTER_TYPE:
            return None
        given = cast("Mapping[str, object]", args.props.get("accessConfig", {}))
        props: dict[str, Any] = {
            **args.props,
            "accessConfig": {**given, "bootstrapClusterCreatorAdminPermissions": False},
            "kubernetesNetworkConfig": {"serviceIpv4Cidr": service_cidr, "ipFamily": "ipv4"},
            "zonalShiftConfig": {"enabled": True},
        }
        return pulumi.ResourceTransformResult(props=props, opts=args.opts)

    return transform


def kubeconfig(
    cluster_name: str,
    region: str,
    endpoint: pulumi.Input[str],
    certificate_authority: pulumi.Input[str],
) -> pulumi.Output[str]:
    """A kubeconfig without a credential in it: a token is asked for at each use."""
    return pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": cluster_name,
                    "cluster": {
                        "server": endpoint,
                        "certificate-authority-data": certificate_authority,
                    },
                }
            ],
            "contexts": [
                {"name": cluster_name, "context": {"cluster": cluster_name, "user": cluster_name}}
            ],
            "current-context": cluster_name,
            "users": [
                {
                    "name": cluster_name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "aws",
                            "args": [
                                "eks",
                                "get-token",
                                "--cluster-name",
                                cluster_name,
                                "--region",
                                region,
                                "--output",
                                "json",
                            ],
                            "interactiveMode": "Never",
                        }
                    },
                }
            ],
        }
    )
