"""What judging a stack says: findings, and counts of everything that was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from phoenix_policies.controls import Enforcement, Severity
from phoenix_policies.rule import Rule


class Outcome(StrEnum):
    """The answers of a rule about a resource; the first four are listed as findings, the last two only counted."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    ERROR = "error"
    PASS = "pass"  # noqa: S105 an answer, no password
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a reader must know about one resource; its message never carries a secret."""

    rule: str
    resource: str  # URN, or the name where the input form has none; empty for the stack as a whole
    outcome: Outcome
    enforcement: Enforcement
    severity: Severity
    message: str
    remedy: str = ""
    hipaa: tuple[str, ...] = ()
    soc2: tuple[str, ...] = ()
    type: str = ""
    source: str = ""

    @property
    def blocks(self) -> bool:
        """A violation that makes a preview exit 1; a rule that broke has judged nothing, so it blocks too."""
        return (
            self.outcome in (Outcome.FAIL, Outcome.ERROR)
            and self.enforcement is Enforcement.MANDATORY
        )

    def as_dict(self) -> dict[str, Any]:
        """The finding as `phoenix check --format json` prints it."""
        return {
            "rule": self.rule,
            "resource": self.resource,
            "outcome": self.outcome.value,
            "enforcement": self.enforcement.value,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.remedy,
            "hipaa": list(self.hipaa),
            "soc2": list(self.soc2),
            "type": self.type,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All findings, worst first, and per rule how many resources got which answer."""

    findings: tuple[Finding, ...]
    # rule id -> outcome -> number of resources; a rule that met no resource is absent
    tally: Mapping[str, Mapping[Outcome, int]]
    rules: tuple[Rule, ...]
    resource_count: int
    frameworks: tuple[str, ...] = ()
    as_of: str = ""
    stack: str = ""
    notes: Sequence[str] = field(default_factory=tuple[str, ...])

    def of(self, outcome: Outcome) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.outcome is outcome)

    @property
    def blocked(self) -> bool:
        return any(f.blocks for f in self.findings)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 mandatory violation."""
        return 1 if self.blocked else 0

    @property
    def summary(self) -> dict[str, Any]:
        """Counts for one line of a report and for machines."""
        outcomes = Counter(f.outcome.value for f in self.findings)
        passed = sum(counts.get(Outcome.PASS, 0) for counts in self.tally.values())
        failures = [f for f in self.findings if f.outcome is Outcome.FAIL]
        return {
            "resources": self.resource_count,
            "rules": len(self.rules),
            "rulesThatMetAResource": len(self.tally),
            "passed": passed,
            "failed": outcomes["fail"],
            "unknown": outcomes["unknown"],
            "waived": outcomes["waived"],
            "errors": outcomes["error"],
            "blocking": sum(f.blocks for f in self.findings),
            "failedBySeverity": {s.value: sum(f.severity is s for f in failures) for s in Severity},
            "frameworks": list(self.frameworks),
            "asOf": self.as_of,
            "notes": list(self.notes),
        }

    def as_dict(self) -> dict[str, Any]:
        """The object that `phoenix check --format json` prints."""
        return {"findings": [f.as_dict() for f in self.findings], "summary": self.summary}


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Worst first, then by rule, resource and message, without repetitions: the same for every run."""
    order = {outcome: n for n, outcome in enumerate(Outcome)}
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda f: (
                order[f.outcome], f.severity.rank, f.enforcement.value != "mandatory",
                f.rule, f.resource, f.message,
            ),
        )
    )  # fmt: skip
