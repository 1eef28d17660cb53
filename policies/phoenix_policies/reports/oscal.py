"""OSCAL assessment results: one observation per rule, one finding per control."""

from __future__ import annotations

import json
from typing import Any

from trestle.oscal.assessment_results import AssessmentResults

from phoenix_policies.coverage import Control, coverage
from phoenix_policies.reports.oscal_ids import (
    control_token,
    metadata,
    property_,
    stable_uuid,
    timestamp,
)
from phoenix_policies.rule import Rule
from phoenix_policies.verdict import Finding, Verdict


def render(verdict: Verdict) -> str:
    """The verdict as assessment results, checked against the OSCAL model."""
    by_rule: dict[str, list[Finding]] = {}
    for found in verdict.findings:
        by_rule.setdefault(found.rule, []).append(found)
    judged = [r for r in verdict.rules if r.id in verdict.tally]
    controls = [c for c in coverage(judged) if c.rules]
    observations = [_observation(r, by_rule.get(r.id, []), verdict) for r in judged]
    result: dict[str, Any] = {
        "uuid": stable_uuid("result", verdict.stack, verdict.as_of),
        "title": f"Policy verdict of {verdict.stack or 'a list of resources'}",
        "description": f"{len(judged)} rules over {verdict.resource_count} declared resources.",
        "start": timestamp(verdict.as_of),
        "reviewed-controls": {"control-selections": [_selection(controls)]},
    }
    if observations:
        result["observations"] = observations
        result["findings"] = [_finding(c, verdict) for c in controls]
    document: dict[str, Any] = {
        "uuid": stable_uuid("assessment-results", verdict.stack, verdict.as_of),
        "metadata": metadata("Phoenix Guardian infrastructure: assessment results", verdict.as_of),
        "import-ap": {"href": "#assessment-plan"},
        "results": [result],
    }
    AssessmentResults.model_validate(document)
    return json.dumps({"assessment-results": document}, indent=2, ensure_ascii=False) + "\n"


def _selection(controls: list[Control]) -> dict[str, Any]:
    if not controls:
        return {"include-all": {}}
    return {"include-controls": [{"control-id": control_token(c.id)} for c in controls]}


def _observation(rule: Rule, found: list[Finding], verdict: Verdict) -> dict[str, Any]:
    counts = verdict.tally[rule.id]
    observation: dict[str, Any] = {
        "uuid": stable_uuid("observation", verdict.stack, rule.id),
        "title": rule.id,
        "description": f"{rule.title}. {rule.remedy}",
        "methods": ["TEST-AUTOMATED"],
        "collected": timestamp(verdict.as_of),
        "props": [
            property_("severity", rule.severity.value),
            property_("enforcement", rule.enforcement.value),
            *(property_(o.value, str(n)) for o, n in sorted(counts.items()) if n),
        ],
    }
    if found:
        observation["subjects"] = [
            {
                "subject-uuid": stable_uuid("resource", f.resource),
                "type": "resource",
                "title": f.resource or "stack",
                "props": [property_("outcome", f.outcome.value)],
                "remarks": f.message,
            }
            for f in found
        ]
    return observation


def _finding(control: Control, verdict: Verdict) -> dict[str, Any]:
    state = control.state(verdict)
    remarks = f"{state}; {control.remains}" if control.remains else state
    return {
        "uuid": stable_uuid("finding", verdict.stack, control.id),
        "title": f"{control.id} {control.title}",
        "description": f"{len(control.rules)} rules evidence this control: {state}.",
        "target": {
            "type": "objective-id",
            "target-id": control_token(control.id),
            "status": {
                "state": "satisfied" if state == "evidenced" else "not-satisfied",
                "reason": {"evidenced": "pass", "violated": "fail"}.get(state, "other"),
                "remarks": remarks,
            },
        },
        "related-observations": [
            {"observation-uuid": stable_uuid("observation", verdict.stack, r.id)}
            for r in control.rules
        ],
    }
