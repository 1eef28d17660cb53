"""A real API server takes every object, and a real scheduler places every pod at every load."""

import dataclasses
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable

import pytest

from phoenix_infra.workloads.gpu import GPU_NODES
from tests.judges.accepted import split
from tests.judges.cluster import Cluster
from tests.judges.manifests import in_latest_order, plain
from tests.judges.report import note
from tests.judges.rights import wrong_rights
from tests.judges.stacks import STACKS, addons_of, graph, pools_of
from tests.judges.tools import KUBERNETES_VERSION

NewCluster = Callable[[], Cluster]


def groups_of(stack: str) -> set[str]:
    """API groups that only a CRD can serve: custom resources are of these."""
    return {
        m.body["apiVersion"].split("/")[0]
        for m in in_latest_order(graph(stack))
        if "." in m.body["apiVersion"]
        and not m.body["apiVersion"].split("/")[0].endswith(".k8s.io")
    } | {"gateway.networking.k8s.io"}


def filled(new_cluster: NewCluster, stack: str) -> tuple[Cluster, list[str]]:
    """A control plane that took the whole stack, and what it refused."""
    cluster = new_cluster()
    without = cluster.establish(groups_of(stack))
    findings = [f"no pinned CRD serves the group {group}" for group in without]
    findings += [str(r) for r in cluster.apply(in_latest_order(graph(stack)))]
    findings += [str(r) for r in cluster.apply_addons(addons_of(stack), peak=False)]
    return cluster, findings


@pytest.mark.parametrize("stack", STACKS)
def test_the_cluster_takes_and_places_everything(stack: str, new_cluster: NewCluster) -> None:
    said: list[str] = []

    def say(step: str, findings: Iterable[object] = ()) -> None:
        said.extend(f"{stack}: {step}: {finding}" for finding in findings)
        sys.stdout.write(f"  {stack}: {step}\n")
        sys.stdout.flush()

    cluster, refused = filled(new_cluster, stack)
    say("applied", refused)
    say("applied again, changed", cluster.apply_again())
    say("rights of service accounts", wrong_rights(cluster.api, cluster.applied))
    pools = pools_of(stack)
    cluster.set_nodes(pools, "desired")
    cluster.scale(peak=False)
    say("steady", [*cluster.shortfalls(), *misplaced(cluster)])
    say("drain", drained(cluster))
    zone = pools[0].zones[0]
    cluster.lose_zone(zone)
    say(f"without {zone}", without_a_pod(cluster))
    cluster.set_nodes(pools, "maximum", [z for z in pools[0].zones if z != zone])
    say(f"without {zone}, grown", cluster.shortfalls())
    cluster.set_nodes(pools, "maximum")
    cluster.scale(peak=True)
    cluster.apply_addons(addons_of(stack), peak=True)
    say("peak", cluster.shortfalls())
    fullest = sorted(cluster.quotas().items(), key=lambda item: -item[1])[:3]
    said_of_quotas = ", ".join(f"{name} {share:.0%}" for name, share in fullest)
    say(f"fullest quotas at peak: {said_of_quotas}")
    left, _ = split("cluster", said)
    note(
        "cluster",
        version=f"Kubernetes {KUBERNETES_VERSION}",
        judged=f"{stack}: objects, steady, drain, zone loss, peak",
        remark=f"fullest quotas at peak: {said_of_quotas}",
        objects=len(cluster.applied),
        findings=len(left),
    )
    assert not left, "\n".join(left)


def drained(cluster: Cluster) -> list[str]:
    """What a disruption budget never let go, node after node; then what is not placed again."""
    stuck = [
        line
        for node in cluster.api.items("v1", "Node")
        for line in cluster.drain(node["metadata"]["name"])
    ]
    return stuck + cluster.shortfalls()


