"""Control plane and node groups: supported versions, known instance types, room for GPUs."""

from collections.abc import Iterator

from phoenix_infra.settings.capacity import POOLS, NodeGroup, node_groups
from phoenix_infra.settings.checks.subject import Check, Subject, check, wrong
from phoenix_infra.settings.checks.support import supported
from phoenix_infra.settings.instance_types import INSTANCE_TYPES
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.support_calendar import EKS

NETWORK_GBPS = 10
"""Between nodes (G-015)."""
GPU_SERVICES = ("transcription-service", "soap-generator")
"""One GPU each; their bounds are part of the tier table (A7.1)."""


@check("cluster")
def kubernetes_version(subject: Subject) -> Iterator[Problem]:
    """EKS runs versions in standard support (X-02)."""
    settings = subject.settings
    if isinstance(settings, RegionalSettings):
        version = settings.cluster.kubernetes_version
        yield from supported(
            "cluster", "kubernetes_version", written=version, product="EKS", version=version,
            calendar=EKS, as_of=subject.as_of,
        )  # fmt: skip


@check("cluster")
def instance_types(subject: Subject) -> Iterator[Problem]:
    """Node groups use types whose size and network are known (X-27, X-84)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    groups = {"general": settings.cluster.general, "gpu": settings.cluster.gpu}
    for pool in POOLS:
        name = groups[pool].instance_type
        path = ("cluster", pool, "instance_type")
        instance = INSTANCE_TYPES.get(name)
        fitting = [
            item.name
            for item in INSTANCE_TYPES.values()
            if (item.gpus > 0) == (pool == "gpu") and item.network_burst_gbps >= NETWORK_GBPS
        ]
        remedy = f"choose one of {', '.join(fitting)}"
        if instance is None:
            yield wrong(
                *path,
                value=name,
                allowed="what this type leaves to pods is not known",
                remedy=f"{remedy}, or add its facts to the table",
            )
        elif pool == "gpu" and instance.gpus == 0:
            yield wrong(*path, value=name, allowed="this type has no GPU", remedy=remedy)
        elif pool == "general" and instance.gpus > 0:
            yield wrong(
                *path, value=name, allowed="GPU nodes are tainted for GPU services", remedy=remedy
            )


@check("stack", "hospitals", "network", "cluster")
def node_bounds(subject: Subject) -> Iterator[Problem]:
    """Minimum, desired and maximum agree, and each zone can have a node."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    for pool, group in node_groups(settings).items():
        bounds = group.bounds
        if not bounds.minimum <= bounds.desired <= bounds.maximum:
            yield wrong(
                "cluster",
                pool,
                value=f"{bounds.minimum}/{bounds.desired}/{bounds.maximum}",
                allowed="must be minimum <= desired <= maximum; what is left out comes from the tier",
                remedy="correct the bounds or remove the overrides",
            )
        if pool == "general" and bounds.minimum < group.zones:
            yield wrong(
                "cluster",
                pool,
                "minimum",
                value=bounds.minimum,
                allowed=f"services spread over {group.zones} zones at every time",
                remedy=f"write at least {group.zones}",
            )


@check("stack", "hospitals", "workloads")
def gpu_demand(subject: Subject) -> Iterator[Problem]:
    """All GPU services at their maximum find a GPU each (X-26)."""
    settings = subject.settings
    if not isinstance(settings, GuardianSettings):
        return
    nodes = {"cluster", "network"} if isinstance(settings, RegionalSettings) else {"platform"}
    if not nodes <= subject.present:
        return
    group = node_groups(settings)["gpu"]
    if group.node is None:
        return
    maxima: dict[str, int] = dict(
        zip(
            GPU_SERVICES,
            (settings.capacity.transcription.maximum, settings.capacity.soap.maximum),
            strict=True,
        )
    )
    for name in GPU_SERVICES:
        override = settings.workloads.scaling.get(name)
        if override is not None:
            maxima[name] = override.maximum
    demand, available = sum(maxima.values()), group.bounds.maximum * group.node.gpus
    if demand > available:
        yield _too_few_gpus(settings, group, maxima, available)


def _too_few_gpus(
    settings: GuardianSettings, group: NodeGroup, maxima: dict[str, int], available: int
) -> Problem:
    demand = sum(maxima.values())
    words = " and ".join(f"{count} {name}" for name, count in maxima.items())
    per_node = group.node.gpus if group.node is not None else 0
    nodes = -(-demand // per_node) if per_node else demand
    path = (
        ("cluster", "gpu", "maximum")
        if isinstance(settings, RegionalSettings)
        else ("platform", "node_pools")
    )
    return wrong(
        *path,
        value=group.bounds.maximum,
        allowed=f"{words} at their maximum need {demand} GPUs, and the nodes have {available}",
        remedy=f"allow {nodes} GPU nodes or lower the maxima in workloads.scaling",
    )


@check("cluster")
def administrator_sessions(subject: Subject) -> Iterator[Problem]:
    """Nobody reaches the API server from everywhere (A7.5)."""
    settings = subject.settings
    if not isinstance(settings, RegionalSettings):
        return
    for index, cidr in enumerate(settings.cluster.administrator_session_cidrs):
        if int(cidr.split("/")[1]) < 16:
            yield wrong(
                "cluster",
                "administrator_session_cidrs",
                index,
                value=cidr,
                allowed="must be a /16 or smaller",
                remedy="name the network of the SSM sessions",
            )


CHECKS: tuple[Check, ...] = (
    kubernetes_version,
    instance_types,
    node_bounds,
    gpu_demand,
    administrator_sessions,
)
