"""The graph of resources that the program declares for a stack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from phoenix_infra.preview.wire import Value, unknown_paths

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


class Mode(StrEnum):
    """What the recorder does with values that only a provider knows.

    `known`: they get deterministic, realistic values, as after a deploy.
    `unknown`: they stay unknown, as at the preview before a first deploy.
    """

    KNOWN = "known"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """How a resource came about: by a provider, as a grouping, by a remote component, or read."""

    CUSTOM = "custom"
    COMPONENT = "component"
    REMOTE = "remote"
    READ = "read"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One registration, with everything the engine would have been told."""

    urn: str
    type: str
    name: str
    parent: str
    kind: Kind
    provider: str
    """`<urn>::<id>` of the provider; empty for components and providers."""
    region: str
    """AWS region the resource lives in; empty outside AWS."""
    inputs: Mapping[str, Value]
    outputs: Mapping[str, Value]
    dependencies: tuple[str, ...]
    property_dependencies: Mapping[str, tuple[str, ...]]
    options: Mapping[str, Value]
    source: str
    """`phoenix_infra/aws/rds.py:42`: the first frame inside the project."""
    registered_outputs: Mapping[str, Value] | None
    """What a component registered at its end; None when it never did."""

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider, which has no provider of its own."""
        return self.type.startswith(PROVIDER_PREFIX)


@dataclass(frozen=True, kw_only=True)
class Graph:
    """All registrations of one stack, sorted by URN."""

    stack: str
    project: str
    mode: Mode
    resources: tuple[Node, ...]
    deployment_order: tuple[str, ...]
    exports: Mapping[str, Value]
    warnings: tuple[str, ...] = field(default=())
    """What the program logged as a warning or worse while it ran."""

    @cached_property
    def by_urn(self) -> Mapping[str, Node]:
        """Each node under its URN."""
        return {node.urn: node for node in self.resources}

    def of_type(self, *types: str) -> tuple[Node, ...]:
        """The nodes of these type tokens, sorted by URN."""
        return tuple(node for node in self.resources if node.type in types)

    def named(self, type_: str, name: str) -> Node:
        """The one node of this type and logical name."""
        found = [n for n in self.resources if n.type == type_ and n.name == name]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources of type {type_} are named {name!r}, not one")
        return found[0]

    def children(self, urn: str) -> tuple[Node, ...]:
        """The nodes whose parent this is."""
        return tuple(node for node in self.resources if node.parent == urn)


@dataclass(frozen=True, kw_only=True)
class UnknownInput:
    """An input that no value was taught for."""

    urn: str
    type: str
    name: str
    path: str
    suspects: tuple[str, ...]
    """`type name` of the resources whose outputs feed the property: one of them lacks a value."""

    def __str__(self) -> str:
        """The resource, the property, and where to look."""
        come_from = f"; it comes from {', '.join(self.suspects)}" if self.suspects else ""
        return f"{self.type} {self.name}: input {self.path} is unknown{come_from}"


def unknown_inputs(graph: Graph) -> list[UnknownInput]:
    """Inputs that are not known; in known mode each names an output that has to be taught."""
    return list(_unknown_inputs(graph, graph.resources))


def _unknown_inputs(graph: Graph, nodes: Iterable[Node]) -> Iterable[UnknownInput]:
    for node in nodes:
        for property_name, value in node.inputs.items():
            for path in unknown_paths(value, property_name):
                urns = node.property_dependencies.get(property_name, ())
                suspects = (graph.by_urn.get(urn) for urn in urns)
                yield UnknownInput(
                    urn=node.urn,
                    type=node.type,
                    name=node.name,
                    path=path,
                    suspects=tuple(f"{n.type} {n.name}" for n in suspects if n is not None),
                )
