"""The vocabulary of the service catalogue: what a service is, needs, calls and may do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from phoenix_infra.workloads.ports import HTTP, METRICS, Port

WORKLOAD_LABEL = "phoenix.health/workload"
"""On every pod and in every selector: Flagger rewrites the name label on its primary copy, never this (X-37)."""
DATABASE_TARGET = "database"
CACHE_TARGET = "cache"
KAFKA_TARGET = "kafka"
"""Backends of the stack; where they live depends on its settings (A8)."""


@dataclass(frozen=True, kw_only=True)
class Resources:
    """Requests and limits of one container."""

    cpu_request_millicores: int
    memory_request_mib: int
    cpu_limit_millicores: int
    memory_limit_mib: int
    gpus: int = 0
    ephemeral_storage_mib: int = 1024

    def __post_init__(self) -> None:
        """A limit below its request is refused by the API server."""
        if self.cpu_limit_millicores < self.cpu_request_millicores:
            raise ValueError("the CPU limit is below the CPU request")
        if self.memory_limit_mib < self.memory_request_mib:
            raise ValueError("the memory limit is below the memory request")

    def scaled(self, percent: int) -> "Resources":
        """The same shape for a smaller environment (M-041); GPUs cannot be divided."""
        return Resources(
            cpu_request_millicores=max(50, self.cpu_request_millicores * percent // 100),
            memory_request_mib=max(64, self.memory_request_mib * percent // 100),
            cpu_limit_millicores=max(100, self.cpu_limit_millicores * percent // 100),
            memory_limit_mib=max(128, self.memory_limit_mib * percent // 100),
            gpus=self.gpus,
            ephemeral_storage_mib=self.ephemeral_storage_mib,
        )


ENVIRONMENT_SHARE_PERCENT: Mapping[str, int] = {
    "production": 100,
    "staging": 50,
    "development": 25,
}
"""Sizing per environment: 2-4, 1-2 and 0.5-1 CPU (M-041)."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One HTTP probe on the service's own port."""

    path: str
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 3
    failure_threshold: int = 3


@dataclass(frozen=True, kw_only=True)
class Probes:
    """The three probes; the startup probe covers slow starts such as loading a model (M-029)."""

    liveness: Probe = Probe(
        path="/health/live", initial_delay_seconds=10, period_seconds=10, timeout_seconds=5
    )
    readiness: Probe = Probe(path="/health/ready", initial_delay_seconds=5, period_seconds=5)
    startup: Probe = Probe(path="/health/live", period_seconds=5, failure_threshold=30)


MODEL_LOADING = Probes(
    startup=Probe(path="/health/live", period_seconds=10, timeout_seconds=5, failure_threshold=60)
)
"""Ten minutes to read a multi-gigabyte model from the shared file system."""


@dataclass(frozen=True, kw_only=True)
class CustomMetric:
    """A Prometheus query that KEDA scales on (X-33)."""

    name: str
    query: str
    target_per_pod: int


@dataclass(frozen=True, kw_only=True)
class ScaleStep:
    """At most this change in each period."""

    period_seconds: int
    percent: int | None = None
    pods: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScaleBehaviour:
    """How fast an autoscaler may follow its metrics; the largest allowed step wins."""

    up_window_seconds: int
    up: tuple[ScaleStep, ...]
    down_window_seconds: int
    down: tuple[ScaleStep, ...]


SERVICE_BEHAVIOUR = ScaleBehaviour(
    up_window_seconds=0,
    up=(ScaleStep(period_seconds=30, percent=100), ScaleStep(period_seconds=30, pods=2)),
    down_window_seconds=300,
    down=(ScaleStep(period_seconds=60, percent=50),),
)
"""The pattern for services whose documents give none (M-040)."""


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """Replica bounds and what they follow; equal bounds mean a fixed number and no autoscaler."""

    minimum: int
    maximum: int
    cpu_percent: int | None = 70
    memory_percent: int | None = 80
    metrics: tuple[CustomMetric, ...] = ()
    behaviour: ScaleBehaviour = SERVICE_BEHAVIOUR

    def __post_init__(self) -> None:
        """Bounds that contradict each other would only show when the autoscaler refuses them."""
        if not 1 <= self.minimum <= self.maximum:
            raise ValueError(
                f"replica bounds must be 1 <= minimum <= maximum, not {self.minimum} and {self.maximum}"
            )

    @property
    def maximum_fallback(self) -> int:
        """Replicas to hold when the metric is gone: halfway, since the load is unknown."""
        return (self.minimum + self.maximum + 1) // 2


