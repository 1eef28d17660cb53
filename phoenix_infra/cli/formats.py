"""A verdict in the form that was asked for."""

import json
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phoenix_policies import Verdict


class Format(StrEnum):
    """How a verdict is written: `table` for people, the rest for machines and auditors."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    OSCAL = "oscal"
    OSCAL_COMPONENT = "oscal-component"
    HTML = "html"


def verdict_text(verdict: "Verdict", format_: Format) -> str:
    """The verdict in a machine's format; json is exactly what `phoenix check` promises."""
    if format_ is Format.JSON:
        return json.dumps(verdict.as_dict(), indent=1, sort_keys=True, ensure_ascii=False)
    from phoenix_policies.reports import render

    return render(verdict, format_.value)
