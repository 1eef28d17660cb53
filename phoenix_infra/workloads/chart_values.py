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


def mesh_opt_in(revision: str) -> dict[str, str]:
    """Labels by which one pod joins the mesh in a namespace that does not inject."""
    return {"sidecar.istio.io/inject": "true", "istio.io/rev": revision}


MESH_OPT_OUT: Mapping[str, str] = {"sidecar.istio.io/inject": "false"}
"""For pods that the API server calls: it has no mesh identity."""
