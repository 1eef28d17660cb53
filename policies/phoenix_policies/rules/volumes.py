"""Volumes in the cluster, and the logs that leave it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import object_name
from phoenix_policies.predicates.storage import EFS, STORAGE_CLASS, class_encrypts, encrypts
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule, stack_rule
from phoenix_policies.stack import Stack
from phoenix_policies.truth import Clause, some, truth

HIPAA_1: Final = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")

CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
STATEFUL_SET: Final = "kubernetes:apps/v1:StatefulSet"


@rule(
    "k8s-storageclass-encrypted",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy='Set parameters.encrypted to "true" and kmsKeyId to the data key; mount EFS with tls.',
)
def storageclass_encrypted(one: Resource) -> Iterable[Clause]:
    """Storage classes create encrypted volumes."""
    yield encrypts(one).otherwise("creates volumes without a customer managed key or without TLS")


@rule(
    "k8s-storageclass-retain",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    "kubernetes:core/v1:PersistentVolume",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)", "164.312(c)(1)"),
    soc2=("A1.2", "C1.1"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Set reclaimPolicy to Retain and volumeBindingMode to WaitForFirstConsumer.",
)
def storageclass_retain(one: Resource) -> Iterable[Clause]:
    """PHI volumes outlive their claims."""
    if one.type != STORAGE_CLASS:
        policy = one["spec"]["persistentVolumeReclaimPolicy"]
        yield policy.equals("Retain").otherwise("the volume goes with its claim")
        return
    phi = one["metadata"]["labels"]["data-classification"].equals("phi")
    yield (one["reclaimPolicy"].equals("Retain") | ~phi).otherwise("volumes go with their claims")
    late = one["volumeBindingMode"].equals("WaitForFirstConsumer")
    yield (late | one["provisioner"].equals(EFS)).otherwise(
        "volumes may land in another zone than the pod"
    )


@stack_rule(
    "k8s-pvc-encrypted-class",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:storage.k8s.io/v1:StorageClass",
    hipaa=HIPAA_1,
    soc2=("C1.1", "CC6.1"),
    severity=Severity.HIGH,
    remedy="Name a StorageClass of the stack that encrypts with the data key.",
)
def pvc_encrypted_class(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Claims use an encrypted class."""
    for claim in stack.of(CLAIM):
        name = claim["spec"]["storageClassName"]
        yield claim, class_encrypts(name, stack).otherwise(f"uses the class {name.shown}")
    for workload in stack.of(STATEFUL_SET):
        for template in workload["spec"]["volumeClaimTemplates"].each():
            name = template["spec"]["storageClassName"]
            yield (
                workload,
                class_encrypts(name, stack).otherwise(f"claims volumes of the class {name.shown}"),
            )


@stack_rule(
    "k8s-volumes-backed-up",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:apps/v1:StatefulSet",
    "aws:backup/selection:Selection",
    "kubernetes:helm.sh/v3:Release",
    hipaa=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.310(d)(2)(iv)"),
    soc2=("A1.2", "CC7.5"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Install Velero with a schedule, or select the volumes by tag in AWS Backup.",
)
def volumes_backed_up(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Persistent volumes are in a backup."""
    by_tag = some(
        selection["selectionTags"].is_set | selection["conditions"].is_set
        for selection in stack.of("aws:backup/selection:Selection")
    )
    velero = some(
        release["chart"].matches("velero") & release["values"]["schedules"].is_set
        for release in stack.of("kubernetes:helm.sh/v3:Release")
    ) | truth(any(True for _ in stack.of("kubernetes:velero.io/v1:Schedule")))
    for claim in (*stack.of(CLAIM), *stack.of(STATEFUL_SET)):
        templates = claim["spec"]["volumeClaimTemplates"]
        if claim.type == STATEFUL_SET and templates.is_missing:
            continue
        yield claim, (by_tag | velero).otherwise("no backup takes its volumes")


@stack_rule(
    "k8s-log-forwarder-present",
    "aws:eks/cluster:Cluster",
    "aws:eks/addon:Addon",
    "kubernetes:apps/v1:DaemonSet",
    "kubernetes:helm.sh/v3:Release",
    hipaa=("164.308(a)(1)(ii)(D)", "164.308(a)(3)(ii)(A)", "164.312(b)", "164.316(b)(2)(i)"),
    soc2=("CC2.1", "CC7.2", "CC7.3"),
    severity=Severity.HIGH,
    remedy="Install a log forwarder: a DaemonSet or release of a collector, or the CloudWatch add-on.",
)
def log_forwarder_present(stack: Stack) -> Iterable[tuple[Resource, Clause]]:
    """Cluster logs and events leave the cluster."""
    pattern = "fluent|otel|opentelemetry|vector|alloy|promtail|cloudwatch"
    forwards = some(
        [
            *(
                a["addonName"].matches("cloudwatch-observability")
                for a in stack.of("aws:eks/addon:Addon")
            ),
            *(object_name(d).matches(pattern) for d in stack.of("kubernetes:apps/v1:DaemonSet")),
            *(r["chart"].matches(pattern) for r in stack.of("kubernetes:helm.sh/v3:Release")),
        ]
    )
    for cluster in stack.of("aws:eks/cluster:Cluster"):
        yield cluster, forwards.otherwise("nothing takes logs out of the cluster")
