"""The vocabulary of the add-on catalogue: pinned charts, typed values, and the pods they bring."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
"""What a chart's values may hold."""
Values: TypeAlias = Mapping[str, Json]

_EXACT_VERSION = re.compile(r"^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$")
_DIGEST = re.compile(r"^sha256:[0-9a-f]{64}$")


class Owner(StrEnum):
    """Who writes an object into the cluster; every object has exactly one (X-09)."""

    PULUMI = "pulumi"
    EKS = "eks"
    """An EKS add-on: AWS writes and upgrades it."""
    ARGOCD = "argocd"
    FLUX = "flux"


class PodSecurity(StrEnum):
    """Pod Security Standards; `privileged` only on the allow-list of A7.7."""

    RESTRICTED = "restricted"
    BASELINE = "baseline"
    PRIVILEGED = "privileged"


class PodKind(StrEnum):
    """The controller behind a pod."""

    DEPLOYMENT = "Deployment"
    STATEFUL_SET = "StatefulSet"
    DAEMON_SET = "DaemonSet"
    JOB = "Job"


class Privilege(StrEnum):
    """What a pod needs beyond the restricted standard; each must be covered by its namespace's level."""

    HOST_PATH = "host-path"
    HOST_NETWORK = "host-network"
    HOST_PROCESSES = "host-processes"
    PRIVILEGED = "privileged"
    ROOT = "root"
    ADDED_CAPABILITIES = "added-capabilities"


class Destination(StrEnum):
    """Where an add-on's pod connects to beside other pods; DNS is granted to every pod."""

    KUBERNETES_API = "kubernetes-api"
    AWS = "aws"
    """AWS endpoints through the VPC's interface endpoints, and the Pod Identity agent for credentials."""
    KUBELETS = "kubelets"
    """Port 10250 of every node."""
    EVERY_METRICS_PORT = "every-metrics-port"
    """Prometheus alone: the declared metrics port of every pod."""
    DATABASE = "database"
    OBJECT_STORE = "object-store"
    """S3, or the site's S3-compatible endpoint."""
    EGRESS_GATEWAY = "egress-gateway"
    """External names through the mesh's egress gateway."""
    KAFKA = "kafka"
    EXTERNAL = "external"
    """The egress gateway itself: any address, on 443 and 6514 only (A8)."""
    EVERY_MESH_POD = "every-mesh-pod"
    """The gateways and the load tester: the serving port of services the call graph names."""


@dataclass(frozen=True, kw_only=True)
class ChartPin:
    """A chart at one exact version from its official repository."""

    repository: str
    name: str
    version: str
    digest: str | None = None
    """Digest of the chart archive; None says plainly that the registry's digest is not recorded."""

    def __post_init__(self) -> None:
        """Refuses ranges, plain HTTP and bitnami (X-11, X-12)."""
        if not _EXACT_VERSION.match(self.version):
            raise ValueError(f"{self.name}: version {self.version!r} is not one exact SemVer")
        if not self.repository.startswith(("https://", "oci://")):
            raise ValueError(
                f"{self.name}: repository {self.repository!r} is not https:// or oci://"
            )
        if "bitnami" in self.repository:
            raise ValueError(
                f"{self.name}: bitnami charts lost their supported images in 2025 (X-11)"
            )
        if self.digest is not None and not _DIGEST.match(self.digest):
            raise ValueError(f"{self.name}: digest {self.digest!r} is not sha256:<64 hex digits>")


@dataclass(frozen=True, kw_only=True)
class Image:
    """A container image by tag, and by digest where its publisher's files state one."""

    repository: str
    tag: str
    digest: str | None = None

    @property
    def reference(self) -> str:
        """What a container runtime pulls."""
        suffix = f"@{self.digest}" if self.digest else ""
        return f"{self.repository}:{self.tag}{suffix}"


