"""Everything that the catalogues declare fits on the nodes of every stack and of every tier."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from phoenix_infra.layers.capacity import capacity_problems
from phoenix_infra.layers.platform_profile import profile_of
from phoenix_infra.naming import Naming
from phoenix_infra.settings.capacity import POOLS, check_capacity
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings
from phoenix_infra.settings.stack_file import read_stack_file
from phoenix_infra.workloads.addon_selection import addon_catalogue
from phoenix_infra.workloads.catalogue import AGENTS, SERVICES
from phoenix_infra.workloads.placement import pods_of

ROOT = Path(__file__).parents[2]
GUARDIAN_STACKS = ("production", "dr", "onprem")


def settings_of(stack: str, **changes: dict[str, Any]) -> GuardianSettings:
    config = read_stack_file(ROOT / f"Pulumi.{stack}.yaml")
    for section, values in changes.items():
        written = json.loads(config.get(f"phoenix:{section}", "{}"))
        config[f"phoenix:{section}"] = json.dumps({**written, **values})
    settings = parse(config, stack)
    assert isinstance(settings, GuardianSettings)
    return settings


def pods(settings: GuardianSettings) -> list[Any]:
    naming = Naming(environment="production", role=settings.stack.kind, region="us-east-1")
    return list(pods_of(settings, addon_catalogue(profile_of(settings, naming))))


@pytest.mark.parametrize("stack", GUARDIAN_STACKS)
def test_everything_fits_at_its_maximum(stack: str) -> None:
    assert [str(problem) for problem in capacity_problems(settings_of(stack))] == []


@pytest.mark.parametrize("hospitals", [1, 10, 11, 50, 51, 100, 101, 250, 251, 500])
def test_every_tier_holds_its_own_services(hospitals: int) -> None:
    settings = settings_of("production", hospitals={"count": hospitals, "connections": []})
    assert [str(problem) for problem in capacity_problems(settings)] == []


def test_the_launch_profile_asks_for_more_connections_before_it_runs() -> None:
    (problem,) = capacity_problems(settings_of("production", workloads={"profile": "launch"}))
    assert problem.setting == "phoenix:database.limits.max_connections"


@pytest.mark.parametrize("stack", GUARDIAN_STACKS)
def test_every_service_agent_and_add_on_is_counted(stack: str) -> None:
    settings = settings_of(stack)
    counted = {pod.name for pod in pods(settings)}
    assert counted >= {spec.name for spec in SERVICES} | {agent.name for agent in AGENTS}
    assert any(name.startswith("istiod/") for name in counted)
    assert ("database" in counted) == (stack == "onprem")


def test_gpu_nodes_carry_gpu_services_and_daemons_only() -> None:
    for pod in pods(settings_of("production")):
        if pod.pool == "gpu":
            assert pod.gpus or pod.daemon, pod.name


@pytest.mark.parametrize("pool", POOLS)
def test_a_pod_that_grows_beyond_a_node_is_refused(pool: str) -> None:
    settings = settings_of("production")
    grown = [
        replace(pod, memory_mib=64 * 1024) if pod.pool == pool and not pod.daemon else pod
        for pod in pods(settings)
    ]
    assert any(
        problem.setting.startswith(f"phoenix:cluster.{pool}")
        for problem in check_capacity(settings, grown)
    )
