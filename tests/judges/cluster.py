"""A graph inside a real control plane: applied, scheduled at a load, and asked what did not fit."""

import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from tests.judges.addon_objects import addon_objects
from tests.judges.kubernetes_api import ApiError, KubernetesApi
from tests.judges.manifests import Manifest
from tests.judges.nodes import Pool
from tests.judges.sources import custom_resource_definitions

SETTLE_SECONDS = 240
QUIET_SECONDS = 6
_UNITS = {"": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9} | {
    f"{letter}i": 1024.0 ** (power + 1) for power, letter in enumerate("KMGT")
}
SCALED = ("HorizontalPodAutoscaler", "ScaledObject")


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One object that the API server did not take, in its own words."""

    what: str
    source: str
    message: str

    def __str__(self) -> str:
        """For the findings list."""
        return f"{self.what} ({self.source}): {self.message}"


@dataclass
class Cluster:
    """One control plane with what was put into it."""

    api: KubernetesApi
    applied: list[Manifest] = field(default_factory=list[Manifest])
    generations: dict[str, int] = field(default_factory=dict[str, int])

    def establish(self, groups: Iterable[str]) -> list[str]:
        """Installs the real CRDs of these API groups; returns groups that no pinned CRD serves."""
        wanted = set(groups)
        names: list[str] = []
        served: set[str] = set()
        for crd in custom_resource_definitions():
            if crd["spec"]["group"] in wanted:
                self.api.apply(crd)
                names.append(crd["metadata"]["name"])
                served.add(crd["spec"]["group"])
        deadline = time.monotonic() + 60
        waiting = set(names)
        while waiting and time.monotonic() < deadline:
            for item in self.api.items("apiextensions.k8s.io/v1", "CustomResourceDefinition"):
                conditions: list[dict[str, str]] = item.get("status", {}).get("conditions") or []
                if any(c["type"] == "Established" and c["status"] == "True" for c in conditions):
                    waiting.discard(item["metadata"]["name"])
            time.sleep(0.3)
        assert not waiting, f"not established: {sorted(waiting)}"
        return sorted(wanted - served)

    def apply(self, manifests: Sequence[Manifest]) -> list[Refusal]:
        """Applies in the given order and goes on after a refusal, to find them all."""
        refusals: list[Refusal] = []
        for each in manifests:
            try:
                body = self.api.apply(each.body)
            except ApiError as error:
                refusals.append(
                    Refusal(what=each.key, source=each.node.source, message=error.message)
                )
                continue
            self.applied.append(each)
            self.generations[each.node.urn] = body["metadata"].get("generation", 0)
        return refusals

    def apply_again(self) -> list[str]:
        """Applies everything a second time; names objects whose generation moved."""
        moved: list[str] = []
        for each in self.applied:
            generation = self.api.apply(each.body)["metadata"].get("generation", 0)
            if generation != self.generations[each.node.urn]:
                moved.append(f"{each.key} ({each.node.source})")
        return moved

    def apply_addons(self, catalogue: AddonCatalogue, *, peak: bool) -> list[Refusal]:
        """Brings in the pods of the Helm releases."""
        refusals: list[Refusal] = []
        for body in addon_objects(catalogue, peak=peak):
            metadata = body["metadata"]
            try:
                self.api.apply(body)
            except ApiError as error:
                what = f"{body['kind']} {metadata['namespace']}/{metadata['name']}"
                refusals.append(
                    Refusal(what=what, source="the add-on catalogue", message=error.message)
                )
        return refusals

    def set_nodes(
        self, pools: Iterable[Pool], size: str, zones: Sequence[str] | None = None
    ) -> None:
        """Brings each pool to its `minimum`, `desired` or `maximum`; surplus nodes go with their pods."""
        wanted = {
            node["metadata"]["name"]: node
            for pool in pools
            for node in pool.nodes(getattr(pool, size), zones)
        }
        have = {node["metadata"]["name"] for node in self.api.items("v1", "Node")}
        for name, node in wanted.items():
            if name not in have:
                self.api.create(node)
        self.remove_nodes(have - wanted.keys())

    def scale(self, *, peak: bool) -> dict[str, int]:
        """Sets what autoscalers steer to their minimum or maximum; returns the replicas of each target."""
        targets: dict[str, int] = {}
        for each in self.applied:
            if each.body["kind"] not in SCALED:
                continue
            spec = each.body["spec"]
            if each.body["kind"] == "ScaledObject":
                count = spec.get("maxReplicaCount", 100) if peak else spec.get("minReplicaCount", 0)
            else:
                count = spec["maxReplicas"] if peak else spec.get("minReplicas", 1)
            target = spec["scaleTargetRef"]
            path = self.api.path(
                target.get("apiVersion", "apps/v1"),
                target.get("kind", "Deployment"),
                each.body["metadata"]["namespace"],
                target["name"],
            )
            self.api.merge(f"{path}/scale", {"spec": {"replicas": count}})
            targets[f"{each.body['metadata']['namespace']}/{target['name']}"] = count
        return targets

    def provision(self, stop: threading.Event) -> None:
        """Gives every claim a volume, as the storage driver would; runs in a thread."""
        while not stop.wait(0.5):
            # A class that the graph does not declare is the site's: its volumes are there at once.
            waiting = {
                each["metadata"]["name"]
                for each in self.api.items("storage.k8s.io/v1", "StorageClass")
                if each.get("volumeBindingMode") == "WaitForFirstConsumer"
            }
            for claim in self.api.items("v1", "PersistentVolumeClaim"):
                annotations = claim["metadata"].get("annotations", {})
                if claim["status"].get("phase") != "Pending":
                    continue
                late = claim["spec"].get("storageClassName") in waiting
                if "volume.kubernetes.io/selected-node" in annotations or not late:
                    self._volume(claim)

    def _volume(self, claim: Mapping[str, Any]) -> None:
        metadata = claim["metadata"]
        volume = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": f"pv-{metadata['uid']}"},
            "spec": {
                "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
                "accessModes": claim["spec"]["accessModes"],
                "storageClassName": claim["spec"].get("storageClassName", ""),
                "csi": {"driver": "judge.invalid", "volumeHandle": metadata["uid"]},
                "claimRef": {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "name": metadata["name"],
                    "namespace": metadata["namespace"],
                    "uid": metadata["uid"],
                },
            },
        }
        try:
            self.api.create(volume)
        except ApiError as error:
            if error.status != 409:
                raise

    def settle(self) -> Sequence[Mapping[str, Any]]:
        """Waits until nothing moves any more, and returns the pods that are still not placed."""
        last: Any = None
        quiet_since = time.monotonic()
        deadline = time.monotonic() + SETTLE_SECONDS
        pods: Sequence[Mapping[str, Any]] = []
        while time.monotonic() < deadline:
            pods = self.api.items("v1", "Pod")
            state = sorted(
                (p["metadata"]["name"], p["spec"].get("nodeName", ""), p["status"].get("phase", ""))
                for p in pods
            )
            if state != last:
                last, quiet_since = state, time.monotonic()
            elif (
                time.monotonic() - quiet_since > QUIET_SECONDS and not self._missing()
            ) or time.monotonic() - quiet_since > 4 * QUIET_SECONDS:
                break
            time.sleep(1)
        return [p for p in pods if not p["spec"].get("nodeName")]

    def _missing(self) -> list[str]:
        return [
            f"{kind} {item['metadata']['namespace']}/{item['metadata']['name']}: "
            f"{have} of {want} pods exist{_why(item)}"
            for kind in ("Deployment", "StatefulSet")
            for item in self.api.items("apps/v1", kind)
            if (want := item["spec"].get("replicas", 1))
            > (have := item.get("status", {}).get("replicas", 0))
        ]

    def shortfalls(self) -> list[str]:
        """What is not placed, with the scheduler's own reason, and what admission kept from existing."""
        unplaced = self.settle()
        found: dict[str, int] = defaultdict(int)
        for pod in unplaced:
            owner = pod["metadata"].get("generateName", pod["metadata"]["name"]).rstrip("-")
            found[f"{pod['metadata']['namespace']}/{owner}: {_scheduling(pod)}"] += 1
        lines = [f"{count} pods of {what}" for what, count in sorted(found.items())]
        lines += self._refused_pods()
        return sorted(set(lines + self._missing()))

    def _refused_pods(self) -> list[str]:
        """Why admission kept pods from existing, for controllers that still want more."""
        short = {
            item["metadata"]["uid"]
            for kind in ("ReplicaSet", "StatefulSet")
            for item in self.api.items("apps/v1", kind)
            if item["spec"].get("replicas", 1) > item.get("status", {}).get("replicas", 0)
        }
        short |= {
            item["metadata"]["uid"]
            for item in self.api.items("apps/v1", "DaemonSet")
            if item["status"]["desiredNumberScheduled"] > item["status"]["currentNumberScheduled"]
        }
        latest: dict[str, tuple[str, str]] = {}
        for event in self.api.items("v1", "Event"):
            where = event["involvedObject"]
            if event.get("reason") == "FailedCreate" and where.get("uid") in short:
                what = f"{where['kind']} {where.get('namespace')}/{where['name']}"
                at = event.get("lastTimestamp") or ""
                latest[what] = max(latest.get(what, ("", "")), (at, event["message"]))
        return [f"{what}: {message}" for what, (_, message) in latest.items()]

    def lose_zone(self, zone: str) -> None:
        """Removes every node of a zone, with its pods, as a power failure does after the eviction time."""
        self.remove_nodes(
            {
                node["metadata"]["name"]
                for node in self.api.items("v1", "Node")
                if node["metadata"]["labels"]["topology.kubernetes.io/zone"] == zone
            }
        )

    def remove_nodes(self, gone: Collection[str]) -> None:
        """Deletes nodes and the pods on them."""
        for name in gone:
            self.api.request("DELETE", self.api.path("v1", "Node", "", name))
        for pod in self.api.items("v1", "Pod") if gone else ():
            if pod["spec"].get("nodeName") in gone:
                self.delete_pod(pod)

    def quotas(self) -> Mapping[str, float]:
        """How much of each namespace's tightest quota is used, 1.0 being all of it."""
        found: dict[str, float] = {}
        for quota in self.api.items("v1", "ResourceQuota"):
            status = quota.get("status", {})
            for name, hard in status.get("hard", {}).items():
                most = amount(hard)
                if most:
                    key = f"{quota['metadata']['namespace']}: {name}"
                    found[key] = amount(status.get("used", {}).get(name, "0")) / most
        return found

    def delete_pod(self, pod: Mapping[str, Any]) -> None:
        """Removes a pod at once; one that is gone already is fine."""
        metadata = pod["metadata"]
        path = self.api.path("v1", "Pod", metadata["namespace"], metadata["name"])
        try:
            self.api.request("DELETE", path, {"gracePeriodSeconds": 0})
        except ApiError as error:
            if error.status != 404:
                raise

    def drain(self, node: str, within_seconds: float = 90) -> list[str]:
        """Cordons a node and evicts its pods; returns what a budget never let go."""
        self.api.merge(self.api.path("v1", "Node", "", node), {"spec": {"unschedulable": True}})
        deadline = time.monotonic() + within_seconds
        refused: dict[str, str] = {}
        while time.monotonic() < deadline:
            here = [
                p
                for p in self.api.items("v1", "Pod", fieldSelector=f"spec.nodeName={node}")
                if p["status"].get("phase") not in ("Succeeded", "Failed")
                and not any(
                    o["kind"] == "DaemonSet" for o in p["metadata"].get("ownerReferences", [])
                )
            ]
            if not here:
                break
            refused = {}
            for pod in here:
                metadata = pod["metadata"]
                path = self.api.path("v1", "Pod", metadata["namespace"], metadata["name"])
                body = {
                    "apiVersion": "policy/v1",
                    "kind": "Eviction",
                    "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
                }
                try:
                    self.api.request("POST", f"{path}/eviction", body)
                except ApiError as error:
                    if error.status != 404:
                        refused[f"{metadata['namespace']}/{metadata['name']}"] = error.message
            time.sleep(0.5)
        self.api.merge(self.api.path("v1", "Node", "", node), {"spec": {"unschedulable": False}})
        return [f"{node}: {pod}: {why} ({self._unready(pod)})" for pod, why in refused.items()]

    def _unready(self, pod: str) -> str:
        """Pods of the same namespace that are not ready, which is what a budget waits for."""
        return "; ".join(
            f"{item['metadata']['name']} is {item['status'].get('phase')} {_scheduling(item)}".strip()
            for item in self.api.items("v1", "Pod", pod.split("/", maxsplit=1)[0])
            if not any(
                c["type"] == "Ready" and c["status"] == "True"
                for c in item["status"].get("conditions", [])
            )
        )


def _scheduling(pod: Mapping[str, Any]) -> str:
    """What the scheduler says of a pod."""
    return next(
        (
            c.get("message", "")
            for c in pod["status"].get("conditions", [])
            if c["type"] == "PodScheduled"
        ),
        "not looked at",
    )


def amount(quantity: str) -> float:
    """A Kubernetes quantity as a number."""
    number = quantity.rstrip("mkKMGTi")
    return float(number) * _UNITS[quantity[len(number) :]]


def _why(item: Mapping[str, Any]) -> str:
    messages = [
        c.get("message", "")
        for c in item.get("status", {}).get("conditions", [])
        if c["type"] == "ReplicaFailure"
    ]
    return f" ({'; '.join(messages)})" if messages else ""
