"""The platform layer: namespaces, add-ons and what configures them, in the order of their installation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi

from phoenix_infra.k8s.addon import HelmAddon, HelmAddonArgs
from phoenix_infra.k8s.argocd import GitOps, GitOpsArgs
from phoenix_infra.k8s.certificate import INTERNAL_ISSUER, Certificate, Route53Issuer
from phoenix_infra.k8s.custom_resource import custom_resource
from phoenix_infra.k8s.external_secret import SynchronisedSecrets, SynchronisedSecretsArgs
from phoenix_infra.k8s.flux import FluxAddon, FluxAddonArgs
from phoenix_infra.k8s.internal_pki import Issuers, IssuersArgs
from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.k8s.mesh import MeshBaseline, MeshBaselineArgs
from phoenix_infra.k8s.namespace import NamespaceQuota, SecureNamespace, SecureNamespaceArgs
from phoenix_infra.k8s.network_policy import GroupPolicyArgs, group_policy
from phoenix_infra.k8s.platform_monitors import PlatformMonitors, PlatformMonitorsArgs
from phoenix_infra.k8s.priority_class import PriorityClasses
from phoenix_infra.k8s.storage_class import StorageClasses, StorageClassesArgs
from phoenix_infra.k8s.vault import VaultConfiguration, VaultConfigurationArgs
from phoenix_infra.layers.backends import BackendsArgs, build_backends, runs_backends
from phoenix_infra.layers.platform_entry import EntryArgs, build_entry
from phoenix_infra.layers.platform_profile import node_count
from phoenix_infra.layers.platform_secrets import platform_secrets, secret_store
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.addon import Addon, Owner, Privilege
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_connectivity import cluster_connectivity, group_name
from phoenix_infra.workloads.addon_quota import quota_of
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.addons_telemetry import COLLECTOR_TLS_SECRET, TEMPO_TLS_SECRET
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from phoenix_infra.workloads.connectivity import Connectivity
from phoenix_infra.workloads.namespaces import API, DATA, MONITOR, NamespaceSpec
from phoenix_infra.workloads.vault_configuration import vault_documents

MESH_CONTROL_PLANE = "istiod"


@dataclass(frozen=True, kw_only=True)
class PlatformDatabase:
    """Where Vault makes users and Grafana keeps its state."""

    host: pulumi.Input[str]
    port: int
    name: str


@dataclass(frozen=True, kw_only=True)
class PlatformArgs:
    """One cluster, the provider into it, and what other layers made for it."""

    settings: GuardianSettings
    profile: ClusterProfile
    in_cluster: pulumi.ResourceOptions
    """Options that carry the Kubernetes provider."""
    database: PlatformDatabase
    secret_prefix: str
    """Where the platform's entries begin in the secret store."""
    storage: StorageClassesArgs | None = None
    """None on a site, whose storage classes are given."""
    target_group_arns: Mapping[str, pulumi.Input[str]] = field(
        default_factory=dict[str, pulumi.Input[str]]
    )
    """Of the edge layer, by role: `alb` and `nlb`; none on a site."""


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


def build_platform(args: PlatformArgs) -> Platform:
    """Everything the services stand on."""
    catalogue = addon_catalogue(args.profile)
    graph = cluster_connectivity(args.settings, catalogue, args.profile)
    PriorityClasses("priorities", args.in_cluster)
    if args.storage is not None:
        StorageClasses("storage-classes", args.storage, args.in_cluster)
    namespaces, releases = _install(args, catalogue)
    _policies(args, catalogue, graph, namespaces)
    ready = (releases["cert-manager"], releases[MESH_CONTROL_PLANE])
    MeshBaseline("mesh", MeshBaselineArgs(after=ready), args.in_cluster)
    issuers = Issuers(
        "issuers",
        IssuersArgs(public=_public_issuer(args), after=(releases["cert-manager"],)),
        args.in_cluster,
    )
    _telemetry(args, releases)
    if runs_backends(args.settings):
        namespaces[DATA] = _backends(args, graph, releases)
    _secrets_and_vault(args, namespaces, releases)
    balancers = releases.get("aws-load-balancer-controller")
    build_entry(
        EntryArgs(
            settings=args.settings,
            graph=graph,
            issuer=issuers.public_issuer,
            target_group_arns=args.target_group_arns,
            in_cluster=args.in_cluster,
            after=(*ready, releases["istio-ingress"], *((balancers,) if balancers else ())),
        )
    )
    GitOps(
        "gitops",
        GitOpsArgs(
            repository_url=args.profile.git_repository_url,
            revision=args.profile.git_revision,
            environment=args.profile.environment,
            namespaces=(API,),
            after=(releases["argocd"],),
        ),
        args.in_cluster,
    )
    return Platform(
        catalogue=catalogue, connectivity=graph, namespaces=namespaces, releases=releases
    )


