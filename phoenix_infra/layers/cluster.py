"""The cluster layer: control plane, nodes, and the provider through which everything in the cluster is declared."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.aws.eks import EksCluster, EksClusterArgs
from phoenix_infra.aws.eks_node_group import AmiType, NodeGroup, NodeGroupArgs, NodeTaint
from phoenix_infra.aws.eks_node_security import NodeSecurity, NodeSecurityArgs
from phoenix_infra.aws.iam_role import Role, RoleArgs, service_trust
from phoenix_infra.layers.cluster_addons import build_addons
from phoenix_infra.layers.keys import Keys
from phoenix_infra.layers.network import Network
from phoenix_infra.naming import role_path
from phoenix_infra.providers import RegionalContext
from phoenix_infra.settings.capacity import POOLS, Pool, node_groups
from phoenix_infra.settings.subnets import SubnetTier, summary
from phoenix_infra.workloads.gpu import GPU_NODES

MANAGED = "arn:aws:iam::aws:policy"
POOL_LABEL = "phoenix-guardian.health/pool"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The cluster as other layers see it."""

    name: str
    """Literal; what must wait for the control plane takes `ready_name`."""
    ready_name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    cluster_security_group_id: pulumi.Output[str]
    node_security_group_id: pulumi.Output[str]
    node_role_arn: pulumi.Output[str]
    kubernetes: kubernetes.Provider
    """In-cluster objects belong to this provider."""
    nodes: tuple[pulumi.Resource, ...]
    """Node groups: what needs a node waits for these."""

    def in_cluster(self) -> pulumi.ResourceOptions:
        """Options of an in-cluster component."""
        return pulumi.ResourceOptions(providers=[self.kubernetes])


def build_cluster(context: RegionalContext, keys: Keys, network: Network) -> Cluster:
    """Declares the EKS cluster of the region."""
    tags = context.tags.for_service("cluster")
    control_plane = _control_plane(context, keys, network, tags)
    node_security = NodeSecurity(
        "nodes",
        NodeSecurityArgs(
            vpc_id=network.vpc_id,
            cluster_name=context.naming.cluster,
            cluster_security_group_id=control_plane.security_group_id,
            data_cidrs=summary(network.cidrs(SubnetTier.DATA)),
            tags=tags,
        ),
        context.regional(),
    )
    node_role = Role(
        "nodes",
        RoleArgs(
            description="Nodes of the EKS cluster",
            path=role_path("node"),
            trust_policy=service_trust(
                "ec2.amazonaws.com", context.settings.identity.account_id, bound=False
            ),
            boundary_arn=context.boundary_arn,
            managed_policy_arns=[
                f"{MANAGED}/AmazonEKSWorkerNodePolicy",
                f"{MANAGED}/AmazonEC2ContainerRegistryPullOnly",
                f"{MANAGED}/AmazonSSMManagedInstanceCore",
            ],
            tags=tags,
        ),
        context.regional(),
    )
    before = build_addons(context, keys, control_plane.cluster_name, stage="before-nodes")
    nodes = _Nodes(
        cluster_name=control_plane.cluster_name,
        security_group_id=node_security.security_group_id,
        role=node_role,
        subnet_ids=tuple(network.private_subnet_ids.values()),
        kms_key_arn=keys.cluster_arn,
        ready=(*node_role.attached, *before),
    )
    groups = [_node_group(context, nodes, pool) for pool in POOLS]
    general = groups[0].node_group
    build_addons(context, keys, control_plane.cluster_name, stage="after-nodes", after=(general,))
    provider = kubernetes.Provider(
        "cluster",
        kubeconfig=control_plane.kubeconfig,
        # A new kubeconfig must not replace every object (house rule 4.10).
        cluster_identifier=context.naming.cluster,
        context=context.naming.cluster,
        enable_server_side_apply=True,
    )
    return Cluster(
        name=context.naming.cluster,
        ready_name=control_plane.cluster_name,
        endpoint=control_plane.endpoint,
        cluster_security_group_id=control_plane.security_group_id,
        node_security_group_id=node_security.security_group_id,
        node_role_arn=node_role.arn,
        kubernetes=provider,
        nodes=tuple(group.node_group for group in groups),
    )


def _control_plane(
    context: RegionalContext, keys: Keys, network: Network, tags: dict[str, str]
) -> EksCluster:
    settings = context.settings.cluster
    role = Role(
        "cluster",
        RoleArgs(
            description="Control plane of the EKS cluster",
            path=role_path("cluster"),
            trust_policy=service_trust("eks.amazonaws.com", context.settings.identity.account_id),
            boundary_arn=context.boundary_arn,
            statements=[
                {
                    "Sid": "EncryptKubernetesSecrets",
                    "Effect": "Allow",
                    "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"],
                    "Resource": keys.cluster_arn,
                }
            ],
            managed_policy_arns=[f"{MANAGED}/AmazonEKSClusterPolicy"],
            tags=tags,
        ),
        context.regional(),
    )
    return EksCluster(
        "main",
        EksClusterArgs(
            cluster_name=context.naming.cluster,
            kubernetes_version=settings.kubernetes_version,
            region=context.region,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.control_plane_subnet_ids.values()),
            service_cidr=settings.service_cidr,
            service_role=role.role,
            service_role_ready=role.attached,
            secrets_key_arn=keys.cluster_arn,
            logs_key_arn=keys.logs_arn,
            log_retention_days=settings.control_plane_log_retention_days,
            tags=tags,
        ),
        context.control_plane(),
    )


@dataclass(frozen=True, kw_only=True)
class _Nodes:
    """What the node groups have in common."""

    cluster_name: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    role: Role
    subnet_ids: tuple[pulumi.Output[str], ...]
    kms_key_arn: pulumi.Output[str]
    ready: tuple[pulumi.Resource, ...]
    """Role and add-ons without which a node stays unready."""


def _node_group(context: RegionalContext, nodes: _Nodes, pool: Pool) -> NodeGroup:
    settings = context.settings.cluster
    size = node_groups(context.settings)[pool]
    overrides = settings.gpu if pool == "gpu" else settings.general
    gpu = pool == "gpu"
    ami_type: AmiType = "AL2023_x86_64_NVIDIA" if gpu else "AL2023_x86_64_STANDARD"
    taint = NodeTaint(
        key=GPU_NODES.taint_key, value=GPU_NODES.taint_value, effect=GPU_NODES.eks_taint_effect
    )
    return NodeGroup(
        f"{pool}-nodes",
        NodeGroupArgs(
            cluster_name=nodes.cluster_name,
            kubernetes_version=settings.kubernetes_version,
            ami_type=ami_type,
            instance_type=size.instance_type,
            minimum=size.bounds.minimum,
            desired=size.bounds.desired,
            maximum=size.bounds.maximum,
            root_volume_gib=overrides.root_volume_gib,
            kms_key_arn=nodes.kms_key_arn,
            node_role_arn=nodes.role.arn,
            node_role_ready=nodes.ready,
            subnet_ids=nodes.subnet_ids,
            security_group_id=nodes.security_group_id,
            labels={POOL_LABEL: pool, **(GPU_NODES.node_labels if gpu else {})},
            taints=[taint] if gpu else [],
            capacity_reservation_id=overrides.capacity_reservation_id,
            tags=context.tags.for_service(f"{pool}-nodes"),
        ),
        context.regional(),
    )
