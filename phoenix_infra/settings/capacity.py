"""Node groups after tier and overrides, and whether what shall run fits on them (X-26, X-27, X-29)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from phoenix_infra.settings.instance_types import (
    INSTANCE_TYPES,
    Allocatable,
    allocatable,
    allocatable_of,
)
from phoenix_infra.settings.models import GuardianSettings, OnPremSettings, RegionalSettings
from phoenix_infra.settings.problem import Problem, setting_path
from phoenix_infra.settings.tiers import Bounds

Pool = Literal["general", "gpu"]
POOLS: tuple[Pool, ...] = ("general", "gpu")
ON_PREM_MAXIMUM_PODS = 110
"""kubelet's own default where no cloud sets it."""
DATABASE_CONNECTION_RESERVE = 50
"""For replication, exporters, migrations and operators (X-58)."""


@dataclass(frozen=True, kw_only=True)
class PodDemand:
    """What one workload asks of the cluster; init containers and sidecars are included."""

    name: str
    pool: Pool
    cpu_millicores: int
    memory_mib: int
    gpus: int = 0
    minimum: int = 1
    maximum: int = 1
    daemon: bool = False
    """One pod on every node of the pool; minimum and maximum are not read."""
    surge: int = 0
    """Pods above the maximum while a new version rolls out."""
    database_clients: bool = False
    """Whether each pod opens a pool of database connections."""


@dataclass(frozen=True, kw_only=True)
class NodeGroup:
    """One pool of equal nodes."""

    pool: Pool
    instance_type: str
    bounds: Bounds
    zones: int
    node: Allocatable | None
    """None when the instance type is unknown."""


@dataclass
class _Room:
    """What is left on one node while pods are placed."""

    cpu_millicores: int
    memory_mib: int
    gpus: int
    pods: int
    names: list[str] = field(default_factory=list[str])

    def takes(self, demand: PodDemand) -> bool:
        return (
            self.cpu_millicores >= demand.cpu_millicores
            and self.memory_mib >= demand.memory_mib
            and self.gpus >= demand.gpus
            and self.pods >= 1
        )

    def place(self, demand: PodDemand) -> None:
        self.cpu_millicores -= demand.cpu_millicores
        self.memory_mib -= demand.memory_mib
        self.gpus -= demand.gpus
        self.pods -= 1
        self.names.append(demand.name)


def node_groups(settings: GuardianSettings) -> Mapping[Pool, NodeGroup]:
    """The node groups of a stack: the tier's bounds with the overrides of its file."""
    if isinstance(settings, RegionalSettings):
        return {pool: _managed_group(settings, pool) for pool in POOLS}
    if isinstance(settings, OnPremSettings):
        return {pool: _given_group(settings, pool) for pool in POOLS}
    raise TypeError(f"{type(settings).__name__} has no node groups")


def _managed_group(settings: RegionalSettings, pool: Pool) -> NodeGroup:
    written = settings.cluster.general if pool == "general" else settings.cluster.gpu
    tier = settings.capacity.general_nodes if pool == "general" else settings.capacity.gpu_nodes
    instance = INSTANCE_TYPES.get(written.instance_type)
    minimum = tier.minimum if written.minimum is None else written.minimum
    maximum = tier.maximum if written.maximum is None else written.maximum
    desired = (
        min(max(tier.desired, minimum), maximum) if written.desired is None else written.desired
    )
    return NodeGroup(
        pool=pool,
        instance_type=written.instance_type,
        bounds=Bounds(minimum=minimum, desired=desired, maximum=maximum),
        zones=len(settings.network.availability_zones),
        node=allocatable(instance) if instance is not None else None,
    )


def _given_group(settings: OnPremSettings, pool: Pool) -> NodeGroup:
    """Given pools of one kind are judged by their smallest node: any of them may receive the pod."""
    members = [given for given in settings.platform.node_pools if given.gpu == (pool == "gpu")]
    count = sum(given.count for given in members)
    zones = {zone for given in members for zone in given.zones}
    node = None
    if members:
        node = allocatable_of(
            cpus=min(given.cpu_cores for given in members),
            memory_mib=min(given.memory_gib for given in members) * 1024,
            gpus=min(given.gpus_per_node for given in members),
            pods=ON_PREM_MAXIMUM_PODS,
        )
    return NodeGroup(
        pool=pool,
        instance_type=", ".join(given.instance_type for given in members),
        bounds=Bounds(minimum=count, desired=count, maximum=count),
        zones=len(zones),
        node=node,
    )


