"""The platform layer: namespaces, add-ons and their policies, in the order in which they can be installed."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from phoenix_infra.k8s.addon import HelmAddon, HelmAddonArgs
from phoenix_infra.k8s.namespace import NamespaceQuota, SecureNamespace, SecureNamespaceArgs
from phoenix_infra.k8s.network_policy import GroupPolicyArgs, group_policy
from phoenix_infra.k8s.priority_class import PriorityClasses
from phoenix_infra.layers.platform_profile import node_count
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.addon import Privilege
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_connectivity import cluster_connectivity, group_name
from phoenix_infra.workloads.addon_quota import quota_of
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.connectivity import Connectivity


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What the layers after this one build upon."""

    catalogue: AddonCatalogue
    connectivity: Connectivity
    """The whole graph; the services' policies are cut from the same one."""
    namespaces: Mapping[str, pulumi.Resource]
    """The namespaces this layer declares, by name."""
    releases: Mapping[str, pulumi.Resource]
    """The installed charts, by add-on."""


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """One cluster and the provider into it."""

    settings: GuardianSettings
    profile: ClusterProfile
    in_cluster: pulumi.ResourceOptions
    """Options that carry the Kubernetes provider."""


def build_platform(args: PlatformArgs) -> Platform:
    """Everything the services stand on; each add-on waits for its namespace and what it names in `after`."""
    catalogue = addon_catalogue(args.profile)
    graph = cluster_connectivity(args.settings, catalogue, args.profile)
    PriorityClasses("priorities", args.in_cluster)
    namespaces = _namespaces(args, catalogue)
    releases: dict[str, pulumi.Resource] = {}
    for addon in catalogue.addons:
        releases[addon.name] = HelmAddon(
            addon.name,
            HelmAddonArgs(
                addon=addon,
                after=(namespaces[addon.namespace], *(releases[name] for name in addon.after)),
            ),
            args.in_cluster,
        ).release
    _policies(args, catalogue, graph)
    return Platform(
        catalogue=catalogue, connectivity=graph, namespaces=namespaces, releases=releases
    )


def _namespaces(args: PlatformArgs, catalogue: AddonCatalogue) -> dict[str, pulumi.Resource]:
    found: dict[str, pulumi.Resource] = {}
    for space in catalogue.namespaces:
        quota = quota_of(space.name, catalogue, node_count(args.settings))
        found[space.name] = SecureNamespace(
            space.name,
            SecureNamespaceArgs(
                space=space,
                environment=args.settings.stack.environment,
                quota=NamespaceQuota(
                    cpu_millicores=quota.cpu_millicores,
                    memory_mib=quota.memory_mib,
                    pods=quota.pods,
                    claims=quota.claims,
                ),
                # The mesh's CRDs come with the mesh, and its namespaces before them.
                mesh_policies=False,
            ),
            args.in_cluster,
        ).namespace
    return found


def _policies(args: PlatformArgs, catalogue: AddonCatalogue, graph: Connectivity) -> None:
    """One policy for each group of pods; pods in the host's network are beyond any policy."""
    for addon, pod in catalogue.pods():
        if Privilege.HOST_NETWORK in pod.privileges:
            continue
        name = group_name(addon, pod)
        group_policy(
            f"{addon.name}-{pod.name}-policy",
            GroupPolicyArgs(group=graph.group(name), graph=graph),
            args.in_cluster,
        )