def misplaced(cluster: Cluster) -> list[str]:
    """GPU pods elsewhere than on GPU nodes, and several pods of a service in one zone only."""
    nodes = {
        n["metadata"]["name"]: n["metadata"]["labels"] for n in cluster.api.items("v1", "Node")
    }
    zones: dict[str, list[str]] = defaultdict(list)
    found: list[str] = []
    for pod in cluster.api.items("v1", "Pod"):
        labels = nodes.get(pod["spec"].get("nodeName", ""))
        owners = [
            o for o in pod["metadata"].get("ownerReferences", []) if o["kind"] == "ReplicaSet"
        ]
        if labels is None:
            continue
        wants_gpu = any(
            GPU_NODES.resource in c.get("resources", {}).get("limits", {})
            for c in pod["spec"]["containers"]
        )
        if wants_gpu and labels.get(GPU_NODES.label_key) != GPU_NODES.label_value:
            found.append(f"{pod['metadata']['name']} wants a GPU and is on another node")
        if owners and pod["metadata"]["namespace"].startswith("phoenix-"):
            key = f"{pod['metadata']['namespace']}/{owners[0]['name']}"
            zones[key].append(labels["topology.kubernetes.io/zone"])
    found += [
        f"{k}: {len(z)} pods, all in {z[0]}"
        for k, z in zones.items()
        if len(z) > 1 and len(set(z)) == 1
    ]
    return sorted(found)


def without_a_pod(cluster: Cluster) -> list[str]:
    """Services of ours that have no running pod at this very moment."""
    placed = {
        o["name"]
        for p in cluster.api.items("v1", "Pod")
        if p["spec"].get("nodeName")
        for o in p["metadata"].get("ownerReferences", [])
    }
    return sorted(
        f"{s['metadata']['namespace']}/{s['metadata']['name']} has no placed pod left"
        for s in cluster.api.items("apps/v1", "ReplicaSet")
        if s["spec"].get("replicas", 1) > 1
        and s["metadata"]["namespace"].startswith("phoenix-")
        and s["metadata"]["name"] not in placed
    )


def test_a_misspelt_field_a_missing_toleration_and_a_gpu_too_many_are_found(
    new_cluster: NewCluster,
) -> None:
    cluster = new_cluster()
    manifests = in_latest_order(graph("onprem"))
    space = next(m for m in manifests if m.key == "Namespace -/phoenix-ai")
    gpu = next(m for m in manifests if m.key == "Deployment phoenix-ai/transcription-service")
    cluster.establish([])
    cluster.apply([space, *(m for m in manifests if m.body["kind"] == "PriorityClass")])
    wrong = plain(gpu.body)
    wrong["spec"] = {**wrong["spec"], "replicaz": 2}
    refused = cluster.apply([dataclasses.replace(gpu, body=wrong)])
    assert "replicaz" in refused[0].message
    needed = ("ServiceAccount", "PersistentVolumeClaim")
    ours = [m for m in manifests if m.body["metadata"].get("namespace") == "phoenix-ai"]
    cluster.apply([m for m in ours if m.body["kind"] in needed])
    pools = [p for p in pools_of("onprem") if p.machine.gpus]
    cluster.set_nodes(pools, "maximum")
    crowd = plain(gpu.body)
    crowd["spec"]["replicas"] = sum(p.maximum for p in pools) + 1
    cluster.apply([dataclasses.replace(gpu, body=crowd)])
    lines = cluster.shortfalls()
    assert any(f"Insufficient {GPU_NODES.resource}" in line for line in lines), lines
    intolerant = plain(gpu.body)
    intolerant["spec"]["template"]["spec"]["tolerations"] = []
    cluster.apply([dataclasses.replace(gpu, body=intolerant)])
    lines = cluster.shortfalls()
    assert any("untolerated taint" in line for line in lines), lines


def test_an_overwide_binding_is_found(new_cluster: NewCluster) -> None:
    cluster = new_cluster()
    manifests = in_latest_order(graph("onprem"))
    cluster.apply([m for m in manifests if m.key == "Namespace -/phoenix-ai"])
    cluster.apply(
        [m for m in manifests if m.key == "ServiceAccount phoenix-ai/transcription-service"]
    )
    assert not wrong_rights(cluster.api, cluster.applied)
    cluster.api.apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "too-wide"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "view",
            },
            "subjects": [
                {
                    "kind": "ServiceAccount",
                    "namespace": "phoenix-ai",
                    "name": "transcription-service",
                }
            ],
        }
    )
    assert any("may list pods" in line for line in wrong_rights(cluster.api, cluster.applied))
