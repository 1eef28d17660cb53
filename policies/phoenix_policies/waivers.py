"""Waivers: accepted violations as data, with a reason, an owner, a ticket and an expiry date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, cast

from phoenix_policies.controls import Enforcement, Severity
from phoenix_policies.rule import Rule
from phoenix_policies.verdict import Finding, Outcome

WAIVER_RULE: Final = "waiver-valid"
WAIVER_REMEDY: Final = "Correct the entry in the waiver file, renew it with a new review, or remove it and fix the resource."
_FIELDS: Final = ("rule", "resource", "reason", "owner", "ticket", "expires")
_MIN_REASON: Final = 20  # characters; "ok" is no reason that an auditor signs
_URN_STACK: Final = re.compile(r"^urn:pulumi:([^:*]+)::")
_URN_NAME: Final = re.compile(r"^urn:pulumi:.*::")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One accepted violation; `resource` is a URN pattern with `*`."""

    rule: str
    resource: str
    reason: str
    owner: str
    ticket: str
    expires: date
    place: str = ""

    @property
    def stack(self) -> str:
        """The stack that the pattern names; empty when it leaves it open."""
        match = _URN_STACK.match(self.resource)
        return match[1] if match else ""

    def covers(self, finding: Finding) -> bool:
        return finding.rule == self.rule and fnmatchcase(finding.resource, self.resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waivers:
    """The entries of one or more files; what is wrong with a file is kept to be reported as a violation."""

    entries: tuple[Waiver, ...] = ()
    problems: tuple[str, ...] = ()

    def apply(
        self,
        findings: Sequence[Finding],
        *,
        as_of: date,
        rules: Mapping[str, Rule],
        stack: str = "",
    ) -> tuple[list[Finding], list[Finding]]:
        """The findings with waived ones marked, and findings about the waivers themselves.

        An entry whose pattern names another stack than `stack` is none of this verdict's business.
        """
        problems = [_problem(text) for text in self.problems]
        live: list[Waiver] = []
        for entry in self.entries:
            if entry.stack not in ("", stack):
                continue
            complaint = _complaint(entry, findings, as_of, rules)
            if complaint:
                problems.append(_problem(complaint))
            else:
                live.append(entry)
        return [_waived(f, live) for f in findings], problems

    def __add__(self, other: Waivers) -> Waivers:
        return Waivers(
            entries=self.entries + other.entries, problems=self.problems + other.problems
        )


def load_waivers(*files: Path) -> Waivers:
    """The waivers of these YAML files; a file that does not exist, or cannot be read, is a problem."""
    found = Waivers()
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as fault:
            found += Waivers(problems=(f"{file.name}: cannot be read ({fault.strerror})",))
            continue
        found += parse_waivers(text, file.name)
    return found


def parse_waivers(text: str, name: str) -> Waivers:
    """The waivers in a YAML document: `waivers:` with a list of entries of exactly six fields."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        reader: Any = YAML(typ="safe", pure=True)
        document: Any = reader.load(text)
    except (YAMLError, ValueError) as fault:
        return Waivers(problems=(f"{name}: not YAML ({type(fault).__name__})",))
    if document is None:
        return Waivers()
    listed: Any = (
        cast("dict[str, Any]", document).get("waivers") if isinstance(document, dict) else None
    )
    if not isinstance(listed, list) or set(cast("dict[str, Any]", document)) != {"waivers"}:
        return Waivers(problems=(f"{name}: expected one key 'waivers' with a list",))
    entries: list[Waiver] = []
    problems: list[str] = []
    for n, raw in enumerate(cast("list[Any]", listed), start=1):
        parsed = _entry(raw, f"{name}, entry {n}")
        if isinstance(parsed, str):
            problems.append(parsed)
        else:
            entries.append(parsed)
    return Waivers(entries=tuple(entries), problems=tuple(problems))


def _entry(raw: Any, place: str) -> Waiver | str:  # noqa: PLR0911 one return per fault
    if not isinstance(raw, dict):
        return f"{place}: expected an object with {', '.join(_FIELDS)}"
    fields = cast("dict[str, Any]", raw)
    missing = [f for f in _FIELDS if fields.get(f) in (None, "")]
    surplus = sorted(str(f) for f in fields if f not in _FIELDS)
    if missing:
        return f"{place}: lacks {', '.join(missing)}"
    if surplus:
        return f"{place}: does not know {', '.join(surplus)}; allowed: {', '.join(_FIELDS)}"
    expires = fields["expires"]
    if isinstance(expires, str):
        try:
            expires = date.fromisoformat(expires)
        except ValueError:
            return f"{place}: expires must be a date such as 2027-06-30"
    if type(expires) is not date:
        return f"{place}: expires must be a date such as 2027-06-30"
    texts = {f: fields[f] for f in _FIELDS if f != "expires"}
    wrong = [f for f, value in texts.items() if not isinstance(value, str)]
    if wrong:
        return f"{place}: {', '.join(wrong)} must be text"
    if len(texts["reason"].strip()) < _MIN_REASON:
        return f"{place}: the reason must say why the risk is accepted ({_MIN_REASON} characters or more)"
    if not _URN_NAME.sub("", texts["resource"]).strip("*? "):
        return f"{place}: the resource pattern names no resource; waive one resource, not the rule"
    return Waiver(**{f: str(v).strip() for f, v in texts.items()}, expires=expires, place=place)


def _complaint(
    entry: Waiver, findings: Sequence[Finding], as_of: date, rules: Mapping[str, Rule]
) -> str:
    known = rules.get(entry.rule)
    label = f"{entry.place or 'waiver'} ({entry.rule})"
    if known is None:
        return f"{label}: there is no such rule in the pack, or its framework is switched off"
    if not known.waivable:
        return f"{label}: this rule cannot be waived"
    if entry.expires < as_of:
        return (
            f"{label}: expired on {entry.expires.isoformat()} (owner {entry.owner}, {entry.ticket})"
        )
    if not any(entry.covers(f) and f.outcome is Outcome.FAIL for f in findings):
        return f"{label}: matches no violation of {entry.resource}; remove it"
    return ""


def _waived(finding: Finding, live: Sequence[Waiver]) -> Finding:
    if finding.outcome is not Outcome.FAIL:
        return finding
    for entry in live:
        if entry.covers(finding):
            because = (
                f"{finding.message} (waived until {entry.expires.isoformat()} by {entry.owner}, "
                f"{entry.ticket}: {entry.reason})"
            )
            return replace(finding, outcome=Outcome.WAIVED, message=because)
    return finding


def _problem(text: str) -> Finding:
    return Finding(
        rule=WAIVER_RULE,
        resource="",
        outcome=Outcome.FAIL,
        enforcement=Enforcement.MANDATORY,
        severity=Severity.MEDIUM,
        message=text,
        remedy=WAIVER_REMEDY,
        hipaa=("164.308(a)(1)(ii)(B)",),
        soc2=("CC3.2",),
    )
