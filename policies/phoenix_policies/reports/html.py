"""A self-contained page for auditors: verdict, control matrix, findings, what remains to be shown."""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined

from phoenix_policies.coverage import NOT_EVIDENCED, coverage
from phoenix_policies.reports.html_template import PAGE
from phoenix_policies.verdict import Outcome, Verdict


def render(verdict: Verdict) -> str:
    """The page; everything in it is escaped, nothing is loaded from elsewhere."""
    page = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    controls = [
        (c, c.state(verdict)) for c in coverage(verdict.rules) if c.framework in verdict.frameworks
    ]
    sections = [
        ("Violations", verdict.of(Outcome.FAIL)),
        ("Errors of rules", verdict.of(Outcome.ERROR)),
        ("Waived", verdict.of(Outcome.WAIVED)),
        ("Not evaluated", verdict.of(Outcome.UNKNOWN)),
    ]
    return page.from_string(PAGE).render(
        verdict=verdict,
        summary=verdict.summary,
        matrices=[
            ("HIPAA Security Rule", [(c, s) for c, s in controls if c.framework == "hipaa"]),
            ("SOC 2", [(c, s) for c, s in controls if c.framework == "soc2"]),
        ],
        sections=sections,
        not_evidenced=NOT_EVIDENCED,
    )
