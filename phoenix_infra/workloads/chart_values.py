"""Fragments that many charts take in the same shape: spreading, confinement, monitors."""

from collections.abc import Mapping

from phoenix_infra.workloads.addon import Json, Values

ZONE = "topology.kubernetes.io/zone"
HOST = "kubernetes.io/hostname"
PRIORITY_CRITICAL = "phoenix-platform-critical"
"""Priority class of what the services cannot run without; declared by the platform layer."""


def spread(labels: Mapping[str, str]) -> list[Json]:
    """Over zones and hosts, as far as there are any; a lost zone must not block the survivors."""
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": dict(labels)},
        }
        for key in (ZONE, HOST)
    ]


def confined_pod(user_id: int, *, group_id: int | None = None) -> Values:
    """Pod security context of the restricted standard."""
    group = group_id or user_id
    return {
        "runAsNonRoot": True,
        "runAsUser": user_id,
        "runAsGroup": group,
        "fsGroup": group,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def confined_container(*, seccomp: bool = False) -> Values:
    """Container security context of the restricted standard, with a read-only root file system."""
    context: dict[str, Json] = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }
    if seccomp:
        context["seccompProfile"] = {"type": "RuntimeDefault"}
    return context


MESH_MEMBER: Mapping[str, str] = {"sidecar.istio.io/inject": "true"}
"""Label by which one pod joins the mesh in a namespace that does not inject."""
MESH_OUTBOUND_TLS: Mapping[str, str] = {
    "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
    "traffic.sidecar.istio.io/includeOutboundPorts": "443",
}
"""Annotations for a pod whose callers are in the mesh, and which leaves it through the egress gateway."""
MESH_OUTBOUND_ONLY: Mapping[str, str] = {
    **MESH_OUTBOUND_TLS,
    "traffic.sidecar.istio.io/includeInboundPorts": "",
}
"""Annotations for a pod that is in the mesh only to leave through its egress gateway: callers
without a mesh identity (the API server, Prometheus) still reach it, and nothing but 443 is captured."""
