"""A waiver covers one violation, for a time, for a reason; anything less is itself reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from phoenix_policies import Outcome, Pack, Verdict, load_waivers, resources_from_list
from phoenix_policies.waivers import WAIVER_RULE, parse_waivers
from tests.policies.cases import flow_log_pack

_RULE = "vpc-flow-log-traffic-all"
_DAY = date(2026, 11, 21)
_ENTRY = f"""
waivers:
  - rule: {_RULE}
    resource: "*::legacy-log"
    reason: The appliance in front records refused traffic already.
    owner: network team
    ticket: SEC-42
    expires: 2027-01-31
"""


def _verdict(
    text: str, *, day: date = _DAY, pack: Pack | None = None, traffic: str = "ACCEPT"
) -> Verdict:
    urn = "urn:pulumi:production::phoenix::aws:ec2/flowLog:FlowLog::legacy-log"
    listed = [{"urn": urn, "type": "aws:ec2/flowLog:FlowLog", "props": {"trafficType": traffic}}]
    return (pack or flow_log_pack()).judge(
        resources_from_list(listed), as_of=day, waivers=parse_waivers(text, "waivers.yaml")
    )


def test_a_waived_violation_is_listed_as_waived_with_its_reason_and_blocks_nothing() -> None:
    verdict = _verdict(_ENTRY)
    (found,) = verdict.findings
    assert found.outcome is Outcome.WAIVED
    assert "SEC-42" in found.message
    assert "appliance" in found.message
    assert verdict.exit_code == 0
    assert verdict.summary["waived"] == 1
    assert verdict.summary["passed"] == 0
    assert verdict.tally[_RULE][Outcome.WAIVED] == 1


def test_a_waiver_holds_on_its_last_day_and_is_a_violation_the_day_after() -> None:
    assert _verdict(_ENTRY, day=date(2027, 1, 31)).exit_code == 0
    expired = _verdict(_ENTRY, day=date(2027, 2, 1))
    assert {f.rule for f in expired.of(Outcome.FAIL)} == {_RULE, WAIVER_RULE}
    assert any("expired on 2027-01-31" in f.message for f in expired.findings)
    assert expired.exit_code == 1


def test_a_waiver_that_matches_nothing_is_reported() -> None:
    verdict = _verdict(_ENTRY, traffic="ALL")
    (found,) = verdict.of(Outcome.FAIL)
    assert found.rule == WAIVER_RULE
    assert "matches no violation" in found.message


def test_some_rules_cannot_be_waived() -> None:
    rule = replace(flow_log_pack().by_id[_RULE], waivable=False)
    verdict = _verdict(_ENTRY, pack=Pack([rule]))
    assert {f.rule for f in verdict.of(Outcome.FAIL)} == {_RULE, WAIVER_RULE}
    assert any("cannot be waived" in f.message for f in verdict.findings)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (_ENTRY.replace("    owner: network team\n", ""), "lacks owner"),
        (_ENTRY.replace("2027-01-31", "soon"), "must be a date"),
        (_ENTRY.replace("2027-01-31", "'2027-13-01'"), "must be a date"),
        (_ENTRY.replace("2027-01-31", "2027-01-31 10:00:00"), "must be a date"),
        (_ENTRY.replace("ticket", "tickets"), "lacks ticket"),
        (_ENTRY + "    note: more\n", "does not know note"),
        (_ENTRY.replace("The appliance in front records refused traffic already.", "ok"), "reason"),
        (_ENTRY.replace("*::legacy-log", "*"), "names no resource"),
        (
            _ENTRY.replace("*::legacy-log", "urn:pulumi:production::phoenix::**"),
            "names no resource",
        ),
        (_ENTRY.replace(_RULE, "no-such-rule"), "no such rule"),
        (_ENTRY.replace("SEC-42", "[a, b]"), "ticket must be text"),
        ("waivers: {}", "expected one key"),
        ("- a list", "expected one key"),
        ("waivers: [unclosed", "not YAML"),
        ("waivers: [7]", "expected an object"),
    ],
)
def test_a_malformed_waiver_waives_nothing_and_is_reported(text: str, complaint: str) -> None:
    verdict = _verdict(text)
    assert verdict.of(Outcome.WAIVED) == ()
    assert any(f.rule == WAIVER_RULE and complaint in f.message for f in verdict.findings)
    assert verdict.exit_code == 1


def test_a_missing_waiver_file_is_reported(tmp_path: Path) -> None:
    (problem,) = load_waivers(tmp_path / "absent.yaml").problems
    assert "cannot be read" in problem


def test_an_empty_waiver_file_is_fine() -> None:
    assert parse_waivers("", "waivers.yaml").problems == ()
