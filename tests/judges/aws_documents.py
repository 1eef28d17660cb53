"""Policy documents of a graph linted by parliament; runs inside the scanners' own environment.

Reads a JSON list of {name, document} from standard input and writes a JSON list of findings.
"""

import json
import sys

from parliament import analyze_policy_string  # pyright: ignore[reportMissingImports]


def main() -> None:
    """Lints every document."""
    found: list[str] = []
    for entry in json.load(sys.stdin):
        analyzed = analyze_policy_string(
            entry["document"],
            ignore_private_auditors=True,
        )
        for finding in analyzed.findings:
            detail = json.dumps(finding.detail, default=str)[:300]
            found.append(f"{entry['name']}: {finding.issue}: {detail}")
    json.dump(found, sys.stdout)


main()
