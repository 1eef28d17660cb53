"""The order in which an engine could deploy a graph: whatever something needs comes before it."""

import heapq
from collections.abc import Mapping, Sequence

from phoenix_infra.preview.graph import Node


def deployment_order(nodes: Sequence[Node]) -> tuple[str, ...]:
    """URNs, needs first and alphabetical among equals.

    The SDK's own order of registration depends on Python's hash seed where a resource waits for several others,
    so it cannot stand in a file that must be equal byte by byte.
    """
    known = {node.urn for node in nodes}
    needs = {node.urn: _needs(node) & known for node in nodes}
    waiting: dict[str, list[str]] = {urn: [] for urn in known}
    for urn, needed in needs.items():
        for other in needed:
            waiting[other].append(urn)
    return _sorted(needs, waiting)


def _needs(node: Node) -> set[str]:
    provider = node.provider.rpartition("::")[0]
    by_property = {urn for urns in node.property_dependencies.values() for urn in urns}
    return ({node.parent, provider, *node.dependencies} | by_property) - {"", node.urn}


def _sorted(needs: Mapping[str, set[str]], waiting: Mapping[str, list[str]]) -> tuple[str, ...]:
    missing = {urn: len(needed) for urn, needed in needs.items()}
    ready = sorted(urn for urn, count in missing.items() if not count)
    order: list[str] = []
    while ready:
        urn = heapq.heappop(ready)
        order.append(urn)
        for other in waiting[urn]:
            missing[other] -= 1
            if not missing[other]:
                heapq.heappush(ready, other)
    return tuple(order)