def check_capacity(settings: GuardianSettings, demand: Sequence[PodDemand]) -> list[Problem]:
    """Everything at its maximum fits on the node groups at theirs, also after a zone is lost; connections add up."""
    problems: list[Problem] = []
    for pool, group in node_groups(settings).items():
        pods = [item for item in demand if item.pool == pool]
        problems.extend(_pool_problems(settings, group, pods))
    problems.extend(_connection_problems(settings, demand))
    return problems


def nodes_needed(node: Allocatable, demand: Iterable[PodDemand]) -> int:
    """Nodes that hold every pod at its maximum with surge, placed largest first; daemons stand on each node."""
    pods = tuple(demand)
    daemons = [item for item in pods if item.daemon]
    rooms: list[_Room] = []
    ordered = sorted(
        (item for item in pods if not item.daemon),
        key=lambda item: (-item.gpus, -item.cpu_millicores, -item.memory_mib, item.name),
    )
    for item in ordered:
        for _ in range(item.maximum + item.surge):
            room = next((candidate for candidate in rooms if candidate.takes(item)), None)
            if room is None:
                room = _fresh(node, daemons)
                rooms.append(room)
            room.place(item)
    return len(rooms)


def _fresh(node: Allocatable, daemons: Iterable[PodDemand]) -> _Room:
    room = _Room(
        cpu_millicores=node.cpu_millicores,
        memory_mib=node.memory_mib,
        gpus=node.gpus,
        pods=node.pods,
    )
    for daemon in daemons:
        room.place(daemon)
    return room


def _pool_problems(
    settings: GuardianSettings, group: NodeGroup, pods: Sequence[PodDemand]
) -> Iterator[Problem]:
    setting = _group_setting(settings, group.pool)
    if not pods:
        return
    if group.node is None:
        return
    empty = _fresh(group.node, [item for item in pods if item.daemon])
    too_large = [item for item in pods if not item.daemon and not empty.takes(item)]
    for item in too_large:
        yield Problem(
            setting=setting,
            value=group.instance_type,
            allowed=f"{item.name} asks for {item.cpu_millicores}m CPU, {item.memory_mib} MiB and {item.gpus} GPU;"
            f" one node leaves {empty.cpu_millicores}m, {empty.memory_mib} MiB and {empty.gpus} GPU to pods",
            remedy="choose a larger instance type or lower the request",
        )
    if too_large:
        return
    needed = nodes_needed(group.node, pods)
    if needed > group.bounds.maximum:
        yield Problem(
            setting=f"{setting}.maximum" if isinstance(settings, RegionalSettings) else setting,
            value=str(group.bounds.maximum),
            allowed=f"everything at its maximum needs {needed} nodes of {group.instance_type}",
            remedy=f"allow {needed} nodes, lower the maxima in {setting_path(('workloads', 'scaling'))}, or set the"
            " number of hospitals that the stack is for",
        )


def _connection_problems(
    settings: GuardianSettings, demand: Iterable[PodDemand]
) -> Iterator[Problem]:
    limits = settings.database.limits
    clients = [item for item in demand if item.database_clients]
    replicas = sum(item.maximum + item.surge for item in clients)
    needed = replicas * limits.pool_size_per_replica + DATABASE_CONNECTION_RESERVE
    if needed > limits.max_connections:
        yield Problem(
            setting=setting_path(("database", "limits", "max_connections")),
            value=str(limits.max_connections),
            allowed=f"{replicas} replicas with {limits.pool_size_per_replica} connections each and"
            f" {DATABASE_CONNECTION_RESERVE} in reserve need {needed}",
            remedy=f"allow {needed} connections or lower pool_size_per_replica (X-58)",
        )


def _group_setting(settings: GuardianSettings, pool: Pool) -> str:
    if isinstance(settings, RegionalSettings):
        return setting_path(("cluster", pool))
    return setting_path(("platform", "node_pools"))
