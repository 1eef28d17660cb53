"""The development benchmark: single misconfigurations are seen, and a clean baseline stays clean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from phoenix_policies import Outcome, Verdict, resources_from
from tests.policies.cases import AS_OF, whole_pack

_SHARED = Path(__file__).parents[2].parent / "shared" / "policies"
_FILE = _SHARED / "mutations.jsonl"
_CATALOGUE = _SHARED / "rules.jsonl"
_JUDGED_TIERS = (1, 2)

pytestmark = pytest.mark.skipif(
    not _FILE.exists(), reason="the benchmark file is not beside the project"
)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line]


@cache
def _mutations() -> dict[str, dict[str, Any]]:
    return {m["id"]: m for m in _lines(_FILE)} if _FILE.exists() else {}


@cache
def _tiers() -> dict[str, int]:
    return {r["id"]: r["tier"] for r in _lines(_CATALOGUE)}


def _baseline(mutation: dict[str, Any]) -> list[Any]:
    stated: Any = mutation["baseline"]
    if isinstance(stated, str):
        stated = _mutations()[stated.removeprefix("see ")]["baseline"]
    return list(cast("list[Any]", stated))


def _judge(resources: list[Any]) -> Verdict:
    return whole_pack().judge(resources_from(resources), as_of=AS_OF)


def _failures(verdict: Verdict) -> set[tuple[str, str, str]]:
    return {(f.rule, f.resource, f.message) for f in verdict.of(Outcome.FAIL)}


def _misconfigurations() -> Iterator[Any]:
    for name, mutation in _mutations().items():
        if mutation["level"] != "baseline":
            yield pytest.param(mutation, id=f"{name}: {mutation['title']}")


@pytest.mark.parametrize("mutation", _misconfigurations())
def test_a_misconfiguration_is_seen_by_every_rule_that_should(mutation: dict[str, Any]) -> None:
    new = _failures(_judge(mutation["mutated"])) - _failures(_judge(_baseline(mutation)))
    expected = {r for r in mutation["expected"] if _tiers().get(r) in _JUDGED_TIERS}
    assert expected <= {rule for rule, _, _ in new}, sorted(new)


@pytest.mark.parametrize("mutation", _misconfigurations())
def test_no_rule_about_a_single_resource_fires_on_a_clean_baseline(
    mutation: dict[str, Any],
) -> None:
    verdict = _judge(_baseline(mutation))
    assert verdict.of(Outcome.ERROR) == ()
    single = [f for f in verdict.of(Outcome.FAIL) if not whole_pack().by_id[f.rule].over_stack]
    assert single == []
