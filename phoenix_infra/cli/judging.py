"""Brings graph and policy pack together; nothing else in the project sees both."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.graph import Graph
from phoenix_infra.preview.graph_file import judged_resources

if TYPE_CHECKING:
    from phoenix_policies import Resource, Verdict, Waivers

WAIVERS = Path("policies") / "waivers.yaml"


def judge_graph(
    graph: Graph,
    *,
    root: Path,
    as_of: date,
    frameworks: tuple[str, ...] = (),
    peers: tuple[Graph, ...] = (),
) -> "Verdict":
    """The verdict of the whole pack over a recorded graph."""
    return judge(
        _resources(graph),
        as_of=as_of,
        waivers=waivers_of(root),
        frameworks=frameworks,
        peers=[one for peer in peers for one in _resources(peer)],
        stack=graph.stack,
    )


def judge(
    resources: "Iterable[Resource]",
    *,
    as_of: date,
    waivers: "Waivers | None",
    frameworks: tuple[str, ...] = (),
    peers: "Iterable[Resource]" = (),
    stack: str = "",
) -> "Verdict":
    """The verdict of the pack over resources from anywhere."""
    from phoenix_policies import load_pack

    chosen: Any = {"frameworks": frameworks} if frameworks else {}
    return load_pack(**chosen).judge(
        resources, as_of=as_of, waivers=waivers, peer_resources=peers, stack=stack
    )


def waivers_of(root: Path) -> "Waivers | None":
    """The project's waivers; none when it has no such file."""
    from phoenix_policies import load_waivers

    path = root / WAIVERS
    return load_waivers(path) if path.is_file() else None


def resources_in(document: Any, name: str) -> "list[Resource]":
    """The resources of an exported state, a saved graph or a JSON list."""
    from phoenix_policies import resources_from

    try:
        return resources_from(document)
    except ValueError as error:
        raise PreviewError(f"{name}: {error}") from None


def _resources(graph: Graph) -> "list[Resource]":
    from phoenix_policies import resources_from_graph

    return resources_from_graph(judged_resources(graph))