@dataclass(frozen=True, kw_only=True)
class ContainerResources:
    """Requests and limits; memory always has a limit, CPU only where throttling is harmless."""

    cpu_millicores: int
    memory_mib: int
    memory_limit_mib: int
    cpu_limit_millicores: int | None = None

    def as_values(self) -> Values:
        """The `resources` block of a chart."""
        limits: dict[str, Json] = {"memory": f"{self.memory_limit_mib}Mi"}
        if self.cpu_limit_millicores is not None:
            limits["cpu"] = f"{self.cpu_limit_millicores}m"
        return {
            "requests": {"cpu": f"{self.cpu_millicores}m", "memory": f"{self.memory_mib}Mi"},
            "limits": limits,
        }


def resources(
    cpu_millicores: int, memory_mib: int, memory_limit_mib: int | None = None
) -> ContainerResources:
    """Requests, with the memory limit at the request unless said otherwise."""
    return ContainerResources(
        cpu_millicores=cpu_millicores,
        memory_mib=memory_mib,
        memory_limit_mib=memory_limit_mib or memory_mib,
    )


@dataclass(frozen=True, kw_only=True)
class AddonContainer:
    """One container of an add-on's pod, as the chart renders it with our values."""

    name: str
    image: Image
    resources: ContainerResources


@dataclass(frozen=True, kw_only=True)
class AddonPort:
    """A port that a pod listens on, and who reaches it."""

    name: str
    number: int
    protocol: str = "TCP"
    metrics: bool = False
    """Scraped by Prometheus."""
    webhook: bool = False
    """Called by the API server, from outside the pod network."""


@dataclass(frozen=True, kw_only=True)
class PodCall:
    """A connection from one add-on's pod to another's, by catalogue names."""

    pod: str
    """`addon/pod`, for instance `kube-prometheus-stack/prometheus`."""
    port: str
    """Name of the port there."""


@dataclass(frozen=True, kw_only=True)
class AddonPod:
    """A pod that a chart brings: what capacity, network policies and Pod Security count."""

    name: str
    kind: PodKind
    labels: Mapping[str, str]
    """Labels its pods carry under this chart version; policies select on them."""
    service_account: str
    containers: tuple[AddonContainer, ...]
    namespace: str | None = None
    """Where it is not its add-on's namespace: a sub-chart moved away from the others."""
    ports: tuple[AddonPort, ...] = ()
    replicas: int = 1
    maximum_replicas: int | None = None
    """Upper bound of its autoscaler; None when fixed."""
    calls: tuple[PodCall, ...] = ()
    destinations: tuple[Destination, ...] = ()
    privileges: tuple[Privilege, ...] = ()
    node_selector: Mapping[str, str] = field(default_factory=dict[str, str])
    tolerates: tuple[str, ...] = ()
    """Keys of taints it tolerates; `*` for all."""
    in_mesh: bool = False
    disruption_budget: bool = False
    """Whether the chart makes a PodDisruptionBudget under our values."""

    @property
    def maximum(self) -> int:
        """The most replicas there can be; for a DaemonSet, per node."""
        return self.maximum_replicas or self.replicas

    def port(self, name: str) -> AddonPort:
        """The port of this name; raises KeyError."""
        for port in self.ports:
            if port.name == name:
                return port
        raise KeyError(f"{self.name} has no port {name!r}")


@dataclass(frozen=True, kw_only=True)
class Addon:
    """One catalogue entry: a chart, our values, its owner, and everything it brings."""

    name: str
    """Name of the release, and of the entry."""
    namespace: str
    chart: ChartPin
    values: Values
    pods: tuple[AddonPod, ...] = ()
    owner: Owner = Owner.PULUMI
    owns: tuple[str, ...] = ()
    """Cluster-wide things it brings: API groups of its CRDs, webhooks, classes, as `kind/name`."""
    after: tuple[str, ...] = ()
    """Add-ons whose CRDs or webhooks must be there first."""
    timeout_seconds: int = 600
    awaited: bool = True
    """False where its pods become ready only after something else: a ceremony, or Secrets that people fill."""

    def namespace_of(self, pod: AddonPod) -> str:
        """Where the pod runs."""
        return pod.namespace or self.namespace

    def pod(self, name: str) -> AddonPod:
        """The pod of this name; raises KeyError."""
        for pod in self.pods:
            if pod.name == name:
                return pod
        raise KeyError(f"{self.name} has no pod {name!r}")
