"""The longest dependency path of a graph, which the SDK's recursion limits."""

from collections.abc import Mapping, Sequence

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.graph import Graph

LONGEST_PATH = 100
"""The SDK walks dependencies recursively and fails near 980; everybody else's patience ends sooner."""


def longest_path(graph: Graph) -> tuple[str, ...]:
    """URNs of the longest chain in which each resource depends on the next."""
    edges: Mapping[str, Sequence[str]] = {
        node.urn: [urn for urn in node.dependencies if urn in graph.by_urn]
        for node in graph.resources
    }
    length: dict[str, int] = {}
    following: dict[str, str] = {}
    # A resource comes after everything it depends on, so one pass in that order is enough.
    for urn in graph.deployment_order:
        best = max(edges[urn], key=lambda other: (length.get(other, 0), other), default="")
        length[urn] = length.get(best, 0) + 1
        if best:
            following[urn] = best
    path: list[str] = []
    current = max(length, key=lambda urn: (length[urn], urn), default="")
    while current:
        path.append(current)
        current = following.get(current, "")
    return tuple(path)


def check_depth(graph: Graph) -> None:
    """Refuses a graph with a dependency path over the limit, naming both ends."""
    path = longest_path(graph)
    if len(path) > LONGEST_PATH:
        raise PreviewError(
            f"a dependency path has {len(path)} resources, more than {LONGEST_PATH}: from "
            f"{path[0].rsplit('::', 1)[1]} to {path[-1].rsplit('::', 1)[1]}; "
            "pass outputs instead of chaining resources with depends_on"
        )
