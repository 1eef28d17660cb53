"""The graph as a file: documented in docs/graph-format.md, versioned, secrets masked, byte-equal."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.graph import Graph, Kind, Mode, Node
from phoenix_infra.preview.wire import Value, mask

FORMAT = "phoenix-graph"
VERSION = 1


def graph_document(graph: Graph, verdict: Mapping[str, Value] | None = None) -> dict[str, Value]:
    """The graph as plain data, with `[secret]` in place of every secret."""
    document: dict[str, Value] = {
        "format": FORMAT,
        "version": VERSION,
        "stack": graph.stack,
        "project": graph.project,
        "mode": graph.mode.value,
        "exports": mask(graph.exports),
        "deploymentOrder": list(graph.deployment_order),
        "warnings": list(graph.warnings),
        "resources": [node_document(node) for node in graph.resources],
    }
    if verdict is not None:
        document["verdict"] = dict(verdict)
    return document


def node_document(node: Node, show: Callable[[Value], Value] = mask) -> dict[str, Value]:
    """One resource as plain data; what is judged in memory keeps its secrets, what is written does not."""
    registered = node.registered_outputs
    return {
        "urn": node.urn,
        "type": node.type,
        "name": node.name,
        "parent": node.parent,
        "kind": node.kind.value,
        "provider": node.provider,
        "region": node.region,
        "inputs": show(node.inputs),
        "outputs": show(node.outputs),
        "dependencies": list(node.dependencies),
        "propertyDependencies": {k: list(v) for k, v in node.property_dependencies.items()},
        "options": show(node.options),
        "source": node.source,
        "registeredOutputs": None if registered is None else show(registered),
    }


def judged_resources(graph: Graph) -> list[dict[str, Value]]:
    """The resources in graph-file form for the policy pack, in memory: rules see secrets, their messages do not."""
    return [node_document(node, _unchanged) for node in graph.resources]


def _unchanged(value: Value) -> Value:
    return value


def write_graph(path: Path, graph: Graph, verdict: Mapping[str, Value] | None = None) -> None:
    """Writes the graph; the same graph gives the same bytes."""
    text = json.dumps(graph_document(graph, verdict), sort_keys=True, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def read_graph(path: Path) -> Graph:
    """Reads a graph that `write_graph` wrote; secrets stay masked."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PreviewError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise PreviewError(f"{path}: is no JSON ({error})") from None
    return graph_of(content, str(path))


def graph_of(content: Any, where: str) -> Graph:
    """The graph in a parsed file."""
    if not isinstance(content, dict):
        raise PreviewError(f"{where}: must hold one JSON object")
    document = cast(dict[str, Any], content)
    if document.get("format") != FORMAT:
        raise PreviewError(f"{where}: is no graph file; `format` must be {FORMAT!r}")
    if document.get("version") != VERSION:
        raise PreviewError(
            f"{where}: has version {document.get('version')!r}; this program reads version {VERSION}"
        )
    try:
        return Graph(
            stack=document["stack"],
            project=document["project"],
            mode=Mode(document["mode"]),
            resources=tuple(_node(entry) for entry in document["resources"]),
            deployment_order=tuple(document["deploymentOrder"]),
            exports=document["exports"],
            warnings=tuple(document["warnings"]),
        )
    except KeyError as error:
        raise PreviewError(f"{where}: the field {error} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise PreviewError(f"{where}: is no graph of version {VERSION} ({error})") from None


def _node(entry: dict[str, Any]) -> Node:
    return Node(
        urn=entry["urn"],
        type=entry["type"],
        name=entry["name"],
        parent=entry["parent"],
        kind=Kind(entry["kind"]),
        provider=entry["provider"],
        region=entry["region"],
        inputs=entry["inputs"],
        outputs=entry["outputs"],
        dependencies=tuple(entry["dependencies"]),
        property_dependencies={k: tuple(v) for k, v in entry["propertyDependencies"].items()},
        options=entry["options"],
        source=entry["source"],
        registered_outputs=entry["registeredOutputs"],
    )
