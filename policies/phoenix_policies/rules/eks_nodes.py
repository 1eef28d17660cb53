"""EKS node groups, add-ons and the identities they give to pods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.rules.launch_template import (
    encrypted_devices,
    one_hop,
    session_tokens_required,
)
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, every, some, truth, unknown

HIPAA_1: Final = (
    "164.308(a)(3)(i)",
    "164.308(a)(3)(ii)(A)",
    "164.308(a)(3)(ii)(B)",
    "164.308(a)(4)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(B)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
)

CLUSTER: Final = "aws:eks/cluster:Cluster"
NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
ADDON: Final = "aws:eks/addon:Addon"
TEMPLATE: Final = "aws:ec2/launchTemplate:LaunchTemplate"
SUBNET: Final = "aws:ec2/subnet:Subnet"
OIDC: Final = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
ROLE: Final = "aws:iam/role:Role"
ATTACHMENT: Final = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
RELEASES: Final = ("kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart")
AWS_ADDONS: Final = (
    "vpc-cni",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "amazon-cloudwatch-observability",
)
NODE_POLICIES: Final = (
    r"/AmazonEKSWorkerNode(Minimal)?Policy$",
    r"/AmazonEKS_CNI_Policy$",
    r"/AmazonEC2ContainerRegistry(ReadOnly|PullOnly)$",
    r"/AmazonSSMManagedInstanceCore$",
    r"/CloudWatchAgentServerPolicy$",
)
MINIMUM_ZONES: Final = 2
MINIMUM_NODES: Final = 2


@rule(
    "eks-nodegroup-no-ssh",
    "aws:eks/nodeGroup:NodeGroup",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6"),
    severity=Severity.HIGH,
    remedy="Remove remote_access; operators come through SSM Session Manager.",
    sources=("checkov:CKV_AWS_100",),
)
def eks_nodegroup_no_ssh(group: Resource) -> Iterable[Clause]:
    """Node groups are not open to SSH."""
    access = group["remoteAccess"]
    key, sources = access["ec2SshKey"], access["sourceSecurityGroupIds"]
    yield (key.is_empty | sources.is_set).otherwise("port 22 of every node is open to everybody")


@stack_rule(
    "eks-nodegroup-hardened-template",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:ec2/launchTemplate:LaunchTemplate",
    hipaa=(
        "164.308(a)(1)(ii)(B)",
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.312(a)(1)",
        "164.312(a)(2)(iv)",
        "164.312(e)(2)(ii)",
    ),
    soc2=("C1.1", "CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy='Give the node group a launch template with http_tokens="required", hop limit 1 and encrypted block devices.',
)
def eks_nodegroup_hardened_template(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Node groups use a hardened launch template."""
    for group in stack.of(NODE_GROUP):
        templates = stack.referents(group, TEMPLATE, "launchTemplate.id", "launchTemplate.name")
        yield (
            group,
            templates.exists.otherwise(
                "has no launch template of this stack: disks and metadata are left to defaults"
            ),
        )
        for template in templates:
            hardened = {
                "accepts IMDSv1": session_tokens_required(template),
                "lets pods read node metadata": one_hop(template),
                "states no block device": template["blockDeviceMappings"].is_set,
                "has an unencrypted device": every(fine for _, fine in encrypted_devices(template)),
            }
            for fault, fine in hardened.items():
                yield group, fine.otherwise(f"its template {template.name} {fault}")


