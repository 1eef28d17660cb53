"""The recorded graphs that the judges look at, and the settings behind them."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from phoenix_infra.preview import PROJECT_ROOT, Graph, Mode, read_graph, record

STACKS = ("production", "dr", "onprem")
TIERS = {"production": (10, 50, 100, 250, 500)}


@cache
def graph(stack: str, *, hospitals: int | None = None, unknown: bool = False) -> Graph:
    """The graph of a stack file, or the one kept in PHOENIX_JUDGES_GRAPHS as `<stack>.json`."""
    kept = os.environ.get("PHOENIX_JUDGES_GRAPHS")
    if kept and hospitals is None and not unknown:
        return read_graph(Path(kept) / f"{stack}.json")
    overrides: Mapping[str, dict[str, int]] = (
        {} if hospitals is None else {"phoenix:hospitals": {"count": hospitals}}
    )
    return record(
        stack,
        mode=Mode.UNKNOWN if unknown else Mode.KNOWN,
        root=PROJECT_ROOT,
        overrides=overrides,
    )
