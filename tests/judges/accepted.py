"""The one reviewed list of accepted findings, and the proof that every entry is still needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import yaml

from tests.judges.tools import HERE


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """One accepted kind of finding."""

    judge: str
    match: str
    reason: str


def accepted(judge: str) -> Sequence[Acceptance]:
    """The entries of one judge; each must say why."""
    entries = [Acceptance(**e) for e in yaml.safe_load((HERE / "accepted.yaml").read_text())]
    for entry in entries:
        assert len(entry.reason) > 20, f"{entry.match}: an accepted finding needs a reason"
    return [entry for entry in entries if entry.judge == judge]


def split(judge: str, findings: Iterable[str]) -> tuple[list[str], list[Acceptance]]:
    """Findings that nobody accepted, and accepted entries that match nothing any more."""
    entries = accepted(judge)
    used: set[int] = set()
    left: list[str] = []
    for finding in findings:
        hits = [i for i, e in enumerate(entries) if fnmatchcase(finding, e.match)]
        used.update(hits)
        if not hits:
            left.append(finding)
    return sorted(set(left)), [e for i, e in enumerate(entries) if i not in used]
