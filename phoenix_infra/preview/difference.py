"""What differs between two graphs: resources, inputs and options; values are never shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from phoenix_infra.preview.graph import Graph, Node
from phoenix_infra.preview.wire import Value


class Change(StrEnum):
    """What happened to a resource."""

    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One resource that is not the same in both graphs."""

    change: Change
    urn: str
    paths: tuple[str, ...] = ()
    """Paths of inputs and options that differ, `inputs.tags.Owner`."""

    def __str__(self) -> str:
        """One line for each resource."""
        return f"{self.change.value} {self.urn}" + (
            f": {', '.join(self.paths)}" if self.paths else ""
        )


def differences(before: Graph, after: Graph) -> tuple[Difference, ...]:
    """Every resource that differs, sorted by URN."""
    old, new = before.by_urn, after.by_urn
    found: list[Difference] = []
    for urn in sorted({*old, *new}):
        if urn not in new:
            found.append(Difference(change=Change.REMOVED, urn=urn))
        elif urn not in old:
            found.append(Difference(change=Change.ADDED, urn=urn))
        elif paths := tuple(_changed(old[urn], new[urn])):
            found.append(Difference(change=Change.CHANGED, urn=urn, paths=paths))
    return tuple(found)


def _changed(old: Node, new: Node) -> Iterator[str]:
    yield from _paths(old.inputs, new.inputs, "inputs")
    yield from _paths(old.options, new.options, "options")
    if old.parent != new.parent:
        yield "parent"


def _paths(old: Value, new: Value, path: str) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = cast(Mapping[str, Value], old), cast(Mapping[str, Value], new)
        for key in sorted({*before, *after}):
            yield from _paths(before.get(key), after.get(key), f"{path}.{key}")
    elif old != new:
        yield path
