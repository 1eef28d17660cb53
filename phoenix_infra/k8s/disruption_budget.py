"""Disruption budgets that let a node drain: never as strict as the number of replicas (G-082)."""

import pulumi
import pulumi_kubernetes as kubernetes

from phoenix_infra.k8s.labels import recommended_labels
from phoenix_infra.workloads.spec import WORKLOAD_LABEL, Scaling, WorkloadSpec

policy = kubernetes.policy.v1


def disruption_budget(
    resource_name: str, spec: WorkloadSpec, scaling: Scaling, opts: pulumi.ResourceOptions
) -> kubernetes.policy.v1.PodDisruptionBudget:
    """The documents' minimum where the replicas allow it, else one pod at a time."""
    available = min(spec.minimum_available or 0, scaling.minimum - 1)
    return policy.PodDisruptionBudget(
        resource_name,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=spec.name,
            namespace=spec.namespace,
            labels=recommended_labels(spec.name, component="disruption-budget", owner=spec.owner),
        ),
        spec=policy.PodDisruptionBudgetSpecArgs(
            min_available=available or None,
            max_unavailable=None if available else 1,
            selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels={WORKLOAD_LABEL: spec.name}),
            unhealthy_pod_eviction_policy="AlwaysAllow",
        ),
        opts=opts,
    )
