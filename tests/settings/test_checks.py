"""Each check across settings accepts the real stacks and refuses a stack bent for it."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from phoenix_infra.settings.checks import CHECKS
from phoenix_infra.settings.checks.subject import Subject
from phoenix_infra.settings.loader import judge
from phoenix_infra.settings.problem import Problem
from phoenix_infra.settings.validation import validate_sections
from tests.settings.faults_data import DATA_FAULTS, EXCEPTION
from tests.settings.faults_platform import PLATFORM_FAULTS, Fault

Bend = Callable[[str, Mapping[str, Any]], dict[str, str]]

FAULTS = [*PLATFORM_FAULTS, *DATA_FAULTS]


def problems(
    bend: Bend, stack: str, changes: Mapping[str, Any], as_of: date
) -> tuple[Problem, ...]:
    return judge(bend(stack, changes), stack, as_of=as_of)[1]


@pytest.mark.parametrize(
    "fault", FAULTS, ids=lambda fault: f"{fault[0]}-{fault[2]}-{fault[3]}"[:70]
)
def test_a_fault_is_told_once_with_value_and_remedy(bend: Bend, as_of: date, fault: Fault) -> None:
    stack, changes, setting, phrase = fault
    found = [p for p in problems(bend, stack, changes, as_of) if p.setting == f"phoenix:{setting}"]
    assert len(found) == 1, found
    assert phrase.lower() in str(found[0]).lower()
    assert found[0].remedy


@pytest.mark.parametrize(
    ("stack", "changes"),
    [
        ("production", {"edge.tls_exceptions": [{**EXCEPTION, "expires": "2026-11-21"}]}),
        ("production", {"edge.traffic": {"mode": "pilot", "pilot_cidrs": ["198.51.100.0/24"]}}),
        ("production", {"edge.traffic": {"mode": "open"}}),
        (
            "production",
            {"edge.shield": {"level": "advanced", "acknowledge_yearly_commitment": True}},
        ),
        (
            "production",
            {"platform.datadog": True, "platform.datadog_agreement": "BAA-2026-014"},
        ),
        ("production", {"edge.hosted_zone_id": "Z0AB12CD34EF56GH78IJ"}),
        ("production", {"cluster.gpu": {"instance_type": "g4dn.12xlarge", "maximum": 4}}),
        ("production", {"hospitals.count": 500, "database.instance_class": "db.r6g.4xlarge"}),
        ("production", {"cache.engine": "valkey", "cache.engine_version": "8.1"}),
        (
            "production",
            {
                "stack.environment": "staging",
                "network.nat": "single",
                "workloads.log_level": "DEBUG",
                "network.availability_zones": ["us-east-1a", "us-east-1b"],
                "network.flow_log_retention_days": 30,
                "stack.frameworks": ["hipaa"],
                "detection.macie": False,
                "database.backup_retention_days": 7,
            },
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_allowed_is_not_told(
    bend: Bend, as_of: date, stack: str, changes: dict[str, Any]
) -> None:
    assert [str(problem) for problem in problems(bend, stack, changes, as_of)] == []


@pytest.mark.parametrize(
    ("day", "levels"),
    [
        (date(2026, 9, 2), []),
        (date(2026, 9, 4), ["warning"]),
        (date(2026, 12, 2), ["warning"]),
        (date(2026, 12, 3), ["error"]),
        (date(2027, 12, 3), ["error"]),
    ],
)
def test_a_kubernetes_version_is_judged_by_the_given_day(
    bend: Bend, day: date, levels: list[str]
) -> None:
    found = problems(bend, "production", {"cluster.kubernetes_version": "1.34"}, day)
    assert [problem.level for problem in found] == levels


def test_without_a_day_no_date_is_judged(bend: Bend) -> None:
    config = bend(
        "production",
        {"cluster.kubernetes_version": "1.31", "edge.tls_exceptions": [{**EXCEPTION}]},
    )
    assert judge(config, "production")[1] == ()


def test_proposed_ranges_for_several_hospitals_do_not_collide(bend: Bend, as_of: date) -> None:
    clashing = [
        {"name": f"h{n}", "customer_gateway_ip": f"203.0.113.{n}", "cidr": "10.0.16.0/20"}
        for n in (1, 2, 3)
    ]
    found = problems(bend, "production", {"hospitals.connections": clashing}, as_of)
    proposals = [p.remedy.rpartition(" ")[2] for p in found]
    assert len(proposals) == len(set(proposals)) >= 3
    assert "100.64.0.0/20" in proposals


def test_every_check_is_seen_to_fail_here(bend: Bend, as_of: date) -> None:
    failing: set[int] = set()
    for stack, changes, _, _ in FAULTS:
        config = bend(stack, changes)
        raw = {k.partition(":")[2]: json.loads(v) for k, v in config.items() if k[:8] == "phoenix:"}
        validated = validate_sections(raw)
        assert validated.settings is not None
        present = frozenset(type(validated.settings).model_fields) - validated.missing
        subject = Subject(
            settings=validated.settings, present=present, stack_name=stack, as_of=as_of
        )
        for index, check in enumerate(CHECKS):
            if present.issuperset(check.sections) and list(check.run(subject)):
                failing.add(index)
    never = [check.run.__name__ for index, check in enumerate(CHECKS) if index not in failing]
    assert never == []
