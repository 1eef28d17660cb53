"""Who is evicted last: the platform before the services, the services before batch work."""

from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import meta, scheduling

from phoenix_infra.workloads.chart_values import PRIORITY_CRITICAL


@dataclass(frozen=True, kw_only=True)
class Priority:
    """One class; higher values evict lower ones."""

    name: str
    value: int
    description: str
    preempts: bool = True


PRIORITIES = (
    Priority(
        name=PRIORITY_CRITICAL,
        value=1_000_000,
        description="Mesh, certificates, secrets, metrics: the services cannot run without them",
    ),
    Priority(name="phoenix-services", value=100_000, description="Services that serve people"),
    Priority(
        name="phoenix-batch",
        value=1_000,
        description="Jobs that may wait for room",
        preempts=False,
    ),
)


class PriorityClasses(pulumi.ComponentResource):
    """The priority classes of the cluster."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("phoenix:k8s:PriorityClasses", name, None, opts)
        for priority in PRIORITIES:
            scheduling.v1.PriorityClass(
                f"{name}-{priority.name}",
                metadata=meta.v1.ObjectMetaArgs(name=priority.name),
                value=priority.value,
                description=priority.description,
                global_default=False,
                preemption_policy="PreemptLowerPriority" if priority.preempts else "Never",
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
