"""How much a namespace of add-ons may take: what its pods declare, with room for a rolling update."""

from dataclasses import dataclass

from phoenix_infra.workloads.addon import AddonPod, PodKind
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addons_mesh import SIDECAR

SURGE_PERCENT = 150
"""A rolling update runs old and new pods side by side."""
HOOK_PODS = 5
"""Short-lived pods of chart hooks and operators."""
HOOK_CPU_MILLICORES = 1000
HOOK_MEMORY_MIB = 1024
CLAIMS_PER_SET_MEMBER = 2


@dataclass(frozen=True, kw_only=True)
class AddonDemand:
    """What the pods of a namespace may request together."""

    cpu_millicores: int
    memory_mib: int
    pods: int
    claims: int


def replicas_at_most(pod: AddonPod, nodes: int) -> int:
    """A DaemonSet runs on every node that it selects; all of them is the bound."""
    return nodes if pod.kind is PodKind.DAEMON_SET else pod.maximum


def pod_request(pod: AddonPod) -> tuple[int, int]:
    """CPU in millicores and memory in MiB of one pod, its sidecar included."""
    cpu = sum(container.resources.cpu_millicores for container in pod.containers)
    memory = sum(container.resources.memory_mib for container in pod.containers)
    is_gateway = any(container.name == "istio-proxy" for container in pod.containers)
    if pod.in_mesh and not is_gateway:
        return cpu + SIDECAR.cpu_millicores, memory + SIDECAR.memory_mib
    return cpu, memory


def quota_of(namespace: str, catalogue: AddonCatalogue, nodes: int) -> AddonDemand:
    """The bound of one namespace; every pod counts at its largest number of replicas."""
    cpu = memory = pods = claims = 0
    for _, pod in catalogue.in_namespace(namespace):
        count = replicas_at_most(pod, nodes)
        pod_cpu, pod_memory = pod_request(pod)
        cpu += count * pod_cpu
        memory += count * pod_memory
        pods += count
        if pod.kind is PodKind.STATEFUL_SET:
            claims += count * CLAIMS_PER_SET_MEMBER
    return AddonDemand(
        cpu_millicores=cpu * SURGE_PERCENT // 100 + HOOK_CPU_MILLICORES,
        memory_mib=memory * SURGE_PERCENT // 100 + HOOK_MEMORY_MIB,
        pods=pods * SURGE_PERCENT // 100 + HOOK_PODS,
        claims=claims,
    )
