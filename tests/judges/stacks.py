"""The recorded graphs that the judges look at, and the settings behind them."""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.naming import Naming
from phoenix_infra.preview import PROJECT_ROOT, Graph, Mode, read_graph, record
from phoenix_infra.preview.stack_config import stack_config
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings, OnPremSettings
from phoenix_infra.settings.sections import AnySettings
from phoenix_infra.workloads.addon_catalogue import AddonCatalogue
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.cluster_profile import ClusterProfile
from tests.judges.nodes import Pool, pools_of_graph, pools_of_site

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


def settings_of(stack: str, *, hospitals: int | None = None) -> AnySettings:
    """The settings of a stack file."""
    overrides: Mapping[str, dict[str, int]] = (
        {} if hospitals is None else {"phoenix:hospitals": {"count": hospitals}}
    )
    return parse(stack_config(PROJECT_ROOT, stack, overrides), stack)


def profile(stack: str, *, hospitals: int | None = None) -> ClusterProfile:
    """The cluster as its add-ons see it."""
    settings = settings_of(stack, hospitals=hospitals)
    assert isinstance(settings, GuardianSettings)
    identity = settings.stack
    role = {"recovery": "recovery"}.get(identity.kind, "primary")
    naming = Naming(
        environment=identity.environment, role=role, region=getattr(identity, "region", "")
    )
    return profile_of(settings, naming)


def addons_of(stack: str, *, hospitals: int | None = None) -> AddonCatalogue:
    """The add-ons that the program installs for a stack."""
    return addon_catalogue(profile(stack, hospitals=hospitals))


def pools_of(stack: str, *, hospitals: int | None = None) -> Sequence[Pool]:
    """Nodes as the graph's node groups, or the site's promise, would bring them."""
    settings = settings_of(stack, hospitals=hospitals)
    if isinstance(settings, OnPremSettings):
        return pools_of_site(settings.platform.node_pools)
    return pools_of_graph(graph(stack, hospitals=hospitals))