@stack_rule(
    "eks-nodegroup-multi-az",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:ec2/subnet:Subnet",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    soc2=("A1.1", "A1.2"),
    severity=Severity.HIGH,
    remedy="Give the group subnets in three zones, min_size of at least 2, a larger max_size, and update_config.",
)
def eks_nodegroup_multi_az(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Node groups span zones and keep spare capacity."""
    for group in stack.of(NODE_GROUP):
        subnets = list(stack.referents(group, SUBNET, "subnetIds"))
        if subnets:
            zones = [subnet["availabilityZone"] for subnet in subnets]
            known = {zone.text for zone in zones if zone.text}
            open_zones = [zone.path for zone in zones if zone.is_unknown]
            several = truth(len(known) >= MINIMUM_ZONES)
            if several.value is False and len(known) + len(open_zones) >= MINIMUM_ZONES:
                several = unknown(*open_zones)
            yield group, several.otherwise("all its subnets lie in one zone")
        else:
            few = group["subnetIds"].satisfies(
                lambda ids: isinstance(ids, list) and len(ids) >= MINIMUM_ZONES  # pyright: ignore[reportUnknownArgumentType]
            )
            yield group, few.otherwise("has fewer than two subnets")
        scaling = group["scalingConfig"]
        yield (
            group,
            scaling["minSize"].at_least(MINIMUM_NODES).otherwise("may shrink to a single node"),
        )
        largest = scaling["maxSize"]
        smallest = scaling["minSize"].number
        if smallest is not None:
            yield group, largest.at_least(smallest + 1).otherwise("cannot grow")
        update = group["updateConfig"]
        stated = update["maxUnavailable"].is_set | update["maxUnavailablePercentage"].is_set
        yield group, stated.otherwise("does not say how many nodes an update may take away")


@stack_rule(
    "eks-network-policy-engine",
    "aws:eks/cluster:Cluster",
    "aws:eks/addon:Addon",
    "kubernetes:helm.sh/v3:Release",
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.HIGH,
    remedy='Set configuration_values of the vpc-cni add-on with enableNetworkPolicy "true".',
    sources=("prowler:eks_cluster_network_policy_enabled",),
)
def eks_network_policy_engine(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """A NetworkPolicy engine is active."""
    engines = some(
        addon["addonName"].equals("vpc-cni")
        & addon["configurationValues"].parsed()["enableNetworkPolicy"].is_true
        for addon in stack.of(ADDON)
    ) | some(
        release["chart"].matches(r"(^|/)(tigera-operator|calico|cilium)$")
        for release in stack.of(*RELEASES)
    )
    for cluster in stack.of(CLUSTER):
        yield cluster, engines.otherwise("nothing enforces NetworkPolicy objects")


@rule(
    "eks-addons-least-privilege",
    "aws:eks/addon:Addon",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set pod_identity_associations or service_account_role_arn on the add-on.",
)
def eks_addons_least_privilege(addon: Resource) -> Iterable[Clause]:
    """Add-ons run with a role of their own."""
    calls_aws = addon["addonName"].equals(*AWS_ADDONS)
    own = addon["serviceAccountRoleArn"].is_set | addon["podIdentityAssociations"].is_set
    if calls_aws.value is not False:
        yield (~calls_aws | own).otherwise("uses the node's role")


@stack_rule(
    "eks-irsa-or-pod-identity",
    "aws:eks/cluster:Cluster",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
    "aws:eks/addon:Addon",
    hipaa=(
        "164.308(a)(3)(i)",
        "164.308(a)(3)(ii)(A)",
        "164.308(a)(3)(ii)(B)",
        "164.308(a)(4)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(B)",
        "164.308(a)(4)(ii)(C)",
        "164.308(a)(5)(ii)(D)",
        "164.312(a)(1)",
        "164.312(a)(2)(i)",
        "164.312(d)",
    ),
    soc2=("CC1.3", "CC6.1", "CC6.2", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add the eks-pod-identity-agent add-on.",
)
def eks_irsa_or_pod_identity(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Pods can have identities of their own."""
    agent = some(addon["addonName"].equals("eks-pod-identity-agent") for addon in stack.of(ADDON))
    issuer = truth(False)
    for provider in stack.of(OIDC):
        issuer = (
            issuer
            | provider["url"].matches(r"oidc\.eks\.")
            | (some(stack.refers(provider, cluster, "url") for cluster in stack.of(CLUSTER)))
        )
    for cluster in stack.of(CLUSTER):
        yield cluster, (agent | issuer).otherwise("pods can only use the node's role")


@stack_rule(
    "eks-node-role-minimal",
    "aws:iam/role:Role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:eks/nodeGroup:NodeGroup",
    hipaa=HIPAA_1,
    soc2=("CC1.3", "CC6.1", "CC6.3"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Detach the policy, and give its permissions to the pods that need them.",
)
def eks_node_role_minimal(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Node role only has node policies."""
    for role in stack.of(ROLE):
        of_nodes = some(stack.refers(group, role, "nodeRoleArn") for group in stack.of(NODE_GROUP))
        if of_nodes.value is False:
            continue
        for attachment in stack.of(ATTACHMENT):
            here = stack.refers(attachment, role, "role")
            policy = attachment["policyArn"]
            fine = some(policy.matches(pattern) for pattern in NODE_POLICIES)
            yield (
                role,
                (~(of_nodes & here) | fine).otherwise(
                    f"nodes may also do what {policy.shown} allows"
                ),
            )
