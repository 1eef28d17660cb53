"""The Kubernetes objects of a graph, in the worst order that its dependencies still allow."""

import heapq
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phoenix_infra.preview import Graph, Node
from phoenix_infra.preview.wire import reveal

RELEASE_TYPES = ("kubernetes:helm.sh/v3:Release",)
_NOT_OBJECTS = ("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize")
# Pulumi resources that change an object which another program owns.
_PATCH = re.compile(r"Patch$")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """One object as the API server will see it, and the resource it comes from."""

    node: Node
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """`Kind namespace/name`, for people."""
        metadata = self.body["metadata"]
        return f"{self.body['kind']} {metadata.get('namespace', '-')}/{metadata.get('name', '?')}"


def plain(value: Any) -> Any:
    """A value without secret marks and without keys that are null."""
    value = reveal(value)
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items() if v is not None}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [plain(v) for v in value]  # pyright: ignore[reportUnknownVariableType]
    # Protocol buffers know one number type only.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def is_object(node: Node) -> bool:
    """Whether the resource is one object in the cluster."""
    return (
        node.type.startswith("kubernetes:")
        and node.kind == "custom"
        and not node.type.startswith(_NOT_OBJECTS)
        and not node.is_provider
    )


def manifest(node: Node) -> Manifest:
    """The object that the Kubernetes provider would apply."""
    body = dict(plain(node.inputs))
    _, group_version, kind = node.type.split(":")
    body.setdefault("apiVersion", group_version.removeprefix("core/"))
    body.setdefault("kind", _PATCH.sub("", kind))
    body["metadata"] = {"name": node.name, **body.get("metadata", {})}
    return Manifest(node=node, body=body)


def releases(graph: Graph) -> Sequence[Node]:
    """The Helm releases of a graph."""
    return graph.of_type(*RELEASE_TYPES)


def in_latest_order(graph: Graph) -> Sequence[Manifest]:
    """Objects by their dependencies alone, later registrations first.

    Pulumi applies in parallel whatever has no dependency left, so an object that stands only by luck
    behind its namespace comes before it here.
    """
    place = {urn: index for index, urn in enumerate(graph.deployment_order)}
    waiting = {n.urn: {d for d in n.dependencies if d in graph.by_urn} for n in graph.resources}
    followers: dict[str, list[str]] = {}
    for urn, needs in waiting.items():
        for need in needs:
            followers.setdefault(need, []).append(urn)
    ready = [(-place.get(urn, 0), urn) for urn, needs in waiting.items() if not needs]
    heapq.heapify(ready)
    found: list[Manifest] = []
    while ready:
        _, urn = heapq.heappop(ready)
        node = graph.by_urn[urn]
        if is_object(node):
            found.append(manifest(node))
        for follower in followers.get(urn, ()):
            waiting[follower].discard(urn)
            if not waiting[follower]:
                heapq.heappush(ready, (-place.get(follower, 0), follower))
    return found


def of_kind(manifests: Iterable[Manifest], *kinds: str) -> Sequence[Manifest]:
    """Only these kinds."""
    return [m for m in manifests if m.body["kind"] in kinds]
