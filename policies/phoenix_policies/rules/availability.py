"""Workloads that stay up: replicas, disruption budgets, autoscalers, zones, rollouts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import (
    object_name,
    pod_template,
    same,
    share_namespace,
)
from phoenix_policies.predicates.selectors import selector_matches
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, Truth, some, truth, unknown
from phoenix_policies.values import Value

CONTINGENCY: Final = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")

DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET: Final = "kubernetes:apps/v1:DaemonSet"
REPLICATED: Final = (DEPLOYMENT, STATEFUL_SET)
BUDGET: Final = "kubernetes:policy/v1:PodDisruptionBudget"
AUTOSCALER: Final = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
SCALED_OBJECT: Final = "kubernetes:keda.sh/v1alpha1:ScaledObject"
SERVICE: Final = "kubernetes:core/v1:Service"

MIN_REPLICAS: Final = 2
SINGLETON_LABEL: Final = "phoenix.health/standby-singleton"
"""A workload of a standby stack that runs once until a failover carries this label with the value "true"."""


@stack_rule(
    "k8s-min-replicas",
    *REPLICATED,
    AUTOSCALER,
    SCALED_OBJECT,
    hipaa=CONTINGENCY,
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Run two replicas, or let an autoscaler hold at least two.",
    sources=(
        "compliance_policies:kubernetes-apps-v1-deployment-configure-minimum-replica-count",
        "compliance_policies:kubernetes-apps-v1-replicaset-configure-minimum-replica-count",
    ),
)
def min_replicas(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Services run more than one replica."""
    for workload in stack.of(*REPLICATED):
        replicas = workload["spec"]["replicas"]
        shown = "1" if replicas.is_missing else replicas.shown
        standby = workload["metadata"]["labels"][SINGLETON_LABEL].is_true
        yield (
            workload,
            (_replicas(workload, stack) | standby).otherwise(f"runs {shown} replica"),
        )


def _replicas(workload: Resource, stack: Stack) -> Truth:
    """Whether two or more pods of the workload run: stated, or held by an autoscaler."""
    floors = (
        scaler["spec"][key].at_least(MIN_REPLICAS) & _targets(scaler, workload)
        for kind, key in ((AUTOSCALER, "minReplicas"), (SCALED_OBJECT, "minReplicaCount"))
        for scaler in stack.of(kind)
    )
    return workload["spec"]["replicas"].at_least(MIN_REPLICAS) | some(floors)


def _targets(scaler: Resource, workload: Resource) -> Truth:
    reference = scaler["spec"]["scaleTargetRef"]
    kind = workload.type.rpartition(":")[2]
    # a ScaledObject that states no kind means a Deployment
    meant = (kind,) if kind != "Deployment" else (kind, None)
    return (
        same(reference["name"], object_name(workload))
        & reference["kind"].equals(*meant)
        & share_namespace(scaler, workload)
    )


