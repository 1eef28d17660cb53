"""Settings, declared connectivity and recorded graph of every stack that has a cluster."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.naming import Naming
from phoenix_infra.preview import Graph
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings, RegionalSettings
from phoenix_infra.settings.stack_file import read_stack_file
from phoenix_infra.workloads.addon_connectivity import cluster_connectivity
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.connectivity import Connectivity

ROOT = Path(__file__).resolve().parents[2]
CLUSTER_STACKS = ("production", "dr", "onprem")


@cache
def settings_of(stack: str) -> GuardianSettings:
    """The settings of a stack file."""
    settings = parse(read_stack_file(ROOT / f"Pulumi.{stack}.yaml"), stack)
    assert isinstance(settings, GuardianSettings)
    return settings


@cache
def connectivity_of(stack: str) -> Connectivity:
    """The declared connectivity of the whole cluster."""
    settings = settings_of(stack)
    region = settings.identity.region if isinstance(settings, RegionalSettings) else ""
    naming = Naming(environment=settings.stack.environment, role=settings.stack.kind, region=region)
    profile = profile_of(settings, naming)
    return cluster_connectivity(settings, addon_catalogue(profile), profile)


@pytest.fixture(params=CLUSTER_STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    """Every stack that has a cluster."""
    return str(request.param)


@pytest.fixture
def settings(stack: str) -> GuardianSettings:
    """Settings of the stack under test."""
    return settings_of(stack)


@pytest.fixture
def application(stack: str, graph_of: Callable[..., Graph]) -> Graph:
    """The recorded graph of the stack under test."""
    return graph_of(stack)


@pytest.fixture
def connectivity(stack: str) -> Connectivity:
    """Declared connectivity of the stack under test."""
    return connectivity_of(stack)


@pytest.fixture(scope="session")
def settings_for() -> Callable[[str], GuardianSettings]:
    """Settings by the name of a stack."""
    return settings_of