def _install(
    args: PlatformArgs, catalogue: AddonCatalogue
) -> tuple[dict[str, pulumi.Resource], dict[str, pulumi.Resource]]:
    """A namespace comes right before its first add-on: those in the mesh need the mesh's CRDs."""
    namespaces: dict[str, pulumi.Resource] = {}
    releases: dict[str, pulumi.Resource] = {}
    specs = {space.name: space for space in catalogue.namespaces}
    for addon in catalogue.addons:
        needed = _namespaces_of(addon)
        for name in needed:
            if name not in namespaces:
                namespaces[name] = _namespace(args, specs[name], catalogue, releases)
        after = (
            *(namespaces[name] for name in needed),
            *(releases[name] for name in addon.after),
        )
        releases[addon.name] = _release(args, addon, after)
    return namespaces, releases


def _release(
    args: PlatformArgs, addon: Addon, after: tuple[pulumi.Resource, ...]
) -> pulumi.Resource:
    """One owner installs it: this program, or the cluster's own Flux (X-09)."""
    if addon.owner is Owner.FLUX:
        return FluxAddon(
            addon.name, FluxAddonArgs(addon=addon, after=after), args.in_cluster
        ).release
    return HelmAddon(addon.name, HelmAddonArgs(addon=addon, after=after), args.in_cluster).release


def _namespaces_of(addon: Addon) -> tuple[str, ...]:
    return tuple(dict.fromkeys((addon.namespace, *(addon.namespace_of(pod) for pod in addon.pods))))


def _namespace(
    args: PlatformArgs,
    space: NamespaceSpec,
    catalogue: AddonCatalogue,
    releases: Mapping[str, pulumi.Resource],
) -> pulumi.Resource:
    quota = quota_of(space.name, catalogue, node_count(args.settings))
    return SecureNamespace(
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
            after=(releases[MESH_CONTROL_PLANE],) if space.injection else (),
        ),
        args.in_cluster,
    ).namespace


def _policies(
    args: PlatformArgs,
    catalogue: AddonCatalogue,
    graph: Connectivity,
    namespaces: Mapping[str, pulumi.Resource],
) -> None:
    """One policy for each group of pods; pods in the host's network are beyond any policy."""
    for addon, pod in catalogue.pods():
        if Privilege.HOST_NETWORK in pod.privileges:
            continue
        group_policy(
            f"{addon.name}-{pod.name}-policy",
            GroupPolicyArgs(group=graph.group(group_name(addon, pod)), graph=graph),
            pulumi.ResourceOptions.merge(
                args.in_cluster,
                pulumi.ResourceOptions(depends_on=[namespaces[addon.namespace_of(pod)]]),
            ),
        )


def _public_issuer(args: PlatformArgs) -> Route53Issuer | None:
    cloud = args.profile.cloud
    if cloud is None:
        return None
    return Route53Issuer(
        email=args.settings.stack.contacts.security,
        region=cloud.region,
        dns_zones=(args.profile.domain,),
    )


def _telemetry(args: PlatformArgs, releases: Mapping[str, pulumi.Resource]) -> None:
    """Certificates between the collectors, and monitors for what was installed before the operator."""
    PlatformMonitors(
        "platform-monitors",
        PlatformMonitorsArgs(after=(releases["kube-prometheus-stack"], releases["istio-egress"])),
        args.in_cluster,
    )
    for service, secret in (("tempo", TEMPO_TLS_SECRET), ("otel-collector", COLLECTOR_TLS_SECRET)):
        custom_resource(
            secret,
            Certificate(
                secret=secret,
                issuer=INTERNAL_ISSUER,
                dns_names=(f"{service}.{MONITOR}.svc.cluster.local", f"{service}.{MONITOR}.svc"),
            ),
            name=secret,
            namespace=MONITOR,
            labels=recommended_labels(service, component="certificates"),
            opts=pulumi.ResourceOptions.merge(
                args.in_cluster, pulumi.ResourceOptions(depends_on=[releases["cert-manager"]])
            ),
        )


def _backends(
    args: PlatformArgs, graph: Connectivity, releases: Mapping[str, pulumi.Resource]
) -> pulumi.Resource:
    operators = ("cert-manager", "kube-prometheus-stack", "plugin-barman-cloud", "strimzi")
    return build_backends(
        BackendsArgs(
            settings=args.settings,
            profile=args.profile,
            graph=graph,
            in_cluster=args.in_cluster,
            after=tuple(releases[name] for name in operators if name in releases),
        )
    )


def _secrets_and_vault(
    args: PlatformArgs,
    namespaces: Mapping[str, pulumi.Resource],
    releases: Mapping[str, pulumi.Resource],
) -> None:
    secrets = platform_secrets(args.profile, args.secret_prefix)
    used = sorted({item.namespace for item in secrets})
    SynchronisedSecrets(
        "platform-secrets",
        SynchronisedSecretsArgs(
            store=secret_store(args.profile, secrets),
            secrets=secrets,
            after=(releases["external-secrets"], *(namespaces[name] for name in used)),
        ),
        args.in_cluster,
    )
    VaultConfiguration(
        "vault-configuration",
        VaultConfigurationArgs(
            documents=vault_documents(args.settings),
            database_host=args.database.host,
            database_port=args.database.port,
            database_name=args.database.name,
            after=(releases["cert-manager"], namespaces["vault"]),
        ),
        args.in_cluster,
    )