@stack_rule(
    "k8s-pdb-present",
    *REPLICATED,
    BUDGET,
    hipaa=CONTINGENCY,
    soc2=("A1.2",),
    severity=Severity.MEDIUM,
    remedy="Add a PodDisruptionBudget in the namespace that selects the pods.",
)
def pdb_present(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Replicated workloads have a disruption budget."""
    for workload in stack.of(*REPLICATED):
        template = pod_template(workload)
        if template is None:
            continue
        several = _replicas(workload, stack)
        guarded = some(
            share_namespace(budget, workload)
            & selector_matches(budget["spec"]["selector"], template.labels)
            for budget in stack.of(BUDGET)
        )
        yield workload, (guarded | ~several).otherwise("no disruption budget selects its pods")


@stack_rule(
    "k8s-pdb-allows-drain",
    BUDGET,
    *REPLICATED,
    hipaa=CONTINGENCY,
    soc2=("A1.2",),
    severity=Severity.HIGH,
    remedy="Allow at least one pod to go and keep at least one: maxUnavailable 1, or minAvailable below the number of replicas.",
    sources=(
        "compliance_policies:kubernetes-policy-v1-poddisruptionbudget-disallow-zero-voluntary-disruption",
    ),
)
def pdb_allows_drain(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Budgets neither block nor allow total loss."""
    for budget in stack.of(BUDGET):
        for clause in _bounds(budget["spec"]):
            yield budget, clause
        for workload in stack.of(*REPLICATED):
            yield (
                budget,
                (~_keeps_all(budget, workload, stack)).otherwise(
                    f"every pod of {workload.name} must stay: a node cannot be drained"
                ),
            )


def _keeps_all(budget: Resource, workload: Resource, stack: Stack) -> Truth:
    """Whether minAvailable is no less than the pods that surely run."""
    template = pod_template(workload)
    least = budget["spec"]["minAvailable"]
    number = least.number
    if template is None or least.is_missing or (number is None and not least.is_unknown):
        return truth(False)
    selected = share_namespace(budget, workload) & selector_matches(
        budget["spec"]["selector"], template.labels
    )
    if number is None:
        return selected & unknown(least.path)
    stated = workload["spec"]["replicas"]
    more = stated.at_least(number + 1) | some(
        scaler["spec"][key].at_least(number + 1) & _targets(scaler, workload)
        for kind, key in ((AUTOSCALER, "minReplicas"), (SCALED_OBJECT, "minReplicaCount"))
        for scaler in stack.of(kind)
    )
    return selected & ~more


def _bounds(spec: Value) -> Iterable[Clause]:
    most, least = spec["maxUnavailable"], spec["minAvailable"]
    yield (~most.equals(0, "0", "0%")).otherwise("no pod may ever go: a node cannot be drained")
    yield (~least.equals("100%")).otherwise("every pod must stay: a node cannot be drained")
    yield (~most.equals("100%")).otherwise("all pods may go at once")
    yield (~least.equals(0, "0", "0%")).otherwise("all pods may go at once")
    yield (most.is_set | least.is_set | most.equals(0) | least.equals(0)).otherwise(
        "states no budget"
    )


@stack_rule(
    "k8s-hpa-present",
    DEPLOYMENT,
    AUTOSCALER,
    hipaa=("164.308(a)(7)(ii)(C)",),
    soc2=("A1.1",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add an autoscaler for a Deployment behind a Service.",
)
def hpa_present(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Request-serving deployments scale."""
    for workload in stack.of(DEPLOYMENT):
        template = pod_template(workload)
        if template is None:
            continue
        serves = some(
            share_namespace(service, workload)
            & service["spec"]["selector"].is_set
            & selector_matches(service["spec"]["selector"], template.labels)
            for service in stack.of(SERVICE)
        )
        scaled = some(_targets(scaler, workload) for scaler in stack.of(AUTOSCALER, SCALED_OBJECT))
        yield workload, (scaled | ~serves).otherwise("serves requests and does not scale")


@rule(
    "k8s-hpa-bounds",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    hipaa=CONTINGENCY,
    soc2=("A1.1", "A1.2"),
    severity=Severity.MEDIUM,
    remedy="Set minReplicas of 2 or more, maxReplicas above it, and at least one metric.",
)
def hpa_bounds(scaler: Resource) -> Iterable[Clause]:
    """Autoscalers have sane bounds."""
    spec = scaler["spec"]
    least, most = spec["minReplicas"], spec["maxReplicas"]
    standby = scaler["metadata"]["labels"][SINGLETON_LABEL].is_true
    yield (least.at_least(MIN_REPLICAS) | standby).otherwise(f"minReplicas is {least.shown}")
    above = unknown(least.path) if least.is_unknown else most.at_least((least.number or 1) + 1)
    yield above.otherwise(f"maxReplicas {most.shown} leaves no room above {least.shown}")
    yield spec["metrics"].is_set.otherwise("scales on no metric")


@rule(
    "k8s-spread-across-zones",
    *REPLICATED,
    hipaa=CONTINGENCY,
    soc2=("A1.2",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a topologySpreadConstraint on topology.kubernetes.io/zone.",
)
def spread_across_zones(workload: Resource) -> Iterable[Clause]:
    """Replicas spread over zones."""
    template = pod_template(workload)
    if template is None:
        return
    spread = some(
        constraint["topologyKey"].equals("topology.kubernetes.io/zone")
        & constraint["whenUnsatisfiable"].is_set
        for constraint in template.spec["topologySpreadConstraints"].each()
    )
    anti = template.spec["affinity"]["podAntiAffinity"]
    terms = [
        *anti["requiredDuringSchedulingIgnoredDuringExecution"].each(),
        *anti["preferredDuringSchedulingIgnoredDuringExecution"].each("podAffinityTerm"),
    ]
    apart = some(term["topologyKey"].equals("topology.kubernetes.io/zone") for term in terms)
    yield (spread | apart).otherwise("its replicas may all land in one zone")


@rule(
    "k8s-rollout-safe",
    *REPLICATED,
    DAEMON_SET,
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.308(a)(8)"),
    soc2=("A1.2", "CC3.4", "CC8.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Use RollingUpdate with maxUnavailable below 100%, and keep at least three revisions.",
)
def rollout_safe(workload: Resource) -> Iterable[Clause]:
    """Rollouts keep capacity."""
    spec = workload["spec"]
    strategy = spec["strategy"] if workload.type == DEPLOYMENT else spec["updateStrategy"]
    rolling = strategy["type"].equals(None, "RollingUpdate")
    singleton = strategy["type"].equals("Recreate") & spec["replicas"].equals(1)
    yield (rolling | singleton).otherwise(
        f"its strategy {strategy['type'].shown} does not replace pods a few at a time"
    )
    gone = strategy["rollingUpdate"]["maxUnavailable"].equals("100%")
    yield (~gone).otherwise("a rollout may stop every pod at once")
    kept = spec["revisionHistoryLimit"]
    yield (kept.is_empty | kept.at_least(3)).otherwise(
        f"keeps {kept.shown} revisions to go back to"
    )
    template = pod_template(workload)
    if template is not None:
        grace = template.spec["terminationGracePeriodSeconds"]
        yield (~grace.equals(0)).otherwise("its pods are killed without grace")
