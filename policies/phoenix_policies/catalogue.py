"""Listing, filtering and explaining rules, for `phoenix rules`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from phoenix_policies import tokens
from phoenix_policies.controls import Enforcement, Severity
from phoenix_policies.rule import Rule


def filtered(
    rules: Iterable[Rule],
    *,
    controls: Sequence[str] = (),
    types: Sequence[str] = (),
    severities: Sequence[Severity] = (),
    enforcement: Enforcement | None = None,
    text: str = "",
    in_process_only: bool | None = None,
) -> tuple[Rule, ...]:
    """The rules that meet every given filter; several values of one filter are alternatives.

    A control may be given by its beginning (`164.312`, `CC6`), a type by any part of its token.
    """
    wanted = text.lower()
    return tuple(
        r
        for r in rules
        if (not controls or any(c.startswith(p) for p in controls for c in r.controls))
        and (not types or any(_speaks_of(r, t) for t in types))
        and (not severities or r.severity in severities)
        and (enforcement is None or r.enforcement is enforcement)
        and (wanted in f"{r.id} {r.title} {r.remedy}".lower())
        and (in_process_only is None or bool(r.in_process_only) is in_process_only)
    )


def _speaks_of(rule: Rule, wanted: str) -> bool:
    return any(
        wanted.lower() in t.lower()
        or (":" in wanted and tokens.covers(t, tokens.canonical(wanted)))
        for t in rule.types
    )


def described(rule: Rule) -> dict[str, Any]:
    """Everything about one rule, for JSON and for people."""
    return {
        "id": rule.id,
        "title": rule.title,
        "types": list(rule.types),
        "kind": "stack" if rule.over_stack else "resource",
        "severity": rule.severity.value,
        "enforcement": rule.enforcement.value,
        "tier": int(rule.tier),
        "hipaa": list(rule.hipaa),
        "soc2": list(rule.soc2),
        "remedy": rule.remedy,
        "sources": list(rule.sources),
        "waivable": rule.waivable,
        "judged": judged_where(rule),
    }


def judged_where(rule: Rule) -> str:
    """Where a rule is judged: everywhere, or in process only and why."""
    if rule.in_process_only:
        return f"in process only: {rule.in_process_only}"
    if rule.needs_peer:
        return "with both stacks (phoenix preview --all); alone: not evaluated"
    return "everywhere"


def suggestions(rules: Iterable[Rule], id_: str) -> list[str]:
    """Rules whose ids are near a mistyped one."""
    return get_close_matches(id_, [r.id for r in rules], n=3, cutoff=0.5)
