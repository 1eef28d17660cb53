"""What the cluster is equipped with beside the services."""

from typing import Annotated, Literal

from pydantic import Field

from phoenix_infra.settings.section import Cidr, DomainName, KubernetesName, Section


class NodePool(Section, frozen=True):
    """Nodes of a given cluster: what an on-premises site promises to provide (A7.8)."""

    name: KubernetesName
    instance_type: str
    """The site's own name for this kind of machine; it is also the node label."""
    cpu_cores: Annotated[int, Field(ge=2)]
    memory_gib: Annotated[int, Field(ge=4)]
    zones: Annotated[tuple[str, ...], Field(min_length=1)]
    count: Annotated[int, Field(ge=1)]
    gpu: bool = False
    gpus_per_node: Annotated[int, Field(ge=0, le=16)] = 0


class ClusterNetwork(Section, frozen=True):
    """Address ranges of a given cluster; network policies name them where no pod can be named."""

    pod_cidr: Cidr
    service_cidr: Cidr
    node_cidrs: Annotated[tuple[Cidr, ...], Field(min_length=1)]
    """Nodes, and the API server beside them."""


class GitOpsSettings(Section, frozen=True):
    """Where Argo CD reads from (G-065)."""

    repository_url: str
    revision: str


class PlatformSettings(Section, frozen=True):
    """Add-ons, delivery and observability."""

    ingress_nginx: bool = False
    """Opt-in legacy; the project is retired (X-13)."""
    canary_strategy: Literal["canary", "blue-green"] = "canary"
    gitops: GitOpsSettings
    velero: bool = True
    flux_owned: tuple[KubernetesName, ...] = ()
    """Add-ons that the cluster's own Flux installs and upgrades; all others are this program's (X-09)."""
    metrics_retention_days: Annotated[int, Field(ge=1)] = 30
    metrics_volume_gib: Annotated[int, Field(ge=10)] = 200
    siem_host: DomainName
    """SIEM collector, TLS on 6514 (G-027)."""
    consortium_host: DomainName
    """Federated-learning consortium, mutual TLS on 443 (G-027)."""
    dead_mans_switch_host: DomainName = "nosnch.in"
    """Who notices when alerting itself is silent (X-44); the address with its token is in the secret store."""
    datadog: bool = False
    """Exporter to Datadog; needs a business associate agreement (X-51)."""
    datadog_agreement: str | None = None
    node_pools: tuple[NodePool, ...] = ()
    """Only for a given cluster (on-prem)."""
    kubernetes_version: Annotated[str, Field(pattern=r"^1\.\d{2}$")] | None = None
    """Only for a given cluster (on-prem); EKS says its own."""
    kubeconfig_context: str | None = None
    """Only for a given cluster (on-prem); the context of the operator's kubeconfig."""
    cluster_network: ClusterNetwork | None = None
    """Only for a given cluster (on-prem); on EKS it is the VPC's."""
