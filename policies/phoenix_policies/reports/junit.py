"""JUnit XML: one test case per rule, so that a pipeline shows violations as failed tests."""

from __future__ import annotations

import re
from typing import Any, Final, cast

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from phoenix_policies.controls import Enforcement
from phoenix_policies.verdict import Finding, Outcome, Verdict

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(verdict: Verdict) -> str:
    """The verdict as one suite per severity."""
    by_rule: dict[str, list[Finding]] = {}
    for found in verdict.findings:
        by_rule.setdefault(found.rule, []).append(found)
    severities = {r.id: r.severity.value for r in verdict.rules}
    severities |= {f.rule: f.severity.value for f in verdict.findings}
    suites: dict[str, TestSuite] = {}
    for rule_id in sorted({*verdict.tally, *by_rule}):
        severity = severities.get(rule_id, "medium")
        suite = suites.setdefault(severity, TestSuite(f"phoenix policies: {severity}"))
        case = TestCase(rule_id, classname=f"policies.{severity}", time=0.0)
        results = _results(by_rule.get(rule_id, []))
        if results:
            case.result = results
        suite.add_testcase(case)
    document = JUnitXml("phoenix policies")
    for severity in sorted(suites):
        document.add_testsuite(suites[severity])
    document.update_statistics()
    raw = cast("Any", document).tostring()
    return raw.decode() if isinstance(raw, bytes) else str(raw)


def _results(found: list[Finding]) -> list[Any]:
    results: list[Any] = []
    notes: list[str] = []
    for one in found:
        text = _NOT_XML.sub("?", f"{one.resource or 'stack'}: {one.message}. {one.remedy}")
        if one.outcome is Outcome.ERROR:
            results.append(Error(text, "error"))
        elif one.outcome is Outcome.FAIL and one.enforcement is Enforcement.MANDATORY:
            results.append(Failure(text, one.severity.value))
        else:
            notes.append(f"{one.outcome.value} ({one.enforcement.value}) {text}")
    # a test case is skipped or failed, not both; failures come first
    return results or ([Skipped("\n".join(notes))] if notes else [])
