"""Node objects as the graph's own node groups would bring them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_infra.preview import Graph, Node
from phoenix_infra.workloads.gpu import GPU_NODES
from tests.judges.manifests import plain


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What the kubelet of an EKS node offers to pods: capacity less kube-reserved, system and eviction margin.

    CPU: 60m + 10m + 2 x 5m + 0.25 % of the rest (EKS bootstrap). Memory: 255 MiB + 11 MiB for each pod, and 100 MiB
    eviction threshold, below what the instance reports (some percent less than its nominal size).
    Pods: ENIs x (addresses - 1) + 2, at most 110 below 30 vCPUs (Amazon's eni-max-pods table).
    """

    cpu_millicores: int
    memory_mib: int
    pods: int
    gpus: int = 0


def _machine(cpus: int, memory_gib: int, pods: int, gpus: int = 0) -> Machine:
    reserved_cpu = 60 + 10 + 10 + max(0, (cpus - 4) * 1000) // 400
    reserved_memory = 255 + 11 * pods + 100
    reported_memory = memory_gib * 1024 * 96 // 100
    return Machine(
        cpu_millicores=cpus * 1000 - reserved_cpu,
        memory_mib=reported_memory - reserved_memory,
        pods=pods,
        gpus=gpus,
    )


# Source: EC2 instance type pages and Amazon's eni-max-pods table (pods capped as max-pods-calculator does).
MACHINES: Mapping[str, Machine] = {
    "c5.2xlarge": _machine(8, 16, 58),
    "c5.4xlarge": _machine(16, 32, 110),
    "c5.9xlarge": _machine(36, 72, 234),
    "c6i.4xlarge": _machine(16, 32, 110),
    "m5.2xlarge": _machine(8, 32, 58),
    "m5.4xlarge": _machine(16, 64, 110),
    "m6i.2xlarge": _machine(8, 32, 58),
    "m6i.4xlarge": _machine(16, 64, 110),
    "r6i.2xlarge": _machine(8, 64, 58),
    "g4dn.xlarge": _machine(4, 16, 29, 1),
    "g4dn.2xlarge": _machine(8, 32, 29, 1),
    "g4dn.4xlarge": _machine(16, 64, 29, 1),
    "g4dn.12xlarge": _machine(48, 192, 234, 4),
    "g5.2xlarge": _machine(8, 32, 58, 1),
}
TAINT_EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Nodes of one shape."""

    name: str
    machine: Machine
    zones: Sequence[str]
    minimum: int
    desired: int
    maximum: int
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[Mapping[str, str]] = ()
    elastic: bool = True
    """Whether nodes of a lost zone come back in another one."""

    def nodes(self, count: int, zones: Sequence[str] | None = None) -> Sequence[Mapping[str, Any]]:
        """`count` nodes, spread over the zones in turn as an Auto Scaling group does.

        Machines of a site stand where they stand: those of other zones are not replaced.
        """
        offered = zones if zones and self.elastic else self.zones
        found = [self._node(i // len(offered), offered[i % len(offered)]) for i in range(count)]
        return [
            node
            for node in found
            if not zones or node["metadata"]["labels"]["topology.kubernetes.io/zone"] in zones
        ]

    def _node(self, index: int, zone: str) -> Mapping[str, Any]:
        name = f"{self.name}-{zone}-{index}".lower()
        resources = {
            "cpu": f"{self.machine.cpu_millicores}m",
            "memory": f"{self.machine.memory_mib}Mi",
            "pods": str(self.machine.pods),
            "ephemeral-storage": "80Gi",
        }
        if self.machine.gpus:
            resources["nvidia.com/gpu"] = str(self.machine.gpus)
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {
                "name": name,
                "labels": {
                    **self.labels,
                    "kubernetes.io/hostname": name,
                    "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": "amd64",
                    "topology.kubernetes.io/zone": zone,
                    "phoenix.judge/pool": self.name,
                },
            },
            "spec": {"taints": list(self.taints)},
            "status": {"capacity": resources, "allocatable": resources},
        }


def pools_of_graph(graph: Graph) -> Sequence[Pool]:
    """One pool for each `aws.eks.NodeGroup` of the graph."""
    return [_pool(graph, node) for node in graph.of_type("aws:eks/nodeGroup:NodeGroup")]


def _pool(graph: Graph, group: Node) -> Pool:
    inputs = plain(group.inputs)
    types = inputs.get("instanceTypes") or _template_types(graph, group)
    unknown = [name for name in types if name not in MACHINES]
    if unknown or not types:
        raise LookupError(
            f"{group.name}: instance types {types} are not in the table of tests/judges/nodes.py"
        )
    # An Auto Scaling group may bring any of its types: pods must fit the smallest.
    machine = min((MACHINES[name] for name in types), key=lambda m: (m.gpus, m.cpu_millicores))
    scaling = inputs["scalingConfig"]
    return Pool(
        name=group.name,
        machine=machine,
        zones=_zones(graph, group),
        minimum=scaling["minSize"],
        desired=scaling["desiredSize"],
        maximum=scaling["maxSize"],
        labels={
            **inputs.get("labels", {}),
            "node.kubernetes.io/instance-type": types[0],
            "eks.amazonaws.com/nodegroup": inputs.get("nodeGroupName", group.name),
            "eks.amazonaws.com/capacityType": inputs.get("capacityType", "ON_DEMAND"),
        },
        taints=[
            {
                "key": t["key"],
                "value": t.get("value", ""),
                "effect": TAINT_EFFECTS[t["effect"]],
            }
            for t in inputs.get("taints", [])
        ],
    )


def _template_types(graph: Graph, group: Node) -> Sequence[str]:
    for urn in group.property_dependencies.get("launchTemplate", ()):
        node = graph.by_urn.get(urn)
        if node and node.type == "aws:ec2/launchTemplate:LaunchTemplate":
            found = plain(node.inputs).get("instanceType")
            return [found] if found else []
    return []


def _zones(graph: Graph, group: Node) -> Sequence[str]:
    zones = {
        plain(graph.by_urn[urn].inputs).get("availabilityZone")
        for urn in group.property_dependencies.get("subnetIds", ())
        if urn in graph.by_urn and graph.by_urn[urn].type == "aws:ec2/subnet:Subnet"
    }
    found = sorted(str(zone) for zone in zones if zone)
    if not found:
        raise LookupError(f"{group.name}: no subnet of the graph says its availability zone")
    return found


def pools_of_site(node_pools: Sequence[Any]) -> Sequence[Pool]:
    """The pools that an on-premises stack file promises."""
    return [
        Pool(
            name=pool.name,
            machine=_machine(
                pool.cpu_cores, pool.memory_gib, 110, pool.gpus_per_node if pool.gpu else 0
            ),
            zones=list(pool.zones),
            minimum=pool.count,
            desired=pool.count,
            maximum=pool.count,
            elastic=False,
            labels={
                **(GPU_NODES.node_labels if pool.gpu else {}),
                "node.kubernetes.io/instance-type": pool.instance_type,
            },
            taints=[
                {
                    "key": GPU_NODES.taint_key,
                    "value": GPU_NODES.taint_value,
                    "effect": GPU_NODES.taint_effect,
                }
            ]
            if pool.gpu
            else [],
        )
        for pool in node_pools
    ]
