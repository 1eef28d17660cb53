"""Every stack file of the repository is valid, and the two regions agree with each other."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

import jsonschema
import pytest
from ruamel.yaml import YAML

from phoenix_infra.settings.check import check_pair, check_stack, check_with_primary
from phoenix_infra.settings.loader import parse
from phoenix_infra.settings.models import PrimarySettings, RecoverySettings
from phoenix_infra.settings.schema import json_schema
from phoenix_infra.settings.stack_file import read_stack_file


def read(path: Path) -> Any:
    return cast("Any", YAML(typ="safe")).load(path)


def refusals(document: object) -> list[str]:
    validator = cast("Any", jsonschema.Draft202012Validator(json_schema()))
    return [error.message for error in validator.iter_errors(document)]


Bend = Callable[[str, Mapping[str, Any]], dict[str, str]]
PathOf = Callable[[str], Path]


def test_every_stack_file_is_without_a_mistake_or_warning(
    stack: str, path_of: PathOf, as_of: date
) -> None:
    assert [str(problem) for problem in check_stack(path_of(stack), as_of)] == []


def test_the_schema_accepts_every_stack_file(stack: str, path_of: PathOf) -> None:
    assert refusals(read(path_of(stack))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"phoenix:network": {"cidr": 5}},
        {"phoenix:databse": {}},
        {"phoenix:stack": {"kind": "tertiary"}},
        {"pulumi:disable-default-providers": []},
    ],
    ids=str,
)
def test_the_schema_refuses_a_wrong_stack_file(path_of: PathOf, change: dict[str, Any]) -> None:
    document = read(path_of("production"))
    document["config"] |= change
    assert refusals(document)


def test_the_schema_itself_is_valid_and_explains_settings() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    network = schema["$defs"]["NetworkSettings"]["properties"]
    assert "NAT" in network["nat"]["description"]
    assert "phoenix:network" in schema["$defs"]["PrimarySettings"]["properties"]
    assert "phoenix:network" not in schema["$defs"]["OnPremSettings"]["properties"]


def pair(bend: Bend, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    primary, recovery = (
        parse(bend("production", ours), "production"),
        parse(bend("dr", theirs), "dr"),
    )
    assert isinstance(primary, PrimarySettings)
    assert isinstance(recovery, RecoverySettings)
    return [problem.setting for problem in check_pair(primary, recovery)]


def test_the_two_regions_agree(bend: Bend) -> None:
    assert pair(bend, {}, {}) == []


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"hospitals.count": 60}, "phoenix:hospitals"),
        ({"stack.domain": "phoenix.health"}, "phoenix:stack.domain"),
        ({"stack.active_region": "us-west-2"}, "phoenix:stack.active_region"),
        ({"database.engine_version": "16.4"}, "phoenix:database"),
        ({"workloads.release": "5.0.1"}, "phoenix:workloads.release"),
        ({"network.peer_cidrs": ["10.9.0.0/16"]}, "phoenix:network.peer_cidrs"),
        ({"edge.traffic.mode": "open"}, "phoenix:edge"),
    ],
    ids=str,
)
def test_a_difference_between_the_regions_is_told(
    bend: Bend, change: dict[str, Any], setting: str
) -> None:
    assert pair(bend, {}, change) == [setting]


def test_a_recovery_file_is_checked_against_the_primary_beside_it(
    tmp_path: Path, path_of: PathOf
) -> None:
    recovery = parse(read_stack_file(path_of("dr")), "dr")
    assert isinstance(recovery, RecoverySettings)
    assert check_with_primary(path_of("dr"), recovery) == []
    alone = tmp_path / "Pulumi.dr.yaml"
    assert check_with_primary(alone, recovery) == []
    text = path_of("production").read_text(encoding="utf-8")
    beside = tmp_path / "Pulumi.production.yaml"
    beside.write_text(text.replace("count: 50", "count: 90"), encoding="utf-8")
    assert [p.setting for p in check_with_primary(alone, recovery)] == ["phoenix:hospitals"]
    beside.write_text(text.replace("count: 50", "count: no"), encoding="utf-8")
    assert [p.setting for p in check_with_primary(alone, recovery)] == [
        "phoenix:stack.primary_stack"
    ]


def test_a_smaller_standby_is_a_warning_and_other_hospitals_an_error(bend: Bend) -> None:
    primary = parse(bend("production", {}), "production")
    changes = {"database.instance_class": "db.r6g.4xlarge", "hospitals.count": 40}
    recovery = parse(bend("dr", changes), "dr")
    assert isinstance(primary, PrimarySettings)
    assert isinstance(recovery, RecoverySettings)
    levels = {p.setting: p.level for p in check_pair(primary, recovery)}
    assert levels == {"phoenix:database": "warning", "phoenix:hospitals": "error"}


def test_after_a_failover_the_settings_differ_in_the_active_region_only(bend: Bend) -> None:
    for stack in ("production", "dr"):
        before = parse(bend(stack, {}), stack)
        after = parse(bend(stack, {"stack.active_region": "us-west-2"}), stack)
        old, new = before.model_dump(), after.model_dump()
        assert old["stack"].pop("active_region") == "us-east-1"
        assert new["stack"].pop("active_region") == "us-west-2"
        assert old == new


def test_a_failover_gives_the_recovery_region_the_primary_floors(bend: Bend) -> None:
    primary = parse(bend("production", {}), "production")
    standby = parse(bend("dr", {}), "dr")
    active = parse(bend("dr", {"stack.active_region": "us-west-2"}), "dr")
    assert isinstance(primary, PrimarySettings)
    assert isinstance(standby, RecoverySettings)
    assert isinstance(active, RecoverySettings)
    assert active.capacity == primary.capacity
    assert standby.capacity.general_nodes.minimum == 3
    assert standby.capacity.gpu_nodes.minimum == 2
    assert standby.capacity.general_nodes.maximum == primary.capacity.general_nodes.maximum
    assert standby.capacity.database_readers == 1


def test_settings_cannot_be_changed_after_loading(path_of: PathOf) -> None:
    settings = parse(read_stack_file(path_of("production")), "production")
    with pytest.raises(ValueError, match="frozen"):
        settings.stack.domain = "other.health"  # pyright: ignore[reportAttributeAccessIssue]
