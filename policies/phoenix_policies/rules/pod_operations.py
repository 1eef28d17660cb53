"""Pods in operation: resources, probes, jobs, labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import (
    POD_TYPES,
    Container,
    object_name,
    pod_template,
)
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, not_applicable, truth
from phoenix_policies.values import Value

HIPAA_1: Final = ("164.308(a)(7)(ii)(C)",)
HIPAA_2: Final = ("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)")

DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"
DAEMON_SET: Final = "kubernetes:apps/v1:DaemonSet"
REPLICATED: Final = (DEPLOYMENT, STATEFUL_SET)
CONFINED_KINDS: Final = (
    "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Role", "ClusterRole",
    "RoleBinding", "ClusterRoleBinding", "NetworkPolicy", "Namespace", "Service", "Ingress",
    "PeerAuthentication", "AuthorizationPolicy", "DestinationRule", "Gateway",
)  # fmt: skip
"""Kinds whose protection lies in fields that a patch could change without stating the rest."""
CRON_JOB: Final = "kubernetes:batch/v1:CronJob"


def _containers(workload: Resource) -> list[Container]:
    template = pod_template(workload)
    return template.containers if template else []


@rule(
    "k8s-resource-requests",
    *POD_TYPES,
    hipaa=HIPAA_1,
    soc2=("A1.1",),
    severity=Severity.MEDIUM,
    remedy="Set resources.requests.cpu and memory; without them the scheduler guesses.",
    sources=(
        "prowler:core_cpu_requests_set",
        "prowler:core_memory_requests_set",
        "checkov:CKV_K8S_10",
        "checkov:CKV_K8S_12",
    ),
)
def resource_requests(workload: Resource) -> Iterable[Clause]:
    """Containers request CPU and memory."""
    for container in _containers(workload):
        if container.kind == "ephemeralContainers":
            continue
        requests = container["resources"]["requests"]
        for what in ("cpu", "memory"):
            yield requests[what].is_set.otherwise(f"container {container.name} requests no {what}")


@rule(
    "k8s-resource-limits",
    *POD_TYPES,
    hipaa=HIPAA_1,
    soc2=("A1.1",),
    severity=Severity.MEDIUM,
    remedy="Set resources.limits.memory; a leak then ends one container and not the node.",
    sources=(
        "prowler:core_cpu_limits_set",
        "prowler:core_memory_limits_set",
        "checkov:CKV_K8S_11",
        "checkov:CKV_K8S_13",
    ),
)
def resource_limits(workload: Resource) -> Iterable[Clause]:
    """Containers have limits."""
    for container in _containers(workload):
        if container.kind == "ephemeralContainers":
            continue
        memory = container["resources"]["limits"]["memory"]
        yield memory.is_set.otherwise(f"container {container.name} has no memory limit")


@rule(
    "k8s-liveness-probe",
    *REPLICATED,
    DAEMON_SET,
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Add a livenessProbe or a startupProbe.",
    sources=("prowler:core_liveness_probe_configured", "checkov:CKV_K8S_8"),
)
def liveness_probe(workload: Resource) -> Iterable[Clause]:
    """Long-running containers have liveness or startup probes."""
    template = pod_template(workload)
    for container in template.main_containers if template else ():
        probed = container["livenessProbe"].is_set | container["startupProbe"].is_set
        yield probed.otherwise(f"container {container.name} has no liveness or startup probe")


@rule(
    "k8s-readiness-probe",
    *REPLICATED,
    DAEMON_SET,
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.MEDIUM,
    remedy="Add a readinessProbe; without one a starting pod gets traffic.",
    sources=("prowler:core_readiness_probe_configured", "checkov:CKV_K8S_9"),
)
def readiness_probe(workload: Resource) -> Iterable[Clause]:
    """Long-running containers have readiness probes."""
    template = pod_template(workload)
    for container in template.main_containers if template else ():
        yield container["readinessProbe"].is_set.otherwise(
            f"container {container.name} has no readiness probe"
        )


@rule(
    "k8s-job-bounds",
    "kubernetes:batch/v1:Job",
    "kubernetes:batch/v1:CronJob",
    hipaa=HIPAA_1,
    soc2=("A1.1",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set activeDeadlineSeconds, backoffLimit and ttlSecondsAfterFinished; a CronJob forbids overlap.",
)
def job_bounds(job: Resource) -> Iterable[Clause]:
    """Jobs end and do not pile up."""
    spec = job["spec"]
    body: Value = spec["jobTemplate"]["spec"] if job.type == CRON_JOB else spec
    for key in ("activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"):
        stated = body[key].satisfies(lambda v: v is not None)
        yield stated.otherwise(f"{key} is not set")
    if job.type == CRON_JOB:
        overlap = spec["concurrencyPolicy"]
        yield overlap.equals("Forbid", "Replace").otherwise("runs may overlap")
        # others, such as load tests, wait for somebody to start them
        backup = object_name(job).matches("backup|dump|snapshot|restore")
        yield (~(backup & spec["suspend"].is_true)).otherwise("no backup is taken: it is suspended")


@rule(
    "k8s-no-bare-pods",
    "kubernetes:core/v1:Pod",
    hipaa=HIPAA_2,
    soc2=("A1.2",),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Declare a Deployment, a StatefulSet or a Job instead.",
    sources=("compliance_policies:kubernetes-core-v1-pod-disallow-pod",),
)
def no_bare_pods(pod: Resource) -> Iterable[Clause]:
    """Pods are managed by a controller."""
    yield pod["metadata"]["ownerReferences"].is_set.otherwise(
        f"{object_name(pod).shown} is a pod without a controller"
    )


@rule(
    "k8s-recommended-labels",
    "kubernetes:apps/v1:Deployment",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:apps/v1:ReplicaSet",
    "kubernetes:batch/v1:Job",
    "kubernetes:batch/v1:CronJob",
    "kubernetes:core/v1:Pod",
    "kubernetes:core/v1:Service",
    "kubernetes:core/v1:Namespace",
    hipaa=("164.308(a)(7)(ii)(E)", "164.310(d)(2)(iii)"),
    soc2=("C1.1", "CC6.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set app.kubernetes.io/name, part-of and managed-by, owner and data-classification.",
    sources=(
        "compliance_policies:kubernetes-apps-v1-deployment-configure-recommended-labels",
        "compliance_policies:kubernetes-apps-v1-statefulset-configure-recommended-labels",
        "compliance_policies:kubernetes-apps-v1-daemonset-configure-recommended-labels",
        "compliance_policies:kubernetes-apps-v1-replicaset-configure-recommended-labels",
        "compliance_policies:kubernetes-batch-v1-job-configure-recommended-labels",
        "compliance_policies:kubernetes-batch-v1-cronjob-configure-recommended-labels",
        "compliance_policies:kubernetes-core-v1-service-configure-recommended-labels",
    ),
)
def recommended_labels(one: Resource) -> Iterable[Clause]:
    """Objects are traceable."""
    labels = one["metadata"]["labels"]
    for key in (
        "app.kubernetes.io/name",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/managed-by",
        "owner",
        "data-classification",
    ):
        yield labels[key].is_set.otherwise(f"the label {key} is missing")


@rule(
    "k8s-patch-and-list-kinds-covered",
    "kubernetes:*",
    hipaa=("164.308(a)(8)",),
    soc2=("CC3.4", "CC8.1"),
    severity=Severity.MEDIUM,
    remedy="Declare the object itself; a Patch is judged on the fields it sets, a List item by item.",
)
def patch_and_list_kinds_covered(one: Resource) -> Iterable[Clause]:
    """Patch and List kinds do not bypass policy."""
    if one.is_patch:
        sensitive = one.type.rpartition(":")[2] in CONFINED_KINDS
        yield truth(not sensitive).otherwise("patches an object that no rule sees as a whole")
    elif one["items"].is_missing:
        yield not_applicable("neither a Patch nor a List kind")
    else:
        yield one["items"].is_set.otherwise("is a list without items that can be judged")
