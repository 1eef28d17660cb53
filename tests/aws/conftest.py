"""Reading a recorded stack: nodes by type, inputs without marks, and which resource a value came from."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from phoenix_infra.layers.keys import build_keys
from phoenix_infra.layers.network import build_network
from phoenix_infra.preview import Graph, Node, record, record_program
from phoenix_infra.providers import regional_context
from phoenix_infra.settings.hospitals import HospitalConnection, HospitalsSettings
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import PrimarySettings
from phoenix_infra.settings.stack_file import read_stack_file

PROJECT_ROOT = Path(__file__).parents[2]
SIGNATURE = "4dabf18193072939515e22adb298388d"
REGIONAL = ("production", "dr")


def plain(value: Any) -> Any:
    """A value without secret marks."""
    if isinstance(value, Mapping):
        members = cast("Mapping[str, Any]", value)
        if SIGNATURE in members and "value" in members:
            return plain(members["value"])
        return {key: plain(member) for key, member in members.items()}
    if isinstance(value, list):
        return [plain(member) for member in cast("list[Any]", value)]
    return value


class Reading:
    """One stack's graph, asked by type token."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def of(self, token: str) -> Sequence[Node]:
        return self.graph.of_type(token)

    def only(self, token: str, name: str | None = None) -> Node:
        found = [n for n in self.of(token) if name is None or n.name == name]
        assert len(found) == 1, f"{len(found)} resources of {token} named {name}"
        return found[0]

    def inputs(self, token: str, name: str | None = None) -> dict[str, Any]:
        return cast("dict[str, Any]", plain(self.only(token, name).inputs))

    def referring(self, token: str, prop: str, target: Node) -> list[Node]:
        """Resources of a type whose property comes from the target or from one of its members."""
        parent = target.parent
        urns = {n.urn for n in self.graph.resources if n.parent == parent and parent} | {target.urn}
        return [n for n in self.of(token) if set(n.property_dependencies.get(prop, ())) & urns]


def document(text: Any) -> dict[str, Any]:
    """A policy document out of its JSON."""
    return cast("dict[str, Any]", json.loads(plain(text)))


@pytest.fixture
def reading(graph_of: Callable[..., Graph]) -> Callable[[str], Reading]:
    """Gives the reading of a stack."""
    return lambda stack: Reading(graph_of(stack))


@pytest.fixture
def production(reading: Callable[[str], Reading]) -> Reading:
    return reading("production")


@pytest.fixture
def dr(reading: Callable[[str], Reading]) -> Reading:
    return reading("dr")


@pytest.fixture(params=REGIONAL)
def region(request: pytest.FixtureRequest, reading: Callable[[str], Reading]) -> Reading:
    """Both regional stacks, one after the other."""
    return reading(str(request.param))


@pytest.fixture
def changed() -> Callable[[str, Mapping[str, Any]], Reading]:
    """Records a stack with settings laid over its file: `changed("dr", {"phoenix:stack": {...}})`."""

    def reading_of(stack: str, overrides: Mapping[str, Any]) -> Reading:
        return Reading(_recorded_with(stack, json.dumps(overrides)))

    return reading_of


@cache
def _recorded_with(stack: str, overrides: str) -> Graph:
    return record(stack, overrides=json.loads(overrides))


@pytest.fixture
def network_counts() -> Callable[[int], Counter[str]]:
    """Counts the network layer's resources by type, for a number of connected hospitals."""

    def count(hospitals: int) -> Counter[str]:
        settings = _with_hospitals(hospitals)

        def program() -> None:
            context = regional_context(settings, "production")
            build_network(context, build_keys(context))

        graph = record_program(program, stack="production")
        return Counter(node.type for node in graph.resources)

    return count


def _with_hospitals(count: int) -> PrimarySettings:
    settings = parse(read_stack_file(PROJECT_ROOT / "Pulumi.production.yaml"), "production")
    assert isinstance(settings, PrimarySettings)
    connections = tuple(
        HospitalConnection(
            name=f"hospital-{index}",
            customer_gateway_ip=f"203.0.113.{index + 1}",
            cidr=f"100.{64 + index}.0.0/20",
        )
        for index in range(count)
    )
    return settings.model_copy(
        update={"hospitals": HospitalsSettings(count=count, connections=connections)}
    )
