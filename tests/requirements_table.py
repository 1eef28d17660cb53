"""Which resources deliver which requirement: `python -m tests.requirements_table` writes docs/requirements.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from phoenix_infra.preview import Graph, record

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "docs" / "requirements.yaml"
DOCUMENT = ROOT / "docs" / "requirements.md"
STACKS = ("production", "dr")
HEADER = (
    "# Requirements and the resources that deliver them\n\n"
    "Generated from `docs/requirements.yaml` and the recorded graphs by `python -m tests.requirements_table`.\n\n"
    "| number | requirement | delivered by | production | dr |\n| --- | --- | --- | --- | --- |\n"
)


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One number: patterns of resources, or the reason why no resource delivers it."""

    number: str
    title: str
    delivers: tuple[str, ...]
    reason: str


def requirements() -> tuple[Requirement, ...]:
    """Every entry of the data file, by number."""
    raw = cast("Mapping[str, Mapping[str, Any]]", YAML(typ="safe").load(DATA.read_text()))  # pyright: ignore[reportUnknownMemberType]
    return tuple(
        Requirement(
            number=number,
            title=str(entry["title"]),
            delivers=tuple(entry.get("delivers", ())),
            reason=str(entry.get("reason", "")),
        )
        for number, entry in sorted(raw.items())
    )


def matches(pattern: str, graphs: Sequence[Graph]) -> int:
    """How many resources of these graphs a pattern names."""
    return sum(
        fnmatchcase(f"{node.type}::{node.name}", pattern)
        for graph in graphs
        for node in graph.resources
    )


def table(graphs: Mapping[str, Graph]) -> str:
    """The readable table."""
    rows: list[str] = []
    for entry in requirements():
        what = "<br>".join(f"`{pattern}`" for pattern in entry.delivers) or entry.reason
        places = [
            "yes" if any(matches(pattern, [graphs[stack]]) for pattern in entry.delivers) else ""
            for stack in STACKS
        ]
        rows.append(f"| {entry.number} | {entry.title} | {what} | {' | '.join(places)} |")
    return HEADER + "\n".join(rows) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(table({stack: record(stack, root=ROOT) for stack in STACKS}))
