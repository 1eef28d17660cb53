"""SARIF 2.1.0: one result per finding, at the source line of the component where it is known."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from sarif_pydantic import Sarif

from phoenix_policies.controls import Enforcement, Severity
from phoenix_policies.rule import Rule
from phoenix_policies.verdict import Finding, Outcome, Verdict

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
# what GitHub code scanning sorts by: 9.0 and more is critical, 7.0 high, 4.0 medium
_SECURITY_SEVERITY: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}


def render(verdict: Verdict) -> str:
    """The verdict as a SARIF log, checked against the object model."""
    ids = sorted({r.id for r in verdict.rules} | {f.rule for f in verdict.findings})
    known = {r.id: r for r in verdict.rules}
    descriptors = [_descriptor(known[i]) if i in known else {"id": i} for i in ids]
    results = [_result(f, ids.index(f.rule)) for f in verdict.findings]
    log: dict[str, Any] = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "phoenix-policies", "version": "0.1.0", "rules": descriptors}
                },
                "automationDetails": {"id": f"phoenix/{verdict.stack or 'resources'}/"},
                "results": results,
                "properties": {"summary": verdict.summary},
            }
        ],
    }
    Sarif.model_validate(log)
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _descriptor(rule: Rule) -> dict[str, Any]:
    level = "error" if rule.enforcement is Enforcement.MANDATORY else "warning"
    tags = [*(f"hipaa:{c}" for c in rule.hipaa), *(f"soc2:{c}" for c in rule.soc2)]
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}. {rule.remedy}"},
        "help": {"text": f"{rule.remedy} Controls: {', '.join(rule.controls)}."},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["security", *tags],
            "security-severity": _SECURITY_SEVERITY[rule.severity],
            "problem.severity": level,
        },
    }


def _result(found: Finding, index: int) -> dict[str, Any]:
    kind, level = "fail", "error" if found.enforcement is Enforcement.MANDATORY else "warning"
    if found.outcome is Outcome.UNKNOWN:
        kind, level = "open", "none"
    result: dict[str, Any] = {
        "ruleId": found.rule,
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": {"text": f"{found.resource or 'stack'}: {found.message}. {found.remedy}"},
        "locations": [_location(found)],
        "partialFingerprints": {
            "ruleAndResource/v1": hashlib.sha256(
                f"{found.rule}\n{found.resource}\n{found.message}".encode()
            ).hexdigest()[:32]
        },
        "properties": {
            "outcome": found.outcome.value,
            "hipaa": list(found.hipaa),
            "soc2": list(found.soc2),
        },
    }
    if found.outcome is Outcome.WAIVED:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": found.message}
        ]
    return result


def _location(found: Finding) -> dict[str, Any]:
    """Code scanning wants a file for every result: the component's line, or else the program."""
    file, _, line = found.source.rpartition(":")
    if not (file and line.isdigit()):
        file, line = "Pulumi.yaml", "1"
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": file, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(int(line), 1)},
        },
        "logicalLocations": [{"fullyQualifiedName": found.resource or "stack", "kind": "resource"}],
    }
