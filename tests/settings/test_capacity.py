"""What shall run is placed on the node groups' maximum, and refused with numbers when it does not fit."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from phoenix_infra.settings.capacity import PodDemand, check_capacity, node_groups, nodes_needed
from phoenix_infra.settings.instance_types import (
    INSTANCE_TYPES,
    Allocatable,
    allocatable,
    reserved_cpu_millicores,
)
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import GuardianSettings

Bend = Callable[[str, Mapping[str, Any]], dict[str, str]]
GATEWAY = PodDemand(
    name="api-gateway", pool="general", cpu_millicores=1000, memory_mib=2048, minimum=3, maximum=20
)


def settings_of(
    bend: Bend, stack: str, changes: Mapping[str, Any] | None = None
) -> GuardianSettings:
    settings = parse(bend(stack, changes or {}), stack)
    assert isinstance(settings, GuardianSettings)
    return settings


@pytest.mark.parametrize(("cpus", "millicores"), [(1, 60), (2, 70), (4, 80), (8, 90), (16, 110)])
def test_reserved_cpu_follows_the_bootstrap_of_eks(cpus: int, millicores: int) -> None:
    assert reserved_cpu_millicores(cpus) == millicores


def test_a_gpu_node_leaves_what_the_review_says(bend: Bend) -> None:
    node = allocatable(INSTANCE_TYPES["g4dn.2xlarge"])
    assert 7_900 <= node.cpu_millicores < 8_000
    assert 30 * 1024 <= node.memory_mib <= 31 * 1024
    assert (node.gpus, node.pods) == (1, 29)


def test_pods_per_node_follow_the_addresses_of_its_interfaces() -> None:
    assert INSTANCE_TYPES["c5.4xlarge"].maximum_pods == 234
    assert INSTANCE_TYPES["g4dn.2xlarge"].maximum_pods == 29
    assert INSTANCE_TYPES["g5.2xlarge"].maximum_pods == 58


NODE = Allocatable(cpu_millicores=4000, memory_mib=8192, gpus=0, pods=10)


@pytest.mark.parametrize(
    ("demand", "nodes"),
    [
        ([replace(GATEWAY, maximum=4)], 1),
        ([replace(GATEWAY, maximum=5)], 2),
        ([replace(GATEWAY, maximum=4, surge=1)], 2),
        ([replace(GATEWAY, cpu_millicores=2500, maximum=3)], 3),
        ([replace(GATEWAY, cpu_millicores=10, memory_mib=10, maximum=11)], 2),
        (
            [
                replace(GATEWAY, maximum=4),
                PodDemand(
                    name="agent", pool="general", cpu_millicores=500, memory_mib=10, daemon=True
                ),
            ],
            2,
        ),
    ],
)
def test_nodes_needed_count_every_pod_and_daemon(demand: list[PodDemand], nodes: int) -> None:
    assert nodes_needed(NODE, demand) == nodes


def test_what_fits_is_silent(bend: Bend) -> None:
    assert check_capacity(settings_of(bend, "production"), [GATEWAY]) == []


def test_too_many_pods_name_the_nodes_that_are_needed(bend: Bend) -> None:
    settings = settings_of(bend, "production")
    (problem,) = check_capacity(settings, [replace(GATEWAY, maximum=200)])
    assert problem.setting == "phoenix:cluster.general.maximum"
    assert "everything at its maximum needs 15 nodes of c5.4xlarge" in problem.allowed


def test_the_launch_profile_needs_room_for_its_gateways(bend: Bend) -> None:
    """50 gateways instead of 20 (X-53) need more than the smallest tier has, and less than the next one."""
    launch = replace(GATEWAY, cpu_millicores=2000, maximum=50)
    small = settings_of(bend, "production", {"hospitals.count": 10})
    assert [p.setting for p in check_capacity(small, [launch])] == [
        "phoenix:cluster.general.maximum"
    ]
    assert check_capacity(settings_of(bend, "production"), [launch]) == []


def test_a_pod_larger_than_a_node_is_named(bend: Bend) -> None:
    whole_node = PodDemand(
        name="transcription-service", pool="gpu", cpu_millicores=8000, memory_mib=32768, gpus=1
    )
    (problem,) = check_capacity(settings_of(bend, "production"), [whole_node])
    assert problem.setting == "phoenix:cluster.gpu"
    assert "one node leaves 7910m" in problem.allowed


def test_connections_of_all_replicas_must_fit(bend: Bend) -> None:
    demand = [replace(GATEWAY, maximum=60, database_clients=True)]
    settings = settings_of(bend, "production", {"database.limits.max_connections": 300})
    (problem,) = check_capacity(settings, demand)
    assert problem.setting == "phoenix:database.limits.max_connections"
    assert "need 350" in problem.allowed
    assert check_capacity(settings_of(bend, "production"), demand) == []


def test_overrides_replace_the_tier_and_the_rest_stays(bend: Bend) -> None:
    changes = {"cluster.general": {"instance_type": "c6in.4xlarge", "maximum": 20}}
    group = node_groups(settings_of(bend, "production", changes))["general"]
    assert (group.bounds.minimum, group.bounds.desired, group.bounds.maximum) == (3, 6, 20)
    assert group.instance_type == "c6in.4xlarge"


def test_a_site_has_the_nodes_it_promised(bend: Bend) -> None:
    groups = node_groups(settings_of(bend, "onprem"))
    assert groups["general"].bounds.maximum == 6
    node = groups["gpu"].node
    assert node is not None
    assert node.gpus == 1
    (problem,) = check_capacity(settings_of(bend, "onprem"), [replace(GATEWAY, maximum=200)])
    assert problem.setting == "phoenix:platform.node_pools"
