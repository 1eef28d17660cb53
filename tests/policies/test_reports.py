"""Every report format holds the whole verdict, is valid, and shows no secret."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sarif_pydantic import Sarif
from trestle.oscal.assessment_results import AssessmentResults
from trestle.oscal.component import ComponentDefinition

from phoenix_policies import Verdict, resources_from_list
from phoenix_policies.catalogue import described, filtered, suggestions
from phoenix_policies.controls import Severity
from phoenix_policies.coverage import NOT_EVIDENCED, coverage
from phoenix_policies.reports import FORMATS, render
from phoenix_policies.reports.oscal_ids import control_token
from phoenix_policies.waivers import parse_waivers
from phoenix_policies.wire import SECRET, SIGNATURE_KEY, UNKNOWN_SENTINELS
from tests.policies.cases import flow_log_pack, whole_pack

_LOG = "aws:ec2/flowLog:FlowLog"
_MARKUP = "<script>alert(1)</script>"
_HIDDEN = "never-show-this-value"
_WAIVER = """
waivers:
  - {rule: vpc-flow-log-traffic-all, resource: "*::waived", reason: The appliance records the rest of it.,
     owner: net, ticket: SEC-1, expires: 2030-01-01}
"""


def _urn(name: str, type_: str = _LOG) -> str:
    return f"urn:pulumi:production::phoenix::{type_}::{name}"


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    pack = flow_log_pack()
    secret = {SIGNATURE_KEY: SECRET, "value": _HIDDEN}
    listed: list[dict[str, Any]] = [
        {"urn": _urn("bad"), "type": _LOG, "props": {"trafficType": _MARKUP}},
        {"urn": _urn("secret"), "type": _LOG, "props": {"trafficType": secret}},
        {"urn": _urn("waived"), "type": _LOG, "props": {"trafficType": "REJECT"}},
        {"urn": _urn("open"), "type": _LOG, "props": {"trafficType": UNKNOWN_SENTINELS["string"]}},
        {"urn": _urn("good"), "type": _LOG, "props": {"trafficType": "ALL"}},
    ]
    return pack.judge(
        resources_from_list(listed),
        as_of=date(2026, 11, 21),
        waivers=parse_waivers(_WAIVER, "waivers.yaml"),
    )


def test_the_verdict_of_the_fixture_has_one_of_each(verdict: Verdict) -> None:
    summary = verdict.summary
    assert (summary["failed"], summary["waived"], summary["unknown"], summary["passed"]) == (
        2,
        1,
        1,
        1,
    )


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_shows_a_secret_or_differs_between_runs(verdict: Verdict, format_: str) -> None:
    text = render(verdict, format_)
    assert _HIDDEN not in text
    assert text == render(verdict, format_)


def test_json_is_the_form_that_check_prints(verdict: Verdict) -> None:
    document = json.loads(render(verdict, "json"))
    assert set(document) == {"findings", "summary"}
    wanted = {
        "rule",
        "resource",
        "outcome",
        "enforcement",
        "severity",
        "message",
        "remedy",
        "hipaa",
        "soc2",
    }
    assert all(wanted <= set(f) for f in document["findings"])
    assert {f["outcome"] for f in document["findings"]} == {"fail", "waived", "unknown"}


def test_sarif_has_a_result_per_finding_and_suppresses_what_is_waived(verdict: Verdict) -> None:
    text = render(verdict, "sarif")
    Sarif.model_validate_json(text)
    run = json.loads(text)["runs"][0]
    assert len(run["results"]) == len(verdict.findings)
    ids = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert all(ids[r["ruleIndex"]] == r["ruleId"] for r in run["results"])
    assert sum("suppressions" in r for r in run["results"]) == 1
    assert {r["kind"] for r in run["results"]} == {"fail", "open"}
    assert all(r["level"] == "none" for r in run["results"] if r["kind"] != "fail")


def test_junit_fails_the_rule_that_is_violated(verdict: Verdict) -> None:
    root = ET.fromstring(render(verdict, "junit"))  # noqa: S314 our own document
    cases = {c.get("name"): c for c in root.iter("testcase")}
    assert len(cases["vpc-flow-log-traffic-all"].findall("failure")) == 2
    assert root.get("failures") == "2"


def test_oscal_results_are_valid_and_say_which_controls_are_violated(verdict: Verdict) -> None:
    document = json.loads(render(verdict, "oscal"))["assessment-results"]
    AssessmentResults.model_validate(document)
    states = {
        f["target"]["target-id"]: f["target"]["status"]["state"]
        for f in document["results"][0]["findings"]
    }
    assert states["hipaa-164.312.b"] == "not-satisfied"


def test_oscal_component_definition_is_valid_and_names_every_claimed_control(
    verdict: Verdict,
) -> None:
    document = json.loads(render(verdict, "oscal-component"))["component-definition"]
    ComponentDefinition.model_validate(document)
    listed = {
        r["control-id"]
        for i in document["components"][0]["control-implementations"]
        for r in i["implemented-requirements"]
    }
    assert listed == {control_token(c) for r in verdict.rules for c in r.controls}


@pytest.mark.parametrize(
    ("control", "token"),
    [
        ("164.312(a)(1)", "hipaa-164.312.a.1"),
        ("164.308(a)(7)(ii)(A)", "hipaa-164.308.a.7.ii.A"),
        ("CC6.1", "soc2-cc6.1"),
    ],
)
def test_control_ids_become_oscal_tokens(control: str, token: str) -> None:
    assert control_token(control) == token


def test_the_page_is_self_contained_and_escapes_what_resources_say(verdict: Verdict) -> None:
    page = render(verdict, "html")
    assert _MARKUP not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"""(?:src|href)=|@import|url\(""", page)
    for control in ("164.312(b)", "CC7.2", *NOT_EVIDENCED):
        assert control in page


def test_an_unknown_format_is_refused_by_name(verdict: Verdict) -> None:
    with pytest.raises(ValueError, match="no report format 'pdf'; there are json, sarif"):
        render(verdict, "pdf")


def test_no_control_is_both_claimed_and_said_to_be_beyond_a_stack() -> None:
    assert not {c.id for c in coverage(whole_pack().rules)} & set(NOT_EVIDENCED)


def test_rules_are_found_by_control_type_severity_and_words() -> None:
    rules = whole_pack().rules
    assert {
        r.id
        for r in filtered(rules, types=["flowlog"], severities=[Severity.MEDIUM], text="accepted")
    } == {"vpc-flow-log-traffic-all"}
    by_control = filtered(rules, controls=["164.312"])
    assert by_control
    assert all(any(c.startswith("164.312") for c in r.controls) for r in by_control)
    assert suggestions(rules, "vpc-flow-log-trafic")[0] == "vpc-flow-log-traffic-all"
    assert described(whole_pack().by_id["vpc-flow-logs-enabled"])["judged"] == "everywhere"
