"""Instance types that our node groups may use: size, network and what EKS leaves to pods."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class InstanceType:
    """The facts of one type, from EC2's DescribeInstanceTypes."""

    name: str
    cpus: int
    memory_mib: int
    network_interfaces: int
    addresses_per_interface: int
    network_baseline_gbps: float
    network_burst_gbps: float
    gpus: int = 0
    gpu_memory_gib: int = 0

    @property
    def maximum_pods(self) -> int:
        """Pods with an address each: the first address of an interface is its own, two pods use the host's (VPC CNI)."""
        return self.network_interfaces * (self.addresses_per_interface - 1) + 2


@dataclass(frozen=True, kw_only=True)
class Allocatable:
    """What the scheduler may hand out on one node."""

    cpu_millicores: int
    memory_mib: int
    gpus: int
    pods: int


VM_MEMORY_OVERHEAD_PERCENT = 3
"""Memory that firmware and kernel keep; measured sizes lie between two and six percent below the nominal."""
EVICTION_MEMORY_MIB = 100
"""kubelet's hard eviction threshold on EKS images."""


def allocatable(instance: InstanceType) -> Allocatable:
    """kube-reserved as the EKS node bootstrap computes it: cores by a falling share, memory by the number of pods."""
    return allocatable_of(
        cpus=instance.cpus,
        memory_mib=instance.memory_mib,
        gpus=instance.gpus,
        pods=instance.maximum_pods,
    )


def allocatable_of(*, cpus: int, memory_mib: int, gpus: int, pods: int) -> Allocatable:
    """The same reservation for any machine."""
    reserved_memory = 255 + 11 * pods + EVICTION_MEMORY_MIB
    visible_memory = memory_mib * (100 - VM_MEMORY_OVERHEAD_PERCENT) // 100
    return Allocatable(
        cpu_millicores=cpus * 1000 - reserved_cpu_millicores(cpus),
        memory_mib=visible_memory - reserved_memory,
        gpus=gpus,
        pods=pods,
    )


def reserved_cpu_millicores(cpus: int) -> int:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest."""
    tenths = 600 + 100 * min(max(cpus - 1, 0), 1) + 50 * min(max(cpus - 2, 0), 2)
    tenths += 25 * max(cpus - 4, 0)
    return -(-tenths // 10)


def _x86(
    name: str,
    size: tuple[int, int],
    interfaces: tuple[int, int],
    network_gbps: tuple[float, float],
    gpus: tuple[int, int] = (0, 0),
) -> InstanceType:
    """Cores and GiB; interfaces and addresses on each; baseline and burst; GPUs and GiB of one."""
    return InstanceType(
        name=name,
        cpus=size[0],
        memory_mib=size[1] * 1024,
        network_interfaces=interfaces[0],
        addresses_per_interface=interfaces[1],
        network_baseline_gbps=network_gbps[0],
        network_burst_gbps=network_gbps[1],
        gpus=gpus[0],
        gpu_memory_gib=gpus[1],
    )


INSTANCE_TYPES: Mapping[str, InstanceType] = {
    instance.name: instance
    for instance in (
        # c5.4xlarge reaches the 10 Gbps of G-015 only in bursts; c6in.4xlarge holds 25.
        _x86("c5.4xlarge", (16, 32), (8, 30), (5.0, 10.0)),
        _x86("c5.9xlarge", (36, 72), (8, 30), (12.0, 12.0)),
        _x86("c5n.4xlarge", (16, 42), (8, 30), (15.0, 25.0)),
        _x86("c6i.4xlarge", (16, 32), (8, 30), (6.25, 12.5)),
        _x86("c6i.8xlarge", (32, 64), (8, 30), (12.5, 12.5)),
        _x86("c6in.4xlarge", (16, 32), (8, 30), (25.0, 50.0)),
        _x86("c7i.4xlarge", (16, 32), (8, 30), (6.25, 12.5)),
        _x86("c7i.8xlarge", (32, 64), (8, 30), (12.5, 12.5)),
        _x86("m6i.4xlarge", (16, 64), (8, 30), (6.25, 12.5)),
        _x86("m7i.4xlarge", (16, 64), (8, 30), (6.25, 12.5)),
        _x86("g4dn.2xlarge", (8, 32), (3, 10), (10.0, 25.0), (1, 16)),
        _x86("g4dn.4xlarge", (16, 64), (3, 10), (20.0, 25.0), (1, 16)),
        _x86("g4dn.12xlarge", (48, 192), (8, 30), (50.0, 50.0), (4, 16)),
        _x86("g5.2xlarge", (8, 32), (4, 15), (5.0, 10.0), (1, 22)),
        _x86("g5.4xlarge", (16, 64), (8, 30), (10.0, 25.0), (1, 22)),
        _x86("g6.2xlarge", (8, 32), (4, 15), (5.0, 10.0), (1, 22)),
        _x86("g6.4xlarge", (16, 64), (8, 30), (10.0, 25.0), (1, 22)),
    )
}

DATABASE_MEMORY_GIB: Mapping[str, int] = {
    "db.r6g.large": 16,
    "db.r6g.xlarge": 32,
    "db.r6g.2xlarge": 64,
    "db.r6g.4xlarge": 128,
    "db.r6g.8xlarge": 256,
    "db.r6g.12xlarge": 384,
    "db.r6g.16xlarge": 512,
    "db.r7g.large": 16,
    "db.r7g.xlarge": 32,
    "db.r7g.2xlarge": 64,
    "db.r7g.4xlarge": 128,
    "db.r7g.8xlarge": 256,
    "db.r7g.12xlarge": 384,
    "db.r7g.16xlarge": 512,
}
"""Graviton classes of Aurora PostgreSQL; a Global Database takes no burstable class."""
