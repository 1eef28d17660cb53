"""What the services ask of the cluster: per namespace for quotas, in sum for the capacity check (X-26, X-27)."""

from dataclasses import dataclass

from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.workloads.addons_mesh import SIDECAR
from phoenix_infra.workloads.call_graph import is_injected
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.jobs import JOBS, TEST_JOBS
from phoenix_infra.workloads.scaling import scaling_of
from phoenix_infra.workloads.spec import (
    ENVIRONMENT_SHARE_PERCENT,
    Resources,
    WorkloadSpec,
)

VAULT_AGENT_CPU_MILLICORES = 25
VAULT_AGENT_MEMORY_MIB = 64
ROLLOUT_SHARE = 2
"""Flagger's primary and its canary run side by side during an analysis."""
AGENT_PODS_PER_NODE = 1


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Requests of pods, summed."""

    cpu_millicores: int = 0
    memory_mib: int = 0
    gpus: int = 0
    pods: int = 0

    def plus(self, other: "Demand") -> "Demand":
        """Both together."""
        return Demand(
            cpu_millicores=self.cpu_millicores + other.cpu_millicores,
            memory_mib=self.memory_mib + other.memory_mib,
            gpus=self.gpus + other.gpus,
            pods=self.pods + other.pods,
        )

    def times(self, count: int) -> "Demand":
        """So many of them."""
        return Demand(
            cpu_millicores=self.cpu_millicores * count,
            memory_mib=self.memory_mib * count,
            gpus=self.gpus * count,
            pods=self.pods * count,
        )


def pod_demand(
    resources: Resources, *, in_mesh: bool, vault: bool, environment: str = "production"
) -> Demand:
    """One pod with its sidecars; memory volumes are inside the container's own memory limit."""
    sized = resources.scaled(ENVIRONMENT_SHARE_PERCENT[environment])
    return Demand(
        cpu_millicores=sized.cpu_request_millicores
        + (SIDECAR.cpu_millicores if in_mesh else 0)
        + (VAULT_AGENT_CPU_MILLICORES if vault else 0),
        memory_mib=sized.memory_request_mib
        + (SIDECAR.memory_mib if in_mesh else 0)
        + (VAULT_AGENT_MEMORY_MIB if vault else 0),
        gpus=sized.gpus,
        pods=1,
    )


def service_pod_demand(spec: WorkloadSpec, settings: GuardianSettings) -> Demand:
    """One pod of a service in this stack."""
    return pod_demand(
        spec.resources,
        in_mesh=is_injected(spec.namespace),
        vault=spec.needs_vault,
        environment=settings.stack.environment,
    )


def service_demand(settings: GuardianSettings, *, at_maximum: bool) -> dict[str, Demand]:
    """Requests of every service at its floor or at its ceiling, by name."""
    found: dict[str, Demand] = {}
    for spec in SERVICES:
        scaling = scaling_of(spec, settings)
        count = scaling.maximum if at_maximum else scaling.minimum
        found[spec.name] = service_pod_demand(spec, settings).times(count)
    return found


def agent_demand() -> Demand:
    """Requests of all agents on one node."""
    total = Demand()
    for agent in AGENTS:
        total = total.plus(
            pod_demand(
                agent.resources, in_mesh=is_injected(agent.namespace), vault=agent.needs_vault
            )
        )
    return total


def total_demand(settings: GuardianSettings, *, at_maximum: bool = True) -> Demand:
    """All services together; GPUs are counted in whole devices."""
    total = Demand()
    for demand in service_demand(settings, at_maximum=at_maximum).values():
        total = total.plus(demand)
    return total


def node_ceiling(settings: GuardianSettings) -> int:
    """The most nodes there can be."""
    pools = sum(pool.count for pool in settings.platform.node_pools)
    capacity = settings.capacity
    return pools or capacity.general_nodes.maximum + capacity.gpu_nodes.maximum


def namespace_demand(namespace: str, settings: GuardianSettings) -> Demand:
    """The most that a namespace may need: every ceiling, a rollout on top, its agents and jobs."""
    total = Demand()
    for spec in SERVICES:
        if spec.namespace == namespace:
            count = scaling_of(spec, settings).maximum
            copies = 1 if spec.resources.gpus else ROLLOUT_SHARE
            total = total.plus(service_pod_demand(spec, settings).times(count * copies))
    for agent in AGENTS:
        if agent.namespace == namespace:
            total = total.plus(agent_demand().times(node_ceiling(settings)))
    for job in (*JOBS, *TEST_JOBS):
        if job.namespace == namespace:
            total = total.plus(
                pod_demand(job.resources, in_mesh=is_injected(namespace), vault=job.needs_vault)
            )
    return total
