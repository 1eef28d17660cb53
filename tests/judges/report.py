"""What each judge looked at and said, kept from run to run and written as docs/judges.md."""

import json
from collections.abc import Mapping
from typing import Any

from tests.judges.accepted import accepted
from tests.judges.tools import CACHE, ROOT

RESULTS = CACHE / "results.json"
PAGE = ROOT / "docs" / "judges.md"


def note(
    judge: str, *, version: str, judged: str, objects: int, findings: int, remark: str = ""
) -> None:
    """Keeps one line of the table."""
    rows: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    rows[f"{judge}: {judged}"] = {
        "judge": judge,
        "version": version,
        "judged": judged,
        "objects": objects,
        "result": ("accepted" if findings == 0 else f"{findings} findings")
        + (f"; {remark}" if remark else ""),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(rows, indent=1, sort_keys=True))


def page(rows: Mapping[str, Mapping[str, Any]]) -> str:
    """The document."""
    lines = [
        "# Outside judges",
        "",
        "Written by `make judge-report` from the last run of each judge.",
        "",
        "| judge | version | what it judged | objects | result |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {r['judge']} | {r['version']} | {r['judged']} | {r['objects']} | {r['result']} |"
        for _, r in sorted(rows.items())
    ]
    lines += ["", "## Accepted findings", "", "| judge | finding | reason |", "| --- | --- | --- |"]
    for judge in ("cluster", "network", "cfn-lint", "checkov", "parliament", "charts"):
        lines += [f"| {judge} | `{e.match}` | {e.reason} |" for e in accepted(judge)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(json.loads(RESULTS.read_text()) if RESULTS.exists() else {}))
