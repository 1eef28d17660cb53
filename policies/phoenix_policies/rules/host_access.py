"""Pods and the node they run on: networks, processes, paths, ports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from phoenix_policies.controls import Enforcement, Severity, Tier
from phoenix_policies.predicates.pods import POD_TYPES, Container, PodTemplate, pod_template
from phoenix_policies.resource import Resource
from phoenix_policies.rule import rule
from phoenix_policies.truth import Clause, Truth, some
from phoenix_policies.values import Value

CONFINEMENT: Final = (
    "164.308(a)(1)(ii)(B)",
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.312(a)(1)",
)

SAFE_SYSCTLS: Final = (
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
)  # fmt: skip
"""What Kubernetes itself calls safe: https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"""
RUNTIME_SOCKETS: Final = ("docker.sock", "containerd.sock", "crio.sock")
AGENT_PATHS: Final = (
    "/proc",
    "/sys",
    "/var/log",
    "/etc/machine-id",
    "/run/udev",
    "/var/lib/kubelet/pod-resources",
)
"""What a node agent may read, and only read."""


def _each_container(
    workload: Resource, judge: Callable[[Container], Truth], message: str
) -> Iterable[Clause]:
    template = pod_template(workload)
    if template is not None:
        for container in template.containers:
            yield judge(container).otherwise(f"container {container.name} {message}")


@rule(
    "k8s-no-host-network",
    *POD_TYPES,
    hipaa=(
        "164.308(a)(1)(ii)(B)",
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    soc2=("CC6.1", "CC6.6", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Remove hostNetwork.",
    sources=(
        "prowler:core_minimize_hostNetwork_containers",
        "checkov:CKV_K8S_19",
        "checkov:CKV_K8S_4",
    ),
)
def no_host_network(workload: Resource) -> Iterable[Clause]:
    """Pods do not join the node network."""
    yield from _pod_never(workload, "hostNetwork", "joins the node's network")


@rule(
    "k8s-no-host-pid-ipc",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Remove hostPID and hostIPC.",
    sources=(
        "prowler:core_minimize_hostPID_containers",
        "prowler:core_minimize_hostIPC_containers",
        "checkov:CKV_K8S_17",
        "checkov:CKV_K8S_18",
        "checkov:CKV_K8S_1",
        "checkov:CKV_K8S_3",
    ),
)
def no_host_pid_ipc(workload: Resource) -> Iterable[Clause]:
    """Pods do not share node process or IPC namespaces."""
    yield from _pod_never(workload, "hostPID", "sees the node's processes")
    yield from _pod_never(workload, "hostIPC", "shares the node's IPC namespace")


def _pod_never(workload: Resource, key: str, message: str) -> Iterable[Clause]:
    template = pod_template(workload)
    if template is not None:
        yield (~template.spec[key].is_true).otherwise(f"the pod {message}")


@rule(
    "k8s-no-host-path",
    *POD_TYPES,
    "kubernetes:core/v1:PersistentVolume",
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.HIGH,
    remedy="Use a claim, an emptyDir or a projected volume; a node agent mounts only the listed paths, read-only.",
    sources=("prowler:core_minimize_hostpath_volume_mounts", "checkov:CKV_K8S_27"),
)
def no_host_path(workload: Resource) -> Iterable[Clause]:
    """Pods do not mount node paths."""
    template = pod_template(workload)
    if template is None:
        for key in ("hostPath", "local"):
            lent = workload["spec"][key].is_set
            yield (~lent).otherwise(f"the volume is a path of a node ({key})")
        return
    for volume in template.spec["volumes"].each():
        path = volume["hostPath"]["path"]
        if workload.type == "kubernetes:apps/v1:DaemonSet":
            agent = path.satisfies(_is_agent_path) & _mounted_read_only(template, volume)
            allowed = ~volume["hostPath"].is_set | agent
        else:
            allowed = ~volume["hostPath"].is_set
        yield allowed.otherwise(f"volume {volume['name'].shown} is the node path {path.shown}")


def _is_agent_path(path: object) -> bool:
    if not isinstance(path, str) or path.endswith(RUNTIME_SOCKETS):
        return False
    return any(path == allowed or path.startswith(f"{allowed}/") for allowed in AGENT_PATHS)


def _mounted_read_only(template: PodTemplate, volume: Value) -> Truth:
    writable = some(
        mount["name"].equals(volume["name"].raw) & ~mount["readOnly"].is_true
        for container in template.containers
        for mount in container["volumeMounts"].each()
    )
    return ~writable


@rule(
    "k8s-no-host-port",
    *POD_TYPES,
    hipaa=("164.308(a)(4)(ii)(A)", "164.312(a)(1)", "164.312(e)(1)"),
    soc2=("CC6.6",),
    severity=Severity.MEDIUM,
    remedy="Remove hostPort; a Service reaches the container.",
    sources=("prowler:core_minimize_admission_hostport_containers", "checkov:CKV_K8S_26"),
)
def no_host_port(workload: Resource) -> Iterable[Clause]:
    """Containers do not bind node ports."""
    template = pod_template(workload)
    for container in template.containers if template else ():
        for port in container["ports"].each():
            free = port["hostPort"].satisfies(lambda v: v in (None, 0))
            yield free.otherwise(
                f"container {container.name} binds the node port {port['hostPort'].shown}"
            )


@rule(
    "k8s-proc-mount-sysctl",
    *POD_TYPES,
    hipaa=CONFINEMENT,
    soc2=("CC6.1", "CC6.8"),
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    tier=Tier.SECOND,
    remedy="Remove procMount, hostProcess, unsafe sysctls and Unconfined AppArmor profiles.",
    sources=("prowler:core_minimize_admission_windows_hostprocess_containers",),
)
def proc_mount_sysctl(workload: Resource) -> Iterable[Clause]:
    """No unmasked /proc or unsafe sysctls."""
    template = pod_template(workload)
    if template is None:
        return
    for sysctl in template.spec["securityContext"]["sysctls"].each():
        name = sysctl["name"]
        yield name.equals(*SAFE_SYSCTLS).otherwise(f"the pod sets the unsafe sysctl {name.shown}")
    yield from _each_container(
        workload,
        lambda c: (
            c.security["procMount"].equals(None, "Default")
            & ~c.effective("windowsOptions")["hostProcess"].is_true
            & ~c.effective("appArmorProfile")["type"].equals("Unconfined")
        ),
        "weakens /proc, AppArmor or host-process isolation",
    )
