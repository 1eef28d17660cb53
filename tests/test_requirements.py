"""A requirement stays delivered: a named resource that disappears is a red test."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from phoenix_infra.preview import Graph

NUMBERS = frozenset(
    [f"G-{n:03d}" for n in (*range(9, 26), *range(35, 46), 98, 119)]
    + [f"L-{n:03d}" for n in (*range(1, 10), *range(22, 30), 32, 33, 34)]
    + ["N-013", "M-035", "M-042", "M-046", "O-016", "O-017"]
)
"""The numbers of the AWS platform that no in-cluster layer delivers."""


def _module() -> ModuleType:
    path = Path(__file__).with_name("requirements_table.py")
    spec = importlib.util.spec_from_file_location("requirements_table", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TABLE = _module()
ENTRIES = TABLE.requirements()


@pytest.fixture
def graphs(graph_of: Callable[..., Graph]) -> dict[str, Graph]:
    return {stack: graph_of(stack) for stack in TABLE.STACKS}


def test_every_number_is_answered() -> None:
    answered = {entry.number for entry in ENTRIES}
    assert answered >= NUMBERS, f"unanswered: {sorted(NUMBERS - answered)}"


def test_each_entry_names_resources_or_says_why_not() -> None:
    for entry in ENTRIES:
        assert bool(entry.delivers) != bool(entry.reason), entry.number


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.number)
def test_every_named_resource_exists(entry: Any, graphs: dict[str, Graph]) -> None:
    patterns: tuple[str, ...] = entry.delivers
    recorded = list(graphs.values())
    missing = [pattern for pattern in patterns if not TABLE.matches(pattern, recorded)]
    assert missing == [], "a resource that delivers a requirement disappeared"


def test_a_resource_that_disappears_is_seen(graphs: dict[str, Graph]) -> None:
    assert TABLE.matches("aws:rds/globalCluster:GlobalCluster::global-database", graphs.values())
    assert not TABLE.matches("aws:rds/globalCluster:GlobalCluster::renamed", graphs.values())


def test_the_readable_table_is_up_to_date(graphs: dict[str, Graph]) -> None:
    # Compared first: pytest's own difference of two long texts takes minutes.
    same = TABLE.DOCUMENT.read_text() == TABLE.table(graphs)
    assert same, "run: python -m tests.requirements_table"
