"""Confinement of pods: what a container may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import POD_TYPES, Container, pod_template
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, Truth, some

CONFINEMENT: Final = (
    "164.308(a)(1)(ii)(B)",
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.312(a)(1)",
)


def _each_container(
    workload: Resource, judge: Callable[[Container], Truth], message: str
) -> Iterable[Clause]:
    template = pod_template(workload)
    if template is not None:
        for container in template.containers:
            yield judge(container).otherwise(f"container {container.name} {message}")


@rule(
    "k8s-no-privileged",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.CRITICAL,
    remedy="Remove securityContext.privileged, or move the agent to a namespace that is listed for it.",
    sources=(
        "prowler:core_minimize_privileged_containers",
        "checkov:CKV_K8S_16",
        "checkov:CKV_K8S_2",
    ),
)
def no_privileged(workload: Resource) -> Iterable[Clause]:
    """Containers are not privileged."""
    yield from _each_container(
        workload, lambda c: ~c.security["privileged"].is_true, "is privileged"
    )


@rule(
    "k8s-no-privilege-escalation",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Set securityContext.allowPrivilegeEscalation to false; absent means true.",
    sources=(
        "prowler:core_minimize_allowPrivilegeEscalation_containers",
        "checkov:CKV_K8S_20",
        "checkov:CKV_K8S_5",
    ),
)
def no_privilege_escalation(workload: Resource) -> Iterable[Clause]:
    """Containers cannot gain privileges."""
    yield from _each_container(
        workload, lambda c: c.security["allowPrivilegeEscalation"].is_false, "may gain privileges"
    )


@rule(
    "k8s-run-as-non-root",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Set runAsNonRoot to true and a numeric runAsUser other than 0, on the pod or on the container.",
    sources=(
        "prowler:core_minimize_root_containers_admission",
        "checkov:CKV_K8S_23",
        "checkov:CKV_K8S_40",
        "checkov:CKV_K8S_6",
    ),
)
def run_as_non_root(workload: Resource) -> Iterable[Clause]:
    """Containers do not run as root."""
    yield from _each_container(
        workload,
        lambda c: c.effective("runAsNonRoot").is_true & ~c.effective("runAsUser").equals(0, "0"),
        "may run as root",
    )


@rule(
    "k8s-read-only-root-fs",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.MEDIUM,
    remedy="Set securityContext.readOnlyRootFilesystem to true and mount an emptyDir where the program writes.",
    sources=(
        "config:ECS_CONTAINERS_READONLY_ACCESS",
        "prowler:core_readonly_root_filesystem_enabled",
        "checkov:CKV_K8S_22",
        "compliance_policies:kubernetes-apps-v1-deployment-enable-read-only-root-filesystem",
        "compliance_policies:kubernetes-apps-v1-statefulset-enable-read-only-root-filesystem",
        "compliance_policies:kubernetes-apps-v1-daemonset-enable-read-only-root-filesystem",
        "compliance_policies:kubernetes-apps-v1-replicaset-enable-read-only-root-filesystem",
        "compliance_policies:kubernetes-batch-v1-job-enable-read-only-root-filesystem",
        "compliance_policies:kubernetes-batch-v1-cronjob-enable-read-only-root-filesystem",
    ),
)
def read_only_root_fs(workload: Resource) -> Iterable[Clause]:
    """Container root file systems are read-only."""
    yield from _each_container(
        workload,
        lambda c: c.security["readOnlyRootFilesystem"].is_true,
        "can write to its root file system",
    )


@rule(
    "k8s-drop-all-capabilities",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy='Set securityContext.capabilities.drop to ["ALL"].',
    sources=(
        "prowler:core_minimize_containers_capabilities_assigned",
        "prowler:core_minimize_net_raw_capability_admission",
        "checkov:CKV_K8S_37",
        "checkov:CKV_K8S_28",
        "checkov:CKV_K8S_36",
        "checkov:CKV_K8S_7",
    ),
)
def drop_all_capabilities(workload: Resource) -> Iterable[Clause]:
    """Containers drop every Linux capability."""
    yield from _each_container(
        workload,
        lambda c: some(
            name.satisfies(lambda v: isinstance(v, str) and v.upper() == "ALL")
            for name in c.security["capabilities"]["drop"].each()
        ),
        "does not drop all capabilities",
    )


@rule(
    "k8s-no-added-capabilities",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Remove capabilities.add; only NET_BIND_SERVICE may be added.",
    sources=(
        "prowler:core_minimize_containers_added_capabilities",
        "checkov:CKV_K8S_25",
        "checkov:CKV_K8S_39",
        "checkov:CKV_K8S_24",
    ),
)
def no_added_capabilities(workload: Resource) -> Iterable[Clause]:
    """Containers add no dangerous capability."""
    template = pod_template(workload)
    for container in template.containers if template else ():
        for name in container.security["capabilities"]["add"].each():
            allowed = name.satisfies(_is_bind_service)
            yield allowed.otherwise(f"container {container.name} adds the capability {name.shown}")


def _is_bind_service(name: object) -> bool:
    return isinstance(name, str) and name.upper().removeprefix("CAP_") == "NET_BIND_SERVICE"


@rule(
    "k8s-seccomp-profile",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.MEDIUM,
    remedy="Set securityContext.seccompProfile.type to RuntimeDefault.",
    sources=(
        "prowler:core_seccomp_profile_docker_default",
        "checkov:CKV_K8S_31",
        "checkov:CKV_K8S_32",
    ),
)
def seccomp_profile(workload: Resource) -> Iterable[Clause]:
    """A seccomp profile is applied."""
    yield from _each_container(
        workload,
        lambda c: c.effective("seccompProfile")["type"].equals("RuntimeDefault", "Localhost"),
        "runs without a seccomp profile",
    )


@rule(
    "k8s-security-context-present",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.LOW,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="State a securityContext on the pod and on each container.",
    sources=("checkov:CKV_K8S_29", "checkov:CKV_K8S_30"),
)
def security_context_present(workload: Resource) -> Iterable[Clause]:
    """Pods and containers declare a security context."""
    template = pod_template(workload)
    if template is None:
        return
    yield template.spec["securityContext"].is_set.otherwise("the pod states no security context")
    yield from _each_container(workload, lambda c: c.security.is_set, "states no security context")
