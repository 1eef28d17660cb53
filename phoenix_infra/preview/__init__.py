"""The recorder: the graph of resources that the program declares for a stack, without engine or cloud."""

from phoenix_infra.preview.errors import PreviewError
from phoenix_infra.preview.graph import Graph, Kind, Mode, Node, UnknownInput, unknown_inputs
from phoenix_infra.preview.graph_file import (
    graph_document,
    judged_resources,
    read_graph,
    write_graph,
)
from phoenix_infra.preview.recording import PROJECT_ROOT, record, record_program

__all__ = [
    "PROJECT_ROOT",
    "Graph",
    "Kind",
    "Mode",
    "Node",
    "PreviewError",
    "UnknownInput",
    "graph_document",
    "judged_resources",
    "read_graph",
    "record",
    "record_program",
    "unknown_inputs",
    "write_graph",
]
