"""Every rule answers pass, fail and unknown, through requests in wire form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from phoenix_policies.controls import Tier
from phoenix_policies.redaction import MASK
from phoenix_policies.values import Value
from phoenix_policies.verdict import Outcome
from phoenix_policies.wire import UNKNOWN_SENTINELS
from tests.policies.cases import (
    Answered,
    Bend,
    Cases,
    Situation,
    answers,
    as_it_is,
    every_sentinel,
    judged,
    whole_pack,
)

_RULES = Path(__file__).parent / "rules"
_STRING = UNKNOWN_SENTINELS["string"]


def _all_cases() -> list[Cases]:
    modules = [
        import_module(f"tests.policies.rules.{f.stem}") for f in sorted(_RULES.glob("cases_*.py"))
    ]
    return [case for module in modules for case in module.CASES]


ALL = _all_cases()


TAKES_SECRETS = frozenset(c.rule for c in ALL if c.secret_is_compliant)


def _each(kind: str) -> Iterator[Any]:
    for cases in ALL:
        bends: dict[str, Bend] = dict(getattr(cases, kind))
        if kind == "passes":
            bends = {"the compliant fixture": as_it_is, **bends}
        for sentence, bend in bends.items():
            yield pytest.param(cases.rule, bend(cases.situation), id=f"{cases.rule}: {sentence}")


def _outcomes(found: list[Answered]) -> Counter[Outcome]:
    return Counter(a.outcome for a in found)


@pytest.mark.parametrize(("rule_id", "situation"), _each("passes"))
def test_what_complies_passes(rule_id: str, situation: Situation) -> None:
    for secret in (False, True):
        assert answers(rule_id, situation, sentinel=_STRING, secret=secret) == []


@pytest.mark.parametrize(("rule_id", "situation"), _each("fails"))
def test_what_violates_fails(rule_id: str, situation: Situation) -> None:
    found = answers(rule_id, situation, sentinel=_STRING)
    assert _outcomes(found)[Outcome.FAIL] >= 1, found
    assert Outcome.ERROR not in _outcomes(found), found


def _in_secret_values(*, compliant: bool) -> Iterator[Any]:
    for cases in ALL:
        for sentence, bend in cases.fails.items():
            if cases.complies_when_secret(sentence) is compliant:
                situation = bend(cases.situation)
                yield pytest.param(cases.rule, situation, id=f"{cases.rule}: {sentence}")


@pytest.mark.parametrize(("rule_id", "situation"), _in_secret_values(compliant=True))
def test_what_is_marked_secret_is_no_literal(rule_id: str, situation: Situation) -> None:
    assert answers(rule_id, situation, sentinel=_STRING, secret=True) == []


@pytest.mark.parametrize(("rule_id", "situation"), _in_secret_values(compliant=False))
def test_a_violation_in_secret_values_fails_without_showing_them(
    rule_id: str, situation: Situation
) -> None:
    plain = answers(rule_id, situation, sentinel=_STRING)
    marked = answers(rule_id, situation, sentinel=_STRING, secret=True)
    assert _outcomes(marked)[Outcome.FAIL] >= 1, (plain, marked)
    values = {
        leaf.text
        for resource in situation.resources
        for leaf in Value(dict(resource.props)).leaves()
        if len(leaf.text) >= 6
    }
    for answer in marked:
        shown = answer.message.replace(MASK, "")
        assert not [v for v in values if v in shown], answer


@pytest.mark.parametrize(("rule_id", "situation"), _each("unknown"))
def test_what_cannot_be_known_is_neither_passed_nor_failed(
    rule_id: str, situation: Situation
) -> None:
    for sentinel in every_sentinel():
        for secret in (False, True):
            found = _outcomes(answers(rule_id, situation, sentinel=sentinel, secret=secret))
            if secret and rule_id in TAKES_SECRETS:
                # an unknown value that is marked secret is no literal either
                assert set(found) <= {Outcome.UNKNOWN}, (sentinel, found)
            else:
                assert set(found) == {Outcome.UNKNOWN}, (sentinel, secret, found)


@pytest.mark.parametrize("kind", ["passes", "fails", "unknown"])
def test_the_protocol_gives_the_verdicts_of_the_process(kind: str) -> None:
    for parameters in _each(kind):
        rule_id, situation = parameters.values
        over_the_wire = {
            (a.outcome, a.message) for a in answers(rule_id, situation, sentinel=_STRING)
        }
        verdict = judged(rule_id, situation, sentinel=_STRING)
        assert over_the_wire == {(f.outcome, f.message) for f in verdict.findings}, parameters.id


@pytest.mark.parametrize("cases", ALL, ids=lambda c: c.rule)
def test_the_compliant_fixture_was_really_judged(cases: Cases) -> None:
    tally = judged(cases.rule, cases.situation, sentinel=_STRING).tally
    assert tally.get(cases.rule, {}).get(Outcome.PASS, 0) >= 1, "the rule met nothing to judge"


def test_every_rule_has_passing_failing_and_unknown_cases() -> None:
    stated = Counter(c.rule for c in ALL)
    rules = {r.id for r in whole_pack().rules}
    assert sorted(rules - set(stated)) == [], "rules without cases"
    assert sorted(set(stated) - rules) == [], "cases without a rule"
    assert [r for r, n in stated.items() if n > 1] == [], "cases stated twice"
    lacking = [
        c.rule for c in ALL if not (c.compliant and c.fails and (c.unknown or c.always_known))
    ]
    assert lacking == [], "rules without a failing or an unknown case"


def test_every_rule_says_what_it_is_about_and_what_to_do() -> None:
    rules = whole_pack().rules
    ids = Counter(r.id for r in rules)
    assert [i for i, n in ids.items() if n > 1] == []
    for rule in rules:
        assert rule.title, rule.id
        assert rule.types, rule.id
        assert rule.remedy.endswith("."), rule.id
        assert rule.hipaa or rule.soc2, rule.id
        assert len(set(rule.hipaa)) == len(rule.hipaa), rule.id
        assert rule.tier in Tier, rule.id
        for source in rule.sources:
            catalogue, _, check = source.partition(":")
            assert catalogue in _CATALOGUES, (rule.id, source)
            assert check, (rule.id, source)


_CATALOGUES = {"cdk_nag", "config", "prowler", "checkov", "compliance_policies", "awsguard"}
