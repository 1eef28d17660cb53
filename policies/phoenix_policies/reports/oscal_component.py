"""OSCAL component definition: what the pack checks for each control it claims."""

from __future__ import annotations

import json
from typing import Any

from trestle.oscal.component import ComponentDefinition

from phoenix_policies.coverage import Control, coverage
from phoenix_policies.reports.oscal_ids import control_token, metadata, property_, stable_uuid
from phoenix_policies.verdict import Verdict

_SOURCES = {
    "hipaa": ("HIPAA Security Rule", "https://www.ecfr.gov/current/title-45/part-164/subpart-C"),
    "soc2": (
        "SOC 2 trust services criteria",
        "https://www.aicpa-cima.com/resources/landing/system-and-organization-controls-soc-suite-of-services",
    ),
}


def render(verdict: Verdict) -> str:
    """The rules of the verdict as a component definition, checked against the OSCAL model."""
    controls = [c for c in coverage(verdict.rules) if c.rules]
    component: dict[str, Any] = {
        "uuid": stable_uuid("component", "phoenix-policies"),
        "type": "validation",
        "title": "Phoenix Guardian policy pack",
        "description": "Rules over declared AWS and Kubernetes resources, judged before deployment.",
        "control-implementations": [
            _implementation(framework, [c for c in controls if c.framework == framework])
            for framework in _SOURCES
            if any(c.framework == framework for c in controls)
        ],
    }
    document = {
        "uuid": stable_uuid("component-definition"),
        "metadata": metadata("Phoenix Guardian policy pack: component definition", verdict.as_of),
        "components": [component],
    }
    ComponentDefinition.model_validate(document)
    return json.dumps({"component-definition": document}, indent=2, ensure_ascii=False) + "\n"


def _implementation(framework: str, controls: list[Control]) -> dict[str, Any]:
    title, source = _SOURCES[framework]
    return {
        "uuid": stable_uuid("implementation", framework),
        "source": source,
        "description": f"{title}: checked by rules over the declared resources.",
        "implemented-requirements": [
            {
                "uuid": stable_uuid("requirement", c.id),
                "control-id": control_token(c.id),
                "description": f"{c.title}. Checked: {'; '.join(r.title for r in c.rules)}.",
                "props": [property_("rule", r.id) for r in c.rules],
                **({"remarks": f"A person must still show: {c.remains}."} if c.remains else {}),
            }
            for c in controls
        ],
    }