class Delivery(StrEnum):
    """How a new version reaches users."""

    ROLLING = "rolling"
    """A rolling update with surge 1 and nothing unavailable (G-067)."""
    PROGRESSIVE = "progressive"
    """Flagger: canary weights or blue-green iterations, as the stack's settings say (O-006, O-007)."""


class AwsResource(StrEnum):
    """What a statement may name; the layer turns it into an ARN, so no entry holds an account number."""

    AUDIO_OBJECTS = "audio-objects"
    AUDIO_BUCKET = "audio-bucket"
    BACKUP_OBJECTS = "backup-objects"
    BACKUP_BUCKET = "backup-bucket"
    DATA_KEY = "data-key"
    BACKUP_KEY = "backup-key"
    SIGNING_KEY = "signing-key"
    WEB_ACL_IP_SETS = "web-acl-ip-sets"


@dataclass(frozen=True, kw_only=True)
class AwsStatement:
    """One thing that a service may do in AWS, through EKS Pod Identity."""

    sid: str
    actions: tuple[str, ...]
    resources: tuple[AwsResource, ...]


@dataclass(frozen=True, kw_only=True)
class StaticSecret:
    """A file in the pod's memory, rendered from a Vault key-value secret."""

    file: str
    path: str
    """Below the key-value mount, for instance `phoenix/jwt`."""
    key: str


@dataclass(frozen=True, kw_only=True)
class MemoryVolume:
    """A directory in memory; what is written there never reaches a disk and counts as memory."""

    name: str
    path: str
    size_mib: int


@dataclass(frozen=True, kw_only=True)
class HostDirectory:
    """A read-only directory of the node, for agents on the allow-list only (A7.7)."""

    name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """A connection that a service opens: to another service, or to a backend of the stack."""

    target: str
    port: str = HTTP.name


def calls(*targets: str) -> tuple[Call, ...]:
    """Calls to the serving port of each target."""
    return tuple(Call(target=target) for target in targets)


@dataclass(frozen=True, kw_only=True)
class WorkloadSpec:
    """One service: everything the program needs to know to run and confine it."""

    name: str
    namespace: str
    owner: str
    description: str
    image: str
    """Repository of the image and its key in the release manifest (X-82)."""
    resources: Resources
    scaling: Scaling
    calls: tuple[Call, ...] = ()
    external_peers: tuple[str, ...] = ()
    """Names out of `external_peers.py`."""
    port: Port = HTTP
    metrics: Port = METRICS
    probes: Probes = Probes()
    delivery: Delivery = Delivery.ROLLING
    minimum_available: int | None = None
    """Disruption budget where the documents name one (G-082); else one pod may be away."""
    identity: tuple[AwsStatement, ...] = ()
    secrets: tuple[StaticSecret, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    memory_volumes: tuple[MemoryVolume, ...] = ()
    models: bool = False
    """Mounts the shared model store read-only at /models (X-28)."""
    phi: bool = True
    """Whether it handles protected health information."""
    termination_grace_seconds: int = 60
    priority_class: str = "phoenix-services"

    @property
    def uses_database(self) -> bool:
        """Whether it holds database credentials of its own."""
        return any(call.target == DATABASE_TARGET for call in self.calls)

    @property
    def needs_vault(self) -> bool:
        """Whether a Vault agent runs beside it."""
        return bool(self.secrets) or any(
            call.target in {DATABASE_TARGET, CACHE_TARGET, KAFKA_TARGET} for call in self.calls
        )


@dataclass(frozen=True, kw_only=True)
class AgentSpec:
    """One pod on every node: host access is read-only, named, and confined to a namespace of its own."""

    name: str
    namespace: str
    owner: str
    description: str
    image: str
    resources: Resources
    host_directories: tuple[HostDirectory, ...]
    reason: str
    """Why it needs the host; shown to auditors."""
    external_peers: tuple[str, ...] = ()
    metrics: Port = METRICS
    secrets: tuple[StaticSecret, ...] = ()
    config: Mapping[str, str] = field(default_factory=dict[str, str])
    supplementary_groups: tuple[int, ...] = ()
    """Groups whose files it may read, instead of running as root."""

    @property
    def needs_vault(self) -> bool:
        """Whether a Vault agent runs beside it."""
        return bool(self.secrets)
