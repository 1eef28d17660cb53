"""The pods that Helm releases bring, as the add-on catalogue declares them, in the shape the API server takes."""

from collections.abc import Iterator, Mapping
from typing import Any

from phoenix_infra.workloads.addon import Addon, AddonPod, PodKind, Privilege
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue

LABEL = "phoenix.judge/addon"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def addon_objects(catalogue: AddonCatalogue, *, peak: bool = False) -> Iterator[Mapping[str, Any]]:
    """Service accounts and controllers of every declared pod."""
    for addon, pod in catalogue.pods():
        namespace = addon.namespace_of(pod)
        yield {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": pod.service_account, "namespace": namespace},
        }
        yield _controller(addon, pod, namespace, peak=peak)
        if pod.disruption_budget:
            yield {
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": {"name": f"{addon.name}-{pod.name}", "namespace": namespace},
                "spec": {"maxUnavailable": 1, "selector": {"matchLabels": _labels(addon, pod)}},
            }


def _labels(addon: Addon, pod: AddonPod) -> Mapping[str, str]:
    return {**pod.labels, LABEL: f"{addon.name}.{pod.name}"[:63]}


def _controller(addon: Addon, pod: AddonPod, namespace: str, *, peak: bool) -> Mapping[str, Any]:
    labels = _labels(addon, pod)
    spec: dict[str, Any] = {"template": {"metadata": {"labels": labels}, "spec": _pod_spec(pod)}}
    if pod.kind is not PodKind.JOB:
        spec["selector"] = {"matchLabels": labels}
    else:
        spec["template"]["spec"]["restartPolicy"] = "Never"
    if pod.kind in (PodKind.DEPLOYMENT, PodKind.STATEFUL_SET):
        spec["replicas"] = pod.maximum if peak else pod.replicas
    if pod.kind is PodKind.STATEFUL_SET:
        spec["serviceName"] = pod.name
        spec["podManagementPolicy"] = "Parallel"
    return {
        "apiVersion": "batch/v1" if pod.kind is PodKind.JOB else "apps/v1",
        "kind": str(pod.kind),
        "metadata": {"name": f"{addon.name}-{pod.name}"[:52], "namespace": namespace},
        "spec": spec,
    }


def _pod_spec(pod: AddonPod) -> dict[str, Any]:
    tolerations = [
        {"operator": "Exists"} if key == "*" else {"key": key, "operator": "Exists"}
        for key in pod.tolerates
    ]
    wants = set(pod.privileges)
    spec: dict[str, Any] = {
        "serviceAccountName": pod.service_account,
        "automountServiceAccountToken": False,
        "nodeSelector": dict(pod.node_selector),
        "tolerations": tolerations,
        "containers": [
            {
                "name": container.name,
                "image": container.image.reference,
                "resources": container.resources.as_values(),
                "securityContext": _security_context(wants),
            }
            for container in pod.containers
        ],
    }
    if Privilege.HOST_NETWORK in wants:
        spec["hostNetwork"] = True
    if Privilege.HOST_PROCESSES in wants:
        spec["hostPID"] = True
    if Privilege.HOST_PATH in wants:
        spec["volumes"] = [{"name": "host", "hostPath": {"path": "/var/log"}}]
    return spec


def _security_context(wants: set[Privilege]) -> Mapping[str, Any]:
    if Privilege.PRIVILEGED in wants:
        return {"privileged": True}
    context: dict[str, Any] = dict(RESTRICTED)
    if Privilege.ROOT in wants:
        context |= {"runAsNonRoot": False, "runAsUser": 0}
    if Privilege.ADDED_CAPABILITIES in wants:
        context["capabilities"] = {"drop": ["ALL"], "add": ["NET_ADMIN"]}
    return context
